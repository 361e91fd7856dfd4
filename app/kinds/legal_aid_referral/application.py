"""What is asked from the first sign of a need to the application form."""

from datetime import date

from app.kinds.forms import S1, S2, S3, Choice, Form, Yes, ask, when
from app.kinds.people import PartyRole, PersonAnswer, party


class FoundBy(Choice):
    SELF = "self", "本人求助"
    WOMEN_FED = "women_fed", "妇联"
    VILLAGE_COMMITTEE = "village_committee", "村（居）委会、网格员"
    POLICE = "police", "公安机关"
    COURT = "court", "人民法院"
    PROCURATORATE = "procuratorate", "人民检察院"
    SHELTER = "shelter", "庇护场所"
    CIVIL_AFFAIRS = "civil_affairs", "民政"
    MEDIATOR = "mediator", "人民调解"
    HOSPITAL = "hospital", "医疗机构"
    SCHOOL = "school", "学校"
    HOTLINE = "hotline", "12348、12338热线"


class Matter(Choice):
    CRIMINAL_VICTIM = "criminal_victim", "刑事案件被害人、自诉人代理"
    PROTECTION_ORDER = "protection_order", "人身安全保护令"
    DIVORCE = "divorce", "离婚"
    CUSTODY = "custody", "子女抚养"
    GUARDIANSHIP = "guardianship", "撤销监护人资格"
    INJURY_DAMAGES = "injury_damages", "人身损害赔偿"
    SUPPORT = "support", "赡养费、抚养费、扶养费"
    PROPERTY = "property", "财产分割"
    LAND_RIGHTS = "land_rights", "土地权益"
    LABOUR = "labour", "劳动关系、劳动报酬、工伤"
    SOCIAL_BENEFIT = "social_benefit", "社会保险待遇、社会救助、抚恤金"
    CAPACITY = "capacity", "认定民事行为能力"
    OTHER = "other", "其他"


class AidForm(Choice):
    """法援法 22."""

    CONSULTATION = "consultation", "法律咨询"
    DRAFTING = "drafting", "代拟法律文书"
    CRIMINAL = "criminal", "刑事辩护与代理"
    LITIGATION = "litigation", "诉讼代理"
    NON_LITIGATION = "non_litigation", "非诉讼代理"
    DUTY_LAWYER = "duty_lawyer", "值班律师法律帮助"
    LABOUR_ARBITRATION = "labour_arbitration", "劳动争议调解与仲裁代理"
    OTHER = "other", "其他形式"


class Category(Choice):
    DV_VICTIM = "dv_victim", "家庭暴力受害人"
    WOMAN = "woman", "妇女"
    MINOR = "minor", "未成年人"
    ELDERLY = "elderly", "老年人"
    DISABLED = "disabled", "残疾人"
    MIGRANT_WORKER = "migrant_worker", "进城务工人员"
    RELIEF_RECIPIENT = "relief_recipient", "社会救助对象"
    OTHER = "other", "其他"


class Means(Choice):
    """On what ground hardship is not asked for (法援法 32, 42), or how it is shown (41)."""

    DV_VICTIM = "dv_victim", "遭受虐待、遗弃或者家庭暴力主张权益，不受经济困难限制（32(四)）"
    OTHER_UNCONDITIONAL = "other_unconditional", "其他不受经济困难限制情形（32）"
    NO_STEADY_INCOME = (
        "no_steady_income",
        "无固定生活来源的未成年人、老年人、残疾人等，免予核查（42(一)）",
    )
    RELIEF_RECIPIENT = "relief_recipient", "社会救助、司法救助或者优抚对象，免予核查（42(二)）"
    MIGRANT_WORKER = "migrant_worker", "追索报酬、工伤赔偿的进城务工人员，免予核查（42(三)）"
    OTHER_EXEMPT = "other_exempt", "法律法规规定的其他免予核查人员（42(四)）"
    DATA_QUERY = "data_query", "信息共享查询（41）"
    DECLARATION = "declaration", "个人诚信承诺（41）"


HARDSHIP_NOT_ASKED = frozenset({Means.DV_VICTIM, Means.OTHER_UNCONDITIONAL})
"""No decision on these applications may turn on means (法援法 32)."""


class ProxyGround(Choice):
    LEGAL_REPRESENTATIVE = "legal_representative", "法定代理人"
    OTHER_LEGAL_REPRESENTATIVE = "other_legal_representative", "其他法定代理人"
    NEAR_RELATIVE = "near_relative", "近亲属"
    AUTHORISED = "authorised", "受委托人"


class Stage(Choice):
    NOT_BEGUN = "not_begun", "未进入程序"
    REPORTED = "reported", "已报警"
    MEDIATION = "mediation", "调解"
    ARBITRATION = "arbitration", "仲裁"
    FILED = "filed", "已立案"
    FIRST_INSTANCE = "first_instance", "一审"
    SECOND_INSTANCE = "second_instance", "二审"
    ENFORCEMENT = "enforcement", "执行"


class Evidence(Choice):
    IDENTITY = "identity", "身份证明"
    WARNING = "warning", "家庭暴力告诫书"
    PROTECTION_ORDER = "protection_order", "人身安全保护令"
    POLICE_RECORD = "police_record", "出警记录、报警回执"
    INJURY_OPINION = "injury_opinion", "伤情鉴定意见、病历"
    MEANS = "means", "经济状况材料"
    AUTHORITY = "authority", "代理权限证明"
    OTHER = "other", "其他证据"


class NotWanted(Choice):
    OWN_LAWYER = "own_lawyer", "已自行委托"
    NOT_NOW = "not_now", "暂不需要"
    AFRAID = "afraid", "有顾虑"
    OTHER = "other", "其他"


class Need(Form):
    in_danger: Yes | None = ask("正面临暴力，需要民警立即到场", S3, source="设计", default=None)
    recipient: PersonAnswer = party("需要法律援助的人", PartyRole.AID_RECIPIENT, source="法援法 35")
    violence: Yes | None = ask(
        "遭受虐待、遗弃或者家庭暴力", S3, source="法援法 32(四)", default=None
    )
    found_by: FoundBy | None = ask("发现来源", S1, source="法援法 35", default=None)
    matter: Matter | None = ask("事项", S1, source="法援法 31, 32", default=None)
    perpetrator: PersonAnswer | None = party(
        "加害人", PartyRole.PERPETRATOR, source="法援法 32(四)", default=None
    )
    told_of_right: Yes | None = ask(
        "已告知有权申请法律援助", S1, source="法援法 35；4号刑 15", default=None
    )
    facts: str | None = ask(
        "简要情况", S3, source="法援法 35", default=None, widget="long_text", max_length=4000
    )


class ConsentGiven(Form):
    consented_on: date = ask("同意转介日期", S1, source="法援法 38, 40；设计")
    by_proxy: Yes = ask("由他人代为申请", S1, source="法援法 40")
    proxy: PersonAnswer | None = party(
        "代为申请人",
        PartyRole.PROXY,
        source="法援法 40",
        default=None,
        required_if=when("by_proxy", True),
        visible_if=when("by_proxy", True),
    )
    proxy_ground: ProxyGround | None = ask(
        "代理身份",
        S1,
        source="法援法 40",
        default=None,
        required_if=when("by_proxy", True),
        visible_if=when("by_proxy", True),
    )
    contact_rule: str | None = ask(
        "安全联系方式（能否致电、时间、以何身份）",
        S2,
        source="妇联规程 13；法援法 21",
        default=None,
        max_length=200,
    )


class Decline(Form):
    reason: NotWanted = ask("不转介的原因", S2, source="设计")
    told_of_right: Yes = ask("已告知今后仍可申请", S1, source="法援法 23, 35")


class Application(Form):
    """法律援助申请表."""

    matter: Matter = ask("申请事项", S1, source="法援法 31, 32")
    aid_form: AidForm = ask("申请援助形式", S1, source="法援法 22；34号 17")
    violence: Yes = ask("遭受虐待、遗弃或者家庭暴力主张权益", S3, source="法援法 32(四)")
    means: Means = ask("经济困难状况", S2, source="法援法 32, 41, 42")
    means_statement: str | None = ask(
        "经济困难状况说明",
        S3,
        source="法援法 41",
        default=None,
        required_if=when("means", Means.DATA_QUERY, Means.DECLARATION),
        max_length=1000,
    )
    facts: str = ask(
        "案情及申请理由", S3, source="法援法 43, 47", widget="long_text", max_length=4000
    )
    signed_on: date = ask("申请人签署日期", S1, source="法援法 38, 43")
    categories: list[Category] = ask(
        "申请人类别", S3, source="法援法 42, 45；设计", default_factory=list, max_length=8
    )
    authority: str | None = ask(
        "办案机关或争议处理机关", S1, source="法援法 38", default=None, max_length=100
    )
    stage: Stage | None = ask("所处阶段", S1, source="法援法 38；设计", default=None)
    limitation_on: date | None = ask("时效或期限届满日", S1, source="法援法 44(一)", default=None)
    opponent: PersonAnswer | None = party(
        "对方当事人", PartyRole.RESPONDENT, source="法援法 47", default=None
    )
    evidence: list[Evidence] = ask(
        "所附材料", S1, source="法援法 43, 47；34号 17", default_factory=list, max_length=8
    )
    warning_no: str | None = ask(
        "告诫书文号",
        S1,
        source="34号 17",
        default=None,
        required_if=when("evidence", Evidence.WARNING),
        visible_if=when("evidence", Evidence.WARNING),
        max_length=60,
    )


class Withdrawal(Form):
    withdrawn_on: date = ask("撤回日期", S1, source="法援法 43；设计")
    reason: str = ask("撤回原因", S2, source="设计", max_length=500)


class DeemedWithdrawn(Form):
    recorded_on: date = ask("认定日期", S1, source="法援法 43")
    missing: str = ask("未补充的材料或说明", S2, source="法援法 43", max_length=1000)
