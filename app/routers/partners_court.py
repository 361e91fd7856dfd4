"""The court's door for orders, in the codes of its own data standard (反家暴法 23–32；10号)."""

from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Response
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from app.access import Work
from app.deps import needs
from app.kinds.forms import Moment, Whole, Yes
from app.kinds.people import PartyRole, Relation
from app.kinds.protection_order.application import (
    Admission,
    Application,
    Evidence,
    Ground,
    Manner,
    ProxyGround,
    Registration,
    Told,
    Urgency,
    Venue,
    Wish,
)
from app.kinds.protection_order.codes import CaseSource, FiledBy, SocialRelation
from app.kinds.protection_order.enforcement import Service
from app.kinds.protection_order.rulings import Decision, ValidUnit
from app.permissions import Permission
from app.routers.partners_codes import (
    DISPOSALS,
    RELATIONS,
    DisposalCode,
    MeasureCode,
    RelationCode,
    measures,
)
from app.routers.partners_common import (
    RECORDED,
    Number,
    PartnerBody,
    PartnerPerson,
    Strict,
    Taken,
    filled,
    taken,
)
from app.services.agencies import partners_court

router = APIRouter(prefix="/partners/court", tags=["部门对接"])

TO_HER = {
    SocialRelation.SPOUSE: Relation.SPOUSE,
    SocialRelation.SIBLINGS: Relation.SIBLING,
    SocialRelation.CO_RESIDENT: Relation.CO_RESIDENT,
}
"""The standard's other relations do not say who is which of the two."""


async def as_court(work: Annotated[Work, needs(Permission.COURT_PAPERS)]) -> Work:
    return replace(work, channel="court")


CourtDep = Annotated[Work, Depends(as_court)]


class CourtApplication(Strict):
    """The application as the court received it; needed while the case does not have it yet."""

    filed_at: Moment = Field(title="提出申请时间")
    filed_by: FiledBy = Field(default=FiledBy.SELF, title="申请方式")
    proxy_ground: ProxyGround | None = Field(default=None, title="代为申请的原因")
    her_will: Yes | None = Field(default=None, title="代为申请出于当事人意愿（委托）")
    proxy: PartnerPerson | None = Field(default=None, title="代为申请的近亲属")
    proxy_name: str | None = Field(default=None, title="代为申请单位名称", max_length=100)
    manner: Manner = Field(title="申请形式")
    venue: Venue = Field(title="管辖依据")
    urgent: Yes = Field(title="情况紧急")
    grounds: list[Ground] = Field(default_factory=list, title="申请理由", max_length=10)
    facts: str = Field(title="事实与理由", min_length=1, max_length=4000)
    measures: list[MeasureCode] = Field(title="申请的措施", min_length=1, max_length=8)
    other_measure: str | None = Field(default=None, title="其他措施的内容", max_length=500)
    evidence: list[Evidence] = Field(default_factory=list, title="已有证据", max_length=11)

    def form(self, relation: SocialRelation | None) -> Application:
        answers = self.model_dump(exclude={"proxy", "measures", "other_measure"})
        more: dict[str, Any] = {
            "proxy": self.proxy.answer() if self.proxy else None,
            "requests": measures(self.measures),
            "other_request": self.other_measure,
            "relation": relation,
        }
        made: Application = filled(Application, "application", answers | more)
        return made


class CourtAcceptance(Strict):
    accepted_at: Moment = Field(title="收案（受理）时间")
    urgent: Yes = Field(title="情况紧急")

    def form(self, case_no: str) -> Registration:
        return Registration(
            result=Admission.ACCEPTED,
            registered_at=self.accepted_at,
            case_no=case_no,
            urgency=Urgency.URGENT if self.urgent else Urgency.ORDINARY,
            case_source=CaseSource.APPLICATION,
        )


class CourtRuling(Strict):
    """How the case ended. An order names its measures and holds for months or days."""

    document_no: Number = Field(title="裁定书文号")
    made_at: Moment = Field(title="裁定作出时间")
    disposal: DisposalCode = Field(title="结案方式")
    measures: list[MeasureCode] = Field(default_factory=list, title="措施种类", max_length=8)
    other_measure: str | None = Field(default=None, title="其他措施的内容", max_length=500)
    valid_months: Whole | None = Field(default=None, title="保护有效期（月）", ge=1, le=6)
    valid_days: Whole | None = Field(default=None, title="保护有效期（天）", ge=1, le=184)
    own_wish: Yes | None = Field(default=None, title="已核实撤回出于本人自愿")
    reason: str | None = Field(default=None, title="理由", max_length=2000)

    @model_validator(mode="after")
    def _months_or_days(self) -> "CourtRuling":
        if self.valid_months is not None and self.valid_days is not None:
            raise PydanticCustomError("validity", "保护有效期只能按月或者按天填写一项")
        return self

    def form(self) -> Decision:
        unit = ValidUnit.MONTHS if self.valid_months else ValidUnit.DAYS
        answers = self.model_dump(exclude={"disposal", "measures", "valid_months", "valid_days"})
        more: dict[str, Any] = {
            "result": DISPOSALS[self.disposal],
            "measures": measures(self.measures),
            "valid_for": self.valid_months or self.valid_days,
            "valid_unit": unit if self.valid_months or self.valid_days else None,
        }
        made: Decision = filled(Decision, "ruling", answers | more)
        return made


class OrderBody(PartnerBody):
    """A 人身安全保护令案件: what is new of acceptance, ruling and service."""

    case_no: Number = Field(title="案号")
    case_source: Literal["申请人申请"] = Field(default="申请人申请", title="收案来源")
    applicant: PartnerPerson = Field(title="申请人")
    respondent: PartnerPerson = Field(title="被申请人")
    relation: RelationCode | None = Field(default=None, title="双方社会关系")
    application: CourtApplication | None = Field(default=None, title="申请")
    acceptance: CourtAcceptance | None = Field(default=None, title="受理")
    ruling: CourtRuling | None = Field(default=None, title="结案")
    service: Service | None = Field(default=None, title="送达")

    @model_validator(mode="after")
    def _something(self) -> "OrderBody":
        if not (self.acceptance or self.ruling or self.service):
            raise PydanticCustomError("nothing_new", "受理、结案、送达至少填写一项")
        return self

    def numbered(self) -> tuple[str, str | None]:
        """The series and number of the paper that is pushed: the ruling's, else the case's."""
        if self.ruling is not None:
            return "court_ruling", self.ruling.document_no
        return "court_case", self.case_no if self.acceptance else None


@router.post(
    "/orders", response_model=Taken, responses=RECORDED, operation_id="partner_court_order"
)
async def push_order(work: CourtDep, body: OrderBody, response: Response) -> Taken:
    """人民法院推送人身安全保护令的受理、结案、送达（反家暴法 23–32；保护令业务标准）。"""
    relation = RELATIONS[body.relation] if body.relation else None
    pair = {
        PartyRole.APPLICANT: body.applicant.answer(),
        PartyRole.RESPONDENT: body.respondent.answer(TO_HER.get(relation) if relation else None),
    }
    applied = body.application
    told = Told(
        danger_now=bool(applied and applied.urgent),
        applicant=pair[PartyRole.APPLICANT],
        respondent=pair[PartyRole.RESPONDENT],
        wish=Wish.APPLY,
    )
    outcome = await partners_court.order(
        work,
        body.paper(*body.numbered()),
        pair,
        body.case_no,
        told,
        applied.form(relation) if applied else None,
        body.acceptance.form(body.case_no) if body.acceptance else None,
        body.ruling.form() if body.ruling else None,
        body.service,
    )
    return taken(outcome, response)
