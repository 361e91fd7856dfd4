"""Walks: journeys of a kind from opening to one of its ends, as answers sent over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from app.roles import Role

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Step:
    """One action by somebody, `after` the step before (the opening: after the walk's start).

    In the answers a string such as "@bed" stands for an id made by the test:
    @bed, @shelter, @court, @legal_aid, @police, @women_fed_district, @village, @other_village,
    @person:victim (the person of that role in this case). A value may also be a callable
    `(moment) -> value`, given the step's moment (aware, UTC), for dates that the form asks.
    """

    action: str
    by: Role
    answers: Mapping[str, Any] = field(default_factory=dict)
    after: timedelta = HOUR
    state: str | None = None
    """The state expected after the step; None: not looked at."""
    refused: str | None = None
    """The type of the problem expected (409 or 422); None: the step succeeds."""


@dataclass(frozen=True)
class Walk:
    name: str
    kind: str
    steps: tuple[Step, ...]
    """The first is the opening: its action is "opened"."""
    ends: str
    """The state the case is left in."""
    met: frozenset[str] = frozenset()
    """Deadline rules that must have been met on the way."""
