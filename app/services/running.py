"""Running clocks in the order they fall due: one limited index scan a part, merged by the limit.

The statements are built once for every shape of question; only values change.
"""

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
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
from app.services import reach
from app.services.listing import RUNNING
from app.services.reach import GIVEN, Shape

OWN = Shape("own", False, None, False)
"""The clocks of the cases the actor is in charge of, whoever owes them."""

_case, _deadline = table_of(Case).c, table_of(Deadline).c
_COLUMNS = [
    _deadline[name]
    for name in (
        "id", "case_id", "kind", "rule", "each", "round", "due_at", "alert_at", "owner",
        "district", "town", "village",
    )
]  # fmt: skip

Shapes = tuple[tuple[Shape, bool], ...]
"""The parts of a list, and whether only clocks that the actor's roles owe."""

_NOW = bindparam("now", type_=TZ)
_AFTER = tuple_(_deadline.due_at, _deadline.id) > tuple_(
    bindparam("due_at", type_=TZ), bindparam("id", type_=Uuid)
)
WINDOWS: dict[str, tuple[ColumnElement[bool], ...]] = {
    "overdue": (_deadline.due_at < _NOW,),
    "today": (_deadline.due_at >= _NOW, _deadline.due_at <= bindparam("midnight", type_=TZ)),
    "week": (_deadline.due_at >= _NOW, _deadline.due_at <= bindparam("week", type_=TZ)),
    "all": (),
}
"""What is counted: past due, due before midnight, due within the week, everything."""


@lru_cache(maxsize=512)
def first(
    shapes: Shapes, *, kind: bool, overdue: bool | None, after: bool
) -> Select[tuple[Any, ...]]:
    """The first `limit` clocks of these parts, by due moment, each with its case."""
    conditions = [_AFTER] if after else []
    if overdue is not None:
        conditions.append(_deadline.due_at < _NOW if overdue else _deadline.due_at >= _NOW)
    found = _merged(shapes, kind, conditions, "found")
    return (
        select(found, _case.number, _case.state, _case.danger, _case.valid_until)
        .join(Case, _case.id == found.c.case_id)
        .order_by(found.c.due_at, found.c.id)
    )


@lru_cache(maxsize=128)
def counts(shapes: Shapes, *, kind: bool) -> Select[tuple[Any, ...]]:
    """How many clocks of these parts lie in each window, each counted to `limit` at most."""
    return select(
        *(
            select(func.count())
            .select_from(_merged(shapes, kind, list(window), name))
            .scalar_subquery()
            .label(name)
            for name, window in WINDOWS.items()
        )
    )


def _merged(
    shapes: Shapes, kind: bool, conditions: list[ColumnElement[bool]], name: str
) -> Subquery:
    """The first clocks of all parts together, each once."""
    limit = bindparam("limit", type_=BigInteger)
    parts = [
        _scan(at, shape, owned, kind, conditions, f"{name}_{at}").limit(limit)
        for at, (shape, owned) in enumerate(shapes)
    ]
    if len(parts) == 1:
        return parts[0].subquery(name)
    every = union(*parts).subquery(f"{name}_all")
    return select(every).order_by(every.c.due_at, every.c.id).limit(limit).subquery(name)


def _scan(
    at: int,
    shape: Shape,
    owned: bool,
    kind: bool,
    conditions: list[ColumnElement[bool]],
    name: str,
) -> Select[tuple[Any, ...]]:
    wanted = select(*_COLUMNS).where(*RUNNING, *conditions)
    if kind:
        wanted = wanted.where(_deadline.kind == bindparam("kind"))
    if shape.level == OWN.level:
        own = select(_case.id).where(
            _case.account_id == bindparam("account", type_=BigInteger), _case.closed_at.is_(None)
        )
        wanted = wanted.where(_deadline.case_id.in_(own))
        if shape.within:
            within = bindparam(f"within{at}", type_=BigInteger)
            wanted = wanted.where(_deadline[shape.within] == within)
    else:
        wanted = wanted.where(*reach.condition(Deadline, shape, at))
    if owned:
        wanted = wanted.where(
            _deadline.owner == any_(bindparam(f"owner{at}", type_=ARRAY(Text)))
            if shape.level == GIVEN
            else _deadline.owner == bindparam(f"owner{at}")
        )
    if shape.level in (GIVEN, OWN.level):
        # Few rows that no index orders: all of them, rather than a walk through every clock.
        few = wanted.cte(name).prefix_with("MATERIALIZED", dialect="postgresql")
        return select(few).order_by(few.c.due_at, few.c.id)
    return wanted.order_by(_deadline.due_at, _deadline.id)
