"""Runs migrations as the owner of one district's schema, making roles and schema first."""

import asyncio

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from app.config import get_settings
from app.db import app_role, async_url, keys_role, owner_role, worker_role
from app.models import SQLModel

EXTENSIONS = ("btree_gist",)


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
    """Roles belong to the server and outlive a downgrade; the schema belongs to the owner."""
    owner, app = owner_role(schema), app_role(schema)
    keys, worker = keys_role(schema), worker_role(schema)
    roles = ((owner, "nologin"), (app, "login"), (keys, "nologin"), (worker, "login"))
    for role, login in roles:
        known = connection.execute(text("select 1 from pg_roles where rolname = :r"), {"r": role})
        if known.first() is None:
            connection.execute(text(f'create role "{role}" {login}'))
            if role != app:
                connection.execute(text(f'grant "{role}" to current_user'))
    for extension in EXTENSIONS:
        connection.execute(text(f"create extension if not exists {extension} schema public"))
    connection.execute(text(f'create schema if not exists "{schema}" authorization "{owner}"'))
    others = f'"{app}", "{keys}", "{worker}"'
    connection.execute(text(f'grant usage on schema "{schema}" to {others}'))
    connection.execute(text(f'set role "{owner}"'))
    connection.execute(text(f'set search_path = "{schema}", public'))


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
