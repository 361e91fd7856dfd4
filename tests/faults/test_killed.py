"""Server and database are killed while people write: what was acknowledged is there, once and
whole; what was not may be sent again until it is.

A few kills here; `make prove` kills two hundred times and prints what it found. Killing processes
is not loss of power: what the disk promised it must keep by itself.
"""

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app.ids import uuid7
from app.services import seed
from tests.faults.running import Running, running
from tests.security.test_chain import broken
from tests.stories.answers import QUICK, id_number
from tests.stories.partner_papers import warning

KILLS = 3
MANY = int(os.environ.get("ANLAN_KILLS", "200"))
WRITERS = 6
BETWEEN = 20
"""Writes acknowledged between two kills, at least."""

PATIENCE = 200.0
"""Seconds: two busy cores start a server slowly."""


@pytest.fixture(scope="module")
def system() -> Iterator[Running]:
    with running() as made:
        made.serve()
        yield made


@dataclass
class Written:
    """A command that was acknowledged: its receipt, and how often it had to be sent."""

    what: str
    receipt: dict[str, Any]
    sent: int


@dataclass
class Ledger:
    """What the writers know: what was acknowledged, and which edits may or may not be stored."""

    done: list[Written] = field(default_factory=list)
    cases: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    versions: dict[int, list[int]] = field(default_factory=dict)
    """Register entry → the versions that acknowledged edits made."""

    unknown_edits: int = 0
    last_done: float = 0.0
    papers: int = 0

    def writes(self) -> int:
        """How many were acknowledged."""
        return len(self.done) + sum(map(len, self.versions.values()))


class Writer:
    """Somebody who writes without a pause, and sends again what nobody acknowledged."""

    def __init__(self, system: Running, ledger: Ledger, username: str, number: int) -> None:
        self._ledger, self._username = ledger, username
        self._chance = random.Random(number)
        self._client = httpx.AsyncClient(base_url=system.url, timeout=15)

    async def write(self, stop: asyncio.Event) -> None:
        async with self._client:
            while not stop.is_set():
                await self._next()

    async def _next(self) -> None:
        if self._username == "police":
            await self._paper()
        elif self._username == "justice_bureau":
            await self._edit(self._chance.choice(list(self._ledger.versions)))
        elif not self._ledger.cases or self._chance.random() < 0.3:
            await self._open()
        elif self._ledger.notes and self._chance.random() < 0.3:
            await self._correct(*self._chance.choice(self._ledger.notes))
        else:
            await self._note(self._chance.choice(self._ledger.cases))

    async def _open(self) -> None:
        person = {"name": f"演示{self._chance.randrange(10**6)}"}
        done = await self._command("open", "/cases/dv_warning", QUICK | {"victim": person})
        if done is not None:
            self._ledger.cases.append(done["case_id"])

    async def _note(self, case_id: str) -> None:
        url = f"/cases/dv_warning/{case_id}/note"
        done = await self._command("act", url, {"text": "电话回访"})
        if done is not None:
            self._ledger.notes.append((case_id, done["id"]))

    async def _correct(self, case_id: str, event_id: str) -> None:
        more = {"event_id": event_id, "reason": "笔误"}
        url = f"/cases/dv_warning/{case_id}/correct"
        done = await self._command("correct", url, {"text": "上门回访"}, may_fail=(409,), **more)
        if done is not None:
            self._ledger.notes.append((case_id, done["id"]))

    async def _paper(self) -> None:
        self._ledger.papers += 1
        number = self._ledger.papers
        paper = warning(incident_no=f"J44180220260{number:05}")
        paper["warning"]["document_no"] = f"清城公（源）告〔2026〕{number}号"
        for role, sex in (("victim", 2), ("perpetrator", 1)):
            paper[role] = {"name": f"演示{number}", "id_number": id_number(number, sex)}
        answer, sent = await self._send("POST", "/partners/police/warnings", paper, (200, 201))
        self._ledger.done.append(Written("partner", answer.json()["receipt"], sent))

    async def _edit(self, entry: int) -> None:
        url = f"/registers/organisations/{entry}"
        read, _ = await self._send("GET", url, None, (200,))
        body = {"name": f"第{uuid7()}调解委员会", "opened_on": "2026-05-01"}
        headers = {"If-Match": read.headers["etag"]}
        try:
            answer = await self._once("PUT", url, body, headers)
        except httpx.TransportError:
            self._ledger.unknown_edits += 1
            return
        if answer.status_code == 503:
            self._ledger.unknown_edits += 1
        elif answer.status_code == 200:
            self._ledger.versions[entry].append(answer.json()["version"])
            self._told()
        else:
            assert answer.status_code == 412, f"{url} {answer.status_code} {answer.text}"

    async def _command(
        self, what: str, url: str, answers: dict[str, Any], may_fail: tuple[int, ...] = (),
        **more: Any,
    ) -> dict[str, Any] | None:  # fmt: skip
        now = datetime.now(UTC).isoformat()
        body = {"id": str(uuid7()), "happened_at": now, "answers": answers, **more}
        answer, sent = await self._send("POST", url, body, (200, 201, *may_fail))
        if answer.status_code in may_fail:
            return None
        receipt: dict[str, Any] = answer.json()
        self._ledger.done.append(Written(what, receipt, sent))
        return receipt

    async def _send(
        self, method: str, url: str, body: Any, wanted: tuple[int, ...]
    ) -> tuple[httpx.Response, int]:
        """Send the same until somebody acknowledges it, as a phone does."""
        for sent in range(1, 10_000):
            try:
                answer = await self._once(method, url, body)
            except httpx.TransportError:
                await asyncio.sleep(0.05)
                continue
            if answer.status_code in wanted:
                self._told()
                return answer, sent
            assert answer.status_code == 503, f"{url} {answer.status_code} {answer.text}"
            await asyncio.sleep(0.05)
        raise AssertionError("never acknowledged")

    async def _once(
        self, method: str, url: str, body: Any, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        answer = await self._client.request(method, url, json=body, headers=headers)
        if answer.status_code == 401:
            typed = {"username": self._username, "password": seed.PASSWORD}
            signed_in = await self._client.post("/auth/login", json=typed)
            if signed_in.status_code == 200:
                token = signed_in.json()["access_token"]
                self._client.headers["authorization"] = f"Bearer {token}"
            raise httpx.ReadError("not signed in yet")
        return answer

    def _told(self) -> None:
        self._ledger.last_done = time.monotonic()


async def survive(system: Running, kills: int, seed_number: int = 1) -> tuple[Ledger, list[float]]:
    """Kill that often, alternately, at moments of chance; how long each time nobody could write."""
    ledger, chance, recovery = Ledger(), random.Random(seed_number), []
    async with system.owner() as connection:
        rows = await connection.execute(
            text("select id from organisation where kind = 'mediation_committee' limit 2")
        )
        ledger.versions = {entry: [] for entry in rows.scalars()}
    stop = asyncio.Event()
    who = ["women_fed_town"] * (WRITERS - 3) + ["police"] + ["justice_bureau"] * 2
    async with asyncio.TaskGroup() as group:
        for number, username in enumerate(who):
            group.create_task(Writer(system, ledger, username, number).write(stop))
        for kill in range(kills):
            some = ledger.writes() + BETWEEN
            while ledger.writes() < some:  # noqa: ASYNC110 - writers do not know of kills
                await asyncio.sleep(0.01)
            await asyncio.sleep(chance.random() * 0.5)
            begun = time.monotonic()
            if kill % 3 == 2:
                system.kill_database()
                system.postgres.start()
            else:
                system.kill_server()
                system.serve(wait=False)
            while ledger.last_done < begun:
                assert time.monotonic() < begun + PATIENCE, system.log.read_text()[-2000:]
                await asyncio.sleep(0.02)
            recovery.append(ledger.last_done - begun)
        stop.set()
    return ledger, recovery


async def check(system: Running, ledger: Ledger) -> int:
    """Nothing acknowledged is lost, nothing doubled, nothing half; how many events there are."""
    async with system.owner() as connection:
        rows = (await connection.execute(_EVENTS)).all()
        stored = {str(row.id): row for row in rows}
        cases = (await connection.execute(_CASES)).all()
        counters = (await connection.execute(_NUMBERS)).all()
        papers = await connection.scalar(text("select count(*) from partner_document"))
        halves = (await connection.execute(_HALVES)).scalar_one()
        entries = (await connection.execute(_ENTRIES, {"ids": list(ledger.versions)})).all()
    lost = [w for w in ledger.done if w.receipt["id"] not in stored]
    changed = [
        w for w in ledger.done if w not in lost and w.what != "partner"
        if (stored[w.receipt["id"]].version, stored[w.receipt["id"]].state)
        != (w.receipt["version"], w.receipt["state"])
    ]  # fmt: skip
    assert (lost, changed) == ([], [])
    asked = Counter(written.receipt["id"] for written in ledger.done)
    assert max(asked.values()) == 1
    # Once: every event is one that somebody sent (a paper of the police makes four).
    own = [row for row in rows if row.channel == "web"]
    assert {str(row.id) for row in own} <= {w.receipt["id"] for w in ledger.done}
    sent_papers = [w for w in ledger.done if w.what == "partner"]
    assert papers == len(sent_papers)
    assert len(rows) - len(own) == 4 * papers
    # Whole: events without a gap, a number each without a gap, outbox, parties.
    assert [c for c in cases if c.version != c.events or c.version != c.last] == []
    assert [c for c in counters if c.cases != c.last or c.numbers != c.last] == []
    assert halves == 0
    # Edits: each acknowledged one made a version of its own; none was overwritten unseen.
    for entry in entries:
        made = ledger.versions[entry.id]
        assert len(set(made)) == len(made)
        assert max(made, default=1) <= entry.version
        assert entry.version - 1 - len(made) <= ledger.unknown_edits
    chains = [await broken(system.owner, str(case.id)) for case in cases]
    assert [chain for chain in chains if chain] == []
    return len(rows)


_EVENTS = text("select id, case_id, version, state, channel from event")
_CASES = text(
    'select c.id, c.version, count(e.id) as events, max(e.seq) as last from "case" c'
    " left join event e on e.case_id = c.id group by c.id, c.version"
)
_NUMBERS = text(
    "select n.last, count(c.id) as cases, count(distinct c.number) as numbers from case_counter n"
    ' left join "case" c on c.kind = n.kind group by n.kind, n.district, n.year, n.last'
)
_HALVES = text(
    "select (select count(*) from event e where not exists"
    " (select from outbox o where o.event_id = e.id))"
    ' + (select count(*) from "case" c where c.subject is not null and not exists'
    " (select from case_party p where p.case_id = c.id and p.person_id = c.subject))"
    " + (select count(*) from person p where not exists"
    " (select from case_party q where q.person_id = p.id))"
)
_ENTRIES = text("select id, version from organisation where id = any(:ids)")


def test_what_was_acknowledged_survives_every_kill(system: Running) -> None:
    ledger, _ = asyncio.run(survive(system, KILLS))
    asyncio.run(check(system, ledger))
    assert ledger.writes() > BETWEEN * KILLS
    assert {w.what for w in ledger.done} == {"open", "act", "correct", "partner"}
    assert all(ledger.versions.values())


@pytest.mark.prove
def test_two_hundred_kills() -> None:
    with running() as system:
        system.serve()
        ledger, recovery = asyncio.run(survive(system, MANY, seed_number=2))
        events = asyncio.run(check(system, ledger))
    again = sum(written.sent > 1 for written in ledger.done)
    median, p95, longest = (sorted(recovery)[int(MANY * part)] for part in (0.5, 0.95, 0.999))
    print(  # noqa: T201 - make prove shows its figures
        f"\n{MANY} kills (a third of them the database): {ledger.writes()} writes acknowledged,"
        f" {events} events; 0 lost, 0 doubled, 0 half; {again} sent more than once; nobody could"
        f" write for {median:.1f} s (median), {p95:.1f} s (p95), {longest:.1f} s (longest)"
    )
