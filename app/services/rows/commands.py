"""Commands and their receipts: what was asked, whether it was asked before, what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Label, bindparam, column, literal, select, text
from sqlmodel import col

from app import clock, crypto, db
from app.access import Work
from app.errors import IdReused
from app.kinds.base import CaseKind
from app.kinds.forms import Form
from app.models import Case, Deadline, Event
from app.models.columns import table_of
from app.services.rows.cards import Card, Clock


@dataclass(frozen=True, kw_only=True)
class Command:
    """A wish to change something: an id made by whoever asks, the moment of the fact, answers.

    `clock_offset` is how far the asker's clock was ahead of ours. `body` is what came in, for
    telling a repeat from another use of the same id.
    """

    id: UUID
    happened_at: datetime
    answers: Form
    clock_offset: timedelta = timedelta()
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What is known of a command that was carried out, now or before."""

    id: UUID
    case_id: UUID
    number: str | None
    kind: str
    state: str
    version: int
    recorded_at: datetime
    repeated: bool = False


def happened(command: Command, recorded_at: datetime, first_fact: datetime | None) -> datetime:
    return clock.corrected(
        command.happened_at,
        offset=command.clock_offset,
        recorded_at=recorded_at,
        first_fact=first_fact,
    )


def fingerprint(work: Work, operation: str, command: Command) -> bytes:
    """What tells a repeat of a command from another command under the same id."""
    body = {"happened_at": command.happened_at, "answers": command.body}
    return crypto.fingerprint(crypto.keyring(), work.actor.account_id, operation, body)


REUSED = "这个编号已用于另一次提交，请重新填写后提交"

_BEFORE = (
    select(
        col(Event.fingerprint),
        col(Event.case_id),
        col(Event.state),
        col(Event.version),
        col(Event.recorded_at),
        col(Event.kind),
        col(Case.number),
    )
    .join(Case, col(Case.id) == col(Event.case_id))
    .where(col(Event.id) == bindparam("id"))
)


async def repeated(work: Work, command: Command, print_: bytes) -> Receipt | None:
    """The receipt of a command already carried out; None for a new one.

    Raises IdReused if the id was used for anything else.
    """
    if command.id in work.actor.barred:
        raise IdReused(REUSED)
    found = await db.rows(work.connection, _BEFORE, {"id": command.id})
    if not found:
        return None
    (row,) = found
    if row.fingerprint != print_:
        raise IdReused(REUSED)
    return Receipt(
        id=command.id,
        case_id=row.case_id,
        number=row.number,
        kind=row.kind,
        state=row.state,
        version=row.version,
        recorded_at=row.recorded_at,
        repeated=True,
    )


_CLOCK = tuple(column.name for column in table_of(Deadline).c)
_EARLIER: tuple[Label[Any], ...] = (
    col(Event.fingerprint).label("earlier_fingerprint"),
    col(Event.state).label("earlier_state"),
    col(Event.version).label("earlier_version"),
    col(Event.recorded_at).label("earlier_recorded_at"),
)
_STANDING = select(*_EARLIER, *table_of(Deadline).c).select_from(
    select(literal(1).label("one"))
    .subquery()
    .outerjoin(Event, col(Event.id) == bindparam("id"))
    .outerjoin(Deadline, col(Deadline.case_id) == bindparam("case_id"))
)


async def standing(
    work: Work, case: Card, command: Command, print_: bytes
) -> tuple[Receipt | None, list[Clock]]:
    """What a locked case knows, in one round trip: the receipt of the command if it was carried
    out before, and every clock the case ever had, oldest round first. IdReused as above."""
    asked = {"id": command.id, "case_id": case.id}
    rows = await db.rows(work.connection, _STANDING, asked)
    first, width = rows[0], len(_EARLIER)
    clocks = [
        Clock(**dict(zip(_CLOCK, row[width:], strict=True))) for row in rows if row.id is not None
    ]
    clocks.sort(key=lambda clock: (clock.round, clock.due_at))
    if first.earlier_fingerprint is None:
        return None, clocks
    if first.earlier_fingerprint != print_:
        raise IdReused(REUSED)
    done = replace(
        receipt(case, command.id, first.earlier_recorded_at),
        state=first.earlier_state,
        version=first.earlier_version,
        repeated=True,
    )
    return done, clocks


def receipt(case: Card, event_id: UUID, recorded_at: datetime) -> Receipt:
    """The receipt of a command that was just carried out."""
    return Receipt(
        id=event_id,
        case_id=case.id,
        number=case.number,
        kind=case.kind,
        state=case.state,
        version=case.version,
        recorded_at=recorded_at,
    )


_NUMBER = text(
    "with given as (insert into case_counter as c (kind, district, year, last)"
    " values (:kind, :district, :year, 1)"
    " on conflict (kind, district, year) do update set last = c.last + 1 returning last)"
    " update \"case\" set number = :prefix || lpad(given.last::text, 5, '0') || '号'"
    ' from given where "case".id = :id returning number'
).columns(column("number"))


async def give_number(work: Work, kind: CaseKind, case: Card) -> str:
    """The next number of the kind, district and year: 告诫〔2026〕00001号. Taken last, because the
    counter's row is locked until commit."""
    year = clock.local_day(case.recorded_at).year
    values = {
        "kind": kind.name,
        "district": case.district,
        "year": year,
        "prefix": f"{kind.prefix}〔{year}〕",
        "id": case.id,
    }
    (given,) = await db.rows(work.connection, _NUMBER, values)
    return str(given.number)
