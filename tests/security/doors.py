"""Every door by which something leaves. A new one is added to DOORS, and is swept from then on."""

import asyncio
import random
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Final

import httpx
import pytest
from fastapi import FastAPI

from app.embedded import EmbeddedPostgres, program
from tests.conftest import Client
from tests.security.canaries import Aviary, Canary
from tests.stories.answers import wish

SKIPPED: Final = {"sign_out", "sign_out_others", "sign_out_there"}
"""Operations that would end the sweep's own sessions."""

AREA = 441802000000


@dataclass
class Sweep:
    """What is known of the system that is swept, and what was found."""

    app: FastAPI
    client: Client
    aviary: Aviary
    postgres: EmbeddedPostgres
    log: pytest.LogCaptureFixture
    ids: Mapping[str, list[str]]
    parties: list[tuple[str, str]]
    accounts: list[str]
    share: float
    """How much of every operation × account × id is asked."""
    chance: random.Random = field(default_factory=lambda: random.Random(20261125))
    requests: int = 0
    scanned: int = 0
    leaks: set[str] = field(default_factory=set)

    async def ask(self, username: str, method: str, url: str, json: Any = None) -> httpx.Response:
        """Ask, and look at all that comes back."""
        who = await self.client(username)
        answer = await who.request(method, url, json=json)
        headers = repr(list(answer.headers.multi_items())).encode()
        self.requests += 1
        self.look(username, f"{method} {url}", answer.content + headers)
        return answer

    def look(self, username: str, door: str, data: bytes) -> None:
        """Note every canary in what somebody got who must not have it."""
        self.scanned += len(data)
        for canary in self.aviary.seen(data):
            if canary.hidden_from(username):
                self.leaks.add(told(canary, username, door))

    def store(self, door: str, data: bytes, *, text: bool) -> None:
        """Note every canary in what is stored or logged, whoever reads it."""
        self.scanned += len(data)
        self.leaks |= {f"{where} in {door}" for where in self.aviary.stored(data, text=text)}

    def some(self, of: list[Any]) -> list[Any]:
        if self.share >= 1:
            return of
        return self.chance.sample(of, max(1, round(len(of) * self.share)))


def told(canary: Canary, username: str, door: str) -> str:
    return f"{canary.sight} {canary.where} to {username} by {door.partition('?')[0]}"


def operations(app: FastAPI, *methods: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, found in app.openapi()["paths"].items():
        for method, operation in found.items():
            if method in methods and operation.get("operationId") not in SKIPPED:
                yield method.upper(), path.removeprefix("/api/v1"), operation


def addresses(sweep: Sweep, path: str, operation: Mapping[str, Any]) -> list[str]:
    """The path with every known id in it, and what the query must have."""
    asked = operation.get("parameters", [])
    names = [p["name"] for p in asked if p["in"] == "path"]
    values = [sweep.ids.get(name, [NOBODY]) for name in names]
    given = [p["name"] for p in asked if p["in"] == "query" and p["name"] in QUERY]
    query = "&".join(f"{name}={QUERY[name]}" for name in given)
    return [
        path.format_map(dict(zip(names, chosen, strict=True))) + f"?{query}" * bool(query)
        for chosen in product(*values)
    ]


NOBODY: Final = "01890000-0000-7000-8000-000000000000"
QUERY: Final = {"area": AREA, "period": "2026", "year": "2026", "side": "numerator", "limit": 100}


async def reading(sweep: Sweep) -> None:
    """Every answer to GET: lists, pages, registers, indicators, notices, feeds, definitions."""
    asked = [
        (username, method, url)
        for method, path, operation in operations(sweep.app, "get")
        for url in addresses(sweep, path, operation)
        for username in sweep.accounts
    ]
    for username, method, url in sweep.some(asked):
        await sweep.ask(username, method, url)


async def refusals(sweep: Sweep) -> None:
    """What is said about wrong input, with a secret in it, and to whom may not send it at all."""
    secret = next(c.value for c in sweep.aviary.known.values() if c.sight == "S4")
    wrong = {"id": secret, "happened_at": secret, "answers": {"x": secret}, "reason": [secret]}
    asked = [
        (username, method, url)
        for method, path, operation in operations(sweep.app, "post", "put", "patch", "delete")
        for url in addresses(sweep, path, operation)[:1]
        for username in sweep.accounts
    ]
    for username, method, url in sweep.some(asked):
        await sweep.ask(username, method, url, wrong)


async def searching(sweep: Sweep) -> None:
    """People found by every word that might find them."""
    known = sweep.aviary.known.values()
    words = [{"name": c.value} for c in known if c.where.endswith(".name")]
    words += [{"phone": c.value} for c in known if c.phone]
    words += [{"id_number": c.value} for c in known if c.where.endswith(".id_number")]
    words += [{"name": c.value} for c in known if c.sight == "S4" and not c.phone]
    for username, word in sweep.some(list(product(sweep.accounts, words))):
        await sweep.ask(username, "POST", "/people/search", word)


async def copies(sweep: Sweep) -> None:
    """What a person is given of her own data (个保法 45)."""
    boss = "women_fed_district"
    for case_id, person_id in sweep.some(sweep.parties):
        url = "/subject-requests"
        made = await sweep.ask(boss, "POST", url, wish(case_id, person_id))
        if made.status_code != 201:
            continue
        url = f"{url}/{made.json()['id']}"
        granted = await (await sweep.client(boss)).post(
            f"{url}/answer",
            json={"granted": True, "words": "已按规定办理"},
            headers={"If-Match": f'"{made.json()["version"]}"'},
        )
        assert granted.status_code == 200, granted.text
        await sweep.ask(boss, "POST", f"{url}/copy")


async def logs(sweep: Sweep) -> None:
    """All that was logged while the canaries were typed in and sought, ours in every detail."""
    text = "\n".join(
        f"{record.getMessage()} {record.args!r} {record.exc_text}" for record in sweep.log.records
    )
    sweep.store("the log", text.encode(), text=True)


async def dump(sweep: Sweep) -> None:
    """A dump of the whole database."""
    sweep.store("a dump", await asyncio.to_thread(_dump, sweep.postgres), text=True)


def _dump(postgres: EmbeddedPostgres) -> bytes:
    command = [str(program("pg_dump")), "-d", postgres.dsn("anlan")]
    return subprocess.run(command, check=True, capture_output=True).stdout


async def files(sweep: Sweep) -> None:
    """The files of the database server: the write-ahead log and its own log; swept wholly, also
    tables and indexes."""
    await asyncio.to_thread(sweep.postgres.psql, "anlan", "checkpoint")
    whole = "*" if sweep.share >= 1 else "pg_wal/*"
    for path in (*sweep.postgres.data.glob("*.log"), *sweep.postgres.data.rglob(whole)):
        if path.is_file() and not path.is_symlink():
            sweep.store(str(path.relative_to(sweep.postgres.data)), path.read_bytes(), text=False)


DOORS: Final[tuple[Callable[[Sweep], Any], ...]] = (
    reading, refusals, searching, copies, logs, dump, files,
)  # fmt: skip
