"""The people of a case as its readers see them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    cast,
    func,
    or_,
    select,
)
from sqlmodel import col

from app import access
from app.access import Work
from app.kinds.forms import Sight
from app.kinds.people import Flag, PartyRole, Relation, Sex
from app.models import Case, CaseParty
from app.models.columns import table_of
from app.services.persons import people
from app.services.rows import titles
from app.services.rows.together import Together
from app.services.seeing.looks import Opened

YEAR = timedelta(days=365)

SHOWN_FROM: Mapping[str, Sight] = {
    "name": Sight.S2,
    "phone": Sight.S2,
    "safe_contact": Sight.S2,
    "birth_year": Sight.S2,
    "relation": Sight.S2,
    "relation_title": Sight.S2,
    "id_number": Sight.S3,
    "birth_on": Sight.S3,
    "home_address": Sight.S3,
    "flags": Sight.S3,
}
"""From which class on a fact about a person is read. What is in the vault never comes here."""


def person_facts(row: Any, sight: Sight) -> dict[str, Any]:
    """The facts of a person row that a reader of classes up to `sight` may see, others None; a
    telephone number masked."""
    facts: dict[str, Any] = {
        "sex": row.sex,
        "sex_title": titles.label(Sex, row.sex),
        "birth_year": row.birth_year,
        "flags": [{"code": f, "title": Flag(f).label} for f in row.flags],
    }
    sealed = people.opened(row) if sight >= Sight.S2 else {}
    facts |= {n: sealed.get(n) for n in people.SEALED}
    facts["phone"] = people.masked(facts["phone"])
    return cut(facts, sight)


def cut(facts: dict[str, Any], sight: Sight) -> dict[str, Any]:
    """The facts with those above the reader's class taken out."""
    return {n: v if SHOWN_FROM.get(n, Sight.S1) <= sight else None for n, v in facts.items()}


OF_CASE = {"parties": access.PARTIES, "people": access.PEOPLE}
_OF_CASE = Together(**OF_CASE)


async def of_case(work: Work, opened: Opened) -> list[dict[str, Any]]:
    """The people of a case, in the order they joined, up to the reader's class."""
    return shown(opened, await _OF_CASE.read(work.connection, {"case_id": opened.row.id}))


def shown(opened: Opened, found: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """As `of_case`, from the rows of OF_CASE."""
    rows, known = found["parties"], {person.id: person for person in found["people"]}
    return [
        person_facts(known[row.person_id], opened.sight)
        | cut(
            {
                "person_id": row.person_id,
                "role": row.role,
                "role_title": PartyRole(row.role).label,
                "relation": row.relation,
                "relation_title": titles.label(Relation, row.relation),
                "joined_at": row.joined_at,
                "is_subject": row.person_id == opened.row.subject,
            },
            opened.sight,
        )
        for row in rows
    ]


def numbers(
    work: Work, opened: Opened, found: Mapping[str, Sequence[Any]]
) -> dict[UUID, str | None]:
    """By person the telephone number she calls, for whoever has the case in hand; from the rows of
    OF_CASE."""
    if opened.row.account_id != work.actor.account_id or opened.sight < Sight.S2:
        return {}
    return {person.id: people.opened(person).get("phone") for person in found["people"]}


def safe_contact(
    parties: Sequence[Mapping[str, Any]], numbers: Mapping[UUID, str | None]
) -> list[dict[str, Any]]:
    """When, how and as whom each person may be called: before anything else on the page. Whoever
    has the case in hand is given the number with the rule, never without."""
    rules = {
        p["person_id"]: {
            "person_id": p["person_id"],
            "role_title": p["role_title"],
            "rule": p["safe_contact"],
            "phone": numbers.get(p["person_id"]),
        }
        for p in parties
        if p["safe_contact"]
    }
    return list(rules.values())


_party = table_of(CaseParty).c


def _same_people(role: PartyRole) -> ColumnElement[bool]:
    them = select(_party.person_id).where(
        _party.case_id == bindparam("case_id"), _party.role == role.value
    )
    of_case = func.array(them.scalar_subquery(), type_=ARRAY(Uuid))
    # Asked once, in a select of its own: else the function would be called for every case in reach.
    once = cast(select(func.one_person(of_case)).scalar_subquery(), ARRAY(Uuid))
    return and_(_other.c.role == role.value, _other.c.person_id == any_(once))


_other = table_of(CaseParty).alias("other")
REPEATED = (
    select(_other.c.role)
    .distinct()
    .join(Case, col(Case.id) == _other.c.case_id)
    .where(
        or_(_same_people(PartyRole.VICTIM), _same_people(PartyRole.PERPETRATOR)),
        _other.c.case_id != bindparam("case_id"),
        col(Case.kind) == bindparam("kind"),
        col(Case.opened_at).between(bindparam("first"), bindparam("last")),
        col(Case.kind) == any_(bindparam("readable", type_=ARRAY(Text))),
        access.within_reach(Case),
    )
)
"""The roles in which somebody of the case is in another of its kind within a year, among the cases
that the reader may see: those of another kind may have grown from the same event."""


def repeat_values(work: Work, opened: Opened) -> dict[str, Any]:
    """What REPEATED binds."""
    return work.actor.reach | {
        "case_id": opened.row.id,
        "kind": opened.kind.name,
        "first": opened.row.opened_at - YEAR,
        "last": opened.row.opened_at + YEAR,
        "readable": access.readable_kinds(work.actor, work.kinds),
    }
