"""Forms of the court's rulings, and until when an order holds."""

from datetime import date, datetime

from app.clock import HOLIDAYS, Days, Months, due, end_of_day
from app.kinds.forms import S1, S2, S3, Choice, Form, Moment, Whole, Yes, ask, when
from app.kinds.protection_order.codes import Disposal, Measure

GRANTED = when("result", Disposal.GRANTED)


class ValidUnit(Choice):
    MONTHS = "months", "个月"
    DAYS = "days", "天"


class Ruling(Form):
    """What every ruling of the court has."""

    made_at: Moment = ask("裁定作出时间", S1, source="反家暴法 28、30；10号 14")
    document_no: str = ask("裁定书文号", S1, source="反家暴法 26；保护令业务标准", max_length=60)


class Decision(Ruling):
    """The outcome of the application (结案)."""

    result: Disposal = ask("结案方式", S1, source="保护令业务标准；反家暴法 28")
    measures: list[Measure] = ask(
        "措施",
        S1,
        source="反家暴法 29；粤办法 32；法释17 10",
        default_factory=list,
        visible_if=GRANTED,
        required_if=GRANTED,
    )
    other_measure: str | None = ask(
        "其他措施的内容",
        S2,
        source="反家暴法 29(四)",
        default=None,
        visible_if=when("measures", Measure.OTHER),
        required_if=when("measures", Measure.OTHER),
        max_length=500,
    )
    valid_for: Whole | None = ask(
        "保护有效期",
        S1,
        source="反家暴法 30；保护令业务标准",
        default=None,
        visible_if=GRANTED,
        required_if=GRANTED,
        ge=1,
        le=184,
    )
    valid_unit: ValidUnit | None = ask(
        "有效期单位",
        S1,
        source="保护令业务标准",
        default=None,
        visible_if=GRANTED,
        required_if=GRANTED,
    )
    own_wish: Yes | None = ask(
        "已向申请人本人核实撤回出于自愿",
        S2,
        source="反家暴法 5；10号 3",
        default=None,
        visible_if=when("result", Disposal.WITHDRAWN),
        required_if=when("result", Disposal.WITHDRAWN),
    )
    reason: str | None = ask(
        "理由",
        S3,
        source="反家暴法 26",
        default=None,
        visible_if=when("result", Disposal.DISMISSED, Disposal.TERMINATED),
        required_if=when("result", Disposal.DISMISSED, Disposal.TERMINATED),
        max_length=2000,
    )


class _NewTerms(Ruling):
    measures: list[Measure] = ask(
        "措施", S1, source="反家暴法 29；粤办法 32；保护令业务标准", min_length=1
    )
    other_measure: str | None = ask(
        "其他措施的内容",
        S2,
        source="反家暴法 29(四)",
        default=None,
        visible_if=when("measures", Measure.OTHER),
        required_if=when("measures", Measure.OTHER),
        max_length=500,
    )
    valid_to: date = ask("保护令有效期至（含当日）", S1, source="反家暴法 30")


class FurtherMeasures(_NewTerms):
    """More of the measures she asked for, ruled later."""


class RulingGround(Choice):
    APPLICATION = "application", "申请人申请撤销、变更、延长"
    RECONSIDERATION = "reconsideration", "复议"


class Change(Choice):
    VARIED = "varied", "变更"
    EXTENDED = "extended", "延长"


class ChangedOrder(_NewTerms):
    result: Change = ask("裁定结果", S1, source="反家暴法 30、31；保护令业务标准")
    ground: RulingGround = ask("裁定依据", S1, source="反家暴法 30、31")
    case_no: str | None = ask(
        "变更案件案号", S1, source="保护令业务标准", default=None, max_length=60
    )


class Revocation(Ruling):
    ground: RulingGround = ask("裁定依据", S1, source="反家暴法 30、31")
    case_no: str | None = ask(
        "变更案件案号", S1, source="保护令业务标准", default=None, max_length=60
    )


class Kept(Form):
    """The ruling stands: the application or the reconsideration was refused or withdrawn."""

    ground: RulingGround = ask("针对", S1, source="反家暴法 30、31")
    withdrawn: Yes = ask("申请人（复议申请人）已撤回", S1, source="设计")
    ruled_at: Moment = ask("处理时间", S1, source="反家暴法 30、31")
    document_no: str | None = ask(
        "文书号",
        S1,
        source="保护令业务标准",
        default=None,
        required_if=when("withdrawn", False),
        max_length=60,
    )


def six_months(made_at: datetime) -> datetime:
    """The last moment an order made then may hold (反家暴法 30; not prolonged by holidays)."""
    return due(Months(6, source="反家暴法 30", rolls=False), made_at, HOLIDAYS)


def decision_holds_until(form: Decision) -> datetime:
    """The last moment of the order, counted from the day it was made; without an order nothing
    holds beyond the ruling itself."""
    if form.valid_for is None:
        return form.made_at
    term = Months if form.valid_unit is ValidUnit.MONTHS else Days
    return due(term(form.valid_for, source="反家暴法 30", rolls=False), form.made_at, HOLIDAYS)


def terms_hold_until(form: _NewTerms) -> datetime:
    """The end of the last day the ruling names."""
    return end_of_day(form.valid_to)


def revoked_from(form: Revocation) -> datetime:
    """A revoked order holds no longer than until the revocation."""
    return form.made_at
