"""The people whom cases are about, one line each: all cases one may see, and the last contact."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Select,
    Uuid,
    any_,
    bindparam,
    func,
    select,
    true,
    union,
)

from app import access
from app.access import Work
from app.kinds.forms import Sight
from app.models import Case, Event
from app.models.columns import table_of
from app.policy import Purpose
from app.services.persons import contacts
from app.services.rows import cursors
from app.services.seeing import listing, reach
from app.services.seeing.reach import Shape

_event, _case = table_of(Event).c, table_of(Case).c


@dataclass(frozen=True, kw_only=True)
class Filters:
    """`area` a 12-digit code of any level; with `open`, only who has a case that is not closed."""

    area: int | None = None
    open: bool = False


@dataclass(frozen=True)
class Line:
    """A person, and the cases about her in which the actor reads her name, newest first."""

    id: UUID
    cases: Sequence[Any]

    @property
    def subject(self) -> UUID:
        return self.id

    @property
    def open(self) -> int:
        return sum(case.closed_at is None for case in self.cases)

    @property
    def last_contact(self) -> datetime | None:
        spoken = [case.last_contact for case in self.cases if case.last_contact is not None]
        return max(spoken, default=None)


async def page(work: Work, filters: Filters, cursor: str | None, limit: int) -> dict[str, Any]:
    """A page of the people, who became known last first; `next` is None after the last. A page may
    hold fewer than `limit`: whose name was taken out of sight meanwhile is left out.

    Raises Invalid for a cursor of another list.
    """
    lines, following = await found(work, filters, cursor, limit)
    names = await listing.surnames(work, [case for line in lines for case in line.cases])
    return {"items": [_shown(work, line, names) for line in lines], "next": following}


async def found(
    work: Work, filters: Filters, cursor: str | None, limit: int
) -> tuple[Sequence[Line], str | None]:
    """The people of a page, and the next cursor."""
    question = {"people": True, **asdict(filters)}
    shapes, values = _asked(work, filters)
    if not shapes:
        return [], None
    values |= {"limit": limit + 1}
    if cursor is not None:
        (values["after"],) = cursors.read(cursor, question, "u")
    wanted = _subjects(shapes, filters.open, cursor is not None)
    ids = list((await work.connection.execute(wanted, values)).scalars())
    more, ids = len(ids) > limit, ids[:limit]
    cases = await _cases(work, ids)
    lines = [Line(id, cases[id]) for id in ids if id in cases]
    return lines, cursors.write((ids[-1],), question) if more else None


async def count(work: Work, filters: Filters) -> int:
    """How many people the pages of these filters hold in all."""
    shapes, values = _asked(work, filters)
    if not shapes:
        return 0
    parts = [_part(shape, at, filters.open)[1] for at, shape in enumerate(shapes)]
    merged = (union(*parts) if len(parts) > 1 else parts[0]).subquery("merged")
    counting = select(func.count()).select_from(merged)
    return int((await work.connection.execute(counting, values)).scalar_one())


def _asked(work: Work, filters: Filters) -> tuple[tuple[Shape, ...], dict[str, Any]]:
    """The parts of the actor's reach in which she reads names, and what is bound to them."""
    every = reach.narrowed([*reach.areas(work), *reach.given(work)], filters.area)
    parts, values = reach.naming(work, every), dict[str, Any]()
    for at, part in enumerate(parts):
        values |= part.values(work, at)
    return tuple(part.shape for part in parts), values


def _subjects(shapes: Sequence[Shape], open_: bool, after: bool) -> Select[tuple[Any]]:
    """The ids of the first `limit` people of all parts together, the newest first."""
    limit, found = bindparam("limit", type_=BigInteger), []
    for at, shape in enumerate(shapes):
        case, part = _part(shape, at, open_)
        if after:
            part = part.where(case.subject < bindparam("after", type_=Uuid))
        found.append(part.order_by(case.subject.desc()).limit(limit))
    merged = union(*found).subquery("merged") if len(found) > 1 else found[0].subquery("merged")
    return select(merged.c.subject).order_by(merged.c.subject.desc()).limit(limit)


def _part(shape: Shape, at: int, open_: bool) -> tuple[Any, Select[tuple[Any]]]:
    """Where the cases of a part are read from, and whom they are about, each once."""
    case = reach.rows(Case, shape)
    part = select(case.subject).distinct()
    part = part.where(*reach.condition(case, shape, at), case.subject.is_not(None))
    return case, part.where(case.closed_at.is_(None)) if open_ else part


async def _cases(work: Work, ids: Sequence[UUID]) -> dict[UUID, list[Any]]:
    """Person → the cases about her in which the actor reads her name, newest first, each with when
    somebody last spoke to her."""
    contact = (
        select(func.max(_event.happened_at).label("last_contact"))
        .where(
            _event.case_id == _case.id,
            _event.name.in_(contacts.VISITS),
            _event.replaced_by.is_(None),
        )
        .lateral("contact")
    )
    columns = (*(_case[name] for name in listing.CARD), _case.sex, _case.birth_year)
    wanted = (
        access.visible_cases(work.actor, work.kinds, *columns, contact.c.last_contact)
        .select_from(table_of(Case).outerjoin(contact, true()))
        .where(_case.subject == any_(bindparam("ids", type_=ARRAY(Uuid))))
        .order_by(_case.opened_at.desc(), _case.id.desc())
    )
    found: dict[UUID, list[Any]] = {}
    for row in await work.connection.execute(wanted, {"ids": list(ids)}):
        if access.decision(work, row, Purpose.LIST).sight >= Sight.S2:
            found.setdefault(row.subject, []).append(row)
    return found


def _shown(work: Work, line: Line, names: Mapping[Any, str]) -> dict[str, Any]:
    newest = line.cases[0]
    return {
        "id": line.id,
        "name": names.get(newest.id),
        "sex": newest.sex,
        "birth_year": newest.birth_year,
        "area": access.place_in(newest).code,
        "last_contact": line.last_contact,
        "open": line.open,
        "cases": [listing.card(work, case) for case in line.cases],
    }
