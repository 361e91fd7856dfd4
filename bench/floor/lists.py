"""The worklist and the list of cases, for somebody who reads a whole district, or a village."""

from typing import Any

from fastapi import APIRouter

from app import clock, crypto
from app.crypto import Place
from app.kinds import KINDS
from app.routers.case_parts import CaseListed
from app.routers.worklist import DuePage
from app.services.rows import cursors, titles
from bench.floor.door import DoorDep
from bench.scenarios import PREFIX

router = APIRouter(prefix=PREFIX)

RULES = {(k.name, r.name): (r.title, r.basis) for k in KINDS.values() for r in k.deadlines}
_RUNS = "met_at is null and dropped_at is null and paused_at is null"
_OF_CLOCK = (
    "d.id, d.case_id, d.kind, d.rule, d.each, d.round, d.due_at, d.alert_at, d.owner, d.district,"
    " d.town, d.village"
)


def _worklist(level: str) -> str:
    own = " and (d.district < $1 or d.district > $1)" if level == "district" else ""
    return (
        f"with given as materialized (select {_OF_CLOCK} from given_clock d where true{own})"
        " select f.*, c.number, c.state, c.danger, c.valid_until from (select * from ("
        f" (select {_OF_CLOCK} from deadline d where {_RUNS} and d.{level} = $1"
        "   order by d.due_at, d.id limit $2)"
        " union (select * from given order by due_at, id limit $2)"
        ") every order by due_at, id limit $2) f"
        ' join "case" c on c.id = f.case_id order by f.due_at, f.id'
    )


_WORKLIST = {level: _worklist(level) for level in ("district", "village")}


@router.get("/worklist", response_model=DuePage)
async def worklist(door: DoorDep, scope: str, limit: int) -> Any:
    """The earliest running clocks."""
    level = "village" if door.actor.areas["village"] else "district"
    code = door.actor.areas[level][0]
    rows = await door.driver.fetch(_WORKLIST[level], code, limit + 1)
    now = clock.now()
    question = {"scope": scope}
    last = rows[limit - 1] if len(rows) > limit else None
    return {
        "items": [_due(row, now) for row in rows[:limit]],
        "next": cursors.write((last["due_at"], last["id"]), question) if last else None,
    }


def _due(row: Any, now: Any) -> dict[str, Any]:
    title, basis = RULES[row["kind"], row["rule"]]
    return {
        "id": row["id"],
        "case_id": row["case_id"],
        "number": row["number"],
        "kind": row["kind"],
        "state": row["state"],
        "state_title": titles.state(KINDS[row["kind"]], row["state"], row["valid_until"]),
        "danger": row["danger"],
        "area": row["village"] or row["town"] or row["district"],
        "rule": row["rule"],
        "title": title,
        "basis": basis,
        "each": row["each"],
        "round": row["round"],
        "owner": row["owner"],
        "alert_at": row["alert_at"],
        "due_at": row["due_at"],
        "alert": row["alert_at"] is not None and row["alert_at"] <= now,
        "overdue": row["due_at"] < now,
    }


_CARD = (
    "id, number, kind, state, subject, danger, opened_at, closed_at, valid_until, district, town,"
    " village"
)
_LIST = (
    f"with given as materialized (select {_CARD} from given_case"
    " where (district < $1 or district > $1) and closed_at is null and kind = $2)"
    f' select f.*, d.rule, d.due_at from (select * from ((select {_CARD} from "case"'
    " where district = $1 and closed_at is null and kind = $2"
    " order by opened_at desc, id desc limit $3)"
    " union (select * from given order by opened_at desc, id desc limit $3)) every"
    " order by opened_at desc, id desc limit $3) f"
    f" left join lateral (select rule, due_at from deadline where case_id = f.id and {_RUNS}"
    " order by due_at, id limit 1) d on true order by f.opened_at desc, f.id desc"
)
_NAMED = "select id, key, sealed from person where id = any($1::uuid[])"


@router.get("/cases", response_model=CaseListed)
async def cases(door: DoorDep, kind: str, closed: bool, limit: int) -> Any:
    """The newest open cases of a kind."""
    driver, district = door.driver, door.actor.areas["district"][0]
    rows = await driver.fetch(_LIST, district, kind, limit + 1)
    more, rows = len(rows) > limit, rows[:limit]
    people = {row["subject"] for row in rows}
    await driver.execute(f"set local app.people = '{','.join(map(str, people))}'")
    names = {r["id"]: opened(r)["name"] for r in await driver.fetch(_NAMED, people)}
    now = clock.now()
    return {
        "items": [
            card(row)
            | {
                "subject": f"{names[row['subject']][0]}*",
                "next_due": {
                    "title": RULES[row["kind"], row["rule"]][0],
                    "due_at": row["due_at"],
                    "overdue": row["due_at"] < now,
                }
                if row["due_at"]
                else None,
            }
            for row in rows
        ],
        "next": cursors.write(
            (rows[-1]["opened_at"], rows[-1]["id"]), {"kind": kind, "closed": closed}
        )
        if more
        else None,
    }


def card(row: Any) -> dict[str, Any]:
    """The open part of a case's card."""
    kind = KINDS[row["kind"]]
    return {
        "id": row["id"],
        "number": row["number"],
        "kind": row["kind"],
        "kind_title": kind.title,
        "state": row["state"],
        "state_title": titles.state(kind, row["state"], row["valid_until"]),
        "area": row["village"] or row["town"] or row["district"],
        "danger": row["danger"],
        "opened_at": row["opened_at"],
        "closed_at": row["closed_at"],
    }


def opened(row: Any) -> dict[str, Any]:
    """What is sealed of a person."""
    key = crypto.open_key(crypto.keyring(), row["key"])
    return crypto.unseal_values(key, row["sealed"], Place("person", "sealed", row["id"]))
