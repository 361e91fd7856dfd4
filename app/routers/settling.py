"""One command of a phone after the other: carried out, kept for the supervisor, or sent back."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from app.access import Work
from app.deps import Working
from app.errors import NotFound, OtherAccount, SignInNeeded, UnreadableLetter, Waiting
from app.kinds.attachments import ATTACHED
from app.kinds.base import OPENED
from app.routers import problems
from app.routers.attachments import PhotoBody
from app.routers.typed import Bodies
from app.services.acting import cases
from app.services.files import apart, attachments
from app.services.files.apart import File
from app.services.phone import sync
from app.services.phone.sync import Note
from app.services.rows.commands import Command, Receipt

CHANNEL = "phone"
Status = Literal["done", "conflict", "invalid", "later"]


@dataclass
class Settling:
    """The settling of one request's commands; `held` are the cases whose earlier command did not
    go through, so that none of theirs may overtake it."""

    request: Request
    working: Working
    offset: timedelta
    held: set[UUID] = field(default_factory=set)

    async def settle(self, id: UUID, read: Callable[[], Note]) -> Mapping[str, Any]:
        """A verdict as the phone reads it. Raises SignInNeeded if the session ended meanwhile."""
        note: Note | None = None
        try:
            note = read()
            if note.case_id in self.held:
                raise Waiting("同一案件的前一条记录还没有通过")
            file = await apart.inspect(note.content) if note.name == ATTACHED else None
            async with self.working() as work:
                if before := await sync.kept(work, note):
                    return _kept(note, before)
                receipt = await self._carry_out(replace(work, channel=CHANNEL), note, file)
            return {"id": note.id, "status": "done", "receipt": receipt}
        except SignInNeeded:
            raise
        except Exception as error:
            # Whatever befell this one, the others are not to suffer for it.
            answer = await problems.answer_to(self.request, error)
        problem = json.loads(bytes(answer.body))
        status = _status(answer.status_code)
        if status == "conflict" and note is not None:
            async with self.working() as work:
                await sync.keep(work, note, problem["type"].removeprefix(problems.BASE))
        elif note is not None:
            self.held.add(note.case_id)
        return {"id": id, "status": status, "problem": problem}

    async def _carry_out(self, work: Work, note: Note, file: File | None) -> Receipt:
        if note.account_id not in (None, work.actor.account_id):
            raise OtherAccount("这条记录是另一个账号在这部手机上填写的，已交主管核对")
        body, command = command_of(self.request.app.state.bodies, note, file, self.offset)
        if file:
            return await attachments.attach(work, note.case_id, command, file)
        kind = work.kinds[note.kind]
        if note.name == OPENED:
            return await cases.open_case(work, kind, command, body.area)
        return await cases.act(work, kind, note.case_id, note.name, command)


def command_of(
    bodies: Bodies, note: Note, file: File | None, offset: timedelta
) -> tuple[Any, Command]:
    """The body that a note's operation takes, and the command in it. Raises NotFound for an unknown
    operation, RequestValidationError, UnreadableLetter."""
    body_type: Any = PhotoBody if file else bodies.get((note.kind, note.name))
    if body_type is None:
        raise NotFound("没有这个操作")
    try:
        body = body_type.model_validate_json(json.dumps(note.command))
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False)) from None
    if body.id != note.id:
        raise UnreadableLetter("记录编号与内容不一致")
    return body, replace(body.command(body.answers), clock_offset=offset)


def _status(code: int) -> Status:
    if code in (413, 422):
        return "invalid"
    return "later" if code == 429 or code >= 500 else "conflict"


def _kept(note: Note, problem: str) -> Mapping[str, Any]:
    told = {
        "type": problems.BASE + problem,
        "title": "已交主管处理",
        "status": 409,
        "detail": "这条记录已交主管处理",
    }
    return {"id": note.id, "status": "conflict", "problem": told}
