"""The database: one pool, one transaction a request, identity inside it."""

from collections import namedtuple
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import lru_cache
from typing import Any

import asyncpg
from sqlalchemy import Dialect, Select, TextualSelect, text
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from app.config import Settings, SettingsError, WorkerSettings
from app.errors import AppError, Kept

SIGNED_OUT = "AN401"
"""The error code with which the database refuses a session that no longer stands."""


Begin = Callable[[], AbstractAsyncContextManager[AsyncConnection]]
"""What begins one more transaction."""


_DIALECT: Dialect = PGDialect_asyncpg()  # type: ignore[no-untyped-call]


class ConnectionLost(OSError):
    """The connection ended under the work. Whether a commit on its way was done is not known."""


class CommitFailed(Exception):
    """The database took the work back. Whoever waits must not be told that it is done."""


def app_role(schema: str) -> str:
    """The role the app signs in with: owns nothing, bypasses nothing."""
    return f"{schema}_app"


def worker_role(schema: str) -> str:
    """The role the worker signs in with: may call what sealing and notices need, and no more."""
    return f"{schema}_worker"


def owner_role(schema: str) -> str:
    """The role that owns the tables and runs migrations."""
    return f"{schema}_owner"


def keys_role(schema: str) -> str:
    """The role that replaces keys: it sees which row hangs on which key, and no sealed answer."""
    return f"{schema}_keys"


def async_url(url: str) -> URL:
    """Any spelling of a PostgreSQL URL, for asyncpg."""
    made = make_url(url)
    return made.set(drivername="postgresql+asyncpg")


CONNECT_SECONDS = 5

PATIENCE = {
    "statement_timeout": "30s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
}
"""How long a request may hold up others. Whoever waits longer is told to try again."""


def make_engine(
    url: str, settings: Settings | WorkerSettings, *, patient: bool = False
) -> AsyncEngine:
    """The pool of this process. The schema is fixed here and named nowhere else.

    `patient` is for an operator's long work, which nobody's request waits for.

    AUTOCOMMIT only means that SQLAlchemy sends no BEGIN of its own: `transaction` does, so that
    identity travels with it in one round trip.
    """
    return create_async_engine(
        async_url(url),
        isolation_level="AUTOCOMMIT",
        pool_size=settings.pool_size,
        max_overflow=0,
        pool_timeout=10,
        # An error's text repeats the statement; what people typed must not be in it.
        hide_parameters=True,
        connect_args={
            "timeout": CONNECT_SECONDS,
            "server_settings": {
                "search_path": f"{settings.schema},public",
                "timezone": "UTC",
                "jit": "off",
                "application_name": "anlan",
                **({} if patient else PATIENCE),
            },
        },
    )


@asynccontextmanager
async def transaction(engine: AsyncEngine, opening: str = "") -> AsyncIterator[AsyncConnection]:
    """One transaction; `opening` is SQL sent together with BEGIN (identity, integers only).

    Commits when the block ends, rolls back when it raises anything but Kept. Raises CommitFailed
    if the server answers the commit with a rollback, because an error inside was swallowed,
    ConnectionLost if the server went away meanwhile.
    """
    async with engine.connect() as connection:
        driver = _driver(connection)
        while driver.is_closed():
            # The server went away since: nothing has begun yet, so another one will do.
            _drop(connection)
            await connection.get_raw_connection()
            driver = _driver(connection)
        try:
            await driver.execute(f"BEGIN;{opening}")
            try:
                yield connection
            except Kept:
                await _commit(driver)
                raise
            await _commit(driver)
        except Exception as error:
            if driver.is_closed() and not isinstance(error, AppError):
                raise ConnectionLost from error
            await _take_back(connection, driver)
            raise
        except BaseException:
            # Whoever was cancelled may be cancelled again at the next await, and the driver does
            # not know how far the server got.
            _drop(connection)
            raise


async def _commit(driver: "asyncpg.Connection[Any]") -> None:
    if await driver.execute("COMMIT") != "COMMIT":
        raise CommitFailed


async def say(connection: AsyncConnection, sql: str, *values: Any) -> None:
    """Send a statement whose answer nobody needs, by the driver alone. With values it must be one
    that is made once; without, such as SET LOCAL, it takes no place in the caches of statements."""
    await _driver(connection).execute(sql, *values)


Rows = Select[*tuple[Any, ...]] | TextualSelect


async def rows(
    connection: AsyncConnection, statement: Rows, values: Mapping[str, Any]
) -> list[Any]:
    """The rows of a select, or of a text that says its columns, each a named tuple, by the driver
    alone: SQLAlchemy writes the SQL once and stays out of the way, which halves the cost of a hot
    read. Only for statements that are made once and kept; the values go in, and come out, as the
    driver has them."""
    sql, binds, fixed, row = _written(statement)
    given = {**fixed, **values}
    found = await _driver(connection).fetch(sql, *(given[name] for name in binds))
    return [row(record) for record in found]


@lru_cache(maxsize=1024)
def _written(statement: Rows) -> tuple[str, Sequence[str], dict[str, Any], Any]:
    compiled = statement.compile(dialect=_DIALECT)
    row: Any = namedtuple("Row", statement.selected_columns.keys())  # type: ignore[misc]
    fixed = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
    return str(compiled), compiled.positiontup or (), fixed, row._make


def _driver(connection: AsyncConnection) -> "asyncpg.Connection[Any]":
    if connection.sync_connection is None:
        raise RuntimeError("the connection is closed")
    driver: asyncpg.Connection[Any] = connection.sync_connection.connection.driver_connection
    return driver


async def _take_back(connection: AsyncConnection, driver: "asyncpg.Connection[Any]") -> None:
    if not driver.is_closed() and not driver.is_in_transaction():
        return
    try:
        await driver.execute("ROLLBACK")
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        _drop(connection)
    except BaseException:
        _drop(connection)
        raise


def _drop(connection: AsyncConnection) -> None:
    """Close a connection whose transaction cannot be ended: it must not serve the next person.
    Without an await, so that no cancellation can come between."""
    if connection.sync_connection is not None:
        connection.sync_connection.invalidate()


async def refuse_strong_role(engine: AsyncEngine) -> None:
    """Raises SettingsError if the app signed in as a role that sees past row-level security."""
    async with transaction(engine) as connection:
        found = await connection.execute(_STRENGTH)
    if found.scalar_one():
        raise SettingsError(
            "应用不得以数据库所有者或超级用户登录，请使用应用角色",
            "DATABASE_URL must sign in as the app role, not as owner or superuser",
        )


_STRENGTH = text(
    "select r.rolsuper or r.rolbypassrls or exists (select from pg_tables t"
    " where t.schemaname = current_schema() and pg_has_role(r.oid, t.tableowner, 'member'))"
    " from pg_roles r where r.rolname = current_user"
)


TOO_BUSY = ("08", "40001", "40P01", "53", "55P03", "57")
"""How the codes begin with which the server says that it ends, is full, or waited too long."""


def away(error: BaseException) -> bool:
    """Whether the database is away or overloaded, so that the same may succeed a little later."""
    if isinstance(error, PoolTimeout | OSError) or getattr(error, "connection_invalidated", False):
        return True
    state = getattr(getattr(error, "orig", error), "sqlstate", None)
    return str(state).startswith(TOO_BUSY)


def refused_session(error: BaseException) -> bool:
    """Whether the database refused the request's session itself."""
    return getattr(error, "sqlstate", None) == SIGNED_OUT
