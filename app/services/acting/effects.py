"""What an action brings about beside the new state: a closed set of verbs, carried out here."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, any_, bindparam, exists, func, or_, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from app import access, clock, crypto
from app.access import Work
from app.errors import Invalid, NoFreeBed
from app.ids import uuid7
from app.kinds.base import (
    AnswerReferral,
    Assign,
    CaseKind,
    Effect,
    FreeBed,
    Link,
    Move,
    Notify,
    OccupyBed,
    OpenLinked,
    Refer,
    Share,
)
from app.kinds.forms import Form
from app.models import (
    Account,
    Area,
    Bed,
    BedStay,
    CaseLink,
    Deadline,
    Grant,
    Notice,
    Organisation,
)
from app.models.columns import TZ, table_of
from app.places import place_of
from app.roles import Role
from app.services.acting import referrals
from app.services.acting.happened import Happened
from app.services.rows.batch import Batch
from app.services.rows.cards import Card

ORGANISATION_KIND = {Role.MEDIATOR: "mediation_committee"}
"""Where an organisation's kind is not the role's own name."""

COPIES = ("case_party", "party_gram", "bed_stay", "sitting", "deadline")
"""Tables that carry the place of their case and move with it; past events and met clocks stay."""


async def hand_over(
    work: Work, kind: CaseKind, case: Card, effects: Sequence[Effect], form: Form
) -> None:
    """Effects on who has the case and where it is: first, so that every new row copies them.

    Raises Invalid for an organisation that does not read such cases, or nobody of it.
    """
    seen = set(case.seen_by)
    for effect in wanted(effects, form):
        match effect:
            case Share():
                seen |= await _organisations(work, case, effect, form)
            case Assign():
                await _assign(work, kind, case, form)
                seen |= {h for h in (case.organisation_id, case.account_id) if h}
            case Move():
                seen |= set(work.actor.holders)
                await _move(work, kind, case, form)
                seen |= {case.organisation_id} if case.organisation_id else set()
            case Refer():
                await _check_organisation(
                    work, getattr(form, effect.field), effect.field, kind.read_by
                )
                seen.add(getattr(form, effect.field))
            case _:
                continue
    case.seen_by = sorted(seen)


async def after(
    work: Work,
    case: Card,
    event: Happened,
    effects: Sequence[Effect],
    form: Form,
    had: Collection[int],
    batch: Batch,
) -> list[OpenLinked]:
    """Effects that write rows of their own. `had` are the holders before the step. Returns the
    linked cases still to be opened."""
    linked: list[OpenLinked] = []
    for effect in wanted(effects, form):
        match effect:
            case Notify():
                for role in effect.to:
                    batch.add(Notice, **_notice(case, event, role, effect))
            case OpenLinked():
                linked.append(effect)
            case OccupyBed():
                await _occupy(work, case, event, getattr(form, effect.field))
            case FreeBed():
                await work.connection.execute(_FREE, {"case": case.id, "at": event.at})
            case Link():
                await _link(work, case, event, form, batch)
            case Refer():
                await referrals.send(work, case, event, form, had, batch)
            case AnswerReferral():
                await referrals.answer(work, case, event, form, effect.accepts, batch)
            case _:
                continue
    return linked


def wanted(effects: Sequence[Effect], form: Form) -> list[Effect]:
    """The effects that these answers bring about."""
    conditions = [(e, getattr(e, "only_if", None)) for e in effects]
    return [e for e, condition in conditions if condition is None or condition.holds(vars(form))]


_SERVING = (
    select(col(Organisation.id))
    .where(col(Organisation.kind) == bindparam("kind"), col(Organisation.closed_on).is_(None))
    .where(col(Organisation.district) == bindparam("district"))
    .where(col(Organisation.town).is_(None) | (col(Organisation.town) == bindparam("town")))
    .where(
        col(Organisation.village).is_(None) | (col(Organisation.village) == bindparam("village"))
    )
)
_KNOWN = select(col(Organisation.id)).where(
    col(Organisation.id) == bindparam("id"),
    col(Organisation.closed_on).is_(None),
    col(Organisation.kind) == any_(bindparam("kinds", type_=ARRAY(Text))),
)


async def _organisations(work: Work, case: Card, share: Share, form: Form) -> set[int]:
    if share.field is not None:
        chosen = getattr(form, share.field)
        if chosen is None:
            return set()
        await _check_organisation(work, chosen, share.field, {share.role})
        return {chosen}
    rows = await work.connection.execute(
        _SERVING,
        {
            "kind": ORGANISATION_KIND.get(share.role, share.role.value),
            "district": case.district,
            "town": case.town,
            "village": case.village,
        },
    )
    return {i for i in rows.scalars() if i is not None}


async def _check_organisation(
    work: Work, id: int | None, field: str, roles: Collection[Role]
) -> None:
    """Whoever works for these roles, and nobody else. Ids are shared out in time: one that is
    nobody's yet would give the case to a stranger."""
    kinds = [role.value for role in roles] + [k for k, r in referrals.ROLES.items() if r in roles]
    asked = {"id": id, "kinds": kinds}
    if id is not None and (await work.connection.execute(_KNOWN, asked)).first() is None:
        problem = {"field": field, "message": "请选择办理这类案件的单位"}
        raise Invalid("没有这个单位，或者它不办理这类案件", [problem])


_STAFF = select(col(Account.id)).where(
    col(Account.id) == bindparam("id"),
    col(Account.disabled_at).is_(None),
    col(Account.organisation_id) == bindparam("organisation"),
    exists().where(
        col(Grant.account_id) == col(Account.id),
        col(Grant.role) == any_(bindparam("roles", type_=ARRAY(Text))),
    ),
)


async def _assign(work: Work, kind: CaseKind, case: Card, form: Any) -> None:
    await _check_organisation(work, form.organisation_id, "organisation_id", kind.read_by)
    if form.account_id is not None:
        asked = {"id": form.account_id, "organisation": form.organisation_id}
        known = await work.connection.execute(_STAFF, asked | {"roles": sorted(kind.read_by)})
        if known.first() is None:
            problem = {"field": "account_id", "message": "请从列表中选择承办人"}
            raise Invalid("没有这个承办人", [problem])
    case.organisation_id, case.account_id = form.organisation_id, form.account_id


_AREA = select(col(Area.code)).where(
    col(Area.code) == bindparam("code"),
    col(Area.valid_from) <= bindparam("day"),
    or_(col(Area.valid_to).is_(None), col(Area.valid_to) > bindparam("day")),
)


async def _move(work: Work, kind: CaseKind, case: Card, form: Any) -> None:
    asked = {"code": form.area, "day": clock.local_day(clock.now())}
    if (await work.connection.execute(_AREA, asked)).first() is None:
        raise Invalid("没有这个地区", [{"field": "area", "message": "请从列表中选择地区"}])
    await _check_organisation(work, form.organisation_id, "organisation_id", kind.read_by)
    place = place_of(form.area)
    case.moved = True
    case.district, case.town, case.village = place.district, place.town, place.village
    case.organisation_id = form.organisation_id
    case.account_id = None


async def keep_copies(work: Work, case: Card, *, moved: bool) -> None:
    """Bring the place and holders that other rows copy from the case up to date."""
    values = {
        "district": case.district,
        "town": case.town,
        "village": case.village,
        "seen_by": case.seen_by,
        "case_id": case.id,
    }
    for table in COPIES:
        running = " and met_at is null and dropped_at is null" if table == "deadline" else ""
        place = "district = :district, town = :town, village = :village, " if moved else ""
        await work.connection.execute(
            text(f"update {table} set {place}seen_by = :seen_by where case_id = :case_id{running}"),  # noqa: S608
            values,
        )
    if not moved:
        await work.connection.execute(
            text("update event set seen_by = :seen_by where case_id = :case_id"), values
        )
    else:
        # Whoever sends a case away must still see what leaves with it.
        await access.enter_case(work, case.id)
        await work.connection.execute(_WAITING, values)
        await work.connection.execute(
            update(table_of(Deadline))
            .where(col(Deadline.case_id) == case.id, col(Deadline.met_at).is_(None))
            .values(organisation_id=case.organisation_id)
        )


_WAITING = text(
    "update subject_request set district = :district, town = :town, village = :village"
    " where case_id = :case_id and granted is null"
)
"""Requests go where they can be answered; those answered stay where they were (个保法 50)."""


def _notice(case: Card, event: Happened, role: Role, effect: Notify) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "case_id": case.id,
        "event_id": event.id,
        "role": role.value,
        "text": effect.text,
        "basis": effect.basis,
        "sent_at": event.at,
        "district": case.district,
        "town": case.town,
        "village": case.village,
        "seen_by": case.seen_by,
    }


_FREE = (
    update(table_of(BedStay))
    .where(col(BedStay.case_id) == bindparam("case"), col(BedStay.ended_at).is_(None))
    .values(ended_at=func.greatest(col(BedStay.started_at), bindparam("at", type_=TZ)))
)
_BED = select(col(Bed.shelter_id)).where(col(Bed.id) == bindparam("id"))


async def _occupy(work: Work, case: Card, event: Happened, bed_id: int) -> None:
    shelter_id = (await work.connection.execute(_BED, {"id": bed_id})).scalar_one_or_none()
    if shelter_id is None or shelter_id not in case.seen_by:
        raise Invalid("没有这个床位", [{"field": "answers.bed_id", "message": "请从空床中选择"}])
    stay = BedStay(
        id=uuid7(),
        bed_index=crypto.bed_index(crypto.keyring(), bed_id),
        case_id=case.id,
        started_at=event.at,
        district=case.district,
        town=case.town,
        village=case.village,
        seen_by=case.seen_by,
    )
    try:
        await work.connection.execute(
            table_of(BedStay).insert(),
            stay.model_dump(),
        )
    except IntegrityError as error:
        if "ex_bed_stay_one_at_a_time" not in str(error.orig):
            raise
        raise NoFreeBed("这张床位刚被占用，请另选一张") from None


LINKED_BY_HAND = "人工关联"
"""What a link says in the open; the reason that somebody typed is sealed in the event."""


async def _link(work: Work, case: Card, event: Happened, form: Any, batch: Batch) -> None:
    other: UUID = form.case_id
    if other == case.id:
        raise Invalid("案件不能与自己关联", [{"field": "case_id", "message": "请选择另一件案件"}])
    await access.check_reached(work, other)
    batch.add(CaseLink, **link_row(case, other, event, LINKED_BY_HAND))


def link_row(case: Card, other: UUID, event: Happened, why: str) -> dict[str, Any]:
    """The row that says why another case belongs with this one."""
    return {
        "case_id": case.id,
        "other_id": other,
        "event_id": event.id,
        "why": why,
        "linked_at": event.at,
        "district": case.district,
        "town": case.town,
        "village": case.village,
        "seen_by": case.seen_by,
    }
