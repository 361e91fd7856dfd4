"""Counting everything again the slow way."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from app import clock
from app.clock import Period
from app.kinds import KINDS, Kinds
from app.kinds.measures import Register
from app.places import place_of
from app.services.figures.catalogue import catalogue
from app.services.figures.compute import Figure, figures
from app.services.figures.lists import Members, members
from app.services.figures.rules import Asked, Bound
from app.services.seeing.reach import level_of


@dataclass(frozen=True)
class Difference:
    """A figure that its own list does not bear out."""

    code: str
    figure: Figure
    recounted: Figure


async def recount(
    connection: AsyncConnection,
    area: int,
    period: Period,
    kinds: Kinds = KINDS,
    watched: Callable[[Sequence[Bound]], Iterable[Bound]] = iter,
) -> list[Difference]:
    """Count every figure of cases again, row by row from its lists; return those that differ.

    The connection must see every case: the owner's. `watched` may show how far it is.
    """
    place = place_of(area)
    asked = Asked(place, level_of(place), period, clock.now())
    indicators = [
        b for b in catalogue(kinds).values() if not isinstance(b.indicator.measure, Register)
    ]
    found = (await figures(connection, indicators, asked, [area]))[area]
    differences = []
    for bound in watched(indicators):
        figure = found[bound.indicator.code]
        again = await _recounted(connection, bound, asked, figure)
        if again != figure:
            differences.append(Difference(bound.indicator.code, figure, again))
    return differences


async def _recounted(
    connection: AsyncConnection, bound: Bound, asked: Asked, figure: Figure
) -> Figure:
    async def rows(chosen: Members | None) -> Sequence[Any] | None:
        return None if chosen is None else (await connection.execute(chosen)).all()

    above = await rows(members(bound, asked, "numerator")) or ()
    below = await rows(members(bound, asked, "denominator"))
    total = None
    if figure.total is not None:
        total = round(sum(row.value or 0 for row in above), 2)
    part = sum(bool(row.counted) for row in above)
    return Figure(part, None if below is None else len(below), total, figure.mean)
