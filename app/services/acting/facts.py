"""The facts that guards judge by, each loaded with one query, and only if asked for."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, text
from sqlmodel import col

from app import access, crypto, db
from app.access import Work
from app.kinds.guards import Conduct, Fact, Facts, PartyFact
from app.kinds.instruments import Danger
from app.kinds.people import Flag, PartyRole, Relation, Sex
from app.models import Bed, Event
from app.roles import Role
from app.services.acting.answers import open_answers
from app.services.persons import people
from app.services.rows.cards import Card

Answers = Mapping[str, Sequence[Mapping[str, Any]]]

CRITICISED, WARNED, WITHDRAWN = "criticise", "issue_warning", "revoke_warning"
PUNISHED = ("record_penalty", "open_criminal")
"""Events of earlier dv_warning cases that weigh on the next (34号 6(一), 20(三)；粤办法 25)."""

_EVENTS = (
    select(
        col(Event.id),
        col(Event.name),
        col(Event.happened_at),
        col(Event.details),
        col(Event.key),
        col(Event.sealed),
    )
    .where(col(Event.case_id) == bindparam("case_id"), col(Event.replaced_by).is_(None))
    .order_by(col(Event.happened_at), col(Event.seq))
)
_ZONE = select(col(Bed.zone)).where(col(Bed.id) == bindparam("bed_id"))


async def load(
    work: Work,
    case: Card,
    needs: frozenset[Fact],
    *,
    at: datetime,
    roles: frozenset[Role],
    supervisor: bool,
    bed_id: int | None = None,
    joining: Sequence[PartyFact] = (),
    without: UUID | None = None,
) -> Facts:
    """The facts about a case at a moment. `joining` are people the action itself brings in.

    `without` names an event to be judged again: then only what happened until that moment counts,
    and the event itself does not.
    """
    parties: Sequence[PartyFact] = joining
    if needs & {Fact.PARTIES, Fact.CONDUCT, Fact.DANGER}:
        parties = [*await parties_at(work, case.id, at), *joining]
    return Facts(
        at=at,
        holidays=work.holidays,
        state=case.state,
        roles=roles,
        supervisor=supervisor,
        opened_at=case.opened_at,
        valid_until=case.valid_until,
        subject=case.subject,
        case_danger=Danger(case.danger) if case.danger else None,
        answers=await _answers(work, case, at, without) if Fact.ANSWERS in needs else {},
        parties=parties,
        conduct=await _conduct(work, case, parties, at) if Fact.CONDUCT in needs else Conduct(),
        danger=await _danger(work, case, parties) if Fact.DANGER in needs else None,
        bed_zone=await _zone(work, bed_id) if Fact.BED in needs and bed_id else None,
    )


async def _answers(work: Work, case: Card, at: datetime, without: UUID | None) -> Answers:
    return await answers_of(work, case, until=at if without else None, without=without)


async def history(
    work: Work, case: Card, *, until: datetime | None = None, without: UUID | None = None
) -> list[tuple[str, Mapping[str, Any]]]:
    """Every current answer of the case but S4, with its event's name, in the order it happened:
    a correction stands where the corrected event stood. Only `until` a moment, and `without` one
    event, if asked."""
    key = crypto.open_key(crypto.keyring(), case.key)
    return [
        (row.name, open_answers(key, row))
        for row in await db.rows(work.connection, _EVENTS, {"case_id": case.id})
        if row.id != without and (until is None or row.happened_at <= until)
    ]


async def answers_of(
    work: Work, case: Card, *, until: datetime | None = None, without: UUID | None = None
) -> Answers:
    """The history by event."""
    given: dict[str, list[Mapping[str, Any]]] = {}
    for name, answers in await history(work, case, until=until, without=without):
        given.setdefault(name, []).append(answers)
    return given


async def parties_at(work: Work, case_id: UUID, at: datetime) -> list[PartyFact]:
    """The parties of a case with age and protection flags as of a moment."""
    rows = await access.parties_of(work, case_id)
    known = await access.people_of(work, [row.person_id for row in rows])
    return [party_fact(row, known[row.person_id], at) for row in rows]


def party_fact(row: Any, person: Any, at: datetime) -> PartyFact:
    """A party row and its person row as a rule sees them."""
    opened = people.opened(person)
    born = opened.get("birth_on")
    day = date.fromisoformat(born) if born else None
    sex = Sex(person.sex) if person.sex else None
    return PartyFact(
        person_id=row.person_id,
        role=PartyRole(row.role),
        relation=Relation(row.relation) if row.relation else None,
        sex=sex,
        age=people.age_at(day, at) if day else None,
        id_number=opened.get("id_number"),
        flags=frozenset(people.flags_on(frozenset(Flag(f) for f in person.flags), sex, day, at)),
    )


async def _conduct(work: Work, case: Card, parties: Sequence[PartyFact], at: datetime) -> Conduct:
    abusers = [p.person_id for p in parties if p.role is PartyRole.PERPETRATOR]
    if not abusers:
        return Conduct()
    rows = await work.connection.execute(
        text("select name, times, last_at from earlier_conduct(:people, :before, :case_id)"),
        {"people": abusers, "before": at, "case_id": case.id},
    )
    found = {row.name: row for row in rows}
    times = {name: row.times for name, row in found.items()}
    warned = times.get(WARNED, 0) - times.get(WITHDRAWN, 0)
    return Conduct(
        criticised=times.get(CRITICISED, 0),
        warned=warned,
        punished=sum(times.get(name, 0) for name in PUNISHED),
        last_warned_at=found[WARNED].last_at if warned > 0 else None,
    )


async def _danger(work: Work, case: Card, parties: Sequence[PartyFact]) -> Danger | None:
    rows = await work.connection.execute(
        text("select danger_of_pair(:people, :case_id) as danger"),
        {"people": [p.person_id for p in parties], "case_id": case.id},
    )
    levels = [Danger(row.danger) for row in rows]
    if case.danger:
        levels.append(Danger(case.danger))
    return max(levels, key=lambda level: level.rank, default=None)


async def _zone(work: Work, bed_id: int) -> str | None:
    row = (await work.connection.execute(_ZONE, {"bed_id": bed_id})).one_or_none()
    return row.zone if row else None
