"""What is asked from the request until the entry registration is signed."""

from datetime import date

from app.kinds.forms import S1, S2, S3, S4, Choice, Form, Moment, Whole, Yes, ask, when
from app.kinds.instruments import Danger
from app.kinds.people import Flag, PartyRole, PersonAnswer, Phone, party


class RequestedBy(Choice):
    SELF = "self", "本人请求"
    POLICE = "police", "公安机关护送或通知"
    WOMEN_FED = "women_fed", "妇联护送"
    VILLAGE_COMMITTEE = "village_committee", "村（居）委会护送"
    TOWN = "town", "镇街安置"
    HOSPITAL = "hospital", "医疗机构转介"
    SCHOOL = "school", "学校转介"
    KIN = "kin", "亲友护送"
    OTHER = "other", "其他"


class Residence(Choice):
    RESIDENT = "resident", "常住人口"
    FLOATING = "floating", "流动人口"


class Voucher(Choice):
    WARNING = "warning", "家庭暴力告诫书"
    PROTECTION_ORDER = "protection_order", "人身安全保护令"
    POLICE_RECEIPT = "police_receipt", "报警回执"
    SELF_STATEMENT = "self_statement", "本人陈述"


class Service(Choice):
    """What a shelter gives or refers to (粤办法 42；189号 三(二)(四))."""

    MEDICAL = "medical", "医疗救助"
    JUDICIAL_RELIEF = "judicial_relief", "司法救助"
    LEGAL_AID = "legal_aid", "法律援助"
    PROTECTION_ORDER = "protection_order", "协助申请人身安全保护令"
    MEDIATION = "mediation", "婚姻家庭纠纷调解"
    COUNSELLING = "counselling", "心理康复"
    SCHOOLING = "schooling", "就学安排"
    EMPLOYMENT = "employment", "就业援助"
    TEMPORARY_ASSISTANCE = "temporary_assistance", "临时救助"
    COMPANION = "companion", "专人陪护、陪伴接受调查"


class AgeGroup(Choice):
    ADULT = "adult", "成年人"
    MINOR = "minor", "未成年人"


class IdentityCheck(Choice):
    VERIFIED = "verified", "已核实"
    PENDING = "pending", "化名登记，待核实"


class Consent(Choice):
    CONTACT_KIN = "contact_kin", "同意联系亲友"
    SHARE_WITH_POLICE = "share_with_police", "同意向公安机关提供信息"
    SHARE_WITH_COURT = "share_with_court", "同意向人民法院提供信息"
    SHARE_WITH_SERVICES = "share_with_services", "同意向转介单位提供信息"
    FOLLOW_UP = "follow_up", "同意离站后回访"


class ReferredTo(Choice):
    OTHER_SHELTER = "other_shelter", "其他临时庇护场所"
    RELIEF_STATION = "relief_station", "救助管理机构"
    WELFARE_INSTITUTION = "welfare_institution", "福利机构"
    MINORS_CENTRE = "minors_centre", "未成年人救助保护机构"
    HOSPITAL = "hospital", "医疗机构"
    COMMUNITY = "community", "城乡社区应急庇护"


class DeclineReason(Choice):
    OTHER_HOUSING = "other_housing", "已有其他安全住处"
    RETURNS_HOME = "returns_home", "自愿返回家庭"
    UNWILLING = "unwilling", "不愿入住"


class RefusalReason(Choice):
    NOT_VIOLENCE = "not_violence", "不属于因家庭暴力求助"
    NOT_THREATENED = "not_threatened", "人身安全未受到威胁"
    HAS_HOUSING = "has_housing", "有安全住处，未陷入暂时生活困境"


class Request(Form):
    in_danger: Yes = ask("正面临暴力，需要民警立即到场", S3, source="189号 三(一)；反家暴法 15")
    victim: PersonAnswer = party("受害人", PartyRole.VICTIM, source="粤办法 41；189号 一")
    no_place_to_stay: Yes | None = ask("无处居住", S2, source="粤办法 41", default=None)
    requested_by: RequestedBy | None = ask("求助来源", S1, source="粤办法 41", default=None)
    residence: Residence | None = ask("常住或流动", S1, source="189号 一", default=None)
    perpetrator: PersonAnswer | None = party(
        "加害人", PartyRole.PERPETRATOR, source="189号 三(一)", default=None
    )
    children: list[PersonAnswer] = party(
        "随行未成年子女", PartyRole.CHILD, source="189号 一", default_factory=list, max_length=20
    )
    facts: str | None = ask(
        "家庭暴力情况", S3, source="189号 三(一)", default=None, widget="long_text", max_length=4000
    )
    injuries: str | None = ask("伤情", S3, source="189号 三(二)", default=None, max_length=1000)
    vouchers: list[Voucher] = ask(
        "凭证", S1, source="34号 14；189号 二(二)", default_factory=list, max_length=4
    )
    police_notice_no: str | None = ask(
        "公安机关通知安置文书或接处警编号",
        S1,
        source="反家暴法 15；34号 14",
        default=None,
        max_length=60,
    )
    reported_at: Moment | None = ask("向公安机关报案时间", S1, source="反家暴法 14", default=None)
    pickup_place: str | None = ask(
        "接应地点（保密）", S4, source="189号 三(一)", default=None, max_length=200
    )


class Assessment(Form):
    threatened: Yes = ask("因家庭暴力人身安全受到威胁", S3, source="粤办法 41；189号 一")
    no_place_to_stay: Yes = ask("处于无处居住等暂时生活困境", S2, source="粤办法 41；189号 一")
    threat: Danger | None = ask("加害人威胁程度", S3, source="189号 三(二)", default=None)
    weapons: Yes | None = ask("加害人持有凶器", S3, source="189号 三(二)", default=None)
    tracking: Yes | None = ask("加害人可能跟踪、定位", S3, source="189号 三(二)", default=None)
    needs: list[Service] = ask(
        "需求", S3, source="189号 三(二)", default_factory=list, max_length=10
    )
    special_care: str | None = ask(
        "需要的特别照顾", S3, source="粤办法 42", default=None, max_length=1000
    )


class Admission(Form):
    age_group: AgeGroup = ask("受害人为", S1, source="189号 三(一)(四)；粤办法 42")
    shelter_id: Whole = ask("庇护场所（保密）", S4, source="粤办法 41", widget="organisation")
    bed_id: Whole = ask("床位（保密）", S4, source="粤办法 42；189号 三(一)", widget="bed")
    arrived_at: Moment = ask("到站时间", S1, source="189号 三(一)")
    children_along: Whole = ask("随行未成年子女人数", S1, source="189号 一", default=0, ge=0, le=20)
    escorted_by: RequestedBy | None = ask("护送单位", S1, source="189号 三(一)", default=None)
    escort_name: str | None = ask("护送人", S2, source="189号 三(一)", default=None, max_length=50)
    police_notice_no: str | None = ask(
        "公安机关通知安置文书或接处警编号",
        S1,
        source="反家暴法 15；34号 14",
        default=None,
        max_length=60,
    )
    reported_at: Moment | None = ask("向公安机关报案时间", S1, source="反家暴法 14", default=None)


class ReferElsewhere(Form):
    to: ReferredTo = ask("转送去向", S1, source="反家暴法 15；粤办法 38(四)")
    reason: str = ask("转送原因", S2, source="粤办法 38(四)", max_length=500)
    received_by: str | None = ask(
        "接收人（保密）", S4, source="10号 4", default=None, max_length=100
    )
    destination: str | None = ask(
        "接收地点（保密）", S4, source="10号 4", default=None, max_length=200
    )


class Decline(Form):
    reason: DeclineReason = ask("受害人意愿", S2, source="189号 二(二)")
    told_of_rights: Yes = ask(
        "已告知可报警、申请人身安全保护令、再次请求庇护", S1, source="粤办法 38(二)"
    )
    safety_plan: str | None = ask(
        "安全计划", S3, source="妇联规程 11；设计", default=None, max_length=2000
    )


class Refuse(Form):
    reason: RefusalReason = ask("不予接收的原因", S1, source="189号 一；粤办法 41")
    explanation: str = ask("说明", S2, source="设计", max_length=1000)
    told_of_help: Yes = ask("已告知其他救助途径", S1, source="粤办法 38")


class Registration(Form):
    """入站登记与庇护协议: bed and food come first, these papers after (189号 三(一)；设计)."""

    identity: IdentityCheck = ask("身份核实", S1, source="189号 三(一)；设计")
    rules_signed: Yes = ask("已签署入住须知", S1, source="189号 四(二)")
    confidentiality_signed: Yes = ask("已签署保密承诺", S1, source="189号 四(二)；粤办法 42")
    signed_on: date = ask("协议签署日期", S1, source="189号 三(一)")
    vouchers: list[Voucher] = ask("凭证", S1, source="34号 14", default_factory=list, max_length=4)
    voucher_no: str | None = ask("凭证文号", S1, source="34号 14", default=None, max_length=60)
    consents: list[Consent] = ask(
        "同意事项", S1, source="189号 二(二)", default_factory=list, max_length=5
    )
    children: list[PersonAnswer] = party(
        "随行未成年子女", PartyRole.CHILD, source="189号 一", default_factory=list, max_length=20
    )
    children_health: str | None = ask(
        "随行子女健康、就学情况", S3, source="189号 三(四)", default=None, max_length=1000
    )
    conditions: list[Flag] = ask(
        "孕产、残疾、疾病等情形", S3, source="粤办法 42", default_factory=list, max_length=12
    )
    injuries: str | None = ask(
        "伤情与就医需要", S3, source="粤办法 42", default=None, max_length=1000
    )
    mental_state: str | None = ask(
        "精神状况", S3, source="189号 三(二)", default=None, max_length=1000
    )
    medication: str | None = ask("用药", S3, source="粤办法 42", default=None, max_length=500)
    emergency_contact: str | None = ask(
        "安全的紧急联系人（保密）", S4, source="妇联规程 13", default=None, max_length=50
    )
    emergency_phone: Phone | None = ask(
        "紧急联系人电话（保密）", S4, source="妇联规程 13", default=None, widget="phone"
    )
    belongings: str | None = ask(
        "随身物品", S2, source="189号 三(一)", default=None, max_length=1000
    )
    language: str | None = ask("语言", S1, source="189号 三(一)", default=None, max_length=50)
    customs: str | None = ask(
        "饮食、宗教习惯", S3, source="189号 三(一)", default=None, max_length=200
    )
    location_off: Yes | None = ask("已关闭手机定位", S1, source="设计", default=None)


class IdentityVerified(Form):
    verified: Yes = ask("身份已核实", S1, source="189号 三(一)")
    document: str | None = ask(
        "核实依据",
        S2,
        source="189号 三(一)",
        default=None,
        required_if=when("verified", True),
        visible_if=when("verified", True),
        max_length=200,
    )
    why_not: str | None = ask(
        "未能核实的说明",
        S3,
        source="设计",
        default=None,
        required_if=when("verified", False),
        visible_if=when("verified", False),
        max_length=500,
    )
