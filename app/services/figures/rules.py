"""What counts: one rule a figure, read by its sum and by its list alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement

from app.clock import Period
from app.kinds.base import Move
from app.kinds.common import ACTIONS
from app.kinds.measures import (
    Clocks,
    Count,
    Events,
    Indicator,
    MeanDays,
    Measure,
    MetWith,
    OnTime,
    Share,
    Stock,
    Sum,
)
from app.places import Place

Rule = Mapping[str, frozenset[Any]]
"""Column → the values that count. A `flag` counts where it is among the row's flags."""

MOVES = sorted(a.name for a in ACTIONS if any(isinstance(e, Move) for e in a.effects))
"""Events with which a case goes to another area."""


_TRUE = frozenset({True})


@dataclass(frozen=True)
class Asked:
    """For which place and time figures are asked, by areas of which level, and when."""

    place: Place
    level: str
    period: Period
    at: datetime

    @property
    def until(self) -> datetime:
        """The end of what can be known: of the period, or now."""
        return min(self.period.end, self.at + timedelta(microseconds=1))


@dataclass(frozen=True)
class Bound:
    """An indicator and the kinds of case it counts; `kind` is None for one across kinds."""

    indicator: Indicator
    kinds: frozenset[str]
    kind: str | None


@dataclass(frozen=True)
class Rules:
    """A figure that single rows of one view decide: which count above and below the line.

    `value` is the column summed up, where rows are not counted.
    """

    rows: Literal["events", "clocks", "stock"]
    part: Rule
    whole: Rule | None = None
    value: Literal["amount", "days"] | None = None


def holds(rule: Rule, row: Any) -> bool:
    """Whether a row, or a group of equal rows, counts."""
    return all(getattr(row, column) in allowed for column, allowed in rule.items())


def where(rule: Rule, columns: Mapping[str, ColumnElement[Any]]) -> list[ColumnElement[bool]]:
    """The same as a condition for rows that have these columns."""
    found: list[ColumnElement[bool]] = []
    for name, allowed in rule.items():
        if name == "flag":
            found.append(columns["flags"].op("@>")(sorted(allowed)))
        elif allowed == _TRUE:
            found.append(columns[name])
        else:
            found.append(columns[name].in_(sorted(allowed)))
    return found


def of_events(events: Events, kinds: frozenset[str]) -> Rule:
    """The rule for events, in the indicator's kinds unless they name their own."""
    rule: dict[str, frozenset[Any]] = {"kind": events.kinds or kinds, "name": events.names}
    if events.outcomes is not None:
        rule["outcome"] = _texts(events.outcomes)
    if events.female:
        rule["female"] = _TRUE
    if events.flag is not None:
        rule["flag"] = frozenset({events.flag.value})
    return rule


def _texts(values: frozenset[str]) -> frozenset[str]:
    return frozenset(map(str, values))


def _of_clocks(clocks: Clocks, kinds: frozenset[str]) -> dict[str, frozenset[Any]]:
    rule: dict[str, frozenset[Any]] = {
        f"{clocks.by}_in": _TRUE,
        "kind": kinds,
        "rule": frozenset({clocks.rule}),
    }
    if clocks.rounds is not None:
        rule["first"] = frozenset({clocks.rounds == "first"})
    return rule


def _of_stock(stock: Stock) -> Rule:
    rule = {"name": stock.enter}
    return rule if stock.outcomes is None else rule | {"outcome": _texts(stock.outcomes)}


def rules_of(measure: Measure, kinds: frozenset[str]) -> Rules | None:
    """The rules of a figure; None if it takes more than single rows to tell."""
    match measure:
        case Count(of=events):
            return Rules("events", of_events(events, kinds))
        case Sum(of=events):
            return Rules("events", of_events(events, kinds), value="amount")
        case Share(part=part, whole=whole):
            return Rules("events", of_events(part, kinds), of_events(whole, kinds))
        case OnTime(of=clocks, within=within):
            every = _of_clocks(clocks, kinds)
            return Rules("clocks", every | {f"in_{within}": _TRUE}, every)
        case MetWith(of=clocks, outcomes=outcomes):
            every = _of_clocks(clocks, kinds)
            return Rules("clocks", every | {"met_outcome": _texts(outcomes)}, every)
        case MeanDays(of=clocks):
            every = _of_clocks(clocks, kinds) | {"was_met": _TRUE}
            return Rules("clocks", every, every, value="days")
        case Stock():
            return Rules("stock", _of_stock(measure))
        case _:
            return None
