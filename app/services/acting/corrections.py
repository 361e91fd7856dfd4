"""Corrections: a new event takes the place of an earlier one; nothing is overwritten."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import bindparam, select, tuple_, update
from sqlmodel import col

from app import access, clock, crypto
from app.access import Work
from app.errors import AlreadyReplaced, Invalid, NotAllowed, NotFound, Refused, WrongState
from app.kinds.attachments import STEPS
from app.kinds.base import Action, CaseKind, SetDanger
from app.kinds.forms import Form, notes
from app.kinds.guards import Fact, Guard
from app.kinds.settled import own_words, settled
from app.models import CaseVault, Event
from app.models.columns import TZ, table_of
from app.roles import Role
from app.services.acting import deadlines, facts
from app.services.acting.answers import open_answers, split
from app.services.acting.cases import write_card
from app.services.acting.happened import Happened, counted_from
from app.services.acting.steps import Asked, record, text_of
from app.services.rows import commands
from app.services.rows.batch import Batch
from app.services.rows.cards import Card, card_of
from app.services.rows.commands import Command, Receipt
from app.services.walls import vault

REASON = "correction_reason"

_EVENT = select(table_of(Event)).where(
    col(Event.id) == bindparam("id"), col(Event.case_id) == bindparam("case_id")
)
_REPLACED = (
    update(table_of(Event))
    .where(col(Event.id) == bindparam("row_id"))
    .values(replaced_by=bindparam("by"))
)
_VAULT = select(table_of(CaseVault)).where(col(CaseVault.event_id) == bindparam("event_id"))


async def correct(
    work: Work,
    kind: CaseKind,
    case_id: UUID,
    event_id: UUID,
    changes: Mapping[str, Any],
    reason: str,
    command: Command,
) -> Receipt:
    """Replace an event by one with some answers changed.

    Clocks that the old event started and that still run are dropped as corrected and start anew.
    Raises NotFound, NotAllowed, AlreadyReplaced; WrongState for an answer that chose the state
    (reopen the case instead); Invalid for answers the form refuses.
    """
    row = await access.load_for_action(work, case_id)
    if row.kind != kind.name:
        raise NotFound("没有这个案件")
    case = card_of(row)
    print_ = commands.fingerprint(work, f"{kind.name}/correct/{case_id}", command)
    if known := await commands.repeated(work, command, print_):
        return known
    found = await work.connection.execute(_EVENT, {"id": event_id, "case_id": case_id})
    old = found.one_or_none()
    form_type = kind.form_of(old.name) if old else None
    if old is None or form_type is None:
        raise NotFound("案件中没有这条记录")
    if old.name in STEPS:
        raise WrongState("附件和签名不能更正，请撤回后重新提交")
    roles = work.actor.roles_in(access.place_in(case), case.seen_by)
    action, able = kind.action(old.name), correctors(kind, old.name)
    if not roles & (able | kind.read_by):
        raise NotFound("没有这个案件")
    if not may_correct(work, kind, roles, old):
        raise NotAllowed("您的角色不能更正这条记录；转介和答复只由作出的单位更正")
    if old.replaced_by is not None:
        raise AlreadyReplaced("这条记录已被更正，请更正最新的一条")
    if settled(kind, old.name) & set(changes):
        raise WrongState("决定案件走向的内容不能更正，请“重新办理”并说明理由")
    form = await _corrected(work, case, old, form_type, changes)
    guards = action.guards if action else kind.opening_guards
    await _judge_again(work, kind, case, old, form, guards, able)
    recorded_at = clock.now()
    parts = split(form)
    parts.open.update({n: v for n, v in old.details.items() if n in parts.people})
    parts.sealed[REASON] = reason
    legal = action.counted_from if action else kind.counted_from
    outcome = action.outcome_field if action else kind.opening_outcome
    answers = parts.open | parts.sealed
    event = Happened(
        id=command.id,
        name=old.name,
        at=old.happened_at,
        answers=answers,
        outcome=text_of(getattr(form, outcome)) if outcome else None,
        counted_from=counted_from(answers, legal, old.happened_at),
    )
    asked = Asked(
        command=command,
        fingerprint=print_,
        at=old.happened_at,
        recorded_at=recorded_at,
        roles=roles,
    )
    batch = Batch()
    if action is not None:
        await _follow_card(work, kind, case, old, action, form)
    amount = getattr(form, action.amount) if action and action.amount else None
    record(work, case, event, parts, {}, asked, batch, amount=amount, replaces=event_id)
    await work.connection.execute(_REPLACED, {"row_id": event_id, "by": command.id})
    await _restart_clocks(work, kind, case, event, event_id, batch)
    write_card(case, batch)
    await batch.write(work.connection)
    return commands.receipt(case, command.id, recorded_at)


def correctors(kind: CaseKind, event: str) -> frozenset[Role]:
    """Who may correct such an event: whoever may take the step. Files are withdrawn instead."""
    if event in STEPS:
        return frozenset()
    action = kind.action(event)
    return action.by if action else kind.opened_by


def may_correct(work: Work, kind: CaseKind, roles: frozenset[Role], event: Any) -> bool:
    """Whether somebody with these roles in the case may correct an event, of a row with its name
    and organisation."""
    own = event.organisation_id == work.actor.organisation_id
    return not roles.isdisjoint(correctors(kind, event.name)) and (
        own or not own_words(kind, event.name)
    )


_STATE = (
    select(col(Event.state))
    .where(col(Event.case_id) == bindparam("case_id"), col(Event.seq) < bindparam("seq"))
    .order_by(col(Event.seq).desc())
    .limit(1)
)


async def _judge_again(
    work: Work,
    kind: CaseKind,
    case: Card,
    old: Any,
    form: Form,
    guards: Sequence[Guard],
    able: frozenset[Role],
) -> None:
    """A rule that would have stood against the step stands against its correction. Judged by what
    was known when the step was taken."""
    found = await work.connection.execute(_STATE, {"case_id": case.id, "seq": old.seq})
    known = await facts.load(
        work,
        case,
        frozenset[Fact]().union(*(g.needs for g in guards)) - {Fact.BED},
        at=old.happened_at,
        roles=work.actor.roles_in(access.place_in(case), case.seen_by),
        supervisor=work.actor.supervises(access.place_in(case), able),
        without=old.id,
    )
    known = replace(known, state=found.scalar_one_or_none() or kind.initial)
    for guard in guards:
        if Fact.BED in guard.needs:
            continue
        if refusal := guard.check(known, form):
            raise Refused(refusal.type, refusal.detail, basis=guard.basis)


_LATER = (
    select(col(Event.id))
    .where(col(Event.case_id) == bindparam("case_id"), col(Event.replaced_by).is_(None))
    .where(col(Event.name).in_(bindparam("names", expanding=True)))
    .where(
        tuple_(col(Event.happened_at), col(Event.seq))
        > tuple_(bindparam("at", type_=TZ), bindparam("seq"))
    )
    .limit(1)
)


async def _follow_card(
    work: Work, kind: CaseKind, case: Card, old: Any, action: Action, form: Form
) -> None:
    """The case's card says what the corrected event says, unless a later one said otherwise."""
    asked = {"case_id": case.id, "at": old.happened_at, "seq": old.seq}

    async def last_of(names: list[str]) -> bool:
        later = await work.connection.execute(_LATER, asked | {"names": names})
        return later.first() is None

    rating = [a.name for a in kind.actions if any(isinstance(e, SetDanger) for e in a.effects)]
    if action.name in rating and await last_of(rating):
        case.danger = form.level  # type: ignore[attr-defined]
    dated = [a.name for a in kind.actions if a.valid_until is not None]
    if action.valid_until is not None and await last_of(dated):
        case.valid_until = action.valid_until(form) or case.valid_until
    if case.closed_at == old.happened_at and old.outcome and case.outcome == old.outcome:
        case.outcome = text_of(getattr(form, action.outcome_field or "", None)) or case.state


async def _corrected(
    work: Work, case: Card, old: Any, form_type: type[Form], changes: Mapping[str, Any]
) -> Form:
    key = crypto.open_key(crypto.keyring(), case.key)
    before = open_answers(key, old)
    before |= await _from_vault(work, case.id, old.id)
    people: dict[str, Any] = {}
    for name, note in notes(form_type):
        if note.party is None or name not in before:
            continue
        picked = [{"person_id": person_id} for person_id in before.pop(name)]
        several = "list" in str(form_type.model_fields[name].annotation)
        people[name] = picked if several else picked[0]
    if unknown := sorted(set(changes) & set(people)):
        problems = [{"field": f"answers.{n}", "message": "人员请另行补登"} for n in unknown]
        raise Invalid("人员信息不在这里更正", problems)
    before.pop(REASON, None)
    try:
        return form_type.model_validate(before | dict(changes) | people)
    except ValidationError as error:
        problems = [
            {"field": ".".join(["answers", *map(str, e["loc"])]), "message": "填写有误"}
            for e in error.errors()
        ]
        raise Invalid("更正的内容有误", problems) from None


async def _from_vault(work: Work, case_id: UUID, event_id: UUID) -> dict[str, str]:
    await vault.enter(work, case_id, ())
    rows = await work.connection.execute(_VAULT, {"event_id": event_id})
    return {row.name: vault.opened_value("case_vault", row) for row in rows}


async def _restart_clocks(
    work: Work, kind: CaseKind, case: Card, event: Happened, old_id: UUID, batch: Batch
) -> None:
    async def earlier() -> list[tuple[str, Mapping[str, Any]]]:
        return await facts.history(work, case)

    await deadlines.follow_correction(work, kind, case, event, old_id, earlier, batch)
