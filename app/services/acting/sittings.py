"""The docket: a dispute gets a room, a mediator and a time; where violence showed, the sides come
apart, and where it is dangerous, not at all (妇联规程 11；粤办法 17)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Text, Uuid, any_, bindparam, or_, select, text, update
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
from app.models import Account, CaseParty, Grant, Recusal, Room, Sitting
from app.models.columns import MANY, TZ, table_of
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


_sitting, _room, _party, _recusal = (table_of(m).c for m in (Sitting, Room, CaseParty, Recusal))
_ROOM = select(_room.id).where(_room.id == bindparam("id"), _room.closed_at.is_(None))
_HOLDERS = bindparam("holders", type_=MANY)
_MEDIATORS = (
    select(col(Account.id), col(Account.display_name))
    .join(Grant, col(Grant.account_id) == col(Account.id))
    .where(
        col(Account.disabled_at).is_(None),
        col(Grant.role) == Role.MEDIATOR.value,
        or_(
            col(Account.id) == any_(_HOLDERS),
            col(Account.organisation_id) == any_(_HOLDERS),
        ),
    )
    .distinct()
    .order_by(col(Account.display_name), col(Account.id))
)
"""The mediators of the committees that have a case: one of them is named for it (调解法 19)."""

_RECUSED = select(_recusal.account_id).where(
    _recusal.case_id == bindparam("id"), _recusal.ended_at.is_(None)
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
    too dangerous, the sides would meet at the door or the mediator has to step back, Invalid,
    RoomTaken, MediatorTaken, CaseTaken where one has a sitting at that time.
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
    await _check_known(work, case, wanted)
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


async def _check_known(work: Work, case: Card, wanted: Wanted) -> None:
    room = await work.connection.execute(_ROOM, {"id": wanted.room_id})
    if room.first() is None:
        raise Invalid("请从列表中选择", [{"field": "room_id", "message": "请从列表中选择"}])
    known = {one["id"]: one["recused"] for one in await _mediators(work, case)}
    if wanted.mediator_id not in known:
        raise Invalid("请从列表中选择", [{"field": "mediator_id", "message": "请从列表中选择"}])
    if known[wanted.mediator_id]:
        # Why is not for the arranger to know: a relative, a case of her own, her own wish.
        raise Refused(
            "mediator-recused",
            "该调解员不能调解本案，请另选调解员",
            basis="调解法 21, 23(一)；司法部令75 25；特邀调解 15",
        )


async def mediators(work: Work, case_id: UUID) -> list[dict[str, Any]]:
    """Who may be named for a case: id, display_name, and whether she has to step back from it
    (`recused`); not why. Raises NotFound as `arrange`, and for who could not arrange it."""
    row = await access.load_case(work, case_id)
    _check_arranges(work, row)
    return await _mediators(work, row)


async def _mediators(work: Work, case: Any) -> list[dict[str, Any]]:
    await access.enter_case(work, case.id)
    barred = set((await work.connection.execute(_RECUSED, {"id": case.id})).scalars())
    found = (await work.connection.execute(_MEDIATORS, {"holders": list(case.seen_by)})).all()
    return [dict(row._mapping) | {"recused": row.id in barred} for row in found]


def _check_arranges(work: Work, row: Any) -> None:
    action = work.kinds[row.kind].action(STEP)
    roles = work.actor.roles_in(access.place_in(row), row.seen_by)
    if action is None or not roles & action.by:
        raise NotFound("没有这项安排")


async def cancel(work: Work, id: UUID) -> None:
    """Take a sitting off the docket; it stays on record. Raises NotFound."""
    found = select(_sitting.case_id).where(_sitting.id == id, _sitting.cancelled_at.is_(None))
    case_id = (await work.connection.execute(found)).scalar_one_or_none()
    if case_id is None:
        raise NotFound("没有这项安排")
    _check_arranges(work, await access.load_for_action(work, case_id))
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


_MUST_CHANGE = text("select sittings_recused(:ids)").bindparams(bindparam("ids", type_=ARRAY(Uuid)))
_BUSY = text("select * from sittings_taken(:since, :until)").bindparams(
    bindparam("since", type_=TZ), bindparam("until", type_=TZ)
)


async def docket(work: Work, since: datetime, until: datetime) -> dict[str, Any]:
    """What stands between two moments in the actor's reach, the earliest first, each with the
    surnames of the sides for who reads them; `more` says that there is more than is shown.

    `recused`, told to who carries the case, says that another mediator has to be found: who was
    named has to step back since. `taken` is when rooms and mediators have sittings that are out of
    the actor's sight: to arrange one, a mediator has to know which hours are free, and no more.
    """
    readable = access.readable_kinds(work.actor, work.kinds)
    wanted = _LISTED.where(
        access.scope(Sitting, work.actor), _sitting.kind.in_(readable)
    )  # fmt: skip
    asked = {"since": since, "until": until, "limit": MOST + 1}
    rows = (await work.connection.execute(wanted, asked)).all()
    shown = [row for row in rows[:MOST] if access.decision(work, row).sight >= Sight.S1]
    sides, changing = await sides_of(work, shown), await _changing(work, shown)
    return {
        "items": [_shown(row, sides, row.sitting_id in changing) for row in shown],
        "taken": await _taken(work, shown, since, until),
        "more": len(rows) > MOST,
    }


async def _changing(work: Work, rows: Sequence[Any]) -> Collection[UUID]:
    ids = [row.sitting_id for row in rows if access.carries(work, row)]
    if not ids:
        return ()
    return set((await work.connection.execute(_MUST_CHANGE, {"ids": ids})).scalars())


async def _taken(
    work: Work, shown: Sequence[Any], since: datetime, until: datetime
) -> list[dict[str, Any]]:
    if Role.MEDIATOR not in work.actor.roles:
        return []
    known = {(row.room_id, row.starts_at) for row in shown}
    busy = (await work.connection.execute(_BUSY, {"since": since, "until": until})).all()
    return [dict(row._mapping) for row in busy if (row.room_id, row.starts_at) not in known]


Sides = Mapping[tuple[UUID, str], str]


async def sides_of(work: Work, rows: Sequence[Any]) -> Sides:
    """The surnames of both sides of the cases of these rows, of those that the actor reads."""
    named = [r.id for r in rows if access.decision(work, r, Purpose.LIST).sight >= Sight.S2]
    if not named:
        return {}
    parties = (await work.connection.execute(_SIDES.where(_party.case_id.in_(named)))).all()
    known = await access.people_of(work, [party.person_id for party in parties])
    masked = {id: listing.mask(people.opened(person).get("name")) for id, person in known.items()}
    return {(p.case_id, p.role): name for p in parties if (name := masked.get(p.person_id))}


def _shown(row: Any, sides: Sides, recused: bool) -> dict[str, Any]:
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
        "recused": recused,
        "party_a": sides.get((row.id, PartyRole.PARTY_A.value)),
        "party_b": sides.get((row.id, PartyRole.PARTY_B.value)),
    }
