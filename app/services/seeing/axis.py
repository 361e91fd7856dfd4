"""A case's clocks beside those of its household, on one axis of time: of the linked cases and of
the other cases in which its people stand."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, func, select

from app import access
from app.access import Work
from app.db import rows
from app.kinds.forms import Sight
from app.kinds.people import PartyRole
from app.models import Deadline
from app.models.columns import table_of
from app.policy import Purpose
from app.services.rows.together import Together
from app.services.seeing import listing, looks, reading

MOST = 12
"""Cases beside the one in question."""

ROUNDS = 40
"""Clocks of a case: those that fall due last."""

_deadline = table_of(Deadline).c
_BESIDE = Together(links=access.LINKED, household=access.HOUSEHOLD)
_latest = (
    select(
        *(_deadline[name] for name in reading.CLOCK),
        _deadline.case_id,
        func.row_number()
        .over(partition_by=_deadline.case_id, order_by=(_deadline.due_at.desc(), _deadline.id))
        .label("nth"),
    )
    .where(_deadline.case_id == any_(bindparam("ids", type_=ARRAY(Uuid))))
    .subquery("latest")
)
_CLOCKS = (
    select(_latest).where(_latest.c.nth <= ROUNDS + 1).order_by(_latest.c.due_at, _latest.c.id)
)


async def of_case(work: Work, case_id: UUID) -> dict[str, Any]:
    """The case's own lane, then the others: what is open first, the newest first. Raises NotFound.

    A case that the actor may not see adds nothing, not even to a count. That somebody stands in
    another case is told to whom both cases tell the name.
    """
    opened = await looks.open_for(work, case_id, "case_axis")
    readable = access.readable_kinds(work.actor, work.kinds)
    values = work.actor.reach | {"case_id": case_id, "readable": readable}
    found = await _BESIDE.read(work.connection, values)
    links = reading.linked(work, case_id, found["links"])["items"]
    others: dict[UUID, dict[str, Any]] = {link["id"]: link | {"people": []} for link in links}
    for row in found["household"] if opened.sight >= Sight.S2 else ():
        if access.decision(work, row, Purpose.LIST).sight >= Sight.S2:
            lane = others.setdefault(row.id, _lane(work, row))
            lane["people"].append(PartyRole(row.role).label)
    newest = sorted(others.values(), key=lambda one: one["opened_at"], reverse=True)
    beside = sorted(newest, key=lambda one: one["closed_at"] is not None)
    return {
        "lanes": await _with_clocks(work, [_lane(work, opened.row), *beside[:MOST]]),
        "more": max(0, len(beside) - MOST),
    }


def _lane(work: Work, row: Any) -> dict[str, Any]:
    return listing.card(work, row) | {"why": None, "grew_from_here": None, "people": []}


async def _with_clocks(work: Work, lanes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    clocks: dict[UUID, list[Any]] = {lane["id"]: [] for lane in lanes}
    for running in await rows(work.connection, _CLOCKS, {"ids": list(clocks)}):
        clocks[running.case_id].append(running)
    return [
        lane
        | {
            "deadlines": [
                reading.shown_clock(work.kinds[lane["kind"]], running)
                for running in clocks[lane["id"]]
                if running.nth <= ROUNDS
            ],
            "more_deadlines": len(clocks[lane["id"]]) > ROUNDS,
        }
        for lane in lanes
    ]
