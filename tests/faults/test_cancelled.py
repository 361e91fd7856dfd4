"""What a broken-off request leaves behind in the pool: nothing, not even for a moment."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import anyio
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from app.config import get_settings
from app.db import CommitFailed, app_role, make_engine, transaction
from app.embedded import EmbeddedPostgres
from tests.conftest import Owner

SOMEBODY = "set local app.account = '7'; set local app.opened_case = 'x';"
WROTE = "insert into case_counter (kind, district, year, last) values ('x', 1, 1, 1)"


@pytest.fixture
async def pool(postgres: EmbeddedPostgres, engine: AsyncEngine) -> AsyncIterator[AsyncEngine]:
    """A pool of few connections, so that a spoilt one comes round at once."""
    url = postgres.dsn("anlan", app_role(get_settings().schema))
    made = make_engine(url, get_settings())
    yield made
    await made.dispose()


async def clean(pool: AsyncEngine, owner: Owner) -> None:
    """Every connection of the pool begins anew, and nothing was stored."""
    async with asyncio.TaskGroup() as group:
        for _ in range(2 * get_settings().pool_size):
            group.create_task(_begins_anew(pool))
    async with owner() as connection:
        stored = await connection.scalar(text("select count(*) from case_counter"))
        left = await connection.scalar(
            text("select count(*) from pg_stat_activity where application_name = 'anlan'"
                 " and state like 'idle in transaction%'")
        )  # fmt: skip
    assert (stored, left) == (0, 0)


async def _begins_anew(pool: AsyncEngine) -> None:
    async with transaction(pool) as connection:
        row = await connection.execute(
            text("select coalesce(current_setting('app.account', true), '')"
                 " || coalesce(current_setting('app.opened_case', true), '') as who,"
                 " pg_current_xact_id_if_assigned() as work, clock_timestamp() - now() as age")
        )  # fmt: skip
        found = row.one()
        await asyncio.sleep(0.02)
        assert (found.who, found.work) == ("", None)
        assert found.age.total_seconds() < 0.5


async def _works(pool: AsyncEngine, opening: str, statement: str) -> None:
    async with transaction(pool, opening) as connection:
        await connection.execute(text(WROTE))
        await connection.execute(text(statement))


@pytest.mark.parametrize("cancels", [1, 2, 3])
@pytest.mark.parametrize(
    ("opening", "statement"),
    [
        (SOMEBODY + "select pg_sleep(0.3);", "select 1"),
        ("select pg_sleep(0.3);" + SOMEBODY, "select 1"),
        (SOMEBODY, "select pg_sleep(0.3)"),
    ],
    ids=["while it begins", "before its identity", "in a statement"],
)
async def test_a_cancelled_request_leaves_nothing(
    pool: AsyncEngine, owner: Owner, opening: str, statement: str, cancels: int
) -> None:
    for _ in range(2):
        work = asyncio.create_task(_works(pool, opening, statement))
        await asyncio.sleep(0.1)
        for _ in range(cancels):
            work.cancel()
            await asyncio.sleep(0)
        with pytest.raises(asyncio.CancelledError):
            await work
    await clean(pool, owner)


async def test_a_scope_that_cancels_every_await_leaves_nothing(
    pool: AsyncEngine, owner: Owner
) -> None:
    """What a server's middleware does when a client goes away."""
    for statement in ("select pg_sleep(0.3)", "select 1"):
        for _ in range(2):
            with anyio.move_on_after(0.1) as scope:
                async with transaction(pool, SOMEBODY) as connection:
                    await connection.execute(text(WROTE))
                    await connection.execute(text(statement))
                    await asyncio.sleep(1)
            assert scope.cancelled_caught
    await clean(pool, owner)


async def test_an_error_that_was_swallowed_is_no_success(pool: AsyncEngine, owner: Owner) -> None:
    """The server answers the commit of a failed transaction with a rollback, and no error."""

    async def swallows() -> None:
        async with transaction(pool, SOMEBODY) as connection:
            await connection.execute(text(WROTE))
            with suppress(DBAPIError):
                await connection.execute(text("select 1 / 0"))

    with pytest.raises(CommitFailed):
        await swallows()
    await clean(pool, owner)


async def _pid(pool: AsyncEngine) -> int:
    async with transaction(pool) as connection:
        await asyncio.sleep(0.05)
        pid: int = await connection.scalar(text("select pg_backend_pid()"))
        return pid


async def test_connections_the_server_closed_are_replaced(pool: AsyncEngine, owner: Owner) -> None:
    """A restart of the database costs those who were waiting, not those who come later."""
    pids = await asyncio.gather(*(_pid(pool) for _ in range(get_settings().pool_size)))
    assert len(set(pids)) == get_settings().pool_size
    async with owner() as connection:
        await connection.execute(text("reset role"))
        await connection.execute(
            text("select pg_terminate_backend(pid) from unnest(cast(:pids as int[])) pid"),
            {"pids": list(pids)},
        )
    await asyncio.sleep(0.1)
    again = await asyncio.gather(*(_pid(pool) for _ in pids))
    assert set(again).isdisjoint(pids)
    await clean(pool, owner)
