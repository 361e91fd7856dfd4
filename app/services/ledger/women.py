"""Who stands in the ledger, when she was visited and when she is due; villages and their round."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    Subquery,
    Text,
    and_,
    bindparam,
    func,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app import access, clock
from app.access import Work
from app.kinds.common import DUTY_TO_REPORT
from app.kinds.instruments import Danger
from app.models import Deadline, Event, SurveyRound
from app.models.columns import table_of
from app.places import place_of
from app.services.rows import cursors
from app.services.seeing import listing
from app.services.seeing.reach import level_of

KIND: Final = "left_behind_visit"
STANDING: Final = ("active", "suspended")
"""States of who stands in the ledger."""

GRADES: Final = ("enrol", "change_level", "resume")
"""Steps whose outcome is her level."""

VISIT: Final = "record_visit"
TOLD: Final = (*GRADES, VISIT)
VISITS: Final = ("first_visit", "planned_visit", "visits_a", "visits_b", "visits_c")
"""Clocks of her visits."""

CARD = (
    "id", "number", "kind", "state", "subject", "danger", "opened_at", "closed_at", "valid_until",
    "district", "town", "village", "seen_by", "birth_year",
)  # fmt: skip
_event, _deadline = table_of(Event).c, table_of(Deadline).c
_survey = table_of(SurveyRound).c


@dataclass(frozen=True, kw_only=True)
class Filters:
    """`area` a 12-digit code of any level, `unvisited` months since the last visit (or since she
    was enrolled), `overdue` a visit past due, `abnormal` danger or a duty to report."""

    area: int | None = None
    level: str | None = None
    state: str | None = None
    unvisited: int | None = None
    overdue: bool | None = None
    abnormal: bool | None = None


def standing(work: Work, area: int | None) -> CTE:
    """The women of an area who stand in the ledger, as far as the actor sees their cases; each
    with `level`, `enrolled_at`, `last_visit`, `next_visit` and whether she is `abnormal`."""
    seen = access.visible_cases(work.actor, work.kinds).subquery("case_seen")
    case = seen.c
    # All lie in the actor's districts, and none is closed: said once more, it lets the index of
    # open cases serve, newest first. Nearly all of those stand here, so the state is no way in.
    districts = {place_of(grant.area).district for grant in work.actor.grants}
    standing_ = func.array_position(bindparam("standing", STANDING, ARRAY(Text)), case.state)
    here = [case.district.in_(districts), case.kind == KIND, case.closed_at.is_(None)]
    here.append(standing_.is_not(None))
    if area is not None:
        here.append(case[level_of(place_of(area))] == area)
    told, running = _told(case.id), _running(case.id)
    chosen = select(
        *(case[name] for name in CARD),
        *told.c,
        running.c.next_visit,
        (running.c.duty | case.danger.in_((Danger.MEDIUM, Danger.HIGH)))
        .is_(True)
        .label("abnormal"),
    )
    rows = seen.outerjoin(told, true()).outerjoin(running, true())
    return chosen.select_from(rows).where(*here).cte("standing")


def _told(case_id: ColumnElement[Any]) -> Any:
    """What the events of a case say of her, read once from an index of such events alone (its
    predicate must be met by words, not bound values). Corrected ones never count."""
    latest = aggregate_order_by(_event.outcome, _event.seq.desc())
    graded = func.array_agg(latest, type_=ARRAY(Text)).filter(_event.name.in_(GRADES))
    told: Any = bindparam("told", TOLD, expanding=True, literal_execute=True)
    return (
        select(
            graded[1].label("level"),
            func.max(_event.happened_at).filter(_event.name == "enrol").label("enrolled_at"),
            func.max(_event.happened_at).filter(_event.name == VISIT).label("last_visit"),
        )
        .where(_event.case_id == case_id, _event.name.in_(told), _event.replaced_by.is_(None))
        .lateral("told")
    )


def _running(case_id: ColumnElement[Any]) -> Any:
    """When she is to be visited next, and whether there is a duty to report, by her clocks."""
    return (
        select(
            func.min(_deadline.due_at).filter(_deadline.rule.in_(VISITS)).label("next_visit"),
            func.bool_or(_deadline.rule == DUTY_TO_REPORT.name).label("duty"),
        )
        .where(_deadline.case_id == case_id, *listing.runs(_deadline))
        .lateral("running")
    )


def _chosen(filters: Filters, women: CTE) -> list[ColumnElement[bool]]:
    now, row = clock.now(), women.c
    found: list[ColumnElement[bool]] = []
    if filters.level is not None:
        found.append(row.level == filters.level)
    if filters.state is not None:
        found.append(row.state == filters.state)
    if filters.unvisited is not None:
        since = clock.start_of_day(clock.months_before(clock.local_day(now), filters.unvisited))
        found.append(func.coalesce(row.last_visit, row.enrolled_at) < since)
    if filters.overdue is not None:
        found.append(func.coalesce(row.next_visit < now, False).is_(filters.overdue))
    if filters.abnormal is not None:
        found.append(row.abnormal.is_(filters.abnormal))
    return found


async def page(work: Work, filters: Filters, cursor: str | None, limit: int) -> dict[str, Any]:
    """A page, who joined the ledger last first. Raises Invalid for a cursor of another list."""
    rows, following = await found(work, filters, cursor, limit)
    names = await listing.surnames(work, rows)
    return {"items": [_woman(work, row, names) for row in rows], "next": following}


async def found(
    work: Work, filters: Filters, cursor: str | None, limit: int
) -> tuple[Sequence[Any], str | None]:
    """The rows of a page, and the next cursor."""
    question = {"ledger": True, **asdict(filters)}
    women = standing(work, filters.area)
    wanted = select(women).where(*_chosen(filters, women))
    if cursor is not None:
        opened_at, id = cursors.read(cursor, question, "tu")
        wanted = wanted.where(tuple_(women.c.opened_at, women.c.id) < tuple_(opened_at, id))
    newest = women.c.opened_at.desc(), women.c.id.desc()
    rows = (await work.connection.execute(wanted.order_by(*newest).limit(limit + 1))).all()
    more, rows = len(rows) > limit, rows[:limit]
    return rows, cursors.write((rows[-1].opened_at, rows[-1].id), question) if more else None


def _woman(work: Work, row: Any, names: Mapping[Any, str]) -> dict[str, Any]:
    return listing.card(work, row) | {
        "subject": names.get(row.id),
        "person_id": row.subject if row.id in names else None,
        "level": row.level,
        "enrolled_at": row.enrolled_at,
        "last_visit": row.last_visit,
        "next_visit": row.next_visit,
        "overdue": row.next_visit is not None and row.next_visit < clock.now(),
        "abnormal": row.abnormal,
    }


async def totals(work: Work, filters: Filters) -> dict[str, int]:
    """How many the pages of these filters hold in all: together, by level, overdue, abnormal."""
    women = standing(work, filters.area)
    row = women.c
    wanted = select(
        func.count().label("women"),
        *(func.count().filter(row.level == one).label(f"level_{one}") for one in "abc"),
        func.count().filter(row.state == "suspended").label("suspended"),
        func.count().filter(row.next_visit < clock.now()).label("overdue"),
        func.count().filter(row.abnormal).label("abnormal"),
    ).where(*_chosen(filters, women))
    return dict((await work.connection.execute(wanted)).one()._mapping)


async def villages(work: Work, area: int, year: int) -> list[dict[str, Any]]:
    """Village by village, how far the survey round of a year is: who stands in the ledger, who of
    them was surveyed in the year (newly, or again), and when the village signed its survey.

    Villages of which nothing is known in the round are left out.
    """
    first, last = date(year, 1, 1), date(year, 12, 31)
    counted, signed = _counted(work, area, first, last), _signed(area, first, last)
    both = and_(counted.c.village == signed.c.village)
    village = func.coalesce(counted.c.village, signed.c.village).label("village")
    wanted = select(
        village,
        *(
            func.coalesce(counted.c[name], 0).label(name)
            for name in ("women", "surveyed", "overdue")
        ),
        signed.c.signed_on,
    ).select_from(counted.outerjoin(signed, both, full=True))
    found = await work.connection.execute(wanted.order_by(village))
    return [dict(row._mapping) for row in found]


def _counted(work: Work, area: int, first: date, last: date) -> Subquery:
    women = standing(work, area)
    asked = (
        select(true())
        .where(
            _event.case_id == women.c.id,
            _event.name.in_(("opened", "resurvey")),
            _event.replaced_by.is_(None),
            _event.happened_at.between(clock.start_of_day(first), clock.end_of_day(last)),
        )
        .exists()
    )
    return (
        select(
            women.c.village,
            func.count().label("women"),
            func.count().filter(asked).label("surveyed"),
            func.count().filter(women.c.next_visit < clock.now()).label("overdue"),
        )
        .where(women.c.village.is_not(None))
        .group_by(women.c.village)
        .subquery("counted")
    )


def _signed(area: int, first: date, last: date) -> Subquery:
    here = _survey[level_of(place_of(area))] == area
    return (
        select(_survey.village, func.max(_survey.signed_on).label("signed_on"))
        .where(here, _survey.signed_on.between(first, last))
        .group_by(_survey.village)
        .subquery("signed")
    )
