"""The vault: what is kept there, who may be shown which of it, and showing it.

Where she lives, where she can safely be called, her shelter and bed, her child's school, who
reported: a leak of these costs a life (10号 4；反家暴法 14；粤办法 23). They leave on one way only.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import ARRAY, Uuid, any_, bindparam, select
from sqlmodel import col

from app import access, clock, crypto
from app.access import Work
from app.crypto import Place
from app.db import say
from app.errors import IdReused, Invalid, NotAllowed, NotFound, Stale
from app.kinds.forms import Form, Sight, note_of
from app.kinds.people import PersonAnswer
from app.models import Bed, CaseVault, Event, Organisation, PersonVault
from app.models.columns import table_of
from app.policy import BREAKS_GLASS, Purpose
from app.roles import Role
from app.services.identity import accounts
from app.services.persons import people
from app.services.record import audit
from app.services.record.audit import What
from app.services.rows import commands
from app.services.rows.batch import Batch
from app.services.seeing import looks
from app.services.seeing.looks import Opened
from app.services.walls import reveals


class Keeping(StrEnum):
    """For whom a fact of the vault is kept."""

    HANDLER = "handler"
    SHELTER = "shelter"
    REPORTER = "reporter"


KEPT_FOR: Final[Mapping[str, Keeping]] = {
    "present_address": Keeping.HANDLER,
    "safe_phone": Keeping.HANDLER,
    "school": Keeping.HANDLER,
    "school_id": Keeping.HANDLER,
    "informant": Keeping.HANDLER,
    "shelter_id": Keeping.SHELTER,
    "bed_id": Keeping.SHELTER,
    "pickup_place": Keeping.SHELTER,
    "received_by": Keeping.SHELTER,
    "destination": Keeping.SHELTER,
    "escort_name": Keeping.SHELTER,
    "to_whom": Keeping.SHELTER,
    "emergency_contact": Keeping.SHELTER,
    "emergency_phone": Keeping.SHELTER,
    "reporter_name": Keeping.REPORTER,
    "reporter_phone": Keeping.REPORTER,
}
"""Every answer that is kept in the vault."""


def keeping_of(name: str) -> Keeping:
    """For whom an answer is kept; what the table does not know, for the fewest."""
    return KEPT_FOR.get(name, Keeping.HANDLER)


WHO: Final[Mapping[Keeping, str]] = {
    Keeping.HANDLER: "承办人和紧急查阅的人员",
    Keeping.SHELTER: "承办人、接收她的庇护场所和紧急查阅的人员",
    Keeping.REPORTER: "承办的公安人员和公安主管人员",
}
BASIS: Final[Mapping[Keeping, str]] = {
    Keeping.HANDLER: "10号 4；妇保法 28",
    Keeping.SHELTER: "粤办法 42；189号 四(二)",
    Keeping.REPORTER: "反家暴法 14；粤办法 23",
}


def may_be_shown(
    keeping: Keeping, *, roles: Collection[Role], near: bool, in_charge: bool, supervisor: bool
) -> bool:
    """Whether somebody with these roles in a case is shown what is kept so. `near` is who has it in
    hand, or broke the glass to it: who reported is not what an emergency asks."""
    match keeping:
        case Keeping.REPORTER:
            return Role.POLICE in roles and (in_charge or supervisor)
        case Keeping.SHELTER:
            return near or Role.SHELTER in roles
        case Keeping.HANDLER:
            return near


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something in the vault of a case, or of one of its people; without what it says."""

    id: UUID
    name: str
    title: str
    widget: str | None
    person_id: UUID | None
    event_id: UUID | None
    recorded_at: datetime
    open: bool

    @property
    def keeping(self) -> Keeping:
        return keeping_of(self.name)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A fact of the vault with what it says."""

    fact: Fact
    value: str = field(repr=False)


_case, _person, _event = table_of(CaseVault).c, table_of(PersonVault).c, table_of(Event).c
_OF_CASE = (
    select(_case.id, _case.name, _case.event_id, _case.recorded_at, _event.name.label("event"))
    .join(Event, _event.id == _case.event_id)
    .where(_case.case_id == bindparam("case_id"), _event.replaced_by.is_(None))
    .order_by(_event.seq.desc(), _case.id)
)
_OF_PEOPLE = (
    select(_person.id, _person.name, _person.person_id, _person.recorded_at)
    .where(_person.person_id == any_(bindparam("people", type_=ARRAY(Uuid))))
    .order_by(_person.recorded_at.desc(), _person.id.desc())
)


async def enter(work: Work, case_id: UUID, people: Sequence[UUID]) -> None:
    """Let the transaction read what the vault has of a case that passed its gate and of its people.
    Looking at the case does not."""
    ids = ",".join(map(str, people))
    settings = f"set local app.vault_case = '{case_id}'; set local app.vault_people = '{ids}'"
    await say(work.connection, settings)


async def kept(work: Work, case_id: UUID) -> list[Fact]:
    """What the vault has of a case and of its people, the newest first, and whether the actor may
    be shown it. Of what is kept of a person, the newest of each. Raises NotFound."""
    return await _kept(work, await looks.open_for(work, case_id, "vault"))


async def _kept(work: Work, opened: Opened) -> list[Fact]:
    parties = {p.person_id for p in await access.parties_of(work, opened.row.id)}
    await enter(work, opened.row.id, sorted(parties))
    in_charge = opened.row.account_id == work.actor.account_id
    near = access.decision(work, opened.row, Purpose.REVEAL).sight is Sight.S4
    supervisor = work.actor.supervises(access.place_in(opened.row), {Role.POLICE})

    def fact(
        row: Any, form: type[Form] | None, person_id: UUID | None, event_id: UUID | None
    ) -> Fact:
        field = form.model_fields.get(row.name) if form else None
        note = note_of(field) if field else None
        return Fact(
            id=row.id,
            name=row.name,
            title=(field.title if field else None) or row.name,
            widget=note.widget if note else None,
            person_id=person_id,
            event_id=event_id,
            recorded_at=row.recorded_at,
            open=opened.sight >= Sight.S3
            and may_be_shown(
                keeping_of(row.name),
                roles=opened.roles,
                near=near,
                in_charge=in_charge,
                supervisor=supervisor,
            ),
        )

    asked = {"case_id": opened.row.id}
    facts = [
        fact(row, opened.kind.form_of(row.event), None, row.event_id)
        for row in await work.connection.execute(_OF_CASE, asked)
    ]
    newest: dict[tuple[UUID, str], Fact] = {}
    for row in await work.connection.execute(_OF_PEOPLE, {"people": sorted(parties)}):
        found = fact(row, PersonAnswer, row.person_id, None)
        newest.setdefault((row.person_id, row.name), found)
    return [*newest.values(), *facts]


_VALUES = {
    "case_vault": select(_case.id, _case.key, _case.sealed).where(
        _case.id == any_(bindparam("ids", type_=ARRAY(Uuid)))
    ),
    "person_vault": select(_person.id, _person.key, _person.sealed).where(
        _person.id == any_(bindparam("ids", type_=ARRAY(Uuid)))
    ),
}


async def reveal(
    work: Work, case_id: UUID, wanted: Sequence[UUID], reason: str
) -> tuple[list[Shown], datetime]:
    """What the wanted facts of a case say, and until when that may be shown. One look each, with
    the reason, is logged in the same transaction.

    Raises NotFound for a case out of sight or a fact that is not in its vault, NotAllowed for one
    that is kept for others, SecondFactorNeeded, TooManyReveals, Shredded.
    """
    opened = await looks.open_for(work, case_id, "vault")
    known = {fact.id: fact for fact in await _kept(work, opened)}
    facts = [known[id] for id in dict.fromkeys(wanted) if id in known]
    if len(facts) < len(set(wanted)):
        raise NotFound("没有这项保密信息")
    for fact in facts:
        if not fact.open:
            who, basis = WHO[fact.keeping], BASIS[fact.keeping]
            raise NotAllowed(f"“{fact.title}”只向{who}显示", basis=basis)
    await accounts.need_second_factor(work)
    await reveals.count(work, opened.row, opened.roles or work.actor.roles & BREAKS_GLASS)
    for fact in facts:
        await looks.log(
            work,
            f"reveal:{fact.name}",
            Sight.S4,
            case_id=case_id,
            person_id=fact.person_id,
            reason=reason,
        )
    values = await _values(work, facts)
    return [Shown(fact=f, value=values[f.id]) for f in facts], clock.now() + reveals.SHOWN_FOR


async def secrets(work: Work, opened: Opened, *, apart_from: Collection[UUID]) -> list[str]:
    """What the vault has of a case that passed its gate and of its people `apart_from` some: to be
    kept out of what leaves. Never to be shown."""
    facts = [fact for fact in await _kept(work, opened) if fact.person_id not in apart_from]
    return list((await _values(work, facts)).values())


async def _values(work: Work, facts: Sequence[Fact]) -> dict[UUID, str]:
    found: dict[UUID, str] = {}
    for table, statement in _VALUES.items():
        rows = await work.connection.execute(statement, {"ids": [fact.id for fact in facts]})
        found |= {row.id: opened_value(table, row) for row in rows}
    for fact in facts:
        if fact.widget in _NAMED:
            asked = _NAMED[fact.widget], {"id": int(found[fact.id])}
            found[fact.id] = (await work.connection.execute(*asked)).scalar_one()
    return found


def opened_value(table: str, row: Any) -> str:
    """What a row of the vault says. Shredded, Unreadable."""
    key = crypto.open_key(crypto.keyring(), row.key, "vault")
    return crypto.unseal_text(key, row.sealed, Place(table, "sealed", row.id))


_NAMED = {
    "organisation": select(col(Organisation.name)).where(col(Organisation.id) == bindparam("id")),
    "bed": select(col(Bed.label)).where(col(Bed.id) == bindparam("id")),
}
"""Where the answer is the number of an entry in a register."""


@dataclass(frozen=True, kw_only=True)
class NewFact:
    """A fact of a person as it is now; `replaces` is the one it follows, as the writer knew it."""

    id: UUID
    person_id: UUID
    name: str
    value: str = field(repr=False)
    replaces: UUID | None


async def put(work: Work, case_id: UUID, new: NewFact) -> bool:
    """Keep a new fact of one of the people of a case; what was kept before stays, as history. Gives
    whether it was new: the same again changes nothing.

    Whoever works on the case may bring a new address, without being shown the old one. Raises
    NotFound, also for who only broke the glass to it, NotAllowed below S2, Stale if another fact
    came in between, IdReused, Invalid.
    """
    opened = await looks.open_for(work, case_id, "vault")
    if not opened.roles:
        raise NotFound("没有这个案件")
    if opened.sight < Sight.S2:
        raise NotAllowed("您的角色不能填写人员信息")
    if new.person_id not in {p.person_id for p in await access.parties_of(work, case_id)}:
        raise NotFound("案件中没有这个人员")
    value = _valid(new)
    await access.person_for_change(work, new.person_id)
    await enter(work, case_id, [new.person_id])
    rows = (await work.connection.execute(_HISTORY, {"person_id": new.person_id})).all()
    if again := next((row for row in rows if row.id == new.id), None):
        if again.name != new.name or opened_value("person_vault", again) != value:
            raise IdReused(commands.REUSED)
        return False
    newest = next((row.id for row in rows if row.name == new.name), None)
    if newest != new.replaces:
        raise Stale("这项信息已被他人更新，请刷新后再改")
    batch = Batch()
    people.lock_away(new.person_id, new.name, value, batch, id=new.id)
    await batch.write(work.connection)
    account_id, about = work.actor.account_id, f"person_vault:{new.id}"
    await audit.note(work.connection, What.PERSON_CHANGED, account_id=account_id, about=about)
    return True


_HISTORY = (
    select(_person.id, _person.name, _person.key, _person.sealed)
    .where(_person.person_id == bindparam("person_id"))
    .order_by(_person.recorded_at.desc(), _person.id.desc())
)


def _valid(new: NewFact) -> str:
    try:
        answer = PersonAnswer.model_validate({new.name: new.value})
    except ValidationError:
        raise Invalid("填写的内容有误", [{"field": "value", "message": "格式有误"}]) from None
    value: str | None = getattr(answer, new.name)
    if not value:
        raise Invalid("填写的内容有误", [{"field": "value", "message": "必填"}])
    return value
