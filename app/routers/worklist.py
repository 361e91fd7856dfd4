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
from app.routers.fresh import UNCHANGED, IfNoneMatch, answer
from app.routers.queries import WORD, Area, Cursor, Limit
from app.routers.shown import Shown, shown
from app.services.phone import conflicts
from app.services.seeing import listing, worklist
from app.services.seeing.worklist import Due, Filters, Scope

router = APIRouter(prefix="/worklist", tags=["待办"])


class DueShown(Shown):
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

    items: list[DueShown] = shown(S1, "待办")
    next: str | None = shown(S1, "下一页")


class Counted(Shown):
    count: int = shown(S1, "数量（最多数到 1000）")
    capped: bool = shown(S1, "不止这些")


class DueCounts(Shown):
    """Due before midnight and within the week are counted from now on: overdue ones are apart."""

    overdue: Counted = shown(S1, "已逾期")
    today: Counted = shown(S1, "今日到期")
    week: Counted = shown(S1, "七日内到期")
    all: Counted = shown(S1, "全部")


class Counts(Shown):
    """What waits, by what it is; null where it is not the actor's."""

    mine: DueCounts = shown(S1, "本人的待办")
    area: DueCounts | None = shown(S1, "全地区的待办")
    unassigned: Counted | None = shown(S1, "待分派的案件")
    phone_conflicts: Counted | None = shown(S1, "手机冲突记录")


async def _filters(
    scope: Annotated[
        Scope, Query(title="范围", description="mine 本人职责与承办的案件；area 全地区")
    ] = "mine",
    kind: Annotated[str | None, Query(title="案件类型", pattern=WORD)] = None,
    due: Annotated[
        Due | None,
        Query(title="到期", description="overdue 已逾期；today 今日到期；week 七日内到期"),
    ] = None,
    area: Area = None,
) -> Filters:
    return Filters(scope=scope, kind=kind, due=due, area=area)


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


@router.get(
    "/counts",
    operation_id="count_worklist",
    summary="待办数量",
    response_model=Counts,
    responses=UNCHANGED,
)
async def count_worklist(
    work: Annotated[Work, needs(Permission.WORKLIST_READ)], if_none_match: IfNoneMatch = None
) -> Any:
    """各类待办的数量，每项最多数到 1000；带上 If-None-Match，没有变化时只回 304。"""
    found = {
        "mine": await worklist.counts(work, Filters()),
        "area": await worklist.counts(work, Filters(scope="area"))
        if worklist.oversees(work)
        else None,
        "unassigned": await listing.unassigned(work) if listing.carries(work) else None,
        "phone_conflicts": await conflicts.waiting(work) if conflicts.supervises(work) else None,
    }
    return answer(Counts.model_validate(found), if_none_match)
