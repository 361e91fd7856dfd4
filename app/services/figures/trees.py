"""What is shown of figures to whom not every case is open, so that no small one can be reckoned.

Hiding a small figure is not enough: the whole less its other parts gives it away. So such a reader
has no free choice of areas and times, but two trees: the areas below her own by years, and her own
area by quarters and months. Wherever just one of a whole and its parts would be hidden, a second
part is. In a tree that is enough: if one hidden figure were one more or less, another hidden one
could be, and so on to the leaves; what is shown would be the same.
"""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app import clock
from app.clock import Period
from app.places import Place
from app.services.figures.compute import Figure
from app.services.seeing.reach import level_of

FEW = "<5"
"""Instead of a figure with a count of 1 to 4."""

WITHHELD = "不显示"
"""Instead of a small figure and of another, which may be large, that would give it away."""

BELOW = {"district": "town", "town": "village"}


def hidden_parts(parts: Mapping[str, Figure], *, whole_hidden: bool) -> dict[str, str]:
    """Which parts of a whole are hidden, and what stands for them. A single one is joined by the
    least of the others that are not nothing, and neither says which it is."""
    hidden = [key for key, figure in parts.items() if figure.small]
    others = [k for k, f in parts.items() if k not in hidden and (f.part or f.whole)]
    if len(hidden) + whole_hidden != 1 or not others:
        return dict.fromkeys(hidden, FEW)
    return dict.fromkeys((*hidden, min(others, key=lambda k: _least(parts[k]))), WITHHELD)


def _least(figure: Figure) -> tuple[bool, int]:
    """What is counted above the line should not be known to be nothing, either."""
    return figure.part == 0, figure.part if figure.whole is None else figure.whole


_AREAS = text(
    "select code, name from area where parent = :area and valid_from <= :day"
    " and (valid_to is null or valid_to > :day) order by code"
)


async def areas_below(connection: AsyncConnection, place: Place, period: Period) -> dict[int, str]:
    """Code → name of the areas of the next level down, as they are on the period's last day, or
    today; none below a village."""
    if level_of(place) not in BELOW:
        return {}
    rows = await connection.execute(_AREAS, {"area": place.code, "day": day_of(period)})
    return {row.code: row.name for row in rows}


def above(place: Place) -> Place:
    """The place that this one is a part of."""
    return Place(place.district, place.town if place.village else None)


def longer(period: Period) -> Period | None:
    """The period that this one is a part of; None for a year."""
    months = period.last.month - period.first.month + 1
    year = period.first.year
    if months == 12:
        return None
    if months == 3:
        return clock.period("year", year)
    return clock.period("quarter", year, (period.first.month + 2) // 3)


def parts_of(period: Period) -> list[Period]:
    """The quarters of a year, the months of a quarter."""
    year, first = period.first.year, period.first.month
    if longer(period) is None:
        return [clock.period("quarter", year, n) for n in range(1, 5)]
    return [clock.period("month", year, n) for n in range(first, first + 3)]


def day_of(period: Period) -> date:
    """The day as of which areas are meant: the period's last, or today."""
    return min(period.last, clock.local_day(clock.now()))
