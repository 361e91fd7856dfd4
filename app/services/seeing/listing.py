"""The list of cases: newest first, each part of the actor's reach by its own index scan."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    DateTime,
    Select,
    Subquery,
    Text,
    Uuid,
    bindparam,
    func,
    select,
    true,
    tuple_,
    union,
)

from app import access, clock, db
from app.access import Work
from app.kinds.base import CaseKind
from app.kinds.forms import Sight
from app.models import Case, Deadline
from app.models.columns import TZ, table_of
from app.policy import Purpose
from app.services.persons import people
from app.services.rows import cursors, titles
from app.services.seeing import reach
from app.services.seeing.reach import GIVEN, Part, Shape

CARD = (
    "id", "number", "kind", "state", "subject", "danger", "opened_at", "closed_at", "valid_until",
    "district", "town", "village", "seen_by",
)  # fmt: skip

CAP = 1000
"""Counts stop here: whoever has a thousand overdue clocks need not know how many more."""

_deadline = table_of(Deadline).c


def runs(clock: Any) -> tuple[ColumnElement[bool], ...]:
    """Which of the clocks with these columns run: word for word the predicate of their partial
    indexes."""
    return clock.met_at.is_(None), clock.dropped_at.is_(None), clock.paused_at.is_(None)


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What to look for. `area` is a 12-digit code of any level, `in_charge` an account id,
    `text` the beginning of a case number, `overdue` whether a running clock is past due;
    `unassigned` the open cases for which the actor's office has yet to name who is in charge."""

    kind: str | None = None
    state: str | None = None
    area: int | None = None
    overdue: bool | None = None
    in_charge: int | None = None
    text: str | None = None
    closed: bool | None = None
    danger: str | None = None
    unassigned: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page, and the cursor of the next; None after the last."""

    items: list[dict[str, Any]]
    next: str | None


async def page(work: Work, filters: Filters, cursor: str | None, limit: int) -> Page:
    """A page of the cases the actor may see. Raises Invalid for a cursor of another list."""
    rows, following = await found(work, filters, cursor, limit)
    return Page(items=await _items(work, rows), next=following)


async def found(
    work: Work, filters: Filters, cursor: str | None, limit: int
) -> tuple[Sequence[Any], str | None]:
    """The rows of a page, columns CARD and the clock that falls due first, and the next cursor."""
    question = asdict(filters)
    parts, asked, values = _asked(work, filters)
    if not parts:
        return [], None
    values |= {"limit": limit + 1}
    if cursor is not None:
        values["opened_at"], values["id"] = cursors.read(cursor, question, "tu")
    statement = _statement(tuple(p.shape for p in parts), asked, cursor is not None)
    rows = await db.rows(work.connection, statement, values)
    more, rows = len(rows) > limit, rows[:limit]
    return rows, cursors.write((rows[-1].opened_at, rows[-1].id), question) if more else None


async def count(work: Work, filters: Filters, most: int | None = None) -> int:
    """How many cases the pages of these filters have in all; counted to `most` at most."""
    parts, asked, values = _asked(work, filters)
    if not parts:
        return 0
    statement = _counting(tuple(p.shape for p in parts), asked, most is not None)
    (row,) = await db.rows(work.connection, statement, values | {"limit": most})
    found: int = row.cases
    return found


def carries(work: Work) -> bool:
    """Whether the actor's office names who is in charge of cases of any kind."""
    return any(k.in_charge and k.carried_by & work.actor.roles for k in work.kinds.values())


async def unassigned(work: Work) -> dict[str, Any]:
    """For how many open cases the actor's office has to name who is in charge; to CAP at most."""
    return bounded(await count(work, Filters(unassigned=True), CAP))


def bounded(count: int) -> dict[str, Any]:
    """A count that stopped at CAP, and whether it did."""
    return {"count": count, "capped": count >= CAP}


def _asked(work: Work, filters: Filters) -> tuple[list[Part], frozenset[str], dict[str, Any]]:
    """The parts of the actor's reach that may hold what is asked for, what decides the SQL, and
    what is bound to it."""
    question = asdict(filters)
    parts = reach.narrowed([*reach.areas(work), *reach.given(work)], filters.area)
    if filters.unassigned:
        parts = reach.to_be_named(work, parts)
    asked = frozenset(n for n, v in question.items() if v is not None and n not in VALUES)
    asked |= {f"{n}={v}" for n, v in question.items() if v is not None and n in VALUES}
    values: dict[str, Any] = {n: v for n, v in question.items() if v is not None}
    values |= {"now": clock.now()}
    for at, part in enumerate(parts):
        values |= part.values(work, at)
    return parts, asked, values


VALUES = frozenset({"overdue", "closed", "unassigned"})
"""Filters whose value decides the SQL itself."""

CONDITIONS: Mapping[str, Callable[[Any], ColumnElement[bool]]] = {
    "kind": lambda case: case.kind == bindparam("kind"),
    "state": lambda case: case.state == bindparam("state"),
    "area": lambda case: true(),
    "in_charge": lambda case: case.account_id == bindparam("in_charge", type_=BigInteger),
    "text": lambda case: func.starts_with(case.number, bindparam("text", type_=Text)),
    "danger": lambda case: case.danger == bindparam("danger"),
    "closed=True": lambda case: case.closed_at.is_not(None),
    "closed=False": lambda case: case.closed_at.is_(None),
    # Word for word the predicate of their partial indexes.
    "unassigned=True": lambda case: case.closed_at.is_(None) & case.account_id.is_(None),
}
_NOW = bindparam("now", type_=TZ)
_LAST = tuple_(bindparam("opened_at", type_=DateTime(timezone=True)), bindparam("id", type_=Uuid))


@lru_cache(maxsize=512)
def _statement(
    shapes: tuple[Shape, ...], asked: frozenset[str], after: bool
) -> Select[tuple[Any, ...]]:
    return _with_next_due(_newest(shapes, asked, CARD, after))


def _newest(
    shapes: tuple[Shape, ...], asked: frozenset[str], columns: Sequence[str], after: bool
) -> Subquery:
    """The first `limit` cases of all parts together, each once: newest first."""
    limit = bindparam("limit", type_=BigInteger)
    parts = []
    for at, shape in enumerate(shapes):
        case, part = _part(shape, at, asked, columns)
        if after:
            part = part.where(tuple_(case.opened_at, case.id) < _LAST)
        if shape.level == GIVEN:
            # Few rows that no index orders: all of them, rather than a walk through every case.
            few = part.cte("given").prefix_with("MATERIALIZED", dialect="postgresql")
            part = select(few)
            newest = few.c.opened_at.desc(), few.c.id.desc()
        else:
            newest = case.opened_at.desc(), case.id.desc()
        parts.append(part.order_by(*newest).limit(limit))
    if len(parts) == 1:
        return parts[0].subquery("found")
    merged = union(*parts).subquery("merged")
    newest = merged.c.opened_at.desc(), merged.c.id.desc()
    return select(merged).order_by(*newest).limit(limit).subquery("found")


def _part(
    shape: Shape, at: int, asked: frozenset[str], columns: Sequence[str]
) -> tuple[Any, Select[tuple[Any, ...]]]:
    """Where the cases of a part are read from, and those of them that were asked for."""
    unassigned, late = "unassigned=True" in asked, "overdue=True" in asked
    # A clock given to somebody is one of a case given to them.
    by_clock = late and not unassigned
    case = table_of(Case).c if by_clock else reach.rows(Case, shape)
    part = select(*(case[name] for name in columns)).where(
        *reach.condition(case, shape, at),
        *(CONDITIONS[name](case) for name in sorted(asked) if name in CONDITIONS),
    )
    if by_clock:
        part = part.where(case.id.in_(select(_late(shape, at))))
    elif late:
        # Who is in nobody's hands are few: each is looked up, rather than every clock past due.
        past = (_deadline.case_id == case.id, *runs(_deadline), _deadline.due_at < _NOW)
        part = part.where(select(_deadline.id).where(*past).exists())
    elif "overdue=False" in asked:
        part = part.where(case.id.not_in(select(_late(shape, at))))
    return case, part


@lru_cache(maxsize=256)
def _counting(shapes: tuple[Shape, ...], asked: frozenset[str], bounded: bool) -> Select[int]:
    if bounded:
        found = _newest(shapes, asked, ("id", "opened_at"), False)
    else:
        parts = [_part(shape, at, asked, ("id",))[1] for at, shape in enumerate(shapes)]
        found = (parts[0] if len(parts) == 1 else union(*parts)).subquery("found")
    return select(func.count().label("cases")).select_from(found)


def _with_next_due(found: Subquery) -> Select[tuple[Any, ...]]:
    """The cases found, newest first, each with the running clock that falls due first."""
    clock = _deadline
    first = (
        select(clock.rule, clock.each, clock.basis, clock.due_at)
        .where(clock.case_id == found.c.id, *runs(clock))
        .order_by(clock.due_at, clock.id)
        .limit(1)
        .lateral("first")
    )
    newest = found.c.opened_at.desc(), found.c.id.desc()
    return select(found, first).outerjoin(first, true()).order_by(*newest)


def _late(shape: Shape, at: int) -> CTE:
    """The cases of a part with a running clock past due: found by the clocks, not case by case."""
    clock = reach.rows(Deadline, shape)
    late = select(clock.case_id).where(
        *reach.condition(clock, shape, at),
        *runs(clock),
        clock.due_at < _NOW,
    )
    return late.cte(f"late_{at}").prefix_with("MATERIALIZED", dialect="postgresql")


async def _items(work: Work, rows: Sequence[Any]) -> list[dict[str, Any]]:
    names = await surnames(work, rows)
    return [
        card(work, row)
        | {"subject": names.get(row.id), "next_due": _next_due(work.kinds[row.kind], row)}
        for row in rows
    ]


def card(work: Work, row: Any) -> dict[str, Any]:
    """The open part of a case's index card, in words."""
    kind = work.kinds[row.kind]
    return {
        "id": row.id,
        "number": row.number,
        "kind": row.kind,
        "kind_title": kind.title,
        "state": row.state,
        "state_title": titles.state(kind, row.state, row.valid_until),
        "area": access.place_in(row).code,
        "danger": row.danger,
        "opened_at": row.opened_at,
        "closed_at": row.closed_at,
    }


def _next_due(kind: CaseKind, row: Any) -> dict[str, Any] | None:
    if row.due_at is None:
        return None
    title, _ = titles.clock_of(kind, row)
    return {"title": title, "due_at": row.due_at, "overdue": row.due_at < clock.now()}


async def surnames(work: Work, rows: Sequence[Any]) -> dict[Any, str]:
    """Case → its subject's masked name, for the cases in which the actor reads names."""
    named = [
        row
        for row in rows
        if row.subject is not None and access.decision(work, row, Purpose.LIST).sight >= Sight.S2
    ]
    known = await access.people_of(work, list({row.subject for row in named}))
    masked = {id: mask(people.opened(person).get("name")) for id, person in known.items()}
    return {row.id: name for row in named if (name := masked.get(row.subject))}


def mask(name: str | None) -> str | None:
    """A name as lists show it: 王*, whatever its length."""
    return f"{name[0]}*" if name else None
