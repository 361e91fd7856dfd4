"""The board: what is counted, for whom it may be shown, and the cases behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import literal, select, text, tuple_

from app import clock
from app.access import Work
from app.clock import Period
from app.errors import Invalid, NotAllowed, NotFound
from app.kinds import Kinds
from app.kinds.measures import Register
from app.places import Place, place_of
from app.roles import ADMINS
from app.services.figures import passes
from app.services.figures.catalogue import catalogue
from app.services.figures.compute import Figure, figures
from app.services.figures.lists import Side, members
from app.services.figures.registers import Entry, entries
from app.services.figures.rules import Asked, Bound
from app.services.figures.sight import Sight
from app.services.figures.targets import REPORTED, TARGETS, Target
from app.services.rows import cursors
from app.services.seeing.reach import level_of

SUPPRESSED, NOT_REPORTED = "<5", "未报送"


@dataclass(frozen=True)
class Shown:
    """A figure as its reader may see it. `text` stands in for what is not shown."""

    numerator: float | None = None
    denominator: int | None = None
    value: float | None = None
    suppressed: bool = False
    text: str | None = None


@dataclass(frozen=True)
class Line:
    """One line of the board; `bound` is None for what only a department can report."""

    code: str
    figure: Shown
    bound: Bound | None
    target: Target | None


@dataclass(frozen=True)
class Point:
    """A figure of one month, or of one area and its rank (from 1; None without a value)."""

    key: str
    name: str
    figure: Shown
    rank: int | None = None


@dataclass(frozen=True)
class Behind:
    """What is behind one side of a figure: all of it is `total` (None if suppressed), of which
    `yours` are open to the reader; a page of these, or the lines of a register."""

    total: int | None
    suppressed: bool
    yours: int
    cases: Sequence[Any] = ()
    entries: Sequence[Entry] = ()
    next_cursor: str | None = None


async def board(work: Work, area: int, period: Period) -> list[Line]:
    """Every figure of an area and period, and the plan's indicators that departments report.

    Raises NotAllowed for an area in which the reader holds no role, NotFound for an unknown one.
    """
    place = await _place(work, area, period)
    indicators = list(catalogue(work.kinds).values())
    asked = Asked(place, level_of(place), period, clock.now())
    found = (await figures(work.connection, indicators, asked, [area]))[area]
    sight = Sight(work)
    lines = [
        Line(
            b.indicator.code,
            await _shown(sight, b, asked, found[b.indicator.code]),
            b,
            TARGETS[b.indicator.target] if b.indicator.target else None,
        )
        for b in indicators
    ]
    return lines + [Line(t.code, Shown(text=NOT_REPORTED), None, t) for t in REPORTED]


async def behind(
    work: Work, code: str, area: int, period: Period, side: Side, cursor: str | None, limit: int
) -> Behind:
    """The cases on one side of a figure that the reader may open, oldest first.

    Raises NotAllowed, NotFound, and Invalid for a side the figure has not or a wrong cursor.
    """
    bound = _known(work.kinds, code)
    place = await _place(work, area, period)
    asked = Asked(place, level_of(place), period, clock.now())
    measure = bound.indicator.measure
    figure = (await figures(work.connection, [bound], asked, [area]))[area][code]
    if side == "denominator" and figure.whole is None:
        raise Invalid("该指标没有分母", [{"field": "side", "message": "该指标没有分母"}])
    total = figure.part if side == "numerator" else figure.whole or 0
    if isinstance(measure, Register):
        found = await passes.run(work.connection, [bound], asked)
        assert found.registers is not None  # noqa: S101 - run loads them for a register's figure
        listed = [
            e for e in entries(measure, found.registers, area) if e.counted or side == "denominator"
        ]
        return Behind(total, suppressed=False, yours=total, entries=listed)
    chosen = members(bound, asked, side)
    assert chosen is not None  # noqa: S101 - every other figure has members on its sides
    sight = Sight(work)
    hidden = await sight.hides(bound, asked, figure)
    rows = sight.visible(chosen).subquery()
    page = select(rows).order_by(rows.c.at, rows.c.id).limit(limit + 1)
    question = {"code": code, "area": area, "period": period.code, "side": side}
    if cursor is not None:
        last = cursors.read(cursor, question, "tu")
        page = page.where(tuple_(rows.c.at, rows.c.id) > tuple_(*map(literal, last)))
    cases = (await work.connection.execute(page)).all()
    last_row = cases[limit - 1] if len(cases) > limit else None
    return Behind(
        None if hidden else total,
        suppressed=hidden,
        yours=await sight.yours(bound, asked, chosen, total),
        cases=cases[:limit],
        next_cursor=cursors.write((last_row.at, last_row.id), question) if last_row else None,
    )


async def trend(work: Work, code: str, area: int, year: int) -> list[Point]:
    """A figure of every month of a year; months to come have none."""
    bound = _known(work.kinds, code)
    place = await _place(work, area, clock.period("year", year))
    sight, now, points = Sight(work), clock.now(), []
    for month in (clock.period("month", year, n) for n in range(1, 13)):
        shown = Shown()
        if month.start <= now:
            asked = Asked(place, level_of(place), month, now)
            figure = (await figures(work.connection, [bound], asked, [area]))[area][code]
            shown = await _shown(sight, bound, asked, figure)
        points.append(Point(month.code, month.label, shown))
    return points


_BELOW = {"district": "town", "town": "village"}
_AREAS = text(
    "select code, name from area where parent = :area and valid_from <= :day"
    " and (valid_to is null or valid_to > :day) order by code"
)


async def by_area(work: Work, code: str, area: int, period: Period) -> list[Point]:
    """A figure of each area of the next level down, highest value first."""
    bound = _known(work.kinds, code)
    place = await _place(work, area, period)
    below = _BELOW.get(level_of(place))
    if below is None:
        return []
    rows = await work.connection.execute(_AREAS, {"area": area, "day": _day(period)})
    names = {row.code: row.name for row in rows}
    now = clock.now()
    asked = Asked(place, below, period, now)
    found = await figures(work.connection, [bound], asked, list(names))
    sight, points = Sight(work), []
    for part, name in names.items():
        one = Asked(place_of(part), below, period, now)
        shown = await _shown(sight, bound, one, found[part][code])
        points.append(Point(str(part), name, shown))
    points.sort(key=lambda p: (p.figure.value is None, -(p.figure.value or 0), p.key))
    values = [p.figure.value for p in points]
    return [
        p if p.figure.value is None
        else Point(p.key, p.name, p.figure, values.index(p.figure.value) + 1)
        for p in points
    ]  # fmt: skip


async def _shown(sight: Sight, bound: Bound, asked: Asked, figure: Figure) -> Shown:
    if await sight.hides(bound, asked, figure):
        return Shown(suppressed=True, text=SUPPRESSED)
    return Shown(figure.numerator, figure.denominator, figure.value)


def _known(kinds: Kinds, code: str) -> Bound:
    if code in {t.code for t in REPORTED}:
        raise NotFound("该指标由部门报送，系统内没有明细")
    bound = catalogue(kinds).get(code)
    if bound is None:
        raise NotFound("没有这个指标")
    return bound


_KNOWN = text(
    "select 1 from area where code = :area and valid_from <= :day"
    " and (valid_to is null or valid_to > :day)"
)


async def _place(work: Work, area: int, period: Period) -> Place:
    place = place_of(area)
    if not any(g.role not in ADMINS and g.covers(place) for g in work.actor.grants):
        raise NotAllowed("只能查看本人负责地区的指标")
    known = await work.connection.execute(_KNOWN, {"area": area, "day": _day(period)})
    if known.first() is None:
        raise NotFound("没有这个地区")
    return place


def _day(period: Period) -> date:
    return min(period.last, clock.local_day(clock.now()))
