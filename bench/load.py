"""Load the invented cases once, by COPY, into a database of their own."""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

import asyncpg

from app import clock, migrate
from app.config import get_settings
from app.embedded import EmbeddedPostgres
from app.kinds import KINDS
from app.services import seed
from app.services.district import areas
from bench import beside, courses
from bench.rows import COLUMNS, World, chunk, given

ROOT = Path(__file__).parents[1]
CHUNK = 5000
WORKERS = 2
INDEXED = ("case", "case_party", "event", "deadline", "person")
_INDEXES = """
select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as made
from pg_index i left join pg_constraint c on c.conindid = i.indexrelid
where i.indrelid = $1::regclass and c.oid is null"""


def prepare(postgres: EmbeddedPostgres, cases: int) -> str:
    """The name of a database with that many cases, of the newest schema; loaded now unless the same
    rows were loaded before."""
    name = f"cases_{cases}_{_version()}"
    known = postgres.psql("postgres", "select datname from pg_database").split()
    if name in known:
        migrate.upgrade(postgres.dsn(name))
        return name
    for former in (n for n in known if n.startswith(f"cases_{cases}_")):
        postgres.psql("postgres", f"drop database {former}")
    half = f"{name}_half"
    postgres.psql("postgres", f"drop database if exists {half}")
    postgres.psql("postgres", f"create database {half}")
    with _step("tables, areas, registers, accounts"):
        migrate.upgrade(postgres.dsn(half))
        asyncio.run(_registers(postgres.dsn(half)))
    courses.check(KINDS)
    asyncio.run(_load(postgres.dsn(half), cases))
    postgres.psql("postgres", f"alter database {half} rename to {name}")
    return name


def _version() -> str:
    sources = [ROOT / "bench" / name for name in ("rows.py", "courses.py", "beside.py")]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:8]


def copy(postgres: EmbeddedPostgres, name: str) -> str:
    """A fresh copy to be measured, so that what one run writes does not weigh on the next."""
    with _step("a copy of the database for this run"):
        postgres.psql("postgres", "drop database if exists bench (force)")
        postgres.psql("postgres", f"create database bench template {name} strategy file_copy")
    return "bench"


@contextmanager
def _step(what: str) -> Iterator[None]:
    begun = time.monotonic()
    yield
    print(f"  {what}: {time.monotonic() - begun:.1f} s", flush=True)


async def _registers(url: str) -> None:
    async with migrate.as_owner(url, get_settings()) as connection:
        await areas.import_shipped(connection)
        await seed.seed(connection)


async def _load(url: str, cases: int) -> None:
    schema = get_settings().schema
    connection = await asyncpg.connect(url, server_settings={"search_path": schema})
    try:
        world = await _world(connection, cases)
        # As the superuser; foreign keys hold by construction and are not looked up again.
        await connection.execute("set session_replication_role = replica")
        await connection.execute("set maintenance_work_mem = '1GB'")
        made = [row for table in INDEXED for row in await connection.fetch(_INDEXES, f'"{table}"')]
        for row in made:
            await connection.execute(f"drop index {row['name']}")
        with _step(f"{cases:,} cases by COPY"):
            await _copy_all(connection, world)
        with _step(f"{len(made)} indexes"):
            for row in made:
                await connection.execute(row["made"])
        await _counters(connection, world)
        with _step("what lies beside them"):
            await beside.fill(connection)
        with _step("vacuum, analyze"):
            await connection.execute("vacuum (freeze, analyze)")
    finally:
        await connection.close()


async def _world(connection: "asyncpg.Connection[Any]", cases: int) -> World:
    rows = await connection.fetch(
        "select code from area where level = 'village' and not is_virtual order by code"
    )
    villages = [row["code"] for row in rows]
    Random(7).shuffle(villages)
    # The demo's village is one of the larger ones, so that its worklist fills a page, too.
    villages.remove(seed.VILLAGE)
    villages.insert(4, seed.VILLAGE)
    held = await connection.fetch(
        "select kind, coalesce(village, town, district) as area, min(id) as id"
        " from organisation group by 1, 2"
    )
    account = await connection.fetchrow(
        "select id, organisation_id from account where username = 'women_fed_town'"
    )
    return World(
        cases=cases,
        now=datetime.now(UTC),
        villages=villages,
        shares=[1 / rank for rank in range(1, len(villages) + 1)],
        holders={(row["kind"], row["area"]): row["id"] for row in held},
        account=account["id"],
        organisation=account["organisation_id"],
    )


async def _copy_all(connection: "asyncpg.Connection[Any]", world: World) -> None:
    done = 0
    for part in _chunks(world):
        for table, rows in part.items():
            await connection.copy_to_table(
                table, source=_pieces(rows), columns=COLUMNS[table], format="text"
            )
        done += CHUNK
        if done % (CHUNK * 10) == 0:
            print(f"  {min(done, world.cases):,} of {world.cases:,} cases", flush=True)


def _chunks(world: World) -> Iterator[dict[str, bytes]]:
    """The chunks in order, a few of them ahead, made by other processes."""
    context = get_context("spawn")
    with ProcessPoolExecutor(WORKERS, mp_context=context) as pool:
        parts = iter(range(0, world.cases, CHUNK))
        waiting: list[Future[dict[str, bytes]]] = []
        while True:
            for first in islice(parts, 2 * WORKERS - len(waiting)):
                last = min(first + CHUNK, world.cases)
                waiting.append(pool.submit(chunk, world, first, last))
            if not waiting:
                return
            yield waiting.pop(0).result()


async def _pieces(rows: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(rows), 1 << 16):
        yield rows[at : at + (1 << 16)]


async def _counters(connection: "asyncpg.Connection[Any]", world: World) -> None:
    year = clock.local_day(world.now).year
    rows = [(k, year, given(world, k, world.cases - 1, year)) for k in courses.PARTS]
    await connection.executemany(
        "insert into case_counter (kind, district, year, last) values ($1, 441802000000, $2, $3)",
        rows,
    )
