"""What makes a definition wrong. Run when a CaseKind is built, so that a wrong one never loads."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable, Iterator, Set
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

from pydantic import AwareDatetime
from pydantic.fields import FieldInfo

from app.kinds.forms import S4, Form, Note, When, note_of
from app.kinds.measures import Clocks, Events, Indicator, Stock
from app.kinds.people import PersonAnswer

if TYPE_CHECKING:
    from app.kinds.base import Action, CaseKind, DeadlineRule, Effect

OPENED = "opened"
ANYWHERE = frozenset({"*"})
"""The source of an action possible in every state that is not final."""


def problems(kind: CaseKind) -> Iterator[str]:
    """Every fault of the definition, in words for the developer who wrote it."""
    yield from _states(kind)
    yield from _form(kind.form, OPENED)
    opening = (kind.opening_outcome,)
    yield from _step(kind.form, OPENED, opening, kind.counted_from, kind.opening_effects)
    if kind.subject not in kind.form.model_fields or not _party(kind.form, kind.subject):
        yield f"subject {kind.subject!r} is not a party of the opening form"
    if not kind.carried_by or not kind.carried_by <= kind.read_by:
        yield "carried_by is nobody, or somebody who does not read its cases"
    seen: set[str] = {OPENED}
    for action in kind.actions:
        if action.name in seen:
            yield f"two events are called {action.name}"
        seen.add(action.name)
        yield from _action(kind, action)
    for rule in kind.deadlines:
        yield from _deadline(kind, rule)
    names = [r.name for r in kind.deadlines]
    yield from (f"two deadlines are called {n}" for n in set(names) if names.count(n) > 1)
    yield from _indicators(kind)
    for event, condition in kind.suspicion.items():
        form = kind.form_of(event)
        if form is None:
            yield f"suspicion names the unknown event {event!r}"
        else:
            yield from _condition(form, f"suspicion: {event}", condition)


def _states(kind: CaseKind) -> Iterator[str]:
    states = set(kind.states)
    for name, given in (("initial", {kind.initial}), ("final", kind.final)):
        if unknown := set(given) - states:
            yield f"{name} names unknown states {sorted(unknown)}"
    if kind.reopens_to not in states - kind.final:
        yield f"reopens_to {kind.reopens_to!r} is not an open state"
    if unknown := set(kind.lapses) - states:
        yield f"lapses names unknown states {sorted(unknown)}"
    reached, grew = {kind.initial}, True
    while grew:
        more = {
            target
            for action in kind.actions
            if action.source & reached or (action.source == ANYWHERE and reached - kind.final)
            for target in action.targets()
        } - reached
        reached, grew = reached | more, bool(more)
    if lost := states - reached:
        yield f"states never reached: {sorted(lost)}"
    for state in states - kind.final:
        if not any(state in a.source and a.targets() - {state} for a in kind.actions) and not any(
            a.source == ANYWHERE and a.targets() for a in kind.actions
        ):
            yield f"state {state} has no way out"


def _action(kind: CaseKind, action: Action) -> Iterator[str]:
    where = f"action {action.name}"
    named = action.targets() | (set[str]() if action.source == ANYWHERE else action.source)
    if unknown := named - set(kind.states):
        yield f"{where} names unknown states {sorted(unknown)}"
    if not action.basis or not action.by:
        yield f"{where} needs a basis and somebody who may do it"
    yield from _form(action.form, where)
    yield from _branch(action, where)
    kept = (action.outcome, action.amount)
    yield from _step(action.form, where, kept, action.counted_from, action.effects)


def _branch(action: Action, where: str) -> Iterator[str]:
    branch = getattr(action.target, "field", None)
    if branch is None:
        return
    members = _enum_of(action.form, branch)
    if members is None:
        yield f"{where} branches on {branch!r}, which is not a required enum of its form"
    elif missing := {m.value for m in members} ^ set(action.target.to):  # type: ignore[union-attr]
        yield f"{where}: branch does not map exactly the members: {sorted(missing)}"


def _step(
    form: type[Form],
    where: str,
    kept: Iterable[str | None],
    counted_from: str | None,
    effects: Iterable[Effect],
) -> Iterator[str]:
    """What opening and acting share: the answers they name."""
    for name in kept:
        if name and not hasattr(form, name) and name not in form.model_fields:
            yield f"{where} names {name!r}, which its form does not ask"
    if counted_from and not _is_time(form, counted_from):
        yield f"{where}: counted_from {counted_from!r} is no date or moment of its form"
    for effect in effects:
        asked = {getattr(effect, "field", None), *getattr(effect, "carry", {}).values()} - {None}
        if not asked <= set(form.model_fields):
            yield f"{where}: an effect names {asked}, not all of which its form asks"
        yield from _condition(form, f"{where}: an effect", getattr(effect, "only_if", None))


def _condition(form: type[Form] | None, where: str, condition: When | None) -> Iterator[str]:
    """A condition that asks for what nobody is asked, or can answer, would silently never hold."""
    if condition is None or form is None:
        return
    if condition.field not in form.model_fields:
        yield f"{where} depends on {condition.field!r}, which is not asked"
        return
    kinds = _leaves(form.model_fields[condition.field].annotation)
    possible = {answer for kept in kinds for answer in _answers(kept)}
    if impossible := condition.values - possible:
        yield f"{where} depends on answers nobody can give: {sorted(map(str, impossible))}"


def _answers(kept: Any) -> Iterable[str | bool]:
    if kept is bool:
        return (True, False)
    is_list = isinstance(kept, type) and issubclass(kept, Enum)
    return [member.value for member in kept] if is_list else ()


def _deadline(kind: CaseKind, rule: DeadlineRule) -> Iterator[str]:
    where = f"deadline {rule.name}"
    events = {OPENED, *(a.name for a in kind.actions)}
    named = (
        rule.starts_on
        | rule.met_by
        | rule.drops_on
        | rule.resumed_by
        | set(rule.extended_by)
        | ({rule.paused_by} if rule.paused_by else set())
    )
    if unknown := named - events:
        yield f"{where} names unknown events {sorted(unknown)}"
        return
    if not rule.basis:
        yield f"{where} has no basis"
    if rule.each and rule.then:
        yield f"{where}: a clock for each of several cannot also be a series"
    yield from _conditions(kind, rule, where)


def _conditions(kind: CaseKind, rule: DeadlineRule, where: str) -> Iterator[str]:
    for event in rule.starts_on:
        yield from _condition(kind.form_of(event), f"{where}: starting on {event}", rule.only_if)
        if rule.each_from and not _has(kind, event, rule.each_from):
            yield f"{where}: {event} does not ask {rule.each_from!r}"
    for event in rule.met_by:
        yield from _condition(kind.form_of(event), f"{where}: met by {event}", rule.met_if)
        if rule.each and not (rule.each_field and _has(kind, event, rule.each_field)):
            yield f"{where}: {event} does not ask which of {rule.each} it is about"


def _indicators(kind: CaseKind) -> Iterator[str]:
    events = {OPENED, *(a.name for a in kind.actions)}
    rules = {r.name for r in kind.deadlines}
    for indicator in kind.indicators:
        yield from indicator_problems(indicator, events, rules)


def indicator_problems(indicator: Indicator, events: Set[str], rules: Set[str]) -> Iterator[str]:
    """Every fault of an indicator that may ask for these events and clocks."""
    where = f"indicator {indicator.code}"
    if not indicator.clause or not indicator.rule:
        yield f"{where} names no clause or no rule"
    measure = indicator.measure
    for part in (measure, *vars(measure).values()):
        if isinstance(part, Events):
            named = part.names
        elif isinstance(part, Stock):
            named = part.enter | part.leave
        else:
            named = frozenset[str]()
        if unknown := named - events:
            yield f"{where} names unknown events {sorted(unknown)}"
        if isinstance(part, Clocks) and part.rule not in rules:
            yield f"{where} names the unknown deadline {part.rule!r}"


def _form(form: type[Form], where: str) -> Iterator[str]:
    for name, field in form.model_fields.items():
        note = note_of(field)
        if note is None:
            yield f"{where}: field {name} has no class and source; use ask()"
            continue
        if not note.source:
            yield f"{where}: field {name} has no source"
        for condition in (note.visible_if, note.required_if):
            yield from _condition(form, f"{where}: {name}", condition)
        yield from _types(field, note, where, name)
        if (PersonAnswer in _leaves(field.annotation)) != (note.party is not None):
            yield f"{where}: {name}: people are asked for with party()"


def _types(field: FieldInfo, note: Note, where: str, name: str) -> Iterator[str]:
    for kept in _leaves(field.annotation):
        if isinstance(kept, type) and issubclass(kept, Form) and kept is not PersonAnswer:
            yield from _form(kept, f"{where}.{name}")
            if note.sight == S4:
                yield f"{where}: {name}: a vault answer must be plain text"
        elif kept in (bool, int) and not _strict(field.annotation, field.metadata):
            yield f"{where}: {name}: use Yes or Whole, lax {kept.__name__} takes false for 0"


def _leaves(annotation: Any) -> set[Any]:
    """The plain types inside optionals, lists and Annotated."""
    origin = typing.get_origin(annotation)
    if origin is None:
        return {annotation} - {type(None)}
    if origin is typing.Annotated:
        return _leaves(typing.get_args(annotation)[0])
    if origin in (typing.Union, types.UnionType, list, tuple, set, frozenset):
        return set().union(*(_leaves(a) for a in typing.get_args(annotation) if a is not Ellipsis))
    return {annotation}


def _strict(annotation: Any, metadata: list[Any]) -> bool:
    if any(getattr(m, "strict", False) for m in metadata):
        return True
    if typing.get_origin(annotation) is typing.Annotated:
        return any(getattr(m, "strict", False) for m in annotation.__metadata__)
    return any(_strict(a, []) for a in typing.get_args(annotation))


def _party(form: type[Form], name: str) -> bool:
    note = note_of(form.model_fields[name])
    return note is not None and note.party is not None


def _enum_of(form: type[Form], name: str) -> type[Enum] | None:
    field = form.model_fields.get(name)
    kept = field.annotation if field else None
    return kept if isinstance(kept, type) and issubclass(kept, Enum) else None


def _is_time(form: type[Form], name: str) -> bool:
    field = form.model_fields.get(name)
    return bool(field and _leaves(field.annotation) & {date, datetime, AwareDatetime})


def _has(kind: CaseKind, event: str, name: str) -> bool:
    form = kind.form_of(event)
    return form is not None and name in form.model_fields
