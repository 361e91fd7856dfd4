"""What the definitions call things: states, steps, clocks, outcomes."""

from datetime import datetime
from functools import lru_cache
from typing import Any, get_args, get_type_hints

from app import clock
from app.kinds.attachments import STEPS
from app.kinds.base import OPENED, CaseKind
from app.kinds.forms import Choice, Form, Sight, note_of


def lapsed(kind: CaseKind, state: str, valid_until: datetime | None) -> bool:
    """Whether the time of what was decided has run out in this state."""
    return state in kind.lapses and valid_until is not None and clock.now() > valid_until


def state(kind: CaseKind, name: str, valid_until: datetime | None = None) -> str:
    """The title of a state, or of what became of it once `valid_until` has passed."""
    return kind.lapses[name] if lapsed(kind, name, valid_until) else kind.states.get(name, name)


def step(kind: CaseKind, name: str) -> str:
    """The title of an event."""
    if name == OPENED:
        return f"登记{kind.title}"
    found = kind.action(name) or STEPS.get(name)
    return found.title if found else name


def clock_of(kind: CaseKind, row: Any) -> tuple[str, str]:
    """The title and the article of a running clock, with whom it is about where there is one for
    each; a rule that the definition dropped since keeps its name and the article it was started
    by."""
    rule = kind.rule(row.rule)
    if rule is None:
        return row.rule, row.basis
    about = _about(kind, row.rule).get(row.each)
    return f"{rule.title}（{about}）" if about else rule.title, rule.basis


@lru_cache(maxsize=256)
def _about(kind: CaseKind, rule: str) -> dict[str | None, str]:
    """What the values are called for each of which a rule starts a clock."""
    meant = kind.rule(rule)
    if meant is None or meant.each_field is None:
        return {}
    forms = filter(None, map(kind.form_of, sorted(meant.met_by)))
    known = [labels(f, meant.each_field) for f in forms if meant.each_field in f.model_fields]
    return {value: words for some in known for value, words in some.items()}


def outcome(kind: CaseKind, event: str, value: str | None) -> str | None:
    """The label of an event's outcome; the stored value where the form has no list for it."""
    action = kind.action(event)
    field = action.outcome_field if action else kind.opening_outcome
    form = kind.form_of(event)
    if value is None or field is None or form is None:
        return value
    return labels(form, field).get(value, value)


@lru_cache(maxsize=1024)
def outcome_sight(kind: CaseKind, event: str) -> Sight:
    """The class of an event's outcome: that of the answer it repeats; S1 for a computed one."""
    action, form = kind.action(event), kind.form_of(event)
    name = action.outcome_field if action else kind.opening_outcome
    field = form.model_fields.get(name) if form and name else None
    note = note_of(field) if field else None
    return note.sight if note else Sight.S1


@lru_cache(maxsize=64)
def ending_sight(kind: CaseKind) -> Sight:
    """The class of a case's outcome: the highest of the steps that end one."""
    ends = (a.name for a in kind.actions if a.targets() & kind.final)
    return max((outcome_sight(kind, name) for name in ends), default=Sight.S1)


@lru_cache(maxsize=512)
def labels(form: type[Form], field: str) -> dict[str, str]:
    """What the answers of a field are called, by what is stored; none where there is no list."""
    if field in form.model_fields:
        found: Any = form.model_fields[field].annotation
    else:
        found = get_type_hints(getattr(form, field).fget)["return"]
    for choice in (found, *get_args(found)):
        if isinstance(choice, type) and issubclass(choice, Choice):
            return {member.value: member.label for member in choice}
    return {}


def label(choice: type[Choice], value: str | None) -> str | None:
    """The label of a stored choice."""
    return choice(value).label if value is not None else None
