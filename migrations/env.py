"""Runs migrations as the owner of one district's schema, making roles and schema first."""

import asyncio

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from app.config import get_settings
from app.db import app_role, async_url, keys_role, owner_role, worker_role
from app.migrate import make_roles
from app.models import SQLModel


def run(connection: Connection, schema: str) -> None:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        compare_type=True,
        compare_server_default=False,
    )
    with context.begin_transaction():
        prepare(connection, schema)
        context.run_migrations()


def prepare(connection: Connection, schema: str) -> None:
    """Roles belong to the server, the schema to the owner."""
    owner, app = owner_role(schema), app_role(schema)
    keys, worker = keys_role(schema), worker_role(schema)
    make_roles(connection, schema)
    connection.execute(text(f'create schema if not exists "{schema}" authorization "{owner}"'))
    others = f'"{app}", "{keys}", "{worker}"'
    connection.execute(text(f'grant usage on schema "{schema}" to {others}'))
    connection.execute(text(f'set role "{owner}"'))
    # Functions take this along, and must not look for tables of the moment first.
    connection.execute(text(f'set search_path = "{schema}", public, pg_temp'))


async def main() -> None:
    settings = get_settings()
    url = context.config.attributes.get("url") or settings.owner_database_url
    if url is None:
        raise SystemExit("OWNER_DATABASE_URL 未设置 / OWNER_DATABASE_URL is not set")
    engine = create_async_engine(async_url(url))
    async with engine.connect() as connection:
        await connection.run_sync(run, settings.schema)
        await connection.commit()
    await engine.dispose()


asyncio.run(main())
