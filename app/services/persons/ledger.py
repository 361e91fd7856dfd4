"""The people whom cases are about, one line each: all cases one may see, and the last contact."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
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


async def page(work: Work, filters: Filters, cursor: str | None, limit: int) -> dict[str, Any]:
    """A page of the people, who became known last first; `next` is None after the last. A page may
    hold fewer than `limit`: who is named in no case for the actor is left out.

    Raises Invalid for a cursor of another list.
    """
    question = {"people": True, **asdict(filters)}
    parts = reach.narrowed([*reach.areas(work), *reach.given(work)], filters.area)
    if not parts:
        return {"items": [], "next": None}
    values: dict[str, Any] = {"limit": limit + 1}
    for at, part in enumerate(parts):
        values |= part.values(work, at)
    if cursor is not None:
        (values["after"],) = cursors.read(cursor, question, "u")
    wanted = _subjects(tuple(part.shape for part in parts), filters.open, cursor is not None)
    ids = list((await work.connection.execute(wanted, values)).scalars())
    more, ids = len(ids) > limit, ids[:limit]
    seen = await _cases(work, ids)
    names = await listing.surnames(work, [case for cases in seen.values() for case in cases])
    return {
        "items": [_line(work, id, seen[id], names) for id in ids if id in seen],
        "next": cursors.write((ids[-1],), question) if more else None,
    }


def _subjects(shapes: Sequence[Shape], open_: bool, after: bool) -> Select[tuple[Any]]:
    """The ids of the first `limit` people of all parts together, the newest first."""
    limit, found = bindparam("limit", type_=BigInteger), []
    for at, shape in enumerate(shapes):
        case = reach.rows(Case, shape)
        part = select(case.subject).distinct()
        part = part.where(*reach.condition(case, shape, at), case.subject.is_not(None))
        if open_:
            part = part.where(case.closed_at.is_(None))
        if after:
            part = part.where(case.subject < bindparam("after", type_=Uuid))
        found.append(part.order_by(case.subject.desc()).limit(limit))
    merged = union(*found).subquery("merged") if len(found) > 1 else found[0].subquery("merged")
    return select(merged.c.subject).order_by(merged.c.subject.desc()).limit(limit)


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


def _line(work: Work, id: UUID, cases: Sequence[Any], names: Mapping[Any, str]) -> dict[str, Any]:
    newest = cases[0]
    spoken = [case.last_contact for case in cases if case.last_contact is not None]
    return {
        "id": id,
        "name": names.get(newest.id),
        "sex": newest.sex,
        "birth_year": newest.birth_year,
        "area": access.place_in(newest).code,
        "last_contact": max(spoken, default=None),
        "open": sum(case.closed_at is None for case in cases),
        "cases": [listing.card(work, case) for case in cases],
    }
