"""What only the owner of the tables may do: migrations, the app's login, work as the owner.

Alembic runs its own event loop: call `upgrade`, `downgrade` and `check` outside of one.
"""

import base64
import hashlib
import hmac
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection

from app.config import Settings, SettingsError
from app.db import (
    Begin,
    app_role,
    keys_role,
    make_engine,
    owner_role,
    transaction,
    worker_role,
)

ROOT = Path(__file__).parents[1]
SCRAM_ROUNDS = 4096
EXTENSIONS = ("btree_gist",)


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the schema to a revision; `url` may create roles. Raises what the database raises."""
    command.upgrade(_config(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Take the schema back to a revision, `base` for the very beginning."""
    command.downgrade(_config(url), revision)


def check(url: str) -> None:
    """Raises alembic's CommandError if the tables are not what the models say."""
    command.check(_config(url))


def _config(url: str) -> Config:
    # What alembic prints for people belongs to stderr: stdout is the command's own.
    config = Config(ROOT / "alembic.ini", stdout=sys.stderr)
    config.set_main_option("script_location", str(ROOT / "migrations").replace("%", "%%"))
    config.attributes["url"] = url
    return config


def make_roles(connection: Connection, schema: str) -> None:
    """The roles of a district and the extensions its tables need, where they are missing. They
    belong to the server, and outlive a downgrade."""
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


@asynccontextmanager
async def as_owner(url: str, settings: Settings) -> AsyncIterator[AsyncConnection]:
    """One transaction as the owner of the district's tables, whom no policy binds."""
    engine = make_engine(url, settings, patient=True)
    try:
        role = owner_role(settings.schema)
        async with transaction(engine, f'set local role "{role}";') as connection:
            yield connection
    finally:
        await engine.dispose()


@asynccontextmanager
async def as_keeper_of_keys(url: str, settings: Settings) -> AsyncIterator[Begin]:
    """Transactions as the role that replaces keys."""
    engine = make_engine(url, settings, patient=True)
    role = keys_role(settings.schema)
    try:
        yield lambda: transaction(engine, f'set local role "{role}";')
    finally:
        await engine.dispose()


async def set_logins(owner_url: str, settings: Settings) -> None:
    """Let the roles of app and worker sign in with the passwords of DATABASE_URL and
    WORKER_DATABASE_URL, if these have one.

    Raises SettingsError if one names another role: one with more rights would see past row-level
    security.
    """
    app, worker = app_role(settings.schema), worker_role(settings.schema)
    await _set_login(owner_url, settings, "DATABASE_URL", settings.database_url, app)
    await _set_login(
        owner_url, settings, "WORKER_DATABASE_URL", settings.worker_database_url, worker
    )


async def _set_login(
    owner_url: str, settings: Settings, name: str, url: str | None, role: str
) -> None:
    if url is None:
        return
    login = make_url(url)
    if login.username != role:
        raise SettingsError(f"{name} 的用户须为 {role}", f"the user of {name} must be {role}")
    if login.password is None:
        return
    engine = make_engine(owner_url, settings, patient=True)
    try:
        async with transaction(engine) as connection:
            secret = _scram(str(login.password))
            await connection.exec_driver_sql(f"alter role \"{role}\" password '{secret}'")
    finally:
        await engine.dispose()


def _scram(password: str) -> str:
    """What PostgreSQL stores of a password (RFC 5803), so that no log can carry the password."""
    salt = os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, SCRAM_ROUNDS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    parts = (base64.b64encode(part).decode() for part in (salt, stored, server))
    return "SCRAM-SHA-256${}:{}${}:{}".format(SCRAM_ROUNDS, *parts)
