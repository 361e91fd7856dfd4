"""What phones recorded and the system would not apply, for the supervisors of the place."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import Field

from app import clock
from app.access import Work
from app.deps import needs
from app.errors import Invalid
from app.kinds.attachments import ATTACHED
from app.kinds.base import OPENED
from app.kinds.forms import S0, S1, S2, S3
from app.permissions import Permission
from app.routers.bodies import Body
from app.routers.case_parts import EventShown
from app.routers.preconditions import IfMatch, version_of
from app.routers.queries import Cursor, Limit
from app.routers.settling import command_of
from app.routers.shown import Shown, shown
from app.services.acting import cases, corrections
from app.services.files import apart, attachments
from app.services.phone import conflicts
from app.services.phone.conflicts import Both, Settlement

router = APIRouter(prefix="/phone-conflicts", tags=["手机"])
Settling = Annotated[Work, needs(Permission.PHONE_CONFLICTS_SETTLE)]


class ConflictShown(Shown):
    id: UUID = shown(S1, "记录编号")
    case_id: UUID | None = shown(S1, "案件编号；登记新案的为空")
    kind: str = shown(S1, "案件类型")
    kind_title: str = shown(S0, "案件类型名称")
    name: str = shown(S1, "操作")
    step_title: str = shown(S0, "操作名称")
    problem: str = shown(S1, "系统没有办理的原因（问题类型）")
    problem_title: str = shown(S0, "系统没有办理的原因")
    recorded_by: str | None = shown(S1, "填写人")
    area: int = shown(S1, "地区代码")
    received_at: datetime = shown(S1, "收到时间")
    settled_at: datetime | None = shown(S1, "处理时间")
    verdict: Settlement | None = shown(S1, "处理结果")
    version: int = shown(S1, "版本")


class ConflictPage(Shown):
    """The oldest first; `next` is the cursor of the page that follows."""

    items: list[ConflictShown] = shown(S1, "手机冲突记录")
    next: str | None = shown(S1, "下一页")


class ConflictWhole(ConflictShown):
    """Both versions: `answers` is what the phone says, `system` the valid event of that step."""

    happened_at: datetime | None = shown(S1, "手机上的发生时间")
    answers: dict[str, Any] = shown(S3, "手机上填写的内容（按本人可见等级）")
    withheld: int = shown(S1, "未显示的项数")
    has_photo: bool = shown(S1, "是一张照片")
    state_title: str | None = shown(S1, "案件现在的状态")
    system: EventShown | None = shown(S2, "系统中同一步骤的现行内容")


class SettleBody(Body):
    verdict: Settlement = Field(
        title="system 以系统为准；phone 采用手机内容；note 两者都留，手机内容记为记事"
    )
    reason: str = Field(title="理由", min_length=5, max_length=500)


@router.get(
    "", operation_id="list_phone_conflicts", summary="手机冲突记录", response_model=ConflictPage
)
async def list_conflicts(
    work: Settling,
    settled: Annotated[bool, Query(title="已处理的")] = False,
    case_id: Annotated[UUID | None, Query(title="案件编号")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Any:
    """主管地区内手机提交、系统没有办理的记录，最早的在前。"""
    return await conflicts.page(work, settled, case_id, cursor, limit)


@router.get(
    "/{conflict_id}",
    operation_id="read_phone_conflict",
    summary="一条手机冲突记录",
    response_model=ConflictWhole,
)
async def read_conflict(work: Settling, conflict_id: UUID) -> Any:
    """手机上填写的和系统中现行的内容，对照显示。"""
    return await conflicts.read(work, conflict_id)


@router.post(
    "/{conflict_id}/settle",
    operation_id="settle_phone_conflict",
    summary="处理手机冲突记录",
    status_code=204,
)
async def settle_conflict(
    request: Request,
    work: Settling,
    conflict_id: UUID,
    body: SettleBody,
    if_match: IfMatch = None,
) -> None:
    """每条只处理一次，须说明理由，处理结果记入案件经过；采用手机内容的，以本人名义办理，并受同样的法定限制。"""
    version = version_of(if_match)
    both = await conflicts.load(work, conflict_id, locked=True)
    conflicts.check_open(both, version)
    if body.verdict is Settlement.PHONE:
        await _take(request, work, both, body.reason)
    elif body.verdict is Settlement.NOTE or conflicts.has_open_case(both):
        await _note(request, work, both, conflicts.outcome(both, body.verdict, body.reason))
    await conflicts.settle(work, both, version, body.verdict, body.reason)


async def _take(request: Request, work: Work, both: Both, reason: str) -> None:
    """The phone's version, under its own id and in the supervisor's name."""
    note, kind, file = both.note, both.kind, None
    if kind is None:
        raise Invalid("没有这种案件，请选择其他处理方式")
    if note.name == ATTACHED:
        file = await apart.inspect(note.content)
    body, command = command_of(request.app.state.bodies, note, file, timedelta())
    if file:
        await attachments.attach(work, note.case_id, command, file)
    elif note.name == OPENED:
        await cases.open_case(work, kind, command, body.area or both.row.village)
    elif event_id := await conflicts.corrects(work, both):
        answers = command.answers.model_dump(mode="json", exclude_unset=True)
        await corrections.correct(work, kind, note.case_id, event_id, answers, reason, command)
    else:
        await cases.act(work, kind, note.case_id, note.name, command)


async def _note(request: Request, work: Work, both: Both, text: str) -> None:
    """The outcome in the case's course, as of now."""
    note, kind = both.note, both.kind
    said = {"id": str(note.id), "happened_at": clock.now().isoformat(), "answers": {"text": text}}
    as_note = conflicts.renamed(note, "note", said)
    _, command = command_of(request.app.state.bodies, as_note, None, timedelta())
    assert kind is not None  # noqa: S101 - an outcome is of a case of ours
    await cases.act(work, kind, note.case_id, "note", command)
