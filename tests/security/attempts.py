"""Every role, in every relation to a case, at every door; and what is wrong with the answer."""

import importlib
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from app.ids import uuid7
from app.kinds import KINDS
from app.kinds.base import ANYWHERE
from app.kinds.forms import notes
from app.services import seed
from tests.conftest import Client, Owner
from tests.kinds.journey import Journey
from tests.kinds.test_every_kind import ids as ids
from tests.kinds.walks import Walk
from tests.security import oracle, people
from tests.security.people import Somebody
from tests.stories.answers import WIFE, wish

UNKNOWN = "01958a00-0000-7000-8000-000000000000"
READING = ("", "/timeline", "/parties", "/deadlines", "/axis")
LISTS = (
    "/cases?limit=100", "/worklist?limit=100", "/notices?limit=100", "/partners/changes",
    "/referrals", "/sync/tasks", "/subject-requests", "/glass", "/people/matches",
    "/people?limit=100", f"/ledger/women?area={seed.DISTRICT}&limit=100",
    f"/disclosures?area={seed.DISTRICT}", f"/retention/expired?area={seed.DISTRICT}",
    f"/indicators/LAW-01/cases?area={seed.DISTRICT}&period=2026",
)  # fmt: skip
BESIDE = (
    "/vault", "/privacy", "/disclosures", "/referrals", "/attachments", "/agreement", "/looks",
    "/holds",
)  # fmt: skip
"""More that is read of one case; some of it only by some roles, or only by supervisors."""
SAMPLE, WHOLE = 2_000, 10_000
TABS = re.findall(
    r"name: '(\w+)', title: '[^']+'(?:, sight: '(S\d)')?(, supervised: true)?",
    (Path(__file__).parents[2] / "frontend/src/d/pages/case/tabs.ts").read_text("utf-8"),
)
"""The tabs of the desk's case page: name, from which class on, whether for supervisors only."""
ASKS = {
    "timeline": ("/timeline",), "axis": ("/axis",), "referrals": ("/referrals",),
    "files": ("/attachments",), "vault": ("/vault",), "privacy": ("/privacy", "/disclosures"),
    "looks": ("/looks",),
}  # fmt: skip
"""What each of them asks of the server."""


@dataclass(frozen=True)
class Known:
    """A case in the village, with what was answered at its opening, and the state it is in."""

    kind: str
    id: str
    answers: dict[str, Any]
    bodies: dict[str, Any]
    people: list[str]
    facts: dict[str, str]
    """What its vault has: name → id."""


@dataclass(frozen=True)
class Scene:
    people: list[Somebody]
    cases: list[Known]


_PARTIES = text("select distinct person_id from case_party where case_id = :id order by 1")
_FACTS = text(
    "select name, id from case_vault where case_id = :id union all"
    " select v.name, v.id from person_vault v join case_party p using (person_id)"
    " where p.case_id = :id and p.role = 'victim'"
)
REPORTER = {"reporter_name": "知情人", "reporter_phone": "13800000099"}
SECRETS = {
    "present_address": "某巷九号", "safe_phone": "13800000077", "school": "某小学二年级",
}  # fmt: skip


@pytest.fixture
async def scene(
    app: FastAPI, client: Client, owner: Owner, ids: dict[str, Any]
) -> AsyncIterator[Scene]:
    """A case of every kind in one village, and everybody who may or may not see it."""
    cases = []
    for kind in KINDS:
        walks: tuple[Walk, ...] = importlib.import_module(f"tests.kinds.walks.{kind}").WALKS
        journey = Journey(client, kind, ids)
        first = walks[0].steps[0]
        told = dict(first.answers)
        if kind == "dv_warning":
            told |= {
                "victim": WIFE | SECRETS,
                "reporter_name": "知情人",
                "reporter_phone": "13800000099",
            }
        opened = await journey.take(replace(first, answers=told))
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
        async with owner() as connection:
            here = {"id": journey.case_id}
            parties = list((await connection.execute(_PARTIES, here)).scalars())
            facts = {row.name: str(row.id) for row in await connection.execute(_FACTS, here)}
        cases.append(Known(kind, journey.case_id, answers, bodies, list(map(str, parties)), facts))
    async with owner() as connection:
        all_ = await people.everybody(app, connection)
        await people.hold(connection, all_, [case.id for case in cases])
    yield Scene(all_, cases)
    async with owner() as connection:
        await people.forget(connection, all_)


Attempt = tuple[str, Somebody, Known, str]
"""What is tried (read, list, find, act, open …), by whom, on which case, and how."""


def attempts(scene: Scene) -> Iterator[Attempt]:
    for who in scene.people:
        for case in scene.cases:
            yield from (("read", who, case, door) for door in READING)
            yield from (("list", who, case, url) for url in LISTS)
            yield ("find", who, case, "")
            yield from (("beside", who, case, door) for door in BESIDE)
            yield from (("person", who, case, person) for person in case.people)
            yield from (("reveal", who, case, name) for name in case.facts)
            yield from (("wish", who, case, person) for person in case.people[:1])
            yield ("sync", who, case, "")
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
    if what in BY_STATUS:
        status, those = await BY_STATUS[what](who, case, how)
        return None if status in those else f"{status}, not {those}"
    if what in SHOWING:
        return await SHOWING[what](who, case, how)
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


async def _beside(who: Somebody, case: Known, door: str) -> tuple[int, set[int]]:
    answer = await who.client.get(f"/cases/{case.id}{door}")
    return answer.status_code, oracle.beside_status(who.role, who.relation, case.kind, door)


async def _person(who: Somebody, case: Known, person: str) -> tuple[int, set[int]]:
    answer = await who.client.get(f"/people/{person}")
    return answer.status_code, {oracle.person_status(who.role, who.relation, case.kind)}


async def _reveal(who: Somebody, case: Known, name: str) -> tuple[int, set[int]]:
    asked = {"facts": [case.facts[name]], "reason": "今日上门探访，需核对她的住处"}
    answer = await who.client.post(f"/cases/{case.id}/vault/reveal", json=asked)
    return answer.status_code, {oracle.reveal_status(who.role, who.relation, case.kind, name)}


async def _wish(who: Somebody, case: Known, how: str) -> tuple[int, set[int]]:
    answer = await who.client.post("/subject-requests", json=wish(case.id, how))
    return answer.status_code, oracle.wish_status(who.role, who.relation, case.kind)


BY_STATUS = {"beside": _beside, "person": _person, "reveal": _reveal, "wish": _wish}


async def _list(who: Somebody, case: Known, how: str) -> str | None:
    answer = await who.client.get(how)
    shown, may = case.id in answer.text, oracle.lists(who.role, who.relation, case.kind)
    if shown and not may:
        return "listed"
    whole = how.startswith("/cases") or how == "/partners/changes"
    return "not listed" if may and whole and not shown else None


async def _find(who: Somebody, case: Known, how: str) -> str | None:
    name = next((n for a in case.answers.values() for n in _names(a)), "林秋禾")
    answer = await who.client.post("/people/search", json={"name": name})
    found = case.id in answer.text
    may = oracle.person_status(who.role, who.relation, case.kind) == 200
    return "found" if found and not may else None


async def _told_apart(who: Somebody, case: Known, how: str) -> str | None:
    """A phone that sends a step for a case out of sight hears what it hears for one that is not
    there."""
    if oracle.reaches(who.role, who.relation) or not oracle.works(who.role):
        return None
    said, at = [], "2026-03-03T01:00:00Z"
    for case_id in (case.id, UNKNOWN):
        item: dict[str, Any] = {
            "id": (one := str(uuid7())),
            "kind": case.kind,
            "case_id": case_id,
            "name": "note",
        }
        item |= {"command": {"id": one, "happened_at": at, "answers": {"text": "x"}}}
        answer = await who.client.post("/sync", json={"items": [item]})
        said.append(answer.text.replace(one, "").replace(case_id, ""))
    return None if said[0] == said[1] else f"{said[0]}, for none: {said[1]}"


SHOWING = {"list": _list, "find": _find, "sync": _told_apart}


def _names(answer: Any) -> list[str]:
    people = answer if isinstance(answer, list) else [answer]
    return [p["name"] for p in people if isinstance(p, dict) and p.get("name")]


def _too_much(case: Known, sight: int, door: str, answer: Any) -> str | None:
    """Whether more, or less, was shown than the class goes."""
    if answer.status_code != 200:
        return None
    told = answer.json()
    if door == "" and told["sight"] != f"S{sight}":
        return f"told to read {told['sight']}, not S{sight}"
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
        if what in ("reveal", "read") and who.relation == "in_hand":
            async with owner() as connection:
                await connection.execute(_IN_HAND, {"id": case.id, "who": who.id})
        if what == "act" and steps != (case.kind, how):
            steps = case.kind, how
            await _put(owner, case, how)
        if problem := await wrong((what, who, case, how)):
            found.append(f"{what} {case.kind} {how}: {who.role} {who.relation}: {problem}")
    return found


_IN_HAND = text('update "case" set account_id = :who where id = :id')


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


async def failing_tabs(scene: Scene) -> tuple[list[str], int]:
    """Of the tabs that each role is shown in one case of each kind, those that answer with an
    error; and how many were tried."""
    chosen = {
        (who.role, case.kind): (who, case)
        for who in scene.people
        for case in scene.cases
        if oracle.reaches(who.role, who.relation)
        and oracle.reads(who.role, who.relation, case.kind)
    }
    found, tried_ = [], 0
    for who, case in chosen.values():
        page = (await who.client.get(f"/cases/{case.id}")).json()
        for name, sight, supervised in TABS:
            if page["sight"] < sight or (supervised and not page["supervised"]):
                continue
            for door in ASKS[name]:
                tried_ += 1
                answer = await who.client.get(f"/cases/{case.id}{door}")
                if answer.status_code != 200:
                    found.append(f"{who.role} {case.kind} {name}: {answer.status_code}")
    return found, tried_
