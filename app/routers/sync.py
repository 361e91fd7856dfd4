"""The phone's door: many commands in one request, each its own transaction; its tasks; its key."""

import base64
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic.types import UUID7

from app.access import Work
from app.deps import Working, needs, needs_in_turn
from app.kinds.forms import S0, S1, S2, Whole
from app.permissions import Permission
from app.routers.problems import Problem
from app.routers.settling import Settling, Status
from app.routers.shown import Shown, shown
from app.routers.typed import ReceiptShown
from app.services.phone import phone_tasks, sync
from app.services.phone.sync import Note

MOST = 50
LONGEST = 700_000
"""Characters of a letter: a photo of 500 kB, as phones make them; the longest form has 120,000."""

router = APIRouter(prefix="/sync", tags=["手机"])


class SealedItem(BaseModel):
    """A command in a letter that only the server opens."""

    model_config = ConfigDict(extra="forbid")

    id: UUID7 = Field(title="记录编号")
    sealed: str = Field(title="封存的记录（base64）", max_length=LONGEST)

    def note(self) -> Note:
        return sync.open_letter(self.id, self.sealed)


class OpenItem(BaseModel):
    """A command as the typed operations take it: `command` is the body of that operation."""

    model_config = ConfigDict(extra="forbid")

    id: UUID7 = Field(title="记录编号，与 command.id 相同")
    kind: str = Field(title="案件类型", max_length=60)
    name: str = Field(title="操作；登记为 opened", max_length=60)
    case_id: UUID | None = Field(title="案件编号；登记时不填", default=None)
    command: dict[str, Any] = Field(title="该操作的请求内容")

    def note(self) -> Note:
        return Note(
            id=self.id,
            kind=self.kind,
            name=self.name,
            case_id=self.case_id or self.id,
            command=self.command,
        )


class Sent(BaseModel):
    """What a phone has to say, the oldest first."""

    model_config = ConfigDict(extra="forbid")

    clock_offset: Annotated[Whole, Field(ge=-(10**9), le=10**9)] = Field(
        default=0, title="手机时钟比服务器快的秒数"
    )
    items: list[SealedItem | OpenItem] = Field(title="记录", min_length=1, max_length=MOST)


class Verdict(Shown):
    """What came of one command. done: carried out, now or before. conflict: kept for the
    supervisor, nothing left to do. invalid: to be put right on the phone. later: send it again."""

    id: UUID = shown(S1, "记录编号")
    status: Status = shown(S1, "结果")
    receipt: ReceiptShown | None = shown(S1, "回执", default=None)
    problem: Problem | None = shown(S1, "问题", default=None)


class Verdicts(Shown):
    items: list[Verdict] = shown(S1, "各条结果，次序与提交相同")


class LastTime(Shown):
    """What was answered the last time this was done."""

    name: str = shown(S1, "步骤")
    happened_at: datetime = shown(S1, "发生时间")
    answers: dict[str, Any] = shown(S2, "填写内容")


class Task(Shown):
    """A task with the least that doing it takes."""

    id: UUID = shown(S1, "编号")
    case_id: UUID = shown(S1, "案件编号")
    number: str | None = shown(S1, "案号")
    kind: str = shown(S1, "案件类型")
    state: str = shown(S1, "状态")
    state_title: str = shown(S1, "状态名称")
    danger: str | None = shown(S1, "危险等级")
    area: int = shown(S1, "地区代码")
    rule: str = shown(S1, "期限规则")
    title: str = shown(S1, "期限名称")
    basis: str = shown(S0, "依据")
    each: str | None = shown(S1, "对象")
    round: int = shown(S1, "轮次")
    alert_at: datetime | None = shown(S1, "预警时间")
    due_at: datetime = shown(S1, "到期时间")
    subject: str | None = shown(S2, "当事人（只显示姓）")
    household: UUID | None = shown(S1, "同一当事人")
    safe_contact: str | None = shown(S2, "安全联系方式")
    actions: list[str] = shown(S1, "完成它的操作")
    others: list[str] = shown(S1, "可以办理的其他操作")
    last: list[LastTime] = shown(S2, "上次填写的内容")


class Tasks(Shown):
    """Forget what is not among `ids`; `cursor` is the `since` of the next question."""

    items: list[Task] = shown(S1, "新的和有变化的任务")
    ids: list[UUID] = shown(S1, "全部任务")
    more: bool = shown(S1, "还有更多，未列出")
    settled: list[UUID] = shown(S1, "主管已经处理的本人记录")
    cursor: str = shown(S1, "下次从这里开始")


class LetterKeyShown(Shown):
    point: str = shown(S0, "公钥（P-256，未压缩，base64）")


@router.post("", operation_id="sync", summary="提交手机上的记录", response_model=Verdicts)
async def send(
    request: Request,
    working: Annotated[Working, needs_in_turn(Permission.CASES_WRITE)],
    sent: Sent,
) -> Any:
    """逐条办理，每条单独保存；同一案件的前一条没有通过时，后面的等待。"""
    settling = Settling(request, working, timedelta(seconds=sent.clock_offset))
    return {"items": [await settling.settle(item.id, item.note) for item in sent.items]}


@router.get("/tasks", operation_id="sync_tasks", summary="手机保存的任务", response_model=Tasks)
async def read_tasks(
    work: Annotated[Work, needs(Permission.WORKLIST_READ)],
    since: Annotated[str | None, Query(title="上次的 cursor", max_length=400)] = None,
) -> Any:
    """本人今后七天内到期和已逾期的任务，只含办理所需的最少内容。"""
    return await phone_tasks.delta(work, since)


@router.get("/key", operation_id="sync_key", summary="封存记录用的公钥")
async def read_key(work: Annotated[Work, needs(Permission.SELF)]) -> LetterKeyShown:
    """手机用它封存离线记录，只有服务器能打开。"""
    first = next(iter(sync.letter_keys().values()))
    return LetterKeyShown(point=base64.b64encode(first.point).decode())
