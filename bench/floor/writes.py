"""Opening one kind of case, and one action on another kind, with every row the app writes."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from app import clock, crypto
from app.crypto import Place
from app.errors import IdReused, NotFound
from app.ids import uuid7
from app.kinds import KINDS
from app.kinds.dv_warning.report import Report
from app.kinds.forms import Whole
from app.kinds.identity import birth_and_sex
from app.kinds.left_behind_visit.visit_forms import Visit
from app.kinds.people import PersonAnswer
from app.places import place_of
from app.routers.typed import CommandBody, ReceiptShown
from app.services.acting import answers
from bench.floor.door import Door, DoorDep
from bench.scenarios import PREFIX

router = APIRouter(prefix=PREFIX)


class Opening(CommandBody):
    """The opening of a dv_warning."""

    answers: Report
    area: Whole | None = Field(default=None)


class Visited(CommandBody):
    """A visit."""

    answers: Visit


_AREA = (
    "select pg_advisory_xact_lock(hashtextextended($1, 0)), (select 1 from area where code = $2"
    " and valid_from <= $3 and (valid_to is null or valid_to > $3))"
)
_BEFORE = "select 1 from event where id = $1"
_SAME = "select id, reason from same_people($1, $2, $3, $4) limit 20"
_NUMBER = (
    "with given as (insert into case_counter as c (kind, district, year, last)"
    " values ('dv_warning', $1, $2, 1)"
    " on conflict (kind, district, year) do update set last = c.last + 1 returning last)"
    " update \"case\" set number = $3 || lpad(given.last::text, 5, '0') || '号'"
    ' from given where "case".id = $4 returning number'
)
_OWNED = "district, town, village, seen_by"
_EVENT = (
    "id, case_id, seq, kind, name, outcome, subject, sex, age_band, flags, happened_at,"
    f" claimed_at, recorded_at, account_id, organisation_id, channel, details, key, sealed,"
    f" fingerprint, state, version, hash, {_OWNED}"
)
_DEADLINE = (
    "id, case_id, kind, rule, round, started_by, started_at, alert_at, due_at, owner, basis,"
    f" {_OWNED}"
)
_OUTBOX = f"case_id, event_id, kind, name, state, happened_at, {_OWNED}"


def _insert(**columns: str) -> str:
    parts = [
        f'new_{table} as (insert into "{table}" ({listed}) select {listed}'
        f' from jsonb_populate_recordset(null::"{table}", ${at}::text::jsonb))'
        for at, (table, listed) in enumerate(columns.items(), start=1)
    ]
    return f"with {', '.join(parts)} select"


_OPEN = _insert(
    person="id, key, sealed, id_index, phone_index, name_index, sex, birth_year, flags, version",
    case="id, kind, state, subject, sex, birth_year, flags, opened_at, recorded_at, version, key,"
    f" head, {_OWNED}",
    event=_EVENT,
    case_party="case_id, person_id, role, relation, event_id, id_index, phone_index, joined_at,"
    f" {_OWNED}",
    party_gram=f"gram, case_id, person_id, {_OWNED}",
    deadline=_DEADLINE,
    notice=f"id, case_id, event_id, role, text, basis, sent_at, {_OWNED}",
    outbox=_OUTBOX,
)
_ACT = _insert(event=_EVENT, deadline=_DEADLINE, outbox=_OUTBOX)
_HOLDING = (
    "select kind, state, subject, sex, birth_year, flags, version, key, head, number, opened_at,"
    f' {_OWNED} from "case" where (district = $1 or seen_by && $2::bigint[]) and id = $3'
    " for update"
)
_CLOCKS = "select id, rule, round, met_at, dropped_at from deadline where case_id = $1"
_MET = "update deadline set met_at = $1, met_by = $2, met_outcome = 'all_well' where id = any($3)"
_MOVED = 'update "case" set version = $1, head = $2 where id = $3'


@router.post("/cases/dv_warning", response_model=ReceiptShown, status_code=201)
async def open_case(door: DoorDep, body: Opening) -> Any:
    """Two new people, a case, its event, clocks, notice and outbox row, its number."""
    driver, actor, ring = door.driver, door.actor, crypto.keyring()
    place = place_of(actor.grants[0].area)
    await driver.fetchrow(_AREA, str(body.id), place.code, clock.local_day(clock.now()))
    print_ = await _new(door, body, f"dv_warning/opened/{place.code}")
    now, at = clock.now(), body.happened_at
    placed = {**place._asdict(), "seen_by": []}
    rows: dict[str, list[dict[str, Any]]] = {t: [] for t in ("person", "case_party", "party_gram")}
    report = body.answers
    for role, answer in (("victim", report.victim), ("perpetrator", report.perpetrator)):
        if answer is not None:
            await _join(door, rows, body.id, role, answer, placed)
    subject = rows["person"][0]
    parts = answers.split(report)
    case: dict[str, Any] = {
        "id": body.id, "kind": "dv_warning", "state": "reported", "subject": subject["id"],
        "sex": subject["sex"], "birth_year": subject["birth_year"], "flags": [], "opened_at": at,
        "recorded_at": now, "version": 0, "key": crypto.new_key(ring), "head": crypto.GENESIS,
        **placed,
    }  # fmt: skip
    details = parts.open | {p["role"]: [p["person_id"]] for p in rows["case_party"]}
    event = _event(door, case, body, "opened", None, details, parts.sealed, print_, now)
    clocks = [
        _deadline(case, "acceptance", event, at + timedelta(hours=1), at + timedelta(hours=24)),
        _deadline(
            case, "inform_of_order", event, at + timedelta(hours=24), at + timedelta(hours=72)
        ),
    ]
    notice = {
        "id": uuid7(), "case_id": body.id, "event_id": body.id, "role": "police",
        "text": "有一件新的报告，请及时受理", "basis": "反家暴法 15；粤办法 23", "sent_at": at,
        **placed,
    }  # fmt: skip
    tables = (
        rows["person"], [case], [event], rows["case_party"], rows["party_gram"], clocks, [notice],
        [_outbox(event, placed)],
    )  # fmt: skip
    await driver.execute(_OPEN, *(_plain(table) for table in tables))
    year = clock.local_day(now).year
    prefix = f"{KINDS['dv_warning'].prefix}〔{year}〕"
    number = await driver.fetchval(_NUMBER, place.district, year, prefix, body.id)
    return _receipt(body.id, case, number, now)


@router.post("/cases/left_behind_visit/{case_id}/record_visit", response_model=ReceiptShown)
async def act(door: DoorDep, case_id: UUID, body: Visited) -> Any:
    """A visit that found all well: its clocks met, the next one started."""
    driver, actor = door.driver, door.actor
    found = await driver.fetchrow(_HOLDING, actor.areas["district"][0], actor.holders, case_id)
    if found is None:
        raise NotFound("没有这个案件")
    print_ = await _new(door, body, f"left_behind_visit/record_visit/{case_id}")
    now, at = clock.now(), body.happened_at
    case = dict(found) | {"id": case_id}
    placed = {name: case[name] for name in ("district", "town", "village", "seen_by")}
    parts = answers.split(body.answers)
    event = _event(
        door, case, body, "record_visit", "all_well", parts.open, parts.sealed, print_, now
    )
    clocks = await driver.fetch(_CLOCKS, case_id)
    running = [c for c in clocks if c["met_at"] is None and c["dropped_at"] is None]
    met = [c for c in running if c["rule"] in ("visits_b", "first_visit", "planned_visit")]
    await driver.execute(_MET, at, body.id, [c["id"] for c in met])
    due = clock.due(_INTERVAL, at, clock.HOLIDAYS)
    started = [
        _deadline(case, "visits_b", event, due - timedelta(days=7), due, c["round"] + 1)
        for c in met
        if c["rule"] == "visits_b"
    ]
    tables = ([event], started, [_outbox(event, placed)])
    await driver.execute(_ACT, *(_plain(table) for table in tables))
    await driver.execute(_MOVED, case["version"], case["head"], case_id)
    return _receipt(body.id, case, case["number"], now)


_RULES = {(k.name, r.name): r for k in KINDS.values() for r in k.deadlines}
_INTERVAL: Any = _RULES["left_behind_visit", "visits_b"].due


async def _new(door: Door, body: Any, operation: str) -> bytes:
    given = body.model_dump(mode="json", include={"answers", "area"})
    asked = {"happened_at": body.happened_at, "answers": given}
    if await door.driver.fetchval(_BEFORE, body.id):
        raise IdReused("这个编号已用于另一次提交，请重新填写后提交")
    return crypto.fingerprint(crypto.keyring(), door.actor.account_id, operation, asked)


async def _join(
    door: Door, rows: dict[str, list[dict[str, Any]]], case_id: UUID, role: str,
    answer: PersonAnswer, placed: dict[str, Any],
) -> None:  # fmt: skip
    ring, id_, wrapped = crypto.keyring(), uuid7(), crypto.new_key(crypto.keyring())
    born, sex = birth_and_sex(answer.id_number or "")
    facts = answer.model_dump(mode="json", include={"name", "id_number", "phone"})
    sealed = {name: value for name, value in facts.items() if value} | {"birth_on": born}
    number = crypto.index(ring, "id_number", answer.id_number or "")
    phone = crypto.index(ring, "phone", answer.phone) if answer.phone else None
    name = crypto.index(ring, "name", answer.name or "")
    rows["person"].append(
        {
            "id": id_, "key": wrapped, "version": 1, "id_index": number, "phone_index": phone,
            "sealed": crypto.seal(
                crypto.open_key(ring, wrapped), sealed, Place("person", "sealed", id_)
            ),
            "name_index": name, "sex": sex, "birth_year": born.year, "flags": [],
        }
    )  # fmt: skip
    rows["case_party"].append(
        {
            "case_id": case_id, "person_id": id_, "role": role, "event_id": case_id,
            "relation": answer.relation, "id_index": number, "phone_index": phone,
            "joined_at": clock.now(), **placed,
        }
    )  # fmt: skip
    rows["party_gram"] += [
        {"gram": gram, "case_id": case_id, "person_id": id_, **placed}
        for gram in crypto.grams(ring, answer.name or "")
    ]
    await door.driver.fetch(_SAME, id_, number, phone, name)


def _event(
    door: Door, case: dict[str, Any], body: CommandBody, name: str, outcome: str | None,
    details: dict[str, Any], sealed: dict[str, Any], print_: bytes, now: Any,
) -> dict[str, Any]:  # fmt: skip
    ring = crypto.keyring()
    case["version"] += 1
    key, secret = answers.seal_answers(case["key"], body.id, sealed)
    age = max(0, clock.local_day(body.happened_at).year - case["birth_year"])
    row = {
        "id": body.id, "case_id": case["id"], "seq": case["version"], "kind": case["kind"],
        "name": name, "outcome": outcome, "subject": case["subject"], "sex": case["sex"],
        "age_band": clock.age_band(age), "flags": case["flags"], "happened_at": body.happened_at,
        "claimed_at": body.happened_at, "recorded_at": now, "account_id": door.actor.account_id,
        "organisation_id": door.actor.organisation_id, "channel": "web", "details": details,
        "sealed": secret,
        "fingerprint": print_, "state": case["state"], "version": case["version"],
        "district": case["district"], "town": case["town"], "village": case["village"],
    }  # fmt: skip
    case["head"] = crypto.link(ring, case["id"], case["head"], case["version"], row)
    return row | {"key": key, "hash": case["head"], "seen_by": case["seen_by"]}


def _deadline(
    case: dict[str, Any], rule: str, event: dict[str, Any], alert_at: Any, due_at: Any,
    round_: int = 1,
) -> dict[str, Any]:  # fmt: skip
    known = _RULES[case["kind"], rule]
    return {
        "id": uuid7(), "case_id": case["id"], "kind": case["kind"], "rule": rule,
        "round": round_, "started_by": event["id"], "started_at": event["happened_at"],
        "alert_at": alert_at, "due_at": due_at, "owner": known.owner, "basis": known.basis,
        "district": case["district"], "town": case["town"], "village": case["village"],
        "seen_by": case["seen_by"],
    }  # fmt: skip


def _outbox(event: dict[str, Any], placed: dict[str, Any]) -> dict[str, Any]:
    names = ("case_id", "kind", "name", "state", "happened_at")
    return {"event_id": event["id"], **{n: event[n] for n in names}, **placed}


def _plain(rows: list[dict[str, Any]]) -> str:
    return json.dumps(rows, default=_text)


def _text(value: object) -> str:
    return f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)


def _receipt(id_: UUID, case: dict[str, Any], number: str, now: Any) -> dict[str, Any]:
    return {
        "id": id_, "case_id": case["id"], "number": number, "kind": case["kind"],
        "state": case["state"], "version": case["version"], "recorded_at": now, "repeated": False,
    }  # fmt: skip
