"""The lists behind figures: the very rows that a figure counts, as far as one may see them."""

from collections.abc import Mapping
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Float,
    FromClause,
    Select,
    Subquery,
    Uuid,
    and_,
    column,
    func,
    literal,
    null,
    select,
    table,
    text,
    true,
)

from app.kinds.measures import Stock
from app.services.figures.calls import Call, call_of, place_values
from app.services.figures.rules import MOVES, Asked, Bound, Rule, Rules, rules_of, where

Side = Literal["numerator", "denominator"]
BASES = ("started", "due", "met")

_PLACES = ("district", "town", "village")
_SHARED = ("id", "case_id", "kind", *_PLACES)


def _view(name: str, *more: str) -> FromClause:
    return table(name, *(column(c) for c in (*_SHARED, *more)))


EVENTS = _view("figure_event", "at", "name", "outcome", "female", "flags", "amount")
CLOCKS = _view(
    "figure_clock", "rule", "first", "was_met", "met_outcome", "in_alert", "in_due", "days",
    "settled_at", "started_at", "due_at", "met_at",
)  # fmt: skip

Members = Select[tuple[Any, ...]]
"""Columns: id (of the event, the clock, or the case), case_id, at, due_at, met_at, value,
counted."""


def members(bound: Bound, asked: Asked, side: Side) -> Members | None:
    """Select the members on one side of a figure; None where it has no such side.

    `counted` says whether a member is above the line.
    """
    measure = bound.indicator.measure
    if call := call_of(measure, bound.kinds, asked):
        return _called(call, side)
    rules = rules_of(measure, bound.kinds)
    if rules is None:
        return None
    rule = rules.part if side == "numerator" else rules.whole
    if rule is None:
        return None
    match rules.rows:
        case "events":
            return _events(rules, rule, asked)
        case "clocks":
            return _clocks(rules, rule, asked)
        case "stock":
            assert isinstance(measure, Stock)  # noqa: S101 - as its rules say
            return _stock(measure, bound, rule, asked)


def _columns(
    rows: FromClause,
    id_: ColumnElement[Any],
    at: ColumnElement[Any],
    counted: ColumnElement[bool],
    *,
    due_at: Any = None,
    met_at: Any = None,
    value: Any = None,
) -> Members:
    empty = null().cast(DateTime(timezone=True))
    return select(
        id_.cast(Uuid).label("id"),
        rows.c.case_id.cast(Uuid).label("case_id"),
        at.cast(DateTime(timezone=True)).label("at"),
        (empty if due_at is None else due_at).label("due_at"),
        (empty if met_at is None else met_at).label("met_at"),
        (null() if value is None else value).cast(Float).label("value"),
        counted.label("counted"),
    )


def _counted(rules: Rules, columns: Mapping[str, ColumnElement[Any]]) -> ColumnElement[bool]:
    return func.coalesce(and_(*where(rules.part, columns)), literal(False))


def _events(rules: Rules, rule: Rule, asked: Asked) -> Members:
    columns, at = dict(EVENTS.c), EVENTS.c.at
    value = EVENTS.c.amount if rules.value else None
    found = _columns(EVENTS, EVENTS.c.id, at, _counted(rules, columns), value=value)
    return found.where(*where(rule, columns), _within(at, asked), *_here(EVENTS, asked))


def _clocks(rules: Rules, rule: Rule, asked: Asked) -> Members:
    rows = CLOCKS.c
    columns: dict[str, ColumnElement[Any]] = dict(rows)
    columns["started_in"] = _within(rows.started_at, asked)
    columns["due_in"] = and_(_within(rows.due_at, asked), rows.settled_at < asked.at)
    columns["met_in"] = _within(rows.met_at, asked)
    basis = next(name for name in BASES if f"{name}_in" in rule)
    found = _columns(
        CLOCKS,
        rows.id,
        rows[f"{basis}_at"],
        _counted(rules, columns),
        due_at=rows.due_at,
        met_at=rows.met_at,
        value=rows.days if rules.value else None,
    )
    return found.where(*where(rule, columns), *_here(CLOCKS, asked))


def _within(at: ColumnElement[Any], asked: Asked) -> ColumnElement[bool]:
    return and_(at >= asked.period.start, at < asked.period.end)


def _here(rows: FromClause, asked: Asked) -> list[ColumnElement[bool]]:
    return [rows.c[level] == code for level, code in zip(_PLACES, asked.place, strict=True) if code]


def _stock(stock: Stock, bound: Bound, rule: Rule, asked: Asked) -> Members:
    values = place_values(asked) | {
        "kinds": sorted(bound.kinds),
        "names": sorted(stock.enter | stock.leave),
        "moves": MOVES,
    }
    for unused in ("level", "since"):
        del values[unused]
    rows = _function(
        "members_last(cast(:kinds as text[]), cast(:names as text[]), cast(:moves as text[]),"
        " cast(:place as bigint[]), cast(:until as timestamptz))",
        values,
        "name",
        "outcome",
    )
    return _columns(rows, rows.c.case_id, rows.c.at, true()).where(*where(rule, dict(rows.c)))


def _called(call: Call, side: Side) -> Members | None:
    if side == "denominator" and not call.has_whole:
        return None
    more = ("counted",) if call.has_whole else ()
    by_case = () if call.name in ("among", "reconciled") else ("id",)
    rows = _function(f"members_{call.name}({call.arguments})", dict(call.values), *more, *by_case)
    counted = rows.c.counted if call.has_whole else true()
    found = _columns(rows, rows.c.id if by_case else rows.c.case_id, rows.c.at, counted)
    return found.where(rows.c.counted) if side == "numerator" and call.has_whole else found


def _function(call: str, values: dict[str, Any], *more: str) -> Subquery:
    columns = ("case_id", "at", *more)
    chosen = text(f"select {', '.join(columns)} from {call}")  # noqa: S608
    return chosen.bindparams(**values).columns(*(column(c) for c in columns)).subquery()
