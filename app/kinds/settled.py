"""What no correction changes, and whose words are only one organisation's to correct."""

from app.kinds.base import (
    OPENED,
    AddParty,
    AnswerReferral,
    Assign,
    Branch,
    CaseKind,
    Link,
    Move,
    OccupyBed,
    OpenLinked,
    Refer,
    Share,
)


def settled(kind: CaseKind, event: str) -> frozenset[str]:
    """The fields of an event's form that no correction changes; the case is reopened instead.

    `event` is the opening or an action of the kind.
    """
    action = kind.action(event)
    assert action is not None or event == OPENED  # noqa: S101 - files have no effects
    target = action.target if action else None
    found = {target.field} if isinstance(target, Branch) else set()
    for effect in action.effects if action else kind.opening_effects:
        match effect:
            case Assign():
                found |= {"organisation_id", "account_id"}
            case Move():
                found |= {"area", "organisation_id"}
            case Link():
                found |= {"case_id", "why"}
            case AddParty():
                found.add("role")
            case Refer() | AnswerReferral():
                found |= set(action.form.model_fields) - {"note", "reason"} if action else set()
            case OccupyBed():
                found.add(effect.field)
            case Share() | OpenLinked():
                named = getattr(effect, "field", None)
                condition = effect.only_if.field if effect.only_if else None
                found |= {name for name in (named, condition) if name}
            case _:
                continue
    return frozenset(found)


def own_words(kind: CaseKind, event: str) -> bool:
    """Whether the event is what one organisation said to another (粤办法 20；多部门手册: 拒绝转介须
    书面说明): nobody else puts other words into its mouth, be it their supervisor."""
    action = kind.action(event)
    effects = action.effects if action else ()
    return any(isinstance(effect, Refer | AnswerReferral) for effect in effects)
