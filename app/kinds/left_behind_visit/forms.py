"""What is asked when women are surveyed, verified, graded and kept in the ledger."""

from datetime import date

from app.kinds.forms import S1, S2, S3, Form, Whole, Yes, ask, when
from app.kinds.left_behind_visit.choices import (
    AwayFor,
    Channel,
    Difficulty,
    Disability,
    Education,
    Employment,
    ExitReason,
    Health,
    Housing,
    Income,
    Level,
    Marriage,
    Method,
    NotEligible,
    PriorityReason,
    Relief,
    ReturnsHome,
    SuspendReason,
)
from app.kinds.people import PartyRole, PersonAnswer, party

DEFINITION = "民发〔2019〕86号"
SURVEY = "规划 二(五)策12（摸底排查）"
LEDGER = "规划 二(五)策12（信息台账）；设计"
CARE = "规划 二(五)策12（定期探访）；设计"
SUPPORT = "妇保法 52；规划 二(五)策12"
MINORS = "家教法 30"
RELIEF = "规划 二(八)策12；救助法 34"
VIOLENCE_NAMED = when("difficulties", Difficulty.DV)


class Survey(Form):
    """Filled in at the door: she and her husband's absence; the ledger asks the rest later."""

    woman: PersonAnswer = party("留守妇女", PartyRole.LEFT_BEHIND_WOMAN, source=SURVEY)
    channel: Channel = ask("来源", S1, source=LEDGER)
    husband: PersonAnswer | None = party("丈夫", PartyRole.HUSBAND, source=LEDGER, default=None)
    children: list[PersonAnswer] = party(
        "子女", PartyRole.CHILD, source=MINORS, default_factory=list
    )
    husband_away_since: date | None = ask("丈夫外出起始日期", S1, source=DEFINITION, default=None)
    difficulties: list[Difficulty] = ask("困难", S3, source=SURVEY, default_factory=list)
    remarks: str | None = ask(
        "备注", S3, source="设计", default=None, widget="long_text", max_length=1000
    )


class Ledger(Form):
    """The ledger of district and town (留守妇女台账). Nothing is required: it fills up."""

    ethnicity: str | None = ask("民族", S2, source=LEDGER, default=None, max_length=20)
    education: Education | None = ask("文化程度", S2, source=LEDGER, default=None)
    health: Health | None = ask("健康状况", S3, source=LEDGER, default=None)
    disability: Disability | None = ask("残疾类别", S3, source=LEDGER, default=None)
    disability_grade: Whole | None = ask(
        "残疾等级（一至四级）",
        S3,
        source=LEDGER,
        default=None,
        visible_if=when("disability", *Disability),
        ge=1,
        le=4,
    )
    marriage: Marriage | None = ask("婚姻状况", S2, source=LEDGER, default=None)
    husband_workplace: str | None = ask(
        "丈夫外出地点、单位", S2, source=LEDGER, default=None, max_length=100
    )
    husband_returns: ReturnsHome | None = ask("丈夫返乡频次", S2, source=LEDGER, default=None)
    children_count: Whole | None = ask("子女数", S2, source=LEDGER, default=None, ge=0, le=20)
    minor_children: Whole | None = ask("未成年子女数", S3, source=MINORS, default=None, ge=0, le=20)
    left_behind_children: Whole | None = ask(
        "留守未成年子女数", S3, source=MINORS, default=None, ge=0, le=20
    )
    elders_cared_for: Whole | None = ask("照料老人数", S2, source=LEDGER, default=None, ge=0, le=20)
    income: Income | None = ask("家庭收入状况", S2, source=SUPPORT, default=None)
    relief: Relief | None = ask("救助、监测类别", S2, source=SUPPORT, default=None)
    employment: Employment | None = ask("就业状况", S2, source=SUPPORT, default=None)
    skills: str | None = ask("技能特长", S2, source=SUPPORT, default=None, max_length=200)
    wants_training: Yes | None = ask("有培训意愿", S2, source=SUPPORT, default=None)
    wants_business: Yes | None = ask("有创业意愿", S2, source=SUPPORT, default=None)
    housing: Housing | None = ask("住房状况", S2, source=LEDGER, default=None)
    pension: Yes | None = ask("参加养老保险", S2, source=LEDGER, default=None)
    medical_insurance: Yes | None = ask("参加医疗保险", S2, source=LEDGER, default=None)
    screened: Yes | None = ask("已做宫颈癌、乳腺癌筛查", S3, source=LEDGER, default=None)
    difficulties: list[Difficulty] = ask("困难", S3, source=LEDGER, default_factory=list)


class Resurvey(Ledger):
    found: str | None = ask(
        "年度变化", S3, source=SURVEY, default=None, widget="long_text", max_length=1000
    )


class RuleOut(Form):
    reason: NotEligible = ask("不符合条件的原因", S1, source=DEFINITION)
    remarks: str | None = ask("说明", S2, source="设计", default=None, max_length=500)


class Absence(Form):
    """The definition: husband away for half a year without a break, she lives in the village."""

    husband_away_since: date = ask("丈夫连续外出起始日期", S1, source=DEFINITION)
    lives_in_village: Yes = ask("本人在农村居住", S1, source=DEFINITION)
    away_for: AwayFor | None = ask("外出事由", S2, source=DEFINITION, default=None)
    remarks: str | None = ask("核实情况", S2, source="设计", default=None, max_length=500)


class Grading(Form):
    level: Level = ask("需求等级", S1, source=CARE)
    reasons: list[PriorityReason] = ask(
        "列为重点的情形",
        S3,
        source=CARE,
        default_factory=list,
        visible_if=when("level", Level.A),
        required_if=when("level", Level.A),
    )
    remarks: str | None = ask("定级说明", S2, source="设计", default=None, max_length=500)


class Enrolment(Grading):
    consent: Yes = ask("本人同意建档并接受探访", S1, source="个保法 13, 29")
    ledger_no: str | None = ask("台账编号", S1, source=LEDGER, default=None, max_length=60)
    in_national_system: Yes | None = ask(
        "已录入全国农村“三留守”人员数据信息管理系统", S1, source=DEFINITION, default=None
    )


class Suspension(Form):
    reason: SuspendReason = ask("暂停原因", S1, source=CARE)
    since: date = ask("起始日期", S1, source=CARE)
    expected_until: date | None = ask("预计恢复日期", S1, source=CARE, default=None)


class Resumption(Grading):
    away_again_on: date | None = ask("丈夫再次外出日期", S1, source=CARE, default=None)


class Exit(Form):
    reason: ExitReason = ask("退出原因", S1, source=CARE)
    husband_back_since: date | None = ask(
        "丈夫返乡日期",
        S1,
        source=DEFINITION,
        default=None,
        visible_if=when("reason", ExitReason.HUSBAND_RETURNED),
        required_if=when("reason", ExitReason.HUSBAND_RETURNED),
    )
    remarks: str | None = ask("说明", S2, source="设计", default=None, max_length=500)


class StatusCheck(Form):
    husband_away: Yes = ask("丈夫仍在外", S1, source=DEFINITION)
    lives_in_village: Yes = ask("本人仍在农村居住", S1, source=DEFINITION)
    method: Method = ask("核实方式", S1, source=CARE)
    remarks: str | None = ask("说明", S2, source="设计", default=None, max_length=500)
