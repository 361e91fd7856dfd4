"""Golden files: the definitions as they are, every change of a term, a form or a rule in view.

After an intended change, write them anew and read the difference before it is committed:

    .venv/bin/python -m tests.kinds.test_golden
"""

import json
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app.clock import Term
from app.kinds import KINDS, across
from app.kinds.base import Action, CaseKind, DeadlineRule
from app.kinds.common import ACTIONS, DUTY_TO_REPORT
from app.kinds.forms import Form, Note, When, note_of
from app.kinds.guards import Guard
from app.kinds.measures import Indicator
from app.kinds.people import PersonAnswer

GOLDEN = Path(__file__).parent / "golden"
AGAIN = "a definition changed; if that is meant: .venv/bin/python -m tests.kinds.test_golden"
UNNAMED = (CaseKind, Action, DeadlineRule, Indicator, Guard)
RULES = (
    *("ge", "gt", "le", "lt", "min_length", "max_length"),
    *("pattern", "max_digits", "decimal_places"),
)
WIDTH = 160


def described(value: Any) -> Any:
    """Whatever a definition holds, as JSON values. What is as by default is left out."""
    match value:
        case Enum():
            return value.value
        case None | bool() | int() | str():
            return value
        case When():
            return f"{value.field}: {', '.join(sorted(str(v).lower() for v in value.values))}"
        case type() if issubclass(value, Form):
            return {"name": value.__name__, "fields": _form(value)}
        case Mapping():
            return {str(described(k)): described(v) for k, v in value.items()}
        case frozenset():
            return sorted(map(described, value))
        case tuple() | list():
            return [described(v) for v in value]
        case _ if is_dataclass(value):
            return _dataclass(value)
        case _ if callable(value):
            return value.__qualname__.rpartition(".")[2]
    raise TypeError(f"{value!r} has no place in a definition")


def _dataclass(value: Any) -> dict[str, Any]:
    whole = isinstance(value, typing.get_args(Term))
    name = {} if isinstance(value, UNNAMED) else {"is": type(value).__name__}
    kept = {f.name: getattr(value, f.name) for f in fields(value)}
    usual = {
        f.name: f.default if f.default_factory is MISSING else f.default_factory()
        for f in fields(value)
    }
    if isinstance(value, Guard):
        del kept["check"]
    shown = {n: v for n, v in kept.items() if v is not None and (whole or v != usual[n])}
    return name | described(shown)  # type: ignore[no-any-return]


def _form(form: type[Form]) -> dict[str, Any]:
    return {name: _field(field) for name, field in form.model_fields.items()}


def _field(field: Any) -> dict[str, Any]:
    note = note_of(field) or Note("", "")  # type: ignore[arg-type]
    leaf, many = _leaf(field.annotation)
    rules = {r: getattr(m, r) for m in field.metadata for r in RULES if hasattr(m, r)}
    asked = {
        "title": field.title,
        "class": note.sight,
        "source": note.source,
        "type": f"list of {leaf.__name__}" if many else leaf.__name__,
        "required": field.is_required(),
    }
    more = {
        **{n: getattr(note, n) for n in ("widget", "party", "visible_if", "required_if")},
        "default": None if field.is_required() else field.get_default(call_default_factory=True),
        "hint": field.description,
        **{n: v if isinstance(v, int) else str(v) for n, v in rules.items() if v is not None},
    }
    if issubclass(leaf, Enum):
        more["choices"] = {m.value: getattr(m, "label", m.name) for m in leaf}
    if issubclass(leaf, Form) and leaf is not PersonAnswer:
        more["fields"] = _form(leaf)
    return described(asked) | {n: described(v) for n, v in more.items() if v not in (None, [])}  # type: ignore[no-any-return]


def _leaf(annotation: Any) -> tuple[type, bool]:
    """The type asked for, without Annotated and optional, and whether several are."""
    origin, inside = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _leaf(inside[0])
    if origin in (typing.Union, types.UnionType):
        return _leaf(next(a for a in inside if a is not type(None)))
    if origin in (list, tuple, frozenset):
        return _leaf(inside[0])[0], True
    return annotation, False


def written(value: Any, indent: int = 0) -> str:
    """JSON with one line for each thing that holds no other thing and is not too long."""
    flat = json.dumps(value, ensure_ascii=False)
    inside: Iterable[Any] = value.values() if isinstance(value, dict) else value
    if not isinstance(value, dict | list) or (
        len(flat) + indent <= WIDTH and not any(isinstance(v, dict | list) for v in inside)
    ):
        return flat
    pad = " " * (indent + 2)
    if isinstance(value, dict):
        parts = [
            f"{pad}{json.dumps(k, ensure_ascii=False)}: {written(v, indent + 2)}"
            for k, v in value.items()
        ]
        return "{\n" + ",\n".join(parts) + "\n" + " " * indent + "}"
    return "[\n" + ",\n".join(pad + written(v, indent + 2) for v in value) + f"\n{' ' * indent}]"


def _kind(kind: CaseKind) -> Any:
    whole = described(kind)
    whole["actions"] = described([a for a in kind.actions if a not in ACTIONS])
    whole["deadlines"] = described([r for r in kind.deadlines if r != DUTY_TO_REPORT])
    return whole


def _common() -> Any:
    return {
        "actions": described(ACTIONS),
        "deadlines": described([DUTY_TO_REPORT]),
        "indicators": described(across.INDICATORS),
        "person": described(PersonAnswer),
    }


DESCRIBED: Mapping[str, Callable[[], Any]] = {
    "common": _common,
    **{name: partial(_kind, kind) for name, kind in KINDS.items()},
}


@pytest.mark.parametrize("name", DESCRIBED)
def test_the_definition_is_as_it_was(name: str) -> None:
    golden = (GOLDEN / f"{name}.json").read_text(encoding="utf-8")
    assert written(DESCRIBED[name]()) + "\n" == golden, AGAIN


def test_every_golden_file_has_its_definition() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(DESCRIBED), AGAIN


def test_the_files_are_json_and_name_every_term_whole() -> None:
    text = "".join((GOLDEN / f"{name}.json").read_text(encoding="utf-8") for name in DESCRIBED)
    terms = [
        line for line in text.splitlines() if '"is": "Hours"' in line or '"is": "Days"' in line
    ]
    assert terms
    assert all(word in line for line in terms for word in ('"n": ', '"source": ', '"region": '))


if __name__ == "__main__":
    for each, describe in DESCRIBED.items():
        (GOLDEN / f"{each}.json").write_text(written(describe()) + "\n", encoding="utf-8")
