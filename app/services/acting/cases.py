"""The one door for change: a case is opened, and acted upon. Both end in `steps.record`."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import column, text

from app import access, clock, crypto, db
from app.access import Work
from app.errors import Invalid, NotAllowed, NotFound, PurposeNotAllowed, WrongState
from app.ids import uuid7
from app.kinds.base import ANYWHERE, OPENED, Action, AnswerReferral, CaseKind, OpenLinked
from app.kinds.forms import Form
from app.kinds.people import PartyRole
from app.models import Case, CaseLink
from app.places import Place, place_of
from app.policy import BY_AREA
from app.roles import Role
from app.services.acting import effects, referrals
from app.services.acting.happened import Happened
from app.services.acting.steps import Asked, Plan, step
from app.services.rows import commands
from app.services.rows.batch import Batch
from app.services.rows.cards import Card, card_of
from app.services.rows.commands import Command, Receipt


async def open_case(
    work: Work,
    kind: CaseKind,
    command: Command,
    area: int | None = None,
    *,
    grown_from: "tuple[Card, Happened, str] | None" = None,
) -> Receipt:
    """Open a case of a kind in an area (the actor's own if there is just one).

    Raises NotAllowed, Refused, IdReused, or Invalid for an unknown area. A case that grew from
    another one needs no right to open its kind: the action it grew from had it.
    """
    actor = work.actor
    if grown_from is None:
        place = await _place(work, command, area)
        roles = frozenset(g.role for g in actor.grants if g.covers(place))
        _check_served(work, kind)
        if not roles & kind.opened_by:
            raise NotAllowed(f"您的角色不能在该地区登记{kind.title}")
    else:
        place, roles = access.place_in(grown_from[0]), actor.roles
    print_ = commands.fingerprint(work, f"{kind.name}/{OPENED}/{place.code}", command)
    if known := await commands.repeated(work, command, print_):
        return known
    recorded_at = clock.now()
    at = commands.happened(command, recorded_at, None)
    case = Card(
        id=command.id,
        kind=kind.name,
        state=kind.initial,
        opened_at=at,
        recorded_at=recorded_at,
        version=0,
        key=crypto.new_key(crypto.keyring()),
        head=crypto.GENESIS,
        organisation_id=None,
        **place._asdict(),
        seen_by=_first_holders(work, roles, grown_from),
    )
    batch = Batch()
    plan = Plan(
        name=OPENED,
        guards=kind.opening_guards,
        effects=kind.opening_effects,
        outcome=kind.opening_outcome,
        counted_from=kind.counted_from,
    )
    asked = Asked(command=command, fingerprint=print_, at=at, recorded_at=recorded_at, roles=roles)
    event, linked = await step(work, kind, case, (), plan, asked, batch)
    if grown_from is not None:
        parent, event, why = grown_from
        batch.add(CaseLink, **effects.link_row(parent, case.id, event, why))
    await batch.write(work.connection)
    await _open_linked(work, case, event, linked, command.answers)
    case.number = await commands.give_number(work, kind, case)
    return commands.receipt(case, command.id, recorded_at)


async def act(work: Work, kind: CaseKind, case_id: UUID, name: str, command: Command) -> Receipt:
    """Carry out an action on a case.

    Raises NotFound for a case out of sight or of another kind, NotAllowed, WrongState, Refused
    by a rule of law, IdReused. The row lock decides between two who act at once.
    """
    action = kind.action(name)
    if action is None:
        raise NotFound(f"{kind.title}没有这个操作")
    _check_served(work, kind)
    row = await access.load_for_action(work, case_id)
    if row.kind != kind.name:
        raise NotFound("没有这个案件")
    case = card_of(row)
    print_ = commands.fingerprint(work, f"{kind.name}/{name}/{case_id}", command)
    known, clocks = await commands.standing(work, case, command, print_)
    if known is not None:
        return known
    roles = work.actor.roles_in(access.place_in(case), case.seen_by)
    check_possible(kind, case, action, roles)
    recorded_at = clock.now()
    at = commands.happened(command, recorded_at, case.opened_at)
    before = access.place_in(case), list(case.seen_by)
    batch = Batch()
    plan = Plan(
        name=name,
        guards=action.guards,
        effects=action.effects,
        outcome=action.outcome_field,
        counted_from=action.counted_from,
        amount=action.amount,
        action=action,
    )
    asked = Asked(command=command, fingerprint=print_, at=at, recorded_at=recorded_at, roles=roles)
    event, linked = await step(work, kind, case, clocks, plan, asked, batch)
    write_card(case, batch)
    await batch.write(work.connection)
    if (access.place_in(case), list(case.seen_by)) != before:
        await effects.keep_copies(work, case, moved=access.place_in(case) != before[0])
    if any(isinstance(e, AnswerReferral) and not e.accepts for e in action.effects):
        await referrals.let_go(work, case)
    await _open_linked(work, case, event, linked, command.answers)
    return commands.receipt(case, command.id, recorded_at)


def _check_served(work: Work, kind: CaseKind) -> None:
    """Raises PurposeNotAllowed for a partner's system that asks for another purpose."""
    if not work.actor.serves(kind):
        raise PurposeNotAllowed(f"本次调用的目的不是办理{kind.title}")


def check_possible(kind: CaseKind, case: Card, action: Action, roles: frozenset[Role]) -> None:
    """Raises NotAllowed or WrongState if the action is not this actor's, or not now; NotFound for
    somebody who may not even know of the case."""
    if not roles & (action.by | kind.read_by):
        raise NotFound("没有这个案件")
    if not roles & action.by:
        raise NotAllowed(f"您的角色不能办理“{action.title}”", basis=action.basis)
    possible = kind.open_states if action.source == ANYWHERE else action.source
    if case.state not in possible:
        raise WrongState(f"案件处于“{kind.states[case.state]}”，不能办理“{action.title}”")


_AREA = text(
    "select pg_advisory_xact_lock(hashtextextended(:id, 0)),"
    " (select 1 from area where code = :code and valid_from <= :day"
    " and (valid_to is null or valid_to > :day))"
).columns(column("locked"), column("known"))
"""The lock lets equal openings wait for each other: the second then finds the first's receipt."""


async def _place(work: Work, command: Command, area: int | None) -> Place:
    """The place to open a case in: the one named, or the actor's only area."""
    own = {g.area for g in work.actor.grants}
    if area is None and len(own) != 1:
        raise Invalid("请选择案件所在地区", [{"field": "area", "message": "请选择地区"}])
    code = area if area is not None else own.pop()
    values = {"id": str(command.id), "code": code, "day": clock.local_day(clock.now())}
    (found,) = await db.rows(work.connection, _AREA, values)
    if found.known is None:
        raise Invalid("没有这个地区", [{"field": "area", "message": "请从列表中选择地区"}])
    return place_of(code)


def _first_holders(
    work: Work, roles: frozenset[Role], grown_from: "tuple[Card, Happened, str] | None"
) -> list[int]:
    """Who opens a case without answering for its area keeps sight of it by holding it."""
    held: set[int] = set(grown_from[0].seen_by) if grown_from else set()
    if not roles & BY_AREA:
        held |= set(work.actor.holders)
    return sorted(held)


_CARD = (
    "id", "state", "subject", "sex", "birth_year", "flags", "organisation_id", "account_id",
    "danger", "closed_at", "outcome", "valid_until", "version", "head", "district", "town",
    "village", "seen_by", "moved",
)  # fmt: skip


def write_card(case: Card, batch: Batch) -> None:
    """Have the case's changed card written."""
    batch.change(Case, **{name: getattr(case, name) for name in _CARD})


async def _open_linked(
    work: Work, case: Card, event: Happened, linked: Sequence[OpenLinked], form: Form
) -> None:
    for wish in linked:
        kind = work.kinds[wish.kind]
        answers: dict[str, Any] = dict(wish.fixed)
        given = form.model_dump(mode="json")
        answers |= {to: given[name] for to, name in wish.carry.items() if given[name] is not None}
        for party in await access.parties_of(work, case.id):
            field_ = wish.people.get(PartyRole(party.role))
            if field_ and field_ not in answers:
                answers[field_] = {"person_id": str(party.person_id), "relation": party.relation}
        command = Command(
            id=uuid7(),
            happened_at=event.at,
            answers=kind.form.model_validate(answers),
            body=answers,
        )
        await open_case(work, kind, command, grown_from=(case, event, wish.why))
