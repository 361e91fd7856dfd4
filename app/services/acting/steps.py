"""One step of a case: who joins it, what stands against it, what is written down, what follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from app import access, clock, crypto
from app.access import Work
from app.crypto import Place as Spot
from app.errors import Invalid, Refused
from app.ids import uuid7
from app.kinds.base import (
    Action,
    AddParty,
    Branch,
    CaseKind,
    Effect,
    OccupyBed,
    OpenLinked,
    SetDanger,
)
from app.kinds.forms import Form, note_of
from app.kinds.guards import Fact, Guard, PartyFact
from app.kinds.people import PartyRole
from app.models import Case, CaseVault, Event, Outbox
from app.roles import Role
from app.services.acting import deadlines, duties, effects, facts
from app.services.acting.answers import Split, seal_answers, split
from app.services.acting.happened import Happened, counted_from
from app.services.data_rights import disclosures
from app.services.persons import people
from app.services.persons.people import Known
from app.services.rows.batch import Batch
from app.services.rows.cards import Card, Clock, columns
from app.services.rows.commands import Command


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a definition says about the step at hand; an opening has no action."""

    name: str
    guards: Sequence[Guard]
    effects: Sequence[Effect]
    outcome: str | None
    counted_from: str | None
    amount: str | None = None
    action: Action | None = None


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A command as it was judged: its fingerprint, its moments, the actor's roles in the case."""

    command: Command
    fingerprint: bytes
    at: datetime
    recorded_at: datetime
    roles: frozenset[Role]


async def step(
    work: Work,
    kind: CaseKind,
    case: Card,
    clocks: Sequence[Clock],
    plan: Plan,
    asked: Asked,
    batch: Batch,
) -> tuple[Happened, list[OpenLinked]]:
    """What opening and acting share: people, guards, effects, the event, the clocks."""
    command, form, at = asked.command, asked.command.answers, asked.at
    parts = split(form)
    _check_legal_date(form, plan, asked.recorded_at)
    able = plan.action.by if plan.action else kind.opened_by
    supervisor = work.actor.supervises(access.place_in(case), able)
    had = disclosures.had(case)
    await effects.hand_over(work, kind, case, plan.effects, form)
    joined = await _people(work, kind, case, command, plan, parts, at, batch)
    known = await facts.load(
        work,
        case,
        frozenset[Fact]().union(*(g.needs for g in plan.guards)),
        at=at,
        roles=asked.roles,
        supervisor=supervisor,
        bed_id=_bed(plan.effects, form),
        joining=[_as_fact(k, at) for people_ in joined.values() for k in people_],
    )
    for guard in plan.guards:
        if refusal := guard.check(known, form):
            raise Refused(refusal.type, refusal.detail, basis=guard.basis)
    if any(isinstance(e, SetDanger) for e in plan.effects):
        case.danger = form.level  # type: ignore[attr-defined]
    if plan.action is not None:
        _advance(kind, case, plan.action, form, at)
    answers = parts.open | parts.sealed
    happened = Happened(
        id=command.id,
        name=plan.name,
        at=at,
        answers=answers,
        outcome=text_of(getattr(form, plan.outcome)) if plan.outcome else None,
        counted_from=counted_from(answers, plan.counted_from, at),
    )
    amount = getattr(form, plan.amount) if plan.amount else None
    record(work, case, happened, parts, joined, asked, batch, amount=amount)
    basis = plan.action.basis if plan.action else kind.basis
    disclosures.note(work, case, happened, basis, plan.effects, form, had, batch)

    async def earlier() -> Sequence[tuple[str, Mapping[str, Any]]]:
        return await facts.history(work, case)

    await deadlines.react(work, kind, case, happened, clocks, earlier, batch)
    people_ = [k for found in joined.values() for k in found]
    await duties.arise(work, kind, case, happened, clocks, people_, earlier, batch)
    return happened, await effects.after(work, case, happened, plan.effects, form, had[1], batch)


def record(
    work: Work,
    case: Card,
    event: Happened,
    parts: Split,
    joined: Mapping[str, Sequence[Known]],
    asked: Asked,
    batch: Batch,
    *,
    amount: Decimal | int | None = None,
    replaces: UUID | None = None,
) -> None:
    """Append an event to its case: answers parted by class and sealed, the chain continued."""
    ring = crypto.keyring()
    case.version += 1
    key, sealed = seal_answers(case.key, event.id, parts.sealed)
    row: dict[str, Any] = {
        "id": event.id,
        "case_id": case.id,
        "seq": case.version,
        "kind": case.kind,
        "name": event.name,
        "outcome": event.outcome,
        "amount": None if amount is None else Decimal(amount),
        "subject": case.subject,
        "sex": case.sex,
        "age_band": _age_band(case, event.at),
        "flags": case.flags,
        "happened_at": event.at,
        "claimed_at": asked.command.happened_at,
        "recorded_at": asked.recorded_at,
        "account_id": work.actor.account_id,
        "organisation_id": work.actor.organisation_id,
        "channel": work.channel,
        "operator": work.operator,
        "replaces": replaces,
        "details": parts.open | {f: [str(k.id) for k in found] for f, found in joined.items()},
        "sealed": sealed,
        "locked": len(parts.vault),
        "fingerprint": asked.fingerprint,
        "state": case.state,
        "version": case.version,
        "district": case.district,
        "town": case.town,
        "village": case.village,
    }
    locked = {
        name: _lock_away(case, event.id, name, value, batch) for name, value in parts.vault.items()
    }
    row["hash"] = case.head = crypto.link(
        ring, case.id, case.head, case.version, row | {"vault": locked}
    )
    if case.version == 1:
        batch.add(Case, **columns(case))
    batch.add(Event, **row, key=key, seen_by=case.seen_by)
    placed = {n: row[n] for n in ("district", "town", "village")} | {"seen_by": case.seen_by}
    batch.add(
        Outbox,
        case_id=case.id,
        event_id=event.id,
        kind=case.kind,
        name=event.name,
        state=case.state,
        happened_at=event.at,
        **placed,
    )


def _lock_away(case: Card, event_id: UUID, name: str, value: str, batch: Batch) -> bytes:
    """Put an S4 answer into the vault; gives it sealed, for the chain."""
    row_id, wrapped = uuid7(), crypto.new_key(crypto.keyring(), "vault")
    key = crypto.open_key(crypto.keyring(), wrapped, "vault")
    sealed = crypto.seal(key, value, Spot("case_vault", "sealed", row_id))
    batch.add(
        CaseVault,
        id=row_id,
        case_id=case.id,
        event_id=event_id,
        name=name,
        key=wrapped,
        sealed=sealed,
    )
    return sealed


async def _people(
    work: Work,
    kind: CaseKind,
    case: Card,
    command: Command,
    plan: Plan,
    parts: Split,
    at: datetime,
    batch: Batch,
) -> dict[str, list[Known]]:
    joined: dict[str, list[Known]] = {}
    adds = any(isinstance(e, AddParty) for e in plan.effects)
    for name, answers in parts.people.items():
        role = command.answers.role if adds else _role_of(command.answers, name)  # type: ignore[attr-defined]
        found = [await people.take(work, case, command.id, role, a, batch) for a in answers]
        joined[name] = found
        if case.subject is None and role is kind.subject_role:
            _make_subject(case, found[0], at)
    return joined


def _role_of(form: Form, name: str) -> PartyRole:
    note = note_of(type(form).model_fields[name])
    return PartyRole(note.party if note and note.party else "")


def _make_subject(case: Card, known: Known, at: datetime) -> None:
    case.subject = known.id
    case.sex = known.sex.value if known.sex else None
    case.birth_year = known.birth_on.year if known.birth_on else None
    case.flags = [f.value for f in people.flags_on(known.flags, known.sex, known.birth_on, at)]


def _as_fact(known: Known, at: datetime) -> PartyFact:
    born = known.birth_on
    return PartyFact(
        person_id=known.id,
        role=known.role,
        relation=known.relation,
        sex=known.sex,
        age=people.age_at(born, at) if born else None,
        id_number=known.id_number,
        flags=frozenset(people.flags_on(known.flags, known.sex, born, at)),
    )


def _age_band(case: Card, at: datetime) -> str | None:
    """Statistics ask for the band only; the year of birth, open on the card, is enough for it."""
    if case.birth_year is None:
        return None
    return clock.age_band(max(0, clock.local_day(at).year - case.birth_year))


def _bed(wanted: Sequence[Effect], form: Form) -> int | None:
    return next((getattr(form, e.field) for e in wanted if isinstance(e, OccupyBed)), None)


def text_of(value: Any) -> str | None:
    """An outcome as it is stored."""
    return None if value is None else str(getattr(value, "value", value))


def _advance(kind: CaseKind, case: Card, action: Action, form: Form, at: datetime) -> None:
    """The case's card after the action. One that leaves the state leaves the closing too."""
    if action.valid_until is not None:
        case.valid_until = action.valid_until(form) or case.valid_until
    match action.target:
        case None:
            return
        case Branch(field=field_, to=to):
            case.state = to[str(getattr(form, field_))]
        case state:
            case.state = state
    if case.state in kind.final:
        case.closed_at = at
        outcome = getattr(form, action.outcome_field) if action.outcome_field else None
        case.outcome = text_of(outcome) or case.state
    else:
        case.closed_at = case.outcome = None


def _check_legal_date(form: Form, plan: Plan, recorded_at: datetime) -> None:
    name = plan.counted_from
    given = getattr(form, name) if name else None
    if name is None or given is None or (plan.action and plan.action.ahead):
        return
    last = recorded_at if isinstance(given, datetime) else clock.local_day(recorded_at)
    if given > last:
        title = type(form).model_fields[name].title
        raise Invalid(
            f"“{title}”不能晚于现在", [{"field": f"answers.{name}", "message": "不能晚于现在"}]
        )
