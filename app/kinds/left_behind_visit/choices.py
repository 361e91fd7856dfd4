"""The fixed answers of the care visits. The official 三留守 template is not public: 设计."""

from app.kinds.forms import Choice


class Channel(Choice):
    SURVEY = "survey", "摸底排查"
    GRID = "grid", "网格日常发现"
    SELF = "self", "本人申请"
    RELATIVES = "relatives", "亲属邻里反映"
    REFERRAL = "referral", "部门转介"


class AwayFor(Choice):
    """“外出务工、经商等” (民发〔2019〕86号)."""

    WORK = "work", "务工"
    BUSINESS = "business", "经商"
    OTHER = "other", "其他"


class ReturnsHome(Choice):
    MONTHLY = "monthly", "每月"
    QUARTERLY = "quarterly", "每季度"
    HALF_YEARLY = "half_yearly", "每半年"
    YEARLY = "yearly", "每年一次"
    RARELY = "rarely", "一年以上不回"


class Education(Choice):
    ILLITERATE = "illiterate", "不识字或识字很少"
    PRIMARY = "primary", "小学"
    JUNIOR = "junior", "初中"
    SENIOR = "senior", "高中（中专）"
    COLLEGE = "college", "大专及以上"


class Marriage(Choice):
    MARRIED = "married", "已婚"
    SEPARATED = "separated", "分居"
    DIVORCED = "divorced", "离婚"
    WIDOWED = "widowed", "丧偶"


class Health(Choice):
    GOOD = "good", "健康"
    CHRONIC = "chronic", "慢性病"
    SERIOUS = "serious", "重病"


class Disability(Choice):
    """The seven types of 残疾人保障法 2."""

    VISION = "vision", "视力残疾"
    HEARING = "hearing", "听力残疾"
    SPEECH = "speech", "言语残疾"
    PHYSICAL = "physical", "肢体残疾"
    INTELLECTUAL = "intellectual", "智力残疾"
    MENTAL = "mental", "精神残疾"
    MULTIPLE = "multiple", "多重残疾"


class Relief(Choice):
    DIBAO = "dibao", "低保对象"
    TEKUN = "tekun", "特困人员"
    MARGINAL = "marginal", "低保边缘家庭"
    RETURN_TO_POVERTY = "return_to_poverty", "防返贫监测对象"
    NONE = "none", "无"


class Income(Choice):
    POOR = "poor", "困难"
    MODEST = "modest", "一般"
    SOUND = "sound", "较好"


class Employment(Choice):
    FARMING = "farming", "务农"
    LOCAL_JOB = "local_job", "就近务工"
    SELF_EMPLOYED = "self_employed", "自主经营"
    HOMEWORK = "homework", "居家加工"
    NONE = "none", "无业、料理家务"


class Housing(Choice):
    SAFE = "safe", "安全住房"
    REPAIR = "repair", "需修缮"
    DANGEROUS = "dangerous", "危房"
    BORROWED = "borrowed", "借住、租住"


class Difficulty(Choice):
    LIVELIHOOD = "livelihood", "生活困难"
    MEDICAL = "medical", "就医困难"
    CARE_BURDEN = "care_burden", "照料负担重"
    MENTAL = "mental", "精神心理困扰"
    LEGAL = "legal", "法律纠纷"
    DV = "dv", "家庭暴力"
    LAND_RIGHTS = "land_rights", "土地权益受侵害"
    OTHER = "other", "其他"


class Level(Choice):
    A = "a", "A 重点"
    B = "b", "B 一般困难"
    C = "c", "C 普通"


class PriorityReason(Choice):
    """What makes level A: 生活困难、残疾、重病 (规划 二(五)策12), the others by design."""

    POOR = "poor", "生活困难"
    DISABLED = "disabled", "残疾"
    SERIOUSLY_ILL = "seriously_ill", "重病"
    DV = "dv", "遭受或疑似遭受家庭暴力"
    MENTAL_DISTRESS = "mental_distress", "精神困扰"
    SINGLE_CARER = "single_carer", "独自照料两名以上老幼病残"


class NotEligible(Choice):
    HUSBAND_HOME = "husband_home", "丈夫未外出或未连续外出"
    LIVES_ELSEWHERE = "lives_elsewhere", "本人不在农村居住"
    NOT_MARRIED = "not_married", "无婚姻关系"
    DUPLICATE = "duplicate", "重复登记"
    OTHER = "other", "其他"


class SuspendReason(Choice):
    HUSBAND_BACK = "husband_back", "丈夫返乡（未满三个月）"
    TRAVELLING = "travelling", "本人临时外出"


class ExitReason(Choice):
    HUSBAND_RETURNED = "husband_returned", "丈夫返乡满三个月"
    MOVED_AWAY = "moved_away", "迁出、长期外出"
    DIVORCED_OR_WIDOWED = "divorced_or_widowed", "离婚、丧偶"
    DIED = "died", "去世"
    DECLINED = "declined", "本人不愿意"


class Method(Choice):
    HOME = "home", "上门"
    PHONE = "phone", "电话"
    VIDEO = "video", "视频"


class Present(Choice):
    ALONE = "alone", "本人单独"
    HUSBAND = "husband", "丈夫"
    CHILDREN = "children", "子女"
    ELDERS = "elders", "老人"
    OTHERS = "others", "其他人"


class Finding(Choice):
    ALL_WELL = "all_well", "一切正常"
    HAS_NEEDS = "has_needs", "有困难或需求"
    AT_RISK = "at_risk", "有风险"


class Risk(Choice):
    INJURIES = "injuries", "身上有伤痕"
    FEARFUL = "fearful", "恐惧、不敢说话"
    CONTROLLED = "controlled", "行动、通讯或经济受控制"
    DESPAIR = "despair", "有轻生言行"
    UNATTENDED = "unattended", "未成年人或老人无人照料"
    DEBT_OR_FRAUD = "debt_or_fraud", "被骗、被逼债"
    HARASSED = "harassed", "被骚扰"


class MissReason(Choice):
    NOBODY_HOME = "nobody_home", "家中无人"
    NO_ANSWER = "no_answer", "电话、视频未接通"
    DECLINED = "declined", "本人不便"
    PREVENTED = "prevented", "被他人阻拦"
    VISITOR = "visitor", "探访人原因"


class Help(Choice):
    """权益保护、生活帮扶、精神抚慰 (规划 二(五)策12)."""

    RIGHTS = "rights", "权益保护、政策法律宣传"
    LIVELIHOOD = "livelihood", "生活帮扶"
    COMFORT = "comfort", "精神抚慰"
    EMPLOYMENT = "employment", "就业创业服务"
    VOLUNTEERS = "volunteers", "志愿服务"


class Need(Choice):
    LIVELIHOOD = "livelihood", "生活救助"
    MEDICAL = "medical", "医疗"
    CARE = "care", "照料老幼病残"
    CHILDREN = "children", "子女教育与关爱"
    COMFORT = "comfort", "精神抚慰"
    LEGAL = "legal", "法律帮助"
    MEDIATION = "mediation", "纠纷调解"
    SAFETY = "safety", "人身安全"
    LAND_RIGHTS = "land_rights", "土地权益"
    EMPLOYMENT = "employment", "就业与技能培训"
    ENTREPRENEURSHIP = "entrepreneurship", "创业扶持"
    HOUSING = "housing", "住房"
    OTHER = "other", "其他"


class NeedTerm(Choice):
    URGENT = "urgent", "紧急（7日内）"
    NORMAL = "normal", "一般（30日内）"
    LONG = "long", "长期（90日内）"


class NeedResult(Choice):
    """Met, declined, or referred, and then to whom: one question, one answer."""

    MET = "met", "已落实"
    TEMPORARY_ASSISTANCE = "temporary_assistance", "转介临时救助"
    JUDICIAL_RELIEF = "judicial_relief", "转介司法救助"
    LEGAL_AID = "legal_aid", "转介法律援助"
    MEDIATION = "mediation", "转介人民调解"
    EMPLOYMENT = "employment", "转介就业服务"
    MEDICAL = "medical", "转介医疗服务"
    COUNSELLING = "counselling", "转介心理服务"
    DECLINED = "declined", "本人放弃"


class ReliefKind(Choice):
    """Codes as in `NeedResult`: a referral of that result waits for this relief."""

    TEMPORARY_ASSISTANCE = "temporary_assistance", "临时救助"
    JUDICIAL_RELIEF = "judicial_relief", "司法救助"


class ReliefResult(Choice):
    GRANTED = "granted", "已给予"
    REFUSED = "refused", "未给予"
