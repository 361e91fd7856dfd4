"""The grouped passes over events and clocks that a board is read from."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.kinds.measures import Register, Stock
from app.services.figures.calls import call_of, place_values
from app.services.figures.registers import Registers, load
from app.services.figures.rules import MOVES, Asked, Bound, Rule, Rules, holds, rules_of

FEW = 8

Key = tuple[int | None, str]
"""An area, and the event's name or the clock's rule."""


@dataclass
class Cells:
    """Groups of rows that are alike in all that rules ask, found by area and name."""

    rows: dict[Key, list[Any]] = field(default_factory=lambda: defaultdict(list))

    def add(self, rows: Iterable[Any], name: str) -> None:
        for row in rows:
            self.rows[row.area, getattr(row, name)].append(row)

    def sum(self, rule: Rule, area: int | None, column: str = "n", *, name: str = "name") -> float:
        """The sum of a column over an area's rows that the rule counts."""
        found = (row for n in rule[name] for row in self.rows.get((area, n), ()))
        return sum(getattr(row, column) or 0 for row in found if holds(rule, row))


@dataclass
class Passes:
    """Everything the asked figures are interpreted from."""

    events: Cells = field(default_factory=Cells)
    flags: Cells = field(default_factory=Cells)
    amounts: Cells = field(default_factory=Cells)
    clocks: Cells = field(default_factory=Cells)
    stocks: dict[Stock, Cells] = field(default_factory=dict)
    called: dict[str, Mapping[int | None, Any]] = field(default_factory=dict)
    registers: Registers | None = None

    def cells(self, bound: Bound, rules: Rules, rule: Rule) -> Cells:
        """Where the rows that a rule counts are."""
        if rules.rows == "clocks":
            return self.clocks
        if rules.rows == "stock":
            assert isinstance(bound.indicator.measure, Stock)  # noqa: S101 - as its rules say
            return self.stocks[bound.indicator.measure]
        if rules.value == "amount":
            return self.amounts
        return self.flags if "flag" in rule else self.events


_ASKED = (
    "cast(:level as text), cast(:place as bigint[]), cast(:since as timestamptz),"
    " cast(:until as timestamptz)"
)
_EVENTS = text(f"select * from figures_of_events({_ASKED}, cast(:names as text[]))")  # noqa: S608
_SOME = f"{_ASKED}, cast(:kinds as text[]), cast(:names as text[])"
_FLAGS = text(f"select * from figures_of_flags({_SOME})")  # noqa: S608
_AMOUNTS = text(f"select * from figures_of_amounts({_SOME})")  # noqa: S608
_CLOCKS = text(
    f"select * from figures_of_clocks({_ASKED}, cast(:at as timestamptz),"  # noqa: S608
    " cast(:rules as text[]))"
)
_STOCK = text(
    "select * from figures_of_stock(cast(:kinds as text[]), cast(:enter as text[]),"
    " cast(:leave as text[]), cast(:moves as text[]), cast(:level as text),"
    " cast(:place as bigint[]), cast(:until as timestamptz))"
)


async def run(connection: AsyncConnection, indicators: Sequence[Bound], asked: Asked) -> Passes:
    """Run only the passes that these indicators need, each once."""
    passes = Passes()
    found = [(b, rules_of(b.indicator.measure, b.kinds)) for b in indicators]
    await _over_events(connection, [r for _, r in found if r and r.rows == "events"], asked, passes)
    await _over_clocks(connection, [r for _, r in found if r and r.rows == "clocks"], asked, passes)
    await _over_stocks(connection, [b for b, r in found if r and r.rows == "stock"], asked, passes)
    for bound in indicators:
        if call := call_of(bound.indicator.measure, bound.kinds, asked):
            counted = text(f"select * from figures_{call.name}({call.arguments})")  # noqa: S608
            rows = await connection.execute(counted, call.values)
            passes.called[bound.indicator.code] = {row.area: row for row in rows}
    if any(isinstance(b.indicator.measure, Register) for b in indicators):
        passes.registers = await load(connection, asked)
    return passes


async def _over_events(
    connection: AsyncConnection, figures: Sequence[Rules], asked: Asked, passes: Passes
) -> None:
    sums = [f.part for f in figures if f.value]
    rules = [r for f in figures if not f.value for r in (f.part, f.whole) if r]
    plain = [r for r in rules if "flag" not in r]
    values = place_values(asked)
    if plain:
        names = _all(plain, "name")
        # Of many names all rows of the period are read in any case, from an index that has them.
        few = {"names": names if len(names) <= FEW else None}
        rows = await connection.execute(_EVENTS, values | few)
        passes.events.add(rows, "name")
    flagged = [r for r in rules if "flag" in r]
    for some, found, cells in (
        (flagged, _FLAGS, passes.flags),
        (sums, _AMOUNTS, passes.amounts),
    ):
        if some:
            chosen = {"kinds": _all(some, "kind"), "names": _all(some, "name")}
            cells.add(await connection.execute(found, values | chosen), "name")


async def _over_clocks(
    connection: AsyncConnection, figures: Sequence[Rules], asked: Asked, passes: Passes
) -> None:
    if not figures:
        return
    asked_rules = _all([f.part for f in figures], "rule")
    values = place_values(asked) | {"at": asked.at, "rules": asked_rules}
    passes.clocks.add(await connection.execute(_CLOCKS, values), "rule")


async def _over_stocks(
    connection: AsyncConnection, indicators: Sequence[Bound], asked: Asked, passes: Passes
) -> None:
    """Stocks of the same events are told apart by the last event's outcome: one pass for all."""
    shared: dict[tuple[frozenset[str], ...], Cells] = {}
    for bound in indicators:
        stock = bound.indicator.measure
        assert isinstance(stock, Stock)  # noqa: S101 - as its rules say
        key = (bound.kinds, stock.enter, stock.leave)
        if key not in shared:
            values = place_values(asked) | {
                "kinds": sorted(bound.kinds),
                "enter": sorted(stock.enter),
                "leave": sorted(stock.leave),
                "moves": MOVES,
            }
            del values["since"]
            shared[key] = Cells()
            shared[key].add(await connection.execute(_STOCK, values), "name")
        passes.stocks[stock] = shared[key]


def _all(rules: Sequence[Rule], column: str) -> list[str]:
    return sorted(frozenset[str]().union(*(r[column] for r in rules)))
