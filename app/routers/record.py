"""The record, for who answers for it: who looked at a case, and what befell the system."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime

from app.access import Work
from app.deps import needs
from app.kinds.forms import S0, S1, S3
from app.permissions import Permission
from app.routers.queries import Cursor, Limit
from app.routers.shown import Shown, shown
from app.services.record import reading
from app.services.record.audit import What
from app.services.record.reading import Asked

router = APIRouter(tags=["审计"])


class LookShown(Shown):
    """Who looked, when, at what, how deep. Never what was seen."""

    id: UUID = shown(S1, "编号")
    looked_at: datetime = shown(S1, "查看时间")
    account_id: int = shown(S1, "账号")
    account: str | None = shown(S1, "姓名")
    organisation: str | None = shown(S1, "单位")
    operator: str | None = shown(S1, "接口操作人代码")
    case_id: UUID | None = shown(S1, "案件编号")
    what: str = shown(S1, "查看内容")
    what_title: str = shown(S1, "查看内容名称")
    sight: str = shown(S1, "敏感等级")
    found: int | None = shown(S1, "显示条数")


class CaseLookShown(LookShown):
    reason: str | None = shown(S3, "查看理由")


class LookPage(Shown):
    """Newest first; `next` is the cursor of the page that follows."""

    items: list[LookShown] = shown(S1, "查看记录")
    next: str | None = shown(S1, "下一页")


class CaseLookPage(Shown):
    """Newest first; `next` is the cursor of the page that follows."""

    items: list[CaseLookShown] = shown(S1, "查看记录")
    next: str | None = shown(S1, "下一页")


class EntryShown(Shown):
    """Something that befell the system."""

    id: UUID = shown(S1, "编号")
    recorded_at: datetime = shown(S1, "记录时间")
    what: What = shown(S1, "事项")
    what_title: str = shown(S1, "事项名称")
    account_id: int | None = shown(S1, "账号")
    account: str | None = shown(S1, "姓名")
    operator: str | None = shown(S1, "操作人代码")
    about: str | None = shown(S1, "对象")
    about_title: str | None = shown(S1, "对象名称和编号")
    reason: str | None = shown(S1, "理由")


class EntryPage(Shown):
    """Newest first; `next` is the cursor of the page that follows."""

    items: list[EntryShown] = shown(S1, "审计记录")
    next: str | None = shown(S1, "下一页")


class WordShown(Shown):
    name: str = shown(S0, "代码")
    title: str = shown(S0, "名称")


class AuditWords(Shown):
    """What the two lists speak of, in the order in which they are offered."""

    entries: list[WordShown] = shown(S0, "系统事项")
    looks: list[WordShown] = shown(S0, "查看内容")


AccountQuery = Annotated[int | None, Query(title="账号", ge=1, lt=2**63)]
Since = Annotated[AwareDatetime | None, Query(title="起（含）")]
Until = Annotated[AwareDatetime | None, Query(title="止（不含）")]


def _asked(
    account_id: AccountQuery = None, since: Since = None, until: Until = None
) -> dict[str, Any]:
    return {"account_id": account_id, "since": since, "until": until}


AskedDep = Annotated[dict[str, Any], Depends(_asked)]


@router.get(
    "/cases/{case_id}/looks",
    operation_id="list_case_looks",
    summary="谁看过案件",
    response_model=CaseLookPage,
)
async def list_case_looks(
    work: Annotated[Work, needs(Permission.LOOKS_READ)],
    case_id: UUID,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Any:
    """该地区主管人员查看谁、何时、看过什么；查看本页也会留下记录。"""
    return await reading.looks_at(work, case_id, cursor, limit)


@router.get(
    "/audit/looks", operation_id="list_looks", summary="全部查看记录", response_model=LookPage
)
async def list_looks(
    work: Annotated[Work, needs(Permission.RECORD_READ)],
    asked: AskedDep,
    case_id: Annotated[UUID | None, Query(title="案件编号")] = None,
    what: Annotated[str | None, Query(title="查看内容", pattern="^[a-z0-9_:]{1,60}$")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Any:
    """审计管理员查看；不含案件内容。每次查看都会留下记录。"""
    return await reading.all_looks(work, Asked(case_id=case_id, what=what, **asked), cursor, limit)


@router.get("/audit", operation_id="list_entries", summary="审计记录", response_model=EntryPage)
async def list_entries(
    work: Annotated[Work, needs(Permission.RECORD_READ)],
    asked: AskedDep,
    what: Annotated[What | None, Query(title="事项")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Any:
    """登录、授权、密钥等系统事项（网安法 23），审计管理员查看；每次查看都会留下记录。"""
    return await reading.entries(work, Asked(what=what, **asked), cursor, limit)


@router.get("/audit/words", operation_id="read_audit_words", summary="审计记录的用语")
async def read_audit_words(_: Annotated[Work, needs(Permission.RECORD_READ)]) -> AuditWords:
    """可按哪些事项、哪些查看内容筛选；不读取任何记录。"""
    return AuditWords(
        entries=[WordShown(name=what, title=what.label) for what in What],
        looks=[WordShown(name=name, title=title) for name, title in reading.LOOKED.items()],
    )
