"""Which small counts somebody may see: those whose every case is open to her."""

from typing import Any

from sqlalchemy import Select, func, select, text
from sqlmodel import col

from app import access
from app.access import Work
from app.kinds.base import CaseKind
from app.models import Case
from app.models.columns import table_of
from app.places import Place
from app.policy import BY_AREA
from app.services.figures.compute import Figure
from app.services.figures.lists import Members, members
from app.services.figures.rules import MOVES, Asked, Bound

_STRAYS = text("select figure_strays(cast(:place as bigint[]), cast(:moves as text[]))")


class Sight:
    """What one reader may know of figures. Answers are kept for the request."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._readable = frozenset(access.readable_kinds(work.actor, work.kinds))
        self._strays: dict[Place, bool] = {}

    async def hides(self, bound: Bound, asked: Asked, figure: Figure) -> bool:
        """Whether the reader must not see the figure: it has a count of 1 to 4, and some case in
        it is closed to her."""
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

    async def _sees_all(self, bound: Bound, place: Place) -> bool:
        kinds = [self._work.kinds[name] for name in bound.kinds]
        return all(self._covers(kind, place) for kind in kinds) and not await self._moved(place)

    def _covers(self, kind: CaseKind, place: Place) -> bool:
        return any(
            g.role in kind.read_by & BY_AREA and g.covers(place) for g in self._work.actor.grants
        )

    async def _moved(self, place: Place) -> bool:
        if place not in self._strays:
            values = {"place": list(place), "moves": MOVES}
            found = await self._work.connection.execute(_STRAYS, values)
            self._strays[place] = bool(found.scalar_one())
        return self._strays[place]

    async def yours(self, bound: Bound, asked: Asked, chosen: Members, total: int) -> int:
        """How many of a side's members are in cases that the reader may open."""
        if bound.kinds <= self._readable and await self._sees_all(bound, asked.place):
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
