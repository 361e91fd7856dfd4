"""How far an actor's reading reaches, in parts that an index can give in order.

A whole area is one equality, what was given to somebody one array search: joined by OR they
would cost the index its order, so lists read each part up to their limit and merge.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    TableClause,
    Text,
    Uuid,
    all_,
    bindparam,
    column,
    func,
    or_,
    table,
)
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from app.access import Work
from app.kinds.forms import Sight
from app.models import Case, Deadline, Notice
from app.models.columns import Placed, table_of
from app.places import Place, place_of
from app.policy import BY_AREA, SEES_NO_CASE, Purpose, Standing, decide
from app.roles import Role

GIVEN = "given"


def _view(name: str, shows: type[Placed]) -> TableClause:
    return table(name, *(column(c.name, c.type) for c in table_of(shows).c))


_GIVEN_ROWS: Mapping[type[Placed], TableClause] = {
    Case: _view("given_case", Case),
    Deadline: _view("given_clock", Deadline),
    Notice: _view("given_notice", Notice),
}
"""What was given to whoever the transaction acts for; of clocks, those that run. No query of the
tables themselves may use the index of `seen_by`, because of row-level security."""


class Shape(NamedTuple):
    """What of a part decides the text of its SQL; the values are bound."""

    level: str
    some_kinds: bool
    within: str | None
    beyond: bool
    barred: bool


@dataclass(frozen=True)
class Part:
    """One whole area (`level`, `code`), or all that was given to the actor (level `given`).

    `roles` are those by which the actor reads here, `kinds` the kinds they read (None: all).
    `within` narrows what was given to an area; `beyond` leaves out the actor's own district,
    which another part reads as a whole; `barred` the cases that are not there for the actor.
    """

    level: str
    code: int
    roles: frozenset[Role]
    kinds: tuple[str, ...] | None
    within: int | None = None
    beyond: bool = False
    barred: bool = False

    @property
    def shape(self) -> Shape:
        within = level_of(place_of(self.within)) if self.within else None
        return Shape(self.level, self.kinds is not None, within, self.beyond, self.barred)

    def values(self, work: Work, at: int) -> dict[str, Any]:
        """What the part with this position binds."""
        found: dict[str, Any] = {} if self.level == GIVEN else {f"area{at}": self.code}
        if self.kinds is not None:
            found[f"kinds{at}"] = list(self.kinds)
        if self.within:
            found[f"within{at}"] = self.within
        if self.beyond:
            found["beyond"] = self.code
        if self.barred:
            found["barred"] = list(work.actor.barred)
        return found


def level_of(place: Place) -> str:
    """The level an area code stands for."""
    return "village" if place.village else "town" if place.town else "district"


def areas(work: Work, roles: frozenset[Role] = frozenset(Role)) -> list[Part]:
    """The areas the actor reads as a whole by these roles."""
    grants = [g for g in work.actor.grants if g.role in roles & BY_AREA]
    parts: dict[int, Part] = {}
    for grant in grants:
        place = place_of(grant.area)
        held = frozenset(g.role for g in grants if g.covers(place))
        kinds = _kinds(work, held)
        if kinds != ():
            barred = bool(work.actor.barred)
            parts[grant.area] = Part(level_of(place), grant.area, held, kinds, barred=barred)
    return list(parts.values())


def given(work: Work) -> list[Part]:
    """What was given to the actor or the actor's organisation, whatever the area."""
    roles = work.actor.roles - SEES_NO_CASE
    kinds = _kinds(work, roles)
    if not roles or kinds == ():
        return []
    part = Part(GIVEN, 0, roles, kinds, barred=bool(work.actor.barred))
    for whole in areas(work):
        if whole.level == "district" and whole.roles == roles:
            return [replace(part, code=whole.code, beyond=True)]
    return [part]


def narrowed(parts: Sequence[Part], area: int | None) -> list[Part]:
    """What of the parts lies in an area, given as a code of any level."""
    if area is None:
        return list(parts)
    place = place_of(area)
    found: list[Part] = []
    for part in parts:
        if part.level == GIVEN:
            found.append(replace(part, within=area))
        elif part.code in place:
            found.append(replace(part, level=level_of(place), code=area))
        elif area in place_of(part.code):
            found.append(part)
    return found


def to_be_named(work: Work, parts: Sequence[Part]) -> list[Part]:
    """What of the parts is of kinds in which the actor's office there names who is in charge."""
    found = []
    for part in parts:
        named = [n for n in part.kinds or work.kinds if work.kinds[n].in_charge]
        kinds = tuple(n for n in named if work.kinds[n].carried_by & part.roles)
        if kinds:
            found.append(replace(part, kinds=None if len(kinds) == len(work.kinds) else kinds))
    return found


def naming(work: Work, parts: Sequence[Part]) -> list[Part]:
    """What of the parts is of kinds in which the actor reads names there."""
    found = []
    for part in parts:
        standing = Standing(roles=part.roles)
        kinds = tuple(
            name
            for name in part.kinds or work.kinds
            if decide(work.kinds[name], standing, Purpose.LIST).sight >= Sight.S2
        )
        if kinds:
            found.append(replace(part, kinds=None if len(kinds) == len(work.kinds) else kinds))
    return found


def rows(shows: type[Placed], shape: Shape) -> ReadOnlyColumnCollection[str, Any]:
    """The columns from which a part is read."""
    return rows_of(shows, shape.level)


def rows_of(shows: type[Placed], level: str) -> ReadOnlyColumnCollection[str, Any]:
    """The columns from which what lies at a level, or was given, is read."""
    return (_GIVEN_ROWS[shows] if level == GIVEN else table_of(shows)).c


def condition(
    columns: ReadOnlyColumnCollection[str, Any], shape: Shape, at: int
) -> list[ColumnElement[bool]]:
    """Which of those rows belong to the part with this position, by bound values."""
    found: list[ColumnElement[bool]] = []
    if shape.level != GIVEN:
        found.append(columns[shape.level] == bindparam(f"area{at}", type_=BigInteger))
    if shape.some_kinds:
        # By no index: what a role does not read at all is passed over in the order asked for.
        kinds = bindparam(f"kinds{at}", type_=ARRAY(Text))
        found.append(func.array_position(kinds, columns.kind).is_not(None))
    if shape.within:
        found.append(columns[shape.within] == bindparam(f"within{at}", type_=BigInteger))
    if shape.barred:
        found.append(unbarred(columns))
    if shape.beyond:
        own = bindparam("beyond", type_=BigInteger)
        found.append(or_(columns.district < own, columns.district > own))
    return found


def unbarred(columns: ReadOnlyColumnCollection[str, Any]) -> ColumnElement[bool]:
    """Leaves out the rows of cases that the actor is barred from."""
    case_id: ColumnElement[Any] = columns["case_id" if "case_id" in columns else "id"]
    return case_id != all_(bindparam("barred", type_=ARRAY(Uuid)))


def _kinds(work: Work, roles: frozenset[Role]) -> tuple[str, ...] | None:
    serves = work.actor.serves
    found = tuple(n for n, kind in work.kinds.items() if kind.read_by & roles and serves(kind))
    return None if len(found) == len(work.kinds) else found


def roles_in(work: Work, row: Any) -> frozenset[Role]:
    """The actor's roles in the case of a row that carries its place and holders."""
    place = Place(row.district, row.town, row.village)
    return work.actor.roles_in(place, row.seen_by)
