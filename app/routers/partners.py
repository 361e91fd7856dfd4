"""Partners: the police's and the court's doors, and what both ask: what moved since."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from app.access import Work
from app.deps import needs
from app.kinds.forms import S0, S1
from app.permissions import Permission
from app.routers import partners_changes, partners_court, partners_police
from app.routers.shown import Shown, shown
from app.services.agencies import changes

router = APIRouter(prefix="/partners", tags=["部门对接"])
for part in (partners_police, partners_court, partners_changes):
    router.routes += part.router.routes


class ChangeShown(Shown):
    """A case moved. What is in it is read with one's own rights."""

    case_id: UUID = shown(S1, "案件编号")
    kind: str = shown(S0, "案件类型")
    name: str = shown(S1, "事项")
    state: str = shown(S1, "办理后的状态")
    happened_at: datetime = shown(S1, "发生时间")


class Changes(Shown):
    items: list[ChangeShown] = shown(S0, "变动，先发生的在前")
    next: str | None = shown(S0, "下次从这里继续；没有任何变动时为空")


@router.get("/changes", response_model=Changes, operation_id="partner_changes")
async def read_changes(
    work: Annotated[Work, needs(Permission.CHANGES_READ)],
    after: Annotated[str | None, Query(title="上次的 next", max_length=200)] = None,
    limit: Annotated[int, Query(title="最多条数", ge=1, le=500)] = 100,
) -> Changes:
    """可见案件的变动，只有案件编号、事项和状态；尚未提交的变动不会被跳过。"""
    rows, following = await changes.changes(work, after, limit)
    return Changes(items=[ChangeShown.model_validate(row) for row in rows], next=following)
