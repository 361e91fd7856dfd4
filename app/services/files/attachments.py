"""Attaching files to cases, listing, showing and withdrawing them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, Uuid, bindparam, func, insert, select, tuple_, update

from app import access, clock, crypto
from app.access import Work
from app.crypto import Place
from app.errors import AlreadyWithdrawn, Conflict, NotAllowed, NotFound, Shredded
from app.kinds.attachments import (
    ATTACHED,
    SIGHTS,
    WITHDRAWN,
    Attached,
    FileAnswers,
)
from app.kinds.attachments import Attachment as What
from app.kinds.forms import Form, Sight
from app.models import Account, Attachment
from app.models.columns import TZ, table_of
from app.services.acting.answers import split
from app.services.acting.cases import write_card
from app.services.acting.happened import Happened
from app.services.acting.steps import Asked, record
from app.services.files.apart import File
from app.services.identity import accounts
from app.services.rows import commands, cursors
from app.services.rows.batch import Batch
from app.services.rows.cards import card_of
from app.services.rows.commands import Command, Receipt
from app.services.seeing import looks
from app.services.seeing.listing import Page
from app.services.seeing.looks import Opened
from app.services.walls import reveals

MOST: Final = 200
"""Files of one case."""

ENDINGS: Final[Mapping[str, str]] = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "audio/wav": "wav",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/amr": "amr",
    "application/json": "json",
}


@dataclass(frozen=True, kw_only=True)
class Content:
    """Bytes to hand out, under a name that says nothing of what is in them."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


_table = table_of(Attachment)
_row = _table.c
_COUNT = select(func.count()).where(_row.case_id == bindparam("case_id"))


async def attach(work: Work, case_id: UUID, command: Command, file: File) -> Receipt:
    """Keep a file that was found fit, and note it as an event of its case: whoever may report or
    read cases of the kind may bring one, in any state.

    The command's answers are FileAnswers. Raises NotFound, IdReused, Conflict for more files than
    a case may have, Shredded.
    """
    said = command.answers
    assert isinstance(said, FileAnswers)  # noqa: S101 - the routes make no other
    answers = Attached(
        **dict(said), media_type=file.media_type, size=len(file.content), sha256=file.sha256
    )
    command = replace(command, body={**command.body, "sha256": file.sha256})
    row = await held(work, case_id)
    print_ = commands.fingerprint(work, f"{ATTACHED}/{case_id}", command)
    if known := await commands.repeated(work, command, print_):
        return known
    step = Step(name=ATTACHED, command=command, fingerprint=print_, answers=answers)
    about = {"title": answers.title, "sha256": answers.sha256}
    return await keep(work, row, step, answers.what, file, about)


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step of the record that brings a file: its event's name and answers, and the command."""

    name: str
    command: Command
    fingerprint: bytes
    answers: Form


async def keep(
    work: Work, row: Any, step: Step, what: What, file: File, about: Mapping[str, str | None]
) -> Receipt:
    """Seal a file under the key of its case, which is `held`, and what is said `about` it; note the
    step. Raises Conflict for more files than a case may have."""
    case_id, id = row.id, step.command.id
    found = await work.connection.execute(_COUNT, {"case_id": case_id})
    if found.scalar_one() >= MOST:
        raise Conflict(f"一件案件最多 {MOST} 个附件")
    receipt = await _noted(work, row, step.name, step.command, step.fingerprint, step.answers)
    outer = crypto.open_key(crypto.keyring(), row.key)
    wrapped = crypto.new_key_under(outer)
    key = crypto.open_key_under(outer, wrapped)
    await work.connection.execute(
        insert(_table).inline(),
        {
            "id": id,
            "case_id": case_id,
            "account_id": work.actor.account_id,
            "what": what.value,
            "media_type": file.media_type,
            "size": len(file.content),
            "width": file.width,
            "height": file.height,
            "key": wrapped,
            "sealed": crypto.seal(key, about, _place("sealed", id)),
            "original": crypto.seal(key, file.content, _place("original", id)),
            "picture": file.picture and crypto.seal(key, file.picture, _place("picture", id)),
            "recorded_at": receipt.recorded_at,
        },
    )
    return receipt


async def withdraw(work: Work, case_id: UUID, id: UUID, command: Command) -> Receipt:
    """Take a file back, with a reason: from then on nobody is shown it. It stays sealed, because
    evidence is not destroyed (民诉法 114), and ends with its case.

    The command's answers are AttachmentWithdrawn. Raises NotFound, NotAllowed for anybody but who
    brought it and the supervisor of the place, AlreadyWithdrawn, IdReused, Shredded.
    """
    row = await held(work, case_id)
    print_ = commands.fingerprint(work, f"{WITHDRAWN}/{case_id}/{id}", command)
    if known := await commands.repeated(work, command, print_):
        return known
    found = select(_row.account_id, _row.withdrawn_at).where(_row.id == id, _row.case_id == case_id)
    file = (await work.connection.execute(found)).one_or_none()
    if file is None:
        raise NotFound("没有这个附件")
    place, own = access.place_in(row), file.account_id == work.actor.account_id
    if not own and not work.actor.supervises(place, work.kinds[row.kind].read_by):
        raise NotAllowed("附件由提交人或主管人员撤回")
    if file.withdrawn_at is not None:
        raise AlreadyWithdrawn("这个附件已经撤回")
    receipt = await _noted(work, row, WITHDRAWN, command, print_, command.answers)
    ended = {"withdrawn_at": receipt.recorded_at, "withdrawn_by": command.id}
    await work.connection.execute(update(_table).where(_row.id == id).values(**ended))
    return receipt


async def held(work: Work, case_id: UUID) -> Any:
    """The case, locked, for who may add to it; what hangs on it is open to the transaction."""
    row = await access.load_for_action(work, case_id)
    kind = work.kinds[row.kind]
    roles = work.actor.roles_in(access.place_in(row), row.seen_by)
    if not roles & (kind.read_by | kind.opened_by):
        raise NotFound("没有这个案件")
    if row.key == crypto.DESTROYED:
        raise Shredded("这件案件的个人信息已依法删除")
    await access.enter_case(work, case_id)
    return row


async def _noted(
    work: Work, row: Any, name: str, command: Command, print_: bytes, answers: Form
) -> Receipt:
    """Put an event of that name at the end of the case's chain."""
    case, recorded_at, parts = card_of(row), clock.now(), split(answers)
    at = commands.happened(command, recorded_at, case.opened_at)
    asked = Asked(
        command=command,
        fingerprint=print_,
        at=at,
        recorded_at=recorded_at,
        roles=work.actor.roles_in(access.place_in(case), case.seen_by),
    )
    event = Happened(
        id=command.id, name=name, at=at, answers=parts.open | parts.sealed, outcome=None,
        counted_from=at,
    )  # fmt: skip
    batch = Batch()
    record(work, case, event, parts, {}, asked, batch)
    write_card(case, batch)
    await batch.write(work.connection)
    return commands.receipt(case, command.id, recorded_at)


_SHOWN = (
    "id", "account_id", "what", "media_type", "size", "width", "height", "recorded_at",
    "withdrawn_at", "key", "sealed",
)  # fmt: skip
_LISTED = (
    select(
        *(_row[name] for name in _SHOWN),
        (_row.picture.is_not(None)).label("has_picture"),
        table_of(Account).c.display_name.label("account"),
    )
    .outerjoin(Account, table_of(Account).c.id == _row.account_id)
    .where(_row.case_id == bindparam("case_id"))
    .order_by(_row.recorded_at.desc(), _row.id.desc())
    .limit(bindparam("limit", type_=BigInteger))
)
_AFTER = tuple_(_row.recorded_at, _row.id) < tuple_(
    bindparam("recorded_at", type_=TZ), bindparam("id", type_=Uuid)
)


async def page(work: Work, case_id: UUID, cursor: str | None, limit: int) -> Page:
    """The files of a case, the newest first. What goes beyond the reader's class is there without
    its title. Raises NotFound, Invalid for a cursor of another list."""
    opened = await looks.open_for(work, case_id, "attachments")
    question = {"attachments": case_id}
    values: dict[str, Any] = {"case_id": case_id, "limit": limit + 1}
    wanted = _LISTED
    if cursor is not None:
        values["recorded_at"], values["id"] = cursors.read(cursor, question, "tu")
        wanted = wanted.where(_AFTER)
    rows = (await work.connection.execute(wanted, values)).all()
    more, rows = len(rows) > limit, rows[:limit]
    return Page(
        items=[_shown(opened, row) for row in rows],
        next=cursors.write((rows[-1].recorded_at, rows[-1].id), question) if more else None,
    )


def _shown(opened: Opened, row: Any) -> dict[str, Any]:
    alive = row.key != crypto.DESTROYED
    readable = alive and SIGHTS[What(row.what)] <= opened.sight
    about: dict[str, Any] = {}
    if readable:
        about = crypto.unseal_values(_key(opened, row), row.sealed, _place("sealed", row.id))
    kept = {name: row._mapping[name] for name in _SHOWN if name not in ("key", "sealed")}
    return kept | {
        "account": row.account,
        "what_title": What(row.what).label,
        "title": about.get("title"),
        "sha256": about.get("sha256"),
        "open": readable and row.withdrawn_at is None,
        "has_picture": row.has_picture,
    }


async def picture(work: Work, case_id: UUID, id: UUID) -> Content:
    """What may be looked at of a file: a picture drawn anew. Raises NotFound also for a file beyond
    the reader's class, one that was withdrawn, and one that is no picture; Shredded."""
    opened = await looks.open_for(work, case_id, f"attachment:{id}")
    content = await _unsealed(work, opened, id, "picture")
    return Content(name=f"{_neutral(id)}.jpg", media_type="image/jpeg", content=content)


async def original(work: Work, case_id: UUID, id: UUID, reason: str) -> Content:
    """A file as it came, to be taken away and not to be looked at here; the look is logged with its
    reason. Raises NotFound as above, SecondFactorNeeded, TooManyReveals, Shredded."""
    opened = await looks.open_for(work, case_id, "attachments")
    await accounts.need_second_factor(work)
    await reveals.count(work, opened.row, opened.roles)
    content = await _unsealed(work, opened, id, "original")
    about: dict[str, Any] = {"case_id": case_id, "reason": reason, "from_": Sight.S2}
    await looks.log(work, f"original:{id}", Sight.S3, **about)
    media_type = (await work.connection.execute(_TYPE, {"id": id})).scalar_one()
    name = f"{_neutral(id)}.{ENDINGS[media_type]}"
    return Content(name=name, media_type=media_type, content=content)


_TYPE = select(_row.media_type).where(_row.id == bindparam("id"))


async def _unsealed(work: Work, opened: Opened, id: UUID, column: str) -> bytes:
    wanted = select(_row.what, _row.withdrawn_at, _row.key, _row[column].label("value"))
    one = wanted.where(_row.id == id, _row.case_id == opened.row.id)
    row = (await work.connection.execute(one)).one_or_none()
    if row is None or row.withdrawn_at or SIGHTS[What(row.what)] > opened.sight:
        raise NotFound("没有这个附件，或者已经撤回")
    key = _key(opened, row)
    if row.value is None:
        raise NotFound("这个附件不是图片，请下载原件")
    return crypto.unseal(key, row.value, _place(column, id))


def _key(opened: Opened, row: Any) -> crypto.DataKey:
    return crypto.open_key_under(crypto.open_key(crypto.keyring(), opened.row.key), row.key)


def _place(column: str, id: UUID) -> Place:
    return Place("attachment", column, id)


def _neutral(id: UUID) -> str:
    return f"attachment-{id.hex[-8:]}"


_SIGNATURES = (
    select(
        *(_row[name] for name in ("id", "key", "sealed", "original", "recorded_at")),
        table_of(Account).c.display_name.label("account"),
    )
    .outerjoin(Account, table_of(Account).c.id == _row.account_id)
    .where(
        _row.case_id == bindparam("case_id"),
        _row.what == What.SIGNATURE.value,
        _row.withdrawn_at.is_(None),
    )
    .order_by(_row.recorded_at, _row.id)
)


@dataclass(frozen=True, kw_only=True)
class Signature:
    """A signature as it stands: what is said about it, its strokes as they came, who took it."""

    id: UUID
    about: Mapping[str, Any]
    strokes: bytes = field(repr=False)
    account: str | None
    recorded_at: datetime


async def signatures(work: Work, opened: Opened) -> list[Signature]:
    """The signatures of a case that passed its gate, for who reads S3; none that was withdrawn."""
    rows = (await work.connection.execute(_SIGNATURES, {"case_id": opened.row.id})).all()
    return [
        Signature(
            id=row.id,
            about=crypto.unseal_values(_key(opened, row), row.sealed, _place("sealed", row.id)),
            strokes=crypto.unseal(_key(opened, row), row.original, _place("original", row.id)),
            account=row.account,
            recorded_at=row.recorded_at,
        )
        for row in rows
    ]
