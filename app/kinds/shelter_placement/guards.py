"""The rules that stand against admission and against steps of the stay."""

from typing import Any

from app.clock import local_day
from app.kinds.guards import Fact, Facts, PartyFact, Refusal, guard
from app.kinds.people import Flag, Sex
from app.kinds.shelter_placement.intake import (
    Admission,
    AgeGroup,
    Decline,
    IdentityCheck,
    Refuse,
    Registration,
    Voucher,
)
from app.kinds.shelter_placement.stay import (
    ChangeBed,
    Extension,
    ServiceReferral,
    Visit,
    VisitorKind,
)

_MINOR = frozenset({Flag.MINOR, Flag.GIRL_UNDER14, Flag.CHILD_WITNESS})
_INCAPABLE = frozenset({Flag.NO_CAPACITY, Flag.LIMITED_CAPACITY, Flag.INTELLECTUAL_DISABILITY})
_INQUIRY = frozenset({VisitorKind.POLICE, VisitorKind.COURT, VisitorKind.PROCURATORATE})


def _victim(facts: Facts) -> PartyFact | None:
    return next((p for p in facts.parties if p.person_id == facts.subject), None)


def minor(facts: Facts) -> bool:
    """By age or flag; a person admitted with unknown age is what the shelter said."""
    victim, admitted = _victim(facts), facts.last("admit")
    if victim and victim.age is not None:
        return victim.age < 18
    if victim and victim.flags & _MINOR:
        return True
    return admitted is not None and admitted["age_group"] == AgeGroup.MINOR


def in_care(facts: Facts) -> bool:
    """A minor, or an adult who cannot decide alone: placed, picked up, not asked to apply."""
    victim = _victim(facts)
    return minor(facts) or bool(victim and victim.flags & _INCAPABLE)


@guard("189号 一；二(一)；反家暴法 15", Fact.ANSWERS, Fact.PARTIES)
def adults_decline_for_themselves(facts: Facts, form: Decline) -> Refusal | None:
    if in_care(facts):
        return Refusal(
            type="may-not-decline-in-care",
            detail="未成年人和无、限制民事行为能力的受害人应当主动庇护，不以本人不愿入住结案；请入住或转送其他机构",
        )
    return None


@guard("粤办法 41, 42；189号 一；反家暴法 15；34号 14", Fact.ANSWERS, Fact.PARTIES)
def entitled_are_not_refused(facts: Facts, form: Refuse) -> Refusal | None:
    if in_care(facts):
        return Refusal(
            type="must-be-placed",
            detail="未成年人和无、限制民事行为能力的受害人应当安置；不能接收的请办理转送",
        )
    if Voucher.WARNING in (facts.last("opened") or {}).get("vouchers", ()):
        return Refusal(
            type="warning-entitles-to-shelter",
            detail="受害人持家庭暴力告诫书申请庇护，应当提供临时生活帮助；没有床位的请转送其他庇护场所",
        )
    assessed = facts.last("assess") or {}
    if assessed.get("threatened") and assessed.get("no_place_to_stay"):
        return Refusal(
            type="entitled-to-shelter",
            detail="评估认定人身安全受威胁且无处居住，应当及时接收；没有床位的请转送其他庇护场所",
        )
    return None


@guard("粤办法 42；189号 三(四)", Fact.PARTIES)
def age_group_is_right(facts: Facts, form: Admission) -> Refusal | None:
    victim = _victim(facts)
    known = victim is not None and (victim.age is not None or bool(victim.flags & _MINOR))
    if known and minor(facts) != (form.age_group is AgeGroup.MINOR):
        return Refusal(
            type="age-group-disagrees", detail="所选成年人或未成年人与受害人出生日期不符，请核对"
        )
    return None


@guard("反家暴法 14, 15；34号 14", Fact.ANSWERS, Fact.PARTIES)
def incapable_need_police_notice(facts: Facts, form: Admission) -> Refusal | None:
    """The police place them; those who come another way are reported to the police first."""
    opened = facts.last("opened") or {}
    noticed = (
        form.police_notice_no
        or form.reported_at
        or opened.get("police_notice_no")
        or opened.get("reported_at")
    )
    if not noticed and (form.age_group is AgeGroup.MINOR or in_care(facts)):
        return Refusal(
            type="police-notice-missing",
            detail="安置未成年人或无、限制民事行为能力的受害人，应有公安机关通知记录；"
            "未经公安机关通知的，请立即报案并填写报案时间",
        )
    return None


def _zone(facts: Facts, *, is_minor: bool, children: int) -> Refusal | None:
    victim = _victim(facts)
    if victim is None or (victim.sex is None and not is_minor):
        return Refusal(type="sex-unknown", detail="按性别、年龄分区安置，请先补登受害人性别")
    own = "minors" if is_minor else "women" if victim.sex is Sex.FEMALE else "men"
    allowed = {own, "family"} if children else {own}
    if facts.bed_zone not in allowed:
        return Refusal(
            type="wrong-zone",
            detail="床位所在区域与受害人性别、年龄不符；未成年人安排在专门区域，"
            "家庭区域只安排携带未成年子女的受害人",
        )
    return None


@guard("粤办法 42；189号 三(一)(四)", Fact.PARTIES, Fact.BED)
def zone_fits(facts: Facts, form: Admission) -> Refusal | None:
    return _zone(facts, is_minor=form.age_group is AgeGroup.MINOR, children=form.children_along)


@guard("粤办法 42；189号 三(一)(四)", Fact.ANSWERS, Fact.PARTIES, Fact.BED)
def new_zone_fits(facts: Facts, form: ChangeBed) -> Refusal | None:
    admitted = facts.last("admit") or {}
    return _zone(facts, is_minor=minor(facts), children=admitted.get("children_along", 0))


@guard("189号 三(一)", Fact.ANSWERS)
def registered_once(facts: Facts, form: Registration) -> Refusal | None:
    """Who wished to leave before it, and stays after all, is registered then."""
    if len(facts.answers.get("register", ())) < len(facts.answers.get("admit", ())):
        return None
    return Refusal(type="already-registered", detail="已办理入站登记；内容有误的请用“更正”")


@guard("189号 四(二)；粤办法 42", Fact.ANSWERS, Fact.PARTIES)
def agreement_is_signed(facts: Facts, form: Registration) -> Refusal | None:
    """Those who cannot sign for themselves are registered without."""
    if not (form.rules_signed and form.confidentiality_signed) and not in_care(facts):
        return Refusal(
            type="agreement-not-signed", detail="成年受害人入住须知和保密承诺签署后，再办结入站登记"
        )
    return None


@guard("189号 三(一)；设计", Fact.ANSWERS)
def identity_is_pending(facts: Facts, form: Any) -> Refusal | None:
    if (facts.last("register") or {}).get("identity") != IdentityCheck.PENDING:
        return Refusal(type="identity-not-pending", detail="登记时身份已核实，无需补核")
    return None


@guard("189号 二(二)；三(二)")
def victim_agrees_to_referral(facts: Facts, form: ServiceReferral) -> Refusal | None:
    if not form.agreed:
        return Refusal(
            type="referral-without-consent", detail="转介服务应尊重受害人意愿，未经同意不得转介"
        )
    return None


@guard("189号 二(二)；三(四)；四(二)", Fact.ANSWERS, Fact.PARTIES)
def visit_is_allowed(facts: Facts, form: Visit) -> Refusal | None:
    inquiry = form.visitor_kind in _INQUIRY
    if not form.undertaking_signed:
        return Refusal(type="visitor-not-sworn-to-secrecy", detail="来访者签署保密承诺后方可会谈")
    if not form.victim_agrees and not inquiry:
        return Refusal(type="visit-without-consent", detail="受害人不同意会见，不得安排")
    if inquiry and minor(facts) and not form.companion:
        return Refusal(
            type="minor-without-companion",
            detail="未成年受害人接受调查时，应当安排专职社会工作者或专人陪伴",
        )
    return None


@guard("189号 三(一)")
def extension_is_later(facts: Facts, form: Extension) -> Refusal | None:
    now, earlier = local_day(facts.at), facts.valid_until
    if form.until <= now or (earlier and form.until <= local_day(earlier)):
        return Refusal(type="extension-not-later", detail="延长的截止日期应当晚于今天和原截止日期")
    return None


@guard("189号 三(一)", Fact.ANSWERS)
def extension_was_made(facts: Facts, form: Any) -> Refusal | None:
    if facts.last("extend") is None:
        return Refusal(type="nothing-to-file", detail="尚未办理延长，无需备案")
    return None
