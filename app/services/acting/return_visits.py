"""Visits after an agreement (调解法 31；妇联规程 13): which are due, and which were made."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Uuid,
    any_,
    bindparam,
    select,
    tuple_,
    union_all,
)

from app import access, clock, db
from app.access import Work
from app.kinds.forms import Sight
from app.kinds.people import PartyRole
from app.models import Case, Deadline
from app.models.columns import MANY, TZ, table_of
from app.places import place_of
from app.roles import Role
from app.services.acting.sittings import sides_of
from app.services.rows import cursors, titles
from app.services.seeing.listing import Page, runs

KIND: Final = "mediation"
RULE: Final = "return_visits"
STEP: Final = "return_visit"


@dataclass(frozen=True, kw_only=True)
class Filters:
    """Visits not yet made that are due before `until`, however long ago, and those made from
    `since` on and before `until`."""

    since: datetime
    until: datetime


_clock, _case = table_of(Deadline).c, table_of(Case).c
_SINCE, _UNTIL = bindparam("since", type_=TZ), bindparam("until", type_=TZ)
_LAST = tuple_(bindparam("due_at", type_=TZ), bindparam("id", type_=Uuid))
_IN_DISTRICT = _clock.district == any_(bindparam("here", type_=MANY))


def _found(*conditions: ColumnElement[bool]) -> Select[tuple[Any, ...]]:
    return (
        select(
            _clock.id.label("visit_id"),
            _clock.case_id.label("id"),
            *(_clock[name] for name in ("kind", "rule", "round", "due_at", "met_at")),
            *(_clock[name] for name in ("district", "town", "village", "seen_by")),
            _case.number,
            _case.state,
            _case.valid_until,
        )
        .join_from(Deadline, Case, _case.id == _clock.case_id)
        .where(_clock.kind == KIND, _clock.rule == RULE, access.within_reach(Deadline), *conditions)
    )


# The indexes of running clocks and of met ones find each part.
_DUE = _found(
    _IN_DISTRICT, _clock.owner == Role.MEDIATOR.value, _clock.due_at < _UNTIL, *runs(_clock)
)
_MADE = _found(_IN_DISTRICT, _clock.met_at >= _SINCE, _clock.met_at < _UNTIL)
_BOTH = union_all(_DUE, _MADE).subquery()
_ALL = (
    select(_BOTH)
    .order_by(_BOTH.c.due_at, _BOTH.c.visit_id)
    .limit(bindparam("limit", type_=BigInteger))
)
_AFTER = _ALL.where(tuple_(_BOTH.c.due_at, _BOTH.c.visit_id) > _LAST)


async def page(work: Work, filters: Filters, cursor: str | None, limit: int) -> Page:
    """A page of visits in the actor's reach, the longest due first, each with the surnames of the
    sides for who reads them. Raises Invalid for a cursor of another list."""
    question = {"since": filters.since.isoformat(), "until": filters.until.isoformat()}
    if KIND not in access.readable_kinds(work.actor, work.kinds):
        return Page(items=[], next=None)
    asked: dict[str, Any] = {"since": filters.since, "until": filters.until, "limit": limit + 1}
    asked["here"] = sorted({place_of(grant.area).district for grant in work.actor.grants})
    statement = _ALL
    if cursor is not None:
        asked["due_at"], asked["id"] = cursors.read(cursor, question, "tu")
        statement = _AFTER
    rows = await db.rows(work.connection, statement, work.actor.reach | asked)
    more, rows = len(rows) > limit, rows[:limit]
    shown = [row for row in rows if access.decision(work, row).sight >= Sight.S1]
    sides = await sides_of(work, shown)
    now = clock.now()
    return Page(
        items=[
            _shown(work, row, now) | {side.value: sides.get((row.id, side)) for side in _SIDES}
            for row in shown
        ],
        next=cursors.write((rows[-1].due_at, rows[-1].visit_id), question) if more else None,
    )


_SIDES = (PartyRole.PARTY_A, PartyRole.PARTY_B)


def _shown(work: Work, row: Any, now: datetime) -> dict[str, Any]:
    kind = work.kinds[row.kind]
    step = kind.action(STEP)
    roles = work.actor.roles_in(access.place_in(row), row.seen_by)
    return {
        "id": row.visit_id,
        "case_id": row.id,
        "number": row.number,
        "state_title": titles.state(kind, row.state, row.valid_until),
        "round": row.round,
        "due_at": row.due_at,
        "made_at": row.met_at,
        "overdue": row.met_at is None and row.due_at < now,
        "can_record": bool(
            row.met_at is None and step and roles & step.by and row.state in step.source
        ),
    }
