"""A case's card and its clocks in hand, while one piece of work changes them.

Plain records, not table objects: those watch every attribute, and cost as much as a query.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID


@dataclass(slots=True, kw_only=True)
class Card:
    """The columns of `case`."""

    id: UUID
    kind: str
    state: str
    opened_at: datetime
    recorded_at: datetime
    version: int
    key: bytes
    head: bytes
    district: int
    town: int | None = None
    village: int | None = None
    seen_by: list[int] = field(default_factory=list)
    moved: bool = False
    number: str | None = None
    subject: UUID | None = None
    sex: str | None = None
    birth_year: int | None = None
    flags: list[str] = field(default_factory=list)
    organisation_id: int | None = None
    account_id: int | None = None
    danger: str | None = None
    closed_at: datetime | None = None
    outcome: str | None = None
    valid_until: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Clock:
    """The columns of `deadline`."""

    id: UUID
    case_id: UUID
    kind: str
    rule: str
    round: int
    started_by: UUID
    started_at: datetime
    due_at: datetime
    owner: str
    basis: str
    district: int
    town: int | None = None
    village: int | None = None
    seen_by: list[int] = field(default_factory=list)
    each: str | None = None
    alert_at: datetime | None = None
    ends_on: date | None = None
    met_at: datetime | None = None
    met_by: UUID | None = None
    met_outcome: str | None = None
    dropped_at: datetime | None = None
    dropped_reason: str | None = None
    paused_at: datetime | None = None
    organisation_id: int | None = None
    sex: str | None = None


def card_of(row: Any) -> Card:
    """The card of a case's row."""
    return Card(**{name: getattr(row, name) for name in Card.__slots__})


def columns(record: Card | Clock) -> dict[str, Any]:
    """The record as a row, by column."""
    return {name: getattr(record, name) for name in record.__slots__}
