"""What the police decide and how it reaches those whom it concerns."""

from decimal import Decimal

from app.kinds.dv_warning.words import (
    Charge,
    Corroboration,
    CriticismCheck,
    CriticismGround,
    Liability,
    MustIssue,
    NotEstablishedReason,
    NoticeMethod,
    Penalty,
    PenaltyBasis,
    Recipient,
    RevokeReason,
    Signature,
    Statement,
    VictimWish,
    ViolenceType,
)
from app.kinds.forms import S1, S2, S3, Form, Moment, Whole, Yes, ask, when
from app.kinds.people import Relation


class Finding(Form):
    """What every decision on minor violence states: facts, evidence, wish, circumstances."""

    decided_at: Moment = ask("决定时间", S1, source="粤办法 26；34号 8")
    officers: str = ask("办案民警（两人）", S2, source="设计", max_length=100)
    facts: str = ask(
        "家庭暴力事实（时间、地点、方式、后果）",
        S3,
        source="反家暴法 16；34号 9",
        widget="long_text",
        max_length=4000,
    )
    violence_types: list[ViolenceType] = ask("暴力形式", S3, source="粤办法 2", min_length=1)
    perpetrator_admits: Yes = ask("加害人对实施家庭暴力无异议", S3, source="34号 3")
    statements: list[Statement] = ask("陈述与证言", S3, source="34号 3", min_length=1)
    corroboration: list[Corroboration] = ask("辅证", S3, source="34号 4", default_factory=list)
    victim_wish: VictimWish = ask("受害人的真实意愿", S2, source="反家暴法 5；粤办法 24")
    victim_forgives: Yes = ask("受害人自愿谅解", S2, source="粤办法 25(一)；34号 7")
    must_issue: list[MustIssue] = ask(
        "应当出具告诫书的情形", S3, source="粤办法 25, 26；34号 6", default_factory=list
    )
    liability: list[Liability] = ask(
        "应当追究法律责任的情形", S3, source="34号 20", default_factory=list
    )
    relation: Relation | None = ask(
        "加害人与受害人的关系", S2, source="34号 9", hint="登记时未填写的在此填写", default=None
    )
    live_together: Yes | None = ask(
        "双方共同生活（含同居）",
        S2,
        source="反家暴法 37；34号 24；粤办法 50",
        hint="双方不是家庭成员时填写",
        default=None,
    )
    on_the_spot: Yes = ask("当场决定", S1, source="粤办法 26；34号 8")
    recording_ref: str | None = ask(
        "当场决定的录音录像编号",
        S1,
        source="34号 8",
        default=None,
        required_if=when("on_the_spot", True),
        max_length=60,
    )

    @property
    def triggers(self) -> list[str]:
        """The circumstances told here that call for a warning, in words."""
        asked = self.victim_wish in (VictimWish.WARNING, VictimWish.PUNISHMENT)
        return (
            ([] if self.victim_forgives else ["未取得受害人谅解"])
            + (["受害人要求出具告诫书或者依法查处"] if asked else [])
            + [circumstance.label for circumstance in self.must_issue]
        )


class Criticism(Finding):
    ground: CriticismGround = ask("批评教育的依据", S1, source="34号 7")

    @property
    def check(self) -> CriticismCheck:
        """What statistics see: a partner's records may tell of criticism the law did not allow."""
        return CriticismCheck.SHOULD_HAVE_WARNED if self.triggers else CriticismCheck.PROPER


class WrittenWarning(Finding):
    document_no: str = ask("告诫书文号", S1, source="34号 9", max_length=60)
    issuing_unit: str = ask("出具单位", S1, source="粤办法 26", max_length=100)
    law_cited: str = ask(
        "适用的法律规定",
        S1,
        source="34号 9",
        default="《中华人民共和国反家庭暴力法》第十六条",
        max_length=500,
    )
    consequences_stated: Yes = ask(
        "已写明禁止实施家庭暴力及再次实施的法律后果", S1, source="反家暴法 16；34号 9"
    )
    justification: str | None = ask(
        "仍以告诫处理、不予处罚的书面理由",
        S3,
        source="34号 20；设计",
        hint="曾被告诫、处罚或具有第二十条情形的必须填写",
        default=None,
        max_length=2000,
    )


class Delivery(Form):
    delivered_at: Moment = ask("送交时间", S1, source="34号 10, 12")
    place: str = ask("送交地点", S2, source="设计", max_length=200)
    officers: str = ask("送交民警（两人）", S2, source="设计", max_length=100)
    read_aloud: Yes = ask("已向加害人当面宣读", S1, source="粤办法 27；34号 10")
    signature: Signature = ask("加害人签收", S1, source="粤办法 27；34号 10")
    refusal_note: str | None = ask(
        "拒绝签收的情况",
        S2,
        source="34号 10",
        default=None,
        visible_if=when("signature", Signature.REFUSED),
        required_if=when("signature", Signature.REFUSED),
        max_length=1000,
    )
    recording_ref: str | None = ask(
        "宣读和送交的录音录像编号",
        S1,
        source="34号 10",
        default=None,
        required_if=when("signature", Signature.REFUSED),
        max_length=60,
    )
    victim_copy: Yes = ask("告诫书已交受害人", S1, source="反家暴法 17；34号 9")
    present: str | None = ask(
        "到场的村居、妇联工作人员和儿童主任", S2, source="34号 11", default=None, max_length=200
    )


class VictimCopy(Form):
    given_at: Moment = ask("交受害人的时间", S1, source="反家暴法 17；34号 9")
    safely_given: Yes = ask("以安全方式交付", S2, source="设计：妇联规程 13")


class Notice(Form):
    recipients: list[Recipient] = ask(
        "通知对象", S1, source="反家暴法 17；粤办法 27；34号 11", min_length=1
    )
    notified_at: Moment = ask("通知时间", S1, source="34号 11")
    method: NoticeMethod = ask("通知方式", S1, source="设计")
    receiver: str | None = ask("接收人", S2, source="设计", default=None, max_length=100)


class PenaltyDecision(Form):
    decided_at: Moment = ask("处罚决定时间", S1, source="反家暴法 33")
    document_no: str = ask("处罚决定书文号", S1, source="设计", max_length=60)
    ground: PenaltyBasis = ask("处罚依据", S1, source="反家暴法 33；治安法 50, 51, 53, 73(2)")
    penalties: list[Penalty] = ask("处罚种类", S1, source="治安法 50, 51, 53, 73", min_length=1)
    fine: Decimal | None = ask(
        "罚款（元）",
        S1,
        source="治安法 73(2)",
        default=None,
        visible_if=when("penalties", Penalty.FINE),
        required_if=when("penalties", Penalty.FINE),
        gt=0,
        max_digits=8,
        decimal_places=2,
    )
    detention_days: Whole | None = ask(
        "拘留天数",
        S1,
        source="治安法 51, 73(2)",
        default=None,
        visible_if=when("penalties", Penalty.DETENTION),
        required_if=when("penalties", Penalty.DETENTION),
        ge=1,
        le=20,
    )
    facts: str | None = ask("违法事实", S3, source="设计", default=None, max_length=4000)


class CriminalCase(Form):
    decided_at: Moment = ask("立案时间", S1, source="反家暴法 33；34号 20")
    case_no: str = ask("刑事案件编号", S1, source="设计", max_length=60)
    charge: Charge = ask("涉嫌罪名", S2, source="反家暴法 33")
    facts: str | None = ask("涉嫌犯罪事实", S3, source="设计", default=None, max_length=4000)


class NotEstablished(Form):
    reason: NotEstablishedReason = ask("不予认定的原因", S1, source="34号 3")
    explanation: str = ask("理由", S3, source="34号 3；设计", max_length=2000)
    victim_told: Yes = ask("已向受害人说明并告知其他救济途径", S1, source="粤办法 23(五), 24")


class Revocation(Form):
    revoked_at: Moment = ask("撤销时间", S1, source="设计")
    document_no: str = ask("撤销决定文号", S1, source="设计", max_length=60)
    reason: RevokeReason = ask("撤销原因", S1, source="设计")
    explanation: str = ask("理由", S3, source="设计", max_length=2000)
    victim_told_at: Moment = ask("告知受害人的时间", S1, source="设计：反家暴法 5")
