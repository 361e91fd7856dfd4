"""Which figures somebody may see. Small counts are for those to whom every case in them is open."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, select, text
from sqlmodel import col

from app import access, clock
from app.access import Work
from app.clock import Period
from app.kinds.base import CaseKind
from app.models import Case
from app.models.columns import table_of
from app.places import Place, place_of
from app.policy import BY_AREA
from app.roles import ADMINS
from app.services.figures import trees
from app.services.figures.compute import Figure, Figures, figures
from app.services.figures.lists import Members, members
from app.services.figures.rules import MOVES, Asked, Bound
from app.services.figures.trees import FEW, WITHHELD, hidden_parts
from app.services.seeing.reach import level_of

_STRAYS = text("select figure_strays(cast(:place as bigint[]), cast(:moves as text[]))")

Hidden = dict[str, str]
"""Code → what stands in for a figure that is hidden."""


class Sight:
    """What one reader may know of these figures. Answers are kept for the request."""

    def __init__(self, work: Work, indicators: Sequence[Bound]) -> None:
        self._work = work
        self._indicators = indicators
        self._readable = frozenset(access.readable_kinds(work.actor, work.kinds))
        self._strays: dict[Place, bool] = {}
        self._parts: dict[tuple[Place, str, str], dict[str, Hidden]] = {}

    async def hidden(self, asked: Asked, found: Figures) -> Hidden:
        """Which figures of one area and period the reader must not see, and what stands in."""
        closed = [b for b in self._indicators if not self._opens(b, asked.place)]
        few = await self._few([b for b in self._indicators if b not in closed], asked, found)
        return few | (await self._published(closed, asked, found) if closed else {})

    async def _few(self, bounds: Sequence[Bound], asked: Asked, found: Figures) -> Hidden:
        """Those that have a count of 1 to 4, and some case in it is closed to the reader."""
        codes = [(b, b.indicator.code) for b in bounds]
        return {c: FEW for b, c in codes if await self._is_few(b, asked, found[c])}

    async def _is_few(self, bound: Bound, asked: Asked, figure: Figure) -> bool:
        if not figure.small:
            return False
        if not self._work.actor.sees_cases or not bound.kinds <= self._readable:
            return True
        if await self._sees_all(bound, asked.place):
            return False
        sides = [(members(bound, asked, "numerator"), figure.part)]
        sides.append((members(bound, asked, "denominator"), figure.whole or 0))
        for chosen, count in sides:
            if chosen is not None and await self._count(chosen) != count:
                return True
        return False

    async def _published(self, bounds: Sequence[Bound], asked: Asked, found: Figures) -> Hidden:
        """As `hidden`, of figures whose area is not open to the reader as a whole (see trees)."""
        root, longer = self._root(asked.place), trees.longer(asked.period)
        if asked.place == root and longer is None:
            return await self._few(bounds, asked, found)
        if asked.place == root and longer is not None:
            parts = await self._by_time(root, longer)
            hidden = parts[asked.period.code]
        elif longer is None:
            parts = await self._by_area(trees.above(asked.place), asked.period)
            hidden = parts[str(asked.place.code)]
        else:
            hidden = {c: WITHHELD for c, figure in found.items() if not figure.public}
        codes = {b.indicator.code for b in bounds}
        return {code: stands for code, stands in hidden.items() if code in codes}

    async def _by_area(self, place: Place, period: Period) -> dict[str, Hidden]:
        """What is hidden of the areas below one, each by its code as text."""
        known = self._parts.get((place, period.code, "area"))
        if known is None:
            level = trees.BELOW[level_of(place)]
            names = await trees.areas_below(self._work.connection, place, period)
            found = await self._figures(Asked(place, level, period, clock.now()), list(names))
            parts = {str(code): found[code] for code in names}
            known = await self._of_parts(place, period, parts, {str(c): place_of(c) for c in names})
            self._parts[place, period.code, "area"] = known
        return known

    async def _by_time(self, place: Place, period: Period) -> dict[str, Hidden]:
        """What is hidden of the quarters of a year, or the months of a quarter, by their codes."""
        known = self._parts.get((place, period.code, "time"))
        if known is None:
            parts = {p.code: await self._at(place, p) for p in trees.parts_of(period)}
            known = await self._of_parts(place, period, parts, dict.fromkeys(parts, place))
            self._parts[place, period.code, "time"] = known
        return known

    async def _of_parts(
        self, place: Place, period: Period, parts: Mapping[str, Figures], where: Mapping[str, Place]
    ) -> dict[str, Hidden]:
        asked = Asked(place, level_of(place), period, clock.now())
        whole = await self._published(self._indicators, asked, await self._at(place, period))
        result: dict[str, Hidden] = {key: {} for key in parts}
        for bound in self._indicators:
            code = bound.indicator.code
            closed = {k: f[code] for k, f in parts.items() if not self._opens(bound, where[k])}
            for key, stands in hidden_parts(closed, whole_hidden=code in whole).items():
                result[key][code] = stands
        return result

    async def _at(self, place: Place, period: Period) -> Figures:
        asked = Asked(place, level_of(place), period, clock.now())
        return (await self._figures(asked, [place.code]))[place.code]

    async def _figures(self, asked: Asked, areas: Sequence[int]) -> dict[int, Figures]:
        return await figures(self._work.connection, self._indicators, asked, areas)

    def _root(self, place: Place) -> Place:
        """The largest of the reader's own areas that the place is in."""
        own = [place_of(g.area) for g in self._work.actor.grants if g.role not in ADMINS]
        return min((p for p in own if p.code in place), key=lambda p: sum(map(bool, p)))

    def _opens(self, bound: Bound, place: Place) -> bool:
        """Whether all cases of the place that the figure may count are in the reader's sight."""
        kinds = [self._work.kinds[name] for name in bound.kinds]
        return bound.kinds <= self._readable and all(self._covers(kind, place) for kind in kinds)

    def _covers(self, kind: CaseKind, place: Place) -> bool:
        return any(
            g.role in kind.read_by & BY_AREA and g.covers(place) for g in self._work.actor.grants
        )

    async def _sees_all(self, bound: Bound, place: Place) -> bool:
        return self._opens(bound, place) and not await self._moved(place)

    async def _moved(self, place: Place) -> bool:
        if place not in self._strays:
            values = {"place": list(place), "moves": MOVES}
            found = await self._work.connection.execute(_STRAYS, values)
            self._strays[place] = bool(found.scalar_one())
        return self._strays[place]

    async def yours(self, bound: Bound, asked: Asked, chosen: Members, total: int) -> int:
        """How many of a side's members are in cases that the reader may open."""
        if await self._sees_all(bound, asked.place):
            return total
        return await self._count(chosen)

    async def _count(self, chosen: Members) -> int:
        seen = self.visible(chosen).subquery()
        counted = await self._work.connection.execute(select(func.count()).select_from(seen))
        return counted.scalar_one()

    def visible(self, chosen: Members) -> Select[tuple[Any, ...]]:
        """The members in cases that the reader may open, with the case's number and kind."""
        rows = chosen.subquery()
        of_case = (col(Case.number), col(Case.kind))
        visible = access.visible_cases(self._work.actor, self._work.kinds, *rows.c, *of_case)
        return visible.select_from(table_of(Case)).join(rows, rows.c.case_id == col(Case.id))
