"""Notices: short, neutral, naming nobody."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter

from app.access import Work
from app.deps import needs
from app.kinds.forms import S0, S1
from app.permissions import Permission
from app.roles import Role
from app.routers.fresh import UNCHANGED, IfNoneMatch, answer
from app.routers.queries import Cursor, Limit
from app.routers.shown import Shown, shown
from app.services.seeing import notices

router = APIRouter(prefix="/notices", tags=["通知"])


class NoticeShown(Shown):
    id: UUID = shown(S1, "编号")
    case_id: UUID = shown(S1, "案件编号")
    role: Role = shown(S1, "通知的角色")
    text: str = shown(S1, "内容")
    basis: str = shown(S0, "依据")
    area: int = shown(S1, "地区代码")
    sent_at: datetime = shown(S1, "发出时间")
    read_at: datetime | None = shown(S1, "阅读时间")


class NoticePage(Shown):
    """Unread ones first, then the newest; `next` is the cursor of the page that follows."""

    items: list[NoticeShown] = shown(S1, "通知")
    next: str | None = shown(S1, "下一页")


@router.get(
    "",
    operation_id="list_notices",
    summary="通知",
    response_model=NoticePage,
    responses=UNCHANGED,
)
async def list_notices(
    work: Annotated[Work, needs(Permission.NOTICES_READ)],
    cursor: Cursor = None,
    limit: Limit = 20,
    if_none_match: IfNoneMatch = None,
) -> Any:
    """发给本人角色和地区的通知，未读的在前；带上 If-None-Match，没有变化时只回 304。"""
    found = await notices.page(work, cursor, limit)
    return answer(NoticePage.model_validate(found), if_none_match)


@router.post("/{notice_id}/read", operation_id="read_notice", summary="标为已读", status_code=204)
async def read_notice(
    work: Annotated[Work, needs(Permission.NOTICES_READ)], notice_id: UUID
) -> None:
    """同一角色中有一人阅读，即为已读；重复标记没有影响。"""
    await notices.mark_read(work, notice_id)
