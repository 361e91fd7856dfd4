"""转介: who was asked to help, and what they answered."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from app.access import Work
from app.deps import needs
from app.kinds.forms import S0, S1
from app.permissions import Permission
from app.routers.queries import Cursor, Limit
from app.routers.shown import Shown, shown
from app.services.seeing import referrals
from app.services.seeing.referrals import Side

router = APIRouter(tags=["转介"])

Reading = Annotated[Work, needs(Permission.CASES_READ)]


class ReferralShown(Shown):
    id: UUID = shown(S1, "编号")
    case_id: UUID = shown(S1, "案件编号")
    kind: str = shown(S1, "案件类型")
    kind_title: str = shown(S0, "案件类型名称")
    area: int = shown(S1, "地区代码")
    from_id: int = shown(S1, "转出单位编号")
    sender: str | None = shown(S0, "转出单位")
    to_id: int = shown(S1, "接收单位编号")
    recipient: str | None = shown(S0, "接收单位")
    needs: list[str] = shown(S1, "需要的帮助")
    basis: str = shown(S0, "依据")
    declined_before: int = shown(S1, "此前被拒绝的次数")
    sent_at: datetime = shown(S1, "转介时间")
    due_at: datetime = shown(S1, "答复期限")
    answered_at: datetime | None = shown(S1, "答复时间")
    status: Literal["open", "accepted", "declined"] = shown(S1, "状况")
    late: bool = shown(S1, "逾期答复，或者逾期未答复")
    why: str | None = shown(S1, "不接收的原因")
    right_body: str | None = shown(S0, "应由哪个单位办理")
    to_answer: bool = shown(S1, "等待本单位答复")


class ReferralPage(Shown):
    """The newest first; `next` is the cursor of the page that follows."""

    items: list[ReferralShown] = shown(S1, "转介")
    next: str | None = shown(S1, "下一页")


class ReferralList(Shown):
    items: list[ReferralShown] = shown(S1, "转介")


@router.get(
    "/referrals", operation_id="list_referrals", summary="转介", response_model=ReferralPage
)
async def list_referrals(
    work: Reading,
    side: Annotated[
        Side, Query(title="received 本单位收到的，sent 本单位转出的，declined 被拒绝的（主管）")
    ] = "received",
    open: Annotated[bool, Query(title="只看等待答复的")] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Any:
    """双方都能看到转介的全过程；多次被拒绝的由主管人员协调（粤办法 20）。"""
    return await referrals.page(work, side, open, cursor, limit)


@router.get(
    "/cases/{case_id}/referrals",
    operation_id="list_case_referrals",
    summary="案件的转介",
    response_model=ReferralList,
)
async def list_case_referrals(work: Reading, case_id: UUID) -> Any:
    """一件案件转介给了谁、是否接收。"""
    return {"items": await referrals.of_case(work, case_id)}
