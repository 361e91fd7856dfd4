"""The docket: a dispute gets a room, a mediator and a time; where violence showed, the sides come
apart, and where it is dangerous, not at all (妇联规程 11；粤办法 17)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Text, bindparam, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from app import access, clock, crypto
from app.access import Work
from app.errors import (
    CaseTaken,
    Conflict,
    IdReused,
    Invalid,
    MediatorTaken,
    NotFound,
    Refused,
    RoomTaken,
)
from app.kinds.forms import Empty, Sight
from app.kinds.guards import Fact
from app.kinds.mediation import guards
from app.kinds.people import PartyRole
from app.models import Account, CaseParty, Grant, Room, Sitting
from app.models.columns import TZ, table_of
from app.policy import Purpose
from app.roles import Role
from app.services.acting import cases, facts
from app.services.persons import people
from app.services.rows.cards import Card, card_of
from app.services.rows.commands import REUSED
from app.services.seeing import listing

APART: Final = timedelta(minutes=15)
"""How far apart the sides arrive where violence showed (设计：粤办法 17)."""

LONGEST: Final = timedelta(hours=4)
MOST: Final = 500
"""Sittings of a month in one district; a page that holds more is asked for by weeks."""

STEP: Final = "hold_session"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A sitting to be: when it starts and ends and each side arrives, in which room, by whom."""

    room_id: int
    mediator_id: int
    starts_at: datetime
    ends_at: datetime
    arrives_a: datetime
    arrives_b: datetime


_sitting, _room, _party = (table_of(m).c for m in (Sitting, Room, CaseParty))
_ROOM = select(_room.id).where(_room.id == bindparam("id"), _room.closed_at.is_(None))
_MEDIATOR = (
    select(col(Account.id))
    .join(Grant, col(Grant.account_id) == col(Account.id))
    .where(
        col(Account.id) == bindparam("id"),
        col(Account.disabled_at).is_(None),
        col(Grant.role) == Role.MEDIATOR.value,
    )
)
_TURN = text(
    "select pg_advisory_xact_lock(hashtextextended(key, 0)) from unnest(:keys) key"
).bindparams(bindparam("keys", type_=ARRAY(Text)))
"""Who wants the same room or mediator at the same moment waits here: two that stood in each
other's way in the constraints would both be turned away."""

TAKEN: Final[Mapping[str, tuple[type[Conflict], str]]] = {
    "ex_sitting_room": (RoomTaken, "这间调解室在该时段已有安排，请另选时间或者房间"),
    "ex_sitting_mediator": (MediatorTaken, "该调解员在该时段已有安排，请另选时间或者调解员"),
    "ex_sitting_case": (CaseTaken, "本案在该时段已有安排，请另选时间"),
}


async def arrange(work: Work, id: UUID, case_id: UUID, wanted: Wanted) -> bool:
    """Put a sitting on the docket; whether it is new.

    Raises NotFound, NotAllowed and WrongState as the step of holding it, Refused where mediation is
    too dangerous or the sides would meet at the door, Invalid, RoomTaken,
    MediatorTaken, CaseTaken where one has a sitting at that time.
    """
    kind = work.kinds["mediation"]
    row = await access.load_for_action(work, case_id)
    action = kind.action(STEP)
    if row.kind != kind.name or action is None:
        raise NotFound("没有这件调解案件")
    case = card_of(row)
    cases.check_possible(
        kind, case, action, work.actor.roles_in(access.place_in(case), case.seen_by)
    )
    print_ = _fingerprint(work, case_id, wanted)
    if await _again(work, id, print_):
        return False
    violent = await judge(work, case)
    _check_times(wanted, violent=violent)
    await _check_known(work, wanted)
    made = insert(table_of(Sitting)).values(
        id=id,
        case_id=case_id,
        kind=kind.name,
        **asdict(wanted),
        apart=violent,
        account_id=work.actor.account_id,
        fingerprint=print_,
        seen_by=case.seen_by,
        **access.place_in(case)._asdict(),
    )
    keys = [f"sitting/mediator/{wanted.mediator_id}", f"sitting/room/{wanted.room_id}"]
    await work.connection.execute(_TURN, {"keys": keys})
    try:
        await work.connection.execute(made)
    except IntegrityError as error:
        if '"sitting_pkey"' in str(error.orig):
            raise IdReused(REUSED) from None
        for constraint, (refusal, words) in TAKEN.items():
            if constraint in str(error.orig):
                raise refusal(words) from None
        raise
    return True


def _fingerprint(work: Work, case_id: UUID, wanted: Wanted) -> bytes:
    body = {"case": case_id} | asdict(wanted)
    return crypto.fingerprint(crypto.keyring(), work.actor.account_id, "sitting", body)


async def _again(work: Work, id: UUID, print_: bytes) -> bool:
    known = select(_sitting.fingerprint).where(_sitting.id == id)
    found = (await work.connection.execute(known)).scalar_one_or_none()
    if found is not None and found != print_:
        raise IdReused(REUSED)
    return found is not None


async def judge(work: Work, case: Card) -> bool:
    """Whether violence showed in the case. Raises Refused where nobody may mediate it."""
    known = await facts.load(
        work,
        case,
        frozenset({Fact.ANSWERS, Fact.DANGER}),
        at=clock.now(),
        roles=work.actor.roles,
        supervisor=False,
    )
    dangerous = guards.not_too_dangerous
    if refusal := dangerous.check(known, Empty()):
        raise Refused(refusal.type, refusal.detail, basis=dangerous.basis)
    talks = (*known.answers.get("screen_party", ()), *known.answers.get(STEP, ()))
    return known.danger is not None or any(talk.get("dv_found") for talk in talks)


def _check_times(wanted: Wanted, *, violent: bool) -> None:
    if not timedelta() < wanted.ends_at - wanted.starts_at <= LONGEST:
        raise Invalid("时间有误", [{"field": "ends_at", "message": "应晚于开始时间，最长四小时"}])
    if wanted.starts_at <= clock.now():
        raise Invalid("时间有误", [{"field": "starts_at", "message": "请安排今后的时间"}])
    for name in ("arrives_a", "arrives_b"):
        if getattr(wanted, name) > wanted.ends_at:
            raise Invalid("时间有误", [{"field": name, "message": "不能晚于结束时间"}])
    if violent and abs(wanted.arrives_a - wanted.arrives_b) < APART:
        raise Refused(
            "arrive-apart",
            "双方到场时间须错开十五分钟以上，避免在门口相遇",
            basis="粤办法 17；设计",
        )


async def _check_known(work: Work, wanted: Wanted) -> None:
    for field, statement in (("room_id", _ROOM), ("mediator_id", _MEDIATOR)):
        asked = {"id": getattr(wanted, field)}
        if (await work.connection.execute(statement, asked)).first() is None:
            raise Invalid("请从列表中选择", [{"field": field, "message": "请从列表中选择"}])


async def cancel(work: Work, id: UUID) -> None:
    """Take a sitting off the docket; it stays on record. Raises NotFound."""
    found = select(_sitting.case_id).where(_sitting.id == id, _sitting.cancelled_at.is_(None))
    case_id = (await work.connection.execute(found)).scalar_one_or_none()
    if case_id is None:
        raise NotFound("没有这项安排")
    row = await access.load_for_action(work, case_id)
    kind, case = work.kinds[row.kind], card_of(row)
    action = kind.action(STEP)
    roles = work.actor.roles_in(access.place_in(case), case.seen_by)
    if action is None or not roles & action.by:
        raise NotFound("没有这项安排")
    off = update(table_of(Sitting)).where(_sitting.id == id).values(cancelled_at=clock.now())
    await work.connection.execute(off)


_LISTED = (
    select(
        *(c for c in _sitting if c.name not in ("id", "fingerprint")),
        _sitting.id.label("sitting_id"),
        _sitting.case_id.label("id"),
        _room.name.label("room"),
        col(Account.display_name).label("mediator"),
    )
    .join(Room, _room.id == _sitting.room_id)
    .join(Account, col(Account.id) == _sitting.mediator_id)
    .where(
        _sitting.starts_at < bindparam("until", type_=TZ),
        _sitting.starts_at > bindparam("since", type_=TZ) - LONGEST,
        _sitting.ends_at > bindparam("since", type_=TZ),
        _sitting.cancelled_at.is_(None),
    )
    .order_by(_sitting.starts_at, _sitting.id)
    .limit(bindparam("limit", type_=BigInteger))
)
_SIDES = select(_party.case_id, _party.role, _party.person_id).where(
    _party.role.in_([PartyRole.PARTY_A.value, PartyRole.PARTY_B.value])
)


_BUSY = text("select * from sittings_taken(:since, :until)").bindparams(
    bindparam("since", type_=TZ), bindparam("until", type_=TZ)
)


async def docket(work: Work, since: datetime, until: datetime) -> dict[str, Any]:
    """What stands between two moments in the actor's reach, the earliest first, each with the
    surnames of the sides for who reads them; `more` says that there is more than is shown.

    `taken` is when rooms and mediators have sittings that are out of the actor's sight: to arrange
    one, a mediator has to know which hours are free, and no more.
    """
    readable = access.readable_kinds(work.actor, work.kinds)
    wanted = _LISTED.where(
        access.scope(Sitting, work.actor), _sitting.kind.in_(readable)
    )  # fmt: skip
    asked = {"since": since, "until": until, "limit": MOST + 1}
    rows = (await work.connection.execute(wanted, asked)).all()
    shown = [row for row in rows[:MOST] if access.decision(work, row).sight >= Sight.S1]
    sides = await _sides(work, shown)
    return {
        "items": [_shown(row, sides) for row in shown],
        "taken": await _taken(work, shown, since, until),
        "more": len(rows) > MOST,
    }


async def _taken(
    work: Work, shown: Sequence[Any], since: datetime, until: datetime
) -> list[dict[str, Any]]:
    if Role.MEDIATOR not in work.actor.roles:
        return []
    known = {(row.room_id, row.starts_at) for row in shown}
    busy = (await work.connection.execute(_BUSY, {"since": since, "until": until})).all()
    return [dict(row._mapping) for row in busy if (row.room_id, row.starts_at) not in known]


Sides = Mapping[tuple[UUID, str], str]


async def _sides(work: Work, rows: Sequence[Any]) -> Sides:
    named = [r.id for r in rows if access.decision(work, r, Purpose.LIST).sight >= Sight.S2]
    if not named:
        return {}
    parties = (await work.connection.execute(_SIDES.where(_party.case_id.in_(named)))).all()
    known = await access.people_of(work, [party.person_id for party in parties])
    masked = {id: listing.mask(people.opened(person).get("name")) for id, person in known.items()}
    return {(p.case_id, p.role): name for p in parties if (name := masked.get(p.person_id))}


def _shown(row: Any, sides: Sides) -> dict[str, Any]:
    return {
        "id": row.sitting_id,
        "case_id": row.id,
        "room_id": row.room_id,
        "room": row.room,
        "mediator_id": row.mediator_id,
        "mediator": row.mediator,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "arrives_a": row.arrives_a,
        "arrives_b": row.arrives_b,
        "apart": row.apart,
        "party_a": sides.get((row.id, PartyRole.PARTY_A.value)),
        "party_b": sides.get((row.id, PartyRole.PARTY_B.value)),
    }
