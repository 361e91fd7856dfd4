"""Figures, from the grouped passes."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from app.kinds.measures import Register, Registered
from app.services.figures import passes
from app.services.figures.calls import call_of
from app.services.figures.passes import Passes
from app.services.figures.registers import entries
from app.services.figures.rules import Asked, Bound, Rule, Rules, rules_of

SMALL = range(1, 5)
"""Counts so small that they point at people (统计法 9, 28; 设计)."""


@dataclass(frozen=True)
class Figure:
    """One figure. `part` and `whole` count the members above and below the line (`whole` is None
    where nothing is divided), `total` is the sum of their amounts or days, where these count."""

    part: int
    whole: int | None = None
    total: float | None = None
    mean: bool = False
    public: bool = False

    @property
    def numerator(self) -> float:
        return self.part if self.total is None else self.total

    @property
    def denominator(self) -> int | None:
        return self.whole

    @property
    def value(self) -> float | None:
        """What is shown: the number itself, a mean, or so many per hundred; None for n ÷ 0."""
        if self.whole is None:
            return self.numerator
        if self.whole == 0:
            return None
        return round(self.numerator / self.whole * (1 if self.mean else 100), 2)

    @property
    def small(self) -> bool:
        """Whether some count in it points at people."""
        counts = (self.part, self.whole, None if self.mean else self.total)
        return not self.public and any(n in SMALL for n in counts if n is not None)


Figures = dict[str, Figure]


async def figures(
    connection: AsyncConnection, indicators: Sequence[Bound], asked: Asked, areas: Sequence[int]
) -> dict[int, Figures]:
    """Area → code → figure, for areas of the asked level within the asked place."""
    found = await passes.run(connection, indicators, asked)
    return {
        area: {b.indicator.code: _figure(b, found, asked, area) for b in indicators}
        for area in areas
    }


def _figure(bound: Bound, found: Passes, asked: Asked, area: int) -> Figure:
    measure = bound.indicator.measure
    if rules := rules_of(measure, bound.kinds):
        return _of_rows(bound, rules, found, area)
    if isinstance(measure, Register):
        assert found.registers is not None  # noqa: S101 - run loads them for a register's figure
        listed = entries(measure, found.registers, area)
        part = sum(entry.counted for entry in listed)
        whole = None if isinstance(measure, Registered) else len(listed)
        return Figure(part, whole, public=True)
    call = call_of(measure, bound.kinds, asked)
    row = found.called[bound.indicator.code].get(area)
    part, whole = (row.part, row.whole) if row else (0, 0)
    return Figure(part, whole if call and call.has_whole else None)


def _of_rows(bound: Bound, rules: Rules, found: Passes, area: int) -> Figure:
    def count(rule: Rule, column: str = "n") -> float:
        name = "rule" if rules.rows == "clocks" else "name"
        return found.cells(bound, rules, rule).sum(rule, area, column, name=name)

    part = int(count(rules.part))
    whole = None if rules.whole is None else int(count(rules.whole))
    match rules.value:
        case None:
            return Figure(part, whole)
        case "amount":
            return Figure(part, whole, total=float(count(rules.part, "total")))
        case "days":
            return Figure(part, whole, total=round(count(rules.part, "days"), 2), mean=True)
