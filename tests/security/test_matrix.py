"""Every role, in every relation to a case, at every door: what the oracle says, no more."""

import importlib
import random
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import text, true

from app import access
from app.access import Actor, Work
from app.ids import uuid7
from app.kinds import KINDS
from app.kinds.base import ANYWHERE
from app.kinds.forms import notes
from app.roles import Role
from app.services import seed
from app.services.seeing import reach
from app.services.seeing.reach import Part
from tests.conftest import Client, Owner
from tests.kinds.journey import Journey
from tests.kinds.test_every_kind import ids as ids
from tests.kinds.walks import Walk
from tests.security import oracle, people
from tests.security.people import Somebody

UNKNOWN = "01958a00-0000-7000-8000-000000000000"
READING = ("", "/timeline", "/parties", "/deadlines")
LISTS = ("/cases?limit=100", "/worklist?limit=100", "/notices?limit=100", "/partners/changes")
SAMPLE, WHOLE = 2_000, 10_000


@dataclass(frozen=True)
class Known:
    """A case in the village, with what was answered at its opening, and the state it is in."""

    kind: str
    id: str
    answers: dict[str, Any]
    bodies: dict[str, Any]


@dataclass(frozen=True)
class Scene:
    people: list[Somebody]
    cases: list[Known]


@pytest.fixture
async def scene(
    app: FastAPI, client: Client, owner: Owner, ids: dict[str, Any]
) -> AsyncIterator[Scene]:
    """A case of every kind in one village, and everybody who may or may not see it."""
    cases = []
    for kind in KINDS:
        walks: tuple[Walk, ...] = importlib.import_module(f"tests.kinds.walks.{kind}").WALKS
        journey = Journey(client, kind, ids)
        opened = await journey.take(walks[0].steps[0])
        assert opened.status_code == 201, opened.text
        answers, bodies = journey.sent["answers"], {}
        for step in (step for walk in walks for step in walk.steps[1:]):
            if step.refused is None and step.action not in bodies and _elsewhere(kind, step.action):
                found = await journey._people(step)
                if "@person:" not in str(step.answers) or found:
                    try:
                        bodies[step.action] = journey._filled(step.answers, found)
                    except KeyError:  # somebody who joins the case on the way
                        continue
        cases.append(Known(kind, journey.case_id, answers, bodies))
    async with owner() as connection:
        all_ = await people.everybody(app, connection)
        await people.hold(connection, all_, [case.id for case in cases])
    yield Scene(all_, cases)
    async with owner() as connection:
        await people.forget(connection, all_)


Attempt = tuple[str, Somebody, Known, str]
"""What is tried (read, list, find, act, open), by whom, on which case, and how."""


def attempts(scene: Scene) -> Iterator[Attempt]:
    for who in scene.people:
        for case in scene.cases:
            yield from (("read", who, case, door) for door in READING)
            yield from (("list", who, case, url) for url in LISTS)
            yield ("find", who, case, "")
            yield ("open", who, case, "")
            yield from (("act", who, case, action) for action in case.bodies)


async def wrong(attempt: Attempt) -> str | None:
    """What is wrong with the answer; None if it is what the oracle says."""
    what, who, case, how = attempt
    role, relation, kind = who.role, who.relation, KINDS[case.kind]
    if what == "read":
        answer = await who.client.get(f"/cases/{case.id}{how}")
        expected = oracle.read_status(role, relation, case.kind)
        if answer.status_code != expected:
            return f"{answer.status_code}, not {expected}"
        return _too_much(case, oracle.reads(role, relation, case.kind), how, answer)
    if what == "list":
        answer = await who.client.get(how)
        shown, may = case.id in answer.text, oracle.reads(role, relation, case.kind) > 0
        if shown and not may:
            return "listed"
        whole = how.startswith("/cases") or how == "/partners/changes"
        return "not listed" if may and whole and not shown else None
    if what == "find":
        name = next((n for a in case.answers.values() for n in _names(a)), "林秋禾")
        answer = await who.client.post("/people/search", json={"name": name})
        return (
            "found"
            if case.id in answer.text and oracle.reads(role, relation, case.kind) < 2
            else None
        )
    body = {"id": str(uuid7()), "happened_at": "2026-03-03T01:00:00Z"}
    if what == "open":
        body |= {"id": case.id, "answers": case.answers, "area": seed.VILLAGE}  # type: ignore[dict-item]
        answer = await who.client.post(f"/cases/{case.kind}", json=body)
        expected = oracle.open_status(role, relation, {r.value for r in kind.opened_by})
    else:
        action = kind.action(how)
        assert action is not None
        body |= {"answers": case.bodies[how]}
        answer = await who.client.post(f"/cases/{case.kind}/{case.id}/{how}", json=body)
        expected = oracle.act_status(role, relation, case.kind, {r.value for r in action.by})
    refused = answer.status_code if answer.status_code in (401, 403, 404) else 0
    if answer.status_code == 422 and "answers" in answer.text:
        return f"the attempt itself is wrong: {answer.text}"
    if answer.status_code in (200, 201):
        return "carried out"
    return f"{answer.status_code}, not {expected or 'judged'}" if refused != expected else None


def _names(answer: Any) -> list[str]:
    people = answer if isinstance(answer, list) else [answer]
    return [p["name"] for p in people if isinstance(p, dict) and p.get("name")]


def _too_much(case: Known, sight: int, door: str, answer: Any) -> str | None:
    """Whether more, or less, was shown than the class goes."""
    if answer.status_code != 200:
        return None
    told = answer.json()
    form, name = KINDS[case.kind].form, "events" if door == "" else "items"
    if door in ("", "/timeline"):
        (opened,) = [e for e in told[name] if e["name"] == "opened"]
        given = {n for n, value in case.answers.items() if value not in (None, [], "")}
        may = {
            n for n, note in notes(form)
            if n in given and note.party is None and int(note.sight[1]) <= sight
        }  # fmt: skip
        if set(opened["answers"]) - {n for n, note in notes(form) if note.party} != may:
            return f"read {sorted(opened['answers'])}, may {sorted(may)}"
    if door in ("", "/parties"):
        for party in told["parties" if door == "" else "items"]:
            if (party["name"] is not None) != (sight >= 2):
                return "a name"
            if sight < 3 and (party["id_number"] or party["birth_on"] or party["home_address"]):
                return "what is S3 of a person"
    return None


async def tried(owner: Owner, chosen: list[Attempt]) -> list[str]:
    """What is wrong, of all attempts. Before an action is tried its case is put where the action
    does not go from: whoever may take it is judged, and nothing changes under the attempts."""
    found, steps = [], None
    for what, who, case, how in sorted(chosen, key=lambda a: (a[0] == "act", a[2].kind, a[3])):
        if what == "act" and steps != (case.kind, how):
            steps = case.kind, how
            await _put(owner, case, how)
        if problem := await wrong((what, who, case, how)):
            found.append(f"{what} {case.kind} {how}: {who.role} {who.relation}: {problem}")
    return found


async def _put(owner: Owner, case: Known, action: str) -> None:
    values = {"id": case.id, "state": min(_elsewhere(case.kind, action))}
    async with owner() as connection:
        await connection.execute(text('update "case" set state = :state where id = :id'), values)


def _elsewhere(kind: str, action: str) -> set[str]:
    """The states in which the action cannot be taken."""
    known = KINDS[kind].action(action)
    assert known is not None
    possible = KINDS[kind].open_states if known.source == ANYWHERE else known.source
    return set(KINDS[kind].states) - possible


async def test_a_sample_of_all_attempts(scene: Scene, owner: Owner) -> None:
    chosen = random.Random(7).sample(list(attempts(scene)), SAMPLE)
    assert await tried(owner, chosen) == []


@pytest.mark.prove
async def test_all_attempts(scene: Scene, owner: Owner) -> None:
    every = list(attempts(scene))
    found = await tried(owner, every)
    print(f"\naccess matrix: {len(every)} attempts, {len(found)} wrong")  # noqa: T201
    assert found == []
    assert len(every) >= WHOLE


def _whole_district(work: Work, roles: frozenset[Role] = frozenset()) -> list[Part]:
    kinds = tuple(name for name, kind in work.kinds.items() if kind.read_by & work.actor.roles)
    return [Part("district", seed.DISTRICT, work.actor.roles, kinds)]


def unfiltered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The app believes that everybody may see everything: only the database is left."""
    everything = {
        "districts": [seed.DISTRICT], "towns": [], "villages": [], "holders": [], "barred": [],
    }  # fmt: skip
    monkeypatch.setattr(access, "scope", lambda table, actor: true())
    monkeypatch.setattr(Actor, "reach", property(lambda self: everything))
    monkeypatch.setattr(reach, "areas", _whole_district)
    monkeypatch.setattr(reach, "given", lambda work: [])


@pytest.mark.parametrize(
    "size",
    [pytest.param(600, id="sample"), pytest.param(None, id="all", marks=pytest.mark.prove)],
)
async def test_with_the_apps_filter_off_nothing_leaks(
    scene: Scene, owner: Owner, monkeypatch: pytest.MonkeyPatch, size: int | None
) -> None:
    every = [a for a in attempts(scene) if a[0] in ("read", "list", "find")]
    chosen = random.Random(11).sample(every, size) if size else every
    unfiltered(monkeypatch)
    found = await tried(owner, chosen)
    if size is None:
        print(f"\nthe app's filter off: {len(chosen)} attempts, {len(found)} wrong")  # noqa: T201
    assert found == []
