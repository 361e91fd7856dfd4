"""The court's own lists: 《人身安全保护令案件信息业务标准》 (最高法 2016-02-29), with its numbers.

Answers are stored under readable codes; the dictionaries give the numbers for the court's
interface. What the standard does not list has no number there.
"""

from app.kinds.forms import Choice


class CaseSource(Choice):
    """案件来源. The standard knows one and gives it no number."""

    APPLICATION = "application", "申请人申请"


class SocialRelation(Choice):
    """双方社会关系. The last is no family, but may apply under 妇保法 29."""

    SPOUSE = "spouse", "配偶"
    PARENT_CHILD = "parent_child", "父母与子女"
    SIBLINGS = "siblings", "兄弟姐妹"
    PATERNAL_GRANDPARENT = "paternal_grandparent", "祖父母与孙子女"
    MATERNAL_GRANDPARENT = "maternal_grandparent", "外祖父母与外孙子女"
    CO_RESIDENT = "co_resident", "家庭成员以外共同生活的人之间"
    FORMER_PARTNER = "former_partner", "恋爱、交友或终止恋爱关系、离婚之后"


class Measure(Choice):
    """措施种类 (反家暴法 29；粤办法 32；法释17 10)."""

    NO_VIOLENCE = "no_violence", "禁止被申请人实施家庭暴力"
    NO_HARASSMENT = "no_harassment", "禁止被申请人骚扰申请人及其相关近亲属"
    NO_STALKING = "no_stalking", "禁止被申请人跟踪申请人及其相关近亲属"
    NO_CONTACT = "no_contact", "禁止被申请人接触申请人及其相关近亲属"
    MOVE_OUT = "move_out", "责令被申请人迁出申请人住所"
    STAY_AWAY = "stay_away", "责令被申请人远离申请人的住所、学校、工作单位等经常出入场所"
    NO_INSULT = "no_insult", "禁止以电话、短信、即时通讯、电子邮件等方式侮辱、诽谤、威胁"
    OTHER = "other", "保护申请人人身安全的其他措施"


class Disposal(Choice):
    """结案方式."""

    GRANTED = "granted", "作出人身安全保护令"
    DISMISSED = "dismissed", "驳回人身安全保护令申请"
    WITHDRAWN = "withdrawn", "准予撤回申请"
    DEEMED_WITHDRAWN = "deemed_withdrawn", "按撤回申请处理"
    TERMINATED = "terminated", "终结"


class ChangeItem(Choice):
    """变更申请事项."""

    REVOKE = "revoke", "撤销人身安全保护令"
    VARY = "vary", "变更人身安全保护令"
    EXTEND = "extend", "延长人身安全保护令"


class FiledBy(Choice):
    """Who applies: herself, or one of the proxies of 反家暴法 23 and 法释17 2, and no other."""

    SELF = "self", "本人申请"
    NEAR_RELATIVE = "near_relative", "近亲属代为申请"
    POLICE = "police", "公安机关代为申请"
    WOMEN_FED = "women_fed", "妇女联合会代为申请"
    VILLAGE_COMMITTEE = "village_committee", "居民委员会、村民委员会代为申请"
    RELIEF_STATION = "relief_station", "救助管理机构代为申请"
    CIVIL_AFFAIRS = "civil_affairs", "民政部门代为申请"
    DISABLED_FED = "disabled_fed", "残疾人联合会代为申请"
    ELDERLY_ORGANISATION = "elderly_organisation", "依法设立的老年人组织代为申请"


RELATION_NUMBERS = {
    SocialRelation.SPOUSE: 1,
    SocialRelation.PARENT_CHILD: 2,
    SocialRelation.SIBLINGS: 3,
    SocialRelation.PATERNAL_GRANDPARENT: 4,
    SocialRelation.MATERNAL_GRANDPARENT: 5,
    SocialRelation.CO_RESIDENT: 6,
}
MEASURE_NUMBERS = {
    Measure.NO_VIOLENCE: 1,
    Measure.NO_HARASSMENT: 2,
    Measure.NO_STALKING: 3,
    Measure.NO_CONTACT: 4,
    Measure.MOVE_OUT: 5,
    Measure.STAY_AWAY: 6,
    Measure.NO_INSULT: 7,
    Measure.OTHER: 255,
}
"""The standard of 2016 stops at 5: 6 and 7 follow 粤办法 32(3) and 法释17 10, of 2020 and 2022.
A court that has not taken them up reads them as 255."""

DISPOSAL_NUMBERS = {disposal: number for number, disposal in enumerate(Disposal, 1)}
CHANGE_NUMBERS = {item: number for number, item in enumerate(ChangeItem, 1)}
PROXY_NUMBERS = {FiledBy.VILLAGE_COMMITTEE: 3, FiledBy.RELIEF_STATION: 4}
"""代为提起申请人. Its 1 (schools) and 2 (hospitals) may report (反家暴法 14) but not apply."""
