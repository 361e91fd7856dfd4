"""A real PostgreSQL a worker, migrated and seeded once; real commits, emptied between stories."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date
from math import inf
from pathlib import Path
from time import monotonic

import httpx
import pyotp
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app import migrate
from app.config import get_settings
from app.db import app_role, make_engine, owner_role, transaction, worker_role
from app.demo import staff
from app.embedded import EmbeddedPostgres
from app.main import create_app
from app.services import seed
from app.services.district import areas
from tests.security.recording import Auditor

BASE = "http://test/api/v1"
# One account asks for many here; how fast anybody may ask has tests of its own.
os.environ |= {"ANLAN_ACCOUNT_RATE": "0", "ANLAN_ADDRESS_RATE": "0"}

MIGRATED = "migrated"
"""A database with all tables and nothing in them, to make others after."""

KEPT = {
    "account",
    "account_grant",
    "alembic_version",
    "area",
    "bed",
    "credential",
    "holiday",
    "organisation",
    "session",
}
"""Tables that every story starts with; all others are emptied after each."""


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """A server of this worker's own, without fsync."""
    folder = Path(tempfile.mkdtemp(prefix="anlan-test-"))
    folder.chmod(0o711)
    try:
        with EmbeddedPostgres(folder, durable=False) as server:
            server.psql("postgres", f"create database {MIGRATED}")
            migrate.upgrade(server.dsn(MIGRATED))
            server.psql("postgres", f"create database anlan template {MIGRATED}")
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def peopled(postgres: EmbeddedPostgres) -> str:
    """The name of a database like that of `make run` before its year is played: real areas, demo
    accounts, staff, no cases. To make others after."""
    name = "peopled"
    postgres.psql("postgres", f"create database {name} template {MIGRATED}")

    async def people() -> None:
        async with migrate.as_owner(postgres.dsn(name), get_settings()) as connection:
            await areas.import_shipped(connection)
            await seed.seed(connection)
            await staff.enrol(connection)

    asyncio.run(people())
    return name


@pytest.fixture(scope="session")
async def owner_engine(postgres: EmbeddedPostgres) -> AsyncIterator[AsyncEngine]:
    """Signed in as superuser; for what only the owner may do."""
    engine = make_engine(postgres.dsn("anlan"), get_settings())
    yield engine
    await engine.dispose()


Owner = Callable[[], AbstractAsyncContextManager[AsyncConnection]]


@pytest.fixture(scope="session")
def owner(owner_engine: AsyncEngine) -> Owner:
    """A transaction as the owner of the tables."""
    role = owner_role(get_settings().schema)
    return lambda: transaction(owner_engine, f'set local role "{role}";')


@pytest.fixture(scope="session")
async def engine(postgres: EmbeddedPostgres, owner: Owner) -> AsyncIterator[AsyncEngine]:
    """Signed in as the app's role, as in production, with areas and registers in place."""
    async with owner() as connection:
        await areas.import_areas(connection, areas.SHIPPED, date(2021, 1, 1))
        await seed.seed(connection)
    made = make_engine(postgres.dsn("anlan", app_role(get_settings().schema)), get_settings())
    yield made
    await made.dispose()


@pytest.fixture(scope="session")
async def worker_engine(postgres: EmbeddedPostgres) -> AsyncIterator[AsyncEngine]:
    """Signed in as the worker's role."""
    made = make_engine(postgres.dsn("anlan", worker_role(get_settings().schema)), get_settings())
    yield made
    await made.dispose()


@pytest.fixture
def auditor(
    postgres: EmbeddedPostgres,
    owner_engine: AsyncEngine,
    worker_engine: AsyncEngine,
    tmp_path: Path,
) -> Auditor:
    """Whoever has the record sealed and checks it."""
    return Auditor(postgres, owner_engine, worker_engine, tmp_path)


Empty = Callable[[], Awaitable[None]]
MUCH = 2 * 2**20
"""Bytes: tables of this size, dead rows included, are truncated."""


@pytest.fixture(scope="session")
async def empty(owner_engine: AsyncEngine, owner: Owner, engine: AsyncEngine) -> Empty:
    """Takes away whatever stories stored, once whoever still writes has come to the end. To delete
    a story's few rows, walls and triggers aside, is far quicker than to truncate fifty tables."""
    async with owner() as connection:
        rows = await connection.execute(
            text("select tablename from pg_tables where schemaname = current_schema()")
        )
        names = [f'"{name}"' for name in rows.scalars() if name not in KEPT]
    emptying = f"""set local session_replication_role = replica; do $$ begin
        lock table {", ".join(names)} in share row exclusive mode;
        if {" + ".join(f"pg_relation_size('{name}')" for name in names)} > {MUCH} then
            truncate {", ".join(names)};
        else
            {"; ".join(f"delete from {name}" for name in names)};
        end if;
    end $$"""  # noqa: S608

    async def empty() -> None:
        async with transaction(owner_engine, emptying):
            pass

    return empty


@pytest.fixture(scope="session")
async def whole_app(engine: AsyncEngine) -> AsyncIterator[FastAPI]:
    """The app, built once a worker: making its two hundred operations takes half a second."""
    made = create_app(engine=engine)
    async with made.router.lifespan_context(made):
        yield made


@pytest.fixture
async def app(whole_app: FastAPI, empty: Empty) -> AsyncIterator[FastAPI]:
    """The app on empty tables; whatever a story stored is gone after it."""
    yield whole_app
    await empty()


Client = Callable[[str], Awaitable[httpx.AsyncClient]]

_tokens: dict[str, tuple[float, str]] = {}
KEPT_FOR = 240
"""Seconds for which a token serves other stories: well within its life and a session's idleness.
Whoever ends sessions does so with an account of the story's own."""


@asynccontextmanager
async def serve(app: FastAPI) -> AsyncIterator[Client]:
    """Clients of an app, each signed in as the demo account of that name."""
    opened: list[httpx.AsyncClient] = []

    async def sign_in(username: str) -> httpx.AsyncClient:
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE)
        opened.append(client)
        since, token = _tokens.get(username, (-inf, ""))
        if monotonic() - since > KEPT_FOR:
            answer = await client.post(
                "/auth/login", json={"username": username, "password": seed.PASSWORD}
            )
            assert answer.status_code == 200, answer.text
            token = answer.json()["access_token"]
            _tokens[username] = monotonic(), token
        client.headers["authorization"] = f"Bearer {token}"
        return client

    yield sign_in
    for client in opened:
        await client.aclose()


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[Client]:
    """`await client("police")`: an HTTP client signed in as that demo account."""
    async with serve(app) as made:
        yield made


ACCOUNTS_OWN = (
    "delete from refresh_token using session s, account a"
    " where s.id = session_id and a.id = s.account_id and a.username = :name",
    *(
        f"delete from {table} using account a"  # noqa: S608
        " where a.id = account_id and a.username = :name"
        for table in (
            "session", "known_device", "passkey_challenge", "second_factor", "recovery_code",
            "start_code", "account_kin", "credential", "account_grant",
        )
    ),
    "delete from account where username = :name",
)  # fmt: skip


async def forget_account(owner: Owner, username: str) -> None:
    """Take away an account that a story made for itself."""
    async with owner() as connection:
        for statement in ACCOUNTS_OWN:
            await connection.execute(text(statement), {"name": username})


async def step_up(client: httpx.AsyncClient) -> pyotp.TOTP:
    """Sign the client in anew, in a session that has just shown a second factor, and give the
    device that made the codes. It is enrolled for this story only."""
    username = (await client.get("/me")).json()["username"]
    answer = await client.post(
        "/auth/login", json={"username": username, "password": seed.PASSWORD}
    )
    assert answer.status_code == 200, f"{username} has stepped up already: {answer.text}"
    client.headers["authorization"] = f"Bearer {answer.json()['access_token']}"
    begun = (await client.post("/auth/second-factors/totp", json={"name": "手机"})).json()
    device = pyotp.TOTP(begun["secret"])
    confirm = f"/auth/second-factors/totp/{begun['id']}/confirm"
    confirmed = await client.post(confirm, json={"code": device.now()})
    assert confirmed.status_code == 200, confirmed.text
    return device


@pytest.fixture
async def anonymous(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who has not signed in."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as made:
        yield made
