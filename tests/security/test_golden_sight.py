"""Golden files: what every role reads of every kind, field by field, from the live answers.

After an intended change, write them anew and read the difference before it is committed:

    ANLAN_GOLDEN=write .venv/bin/pytest -q tests/security/test_golden_sight.py
"""

import importlib
import os
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from app.kinds import KINDS
from app.kinds.base import CaseKind
from app.kinds.forms import Sight, notes
from app.kinds.people import PersonAnswer
from app.policy import BREAKS_GLASS, BY_AREA
from tests.conftest import Client, Empty, Owner
from tests.kinds.journey import Journey
from tests.kinds.test_every_kind import ids as ids
from tests.kinds.walks import Step, Walk
from tests.security import people
from tests.security.oracle import READS
from tests.security.people import Somebody

GOLDEN: Final = Path(__file__).parent / "golden"
COMMAND: Final = "ANLAN_GOLDEN=write .venv/bin/pytest -q tests/security/test_golden_sight.py"
AGAIN: Final = f"what is read has changed; if that is meant: {COMMAND}"
CLEAR, MASKED, REVEALED, EXISTS, NOTHING = "■", "▒", "◇", "·", " "
LEGEND: Final = (
    f"{CLEAR} 显示　{MASKED} 部分遮盖　{REVEALED} 说明理由并经第二验证后显示三十秒　"
    f"{EXISTS} 只知道有　空白 不显示"
)

RICH: Final = {
    "name": "林秋禾", "id_number": "441802198805120022", "phone": "13800000021",
    "home_address": "清城区某街某号", "safe_contact": "只在白天以社区普查名义致电",
    "present_address": "某巷九号三楼", "safe_phone": "13800000077", "school": "某小学二年级",
    "flags": ["seriously_ill"],
}  # fmt: skip
"""One of whom everything is known."""

Reader = tuple[str, str]
"""A role, and how it comes to the case: by area, holding, having it in hand, breaking the glass."""


@dataclass
class Matrix:
    """Field → reader → what comes out. Fields in the order of the forms."""

    kind: CaseKind
    cells: dict[str, dict[Reader, str]] = field(default_factory=lambda: defaultdict(dict))

    def saw(self, where: str, reader: Reader, mark: str) -> None:
        """The most that is seen counts: a form is answered many times."""
        order = (NOTHING, EXISTS, REVEALED, MASKED, CLEAR)
        known = self.cells[where].get(reader, NOTHING)
        self.cells[where][reader] = max(known, mark, key=order.index)


def readers() -> Iterator[Reader]:
    for role in READS:
        if READS[role][0] == "-":
            continue
        if role in BY_AREA:
            yield role, "own"
        yield role, "held"
        yield role, "in_hand"
        if role in BREAKS_GLASS:
            yield role, "glass"


@pytest.fixture
async def sighted(app: FastAPI, owner: Owner) -> AsyncIterator[dict[Reader, Somebody]]:
    """Everybody who works on cases, in each relation, each signed in; nothing is given yet."""
    async with owner() as connection:
        made = await people.these(app, connection, list(readers()))
    yield dict(zip(readers(), made, strict=True))
    async with owner() as connection:
        await people.forget(connection, made)


def told(step: Step) -> frozenset[tuple[str, str]]:
    """The answers of a step, by its name and theirs."""
    return frozenset((step.action, n) for n, v in step.answers.items() if v not in (None, [], ""))


def enough(kind: str) -> Iterator[Walk]:
    """Few walks of a kind in which everything is said that is said in any."""
    walks: Sequence[Walk] = importlib.import_module(f"tests.kinds.walks.{kind}").WALKS
    says = {
        w.name: frozenset[tuple[str, str]]().union(*(told(s) for s in w.steps if not s.refused))
        for w in walks
    }
    left = frozenset[tuple[str, str]]().union(*says.values())
    while left:
        best = max(walks, key=lambda w: (len(says[w.name] & left), -len(w.steps)))
        left -= says[best.name]
        yield best


_IN_HAND = text('update "case" set account_id = :who where id = :id')
_KNOWN_ANEW = text("update account set version = version + 1 where username like 'x.%'")
"""The glass is broken anew: who asked before is known without it."""


@dataclass
class Sighting:
    """Reads cases as everybody, and notes what comes out."""

    owner: Owner
    sighted: Mapping[Reader, Somebody]
    matrix: Matrix

    async def at(self, case_id: str) -> AsyncIterator[tuple[Reader, Somebody]]:
        """Each reader in turn, standing to the case as it says."""
        async with self.owner() as connection:
            await people.hold(connection, list(self.sighted.values()), [case_id])
            await connection.execute(_KNOWN_ANEW)
        for reader, one in self.sighted.items():
            if one.relation == "in_hand":
                async with self.owner() as connection:
                    await connection.execute(_IN_HAND, {"id": case_id, "who": one.id})
            yield reader, one

    async def read_steps(self, case_id: str, said: Mapping[str, set[str]]) -> None:
        async for reader, one in self.at(case_id):
            answer = await one.client.get(f"/cases/{case_id}/timeline?limit=100")
            if answer.status_code == 404:
                continue
            events = answer.json()["items"]
            shown: dict[tuple[str, str], Any] = {
                (e["name"], n): v for e in events for n, v in e["answers"].items()
            }
            for step, names in said.items():
                for name in names:
                    value = shown.get((step, name))
                    self.matrix.saw(f"{step}.{name}", reader, mark(value))
            if any(keeps(self.matrix.kind, step, names) for step, names in said.items()):
                await self._read_vault(case_id, reader, one)

    async def read_person(self, case_id: str, person: Mapping[str, Any]) -> None:
        """The page of a case with somebody of whom everything is known, and what its vault says."""
        async for reader, one in self.at(case_id):
            answer = await one.client.get(f"/cases/{case_id}")
            if answer.status_code == 404:
                continue
            page = answer.json()
            (known,) = (p for p in page["parties"] if p["is_subject"])
            for name in PARTY:
                self.matrix.saw(f"person.{name}", reader, mark(known.get(name), person.get(name)))
            (contact, *_) = page["safe_contact"] or [{}]
            self.matrix.saw("contact.rule", reader, mark(contact.get("rule")))
            self.matrix.saw("contact.phone", reader, mark(contact.get("phone"), person["phone"]))
            await self._reveal(case_id, reader, one, await self._read_vault(case_id, reader, one))

    async def _read_vault(self, case_id: str, reader: Reader, one: Somebody) -> list[Any]:
        answer = await one.client.get(f"/cases/{case_id}/vault")
        items: list[Any] = answer.json()["items"]
        for item in items:
            seen = REVEALED if item["open"] else EXISTS
            self.matrix.saw(f"vault.{item['name']}", reader, seen)
        return items

    async def _reveal(
        self, case_id: str, reader: Reader, one: Somebody, items: Sequence[Any]
    ) -> None:
        """What is said to be open is shown, and nothing else is."""
        for item in items:
            asked = {"facts": [item["id"]], "reason": "今日上门探访，需核对她的住处"}
            answer = await one.client.post(f"/cases/{case_id}/vault/reveal", json=asked)
            assert answer.status_code == (200 if item["open"] else 403), (reader, answer.text)
            if item["open"]:
                assert answer.json()["items"][0]["value"], reader


PARTY: Final = (
    "name", "sex", "birth_year", "birth_on", "id_number", "phone", "home_address", "safe_contact",
    "flags",
)  # fmt: skip


def mark(value: Any, sent: Any = None) -> str:
    """What came out: as it was said, or with its middle hidden."""
    if value in (None, [], ""):
        return NOTHING
    if isinstance(value, str) and "*" in value:
        return MASKED
    assert not isinstance(value, str) or sent in (None, value), (value, sent)
    return CLEAR


def keeps(kind: CaseKind, step: str, names: set[str]) -> bool:
    form = kind.form_of(step)
    known = dict(notes(form)) if form else {}
    return any(known[name].sight is Sight.S4 for name in names if name in known)


def written(matrix: Matrix) -> str:
    """The matrix as a table: readers who read the same share a column."""
    everybody = list(readers())
    columns: dict[tuple[str, ...], list[Reader]] = defaultdict(list)
    rows = sorted(matrix.cells, key=lambda where: _order(matrix.kind, where))
    for reader in everybody:
        columns[tuple(matrix.cells[where].get(reader, NOTHING) for where in rows)].append(reader)
    shown = [(marks, who) for marks, who in columns.items() if set(marks) - {NOTHING}]
    lines = [f"{matrix.kind.title} {matrix.kind.name}", LEGEND, COMMAND, ""]
    for letter, (_, who) in zip(LETTERS, shown, strict=False):
        lines.append(f"{letter}  {_who(who)}")
    nobody = [who for marks, who in columns.items() if not set(marks) - {NOTHING}]
    lines += [f"–  {_who([r for some in nobody for r in some])}", ""]
    lines.append(f"{'':40}  {' '.join(LETTERS[: len(shown)])}")
    for at, where in enumerate(rows):
        marks = " ".join(marks[at] for marks, _ in shown)
        lines.append(
            f"{where:36} {_sight(matrix.kind, where)}  {marks}  {_title(matrix.kind, where)}"
        )
    return "\n".join(line.rstrip() for line in lines) + "\n"


LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _who(readers_: Sequence[Reader]) -> str:
    found: dict[str, list[str]] = {}
    for role, how in readers_:
        found.setdefault(role, []).append(how)
    return "; ".join(f"{role} ({', '.join(how)})" for role, how in found.items())


def _field(kind: CaseKind, where: str) -> tuple[str, Any, str]:
    part, _, name = where.partition(".")
    form = kind.form_of(part)
    if form is None:
        form = PersonAnswer
    fields = form.model_fields
    note = dict(notes(form)).get(name)
    return part, note, (fields[name].title or "") if name in fields else ""


def _sight(kind: CaseKind, where: str) -> str:
    note = _field(kind, where)[1]
    return note.sight.value if note else "  "


def _title(kind: CaseKind, where: str) -> str:
    return _field(kind, where)[2]


def _order(kind: CaseKind, where: str) -> tuple[int, int, str]:
    """Persons first, then the steps and their fields as they are defined, then the vault."""
    part, _, name = where.partition(".")
    form = kind.form_of(part)
    steps = ["person", "contact", "opened", *(a.name for a in kind.actions), "vault"]
    names = list(form.model_fields) if form else [*PARTY, "rule", "phone"]
    return steps.index(part), names.index(name) if name in names else len(names), name


TODAY: Final = list(KINDS)[datetime.now(UTC).timetuple().tm_yday % len(KINDS)]


@pytest.mark.parametrize(
    "kind", [k if k == TODAY else pytest.param(k, marks=pytest.mark.prove) for k in KINDS]
)
async def test_what_everybody_reads(
    client: Client,
    owner: Owner,
    empty: Empty,
    ids: dict[str, Any],
    sighted: dict[Reader, Somebody],
    kind: str,
) -> None:
    """One kind a day, all by `make prove`."""
    sighting = Sighting(owner, sighted, Matrix(KINDS[kind]))
    chosen = list(enough(kind))
    for walk in chosen:
        journey, said = await walked(client, ids, walk)
        await sighting.read_steps(journey.case_id, said)
        await empty()
    journey, opening = Journey(client, kind, ids), chosen[0].steps[0]
    answers = {**opening.answers, KINDS[kind].subject: RICH}
    opened = await journey.take(Step("opened", opening.by, answers))
    assert opened.status_code == 201, opened.text
    await sighting.read_person(journey.case_id, RICH)
    path = GOLDEN / f"{kind}.txt"
    if os.environ.get("ANLAN_GOLDEN") == "write":
        GOLDEN.mkdir(exist_ok=True)
        path.write_text(written(sighting.matrix), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == written(sighting.matrix), AGAIN


async def walked(
    client: Client, ids: dict[str, Any], walk: Walk
) -> tuple[Journey, dict[str, set[str]]]:
    """A case at its end, and what was said in its steps, people aside."""
    journey = Journey(client, walk.kind, ids)
    said: dict[str, set[str]] = defaultdict(set)
    for step in walk.steps:
        if step.refused:
            journey.moment += step.after
            continue
        answer = await journey.take(step)
        assert answer.status_code in (200, 201), (walk.name, step.action, answer.text)
        form = KINDS[walk.kind].form_of(step.action)
        parties = {n for n, note in notes(form) if note.party} if form else set()
        said[step.action] |= {name for _, name in told(step)} - parties
    return journey, said
