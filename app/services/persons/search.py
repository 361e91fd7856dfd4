"""Finding people: by number, by telephone or by name, and only through cases one may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, LargeBinary, Select, any_, bindparam, func, select
from sqlmodel import col

from app import access, crypto
from app.access import Work
from app.errors import Invalid, NotFound
from app.kinds.forms import Sight
from app.kinds.people import PartyRole
from app.models import Case, CaseParty, PartyGram
from app.models.columns import table_of
from app.policy import Purpose, highest
from app.services.persons import contacts, parties, people
from app.services.seeing import listing, looks
from app.services.seeing.looks import Listed

MOST = 50
"""People a search shows: whoever gets more has to ask more exactly."""

LOOKED_THROUGH = 400
"""Parts in cases a search by name opens before it gives up."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Who is looked for: exactly one of the three."""

    name: str | None = None
    id_number: str | None = None
    phone: str | None = None


async def search(work: Work, wanted: Wanted) -> dict[str, Any]:
    """The people found, each with the cases through which the actor may know of them.

    Raises Invalid for an empty search.
    """
    found = await _found(work, wanted)
    seen = await through(work, [row.person_id for row in found])
    known = await access.people_of(work, list(seen))
    shown = [brief(known[id], cases) for id, cases in seen.items()]
    if wanted.name is not None:
        part = crypto.normalise_name(wanted.name)
        shown = [p for p in shown if part in crypto.normalise_name(p["name"] or "")]
    listed = Listed(asked=vars(wanted), shown=[p["id"] for p in shown[:MOST]])
    depth = max(highest(work.actor.roles), Sight.S3)
    await looks.log(work, "people_search", depth, listed=listed)
    return {
        "items": shown[:MOST],
        "more": len(shown) > MOST or len(found) == LOOKED_THROUGH,
    }


_party, _gram = table_of(CaseParty).c, table_of(PartyGram).c
_many = bindparam("most", type_=BigInteger)
_BY_ID = (
    select(_party.person_id).distinct().where(_party.id_index == bindparam("mark")).limit(_many)
)
_BY_PHONE = (
    select(_party.person_id).distinct().where(_party.phone_index == bindparam("mark")).limit(_many)
)
_BY_NAME = (
    select(_gram.person_id)
    .where(_gram.gram == any_(bindparam("grams", type_=ARRAY(LargeBinary))))
    .group_by(_gram.person_id, _gram.case_id)
    .having(func.count() == bindparam("all", type_=BigInteger))
    .limit(_many)
)


async def _found(work: Work, wanted: Wanted) -> Sequence[Any]:
    """The persons whose stored marks answer the question, within the actor's scope."""
    ring, statement = crypto.keyring(), _BY_ID
    values: dict[str, Any] = {"most": LOOKED_THROUGH}
    table: type[CaseParty] | type[PartyGram] = CaseParty
    try:
        if wanted.name is not None:
            grams = crypto.query_grams(ring, wanted.name)
            statement, table = _BY_NAME, PartyGram
            values |= {"grams": grams, "all": len(grams)}
        elif wanted.phone is not None:
            statement = _BY_PHONE
            values["mark"] = crypto.index(ring, "phone", wanted.phone)
        else:
            values["mark"] = crypto.index(ring, "id_number", wanted.id_number or "")
    except ValueError:
        raise Invalid("请输入要查找的内容") from None
    scoped: Select[Any] = statement.where(access.scope(table, work.actor))
    found: Sequence[Any] = (await work.connection.execute(scoped, values)).all()
    return found


_PARTS = (
    select(
        _party.person_id,
        _party.role,
        *(table_of(Case).c[name] for name in listing.CARD),
    )
    .join(Case, col(Case.id) == _party.case_id)
    .order_by(col(Case.opened_at).desc(), col(Case.id).desc(), _party.role)
)


async def through(work: Work, ids: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """Person → the cases in which the actor reads the person's name, newest first."""
    wanted = _PARTS.where(
        _party.person_id == any_(bindparam("ids", type_=ARRAY(_party.person_id.type))),
        access.scope(Case, work.actor),
    )
    rows = (await work.connection.execute(wanted, {"ids": list(set(ids))})).all() if ids else []
    found: dict[UUID, list[dict[str, Any]]] = {}
    for row in rows:
        sight = access.decision(work, row, Purpose.SEARCH).sight
        if sight >= Sight.S2:
            role = {"role": row.role, "role_title": PartyRole(row.role).label, "sight": sight}
            found.setdefault(row.person_id, []).append(listing.card(work, row) | role)
    return found


def brief(row: Any, cases: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What tells a person from another of the same name, with the cases it is known from."""
    sealed = people.opened(row)
    number = sealed.get("id_number")
    return {
        "id": row.id,
        "name": sealed.get("name"),
        "sex": row.sex,
        "birth_year": row.birth_year,
        "id_number": f"**************{number[-4:]}" if number else None,
        "phone": people.masked(sealed.get("phone")),
        "same_as": row.same_as,
        "cases": [{k: v for k, v in case.items() if k != "sight"} for case in cases],
    }


async def person_page(work: Work, person_id: UUID) -> dict[str, Any]:
    """A person, as far as the actor reads in the cases through which she is known.

    Raises NotFound for somebody the actor reaches through no case.
    """
    cases = (await through(work, [person_id])).get(person_id)
    if cases is None:
        raise NotFound("没有这个人员")
    sight = max(case["sight"] for case in cases)
    await looks.log(work, "person_page", sight, person_id=person_id)
    row = (await access.people_of(work, [person_id]))[person_id]
    return parties.person_facts(row, sight) | {
        "id": row.id,
        "same_as": row.same_as,
        "version": row.version,
        "cases": [{k: v for k, v in case.items() if k != "sight"} for case in cases],
        **await contacts.visits(work, cases),
    }


async def reachable(work: Work, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Those of the persons whom the actor knows by name through some case, in brief."""
    seen = await through(work, ids)
    known = await access.people_of(work, list(seen))
    return {id: brief(known[id], cases) for id, cases in seen.items()}
