"""What keeps a case beyond its time, and what ends it."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field
from pydantic.types import UUID7

from app.access import Work
from app.deps import needs
from app.kinds.forms import S0, S1, S2
from app.kinds.rights import HoldGround
from app.permissions import Permission
from app.routers.bodies import Body
from app.routers.preconditions import IfMatch, version_of
from app.routers.queries import Cursor, Limit
from app.routers.shown import Shown, shown
from app.services.data_rights import retention

router = APIRouter(tags=["个人信息"])

Keeping = Annotated[Work, needs(Permission.RETENTION_KEEP)]


class HoldBody(Body):
    id: UUID7 = Field(title="客户端生成的编号（UUIDv7），重发时不变")
    ground: HoldGround = Field(title="保留原因")
    reason: str = Field(title="说明", min_length=1, max_length=500)


class HoldShown(Shown):
    id: UUID = shown(S1, "编号")
    ground: str = shown(S1, "保留原因")
    ground_title: str = shown(S0, "保留原因名称")
    reason: str | None = shown(S2, "说明")
    placed_at: datetime = shown(S1, "开始保留")
    lifted_at: datetime | None = shown(S1, "解除时间")
    version: int = shown(S1, "版本")


class HoldList(Shown):
    items: list[HoldShown] = shown(S1, "保留")


class ExpiredShown(Shown):
    id: UUID = shown(S1, "案件编号")
    number: str | None = shown(S1, "案号")
    kind: str = shown(S1, "案件类型")
    kind_title: str = shown(S0, "案件类型名称")
    closed_at: datetime = shown(S1, "结案时间")
    years: int = shown(S0, "保存年限")
    basis: str = shown(S0, "依据")


class ExpiredPage(Shown):
    """The longest closed first; `next` is the cursor of the page that follows."""

    items: list[ExpiredShown] = shown(S1, "到期案件")
    next: str | None = shown(S1, "下一页")


@router.get(
    "/cases/{case_id}/holds",
    operation_id="list_legal_holds",
    summary="案件保留",
    response_model=HoldList,
)
async def list_holds(work: Keeping, case_id: UUID) -> Any:
    """到期后仍须保留案件的原因，包括已解除的。"""
    return {"items": await retention.holds(work, case_id)}


@router.post(
    "/cases/{case_id}/holds",
    operation_id="place_legal_hold",
    summary="保留案件",
    response_model=HoldShown,
    status_code=201,
)
async def place_hold(work: Keeping, case_id: UUID, body: HoldBody, response: Response) -> Any:
    """涉及诉讼、监察等的案件，到期也不删除，直至解除。"""
    made, new = await retention.place(work, case_id, body.id, body.ground, body.reason)
    response.status_code = 201 if new else 200
    return made


@router.post(
    "/cases/{case_id}/holds/{hold_id}/lift",
    operation_id="lift_legal_hold",
    summary="解除保留",
    response_model=HoldShown,
)
async def lift_hold(work: Keeping, case_id: UUID, hold_id: UUID, if_match: IfMatch = None) -> Any:
    """原因消失后解除。"""
    return await retention.lift(work, case_id, hold_id, version_of(if_match))


@router.get(
    "/retention/expired",
    operation_id="list_expired_cases",
    summary="保存到期的案件",
    response_model=ExpiredPage,
)
async def list_expired(
    work: Keeping,
    area: Annotated[int, Query(title="地区（12 位代码，区、镇街或村居）", ge=10**11, lt=10**12)],
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Any:
    """办结已满保存年限、又没有保留事项的案件，由主管人员逐件删除。"""
    return await retention.expired(work, area, cursor, limit)


@router.post(
    "/cases/{case_id}/erase",
    operation_id="erase_case",
    summary="删除到期案件的个人信息",
    status_code=204,
)
async def erase_case(work: Keeping, case_id: UUID) -> None:
    """销毁案件及其独有人员的密钥，任何人不能再读；统计数字不变。须再次验证身份。"""
    await retention.erase_expired(work, case_id)
