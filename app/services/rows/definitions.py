"""The definitions as both frontends render them: forms, states, actions, clocks, instruments."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pydantic import AwareDatetime
from pydantic.json_schema import models_json_schema

from app.kinds.attachments import STEPS
from app.kinds.base import ANYWHERE, OPENED, Action, Branch, CaseKind
from app.kinds.forms import Choice, Form, notes
from app.kinds.instruments import DANGER_SCALE
from app.kinds.people import Flag, PartyRole, Relation, Sex
from app.kinds.settled import settled
from app.roles import Role
from app.services.rows import terms

Forms = tuple[type[Form], ...]
LONG = "app__kinds__"
"""What Pydantic puts before a name that two modules use."""


def describe(kinds: Mapping[str, CaseKind]) -> dict[str, Any]:
    """Everything GET /kinds tells, as JSON values."""
    names, schemas = _schemas(_forms(*kinds.values()))
    scale = DANGER_SCALE
    return {
        "kinds": [_kind(kind, names) for kind in kinds.values()],
        "schemas": schemas,
        "steps": {event: names[step.form] for event, step in STEPS.items()},
        "roles": {role.value: role.label for role in Role},
        "party_roles": _labels(PartyRole),
        "relations": _labels(Relation),
        "sexes": _labels(Sex),
        "flags": _labels(Flag),
        "instruments": [
            {
                "name": scale.name,
                "title": scale.title,
                "version": scale.version,
                "source": scale.source,
                "note": scale.note,
                "items": scale.items,
                "vetoes": scale.vetoes,
                "bands": [
                    {"lowest": lowest, "level": level.value, "title": level.label}
                    for lowest, level in scale.bands
                ],
            }
        ],
    }


def schema_names(kinds: Mapping[str, CaseKind]) -> Mapping[type[Form], str]:
    """The name under which `describe` gives each form's schema."""
    return _schemas(_forms(*kinds.values()))[0]


@lru_cache(maxsize=8)
def _forms(*kinds: CaseKind) -> Forms:
    found = {a.form: None for kind in kinds for a in kind.actions}
    return (*(kind.form for kind in kinds), *found, *(step.form for step in STEPS.values()))


@lru_cache(maxsize=8)
def _schemas(forms: Forms) -> tuple[dict[type[Form], str], dict[str, Any]]:
    refs, made = models_json_schema(
        [(form, "validation") for form in dict.fromkeys(forms)], ref_template="#/schemas/{model}"
    )
    names: dict[Any, str] = {
        form: _short(ref["$ref"].rpartition("/")[2]) for (form, _), ref in refs.items()
    }
    return names, {_short(n): _plain(s) for n, s in made["$defs"].items()}


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """A form's schema without the docstring meant for programmers."""
    return {k: _renamed(v) for k, v in schema.items() if k != "description"}


def _short(name: str) -> str:
    return name.removeprefix(LONG)


def _renamed(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {k: _reference(v) if k == "$ref" else _renamed(v) for k, v in schema.items()}
    return [_renamed(part) for part in schema] if isinstance(schema, list) else schema


def _reference(ref: str) -> str:
    return ref.replace(f"/{LONG}", "/")


def _labels(choice: type[Choice]) -> dict[str, str]:
    return {member.value: member.label for member in choice}


def _kind(kind: CaseKind, names: Mapping[type[Form], str]) -> dict[str, Any]:
    return {
        "name": kind.name,
        "title": kind.title,
        "prefix": kind.prefix,
        "basis": kind.basis,
        "form": names[kind.form],
        "subject": kind.subject,
        "opened_by": _roles(kind.opened_by),
        "read_by": _roles(kind.read_by),
        "in_charge": kind.in_charge,
        "states": dict(kind.states),
        "initial": kind.initial,
        "final": sorted(kind.final),
        "lapses": dict(kind.lapses),
        "settled": sorted(settled(kind, OPENED)),
        "actions": [_action(kind, action, names) for action in kind.actions],
        "deadlines": [terms.describe(rule) for rule in kind.deadlines],
    }


def _roles(roles: frozenset[Role]) -> list[str]:
    return [role.value for role in Role if role in roles]


def _action(kind: CaseKind, action: Action, names: Mapping[type[Form], str]) -> dict[str, Any]:
    source = kind.open_states if action.source == ANYWHERE else action.source
    target = action.target
    return {
        "name": action.name,
        "title": action.title,
        "source": [state for state in kind.states if state in source],
        "target": {"field": target.field, "to": dict(target.to)}
        if isinstance(target, Branch)
        else target,
        "by": _roles(action.by),
        "basis": action.basis,
        "form": names[action.form],
        "asks": any(True for _ in notes(action.form)),
        "outcome": action.outcome_field,
        "taken_at": _taken_at(action),
        "settled": sorted(settled(kind, action.name)),
    }


def _taken_at(action: Action) -> str | None:
    """The question that says when the step was taken, to the minute, if it must be answered: nobody
    is asked that a second time."""
    field = action.form.model_fields.get(action.counted_from or "")
    exact = field is not None and field.is_required() and field.annotation is AwareDatetime
    return action.counted_from if exact and not action.ahead else None
