"""Forms of an order's life: service, the police's check, follow-up, breach."""

from datetime import date
from decimal import Decimal

from app.kinds.forms import S1, S2, S3, S4, Choice, Form, Moment, Whole, Yes, ask, when
from app.kinds.instruments import Danger
from app.kinds.protection_order.codes import Measure


class Recipient(Choice):
    """The first four must be served, the others may (10号 14)."""

    APPLICANT = "applicant", "申请人"
    RESPONDENT = "respondent", "被申请人"
    POLICE_STATION = "police_station", "公安派出所"
    VILLAGE_COMMITTEE = "village_committee", "居民委员会、村民委员会"
    WOMEN_FED = "women_fed", "妇女联合会"
    SCHOOL = "school", "学校"
    MINORS_PROTECTION = "minors_protection", "未成年人保护组织"
    DISABLED_FED = "disabled_fed", "残疾人联合会"
    ELDERLY_ORGANISATION = "elderly_organisation", "依法设立的老年人组织"


MUST_SERVE = (
    Recipient.APPLICANT,
    Recipient.RESPONDENT,
    Recipient.POLICE_STATION,
    Recipient.VILLAGE_COMMITTEE,
)


class ServiceMethod(Choice):
    DIRECT = "direct", "直接送达"
    ELECTRONIC = "electronic", "电子送达"
    LEFT = "left", "留置送达"
    MAIL = "mail", "邮寄送达"
    ENTRUSTED = "entrusted", "委托送达"


class Progress(Choice):
    PARTIAL = "partial", "尚有应送达对象"
    COMPLETE = "complete", "应送达对象均已送达"


class Service(Form):
    """To whom the ruling was served."""

    recipients: list[Recipient] = ask("送达对象", S1, source="反家暴法 32；10号 14", min_length=1)
    served_at: Moment = ask("送达时间", S1, source="10号 14")
    progress: Progress = ask("送达进度", S1, source="10号 14")
    method: ServiceMethod | None = ask("送达方式", S1, source="设计", default=None)
    explained: Yes | None = ask(
        "已释明并告知违反保护令的法律后果",
        S1,
        source="10号 15",
        default=None,
        visible_if=when("recipients", Recipient.RESPONDENT),
    )
    assistance: str | None = ask(
        "协助执行通知书载明的协助事项",
        S2,
        source="10号 16",
        hint="不得列明受害人的现住所（10号 4）",
        default=None,
        visible_if=when("recipients", *(set(Recipient) - set(MUST_SERVE[:2]))),
        max_length=1000,
    )
    school_id: Whole | None = ask(
        "送达的学校（保密）",
        S4,
        source="10号 4、14",
        default=None,
        widget="organisation",
        visible_if=when("recipients", Recipient.SCHOOL),
        required_if=when("recipients", Recipient.SCHOOL),
    )


class ToldHow(Choice):
    IN_PERSON = "in_person", "当面告知"
    BY_PHONE = "by_phone", "电话告知"


class PoliceCheck(Form):
    """The police know where the respondent stands, and told him to comply."""

    checked_at: Moment = ask("核实并告知时间", S1, source="粤办法 33")
    told: ToldHow = ask("告知被申请人遵守保护令的方式", S1, source="粤办法 33")
    situation: str = ask(
        "被申请人情况", S3, source="粤办法 33", widget="long_text", max_length=2000
    )


class Contact(Choice):
    VISITED = "visited", "当面回访"
    PHONED = "phoned", "电话回访"
    NOT_REACHED = "not_reached", "未能联系上"


REACHED = when("contact", Contact.VISITED, Contact.PHONED)


class Compliance(Choice):
    COMPLIED = "complied", "遵守"
    BREACHED = "breached", "违反"
    UNCLEAR = "unclear", "不清楚"


class FollowUp(Form):
    """回访单."""

    visited_on: date = ask("回访日期", S1, source="10号 18")
    contact: Contact = ask("回访方式", S1, source="10号 18；妇联规程 13")
    alone: Yes | None = ask(
        "单独在安全环境下交谈",
        S2,
        source="妇联规程 13",
        default=None,
        visible_if=REACHED,
        required_if=REACHED,
    )
    compliance: Compliance | None = ask(
        "被申请人遵守情况",
        S1,
        source="10号 18",
        default=None,
        visible_if=REACHED,
        required_if=REACHED,
    )
    danger: Danger | None = ask(
        "复评危险程度",
        S1,
        source="妇联规程 8、13",
        hint="决定下次回访的间隔",
        default=None,
        visible_if=REACHED,
        required_if=REACHED,
    )
    victim: str | None = ask(
        "申请人情况", S3, source="10号 18", default=None, visible_if=REACHED, max_length=2000
    )
    help_given: str | None = ask(
        "提供的帮助（法治教育、心理辅导等）", S2, source="10号 18", default=None, max_length=1000
    )


class Breach(Form):
    """The respondent does not keep to the order."""

    occurred_at: Moment = ask("违反时间", S1, source="反家暴法 34；10号 17、18")
    facts: str = ask(
        "违反情况", S3, source="反家暴法 34；10号 18", widget="long_text", max_length=4000
    )
    measures: list[Measure] = ask("违反的措施", S1, source="反家暴法 29、34", default_factory=list)
    injured: Yes | None = ask("有人受伤", S3, source="10号 17", default=None)
    police_called: Yes | None = ask("已报警", S1, source="10号 17、18", default=None)
    criticised: Yes | None = ask("已对被申请人批评教育", S1, source="10号 18", default=None)


class PoliceResult(Choice):
    STOPPED = "stopped", "制止违法行为"
    PENALISED = "penalised", "给予治安管理处罚"
    CRIMINAL = "criminal", "刑事立案"
    UNFOUNDED = "unfounded", "经查不实"


class PoliceResponse(Form):
    arrived_at: Moment = ask("出警时间", S1, source="粤办法 33；10号 17")
    result: PoliceResult = ask("处置结果", S1, source="粤办法 33；10号 17；反家暴法 33、34")
    evidence_kept: Yes = ask("已搜集、固定证据", S1, source="10号 17")
    court_told_at: Moment = ask("向人民法院通报时间", S1, source="粤办法 33；10号 17")
    record: str | None = ask(
        "处置记录", S3, source="粤办法 33", default=None, widget="long_text", max_length=4000
    )


class CourtResult(Choice):
    REPRIMANDED = "reprimanded", "训诫"
    CRIME = "crime", "移送追究刑事责任"
    NOT_FOUND = "not_found", "不认定违反"


class CourtResponse(Form):
    """A reprimand is due at least; a fine and detention follow the gravity."""

    dealt_at: Moment = ask("处理时间", S1, source="反家暴法 34")
    result: CourtResult = ask("处理结果", S1, source="反家暴法 34；10号 15；法释17 12")
    fine: Decimal | None = ask(
        "罚款（元）",
        S1,
        source="反家暴法 34",
        default=None,
        visible_if=when("result", CourtResult.REPRIMANDED),
        gt=0,
        le=1000,
        max_digits=6,
        decimal_places=2,
    )
    detention_days: Whole | None = ask(
        "拘留（日）",
        S1,
        source="反家暴法 34",
        default=None,
        visible_if=when("result", CourtResult.REPRIMANDED),
        ge=1,
        le=15,
    )
    document_no: str | None = ask(
        "文书号", S1, source="保护令业务标准", default=None, max_length=60
    )
    reason: str | None = ask("理由", S3, source="设计", default=None, max_length=1000)
