"""Visits after a warning, what they find, help and education, and the ways a case leaves."""

from datetime import date

from app.kinds.dv_warning.words import ViolenceType
from app.kinds.forms import S1, S2, S3, Choice, Form, Moment, Whole, Yes, ask, when
from app.kinds.instruments import Danger


class Visitor(Choice):
    POLICE = "police", "公安派出所"
    VILLAGE_COMMITTEE = "village_committee", "村（居）委会"
    WOMEN_FED = "women_fed", "妇联"


class VisitMode(Choice):
    VISIT = "visit", "上门"
    APPOINTMENT = "appointment", "约见"
    PHONE = "phone", "电话"


class VisitOutcome(Choice):
    NONE = "none", "未发现再次实施家庭暴力"
    SUSPECTED = "suspected", "疑似再次实施家庭暴力"
    CONFIRMED = "confirmed", "发现再次实施家庭暴力"
    NOT_REACHED = "not_reached", "未能见到或联系上"


class Need(Choice):
    """多部门手册, 个案登记表."""

    MEDICAL = "medical", "医疗"
    FORENSIC = "forensic", "伤情鉴定"
    PROTECTION_ORDER = "protection_order", "人身安全保护令"
    SHELTER = "shelter", "庇护"
    LEGAL_AID = "legal_aid", "法律援助"
    COUNSELLING = "counselling", "心理辅导"
    CARE = "care", "老人、子女照料"
    ECONOMIC = "economic", "经济救助"
    OTHER = "other", "其他"


class Sighting(Choice):
    SUSPECTED = "suspected", "疑似"
    CONFIRMED = "confirmed", "目睹或者当事人确认"


class Education(Choice):
    """反家暴法 5, 22；34号 18, 19."""

    LEGAL_EDUCATION = "legal_education", "对加害人法治教育"
    PROGRAMME = "programme", "加害人行为矫治"
    PERPETRATOR_COUNSELLING = "perpetrator_counselling", "对加害人心理辅导"
    FAMILY_EDUCATION = "family_education", "责令接受家庭教育指导"
    VICTIM_COUNSELLING = "victim_counselling", "对受害人心理辅导"
    CHILD_COUNSELLING = "child_counselling", "未成年人心理评估、辅导"


class Right(Choice):
    """What the victim is told she may ask for (粤办法 23(五)；10号 13；34号 14, 15, 17)."""

    PROTECTION_ORDER = "protection_order", "申请人身安全保护令"
    SHELTER = "shelter", "临时庇护"
    LEGAL_AID = "legal_aid", "法律援助"


class Manner(Choice):
    ORAL = "oral", "当面口头"
    WRITTEN = "written", "书面"
    PHONE = "phone", "通过安全联系方式"


class OrderWish(Choice):
    WANTS = "wants", "愿意申请"
    NEEDS_PROXY = "needs_proxy", "本人无法申请，需代为申请"
    UNDECIDED = "undecided", "尚未决定"
    DECLINES = "declines", "不申请"


class TransferReason(Choice):
    OUT_OF_DISTRICT = "out_of_district", "行为发生在本区以外"
    NO_JURISDICTION = "no_jurisdiction", "无管辖权"
    PARTY_MOVED = "party_moved", "当事人迁居区外"


class Deceased(Choice):
    VICTIM = "victim", "受害人"
    PERPETRATOR = "perpetrator", "加害人"


_REACHED = when("outcome", VisitOutcome.NONE, VisitOutcome.SUSPECTED, VisitOutcome.CONFIRMED)
_VIOLENCE = when("outcome", VisitOutcome.SUSPECTED, VisitOutcome.CONFIRMED)


class Visit(Form):
    """The record of a visit, 查访记录 (粤办法 28；34号 12)."""

    visited_at: Moment = ask("查访时间", S1, source="34号 12")
    mode: VisitMode = ask("方式", S1, source="粤办法 28")
    visitors: list[Visitor] = ask("查访单位", S1, source="34号 12", min_length=1)
    outcome: VisitOutcome = ask("查访结果", S1, source="34号 12")
    visitor_names: str | None = ask(
        "查访人员", S2, source="粤办法 28", default=None, max_length=100
    )
    victim_safe_to_speak: Yes | None = ask(
        "受害人单独、在安全环境中反映情况",
        S3,
        source="妇联规程 13",
        default=None,
        visible_if=_REACHED,
        required_if=_REACHED,
    )
    victim_condition: str | None = ask(
        "受害人情况", S3, source="粤办法 28", default=None, visible_if=_REACHED, max_length=1000
    )
    perpetrator_condition: str | None = ask(
        "加害人情况", S3, source="粤办法 28", default=None, visible_if=_REACHED, max_length=1000
    )
    violence_types: list[ViolenceType] = ask(
        "再次施暴的形式",
        S3,
        source="粤办法 28",
        visible_if=_VIOLENCE,
        required_if=_VIOLENCE,
        default_factory=list,
    )
    danger: Danger | None = ask(
        "查访人员判断的危险等级", S3, source="妇联规程 8", default=None, visible_if=_REACHED
    )
    needs: list[Need] = ask("需求", S3, source="设计", visible_if=_REACHED, default_factory=list)
    taken: str | None = ask("已采取的措施", S3, source="粤办法 28", default=None, max_length=1000)
    signed: Yes | None = ask("被查访人已签名", S1, source="设计", default=None, visible_if=_REACHED)


class ReportedRecurrence(Form):
    outcome: Sighting = ask("了解程度", S1, source="粤办法 28")
    discovered_at: Moment = ask("发现时间", S1, source="粤办法 28")
    what_happened: str = ask("发生了什么", S3, source="粤办法 28", max_length=4000)
    immediate_danger: Yes = ask("现在有人处于危险之中", S1, source="反家暴法 13, 15")


class Recurrence(Form):
    discovered_at: Moment = ask("公安机关接报或发现的时间", S1, source="34号 12, 20")
    incident_no: str = ask("警情（受案）编号", S1, source="粤办法 23", max_length=60)
    facts: str = ask("再次施暴的事实", S3, source="34号 20(三)", max_length=4000)
    violence_types: list[ViolenceType] = ask("暴力形式", S3, source="粤办法 2", min_length=1)
    occurred_at: Moment | None = ask("发生时间", S3, source="34号 9", default=None)
    victim_wish: Yes | None = ask(
        "受害人要求依法查处", S2, source="反家暴法 5；粤办法 24", default=None
    )


class Dismissal(Form):
    reason: str = ask("经核实不能认定再次施暴的理由", S3, source="34号 3", max_length=2000)
    victim_heard: Yes = ask("已单独听取受害人意见", S1, source="反家暴法 5；妇联规程 13")
    settled_at: Moment = ask("核实完毕时间", S1, source="设计：粤办法 28")


class NoRecurrence(Form):
    remark: str | None = ask("说明", S3, source="设计", default=None, max_length=1000)


_PROGRAMME = when("kind", Education.PROGRAMME)


class EducationRecord(Form):
    kind: Education = ask("类别", S1, source="反家暴法 5, 22；34号 18, 19")
    held_on: date = ask("开始日期", S1, source="34号 19")
    provider: str = ask("实施单位", S1, source="34号 19", max_length=100)
    ground: str | None = ask("依据文书", S1, source="34号 18", default=None, max_length=60)
    sessions_planned: Whole | None = ask(
        "计划次数", S1, source="设计", default=None, visible_if=_PROGRAMME, ge=1, le=100
    )
    sessions_attended: Whole | None = ask(
        "参加次数", S1, source="设计", default=None, visible_if=_PROGRAMME, ge=0, le=100
    )
    score_before: Whole | None = ask(
        "前测得分", S3, source="设计", default=None, visible_if=_PROGRAMME, ge=0, le=200
    )
    score_after: Whole | None = ask(
        "后测得分", S3, source="设计", default=None, visible_if=_PROGRAMME, ge=0, le=200
    )
    completed: Yes | None = ask("已完成", S1, source="设计", default=None, visible_if=_PROGRAMME)
    remark: str | None = ask("说明", S3, source="设计", default=None, max_length=1000)


class Informed(Form):
    told_at: Moment = ask("告知时间", S1, source="10号 13；34号 15")
    rights: list[Right] = ask(
        "已告知", S1, source="粤办法 23(五)；10号 13；34号 14, 15, 17", min_length=1
    )
    manner: Manner = ask("告知方式", S1, source="10号 13；妇联规程 13")
    order_wish: OrderWish = ask("受害人对申请保护令的意愿", S2, source="反家暴法 5, 23；10号 13")


class TransferOut(Form):
    reason: TransferReason = ask("移送原因", S1, source="粤办法 20")
    to_unit: str = ask("接收的公安机关", S1, source="粤办法 20", max_length=100)
    document_no: str = ask("移送文书编号", S1, source="设计", max_length=60)
    received: Yes = ask("对方已签收", S1, source="粤办法 20")
    explanation: str | None = ask("说明", S2, source="设计", default=None, max_length=500)


class PartyDied(Form):
    who: Deceased = ask("死亡的当事人", S2, source="设计")
    died_on: date = ask("死亡日期", S3, source="设计")
    violence_ruled_out: Yes = ask("已排除因家庭暴力死亡", S3, source="反家暴法 33；设计")
    explanation: str = ask("核实情况", S3, source="设计", max_length=1000)
