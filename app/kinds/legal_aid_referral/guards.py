"""The rules that stand against a step of legal aid."""

from typing import Any

from app.kinds.guards import Fact, Facts, PartyFact, Refusal, guard
from app.kinds.legal_aid_referral.application import (
    HARDSHIP_NOT_ASKED,
    Application,
    ConsentGiven,
    Means,
    ProxyGround,
)
from app.kinds.legal_aid_referral.ending import (
    Against,
    Objection,
    Rectification,
    Rectified,
    Termination,
    TerminationGround,
)
from app.kinds.legal_aid_referral.handling import (
    Decided,
    FirstMeeting,
    LawyerAssigned,
    RejectGround,
    SupplementNotice,
)
from app.kinds.people import Flag, PartyRole, Relation

_MINOR = frozenset({Flag.MINOR, Flag.GIRL_UNDER14, Flag.CHILD_WITNESS})
_INCAPABLE = frozenset({Flag.NO_CAPACITY, Flag.LIMITED_CAPACITY, Flag.INTELLECTUAL_DISABILITY})
_DISABLED = frozenset({Flag.DISABLED, Flag.INTELLECTUAL_DISABILITY})
_CARERS = frozenset({Relation.PARENT, Relation.GUARDIAN})


def _recipient(facts: Facts) -> PartyFact | None:
    return next((p for p in facts.parties if p.person_id == facts.subject), None)


def _minor(facts: Facts) -> bool:
    recipient = _recipient(facts)
    if recipient is None:
        return False
    if recipient.age is not None:
        return recipient.age < 18
    return bool(recipient.flags & _MINOR)


def _elderly_or_disabled(facts: Facts) -> bool:
    """老年人 is sixty and over (老年人权益保障法 2)."""
    recipient = _recipient(facts)
    return recipient is not None and (
        (recipient.age or 0) >= 60
        or Flag.ELDERLY in recipient.flags
        or bool(recipient.flags & _DISABLED)
    )


def _violence(facts: Facts) -> bool:
    return bool((facts.last("refer") or {}).get("violence"))


def _hardship_not_asked(facts: Facts) -> bool:
    return (facts.last("refer") or {}).get("means") in HARDSHIP_NOT_ASKED


@guard("法援法 40", Fact.PARTIES)
def incapable_apply_by_proxy(facts: Facts, form: ConsentGiven) -> Refusal | None:
    recipient = _recipient(facts)
    incapable = _minor(facts) or bool(recipient and recipient.flags & _INCAPABLE)
    if incapable and (form.proxy is None or form.proxy_ground is ProxyGround.AUTHORISED):
        return Refusal(
            type="proxy-needed",
            detail="无、限制民事行为能力人由法定代理人代为申请；法定代理人侵害其权益的，"
            "由其他法定代理人或者近亲属代为申请",
        )
    return None


@guard("法援法 40", Fact.PARTIES)
def proxy_is_not_the_perpetrator(facts: Facts, form: ConsentGiven) -> Refusal | None:
    """Where a parent or guardian is violent, nobody applies simply as legal representative."""
    if form.proxy is None:
        return None
    proxy, perpetrators = facts.of(PartyRole.PROXY)[-1], facts.of(PartyRole.PERPETRATOR)
    carer = any(p.relation in _CARERS for p in perpetrators)
    if any(proxy.could_be(p) for p in perpetrators) or (
        carer and form.proxy_ground is ProxyGround.LEGAL_REPRESENTATIVE
    ):
        return Refusal(
            type="proxy-is-perpetrator",
            detail="法定代理人侵害受援人权益的，由其他法定代理人或者近亲属代为申请；"
            "代为申请人确非加害人的，请补全双方身份证号",
        )
    if proxy.relation is None:
        return Refusal(
            type="proxy-relation-missing", detail="请填写代为申请人与受援人的关系，以核对其身份"
        )
    return None


@guard("法援法 32(四), 42(一)", Fact.PARTIES)
def exemption_has_its_ground(facts: Facts, form: Application) -> Refusal | None:
    if form.means is Means.DV_VICTIM and not form.violence:
        return Refusal(
            type="exemption-without-violence",
            detail="只有虐待、遗弃或者家庭暴力受害人主张相关权益，才适用法律援助法第三十二条第四项",
        )
    recipient = _recipient(facts)
    known = recipient is not None and recipient.age is not None
    protected = _minor(facts) or _elderly_or_disabled(facts)
    if form.means is Means.NO_STEADY_INCOME and known and not protected:
        return Refusal(
            type="exemption-without-ground",
            detail="免予核查适用于无固定生活来源的未成年人、老年人、残疾人等特定群体，请改选核查方式",
        )
    return None


@guard("法援法 43", Fact.ANSWERS)
def supplement_is_asked_once(facts: Facts, form: SupplementNotice) -> Refusal | None:
    """Once for each application received."""
    asked = len(facts.answers.get("require_supplement", ()))
    if asked >= len(facts.answers.get("acknowledge", ())):
        return Refusal(
            type="supplement-already-asked",
            detail="需要补充的材料应当一次性告知，本申请已告知过；请依现有材料作出决定",
        )
    return None


@guard("法援法 43")
def supplement_term_is_real(facts: Facts, form: SupplementNotice) -> Refusal | None:
    if form.supply_by <= form.told_on:
        return Refusal(type="supplement-term-too-short", detail="补充期限应当晚于告知日期")
    return None


@guard("法援法 43")
def supplement_term_has_passed(facts: Facts, form: Any) -> Refusal | None:
    if facts.valid_until is None or facts.at < facts.valid_until:
        return Refusal(type="supplement-term-running", detail="补充期限未满，不能视为撤回申请")
    return None


@guard("法援法 32(四)", Fact.ANSWERS)
def means_do_not_decide(facts: Facts, form: Decided) -> Refusal | None:
    if form.reject_ground is RejectGround.MEANS and _hardship_not_asked(facts):
        return Refusal(
            type="rejected-on-means",
            detail="遭受虐待、遗弃或者家庭暴力的受害人主张相关权益不受经济困难条件限制，不得以此不予援助",
        )
    return None


@guard("法援法 32(四), 48(四)", Fact.ANSWERS)
def means_do_not_terminate(facts: Facts, form: Termination) -> Refusal | None:
    if form.ground is TerminationGround.MEANS_CHANGED and _hardship_not_asked(facts):
        return Refusal(
            type="terminated-on-means",
            detail="本案不受经济困难条件限制，不得以经济状况变化终止法律援助",
        )
    return None


@guard("粤办法 45", Fact.ANSWERS)
def lawyer_knows_dv_law(facts: Facts, form: LawyerAssigned) -> Refusal | None:
    if _violence(facts) and not form.knows_dv_law:
        return Refusal(
            type="lawyer-without-dv-law",
            detail="家庭暴力受害人应当由熟悉反家庭暴力法律法规的律师提供援助，请另行指派",
        )
    return None


@guard("司公通〔2020〕12号 6", Fact.PARTIES)
def minority_is_right(facts: Facts, form: LawyerAssigned) -> Refusal | None:
    recipient = _recipient(facts)
    known = recipient is not None and (recipient.age is not None or bool(recipient.flags & _MINOR))
    if known and form.recipient_is_minor != _minor(facts):
        return Refusal(type="minority-disagrees", detail="受援人是否未成年与其出生日期不符，请核对")
    return None


@guard("法援法 45", Fact.PARTIES)
def accessibility_is_asked(facts: Facts, form: LawyerAssigned) -> Refusal | None:
    if _elderly_or_disabled(facts) and not form.accessibility:
        return Refusal(
            type="accessibility-not-asked",
            detail="受援人为老年人或残疾人，请询问并填写需要的无障碍服务",
        )
    return None


@guard("司公通〔2020〕12号 6", Fact.ANSWERS)
def minor_is_met_with_guardian(facts: Facts, form: FirstMeeting) -> Refusal | None:
    assigned = facts.answers["assign_lawyer"][-1]
    if assigned["recipient_is_minor"] and form.guardian is None:
        return Refusal(
            type="guardian-not-stated",
            detail="会见未成年受援人应当同时会见其监护人，请填写监护人情况",
        )
    return None


@guard("法援法 49")
def objection_fits(facts: Facts, form: Objection) -> Refusal | None:
    if (facts.state == "rejected") != (form.against is Against.REJECTION):
        return Refusal(type="objection-mismatch", detail="异议所针对的决定与案件状态不符，请核对")
    return None


@guard("法援法 49", Fact.ANSWERS)
def rectified_as_ordered(facts: Facts, form: Rectification) -> Refusal | None:
    """What was refused is granted; what was ended goes on."""
    refused = facts.answers["object"][-1]["against"] == Against.REJECTION
    if refused != (form.result is Rectified.APPROVED):
        return Refusal(
            type="rectification-mismatch",
            detail="不予援助的决定应改为给予援助；终止援助的决定应改为恢复办理",
        )
    return None


@guard("法援法 50；司法部令148", Fact.ANSWERS)
def papers_are_filed(facts: Facts, form: Any) -> Refusal | None:
    if facts.state == "reviewed" and facts.last("file_papers") is None:
        return Refusal(type="papers-not-filed", detail="结案材料尚未提交归档，请先办理结案归档")
    return None
