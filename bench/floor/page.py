"""The case page for somebody who reads it as deep as S3."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter

from app import clock, crypto
from app.crypto import Place
from app.errors import NotFound
from app.ids import uuid7
from app.kinds import KINDS
from app.kinds.base import ANYWHERE
from app.kinds.forms import Sight
from app.kinds.people import PartyRole, Relation, Sex
from app.places import Place as Area
from app.roles import Role
from app.routers.case_parts import CaseShown
from app.services.acting import answers
from app.services.persons.people import masked
from app.services.rows import definitions, titles
from app.services.seeing.reading import ANSWERS
from bench.floor.door import DoorDep
from bench.floor.lists import RULES, card, opened
from bench.scenarios import PREFIX

router = APIRouter(prefix=PREFIX)

_FORMS = definitions.schema_names(KINDS)
_YEAR, _LATE = timedelta(days=365), timedelta(hours=24)
_CASE = (
    "select c.id, number, c.kind, state, subject, danger, opened_at, closed_at, valid_until,"
    " outcome, recorded_at, c.organisation_id, account_id, c.version, key, flags, c.district,"
    " c.town, c.village, seen_by, o.name as organisation, a.display_name as account,"
    " set_config('app.opened_case', c.id::text, true),"
    " set_config('app.people', (select string_agg(person_id::text, ',') from case_party"
    " where case_id = c.id), true)"
    ' from "case" c left join organisation o on o.id = c.organisation_id'
    " left join account a on a.id = c.account_id"
    " where (c.district = $1 or c.seen_by && $2::bigint[]) and c.id = $3"
)
_LOOK = (
    "insert into access_log (id, account_id, organisation_id, case_id, what, sight)"
    " values ($1, $2, $3, $4, 'case_page', 'S3')"
)
_PARTS = {
    "parties": (
        "person_id, role, relation, joined_at",
        "select * from case_party where case_id = $1 order by joined_at, person_id",
    ),
    "people": (
        "id, key, sealed, sex, birth_year",
        "select * from person where id in (select person_id from case_party where case_id = $1)",
    ),
    "repeated": (
        "role",
        'select distinct p.role from case_party p join "case" c on c.id = p.case_id'
        " where (p.role = 'victim' and p.person_id = any(one_person(array("
        " select person_id from case_party where case_id = $1 and role = 'victim')))"
        " or p.role = 'perpetrator' and p.person_id = any(one_person(array("
        " select person_id from case_party where case_id = $1 and role = 'perpetrator'))))"
        " and p.case_id <> $1 and c.kind = $2 and c.opened_at between $3 and $4"
        " and (c.district = $5 or c.seen_by && $6::bigint[])",
    ),
    "events": (
        "id, seq, name, outcome, state, happened_at, recorded_at, channel, replaces, replaced_by,"
        " details, key, sealed, locked, account, organisation",
        "select distinct on (e.name) e.*, a.display_name as account, o.name as organisation"
        " from event e left join account a on a.id = e.account_id"
        " left join organisation o on o.id = e.organisation_id"
        " where case_id = $1 and replaced_by is null order by e.name, seq desc",
    ),
    "clocks": (
        "id, rule, each, round, owner, started_at, alert_at, due_at, paused_at",
        "select * from deadline where case_id = $1 and met_at is null and dropped_at is null"
        " order by due_at, id",
    ),
    "links": ("case_id", "select case_id from case_link where case_id = $1 or other_id = $1"),
}
_NAMES = {part: columns.split(", ") for part, (columns, _) in _PARTS.items()}
_PAGE = "select " + ", ".join(
    f"array(select row({columns}) from ({rows}) x) as {part}"
    for part, (columns, rows) in _PARTS.items()
)


@router.get("/cases/{case_id}", response_model=CaseShown)
async def page(door: DoorDep, case_id: UUID) -> Any:
    """Everything the case page shows."""
    driver, actor = door.driver, door.actor
    district = actor.areas["district"][0]
    row = await driver.fetchrow(_CASE, district, actor.holders, case_id)
    if row is None:
        raise NotFound("没有这个案件")
    await driver.execute(_LOOK, uuid7(), actor.account_id, actor.organisation_id, case_id)
    about = (case_id, row["kind"], row["opened_at"] - _YEAR, row["opened_at"] + _YEAR)
    found = await driver.fetchrow(_PAGE, *about, district, actor.holders)
    parts = {
        part: [dict(zip(n, r, strict=True)) for r in found[part]] for part, n in _NAMES.items()
    }
    if parts["links"]:
        raise NotImplementedError("no loaded case has links")
    again = {r["role"] for r in parts["repeated"]}
    kind = KINDS[row["kind"]]
    roles = actor.roles_in(Area(row["district"], row["town"], row["village"]), row["seen_by"])
    return {
        "card": card(row)
        | {
            "basis": kind.basis,
            "lapsed": titles.lapsed(kind, row["state"], row["valid_until"]),
            "flags": [],
            "erased": False,
        }
        | {
            name: row[name]
            for name in (
                "outcome", "valid_until", "recorded_at", "organisation_id", "organisation",
                "account_id", "account", "version",
            )
        },
        "safe_contact": [],
        "parties": _parties(row, parts),
        "repeated": {role: role in again for role in ("victim", "perpetrator")},
        "events": _events(row, parts["events"]),
        "deadlines": [_clock(row["kind"], c) for c in parts["clocks"]],
        "actions": [
            {"name": a.name, "title": a.title, "basis": a.basis, "form": _FORMS[a.form]}
            for a in kind.actions
            # No loaded case waits for the answer to a referral.
            if roles & a.by
            and a.name not in ANSWERS
            and row["state"] in (kind.open_states if a.source == ANYWHERE else a.source)
        ],
        "links": {"items": [], "hidden": 0},
    }  # fmt: skip


def _parties(case: Any, parts: dict[str, Any]) -> list[dict[str, Any]]:
    people = {p["id"]: (p, opened(p)) for p in parts["people"]}
    found = []
    for row in parts["parties"]:
        person, facts = people[row["person_id"]]
        names = ("name", "id_number", "phone", "birth_on", "home_address", "safe_contact")
        found.append(
            {
                "person_id": row["person_id"],
                "role": row["role"],
                "role_title": PartyRole(row["role"]).label,
                "relation": row["relation"],
                "relation_title": row["relation"] and Relation(row["relation"]).label,
                "joined_at": row["joined_at"],
                "is_subject": row["person_id"] == case["subject"],
                "sex": person["sex"],
                "sex_title": Sex(person["sex"]).label,
                "birth_year": person["birth_year"],
                "flags": [],
            }
            | {name: facts.get(name) for name in names}
            | {"phone": masked(facts.get("phone"))}
        )
    return found


def _events(case: Any, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    key = crypto.open_key(crypto.keyring(), case["key"])
    kind = KINDS[case["kind"]]
    found = []
    for row in sorted(rows, key=lambda r: -r["seq"]):
        own = crypto.open_key_under(key, row["key"])
        place = Place("event", "sealed", row["id"])
        given = row["details"] | crypto.unseal_values(own, row["sealed"], place)
        form = kind.form_of(row["name"])
        read = answers.readable(form, given, Sight.S3) if form else {}
        found.append(
            {
                "title": titles.step(kind, row["name"]),
                "outcome_title": titles.outcome(kind, row["name"], row["outcome"]),
                "state_title": titles.state(kind, row["state"]),
                "late": row["recorded_at"] - row["happened_at"] > _LATE,
                "correction_reason": None,
                "answers": read,
                "withheld": len(given) - len(read) + row["locked"],
            }
            | {
                name: row[name]
                for name in (
                    "id", "seq", "name", "outcome", "state", "happened_at", "recorded_at",
                    "account", "organisation", "channel", "replaces", "replaced_by",
                )
            }
        )  # fmt: skip
    return found


def _clock(kind: str, row: dict[str, Any]) -> dict[str, Any]:
    now = clock.now()
    title, basis = RULES[kind, row["rule"]]
    paused = row["paused_at"] is not None
    return row | {
        "title": title,
        "basis": basis,
        "owner_title": Role(row["owner"]).label,
        "met_at": None,
        "dropped_at": None,
        "dropped_reason": None,
        "status": "paused" if paused else "running",
        "alert": not paused and row["alert_at"] is not None and row["alert_at"] <= now,
        "overdue": not paused and row["due_at"] < now,
        "late": False,
    }
