"""What phones recorded and the system would not apply: seen and settled by supervisors."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from types import SimpleNamespace
from typing import Any, Final
from uuid import UUID, uuid5

from sqlalchemy import BigInteger, Uuid, bindparam, func, insert, or_, select, text, tuple_, update

from app import access, clock, crypto
from app.access import Work
from app.crypto import Place
from app.errors import Conflict, Invalid, NotAllowed, NotFound, Stale, title_of
from app.kinds.base import OPENED, CaseKind
from app.kinds.forms import Form, Sight
from app.models import Account, Notice, PhoneConflict
from app.models.columns import TZ, table_of
from app.places import place_of
from app.services.acting import answers as sealed_answers
from app.services.phone.sync import Note
from app.services.record import audit
from app.services.record.audit import What
from app.services.rows import cursors, titles
from app.services.seeing import looks, timeline
from app.services.seeing.listing import CAP, Page, bounded
from app.services.seeing.looks import Opened
from app.services.seeing.reach import level_of


class Settlement(StrEnum):
    """What becomes of a phone's record."""

    SYSTEM = "system"
    """The system's version stands."""
    PHONE = "phone"
    """The phone's is taken: a correction of the step it is of, or the step itself."""
    NOTE = "note"
    """Both stay: the phone's is kept as a note."""


DECIDED: Final = {
    Settlement.SYSTEM: "处理：以系统为准",
    Settlement.NOTE: "处理：两者都留",
}
LONGEST_NOTE: Final = 4000
"""As the form of a note has it."""
TOLD: Final = "您在手机上填写的一条记录，主管人员已经处理"
REMEMBERED: Final = timedelta(days=8)
"""A phone forgets what it delivered after a week."""

_table = table_of(PhoneConflict)
_row = _table.c
_SHOWN = ("id", "case_id", "kind", "name", "problem", "received_at", "settled_at", "verdict",
          "version", "district", "town", "village", "seen_by")  # fmt: skip
_WAITING = _row.settled_at.is_(None)
_account = table_of(Account).c
_LISTED = (
    select(*(_row[name] for name in _SHOWN), _account.display_name.label("recorded_by"))
    .outerjoin(Account, _account.id == _row.recorded_by)
    .order_by(_row.received_at, _row.id)
)
_AFTER = tuple_(_row.received_at, _row.id) > tuple_(
    bindparam("received_at", type_=TZ), bindparam("id", type_=Uuid)
)


def supervises(work: Work) -> bool:
    """Whether phones' records come before the actor at all."""
    return any(grant.supervisor for grant in work.actor.grants)


def _supervised(work: Work) -> Any:
    """Rows of the places the actor supervises, of kinds that she reads in that office, or of no
    kind of ours. Raises NotAllowed for who supervises nothing."""
    offices = [grant for grant in work.actor.grants if grant.supervisor]
    if not offices:
        raise NotAllowed("手机冲突记录由主管人员处理")
    there = []
    for office in offices:
        place = place_of(office.area)
        others = [name for name, kind in work.kinds.items() if office.role not in kind.read_by]
        there.append((_row[level_of(place)] == place.code) & _row.kind.not_in(others))
    unbarred = or_(_row.case_id.is_(None), _row.case_id.not_in(work.actor.barred))
    return or_(*there) & unbarred


async def page(
    work: Work, settled: bool, case_id: UUID | None, cursor: str | None, limit: int
) -> Page:
    """Those that wait (or were `settled`) where the actor supervises, of all cases or one, the
    oldest first. Raises NotAllowed for who supervises nothing, Invalid for a foreign cursor."""
    question = {"settled": settled, "case_id": str(case_id)}
    wanted = _LISTED.where(
        _supervised(work), _row.settled_at.is_not(None) if settled else _WAITING
    ).limit(bindparam("limit", type_=BigInteger))
    values: dict[str, Any] = {"limit": limit + 1}
    if case_id is not None:
        wanted = wanted.where(_row.case_id == case_id)
    if cursor is not None:
        values["received_at"], values["id"] = cursors.read(cursor, question, "tu")
        wanted = wanted.where(_AFTER)
    rows = (await work.connection.execute(wanted, values)).all()
    more, rows = len(rows) > limit, rows[:limit]
    return Page(
        items=[_brief(work, row) for row in rows],
        next=cursors.write((rows[-1].received_at, rows[-1].id), question) if more else None,
    )


async def waiting(work: Work) -> dict[str, Any]:
    """How many wait where the actor supervises, counted to CAP at most. Raises NotAllowed for who
    supervises nothing."""
    first = select(_row.id).where(_supervised(work), _WAITING).limit(CAP).subquery()
    counted = await work.connection.execute(select(func.count()).select_from(first))
    return bounded(counted.scalar_one())


def _brief(work: Work, row: Any) -> dict[str, Any]:
    kind = work.kinds.get(row.kind)
    return {name: row._mapping[name] for name in _SHOWN[:9]} | {
        "problem_title": title_of(row.problem),
        "recorded_by": row.recorded_by,
        "area": access.place_in(row).code,
        "kind_title": kind.title if kind else row.kind,
        "step_title": titles.step(kind, row.name) if kind else row.name,
    }


@dataclass(frozen=True, kw_only=True)
class Both:
    """A phone's record, its case if that passed the gate, and how deep the actor reads in it."""

    row: Any
    note: Note
    kind: CaseKind | None
    opened: Opened | None
    sight: Sight

    def said(self) -> dict[str, Any]:
        """What the phone says, up to the reader's class."""
        form = self.kind.form_of(self.note.name) if self.kind else None
        given = self.note.command.get("answers")
        if form is None or not isinstance(given, Mapping):
            return {}
        return sealed_answers.readable(form, given, self.sight)


async def load(work: Work, id: UUID, *, locked: bool = False) -> Both:
    """One of them; the look is logged if it goes as deep as S3. Raises NotFound, NotAllowed,
    Shredded."""
    wanted = select(_table).where(_row.id == id, _supervised(work))
    row = (await work.connection.execute(wanted.with_for_update() if locked else wanted)).first()
    if row is None:
        raise NotFound("没有这条记录")
    key = crypto.open_key(crypto.keyring(), row.key, "vault")
    command = crypto.unseal_values(key, row.sealed, Place("phone_conflict", "sealed", id))
    content = base64.b64decode(command.pop("content", ""))
    note = Note(
        id=id, kind=row.kind, name=row.name, case_id=row.case_id or id, command=command,
        content=content,
    )  # fmt: skip
    kind, opened = work.kinds.get(row.kind), None
    try:
        opened = await looks.open_for(work, note.case_id, "phone_conflict")
        sight = opened.sight
    except NotFound:
        # What would have opened a case has no gate of its own: read as a case of its place.
        place = SimpleNamespace(**{**row._mapping, "id": note.case_id})
        sight = access.decision(work, place).sight if kind else Sight.S0
        await looks.log(work, "phone_conflict", sight, case_id=row.case_id)
    return Both(row=row, note=note, kind=kind, opened=opened, sight=sight)


async def read(work: Work, id: UUID) -> dict[str, Any]:
    """Both versions of one: what the phone says, and what the system has of that step. Raises as
    `load`."""
    both = await load(work, id)
    known = await work.connection.execute(_LISTED.where(_row.id == id))
    found: dict[str, Any] = _brief(work, known.one())
    said = both.said()
    answers = both.note.command.get("answers")
    there = await _there(work, both)
    return found | {
        "happened_at": both.note.command.get("happened_at"),
        "answers": said,
        "withheld": len(answers) - len(said) if isinstance(answers, Mapping) else 0,
        "has_photo": bool(both.note.content),
        "state_title": _state(both),
        "system": there,
    }


def _state(both: Both) -> str | None:
    if both.opened is None:
        return None
    row = both.opened.row
    return titles.state(both.opened.kind, row.state, row.valid_until)


async def _there(work: Work, both: Both) -> dict[str, Any] | None:
    """The valid event of the same step, as the timeline shows it."""
    if both.opened is None:
        return None
    rows = await work.connection.execute(timeline.LATEST, {"case_id": both.note.case_id})
    current = timeline.current(work, both.opened, rows.all())
    return next((event for event in current if event["name"] == both.note.name), None)


async def corrects(work: Work, both: Both) -> UUID | None:
    """The event that the phone's version would correct; None where it would be a new step."""
    event = await _there(work, both)
    return event["id"] if event and both.note.name != OPENED else None


def outcome(both: Both, verdict: Settlement, reason: str) -> str:
    """What is noted in the case: the phone's version where both stay, and what was decided. Raises
    Invalid where there is no case to note it in, or where a note cannot hold it."""
    said = as_text(both) if verdict is Settlement.NOTE else f"手机记录“{_step(both)}”"
    text = f"{said}\n{DECIDED[verdict]}。理由：{reason}"
    if len(text) > LONGEST_NOTE:
        raise Invalid("手机内容太长，一条记事放不下，请选择其他处理方式")
    return text


def _step(both: Both) -> str:
    return titles.step(both.kind, both.note.name) if both.kind else both.note.name


def has_open_case(both: Both) -> bool:
    """Whether there is a case in which something can still be noted."""
    return both.opened is not None and both.opened.row.closed_at is None


def as_text(both: Both) -> str:
    """What the phone says, in the words of its form. Raises Invalid where there is no case to note
    it in."""
    if both.opened is None or both.kind is None:
        raise Invalid("没有可以记入的案件，请选择其他处理方式")
    form = both.kind.form_of(both.note.name)
    lines = [f"手机记录“{_step(both)}”："]
    for name, value in both.said().items():
        lines.append(f"{_titled(form, name)}：{_worded(form, name, value)}")
    return "\n".join(lines)


def _titled(form: type[Form] | None, name: str) -> str:
    return (form.model_fields[name].title if form else None) or name


def _worded(form: type[Form] | None, name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_worded(form, name, one) for one in value)
    if isinstance(value, Mapping):
        return "；".join(str(one) for one in value.values())
    return titles.labels(form, name).get(str(value), str(value)) if form else str(value)


def renamed(note: Note, name: str, command: Mapping[str, Any]) -> Note:
    """The same record as another step."""
    return replace(note, name=name, command=command, content=b"")


async def settle(work: Work, both: Both, version: int, verdict: Settlement, reason: str) -> None:
    """Note what was decided, with its reason; whoever recorded it is told that it was, not what.
    Raises Stale for another version, Conflict for one that is settled."""
    check_open(both, version)
    ended = {
        "settled_at": clock.now(),
        "settled_by": work.actor.account_id,
        "verdict": verdict.value,
        "version": version + 1,
        "changed_at": clock.now(),
    }
    await work.connection.execute(update(_table).where(_row.id == both.row.id).values(**ended))
    about = f"phone_conflict:{both.row.id}"
    await audit.note_of(work, What.PHONE_CONFLICT_SETTLED, about=about, reason=reason)
    await _tell(work, both)


def check_open(both: Both, version: int) -> None:
    """Raises Conflict for one that is settled, Stale for another version."""
    if both.row.settled_at is not None:
        raise Conflict("这条记录已经处理")
    if both.row.version != version:
        raise Stale("这条记录已被他人处理，请刷新")


_NOTICE = insert(table_of(Notice)).inline()
_ROLES = text("select role from account_grant where account_id = :id order by role limit 1")


async def _tell(work: Work, both: Both) -> None:
    if both.opened is None:
        return
    found = await work.connection.execute(_ROLES, {"id": both.row.recorded_by})
    role = found.scalar_one_or_none()
    if role is None:
        return
    await work.connection.execute(
        _NOTICE,
        {
            "id": uuid5(both.row.id, "settled"),
            "case_id": both.note.case_id,
            "event_id": both.row.id,
            "role": role,
            "text": TOLD,
            "basis": "设计",
            "sent_at": clock.now(),
            "supervisors": False,
            **access.place_in(both.opened.row)._asdict(),
            "seen_by": [both.row.recorded_by],
        },
    )


async def settled_lately(work: Work) -> list[UUID]:
    """The actor's own records that were settled in the last days: her phone may let them go."""
    mine = _row.account_id == work.actor.account_id
    wanted = select(_row.id).where(mine, _row.settled_at > clock.now() - REMEMBERED).limit(500)
    return list((await work.connection.execute(wanted)).scalars())
