"""Whom a case was given to or who was told of it: one row each, in the step's own transaction."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Uuid, and_, bindparam, select, tuple_
from sqlmodel import col

from app import access
from app.access import Work
from app.errors import NotAllowed
from app.ids import uuid7
from app.kinds.base import Effect, Notify
from app.kinds.forms import Form
from app.models import Account, Disclosure, Organisation
from app.models.columns import TZ, table_of
from app.permissions import HOLDERS, Permission
from app.places import Place, place_of
from app.roles import Role
from app.services.acting import effects
from app.services.acting.happened import Happened
from app.services.rows import cursors, titles
from app.services.rows.batch import Batch
from app.services.rows.cards import Card
from app.services.seeing import looks, reach
from app.services.seeing.listing import Page

Had = tuple[Place, frozenset[int]]
"""Where a case is, and the ids of those it was given to."""


def had(case: Card) -> Had:
    """Who has the case, to be compared after the step."""
    return access.place_in(case), frozenset(case.seen_by)


def note(
    work: Work,
    case: Card,
    event: Happened,
    basis: str,
    wanted: Sequence[Effect],
    form: Form,
    before: Had,
    batch: Batch,
) -> None:
    """Put on the list whoever learns of the case by this step and did not before (个保法 23;
    网数条例 12). `basis` is the step's article; a notice has its own."""
    place, holders = before
    given = set(case.seen_by) - holders - set(work.actor.holders)
    found: list[tuple[dict[str, Any], str]] = [({"recipient_id": h}, basis) for h in sorted(given)]
    if access.place_in(case) != place:
        found.append(({"recipient_area": access.place_in(case).code}, basis))
    for effect in effects.wanted(wanted, form):
        if isinstance(effect, Notify):
            told = [role for role in effect.to if role not in work.actor.roles]
            found += [({"recipient_role": role.value}, effect.basis) for role in told]
    for recipient, ground in found:
        batch.add(
            Disclosure,
            **NOBODY | recipient,
            id=uuid7(),
            case_id=case.id,
            event_id=event.id,
            kind=case.kind,
            step=event.name,
            basis=ground,
            disclosed_at=event.at,
            district=place.district,
            town=place.town,
            village=place.village,
        )


NOBODY: dict[str, Any] = {"recipient_id": None, "recipient_role": None, "recipient_area": None}

_columns = table_of(Disclosure).c
_LISTED = (
    select(*_columns, col(Organisation.name).label("organisation"), col(Account.display_name))
    .outerjoin(Organisation, col(Organisation.id) == _columns.recipient_id)
    .outerjoin(Account, col(Account.id) == _columns.recipient_id)
    .order_by(_columns.disclosed_at.desc(), _columns.id.desc())
    .limit(bindparam("limit", type_=BigInteger))
)
_AFTER = tuple_(_columns.disclosed_at, _columns.id) < tuple_(
    bindparam("disclosed_at", type_=TZ), bindparam("id", type_=Uuid)
)


async def of_case(work: Work, case_id: UUID, cursor: str | None, limit: int) -> Page:
    """Everybody one case was given to, newest first. Raises NotFound, Invalid for a cursor of
    another list."""
    opened = await looks.open_for(work, case_id, "case_disclosures")
    await access.enter_case(work, opened.row.id)
    return await _page(work, _columns.case_id == case_id, {"case": str(case_id)}, cursor, limit)


async def of_area(work: Work, area: int, cursor: str | None, limit: int) -> Page:
    """Everything shared in an area of cases that its supervisors read, newest first, for these
    (网数条例 12). Raises NotAllowed, Invalid for a cursor of another list."""
    place = place_of(area)
    if not work.actor.supervises(place, HOLDERS[Permission.DISCLOSURES_READ]):
        raise NotAllowed("提供记录由该地区的主管人员查看")
    level = reach.level_of(place)
    readable = access.readable_kinds(work.actor, work.kinds)
    within = and_(_columns[level] == area, _columns.kind.in_(readable))
    return await _page(work, within, {"area": area}, cursor, limit)


async def _page(
    work: Work,
    within: ColumnElement[bool],
    question: dict[str, Any],
    cursor: str | None,
    limit: int,
) -> Page:
    wanted = _LISTED.where(within)
    values: dict[str, Any] = {"limit": limit + 1}
    if cursor is not None:
        values["disclosed_at"], values["id"] = cursors.read(cursor, question, "tu")
        wanted = wanted.where(_AFTER)
    rows = (await work.connection.execute(wanted, values)).all()
    more, rows = len(rows) > limit, rows[:limit]
    return Page(
        items=[_shown(work, row) for row in rows],
        next=cursors.write((rows[-1].disclosed_at, rows[-1].id), question) if more else None,
    )


def _shown(work: Work, row: Any) -> dict[str, Any]:
    role = Role(row.recipient_role).label if row.recipient_role else None
    kind = work.kinds[row.kind]
    return {
        "id": row.id,
        "case_id": row.case_id,
        "event_id": row.event_id,
        "kind": row.kind,
        "kind_title": kind.title,
        "step": row.step,
        "step_title": titles.step(kind, row.step),
        "recipient": row.organisation or row.display_name or role,
        "recipient_area": row.recipient_area,
        "basis": row.basis,
        "disclosed_at": row.disclosed_at,
    }
