"""Reading cases: the list, the case page, and its parts."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from app.access import Work
from app.deps import needs
from app.kinds.instruments import Danger
from app.permissions import Permission
from app.routers.case_parts import (
    Axis,
    CaseListed,
    CaseShown,
    DeadlineList,
    EventPage,
    PartyList,
)
from app.routers.queries import WORD, Area, Cursor, Limit
from app.services.seeing import axis, listing, reading
from app.services.seeing.listing import Filters

router = APIRouter(prefix="/cases", tags=["案件"])

InCharge = Annotated[
    Literal["me"] | Annotated[int, Query(ge=1, lt=2**63)] | None,
    Query(title="承办人", description="me 或账号编号"),
]


@router.get("", operation_id="list_cases", summary="案件列表", response_model=CaseListed)
async def list_cases(
    work: Annotated[Work, needs(Permission.CASES_READ)],
    kind: Annotated[str | None, Query(title="案件类型", pattern=WORD)] = None,
    state: Annotated[str | None, Query(title="状态", pattern=WORD)] = None,
    area: Area = None,
    overdue: Annotated[bool | None, Query(title="是否有逾期事项")] = None,
    in_charge: InCharge = None,
    text: Annotated[
        str | None,
        Query(
            title="案号开头",
            description="不要填写个人信息",
            pattern="^[^\x00-\x1f]+$",
            max_length=40,
        ),
    ] = None,
    closed: Annotated[bool | None, Query(title="是否已结案")] = None,
    danger: Annotated[Danger | None, Query(title="危险等级")] = None,
    unassigned: Annotated[
        bool, Query(title="待分派", description="本部门承办、尚未指定承办人的未结案件")
    ] = False,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Any:
    """本人工作范围内的案件，最近发生的在前。"""
    filters = Filters(
        kind=kind,
        state=state,
        area=area,
        overdue=overdue,
        in_charge=work.actor.account_id if in_charge == "me" else in_charge,
        text=text,
        closed=closed,
        danger=danger.value if danger else None,
        unassigned=unassigned or None,
    )
    return await listing.page(work, filters, cursor, limit)


@router.get("/{case_id}", operation_id="read_case", summary="案件", response_model=CaseShown)
async def read_case(work: Annotated[Work, needs(Permission.CASES_READ)], case_id: UUID) -> Any:
    """案件的全部内容，按本人角色可见的等级显示；查看敏感内容会留下记录。"""
    return await reading.case_page(work, case_id)


@router.get(
    "/{case_id}/timeline",
    operation_id="read_case_timeline",
    summary="案件经过",
    response_model=EventPage,
)
async def read_timeline(
    work: Annotated[Work, needs(Permission.CASES_READ)],
    case_id: UUID,
    step: Annotated[str | None, Query(title="只看这一步骤", pattern=WORD)] = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Any:
    """发生过的每一步，最近的在前，已更正的也保留。"""
    return await reading.case_timeline(work, case_id, step, cursor, limit)


@router.get(
    "/{case_id}/parties",
    operation_id="read_case_parties",
    summary="当事人",
    response_model=PartyList,
)
async def read_parties(work: Annotated[Work, needs(Permission.CASES_READ)], case_id: UUID) -> Any:
    """案件中的人员，按本人角色可见的等级显示。"""
    return {"items": await reading.case_parties(work, case_id)}


@router.get(
    "/{case_id}/deadlines",
    operation_id="read_case_deadlines",
    summary="期限",
    response_model=DeadlineList,
)
async def read_deadlines(work: Annotated[Work, needs(Permission.CASES_READ)], case_id: UUID) -> Any:
    """案件的全部期限，包括已办结和已取消的。"""
    return {"items": await reading.case_deadlines(work, case_id)}


@router.get("/{case_id}/axis", operation_id="read_case_axis", summary="时间轴", response_model=Axis)
async def read_axis(work: Annotated[Work, needs(Permission.CASES_READ)], case_id: UUID) -> Any:
    """本案、关联案件和本案人员其他案件的期限，只有本人可见的案件。"""
    return await axis.of_case(work, case_id)
