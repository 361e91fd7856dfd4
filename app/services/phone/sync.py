"""What phones recorded: opened, carried out like any other command, or kept for the supervisor."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from app import access, crypto
from app.access import Work
from app.config import get_settings
from app.crypto import LetterKey, Place
from app.errors import IdReused, NotFound, UnreadableLetter
from app.models import PhoneConflict
from app.models.columns import table_of
from app.places import place_of


class Written(BaseModel):
    """What stands in a letter, beside who can be asked about it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    account_id: int
    kind: str
    name: str
    case_id: UUID | None = None
    command: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Note:
    """A command as a phone wrote it down; `case_id` is its own id where it opens a case.

    `account_id` is who wrote it; None where only the sender can have.
    """

    id: UUID
    kind: str
    name: str
    case_id: UUID
    command: Mapping[str, Any] = field(repr=False)
    content: bytes = field(default=b"", repr=False)
    account_id: int | None = None

    def whole(self) -> Mapping[str, Any]:
        """The command with the photo it brings, if there is one."""
        if not self.content:
            return self.command
        return {**self.command, "content": base64.b64encode(self.content).decode()}


@lru_cache(maxsize=1)
def letter_keys() -> dict[bytes, LetterKey]:
    """The keys of this process that open letters; the first is the one phones are told."""
    return crypto.letter_keys(get_settings().keys.letter_pem)


def open_letter(id: UUID, sealed: str) -> Note:
    """The note in a letter (base64): JSON, and behind the end of its line the bytes of a photo.
    UnreadableLetter for one that is not to us, or not whole."""
    try:
        letter = base64.b64decode(sealed, validate=True)
        plain = crypto.open_letter(letter_keys(), letter, str(id).encode())
        text, _, content = plain.partition(b"\n")
        written = Written.model_validate(json.loads(text))
    except (binascii.Error, crypto.Unreadable, ValueError, ValidationError):
        written = None  # raised below, outside, because these errors may carry the plaintext
    if written is None or written.command.get("id") != str(id):
        raise UnreadableLetter("服务器无法打开这条记录，请在手机上打开后重新保存")
    return Note(
        id=id,
        kind=written.kind,
        name=written.name,
        case_id=written.case_id or id,
        command=written.command,
        content=content,
        account_id=written.account_id,
    )


_conflict = table_of(PhoneConflict)
_KEPT = select(_conflict.c.problem, _conflict.c.fingerprint).where(
    _conflict.c.id == bindparam("id")
)


async def kept(work: Work, note: Note) -> str | None:
    """Why this note was kept for the supervisor before; None for one that was not.

    Raises IdReused if something else was kept under its id.
    """
    row = (await work.connection.execute(_KEPT, {"id": note.id})).one_or_none()
    if row is None:
        return None
    if row.fingerprint != _fingerprint(work, note):
        raise IdReused("这个编号已用于另一次提交，请重新填写后提交")
    problem: str = row.problem
    return problem


async def keep(work: Work, note: Note, problem: str) -> None:
    """Keep what the server would not apply, sealed, where the case is or else where the sender
    works. A second time changes nothing."""
    place, seen_by = await _where(work, note)
    wrapped = crypto.new_key(crypto.keyring(), "vault")
    key = crypto.open_key(crypto.keyring(), wrapped, "vault")
    row = {
        "id": note.id,
        "account_id": work.actor.account_id,
        "recorded_by": note.account_id or work.actor.account_id,
        "case_id": None if note.case_id == note.id else note.case_id,
        "kind": note.kind,
        "name": note.name,
        "problem": problem,
        "fingerprint": _fingerprint(work, note),
        "key": wrapped,
        "sealed": crypto.seal(key, note.whole(), Place("phone_conflict", "sealed", note.id)),
        **place._asdict(),
        "seen_by": seen_by,
    }
    await work.connection.execute(
        # Naming the key would ask whether the sender sees the row: of a barred case she does not.
        insert(_conflict).on_conflict_do_nothing().inline(),
        row,
    )


async def _where(work: Work, note: Note) -> tuple[Any, list[int]]:
    try:
        row = await access.load_for_action(work, note.case_id)
    except NotFound:
        areas = sorted({grant.area for grant in work.actor.grants})
        return place_of(areas[0]), [work.actor.account_id]
    return access.place_in(row), list(row.seen_by)


def _fingerprint(work: Work, note: Note) -> bytes:
    body = {"kind": note.kind, "name": note.name, "case": note.case_id, "command": note.whole()}
    return crypto.fingerprint(crypto.keyring(), work.actor.account_id, "phone_conflict", body)
