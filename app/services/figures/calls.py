"""Figures that take more than single rows: one function gives their members, one counts them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.kinds.measures import (
    Among,
    Distinct,
    Events,
    Followed,
    Measure,
    Reconciled,
    Repeated,
    Stock,
)
from app.services.figures.rules import MOVES, Asked, Rule, of_events


@dataclass(frozen=True)
class Call:
    """A call of a database function: `members_<name>` lists whom `figures_<name>` counts."""

    name: str
    arguments: str
    values: Mapping[str, Any]
    has_whole: bool


_PLACE = "cast(:level as text), cast(:place as bigint[])"
_PERIOD = "cast(:since as timestamptz), cast(:until as timestamptz)"


def place_values(asked: Asked) -> dict[str, Any]:
    """The values that every function is given."""
    return {
        "level": asked.level,
        "place": list(asked.place),
        "since": asked.period.start,
        "until": asked.period.end,
    }


def call_of(measure: Measure, kinds: frozenset[str], asked: Asked) -> Call | None:
    """The call for a figure; None if single rows decide it."""
    values = place_values(asked)
    match measure:
        case Distinct(of=events, what=what):
            chosen = _choice("c", events, kinds, values)
            arguments = f"{chosen}, {what == 'person'}, {_PLACE}, {_PERIOD}"
            return Call("distinct", arguments, values, has_whole=False)
        case Repeated(of=events, days=days):
            values |= {"days": days, "until": asked.until}
            del values["since"]
            arguments = (
                f"{_choice('c', events, kinds, values)}, cast(:days as integer), {_PLACE},"
                " cast(:until as timestamptz)"
            )
            return Call("repeated", arguments, values, has_whole=True)
        case Followed(first=first, then=then, days=days):
            values |= {"days": days, "until": asked.until}
            arguments = (
                f"{_choice('c', first, kinds, values)}, {_choice('t', then, kinds, values)},"
                f" cast(:days as integer), {_PLACE}, {_PERIOD}"
            )
            return Call("followed", arguments, values, has_whole=True)
        case Among(stock=stock, having=having):
            arguments = (
                f"{_stock(stock, kinds, values)}, {_choice('h', having, kinds, values)},"
                f" {_PLACE}, {_PERIOD}"
            )
            return Call("among", arguments, values, has_whole=True)
        case Reconciled():
            values |= {"until": asked.until}
            del values["since"]
            arguments = f"{_PLACE}, cast(:until as timestamptz)"
            return Call("reconciled", arguments, values, has_whole=True)
        case _:
            return None


def _choice(prefix: str, events: Events, kinds: frozenset[str], values: dict[str, Any]) -> str:
    """A figure_choice of the events' rule, its values under names that begin with the prefix."""
    rule: Rule = of_events(events, kinds)
    for column in ("kind", "name", "outcome"):
        values[f"{prefix}_{column}"] = sorted(rule[column]) if column in rule else None
    values[f"{prefix}_female"] = "female" in rule
    values[f"{prefix}_flag"] = next(iter(rule.get("flag", ())), None)
    return (
        f"cast(row(cast(:{prefix}_kind as text[]), cast(:{prefix}_name as text[]),"
        f" cast(:{prefix}_outcome as text[]), cast(:{prefix}_female as boolean),"
        f" cast(:{prefix}_flag as text)) as figure_choice)"
    )


def _stock(stock: Stock, kinds: frozenset[str], values: dict[str, Any]) -> str:
    outcomes = stock.outcomes
    values |= {
        "kinds": sorted(kinds),
        "enter": sorted(stock.enter),
        "leave": sorted(stock.leave),
        "outcomes": None if outcomes is None else sorted(map(str, outcomes)),
        "moves": MOVES,
    }
    names = ("kinds", "enter", "leave", "outcomes", "moves")
    return ", ".join(f"cast(:{name} as text[])" for name in names)
