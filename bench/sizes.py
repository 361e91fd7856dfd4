"""`python -m bench.sizes`: whether lists, counts and ledgers are as quick of many cases as of few.

Each is asked for one after the other, by a village's, a town's and the district's officer, of 1,000
cases and of BENCH_CASES (BENCH_DATA as in the bench; BENCH_ONLY: words of the titles); the app runs
in this process. A deep page begins in the middle of the list.
"""

import base64
import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from urllib.parse import quote

import uvloop
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from app import clock
from app.config import get_settings
from app.db import app_role, make_engine
from app.embedded import EmbeddedPostgres
from app.main import create_app
from app.services import seed
from bench import load
from bench.__main__ import options
from bench.profile import once
from bench.report import quantile
from bench.scenarios import DISTRICT, PREFIX
from bench.servers import LIMITS_OFF

SMALL = 1000
WARM, ASKED, SECONDS = 3, 40, 1.5
LEVELS = ("village", "town", "district")
AREAS = {"village": seed.VILLAGE, "town": seed.VILLAGE // 1000 * 1000, "district": DISTRICT}


@dataclass(frozen=True)
class Read:
    """A request of an account: its first page; the one so many days `deeper`; or, `unchanged`, with
    the tag of the answer that the client has."""

    title: str
    user: str
    path: str
    deeper: int = 0
    unchanged: bool = False


def reads() -> Iterator[Read]:
    """All of them."""
    month = f"since={_day(0)}&until={_day(28)}"
    long_ago = f"since={_day(-1028)}&until={_day(-1000)}"
    for level, area in AREAS.items():
        user = f"women_fed_{level}"
        for open_, days in product(("", "&open=true"), (0, -1200)):
            title = f"people{', open' if open_ else ''}"
            yield Read(title, user, f"/people?limit=100{open_}", days)
        yield Read("people of a village", user, f"/people?limit=100&area={seed.VILLAGE}")
        for asked in ("", "&level=b", "&unvisited=3", "&overdue=true", "&abnormal=true"):
            title = f"women in the ledger{asked.replace('&', ', ')}"
            yield Read(title, user, f"/ledger/women?limit=100{asked}")
            yield Read(title.replace("women in", "totals of"), user, f"/ledger/totals?{asked[1:]}")
        yield Read("women in the ledger", user, "/ledger/women?limit=100", -1800)
        year = clock.local_day(clock.now()).year
        yield Read("survey of villages", user, f"/ledger/villages?area={area}&year={year}")
        yield Read("ledgers compared", user, f"/ledger/compared?area={area}")
        yield Read("differences of ledgers", user, f"/ledger/differences?area={area}&limit=100")
        yield Read("counts of the worklist", user, "/worklist/counts")
        yield Read("counts of the worklist", user, "/worklist/counts", unchanged=True)
        for scope, due in product(("mine", "area"), ("", "&due=overdue", "&due=today")):
            title = f"worklist, {scope}{due.replace('&', ', ')}"
            yield Read(title, user, f"/worklist?limit=50&scope={scope}{due}")
        yield Read("worklist, area", user, "/worklist?limit=50&scope=area", 90)
        for days in (0, -1200):
            yield Read("unassigned", user, "/cases?limit=50&unassigned=true", days)
            yield Read("unassigned, overdue", user, "/cases?limit=50&unassigned=true&overdue=true")
        yield Read("docket of a month", user, f"/docket?{month}")
        yield Read("docket of a past month", user, f"/docket?{long_ago}")
        yield Read("notices", user, "/notices?limit=100")
        yield Read("notices", user, "/notices?limit=100", unchanged=True)
        yield Read("notices", user, "/notices?limit=100", -1800)
    for user in ("police", "mediator", "grid_worker"):
        yield Read("people", user, "/people?limit=100")
        yield Read("counts of the worklist", user, "/worklist/counts")
        yield Read("notices", user, "/notices?limit=100")
    yield Read("docket of a month", "mediator", f"/docket?{month}")
    for user, settled in product(("women_fed_district", "police"), ("", "&settled=true")):
        title = f"conflicts of phones{settled.replace('&', ', ')}"
        yield Read(title, user, f"/phone-conflicts?limit=50{settled}")


def _day(days: int) -> str:
    return quote((clock.now() + timedelta(days=days)).isoformat())


def main() -> None:
    """Measure and print."""
    os.environ.update(LIMITS_OFF)
    asked = options()
    wanted = [r for r in reads() if not asked.only or any(w in r.title for w in asked.only)]
    found: list[dict[Read, list[float]]] = []
    with EmbeddedPostgres(asked.data) as postgres:
        for cases in (SMALL, asked.cases):
            database = load.copy(postgres, load.prepare(postgres, cases))
            dsn = postgres.dsn(database, app_role(get_settings().schema))
            found.append(uvloop.run(measure(dsn, wanted)))
    print(table(wanted, found, asked.cases))


async def measure(dsn: str, wanted: Sequence[Read]) -> dict[Read, list[float]]:
    """Latencies in seconds of each."""
    engine = make_engine(dsn, get_settings())
    try:
        return await _measure(engine, wanted)
    finally:
        await engine.dispose()


async def _measure(engine: AsyncEngine, wanted: Sequence[Read]) -> dict[Read, list[float]]:
    app, found = create_app(engine=engine), {}
    async with app.router.lifespan_context(app):
        tokens: dict[str, str] = {}
        for read in wanted:
            if read.user not in tokens:
                tokens[read.user] = await _token(app, read.user)
            found[read] = await _timed(app, read, tokens[read.user])
    return found


async def _token(app: FastAPI, user: str) -> str:
    typed = {"username": user, "password": seed.PASSWORD}
    body, _ = await once(app, "POST", f"{PREFIX}/auth/login", "", typed)
    return str(json.loads(body)["access_token"])


async def _timed(app: FastAPI, read: Read, token: str) -> list[float]:
    path, tag = PREFIX + read.path, None
    body, headers = await once(app, "GET", path, token)
    if read.deeper and (following := json.loads(body)["next"]):
        path += f"&cursor={_moved(following, read.deeper)}"
    if read.unchanged:
        tag = headers["etag"]
    for _ in range(WARM):
        await once(app, "GET", path, token, tag=tag)
    taken: list[float] = []
    while len(taken) < ASKED and sum(taken) < SECONDS:
        begun = time.perf_counter()
        await once(app, "GET", path, token, tag=tag)
        taken.append(time.perf_counter() - begun)
    return taken


def _moved(cursor: str, days: int) -> str:
    """A cursor so many days further down."""
    digest, *parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    for at, part in enumerate(parts):
        if part[0] == "t":
            moment = datetime.fromisoformat(part[1:]) + timedelta(days=days)
            parts[at] = f"t{moment.isoformat()}"
    return base64.urlsafe_b64encode(json.dumps([digest, *parts]).encode()).decode().rstrip("=")


def table(wanted: Sequence[Read], found: Sequence[dict[Read, list[float]]], cases: int) -> str:
    """p50 and p95 in milliseconds, of few cases and of many."""
    lines = [
        f"| read | who | page | {SMALL:,} cases: p50, p95 ms | {cases:,}: p50, p95 ms |",
        "|---|---|---|---|---|",
    ]
    for read in wanted:
        page = "304" if read.unchanged else "deep" if read.deeper else "first"
        cells = [_figures(taken[read]) for taken in found]
        lines.append(f"| {read.title} | {read.user} | {page} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _figures(taken: Sequence[float]) -> str:
    return ", ".join(f"{quantile(taken, share) * 1000:.1f}" for share in (0.5, 0.95))


if __name__ == "__main__":
    main()
