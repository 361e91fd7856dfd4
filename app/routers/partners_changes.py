"""The court's door for what follows an order or an agreement (反家暴法 30；法释5)."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from app.kinds.forms import Choice, Moment, Yes
from app.kinds.mediation.agreement_forms import ConfirmationDecision, ConfirmationReceipt
from app.kinds.protection_order.closing import ChangeRequest
from app.kinds.protection_order.codes import ChangeItem
from app.kinds.protection_order.rulings import (
    Change,
    ChangedOrder,
    Kept,
    Revocation,
    RulingGround,
)
from app.routers.partners_codes import CHANGES, ChangeCode, MeasureCode, measures
from app.routers.partners_common import RECORDED, Number, PartnerBody, Strict, Taken, filled, taken
from app.routers.partners_court import CourtDep
from app.services.agencies import partners_court
from app.services.agencies.partners_court import Ruled

router = APIRouter(prefix="/partners/court", tags=["部门对接"])

LATEST = date(2100, 1, 1)


class ChangeApplication(Strict):
    applied_at: Moment = Field(title="申请时间")
    own_wish: Yes = Field(title="已单独核实，确属申请人本人真实意愿")
    reason: str = Field(title="事实与理由", min_length=1, max_length=2000)

    def form(self, item: ChangeItem) -> ChangeRequest:
        return ChangeRequest(item=item, **self.model_dump())


class ChangeResult(Choice):
    ALLOWED = "allowed", "准许"
    REFUSED = "refused", "驳回"
    WITHDRAWN = "withdrawn", "申请人撤回"


class ChangeRuling(Strict):
    """What became of the application; an order varied or extended names all its measures."""

    result: ChangeResult = Field(title="处理结果")
    made_at: Moment = Field(title="裁定（处理）时间")
    document_no: Number | None = Field(default=None, title="裁定书文号")
    measures: list[MeasureCode] = Field(default_factory=list, title="变更后措施", max_length=8)
    other_measure: str | None = Field(default=None, title="其他措施的内容", max_length=500)
    valid_to: Annotated[date, Field(le=LATEST)] | None = Field(
        default=None, title="保护令有效期至（含当日）"
    )

    def form(self, item: ChangeItem, case_no: str | None) -> Ruled:
        ground, answers = RulingGround.APPLICATION, self._given()
        made: Ruled
        if self.result is not ChangeResult.ALLOWED:
            answers["ruled_at"] = answers.pop("made_at")
            withdrawn = self.result is ChangeResult.WITHDRAWN
            made = filled(Kept, "ruling", answers | {"ground": ground, "withdrawn": withdrawn})
            return made
        answers |= {"ground": ground, "case_no": case_no}
        if item is ChangeItem.REVOKE:
            made = filled(Revocation, "ruling", answers)
            return made
        change = Change.EXTENDED if item is ChangeItem.EXTEND else Change.VARIED
        made = filled(ChangedOrder, "ruling", answers | {"result": change})
        return made

    def _given(self) -> dict[str, Any]:
        answers = self.model_dump(exclude={"result", "measures"}, exclude_none=True)
        return answers | ({"measures": measures(self.measures)} if self.measures else {})


class ChangeBody(PartnerBody):
    """变更案件: what is asked of which order, and how the court ruled, once it did."""

    original_case_no: Number = Field(title="针对的原案号")
    case_no: Number | None = Field(default=None, title="变更案件案号")
    item: ChangeCode = Field(title="变更申请事项")
    application: ChangeApplication | None = Field(default=None, title="申请")
    ruling: ChangeRuling | None = Field(default=None, title="裁定")

    @model_validator(mode="after")
    def _something(self) -> "ChangeBody":
        if not (self.application or self.ruling):
            raise PydanticCustomError("nothing_new", "申请、裁定至少填写一项")
        return self

    def numbered(self) -> tuple[str, str | None]:
        if self.ruling is not None:
            return "court_ruling", self.ruling.document_no
        return "court_case", self.case_no


class ConfirmationBody(PartnerBody):
    """司法确认: whether the court took the application, and what it decided."""

    agreement_no: Number = Field(title="调解协议编号")
    receipt: ConfirmationReceipt | None = Field(default=None, title="是否受理")
    decision: ConfirmationDecision | None = Field(default=None, title="是否确认")

    @model_validator(mode="after")
    def _something(self) -> "ConfirmationBody":
        if not (self.receipt or self.decision):
            raise PydanticCustomError("nothing_new", "是否受理、是否确认至少填写一项")
        return self

    def numbered(self) -> tuple[str, str | None]:
        if self.decision is not None:
            return "court_ruling", self.decision.document_no
        return "court_case", self.receipt.court_case_no if self.receipt else None


@router.post(
    "/changes", response_model=Taken, responses=RECORDED, operation_id="partner_court_change"
)
async def push_change(work: CourtDep, body: ChangeBody, response: Response) -> Taken:
    """人民法院推送保护令的撤销、变更、延长（反家暴法 30；保护令业务标准），按原案号归案。"""
    item = CHANGES[body.item]
    outcome = await partners_court.change(
        work,
        body.paper(*body.numbered()),
        body.original_case_no,
        body.application.form(item) if body.application else None,
        body.ruling.form(item, body.case_no) if body.ruling else None,
    )
    return taken(outcome, response)


@router.post(
    "/confirmations",
    response_model=Taken,
    responses=RECORDED,
    operation_id="partner_court_confirmation",
)
async def push_confirmation(work: CourtDep, body: ConfirmationBody, response: Response) -> Taken:
    """人民法院推送人民调解协议司法确认的受理和结果（调解法 33；法释5 4, 8），按协议编号归案。"""
    outcome = await partners_court.confirmation(
        work, body.paper(*body.numbered()), body.agreement_no, body.receipt, body.decision
    )
    return taken(outcome, response)
