"""The database restarts, is full, is slow, or is not there yet: people are told to come back, and
within seconds they can."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import pytest
from sqlalchemy import text

from app.services import seed
from tests.faults.running import Running, running
from tests.stories.answers import QUICK, command

LONGEST = 40.0
"""Seconds: five for a connection and ten for a lock, on a busy machine."""


@pytest.fixture(scope="module")
def database() -> Iterator[Running]:
    with running() as made:
        yield made


@pytest.fixture
def system(database: Running) -> Iterator[Running]:
    """The database, and whatever server a story starts beside it."""
    yield database
    database.stop_server()


@dataclass
class Watched:
    """What people were answered, and how long the longest of them waited."""

    answers: list[httpx.Response] = field(default_factory=list)
    longest: float = 0

    def statuses(self) -> set[int]:
        return {answer.status_code for answer in self.answers}

    def check(self) -> None:
        assert self.statuses() <= {200, 201, 503}, self.statuses()
        assert self.longest < LONGEST
        for answer in self.answers:
            if answer.status_code == 503:
                assert answer.headers["retry-after"] == "2"
                assert answer.headers["content-type"] == "application/problem+json"
                assert answer.json()["type"] in ("/problems/busy", "/problems/degraded")


async def signed_in(system: Running, username: str = "women_fed_town") -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=64)
    client = httpx.AsyncClient(base_url=system.url, timeout=60, limits=limits)
    typed = {"username": username, "password": seed.PASSWORD}
    answer = await client.post("/auth/login", json=typed)
    assert answer.status_code == 200, answer.text
    client.headers["authorization"] = f"Bearer {answer.json()['access_token']}"
    return client


@asynccontextmanager
async def closing(client: httpx.AsyncClient) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await client.aclose()


async def ask(client: httpx.AsyncClient, watched: Watched, until: float) -> None:
    """Read and write, one after the other, until a moment; at least once."""
    while True:
        for url in ("/cases", "/worklist?scope=area", "/cases/dv_warning"):
            body = command(QUICK) if url.endswith("dv_warning") else None
            begun = time.monotonic()
            watched.answers.append(await client.request("POST" if body else "GET", url, json=body))
            watched.longest = max(watched.longest, time.monotonic() - begun)
            if time.monotonic() > until:
                return
        await asyncio.sleep(0.01)


def test_before_the_database_is_there_everybody_is_told_to_come_back(system: Running) -> None:
    system.postgres.stop()
    system.serve(wait=False)
    system.await_status(503)
    answer = httpx.post(f"{system.url}/auth/login", json={"username": "police", "password": "x"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert answer.json()["type"] == "/problems/busy"
    assert httpx.get(f"{system.base}/api/docs").status_code == 200
    system.postgres.start()
    assert system.await_status(200) < 30


def test_a_restart_of_the_database_costs_seconds_and_never_a_failure(system: Running) -> None:
    system.serve()
    before = system.log.stat().st_size
    watched = Watched()

    async def restarted() -> float:
        client = await signed_in(system)
        until = time.monotonic() + 4
        async with closing(client), asyncio.TaskGroup() as group:
            for _ in range(8):
                group.create_task(ask(client, watched, until))
            await asyncio.sleep(0.5)
            system.stop_database_immediately()
            await asyncio.sleep(1)
            assert (await client.get(f"{system.base}/api/health")).status_code == 503
            system.postgres.start()
            return system.await_status(200)

    recovery = asyncio.run(restarted())
    watched.check()
    assert watched.statuses() >= {200, 201, 503}
    assert recovery < 30
    refused = sum(a.status_code == 503 for a in watched.answers)
    assert refused >= 8, "everybody who asked meanwhile"
    # However many were refused, the log holds a few lines about it.
    assert system.log.stat().st_size - before < 60_000
    assert "Traceback" not in system.log.read_text()


def test_a_full_pool_and_a_slow_disk_end_in_time(system: Running) -> None:
    """Somebody holds every row, as a disk does that does not answer; two connections for all."""
    system.serve({"ANLAN_POOL_SIZE": "2"})
    watched = Watched()

    async def held() -> None:
        client = await signed_in(system)
        async with closing(client):
            async with system.owner() as connection:
                await connection.execute(text('lock table "case" in access exclusive mode'))
                async with asyncio.TaskGroup() as group:
                    for _ in range(12):
                        group.create_task(ask(client, watched, time.monotonic() + 1))
                    await asyncio.sleep(0.5)
                    begun = time.monotonic()
                    health = await client.get(f"{system.base}/api/health")
                    assert (health.status_code, health.json()["type"]) == (
                        503, "/problems/degraded",
                    )  # fmt: skip
                    assert time.monotonic() - begun < 30
            begun = time.monotonic()
            after = await client.post("/cases/dv_warning", json=command(QUICK))
            assert after.status_code == 201, after.text
            assert time.monotonic() - begun < 30

    asyncio.run(held())
    watched.check()
    assert 503 in watched.statuses()
