"""The worklist: what is due, for oneself or for one's area."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from app.access import Work
from app.deps import needs
from app.kinds.forms import S0, S1
from app.permissions import Permission
from app.roles import Role
from app.routers.queries import WORD, Area, Cursor, Limit
from app.routers.shown import Shown, shown
from app.services.seeing import worklist
from app.services.seeing.worklist import Filters, Scope

router = APIRouter(prefix="/worklist", tags=["待办"])


class Due(Shown):
    """A running clock and the case it belongs to."""

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
    owner: Role = shown(S1, "责任角色")
    alert_at: datetime | None = shown(S1, "预警时间")
    due_at: datetime = shown(S1, "到期时间")
    alert: bool = shown(S1, "已到预警时间")
    overdue: bool = shown(S1, "已逾期")


class DuePage(Shown):
    """The earliest due first; `next` is the cursor of the page that follows."""

    items: list[Due] = shown(S1, "待办")
    next: str | None = shown(S1, "下一页")


class Count(Shown):
    count: int = shown(S1, "数量（最多数到 1000）")
    capped: bool = shown(S1, "不止这些")


class Counts(Shown):
    """Due before midnight and within the week are counted from now on: overdue ones are apart."""

    overdue: Count = shown(S1, "已逾期")
    today: Count = shown(S1, "今日到期")
    week: Count = shown(S1, "七日内到期")
    all: Count = shown(S1, "全部")


async def _filters(
    scope: Annotated[
        Scope, Query(title="范围", description="mine 本人职责与承办的案件；area 全地区")
    ] = "mine",
    kind: Annotated[str | None, Query(title="案件类型", pattern=WORD)] = None,
    overdue: Annotated[bool | None, Query(title="是否逾期")] = None,
    area: Area = None,
) -> Filters:
    return Filters(scope=scope, kind=kind, overdue=overdue, area=area)


FilterDep = Annotated[Filters, Depends(_filters)]


@router.get("", operation_id="read_worklist", summary="待办", response_model=DuePage)
async def read_worklist(
    work: Annotated[Work, needs(Permission.WORKLIST_READ)],
    filters: FilterDep,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Any:
    """尚在计算的期限，逾期最久的在前。"""
    return await worklist.page(work, filters, cursor, limit)


@router.get("/counts", operation_id="count_worklist", summary="待办数量", response_model=Counts)
async def count_worklist(
    work: Annotated[Work, needs(Permission.WORKLIST_READ)], filters: FilterDep
) -> Any:
    """逾期、今日到期、七日内到期和全部待办的数量，各最多数到 1000。"""
    return await worklist.counts(work, filters)
