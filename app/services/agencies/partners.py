"""What partners push: a paper about two people goes into their case, whole or not at all."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from app import access, clock, crypto
from app.access import Work
from app.errors import DocumentNumberTaken, IdReused, Invalid
from app.kinds.base import OPENED, CaseKind
from app.kinds.common import AddedParty
from app.kinds.forms import Empty, Form
from app.kinds.people import PartyRole, PersonAnswer
from app.models import Event, PartnerDocument
from app.models.columns import table_of
from app.services.acting import cases
from app.services.rows import commands
from app.services.rows.commands import Command, Receipt

EARLIEST = datetime(2016, 3, 1, tzinfo=UTC)
"""The day the Anti-DV law came into force: no paper here is older."""


TAKEN = "这个文书编号已登记，且内容不同，请核对编号"


@dataclass(frozen=True, kw_only=True)
class Paper:
    """What came in: the command's id, the paper's number in its series (None: it has none), all
    it says, and what a person decided about the case it belongs to."""

    id: UUID
    series: str
    number: str | None
    content: Mapping[str, Any] = field(repr=False)
    area: int | None = None
    case_id: UUID | None = None
    open_new: bool = False


Pair = Mapping[PartyRole, PersonAnswer]
"""The people of a paper by their part; first the one the case is about."""


@dataclass(frozen=True, kw_only=True)
class Move:
    """One step the paper amounts to. `name` may follow the case's state; with `only_in` the step
    is left out in other states, unless it is the last: that one the paper is about."""

    name: str | Mapping[str, str]
    at: datetime
    form: Form
    only_in: frozenset[str] | None = None


@dataclass(frozen=True)
class Undecided:
    """Several cases, or an uncertain one, may be meant: rows with id, number, state, opened_at."""

    candidates: Sequence[Any]


async def begin(work: Work, paper: Paper, person: PersonAnswer | None = None) -> Receipt | None:
    """The receipt of the paper if it came in before. Papers of one number, and papers about one
    person, wait for each other.

    Raises DocumentNumberTaken, or IdReused, if it says something else this time.
    """
    if paper.number is not None:
        await _wait(work, f"{paper.series}|{plain(paper.number)}")
    if person is not None and person.id_number:
        await _wait(work, crypto.index(crypto.keyring(), "id_number", person.id_number).hex())
    return await _known(work, paper)


async def _wait(work: Work, key: str) -> None:
    await work.connection.execute(
        text("select pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key}
    )


_DOCUMENT = select(col(PartnerDocument.event_id)).where(
    col(PartnerDocument.partner) == bindparam("series"),
    col(PartnerDocument.number) == bindparam("number"),
)


async def _known(work: Work, paper: Paper) -> Receipt | None:
    event_id = None
    if paper.number is not None:
        asked = {"series": paper.series, "number": plain(paper.number)}
        event_id = (await work.connection.execute(_DOCUMENT, asked)).scalar_one_or_none()
    wanted = select(table_of(Event)).where(col(Event.id) == (event_id or paper.id))
    row = (await work.connection.execute(wanted)).one_or_none()
    if row is not None and _says(work, paper, row) == row.fingerprint:
        command = Command(
            id=row.id, happened_at=row.claimed_at, answers=Empty(), body=paper.content
        )
        return await commands.repeated(work, command, row.fingerprint)
    if event_id is not None:
        raise DocumentNumberTaken(TAKEN)
    if row is not None:
        raise IdReused("这个编号已用于另一次提交，请重新填写后提交")
    return None


def _says(work: Work, paper: Paper, row: Any) -> bytes:
    """The fingerprint the event would have if this paper had made it."""
    target = row.village or row.town or row.district if row.name == OPENED else row.case_id
    command = Command(id=row.id, happened_at=row.claimed_at, answers=Empty(), body=paper.content)
    return commands.fingerprint(work, f"{row.kind}/{row.name}/{target}", command)


async def run(
    work: Work,
    kind: CaseKind,
    paper: Paper,
    case: Any | None,
    moves: Sequence[Move],
    pair: Pair | None = None,
) -> Receipt:
    """Carry out the moves in the case (None: the first one opens it) and file the paper.

    Every event's id follows from the command's; the last one has it. People the case does not
    know yet join it first. Raises what `cases.act` raises, Invalid for moments out of order,
    DocumentNumberTaken.
    """
    check_moments([move.at for move in moves])
    if case is not None:
        moves = [*await _joining(work, case, pair or {}, moves[0].at), *moves]
    case_id, state = (case.id, case.state) if case is not None else (None, "")
    receipt: Receipt | None = None
    for n, move in enumerate(moves, start=1):
        last = n == len(moves)
        if not last and move.only_in is not None and state not in move.only_in:
            continue
        command = Command(
            id=paper.id if last else step_id(paper.id, n),
            happened_at=move.at,
            answers=move.form,
            body=paper.content,
        )
        if case_id is None:
            receipt = await cases.open_case(work, kind, command, paper.area)
        else:
            name = move.name if isinstance(move.name, str) else move.name.get(state, "")
            receipt = await cases.act(work, kind, case_id, name or _usual(move), command)
        case_id, state = receipt.case_id, receipt.state
    assert receipt is not None  # noqa: S101 - the last move is never left out
    if paper.number is not None:
        filed = {
            "partner": paper.series,
            "number": plain(paper.number),
            "case_id": receipt.case_id,
            "event_id": receipt.id,
        }
        # A number that stands in a case the sender is barred from was not found before.
        if (await work.connection.execute(_FILE, filed)).rowcount != 1:
            raise DocumentNumberTaken(TAKEN)
    return receipt


_FILE = insert(table_of(PartnerDocument)).on_conflict_do_nothing().inline()


def _usual(move: Move) -> str:
    """The name under which a step that fits no state is refused."""
    return move.name if isinstance(move.name, str) else next(iter(move.name.values()))


async def _joining(work: Work, case: Any, pair: Pair, at: datetime) -> list[Move]:
    there = {party.role for party in await access.parties_of(work, case.id)}
    return [
        Move(name="add_party", at=at, form=AddedParty(role=role, person=person))
        for role, person in pair.items()
        if role.value not in there
    ]


def check_moments(moments: Sequence[datetime]) -> None:
    """Raises Invalid unless the moments lie in the law's time and follow each other."""
    if not all(EARLIEST <= moment <= clock.now() for moment in moments):
        raise Invalid("时间有误：不能早于反家庭暴力法施行之日，也不能晚于现在")
    if list(moments) != sorted(moments):
        raise Invalid("各环节的时间先后有误，请核对")


def step_id(command_id: UUID, n: int) -> UUID:
    """The id of a step before the last: of the command's moment, version 7, always the same.

    Hashed, because clients may count their own ids up one by one.
    """
    digest = hashlib.sha256(command_id.bytes + n.to_bytes(2, "big")).digest()
    value = int.from_bytes(command_id.bytes[:6] + digest[:10])
    value = value & ~(0xF << 76) | 0x7 << 76
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)


def plain(number: str) -> str:
    """One spelling of a document number: full width as half width, no spaces."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", number))
