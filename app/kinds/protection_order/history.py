"""What earlier steps of an order's case tell its guards."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from app.kinds.guards import Facts
from app.kinds.protection_order.rulings import RulingGround

ORDER = frozenset({"granted", "served", "in_force"})
"""The states of an order that stands: it takes effect the day it is made (反家暴法 30)."""


def answers_to(facts: Facts, *events: str) -> Iterator[Mapping[str, Any]]:
    """The answers given to any of the events, one event after the other."""
    return (answers for event in events for answers in facts.answers.get(event, ()))


def moment_of(answers: Mapping[str, Any], name: str) -> datetime:
    """An earlier answer that is a moment."""
    return datetime.fromisoformat(answers[name])


def last_ruling(facts: Facts) -> datetime | None:
    """When the court ruled last, be it on the order or on a change of it."""
    rulings = answers_to(facts, "decide", "add_measures", "change_order", "revoke_order")
    return max((moment_of(ruling, "made_at") for ruling in rulings), default=None)


def pending(facts: Facts, ground: RulingGround) -> bool:
    """Whether an application to change, or for reconsideration, came after the last answer."""
    answered = [
        moment_of(a, "made_at")
        for a in answers_to(facts, "change_order", "revoke_order")
        if a["ground"] == ground
    ]
    answered += [
        moment_of(a, "ruled_at") for a in answers_to(facts, "keep_ruling") if a["ground"] == ground
    ]
    if ground is RulingGround.RECONSIDERATION:
        answered += [moment_of(a, "made_at") for a in answers_to(facts, "decide")]
        request = facts.last("request_reconsideration")
    else:
        request = facts.last("request_change")
    return request is not None and all(moment_of(request, "applied_at") > m for m in answered)
