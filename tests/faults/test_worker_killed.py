"""The worker is killed while it seals and sends: every record is under one seal, everybody is told
once.

A few kills here; `make prove` kills forty times.
"""

import asyncio
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import text

from app import embedded, posix
from app.config import get_settings, read_worker_settings
from app.crypto.signing import Es256
from app.db import make_engine, worker_role
from app.kinds import KINDS
from app.services import reminders, seed
from app.services.record import anchors
from app.services.record.verify import Report, verify
from tests.faults.running import DATABASE, Running, running
from tests.stories.answers import REPORT, command

BURST = 3000
"""Entries recorded before each start, so that there is something to be killed at."""

PATIENCE = 120.0


@pytest.fixture(scope="module")
def system() -> Iterator[Running]:
    with running() as made:
        made.serve()
        yield made


async def record(system: Running) -> None:
    """A burst of entries, and a case whose clocks ran out months ago."""
    async with system.owner() as connection:
        burst = text(
            "insert into audit_entry (id, what, about) select gen_random_uuid(), 'key_rotated',"
            " 'ring:data' from generate_series(1, :many)"
        )
        await connection.execute(burst, {"many": BURST})
    async with httpx.AsyncClient(base_url=system.url, timeout=30) as fed:
        typed = {"username": "women_fed_district", "password": seed.PASSWORD}
        token = (await fed.post("/auth/login", json=typed)).json()["access_token"]
        fed.headers["authorization"] = f"Bearer {token}"
        late = datetime.now(UTC) - timedelta(days=90)
        body = command(REPORT, at=late, area=seed.VILLAGE)
        answer = await fed.post("/cases/dv_warning", json=body)
        assert answer.status_code == 201, answer.text


async def waits(system: Running) -> int:
    async with system.owner() as connection:
        found: int = await connection.scalar(text("select count(*) from seal_waiting"))
    return found


async def at_work(system: Running) -> bool:
    """Whether the worker is sealing: it holds its lock."""
    async with system.owner() as connection:
        busy = text("select exists (select from pg_locks where locktype = 'advisory' and granted)")
        return bool(await connection.scalar(busy))


async def survive(system: Running, kills: int, seed_number: int) -> int:
    """Kill it that often, now in the middle of its work, now anywhere; how often in the middle."""
    chance, caught = random.Random(seed_number), 0
    for _ in range(kills):
        await record(system)
        system.work()
        begun = time.monotonic()
        while not (busy := await at_work(system)) and time.monotonic() < begun + PATIENCE:
            if not await waits(system):
                break
            await asyncio.sleep(0.005)
        await asyncio.sleep(chance.random() * 0.2)
        system.kill_worker()
        caught += busy
    system.work()
    begun = time.monotonic()
    while await waits(system) or not _anchored(system, await _last(system)):
        assert time.monotonic() < begun + PATIENCE, system.log.read_text()[-2000:]
        await asyncio.sleep(0.1)
    return caught


async def _last(system: Running) -> int:
    async with system.owner() as connection:
        found: int = await connection.scalar(text("select coalesce(max(no), 0) from seal"))
    return found


def _anchored(system: Running, no: int) -> bool:
    kept = anchors.last(system.anchors)
    return kept is not None and kept.no == no


def check_seals(system: Running) -> Report:
    """Nothing left out, nothing under two seals, the chain of seals without a gap, in the database
    and in the file outside."""
    dump, signer = system.anchors.with_name("dump"), Es256(read_worker_settings({}).seal_pem)
    url, schema = system.postgres.dsn(DATABASE), get_settings().schema
    program = embedded.program("pg_dump")
    posix.run([program, f"--dbname={url}", f"--schema={schema}", f"--file={dump}"])
    report = verify(dump, {signer.key_id: signer.public}, system.anchors, lambda _: None)
    assert report.findings == []
    assert (report.waiting, report.later) == (0, 0)
    assert [s.no for s in anchors.read(system.anchors)] == list(range(1, report.seals + 1))
    return report


async def check_notices(system: Running) -> int:
    """Whoever was owed a notice has it, once; how many there are."""
    same = text(
        "select count(*), count(distinct (case_id, event_id, role, supervisors, text, basis))"
        " from notice where text like '%逾期' or text like '%到期'"
    )
    async with system.owner() as connection:
        sent, distinct = (await connection.execute(same)).one()
    url = system.postgres.dsn(DATABASE, worker_role(get_settings().schema))
    engine = make_engine(url, get_settings())
    assert await reminders.send(engine, KINDS, datetime.now(UTC)) == 0
    await engine.dispose()
    assert sent == distinct
    found: int = sent
    return found


def test_a_worker_that_is_killed_seals_and_tells_everything_once(system: Running) -> None:
    caught = asyncio.run(survive(system, 2, seed_number=1))
    report = check_seals(system)
    assert report.records >= 2 * BURST
    assert asyncio.run(check_notices(system)) >= 2
    assert caught


@pytest.mark.prove
def test_forty_kills_of_the_worker(system: Running) -> None:
    caught = asyncio.run(survive(system, 40, seed_number=2))
    report, told = check_seals(system), asyncio.run(check_notices(system))
    print(  # noqa: T201 - make prove shows its figures
        f"\n40 kills of the worker, {caught} of them in the middle of a transaction:"
        f" {report.records} records under {report.seals} seals, 0 left out, 0 twice;"
        f" {told} notices, 0 twice"
    )
