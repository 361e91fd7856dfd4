"""The worklist: running clocks, the most overdue first. The hottest read of the system.

One statement: every part of the actor's reach is a limited scan of an index that has the clocks
in order; what they belong to is joined after the limit.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from app import access, clock, db
from app.access import Work
from app.errors import NotAllowed
from app.kinds.base import CaseKind
from app.places import place_of
from app.roles import WOMEN_FED, Role
from app.services.rows import cursors, titles
from app.services.seeing import reach, running
from app.services.seeing.listing import CAP, Page, bounded
from app.services.seeing.reach import GIVEN, Part, Shape
from app.services.seeing.running import OWN

Scope = Literal["mine", "area"]
Due = Literal["overdue", "today", "week"]


@dataclass(frozen=True, kw_only=True)
class Filters:
    """`scope` mine: what my roles owe, and every clock of the cases I am in charge of; area: all
    clocks of my area, for those who answer for the work of others. `due` is a window of
    `running.WINDOWS` (None: all clocks)."""

    scope: Scope = "mine"
    kind: str | None = None
    due: Due | None = None
    area: int | None = None


async def page(work: Work, filters: Filters, cursor: str | None, limit: int) -> Page:
    """A page of running clocks. Raises NotAllowed for a scope that is not the actor's, Invalid
    for a cursor of another list."""
    question = asdict(filters)
    parts = _parts(work, filters)
    if not parts:
        return Page(items=[], next=None)
    now = clock.now()
    values = _values(work, parts, filters) | _moments(now) | {"limit": limit + 1}
    if cursor is not None:
        values["due_at"], values["id"] = cursors.read(cursor, question, "tu")
    statement = running.first(
        tuple((shape, owned) for _, shape, owned in parts),
        kind=filters.kind is not None,
        due=filters.due,
        after=cursor is not None,
    )
    rows = await db.rows(work.connection, statement, values)
    more, rows = len(rows) > limit, rows[:limit]
    return Page(
        items=[_item(work.kinds[row.kind], row, now) for row in rows],
        next=cursors.write((rows[-1].due_at, rows[-1].id), question) if more else None,
    )


def _item(kind: CaseKind, row: Any, now: datetime) -> dict[str, Any]:
    title, basis = titles.clock_of(kind, row)
    return {
        "id": row.id,
        "case_id": row.case_id,
        "number": row.number,
        "kind": row.kind,
        "state": row.state,
        "state_title": titles.state(kind, row.state, row.valid_until),
        "danger": row.danger,
        "area": access.place_in(row).code,
        "rule": row.rule,
        "title": title,
        "basis": basis,
        "each": row.each,
        "round": row.round,
        "owner": row.owner,
        "alert_at": row.alert_at,
        "due_at": row.due_at,
        "alert": row.alert_at is not None and row.alert_at <= now,
        "overdue": row.due_at < now,
    }


async def counts(work: Work, filters: Filters) -> dict[str, dict[str, Any]]:
    """How many clocks are overdue, due before midnight in Shanghai, due within seven days, and
    in all; each counted to CAP at most. Raises NotAllowed as `page`."""
    parts = _parts(work, filters)
    if not parts:
        return {name: bounded(0) for name in running.WINDOWS}
    values = _values(work, parts, filters) | _moments(clock.now()) | {"limit": CAP}
    statement = running.counts(
        tuple((shape, owned) for _, shape, owned in parts), kind=filters.kind is not None
    )
    (row,) = await db.rows(work.connection, statement, values)
    return {name: bounded(getattr(row, name)) for name in running.WINDOWS}


def _moments(now: datetime) -> dict[str, datetime]:
    return {
        "now": now,
        "midnight": clock.end_of_day(clock.local_day(now)),
        "week": now + timedelta(days=7),
    }


Wanted = tuple[Part | None, Shape, bool]
"""A part (None: the actor's own cases), its shape, and whether only clocks owed by its roles."""


def _parts(work: Work, filters: Filters) -> list[Wanted]:
    if filters.scope == "area":
        parts = reach.narrowed([*_overseen(work), *reach.given(work)], filters.area)
        return [(part, part.shape, False) for part in parts]
    by_role = [
        replace(part, roles=frozenset({role}))
        for part in reach.areas(work)
        for role in sorted(part.roles)
        if any(g.role is role and g.area == part.code for g in work.actor.grants)
    ]
    parts = reach.narrowed([*by_role, *reach.given(work)], filters.area)
    mine: list[Wanted] = [(part, part.shape, True) for part in parts]
    if not work.actor.sees_cases:
        return mine
    within = reach.level_of(place_of(filters.area)) if filters.area else None
    some = len(access.readable_kinds(work.actor, work.kinds)) < len(work.kinds)
    own = OWN._replace(some_kinds=some, within=within, barred=bool(work.actor.barred))
    return [*mine, (None, own, False)]


def oversees(work: Work) -> bool:
    """Whether the actor answers for the work of others, and sees all clocks of an area."""
    return bool(reach.areas(work, _overseers(work)))


def _overseers(work: Work) -> frozenset[Role]:
    supervised = {grant.role for grant in work.actor.grants if grant.supervisor}
    return WOMEN_FED | supervised | {Role.POLICE}


def _overseen(work: Work) -> Sequence[Part]:
    parts = reach.areas(work, _overseers(work))
    if not parts:
        raise NotAllowed("只有妇联、公安和主管人员可以查看全地区的待办")
    return parts


def _values(work: Work, parts: Sequence[Wanted], filters: Filters) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": filters.kind} if filters.kind else {}
    for at, (part, shape, owned) in enumerate(parts):
        if part is None:
            found["account"] = work.actor.account_id
            if shape.some_kinds:
                found[f"kinds{at}"] = access.readable_kinds(work.actor, work.kinds)
            found |= {f"within{at}": filters.area} if filters.area else {}
            found |= {"barred": list(work.actor.barred)} if work.actor.barred else {}
            continue
        found |= part.values(work, at)
        if owned:
            roles = sorted(role.value for role in part.roles)
            found[f"owner{at}"] = roles if part.level == GIVEN else roles[0]
    return found
