"""The SQL of our own app, statement by statement, as it is sent for one request."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from app.main import create_app
from app.services import seed
from bench.client import filled
from bench.scenarios import PREFIX, Scenario


@dataclass(frozen=True)
class Statement:
    """SQL and what it binds: None for plain SQL, several for one statement sent in a row."""

    sql: str
    binds: Sequence[Sequence[Any]] | None


@dataclass(frozen=True)
class Recorded:
    """One request: its path, when it was sent (Unix ms), its answer and the statements it took."""

    path: str
    sent_at: int
    answer: dict[str, Any]
    statements: Sequence[Statement]


async def record(
    engine: AsyncEngine, wanted: Sequence[Scenario], each: int
) -> dict[str, list[Recorded]]:
    """Up to `each` requests of every scenario, with their statements."""
    log: list[Statement] = []
    found: dict[str, list[Recorded]] = {}
    app = create_app(engine=engine)
    with _listening(engine, log):
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://bench") as client:
                for scenario in wanted:
                    headers = {"authorization": f"Bearer {await _token(client, scenario.user)}"}
                    for path in ("/me", *scenario.paths[:each]):
                        log.clear()
                        sent_at = time.time_ns() // 10**6
                        answer = await client.request(
                            scenario.method if path != "/me" else "GET",
                            PREFIX + path,
                            headers=headers,
                            json=_filled(scenario.body) if path != "/me" else None,
                        )
                        answer.raise_for_status()
                        if path != "/me":
                            made = Recorded(path, sent_at, answer.json(), tuple(log))
                            found.setdefault(scenario.name, []).append(made)
    return found


async def _token(client: httpx.AsyncClient, user: str) -> str:
    typed = {"username": user, "password": seed.PASSWORD}
    answer = await client.post(f"{PREFIX}/auth/login", json=typed)
    answer.raise_for_status()
    return str(answer.json()["access_token"])


def _filled(body: dict[str, Any] | None) -> Any:
    return None if body is None else json.loads(filled(json.dumps(body)))


@contextmanager
def _listening(engine: AsyncEngine, log: list[Statement]) -> Iterator[None]:
    """SQLAlchemy tells of its statements; those that pass it by go through the driver itself."""
    execute, fetch = asyncpg.Connection.execute, asyncpg.Connection.fetch

    async def heard(driver: Any, sql: str, *binds: Any, **more: Any) -> Any:
        log.append(Statement(sql, (binds,) if binds else None))
        return await execute(driver, sql, *binds, **more)

    async def fetched(driver: Any, sql: str, *binds: Any, **more: Any) -> Any:
        log.append(Statement(sql, (binds,)))
        return await fetch(driver, sql, *binds, **more)

    def bound(_: Any, __: Any, sql: str, binds: Any, ___: Any, many: bool) -> None:
        log.append(Statement(sql, tuple(map(tuple, binds)) if many else (tuple(binds),)))

    asyncpg.Connection.execute, asyncpg.Connection.fetch = heard, fetched
    event.listen(engine.sync_engine, "before_cursor_execute", bound)
    try:
        yield
    finally:
        asyncpg.Connection.execute, asyncpg.Connection.fetch = execute, fetch
        event.remove(engine.sync_engine, "before_cursor_execute", bound)
