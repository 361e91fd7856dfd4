"""An event as clocks and effects see it, and the legal moment it counts from."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app import clock

Earlier = Callable[[], Awaitable[Sequence[tuple[str, Mapping[str, Any]]]]]
"""Gives the case's current answers so far, with their event's name, oldest first."""


@dataclass(frozen=True, kw_only=True)
class Happened:
    """What happened. `counted_from` is the legal date or moment the form asked for: clocks start
    from it, and are met at it, however late it was typed in."""

    id: UUID
    name: str
    at: datetime
    answers: Mapping[str, Any]
    outcome: str | None
    counted_from: datetime


def counted_from(answers: Mapping[str, Any], field: str | None, at: datetime) -> datetime:
    """The moment a clock runs from: the legal date or moment answered, else when it happened."""
    given = answers.get(field) if field else None
    if given is None:
        return at
    text = str(given)
    if len(text) == len("2026-01-01"):
        return clock.start_of_day(date.fromisoformat(text))
    return datetime.fromisoformat(text)
