"""The fixed lists of mediation: 人民调解法, 法释〔2011〕5号 and the file format of 2010."""

from app.kinds.forms import Choice


class Side(Choice):
    """One of the two parties; the codes are those of `PartyRole`."""

    PARTY_A = "party_a", "当事人甲"
    PARTY_B = "party_b", "当事人乙"


class Sides(Choice):
    PARTY_A = "party_a", "当事人甲"
    PARTY_B = "party_b", "当事人乙"
    BOTH = "both", "双方"


class Victim(Choice):
    """Who suffers the violence; the codes are those of `PartyRole`."""

    PARTY_A = "party_a", "当事人甲"
    PARTY_B = "party_b", "当事人乙"
    CHILD = "child", "子女"


class Dispute(Choice):
    DIVORCE = "divorce", "离婚"
    PROPERTY = "property_division", "财产分割"
    CUSTODY = "custody_visitation", "子女抚养、探望"
    SUPPORT = "support", "抚养、赡养、扶养费"
    INHERITANCE = "inheritance", "继承"
    IN_LAW = "in_law_conflict", "婆媳、翁婿等矛盾"
    BETROTHAL_GIFT = "betrothal_gift", "彩礼、婚约财产"
    COHABITATION = "cohabitation", "同居关系"
    AFFAIR = "affair", "婚外情、第三人"
    COLLECTIVE_SHARE = "collective_share", "外嫁女土地、集体收益"
    OTHER = "other", "其他"


class FoundBy(Choice):
    SWEEP = "dispute_sweep", "网格排查"
    APPLICATION = "application", "当事人申请"
    HOTLINE = "hotline", "12338、12348、12345 热线"
    WOMEN_FED = "women_fed", "妇联接访"
    POLICE = "police", "公安告知、移送"
    COURT = "court", "法院告知、委派、委托"
    MARRIAGE_REGISTRY = "marriage_registry", "婚姻登记机关"
    GOVERNMENT = "government", "政府交办"
    OTHER = "other", "其他"


class CourtProcedure(Choice):
    NONE = "none", "不是法院委派、委托"
    PREFILING = "court_referral_prefiling", "立案前委派"
    ORDINARY = "court_referral_ordinary", "立案后委托（普通程序）"
    SUMMARY = "court_referral_summary", "立案后委托（简易程序）"


class UnsafeSign(Choice):
    """What alone rules out mediation (妇联规程 11 and the scale's two veto items)."""

    SUFFOCATED = "suffocated", "曾有使其不能呼吸的行为（勒脖子、压头入水等）"
    OTHER_LETHAL = "other_lethal", "曾有其他明显的致命行为"
    SEVERE_VIOLENCE = "severe_violence", "严重的家庭暴力"
    SAFETY_THREAT = "safety_threat", "本人或者亲属面临人身安全威胁"
    COERCED = "coerced", "因受强制、威吓而同意调解"


class Chosen(Choice):
    DESIGNATED = "designated", "调委会指定"
    CHOSEN = "chosen", "当事人选择"


class Manner(Choice):
    FACE_TO_FACE = "face_to_face", "当面调解"
    BACK_TO_BACK = "back_to_back", "分别调解（背对背）"
    ONLINE = "online", "线上调解"


class Invited(Choice):
    RELATIVE = "relative", "亲属"
    NEIGHBOUR = "neighbour", "邻里"
    COLLEAGUE = "colleague", "同事"
    EXPERT = "expert", "有专门知识、特定经验的人"
    ORGANISATION = "organisation", "有关社会组织"


class Instead(Choice):
    """What to do where mediation is not the way."""

    POLICE = "police", "向公安机关报告"
    PROTECTION_ORDER = "protection_order", "告知并协助申请人身安全保护令"
    SHELTER = "shelter", "转介临时庇护"
    LEGAL_AID = "legal_aid", "转介法律援助"
    SUIT = "suit", "告知依法起诉"
    WOMEN_FED = "women_fed", "报告上级妇联"
    HOSPITAL = "hospital", "协助就医、伤情鉴定"
    OTHER = "other", "其他"


class DivertReason(Choice):
    DANGER = "danger", "存在家庭暴力危险，不适合调解"
    REFUSAL = "refusal", "当事人不愿调解，另寻途径"
    NOT_MEDIABLE = "not_mediable", "应当由法院或者其他机关处理"


class ReportedTo(Choice):
    POLICE = "police", "公安机关"
    OTHER = "other", "其他有关部门"


class Route(Choice):
    """The ways that stay open (调解法 3(三), 26)."""

    ARBITRATION = "arbitration", "仲裁"
    ADMINISTRATIVE = "administrative", "行政途径"
    COURT = "court", "诉讼"


class EndCause(Choice):
    FAILED = "failed", "调解不成"
    PARTY_ASKED = "party_asked", "当事人要求终止"
    WITHDRAWN = "withdrawn", "撤回申请"
    TO_COURT = "to_court", "已起诉或者转入诉讼"


class EarlyEnd(Choice):
    WITHDRAWN = "withdrawn", "撤回申请"
    TRANSFERRED_COURT = "transferred_court", "转法院处理"
    DUPLICATED = "duplicated", "重复登记"


class AgreementForm(Choice):
    WRITTEN = "written", "调解协议书"
    ORAL = "oral", "口头协议"


class Matter(Choice):
    """What an agreement settles; the first three no court may confirm (法释5 4)."""

    IDENTITY = "identity_relation", "身份关系"
    ADOPTION = "adoption_relation", "收养关系"
    MARRIAGE = "marriage_relation", "婚姻关系（离婚、复婚）"
    PROPERTY = "property", "财产分割、债务"
    CHILD_SUPPORT = "child_support", "子女抚养费"
    CHILD_CARE = "child_care", "子女照料、探望安排"
    SUPPORT = "support", "赡养、扶养"
    INHERITANCE = "inheritance", "继承"
    COMPENSATION = "compensation", "补偿、帮助、赔偿"
    CONDUCT = "conduct", "不实施暴力、骚扰等行为约定"
    OTHER = "other", "其他"


class Material(Choice):
    """What an application for confirmation brings (法释5 3)."""

    APPLICATION = "application", "司法确认申请书"
    AGREEMENT = "agreement", "调解协议"
    IDENTITY = "identity", "身份证明、资格证明"
    PROPERTY = "property", "财产权利证明"
    ADDRESSES = "addresses", "双方送达地址、电话"
    AUTHORISATION = "authorisation", "授权委托书"


class Receipt(Choice):
    ACCEPTED = "accepted", "受理"
    REJECTED = "rejected", "不予受理"


class RejectGround(Choice):
    """法释5 4."""

    SCOPE = "scope", "不属于受理范围或者本院管辖"
    IDENTITY = "identity", "确认身份关系"
    ADOPTION = "adoption", "确认收养关系"
    MARRIAGE = "marriage", "确认婚姻关系"


class Confirmation(Choice):
    CONFIRMED = "confirmed", "确认有效"
    NOT_CONFIRMED = "not_confirmed", "不予确认"


class NotConfirmedGround(Choice):
    """法释5 7."""

    UNLAWFUL = "unlawful", "违反法律、行政法规强制性规定"
    PUBLIC_INTEREST = "public_interest", "侵害国家利益、社会公共利益"
    THIRD_PARTY = "third_party", "侵害案外人合法权益"
    PUBLIC_MORALS = "public_morals", "损害社会公序良俗"
    UNCLEAR = "unclear", "内容不明确，无法确认"
    OTHER = "other", "其他不能确认的情形"


class Progress(Choice):
    PARTIAL = "partial", "正在履行"
    PERFORMED = "performed", "已全部履行"
    BREACHED = "breached", "拒绝履行或者未全部履行"


class VisitManner(Choice):
    PHONE = "phone", "电话"
    HOME = "home", "上门"
    APPOINTMENT = "appointment", "约见"


class Satisfaction(Choice):
    SATISFIED = "satisfied", "满意"
    FAIR = "fair", "基本满意"
    DISSATISFIED = "dissatisfied", "不满意"


class DossierItem(Choice):
    """The thirteen items of the file (人民调解文书格式, 司法部 2010)."""

    APPLICATION = "application", "1 调解申请书或者受理登记表"
    NOTICE = "rights_notice", "2 权利义务告知书"
    IDENTITY = "identity", "3 身份证明"
    AUTHORISATION = "authorisation", "4 授权委托书"
    INVESTIGATION = "investigation", "5 调查记录"
    EVIDENCE = "evidence", "6 证据材料"
    RECORD = "record", "7 调解记录"
    AGREEMENT = "agreement", "8 调解协议书或者口头协议登记表"
    PERFORMANCE = "performance", "9 履行证明"
    RETURN_VISIT = "return_visit", "10 回访记录"
    CONFIRMATION = "confirmation", "11 司法确认材料"
    DESCRIPTION = "description", "12 卷宗情况说明"
    BACK_COVER = "back_cover", "13 封底"


class Closing(Choice):
    AGREED_PERFORMED = "agreed_performed", "达成协议并已履行"
    AGREED_NOT_PERFORMED = "agreed_not_performed", "达成协议未履行"
    FAILED_INFORMED = "failed_informed", "调解不成，已告知其他途径"
    WITHDRAWN = "withdrawn", "撤回申请"
    REFUSED = "refused", "当事人拒绝调解"
    DIVERTED_DV = "diverted_dv", "因家庭暴力转办"
    TRANSFERRED_COURT = "transferred_court", "转法院处理"
