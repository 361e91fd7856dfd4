"""`python -m bench.profile open list`: where the time of such requests goes, one after the other.

The app runs in this process, asked by a bare ASGI client, on a fresh copy of the loaded database
(BENCH_DATA and BENCH_CASES as in the bench). Every millisecond of processor time it is interrupted,
and the innermost frame that belongs to a known part is counted. What the processes of PostgreSQL
used is the kernel's account of them.
"""

import json
import os
import signal
import sys
import time
from collections import Counter
from types import FrameType
from typing import Any

import asyncpg
import uvloop
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from app.config import get_settings
from app.db import app_role, make_engine
from app.embedded import EmbeddedPostgres
from app.main import create_app
from app.services import seed
from bench import load
from bench.__main__ import options
from bench.client import filled
from bench.scenarios import PREFIX, Scenario, scenarios
from bench.servers import LIMITS_OFF, Server

WARM, ASKED, EVERY = 100, 1000, 0.001
PARTS = {
    "/app/crypto/": "sealing, chain, blind indexes",
    "/cryptography/": "sealing, chain, blind indexes",
    "/app/kinds/": "kinds",
    "/app/routers/": "routes, FastAPI, Starlette, Pydantic",
    "/app/": "services, sight",
    "/sqlalchemy/": "SQLAlchemy",
    "/asyncpg/": "driver",
    "/fastapi/": "routes, FastAPI, Starlette, Pydantic",
    "/starlette/": "routes, FastAPI, Starlette, Pydantic",
    "/pydantic/": "routes, FastAPI, Starlette, Pydantic",
    "/bench/": "client",
}


class Sampler:
    """Counts, while it is on, in whose code the processor is."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()

    def __enter__(self) -> None:
        signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)

    def _look(self, _: int, frame: FrameType | None) -> None:
        while frame is not None:
            path = frame.f_code.co_filename
            if part := next((PARTS[p] for p in PARTS if p in path), None):
                self.seen[part] += 1
                return
            frame = frame.f_back
        self.seen["event loop"] += 1


def main() -> None:
    """Each of the scenarios that are named."""
    os.environ.update(LIMITS_OFF)
    asked = options()
    with EmbeddedPostgres(asked.data) as postgres:
        database = load.copy(postgres, load.prepare(postgres, asked.cases))
        app_dsn = postgres.dsn(database, app_role(get_settings().schema))
        pid = int((asked.data / "cluster/postmaster.pid").read_text().split("\n")[0])
        for name in sys.argv[1:]:
            uvloop.run(_profile(name, postgres.dsn(database), app_dsn, Server(0, pid)))


async def _profile(name: str, dsn: str, app_dsn: str, server: Server) -> None:
    engine = make_engine(app_dsn, get_settings())
    connection = await asyncpg.connect(dsn, server_settings={"search_path": get_settings().schema})
    try:
        found = {scenario.name: scenario for scenario in await scenarios(connection)}
        await _ask(found[name], engine, server)
    finally:
        await connection.close()
        await engine.dispose()


async def _ask(scenario: Scenario, engine: AsyncEngine, server: Server) -> None:
    app, sampler = create_app(engine=engine), Sampler()
    async with app.router.lifespan_context(app):
        typed = {"username": scenario.user, "password": seed.PASSWORD}
        answer, _ = await once(app, "POST", f"{PREFIX}/auth/login", "", typed)
        token = json.loads(answer)["access_token"]

        async def run(first: int, last: int) -> None:
            for n in range(first, last):
                path = PREFIX + scenario.paths[n % len(scenario.paths)]
                body = scenario.body and json.loads(filled(json.dumps(scenario.body)))
                await once(app, scenario.method, path, token, body)

        await run(0, WARM)
        begun, used, theirs = time.perf_counter(), time.process_time(), server.cpu()
        with sampler:
            await run(WARM, WARM + ASKED)
        taken = time.perf_counter() - begun
        used, theirs = time.process_time() - used, server.cpu() - theirs
    each = 1000 / ASKED
    print(f"{scenario.title}: {taken * each:.1f} ms, one after the other")
    print(f"  PostgreSQL, processor time: {theirs * each:.2f} ms")
    print(f"  the app, processor time: {used * each:.2f} ms, of which")
    for part, count in sampler.seen.most_common():
        print(f"    {count / sampler.seen.total():5.1%} {part}")


async def once(
    app: FastAPI, method: str, path: str, token: str, body: Any = None, tag: str | None = None
) -> tuple[bytes, dict[str, str]]:
    """The body and headers of an answer, asked for by a bare client in this process, perhaps with
    the `tag` of an earlier one. Raises RuntimeError if it is neither 2xx nor 304."""
    data = b"" if body is None else json.dumps(body).encode()
    plain, _, query = path.partition("?")
    headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}
    headers |= {"if-none-match": tag} if tag else {}
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http",
        "method": method, "path": plain, "raw_path": plain.encode(), "root_path": "",
        "query_string": query.encode(), "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": data}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    if sent[0]["status"] >= 300 and sent[0]["status"] != 304:
        raise RuntimeError(f"{method} {path}: {sent[0]['status']} {sent[1]['body'][:300]!r}")
    told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return b"".join(message.get("body", b"") for message in sent), told


if __name__ == "__main__":
    main()
