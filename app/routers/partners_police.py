"""The police's door: warnings, incidents and visits (34号; 反家暴法 16, 17)."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from app.access import Work
from app.deps import needs
from app.kinds.dv_warning.decisions import (
    CriminalCase,
    Criticism,
    Delivery,
    NotEstablished,
    PenaltyDecision,
    WrittenWarning,
)
from app.kinds.dv_warning.monitoring import Visit
from app.kinds.dv_warning.report import Acceptance, Channel, Report, Reporter
from app.kinds.dv_warning.words import VictimWish
from app.kinds.forms import Moment, Yes
from app.kinds.people import PartyRole, Relation
from app.permissions import Permission
from app.routers.partners_common import RECORDED, Number, PartnerBody, PartnerPerson, Taken, taken
from app.services.agencies import partners_police
from app.services.agencies.partners import Pair
from app.services.agencies.partners_police import Disposal

router = APIRouter(prefix="/partners/police", tags=["部门对接"])


async def as_police(work: Annotated[Work, needs(Permission.POLICE_PAPERS)]) -> Work:
    return replace(work, channel="police")


PoliceDep = Annotated[Work, Depends(as_police)]


class IncidentFacts(PartnerBody):
    """What every paper about an incident says: its number, acceptance and people."""

    incident_no: Number = Field(title="警情（受案）编号")
    accepted_at: Moment = Field(title="受理时间")
    victim: PartnerPerson = Field(title="受害人")
    perpetrator: PartnerPerson = Field(title="加害人")
    relation: Relation = Field(title="加害人与受害人的关系")
    channel: Channel | None = Field(default=None, title="线索来源")
    reporter: Reporter | None = Field(default=None, title="报告人类别")

    def pair(self) -> Pair:
        return {
            PartyRole.VICTIM: self.victim.answer(),
            PartyRole.PERPETRATOR: self.perpetrator.answer(self.relation),
        }

    def report(self, facts: str, wish: VictimWish) -> Report:
        pair = self.pair()
        return Report(
            immediate_danger=False,
            what_happened=facts,
            victim=pair[PartyRole.VICTIM],
            perpetrator=pair[PartyRole.PERPETRATOR],
            victim_wish=wish,
            channel=self.channel,
            reporter=self.reporter,
        )

    def acceptance(self, officers: str, wish: VictimWish) -> Acceptance:
        return Acceptance(
            accepted_at=self.accepted_at,
            incident_no=self.incident_no,
            officers=officers,
            victim_wish=wish,
        )


class WarningBody(IncidentFacts):
    """A 告诫书, with its delivery if that was done."""

    warning: WrittenWarning = Field(title="告诫书")
    delivery: Delivery | None = Field(default=None, title="送交情况")


class Unestablished(NotEstablished):
    decided_at: Moment = Field(title="决定时间")


class IncidentBody(IncidentFacts):
    """A 警情 and how it was disposed of, once it was."""

    officers: str = Field(title="出警民警", min_length=1, max_length=100)
    what_happened: str = Field(title="简要经过", min_length=1, max_length=4000)
    victim_wish: VictimWish = Field(title="受害人的真实意愿")
    criticised: Criticism | None = Field(default=None, title="批评教育")
    punished: PenaltyDecision | None = Field(default=None, title="治安处罚")
    criminal: CriminalCase | None = Field(default=None, title="刑事立案")
    not_established: Unestablished | None = Field(default=None, title="不予认定")

    @model_validator(mode="after")
    def _one_disposal(self) -> "IncidentBody":
        given = (self.criticised, self.punished, self.criminal, self.not_established)
        if sum(part is not None for part in given) > 1:
            raise PydanticCustomError("one_disposal", "处理结果只能有一种")
        return self

    def disposal(self) -> tuple[datetime, Disposal] | None:
        if (unfounded := self.not_established) is not None:
            answers = unfounded.model_dump(exclude={"decided_at"})
            return unfounded.decided_at, NotEstablished(**answers)
        decided = self.criticised or self.punished or self.criminal
        return (decided.decided_at, decided) if decided else None


class VisitBody(PartnerBody):
    """A 查访 after a warning, by the warning's number."""

    document_no: Number = Field(title="告诫书文号")
    extra: Yes = Field(default=False, title="定期查访之外的加访")
    visit: Visit = Field(title="查访情况")


@router.post(
    "/warnings", response_model=Taken, responses=RECORDED, operation_id="partner_police_warning"
)
async def push_warning(work: PoliceDep, body: WarningBody, response: Response) -> Taken:
    """公安机关推送告诫书（反家暴法 16, 17；34号 8–10）。同一文号重复推送返回同一回执。"""
    warning = body.warning
    outcome = await partners_police.warn(
        work,
        body.paper("police_warning", warning.document_no),
        body.pair(),
        body.report(warning.facts, warning.victim_wish),
        body.acceptance(warning.officers, warning.victim_wish),
        warning,
        body.delivery,
    )
    return taken(outcome, response)


@router.post(
    "/incidents", response_model=Taken, responses=RECORDED, operation_id="partner_police_incident"
)
async def push_incident(work: PoliceDep, body: IncidentBody, response: Response) -> Taken:
    """公安机关推送家庭暴力警情及处理结果（34号 21）；可先推送受理，再推送处理结果。"""
    disposal = body.disposal()
    outcome = await partners_police.incident(
        work,
        body.paper("police_disposal" if disposal else "police_incident", body.incident_no),
        body.pair(),
        body.report(body.what_happened, body.victim_wish),
        body.acceptance(body.officers, body.victim_wish),
        disposal,
    )
    return taken(outcome, response)


@router.post(
    "/visits", response_model=Taken, responses=RECORDED, operation_id="partner_police_visit"
)
async def push_visit(work: PoliceDep, body: VisitBody, response: Response) -> Taken:
    """公安机关推送查访结果（34号 12；粤办法 28），按告诫书文号归案。"""
    paper = body.paper("police_visit", None)
    outcome = await partners_police.visit(
        work, paper, body.document_no, body.visit, extra=body.extra
    )
    return taken(outcome, response)
