"""Running clocks in the order they fall due: one limited index scan a part, merged by the limit.

The statements are built once for every shape of question; only values change.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    Text,
    Uuid,
    any_,
    bindparam,
    func,
    select,
    tuple_,
    union,
)

from app.models import Case, Deadline
from app.models.columns import TZ, table_of
from app.services.seeing import reach
from app.services.seeing.listing import runs
from app.services.seeing.reach import GIVEN, Shape

OWN = Shape("own", False, None, False, False)
"""The clocks of the cases the actor is in charge of, whoever owes them."""

_case, _deadline = table_of(Case).c, table_of(Deadline).c
Names = tuple[str, ...]
LISTED: Names = (
    "id", "case_id", "kind", "rule", "each", "round", "due_at", "alert_at", "owner", "basis",
    "district", "town", "village",
)  # fmt: skip
COUNTED: Names = ("id", "due_at")

Shapes = tuple[tuple[Shape, bool], ...]
"""The parts of a list, and whether only clocks that the actor's roles owe."""

Window = Callable[[Any], list[ColumnElement[bool]]]
"""Which of the clocks with these columns are wanted."""

_NOW = bindparam("now", type_=TZ)
_MIDNIGHT, _WEEK = bindparam("midnight", type_=TZ), bindparam("week", type_=TZ)
_LAST = tuple_(bindparam("due_at", type_=TZ), bindparam("id", type_=Uuid))
WINDOWS: dict[str, Window] = {
    "overdue": lambda c: [c.due_at < _NOW],
    "today": lambda c: [c.due_at >= _NOW, c.due_at <= _MIDNIGHT],
    "week": lambda c: [c.due_at >= _NOW, c.due_at <= _WEEK],
    "all": lambda c: [],
}
"""What is counted: past due, due before midnight, due within the week, everything."""


@lru_cache(maxsize=512)
def first(shapes: Shapes, *, kind: bool, due: str | None, after: bool) -> Select[tuple[Any, ...]]:
    """The first `limit` clocks of these parts in a window, by due moment, each with its case."""

    def window(columns: Any) -> list[ColumnElement[bool]]:
        found = [tuple_(columns.due_at, columns.id) > _LAST] if after else []
        return [*found, *WINDOWS[due or "all"](columns)]

    few = _few(shapes, kind, LISTED)
    found = _merged(shapes, kind, LISTED, few, window, "found")
    return (
        select(found, _case.number, _case.state, _case.danger, _case.valid_until)
        .join(Case, _case.id == found.c.case_id)
        .order_by(found.c.due_at, found.c.id)
    )


@lru_cache(maxsize=128)
def counts(shapes: Shapes, *, kind: bool) -> Select[tuple[Any, ...]]:
    """How many clocks of these parts lie in each window, each counted to `limit` at most."""
    few = _few(shapes, kind, COUNTED)
    return select(
        *(
            select(func.count())
            .select_from(_merged(shapes, kind, COUNTED, few, window, name))
            .scalar_subquery()
            .label(name)
            for name, window in WINDOWS.items()
        )
    )


def _merged(
    shapes: Shapes, kind: bool, names: Names, few: Mapping[int, CTE], window: Window, name: str
) -> Subquery:
    """The first clocks of all parts together, each once."""
    limit = bindparam("limit", type_=BigInteger)
    parts = []
    for at, (shape, owned) in enumerate(shapes):
        if at in few:
            columns, part = few[at].c, select(few[at])
        else:
            columns, part = _deadline, _scan(at, shape, owned, kind, names)
        part = part.where(*window(columns)).order_by(columns.due_at, columns.id)
        parts.append(part.limit(limit))
    if len(parts) == 1:
        return parts[0].subquery(name)
    every = union(*parts).subquery(f"{name}_all")
    return select(every).order_by(every.c.due_at, every.c.id).limit(limit).subquery(name)


def _few(shapes: Shapes, kind: bool, names: Names) -> dict[int, CTE]:
    """The parts that no index has in order. They are few rows, and are read once and whole: a
    limit would tempt the planner into a walk through every clock."""
    return {
        at: _scan(at, shape, owned, kind, names)
        .cte(f"few_{at}")
        .prefix_with("MATERIALIZED", dialect="postgresql")
        for at, (shape, owned) in enumerate(shapes)
        if shape.level in (GIVEN, OWN.level)
    }


def _scan(at: int, shape: Shape, owned: bool, kind: bool, names: Names) -> Select[tuple[Any, ...]]:
    clock = reach.rows(Deadline, shape)
    wanted = select(*(clock[name] for name in names)).where(*runs(clock))
    if kind:
        wanted = wanted.where(clock.kind == bindparam("kind"))
    if shape.level == OWN.level:
        own = select(_case.id).where(
            _case.account_id == bindparam("account", type_=BigInteger), _case.closed_at.is_(None)
        )
        wanted = wanted.where(clock.case_id.in_(own))
        if shape.some_kinds:
            wanted = wanted.where(clock.kind == any_(bindparam(f"kinds{at}", type_=ARRAY(Text))))
        if shape.within:
            within = bindparam(f"within{at}", type_=BigInteger)
            wanted = wanted.where(clock[shape.within] == within)
        if shape.barred:
            wanted = wanted.where(reach.unbarred(clock))
    else:
        wanted = wanted.where(*reach.condition(clock, shape, at))
    if owned:
        wanted = wanted.where(
            clock.owner == any_(bindparam(f"owner{at}", type_=ARRAY(Text)))
            if shape.level == GIVEN
            else clock.owner == bindparam(f"owner{at}")
        )
    return wanted
