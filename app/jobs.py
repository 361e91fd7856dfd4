"""What the worker does, again and again: it seals, sends and clears away, and decides nothing.

Each chore may run twice, and be killed anywhere: the next turn goes on where it stopped.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import asyncpg
from sqlalchemy import TextClause, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from app import clock
from app.config import LEAST_YEARS, WorkerSettings
from app.crypto.signing import Es256, Signer
from app.db import CommitFailed, make_engine, transaction
from app.kinds import KINDS
from app.services import reminders, rolling
from app.services.record import sealing
from app.services.record.sealing import RolledBack

log = logging.getLogger("anlan.worker")

BREATH: Final = 1.0
"""Seconds between two looks at what is due."""

MOST: Final = 1_000
"""Rows of a table that go at a time: nobody waits long for their locks."""

TROUBLE: Final = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    SQLAlchemyError,
    CommitFailed,
    RolledBack,
)
"""What the world outside does to a chore; it is tried again. Anything else ends the worker."""


@dataclass(frozen=True)
class Bench:
    """What the chores work with."""

    engine: AsyncEngine
    signer: Signer
    anchors: Path
    record_years: int = LEAST_YEARS


@dataclass(frozen=True)
class Chore:
    """A piece of work that comes round: `run` says how much it did."""

    name: str
    every: timedelta
    run: Callable[[Bench], Awaitable[int]]


async def _seal(bench: Bench) -> int:
    return await sealing.seal_all(bench.engine, bench.signer, bench.anchors)


async def _remind(bench: Bench) -> int:
    return await reminders.send(bench.engine, KINDS, clock.now())


async def _roll(bench: Bench) -> int:
    return await rolling.follow(bench.engine, KINDS, clock.now())


async def _clear_away(bench: Bench) -> int:
    """What guarded against guessing and repeats, and sessions, once their time is over."""
    return await _in_turns(bench, _CLEAR)


async def _sweep(bench: Bench) -> int:
    """The record, at the end of its term."""
    term = {"term": f"{bench.record_years} years"}
    return await _in_turns(bench, _RECORD, **term) + await _in_turns(bench, _DISCLOSURES, **term)


async def _in_turns(bench: Bench, statement: TextClause, **given: str) -> int:
    """Run a statement that takes so many rows away until it takes fewer; how many it took."""
    total, last = 0, MOST
    while last >= MOST:
        async with transaction(bench.engine) as connection:
            last = (await connection.execute(statement, {"most": MOST, **given})).scalar_one()
        total += last
    return total


_CLEAR: Final = text("select clear_away(:most)")
_RECORD: Final = text("select record_sweep(cast(cast(:term as text) as interval), :most)")
_DISCLOSURES: Final = text("select disclosures_sweep(cast(cast(:term as text) as interval), :most)")


async def _expire(bench: Bench) -> int:
    """Exported files that nobody took in time."""
    async with transaction(bench.engine) as connection:
        gone: int = (await connection.execute(_EXPIRE, {"most": MOST})).scalar_one()
    return gone


_EXPIRE = text("select exports_expire(:most)")

CHORES: Final = (
    Chore("seal", timedelta(minutes=1), _seal),
    Chore("remind", timedelta(minutes=1), _remind),
    Chore("roll", timedelta(minutes=1), _roll),
    Chore("clear away", timedelta(hours=1), _clear_away),
    Chore("expire exports", timedelta(minutes=1), _expire),
    Chore("sweep", timedelta(hours=1), _sweep),
)


async def work(
    url: str,
    settings: WorkerSettings,
    chores: Sequence[Chore] = CHORES,
) -> None:
    """Do the chores when they are due. A database that goes away is waited for."""
    engine, signer = make_engine(url, settings), Es256(settings.seal_pem)
    bench = Bench(engine, signer, settings.anchors, settings.record_years)
    due = dict.fromkeys(chores, 0.0)
    troubled: dict[Chore, str] = {}
    try:
        while True:
            for chore in chores:
                if due[chore] <= time.monotonic():
                    due[chore] = time.monotonic() + chore.every.total_seconds()
                    await _once(bench, chore, troubled)
            await asyncio.sleep(BREATH)
    finally:
        await bench.engine.dispose()


async def _once(bench: Bench, chore: Chore, troubled: dict[Chore, str]) -> None:
    """Run a chore. The same trouble is told once, not every minute of an outage."""
    try:
        done = await chore.run(bench)
    except TROUBLE as error:
        what = type(getattr(error, "orig", None) or error).__name__
        if troubled.get(chore) != what:
            told = str(error) if isinstance(error, RolledBack) else what
            log.error("%s: %s", chore.name, told)
        troubled[chore] = what
        return
    if troubled.pop(chore, None):
        log.warning("%s: goes on", chore.name)
    if done:
        log.info("%s: %d", chore.name, done)


def run(url: str, settings: WorkerSettings) -> None:
    """`work` until the process is ended."""
    asyncio.run(work(url, settings))
