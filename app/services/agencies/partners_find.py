"""Which case a partner's paper belongs to: by what a person decided, by a number, by its people."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, literal_column, select
from sqlmodel import col

from app import access, crypto
from app.access import Work
from app.errors import NotFound
from app.kinds.base import CaseKind
from app.kinds.people import PersonAnswer
from app.models import Case, CaseParty, Event
from app.models.columns import table_of
from app.places import place_of
from app.services.agencies.partners import Pair, Paper, Undecided, plain
from app.services.persons import people

MOST = 20
"""Candidates shown at most: more of them mean a wrong paper."""


async def choose(
    work: Work,
    kind: CaseKind,
    paper: Paper,
    pair: Pair,
    numbered: Sequence[Any],
    states: frozenset[str],
) -> Any | Undecided | None:
    """The case's row the paper belongs to; None if there is none and one is to be opened.

    What a person decided comes first, then the `numbered` cases (found by a number of the paper),
    then cases in `states` that have the same two people. Raises NotFound for a decided case that
    is out of sight.
    """
    if paper.case_id is not None:
        return await chosen(work, kind, paper.case_id)
    if paper.open_new:
        return None
    if numbered:
        doubtful = [row for row in numbered if False in await _agreement(work, row, pair)]
        return numbered[0] if len(numbered) == 1 and not doubtful else Undecided(numbered)
    found = [
        (row, verdicts)
        for row in await _with_subject(work, kind, pair, states)
        if False not in (verdicts := await _agreement(work, row, pair))
    ]
    if len(found) == 1 and all(found[0][1]):
        return found[0][0]
    return Undecided([row for row, _ in found]) if found else None


async def chosen(work: Work, kind: CaseKind, case_id: UUID) -> Any:
    """The row of a case somebody named; NotFound if it is out of sight or of another kind."""
    row = await access.load_case(work, case_id)
    if row.kind != kind.name:
        raise NotFound("没有这个案件")
    return row


def only(found: Sequence[Any], paper: Paper, otherwise: str) -> Any | Undecided:
    """The one case among those found by a number, or the one a person decided for.

    Raises NotFound, saying `otherwise`, if there is none.
    """
    if paper.case_id is not None:
        found = [row for row in found if row.id == paper.case_id]
    if not found:
        raise NotFound(otherwise)
    return found[0] if len(found) == 1 else Undecided(found)


async def numbered_cases(
    work: Work, kind: CaseKind, event: str, answer: str, number: str
) -> Sequence[Any]:
    """The visible cases of the kind in which an event gave this number as an open answer."""
    districts = {place_of(grant.area).district for grant in work.actor.grants}
    columns = table_of(Event).c
    said = func.normalize(columns.details[answer].astext, literal_column("NFKC"))
    naming = select(columns.case_id).where(
        columns.district.in_(districts),
        columns.kind == kind.name,
        columns.name == event,
        columns.replaced_by.is_(None),
        func.regexp_replace(said, r"\s", "", "g") == plain(number),
    )
    return await _rows(work, col(Case.id).in_(naming))


async def _with_subject(
    work: Work, kind: CaseKind, pair: Pair, states: frozenset[str]
) -> Sequence[Any]:
    role, person = next(iter(pair.items()))
    if not person.id_number:
        return ()
    index = crypto.index(crypto.keyring(), "id_number", person.id_number)
    having = select(col(CaseParty.case_id)).where(
        col(CaseParty.id_index) == index, col(CaseParty.role) == role.value
    )
    return await _rows(
        work,
        col(Case.id).in_(having),
        col(Case.kind) == kind.name,
        col(Case.state).in_(states),
    )


async def _rows(work: Work, *conditions: Any) -> Sequence[Any]:
    wanted = access.visible_cases(work.actor, work.kinds).where(*conditions)
    ordered = wanted.order_by(col(Case.opened_at), col(Case.id)).limit(MOST)
    found: Sequence[Any] = (await work.connection.execute(ordered)).all()
    return found


async def _agreement(work: Work, row: Any, pair: Pair) -> list[bool | None]:
    """For each person of the pair: is it who the case has in that part (None: cannot be told)?"""
    parties = await access.parties_of(work, row.id)
    known = await access.people_of(work, [party.person_id for party in parties])
    return [
        _same([_opened(p, known) for p in parties if p.role == role], person)
        for role, person in pair.items()
    ]


def _opened(party: Any, known: Mapping[UUID, Any]) -> tuple[bytes | None, str]:
    """The ID number's index and the name of a party."""
    name = people.opened(known[party.person_id]).get("name") or ""
    return party.id_index, crypto.normalise_name(name)


def _same(parties: Sequence[tuple[bytes | None, str]], person: PersonAnswer) -> bool | None:
    ring = crypto.keyring()
    index = crypto.index(ring, "id_number", person.id_number) if person.id_number else None
    name = crypto.normalise_name(person.name or "")
    if any(number == index if number and index else called == name for number, called in parties):
        return True
    return False if parties and index and all(number for number, _ in parties) else None
