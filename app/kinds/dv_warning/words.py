"""The words of a warning: every fixed list its forms choose from."""

from app.kinds.forms import Choice


class ViolenceType(Choice):
    """粤办法 2, with two categories of practice."""

    PHYSICAL = "physical", "殴打、残害、捆绑"
    DEPRIVATION = "deprivation", "冻饿"
    CONFINEMENT = "confinement", "禁闭、限制人身自由"
    THREAT = "threat", "恐吓、威胁人身安全"
    PSYCHOLOGICAL = "psychological", "经常性谩骂、诽谤、侮辱"
    STALKING_HARASSMENT = "stalking_harassment", "跟踪、骚扰"
    PRIVACY_DISCLOSURE = "privacy_disclosure", "散布隐私"
    ONLINE = "online", "通过网络实施"
    SEXUAL = "sexual", "性暴力"
    ECONOMIC_CONTROL = "economic_control", "经济控制"


class Injury(Choice):
    NONE = "none", "无明显伤情"
    MINOR = "minor", "不构成轻微伤"
    SLIGHT = "slight", "轻微伤"
    LIGHT = "light", "轻伤"
    SERIOUS = "serious", "重伤"
    DEATH = "death", "死亡"


class VictimWish(Choice):
    """What the victim herself wants (反家暴法 5；粤办法 24；10号 3)."""

    PUNISHMENT = "punishment", "要求依法查处"
    WARNING = "warning", "要求出具告诫书"
    CRITICISM = "criticism", "要求批评教育"
    NO_HANDLING = "no_handling", "不要求处理"
    UNDECIDED = "undecided", "尚未决定"
    CANNOT_SAY = "cannot_say", "无法表达"


class Statement(Choice):
    """34号 3."""

    PERPETRATOR = "perpetrator", "加害人陈述"
    VICTIM = "victim", "受害人陈述"
    WITNESS = "witness", "证人证言"


class Corroboration(Choice):
    """The eight kinds of 34号 4."""

    RECORDING = "recording", "记录家庭暴力发生过程的视听资料"
    ELECTRONIC_DATA = "electronic_data", "相关电话录音、短信、即时通讯信息、电子邮件等电子数据"
    TESTIMONY = "testimony", "亲友、邻居等证人或者未成年子女的证言"
    REPENTANCE_LETTER = "repentance_letter", "加害人曾出具的悔过书或者保证书"
    INJURY_OPINION = "injury_opinion", "伤情鉴定意见"
    MEDICAL_RECORD = "medical_record", "医疗机构的诊疗记录"
    COMPLAINT_RECORD = "complaint_record", "相关部门单位收到的投诉、反映或者求助记录"
    OTHER = "other", "其他能够证明的证据"


class MustIssue(Choice):
    """The union of 粤办法 25, 26 and 34号 6, as far as not asked by itself (forgiveness, wish)."""

    SPECIAL_VICTIM = (
        "special_victim",
        "受害人为未成年人、老年人、残疾人、孕期和哺乳期妇女或重病患者",
    )
    CRITICISED_BEFORE = "criticised_before", "曾因家庭暴力被批评教育"
    WARNED_BEFORE = "warned_before", "曾因家庭暴力被出具告诫书"
    PUBLIC_PLACE = "public_place", "在公共场所实施"
    REFUSES_CRITICISM = "refuses_criticism", "事实清楚而拒不接受批评教育"
    OTHER = "other", "其他依法应当出具告诫书的情形"


class Liability(Choice):
    """When a warning may not stand in for punishment (34号 20)."""

    REFUSED_TO_STOP = "refused_to_stop", "经民警现场制止，拒不停止施暴"
    DURING_MEDIATION = "during_mediation", "调解过程中又实施家庭暴力"
    AFTER_WARNING = "after_warning", "经告诫或者处罚后，拒不悔改、再次实施"
    MANY_TIMES = "many_times", "多次实施家庭暴力"
    OTHER = "other", "其他应当追究法律责任的情形"


class CriticismGround(Choice):
    """34号 7."""

    NEGLIGIBLE = "negligible", "情节显著轻微"
    FORGIVEN = "forgiven", "情节较轻且取得受害人谅解"


class CriticismCheck(Choice):
    PROPER = "proper", "批评教育"
    SHOULD_HAVE_WARNED = "should_have_warned", "应出具告诫书而未出具"


class Signature(Choice):
    """粤办法 27；34号 10."""

    SIGNED = "signed", "签名、捺印"
    REFUSED = "refused", "拒绝签收（注明情况并录音录像，视为送交）"


class Recipient(Choice):
    """Who is told: the union of 反家暴法 17, 粤办法 27 and 34号 11."""

    VILLAGE_COMMITTEE = "village_committee", "村（居）委会"
    WOMEN_FED = "women_fed", "妇联"
    ZONGZHI = "zongzhi", "镇街综治中心"
    COMMUNITY_OFFICER = "community_officer", "社区民警"


class NoticeMethod(Choice):
    WRITTEN = "written", "书面"
    PHONE = "phone", "电话"
    IN_PERSON = "in_person", "当面"
    SYSTEM = "system", "本系统"


class NotEstablishedReason(Choice):
    NOT_DOMESTIC_VIOLENCE = "not_domestic_violence", "不属于家庭暴力"
    INSUFFICIENT_EVIDENCE = "insufficient_evidence", "证据不足，不能认定"
    DUPLICATE = "duplicate", "同一警情重复登记"


class PenaltyBasis(Choice):
    CONTACT_BAN = "contact_ban", "跟踪、滋扰、恐吓等（治安法 50）"
    BEATING = "beating", "殴打、故意伤害（治安法 51）"
    ABUSE = "abuse", "虐待家庭成员（治安法 53）"
    DEFIES_WARNING = "defies_warning", "拒不执行家庭暴力告诫书（治安法 73(2)）"
    OTHER = "other", "其他违反治安管理行为"


class Penalty(Choice):
    WARNING = "warning", "警告"
    FINE = "fine", "罚款"
    DETENTION = "detention", "行政拘留"
    CONTACT_BAN = "contact_ban", "责令一定期限内禁止接触"


class Charge(Choice):
    INTENTIONAL_INJURY = "intentional_injury", "故意伤害"
    INTENTIONAL_HOMICIDE = "intentional_homicide", "故意杀人"
    ABUSE = "abuse", "虐待"
    UNLAWFUL_DETENTION = "unlawful_detention", "非法拘禁"
    SEXUAL_OFFENCE = "sexual_offence", "强奸、猥亵"
    OTHER = "other", "其他"


class RevokeReason(Choice):
    FACTS_WRONG = "facts_wrong", "事实认定有误"
    WRONG_PERSON = "wrong_person", "对象有误"
    PROCEDURE = "procedure", "违反程序"
    OTHER = "other", "其他"
