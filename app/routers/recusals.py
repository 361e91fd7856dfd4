"""Conflict of interest: who steps back from a case, or has to (回避)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from app.access import Work
from app.deps import needs
from app.errors import Invalid
from app.kinds.forms import S0, S1, Whole
from app.permissions import Permission
from app.routers.bodies import Body
from app.routers.shown import Shown, shown
from app.services.walls import recusals

router = APIRouter(prefix="/recusals", tags=["回避"])


class ReasonedBody(Body):
    reason: str = Field(title="理由", min_length=2, max_length=500)


class RecusalBody(ReasonedBody):
    case_id: UUID = Field(title="案件编号")
    account_id: Annotated[Whole, Field(ge=1, lt=2**63)] | None = Field(
        default=None, title="回避的账号，本人申请时不填"
    )


class RecusalShown(Shown):
    """A case hidden from an account."""

    id: UUID = shown(S1, "编号")
    account_id: int = shown(S1, "账号")
    account: str = shown(S1, "姓名")
    case_id: UUID = shown(S1, "案件编号")
    why: str = shown(S1, "原因")
    why_title: str = shown(S1, "原因")
    recorded_at: datetime = shown(S1, "登记时间")


class Recusals(Shown):
    items: list[RecusalShown] = shown(S0, "现行的回避，最近登记的在前")


CaseId = Annotated[UUID | None, Query(title="案件编号（主管人员）")]
AccountId = Annotated[int | None, Query(title="账号（安全管理员）", ge=1, lt=2**63)]


@router.post("", operation_id="declare_recusal", summary="申请或决定回避", status_code=204)
async def declare_recusal(
    work: Annotated[Work, needs(Permission.RECUSALS_DECLARE)], body: RecusalBody
) -> None:
    """本人申请，或者由主管人员、安全管理员决定；立即生效，案件对回避的人不再可见。"""
    await recusals.declare(work, body.case_id, body.account_id, body.reason)


@router.get("", operation_id="list_recusals", summary="回避")
async def list_recusals(
    work: Annotated[Work, needs(Permission.RECUSALS_KEEP)],
    case_id: CaseId = None,
    account_id: AccountId = None,
) -> Recusals:
    """一件案件的（主管人员），或者一个账号的（安全管理员）。不显示本人的回避。"""
    of = _of(case_id, account_id)
    found = await (
        recusals.of_case(work, of) if isinstance(of, UUID) else recusals.of_account(work, of)
    )
    return Recusals(items=[RecusalShown(**row) for row in found])


@router.post("/{recusal_id}/end", operation_id="end_recusal", summary="解除回避", status_code=204)
async def end_recusal(
    work: Annotated[Work, needs(Permission.RECUSALS_KEEP)],
    recusal_id: UUID,
    body: ReasonedBody,
    case_id: CaseId = None,
    account_id: AccountId = None,
) -> None:
    """由主管人员（按案件）或安全管理员（按账号）解除，不能解除本人的。"""
    await recusals.end(work, recusal_id, _of(case_id, account_id), body.reason)


def _of(case_id: UUID | None, account_id: int | None) -> UUID | int:
    of = case_id if account_id is None else account_id if case_id is None else None
    if of is None:
        raise Invalid("请指明案件或者账号（只填一项）")
    return of
