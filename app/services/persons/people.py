"""People as they come into cases: found again or made new, sealed, and joined to the case."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, column, text, update
from sqlmodel import col

from app import access, clock, crypto, db
from app.access import Work
from app.crypto import DataKey, Place
from app.errors import Invalid, NotFound
from app.ids import uuid7
from app.kinds.identity import birth_and_sex
from app.kinds.people import Flag, PartyRole, PersonAnswer, Relation, Sex
from app.models import CaseParty, PartyGram, Person, PersonMatch, PersonVault
from app.models.columns import table_of
from app.services.persons import changes
from app.services.rows.batch import Batch
from app.services.rows.cards import Card

VAULTED = ("present_address", "safe_phone", "school")
SEALED = ("name", "id_number", "phone", "birth_on", "home_address", "safe_contact")


@dataclass(frozen=True, kw_only=True)
class Known:
    """A person of the case at hand, as far as other rows need to copy."""

    id: UUID
    role: PartyRole
    relation: Relation | None
    sex: Sex | None
    birth_on: date | None
    id_number: str | None = field(default=None, repr=False)
    flags: frozenset[Flag]


async def take(
    work: Work, case: Card, event_id: UUID, role: PartyRole, answer: PersonAnswer, batch: Batch
) -> Known:
    """The person of an answer: the one it picks, else a new row; joined to the case.

    Somebody who looks like a person already known is noted for a human to decide.
    Who picks a person without carrying a case of hers adds to what is known and overwrites nothing.
    Raises Invalid if the picked person is not among those the actor may see.
    """
    if answer.person_id is not None:
        return await _again(work, case, event_id, role, answer, batch)
    person_id, wrapped = uuid7(), crypto.new_key(crypto.keyring())
    key = crypto.open_key(crypto.keyring(), wrapped)
    facts = _facts(answer)
    batch.add(Person, id=person_id, key=wrapped, version=1, **_columns(key, person_id, facts))
    known = _known(person_id, role, answer.relation, facts)
    _join(case, event_id, known, facts, batch)
    _lock_away(person_id, answer, batch)
    for other, reason in await _alike(work, person_id, facts):
        batch.add(PersonMatch, person_id=person_id, other_id=other, reason=reason)
    return known


async def _again(
    work: Work, case: Card, event_id: UUID, role: PartyRole, answer: PersonAnswer, batch: Batch
) -> Known:
    person_id = answer.person_id
    assert person_id is not None  # noqa: S101 - the caller's branch
    try:
        row, carries = await access.person_for_change(work, person_id)
    except NotFound:
        raise Invalid(
            "所选人员不存在或不在您的工作范围",
            [{"field": "person_id", "message": "请重新选择人员"}],
        ) from None
    key = crypto.open_key(crypto.keyring(), row.key)
    before = crypto.unseal_values(key, row.sealed, Place("person", "sealed", person_id))
    before |= {"sex": row.sex, "flags": list(row.flags)}
    said = changes.differing(before, _facts(answer))
    taken = said if carries else changes.additions(before, said)
    otherwise = {name: value for name, value in said.items() if name not in taken}
    facts = before | taken
    if taken:
        await work.connection.execute(
            _UPDATE, {"pid": person_id, **_columns(key, person_id, facts)}
        )
    changes.keep(work, batch, person_id, event_id, before, taken, taken=True)
    changes.keep(work, batch, person_id, event_id, before, otherwise, taken=False)
    if otherwise:
        await changes.tell(work, person_id, case.id, changes.SAID_OTHERWISE)
    if "safe_contact" in taken and before.get("safe_contact"):
        await changes.tell(work, person_id, case.id, changes.CONTACT_CHANGED)
    known = _known(person_id, role, answer.relation, facts)
    _join(case, event_id, known, facts, batch)
    _lock_away(person_id, answer, batch)
    return known


_UPDATE = (
    update(table_of(Person))
    .where(col(Person.id) == bindparam("pid"))
    .values(
        version=col(Person.version) + 1,
        **{
            name: bindparam(name)
            for name in ("sealed", "id_index", "phone_index", "name_index", "sex", "birth_year")
        },
        flags=bindparam("flags"),
    )
)


def _facts(answer: PersonAnswer) -> dict[str, Any]:
    facts = {name: getattr(answer, name) for name in SEALED}
    sex = answer.sex
    if answer.id_number:
        born, read = birth_and_sex(answer.id_number)
        facts["birth_on"], sex = born, Sex(read)
    facts["sex"] = sex.value if sex else None
    facts["flags"] = sorted(f.value for f in answer.flags)
    return facts


def _columns(key: DataKey, person_id: UUID, facts: dict[str, Any]) -> dict[str, Any]:
    ring = crypto.keyring()
    born = _day(facts.get("birth_on"))
    if born is not None and born > clock.local_day(clock.now()):
        problem = {"field": "birth_on", "message": "出生日期晚于今天"}
        raise Invalid("出生日期有误，请核对", [problem])
    secret = {name: facts[name] for name in SEALED if facts.get(name) is not None}
    return {
        "sealed": crypto.seal(key, secret, Place("person", "sealed", person_id)),
        "id_index": _index(facts, "id_number"),
        "phone_index": _index(facts, "phone"),
        "name_index": crypto.index(ring, "name", facts["name"]) if facts.get("name") else None,
        "sex": facts.get("sex"),
        "birth_year": born.year if born else None,
        "flags": facts["flags"],
    }


def _index(facts: dict[str, Any], name: Any) -> bytes | None:
    return crypto.index(crypto.keyring(), name, facts[name]) if facts.get(name) else None


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _known(
    person_id: UUID, role: PartyRole, relation: Relation | None, facts: dict[str, Any]
) -> Known:
    return Known(
        id=person_id,
        role=role,
        relation=relation,
        sex=Sex(facts["sex"]) if facts.get("sex") else None,
        birth_on=_day(facts.get("birth_on")),
        id_number=facts.get("id_number"),
        flags=frozenset(Flag(f) for f in facts["flags"]),
    )


def _join(case: Card, event_id: UUID, known: Known, facts: dict[str, Any], batch: Batch) -> None:
    placed = {
        "district": case.district,
        "town": case.town,
        "village": case.village,
        "seen_by": case.seen_by,
    }
    batch.add(
        CaseParty,
        case_id=case.id,
        person_id=known.id,
        role=known.role.value,
        relation=known.relation.value if known.relation else None,
        event_id=event_id,
        id_index=_index(facts, "id_number"),
        phone_index=_index(facts, "phone"),
        joined_at=clock.now(),
        **placed,
    )
    for gram in crypto.grams(crypto.keyring(), facts["name"]) if facts.get("name") else ():
        batch.add(PartyGram, gram=gram, case_id=case.id, person_id=known.id, **placed)


def _lock_away(person_id: UUID, answer: PersonAnswer, batch: Batch) -> None:
    for name in VAULTED:
        if value := getattr(answer, name):
            lock_away(person_id, name, value, batch, id=uuid7())


def lock_away(person_id: UUID, name: str, value: str, batch: Batch, *, id: UUID) -> None:
    """Put an S4 fact of a person into the vault, in a row with this id."""
    wrapped = crypto.new_key(crypto.keyring(), "vault")
    key = crypto.open_key(crypto.keyring(), wrapped, "vault")
    batch.add(
        PersonVault,
        id=id,
        person_id=person_id,
        name=name,
        key=wrapped,
        sealed=crypto.seal(key, value, Place("person_vault", "sealed", id)),
    )


def masked(phone: str | None) -> str | None:
    """A number as it is shown until somebody says why she needs it: 138****0000."""
    return f"{phone[:3]}****{phone[-4:]}" if phone else None


_ALIKE = text("select id, reason from same_people(:self, :number, :tel, :called) limit 20").columns(
    column("id"), column("reason")
)


async def _alike(work: Work, person_id: UUID, facts: dict[str, Any]) -> Sequence[tuple[UUID, str]]:
    if not (facts.get("id_number") or (facts.get("phone") and facts.get("name"))):
        return ()
    values = {
        "self": person_id,
        "number": _index(facts, "id_number"),
        "tel": _index(facts, "phone"),
        "called": _index(facts, "name"),
    }
    found = await db.rows(work.connection, _ALIKE, values)
    return [(row.id, row.reason) for row in found]


def age_at(born: date, at: datetime) -> int:
    """Full years at a moment; nought for a child that was still to be born then."""
    return clock.age_on(born, max(born, clock.local_day(at)))


def flags_on(
    known_flags: frozenset[Flag], sex: Sex | None, born: date | None, at: datetime
) -> list[Flag]:
    """Special-protection flags at a moment: those recorded, and those that age brings
    (反家暴法 5；个保法 28; 老年人权益保障法 2)."""
    flags = set(known_flags)
    if born is not None:
        age = age_at(born, at)
        flags -= {Flag.MINOR, Flag.GIRL_UNDER14, Flag.ELDERLY}
        if age < 18:
            flags.add(Flag.MINOR)
        if age < 14 and sex is Sex.FEMALE:
            flags.add(Flag.GIRL_UNDER14)
        if age >= 60:
            flags.add(Flag.ELDERLY)
    return sorted(flags)


def opened(row: Any) -> dict[str, Any]:
    """The sealed facts of a person row: name, numbers, birth date, addresses, safe contact; none
    if they were deleted by law."""
    if row.key == crypto.DESTROYED:
        return {}
    key = crypto.open_key(crypto.keyring(), row.key)
    return crypto.unseal_values(key, row.sealed, Place("person", "sealed", row.id))
