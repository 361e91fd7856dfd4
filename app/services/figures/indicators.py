"""The board: what is counted, for whom it may be shown, and the cases behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
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
from app.services.figures.compute import Figures, figures
from app.services.figures.lists import Side, members
from app.services.figures.registers import Entry, entries
from app.services.figures.rules import Asked, Bound
from app.services.figures.sight import Hidden, Sight
from app.services.figures.targets import REPORTED, TARGETS, Target
from app.services.figures.trees import BELOW, areas_below, day_of
from app.services.rows import cursors
from app.services.seeing.reach import level_of

NOT_REPORTED = "未报送"


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
    hidden = await Sight(work, indicators).hidden(asked, found)
    lines = [
        Line(
            b.indicator.code,
            _shown(found, hidden, b.indicator.code),
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
    counted = (await figures(work.connection, [bound], asked, [area]))[area]
    figure = counted[code]
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
    sight = Sight(work, [bound])
    hidden = code in await sight.hidden(asked, counted)
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
    sight, now, points = Sight(work, [bound]), clock.now(), []
    for month in (clock.period("month", year, n) for n in range(1, 13)):
        shown = Shown()
        if month.start <= now:
            asked = Asked(place, level_of(place), month, now)
            found = (await figures(work.connection, [bound], asked, [area]))[area]
            shown = _shown(found, await sight.hidden(asked, found), code)
        points.append(Point(month.code, month.label, shown))
    return points


async def by_area(work: Work, code: str, area: int, period: Period) -> list[Point]:
    """A figure of each area of the next level down, highest value first."""
    bound = _known(work.kinds, code)
    place = await _place(work, area, period)
    names = await areas_below(work.connection, place, period)
    if not names:
        return []
    now, below = clock.now(), BELOW[level_of(place)]
    found = await figures(work.connection, [bound], Asked(place, below, period, now), list(names))
    sight, points = Sight(work, [bound]), []
    for part, name in names.items():
        hidden = await sight.hidden(Asked(place_of(part), below, period, now), found[part])
        points.append(Point(str(part), name, _shown(found[part], hidden, code)))
    points.sort(key=lambda p: (p.figure.value is None, -(p.figure.value or 0), p.key))
    values = [p.figure.value for p in points]
    return [
        p if p.figure.value is None
        else Point(p.key, p.name, p.figure, values.index(p.figure.value) + 1)
        for p in points
    ]  # fmt: skip


def _shown(found: Figures, hidden: Hidden, code: str) -> Shown:
    if code in hidden:
        return Shown(suppressed=True, text=hidden[code])
    figure = found[code]
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
    known = await work.connection.execute(_KNOWN, {"area": area, "day": day_of(period)})
    if known.first() is None:
        raise NotFound("没有这个地区")
    return place
