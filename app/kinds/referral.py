"""Handing a person on: who was asked for help first accepts, follows and refers, and nobody pushes
her from door to door (粤办法 20). Shared actions of every kind."""

from app.clock import WorkDays
from app.kinds.base import AnswerReferral, DeadlineRule, Refer
from app.kinds.forms import S1, S2, S3, Choice, Form, Whole, ask, when
from app.kinds.guards import Fact, Facts, Refusal, guard
from app.kinds.privacy import ConsentMatter, consents_in_force
from app.roles import Role

REFER, ACCEPT, DECLINE = "refer_on", "accept_referral", "decline_referral"


class Need(Choice):
    """What she needs, in the words of the 个案登记表 of the 多部门手册."""

    POLICE = "police", "报警求助"
    MEDICAL = "medical", "就医治疗"
    FORENSIC = "forensic", "伤情鉴定"
    SHELTER = "shelter", "临时庇护"
    LEGAL_AID = "legal_aid", "法律援助"
    PROTECTION_ORDER = "protection_order", "申请人身安全保护令"
    MEDIATION = "mediation", "纠纷调解"
    COUNSELLING = "counselling", "心理辅导"
    CARE = "care", "老人、子女照料"
    ECONOMIC = "economic", "经济救助"
    OTHER = "other", "其他帮助"


class ReferralGround(Choice):
    CONSENT = "consent", "本人单独同意"
    LAW = "law", "履行法定职责"


class LegalBasis(Choice):
    """Duties by which a case goes to another body without asking her (个保法 13(三))."""

    REPORT = "report", "发现家庭暴力依法报案（反家暴法 14；未保法 11）"
    PLACEMENT = "placement", "处于危险须通知并协助安置（反家暴法 15）"
    SHELTER = "shelter", "提供临时庇护（反家暴法 18）"
    LEGAL_AID = "legal_aid", "提供法律援助（反家暴法 19）"
    ESCALATION = "escalation", "调解中发现纠纷可能激化（调解法 25）"
    JOINT = "joint", "涉及多个部门职责的重大案件联合处理（粤办法 20）"


_BY_LAW = when("ground", ReferralGround.LAW)


class Referral(Form):
    organisation_id: Whole = ask("转介给", S1, source="粤办法 20", widget="organisation")
    needs: list[Need] = ask(
        "需要的帮助", S1, source="多部门手册附录一（个案登记表）", min_length=1, max_length=11
    )
    ground: ReferralGround = ask("依据", S1, source="个保法 13, 23")
    legal_basis: LegalBasis | None = ask(
        "法定职责",
        S1,
        source="个保法 13(三)；粤办法 20",
        default=None,
        visible_if=_BY_LAW,
        required_if=_BY_LAW,
    )
    note: str | None = ask(
        "转介说明",
        S3,
        source="多部门手册（转介）",
        hint="只写接收单位提供帮助所必需的内容（个保法 6）",
        default=None,
        widget="long_text",
        max_length=2000,
    )


class Acceptance(Form):
    organisation_id: Whole = ask("接收单位", S1, source="粤办法 20", widget="organisation")
    note: str | None = ask("接收说明", S2, source="设计", default=None, max_length=500)


class Declining(Choice):
    NOT_OURS = "not_ours", "不属于本单位职责"
    ELSEWHERE = "elsewhere", "属于其他地区管辖"
    NO_MEANS = "no_means", "属于本单位职责，但目前没有条件提供"


class Declined(Form):
    """A written reason and the right body: a bare no would be pushing her on."""

    organisation_id: Whole = ask("接收单位", S1, source="粤办法 20", widget="organisation")
    why: Declining = ask("不接收的原因", S1, source="粤办法 20")
    right_organisation_id: Whole = ask(
        "应由哪个单位办理", S1, source="粤办法 20", widget="organisation"
    )
    reason: str = ask("理由", S2, source="多部门手册（拒绝转介须书面说明）", max_length=500)


@guard("个保法 23；10号 3", Fact.ANSWERS)
def she_agreed_to_this_recipient(facts: Facts, form: Referral) -> Refusal | None:
    """A consent names its recipient; one to another organisation is none to this."""
    if form.ground is ReferralGround.LAW:
        return None
    asked = (str(facts.subject), ConsentMatter.PROVIDE, form.organisation_id)
    if facts.subject and asked in consents_in_force(facts.answers):
        return None
    return Refusal(
        type="referral-without-consent",
        detail="没有本人同意向该单位提供信息的记录，请先办理“登记同意”；依法定职责转介的，请选择法定职责",
    )


@guard("粤办法 20（不得互相推诿）")
def named_another_body(_facts: Facts, form: Declined) -> Refusal | None:
    if form.right_organisation_id != form.organisation_id:
        return None
    return Refusal(type="right-body-is-oneself", detail="请填写本单位以外、应当办理的单位")


REFERRAL_REPLY = DeadlineRule(
    name="referral_reply",
    title="转介答复",
    basis="粤办法 20（不得互相推诿，应当予以答复）",
    owner=Role.WOMEN_FED_TOWN,
    starts_on=frozenset(),
    met_by=frozenset({ACCEPT, DECLINE}),
    each_field="organisation_id",
    due=WorkDays(3, source="设计：粤办法 20“应当予以答复”", region="区"),
    outlives_case=True,
)
"""One clock for each organisation asked, owed by its role: started by services/referrals, because
who is asked is an answer and not part of a definition."""

REFERRING = (Refer(field="organisation_id"),)
ACCEPTING = (AnswerReferral(field="organisation_id", accepts=True),)
DECLINING = (AnswerReferral(field="organisation_id", accepts=False),)
