"""Who may see what. The only module that selects cases and people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Row,
    Select,
    Text,
    Uuid,
    all_,
    and_,
    any_,
    bindparam,
    cast,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.actor import Actor as Actor
from app.actor import Held as Held
from app.actor import Machine as Machine
from app.actor import place_in as place_in
from app.clock import Holidays
from app.db import rows, say
from app.errors import NotFound
from app.kinds.base import CaseKind
from app.kinds.forms import Sight
from app.models import Case, CaseLink, CaseParty, Person
from app.models.columns import MANY, Located, Placed, table_of
from app.policy import Decision, Purpose, decide


@dataclass(frozen=True)
class Work:
    """One piece of work: whose, in which transaction, through which door.

    `operator` is the code by which a partner knows the human behind its call.
    """

    connection: AsyncConnection
    actor: Actor
    kinds: Mapping[str, CaseKind]
    holidays: Holidays
    channel: str = "web"
    operator: str | None = None


def area_scope(table: type[Located], actor: Actor) -> ColumnElement[bool]:
    """The rows of the actor's areas. One equality where there is one area, so that an index
    gives them in order."""
    found = [
        column == codes[0] if len(codes) == 1 else column.in_(codes)
        for level, codes in actor.areas.items()
        if codes
        for column in (getattr(table, level),)
    ]
    return or_(*found) if found else false()


def given_scope(table: type[Placed], actor: Actor) -> ColumnElement[bool]:
    """The rows given to the actor or the actor's organisation."""
    if not actor.sees_cases:
        return false()
    given: ColumnElement[bool] = col(table.seen_by).op("&&")(list(actor.holders))
    return given


def scope(table: type[Placed], actor: Actor) -> ColumnElement[bool]:
    """Every row the actor may see, by area or because it was given; none of a barred case."""
    return and_(or_(area_scope(table, actor), given_scope(table, actor)), *unbarred(table, actor))


def unbarred(table: Any, actor: Actor) -> list[ColumnElement[bool]]:
    """Leaves out the rows of cases the actor is barred from."""
    case_id = table.id if table is Case else table.case_id
    return [col(case_id).not_in(actor.barred)] if actor.barred else []


def decision(work: Work, row: Any, purpose: Purpose = Purpose.WORK) -> Decision:
    """How much the actor reads of the case of a row with its id, kind, place and holders; to
    reveal what is secret, also with who has it in hand."""
    kind = work.kinds[row.kind]
    standing = work.actor.stands(kind, row)
    if purpose is Purpose.REVEAL:
        standing = replace(standing, in_charge=row.account_id == work.actor.account_id)
    return decide(kind, standing, purpose)


def within_reach(table: type[Placed]) -> ColumnElement[bool]:
    """As `scope`, in words that are the same for everybody, for statements built once and found by
    something else: the actor's `reach` is bound to it."""
    columns = table_of(table).c
    case_id: ColumnElement[UUID] = columns["id" if table is Case else "case_id"]
    reached = or_(
        *(
            columns[level] == any_(bindparam(f"{level}s", type_=MANY))
            for level in ("district", "town", "village")
        ),
        columns.seen_by.op("&&")(bindparam("holders", type_=MANY)),
    )
    return and_(reached, case_id != all_(bindparam("barred", type_=ARRAY(Uuid))))


def readable_kinds(actor: Actor, kinds: Mapping[str, CaseKind]) -> list[str]:
    """The kinds whose cases the actor's roles may read at all."""
    return [n for n, kind in kinds.items() if kind.read_by & actor.roles and actor.serves(kind)]


def visible_cases(
    actor: Actor, kinds: Mapping[str, CaseKind], *columns: Any
) -> Select[tuple[Any, ...]]:
    """Select those columns (all, if none) of the cases the actor may see."""
    wanted = columns or tuple(table_of(Case).c)
    readable = readable_kinds(actor, kinds)
    chosen = select(*wanted).where(scope(Case, actor))
    return chosen if len(readable) == len(kinds) else chosen.where(col(Case.kind).in_(readable))


_kinds = bindparam("readable", type_=ARRAY(Text))
_ONE = (within_reach(Case), col(Case.id) == bindparam("case_id"))
_BROKEN = and_(
    col(Case.id) == any_(bindparam("glass", type_=ARRAY(Uuid))),
    col(Case.id) != all_(bindparam("barred", type_=ARRAY(Uuid))),
)
_READABLE = (
    or_(within_reach(Case), _BROKEN),
    col(Case.id) == bindparam("case_id"),
    col(Case.kind) == any_(_kinds),
)
_people = (
    select(func.string_agg(cast(col(CaseParty.person_id), Text), ","))
    .where(col(CaseParty.case_id) == bindparam("case_id"))
    .scalar_subquery()
)
_SEEN = select(*table_of(Case).c).where(*_READABLE)
_ENTERED = select(
    *table_of(Case).c,
    func.set_config("app.opened_case", cast(col(Case.id), Text), true()).label("opened"),
    func.set_config("app.people", func.coalesce(_people, ""), true()).label("people"),
).where(*_READABLE)
_REACHED = select(col(Case.id)).where(*_ONE, col(Case.kind) == any_(_kinds))
_LOCKED = select(*table_of(Case).c).where(*_ONE).with_for_update()


async def load_case(work: Work, case_id: UUID) -> Any:
    """The case's row, to be read.

    Raises NotFound alike for a case that does not exist and one the actor may not see.
    """
    return await _one_moved(work, case_id, _SEEN)


async def load_for_action(work: Work, case_id: UUID) -> Any:
    """The case's row, locked until the transaction ends, for somebody who may have to act on it
    without reading it: a grid worker reports, but does not see the story. NotFound as above."""
    return await _one_moved(work, case_id, _LOCKED)


async def check_reached(work: Work, case_id: UUID) -> None:
    """NotFound as above. Opens nothing: what the transaction has open is another case."""
    await _one_case(work, case_id, _REACHED)


async def load_for_reading(work: Work, case_id: UUID) -> Any:
    """The case's row. Passing the gate, it opens what hangs on the case, and the case's people, to
    the transaction. NotFound as above."""
    return await _one_case(work, case_id, _ENTERED)


async def _one_moved(work: Work, case_id: UUID, wanted: Select[Any]) -> Any:
    row = await _one_case(work, case_id, wanted)
    if row.moved:
        await enter_case(work, case_id)
    return row


async def _one_case(work: Work, case_id: UUID, wanted: Select[Any]) -> Any:
    readable = readable_kinds(work.actor, work.kinds)
    known = {"case_id": case_id, "readable": readable, "glass": work.actor.broken}
    found = await rows(work.connection, wanted, work.actor.reach | known)
    if not found:
        raise NotFound("没有这个案件")
    return found[0]


def as_account(account_id: int) -> str:
    """The SQL that opens what is an account's own, before it has a session."""
    return f"set local app.account = '{account_id}';"


async def enter_case(work: Work, case_id: UUID) -> None:
    """Let the transaction read what hangs on one case that passed its own gate, though it happened
    while the case was somewhere else."""
    await say(work.connection, f"set local app.opened_case = '{case_id}'")


async def enter_people(work: Work, people: Sequence[UUID]) -> None:
    """Let the transaction read and change these people. Only after the gate they came through."""
    ids = ",".join(map(str, people))
    await say(work.connection, f"set local app.people = '{ids}'")


async def enter_recusals(work: Work, account_id: int) -> None:
    """Let the transaction read what is hidden from one account. For who keeps the list."""
    await say(work.connection, f"set local app.recused = '{account_id}'")


PARTIES = (
    select(table_of(CaseParty))
    .where(col(CaseParty.case_id) == bindparam("case_id"))
    .order_by(col(CaseParty.joined_at), col(CaseParty.person_id))
)
PEOPLE = select(table_of(Person)).where(
    col(Person.id).in_(
        select(col(CaseParty.person_id)).where(col(CaseParty.case_id) == bindparam("case_id"))
    )
)
"""The parties of a case and the people they are, after `load_for_reading`."""

_link, _case = table_of(CaseLink).c, table_of(Case).c
LINKED = (
    select(_link.case_id, _link.other_id, _link.why, *_case)
    .outerjoin(
        Case,
        and_(
            _case.id.in_((_link.case_id, _link.other_id)),
            _case.id != bindparam("case_id"),
            _case.kind == any_(bindparam("readable", type_=ARRAY(Text))),
            within_reach(Case),
        ),
    )
    .where(or_(_link.case_id == bindparam("case_id"), _link.other_id == bindparam("case_id")))
    .order_by(_link.linked_at, _link.case_id, _link.other_id)
)
"""The links of a case, each with the case at its other end if the actor may see it."""

PARTS = 200
"""What the people of a case do in others is read up to here: no household has as much."""

_party = table_of(CaseParty).c
_same_people = func.one_person(
    func.array(
        select(_party.person_id).where(_party.case_id == bindparam("case_id")).scalar_subquery(),
        type_=ARRAY(Uuid),
    )
)
HOUSEHOLD = (
    select(_party.role, *_case)
    .join(Case, _case.id == _party.case_id)
    .where(
        # Asked once, in a select of its own: else the function would be called for every part.
        _party.person_id == any_(cast(select(_same_people).scalar_subquery(), ARRAY(Uuid))),
        _case.id != bindparam("case_id"),
        _case.kind == any_(bindparam("readable", type_=ARRAY(Text))),
        within_reach(Case),
    )
    .order_by(_case.opened_at.desc(), _case.id.desc(), _party.role)
    .limit(PARTS)
)
"""The other cases of a case's people, as far as the actor may see them, and as what they stand in
each: the newest first. A person typed in anew with the same number is the same."""

_PEOPLE = select(table_of(Person)).where(
    col(Person.id) == any_(bindparam("ids", type_=ARRAY(Uuid)))
)
_PERSON = select(table_of(Person)).where(col(Person.id) == bindparam("id"))


async def parties_of(work: Work, case_id: UUID) -> Sequence[Any]:
    """The parties of a case that passed the gate, oldest first."""
    return await rows(work.connection, PARTIES, {"case_id": case_id})


async def people_of(work: Work, ids: Sequence[UUID]) -> dict[UUID, Any]:
    """The person rows behind parties that passed the gate."""
    if not ids:
        return {}
    await enter_people(work, ids)
    return {p.id: p for p in await rows(work.connection, _PEOPLE, {"ids": list(ids)})}


async def person_for_change(work: Work, person_id: UUID) -> tuple[Row[Any], bool]:
    """A person whom the actor knows by name through some case, locked until the transaction ends:
    what two cases add to one person must not overwrite each other. And whether the actor carries
    one of her cases. Else NotFound."""
    through = (
        select(*table_of(Case).c)
        .join(CaseParty, col(CaseParty.case_id) == col(Case.id))
        .where(col(CaseParty.person_id) == person_id, scope(CaseParty, work.actor))
    )
    cases = (await work.connection.execute(through)).all()
    if all(decision(work, case, Purpose.SEARCH).sight < Sight.S2 for case in cases):
        raise NotFound("没有这个人员")
    await enter_people(work, [person_id])
    locked = _PERSON.with_for_update(key_share=True)
    row: Row[Any] = (await work.connection.execute(locked, {"id": person_id})).one()
    return row, any(carries(work, case) for case in cases)


def carries(work: Work, row: Any) -> bool:
    """Whether the case, of a row with its kind, place and holders, is the actor's to carry."""
    kind = work.kinds[row.kind]
    return bool(work.actor.roles_in(place_in(row), row.seen_by) & kind.carried_by)
