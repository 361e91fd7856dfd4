"""Forms of change and end: renewal, change, reconsideration, the form's return, closing."""

from datetime import date

from app.kinds.forms import S1, S2, S3, Choice, Form, Moment, Yes, ask, when
from app.kinds.protection_order.codes import ChangeItem


class Renewal(Choice):
    WANTS = "wants", "希望延长"
    NO_NEED = "no_need", "无需延长"


class RenewalAsked(Form):
    asked_at: Moment = ask("征询时间", S1, source="反家暴法 30")
    answer: Renewal = ask("申请人意见", S1, source="反家暴法 30；10号 3")
    reason: str | None = ask("说明", S2, source="设计", default=None, max_length=500)


class ChangeRequest(Form):
    item: ChangeItem = ask("变更申请事项", S1, source="反家暴法 30；保护令业务标准")
    applied_at: Moment = ask("申请时间", S1, source="反家暴法 30；保护令业务标准")
    own_wish: Yes = ask("已单独核实，确属申请人本人真实意愿", S2, source="反家暴法 5；10号 3")
    reason: str = ask("事实与理由", S3, source="反家暴法 30", max_length=2000)


class Party(Choice):
    APPLICANT = "applicant", "申请人"
    RESPONDENT = "respondent", "被申请人"


class ReconsiderationRequest(Form):
    """Asking again, once, does not stop the order (反家暴法 31)."""

    by_party: Party = ask("复议申请人", S1, source="反家暴法 31")
    effective_on: date = ask(
        "裁定生效之日", S1, source="反家暴法 30、31", hint="保护令自作出之日起生效（反家暴法 30）"
    )
    applied_at: Moment = ask("申请复议时间", S1, source="反家暴法 31")
    reason: str | None = ask("理由", S3, source="设计", default=None, max_length=2000)


class Signed(Choice):
    SIGNED = "signed", "当事人已签字"
    NOT_SIGNED = "not_signed", "当事人未能签字（注明原因）"


class ReturnedForm(Form):
    """The follow-up form goes back to the court at the end."""

    returned_on: date = ask("向人民法院反馈日期", S1, source="10号 18")
    signed: Signed = ask("当事人签字", S1, source="10号 18")
    reason: str | None = ask(
        "未能签字的原因",
        S2,
        source="设计",
        default=None,
        visible_if=when("signed", Signed.NOT_SIGNED),
        required_if=when("signed", Signed.NOT_SIGNED),
        max_length=500,
    )
    summary: str | None = ask(
        "回访、遵守情况小结", S3, source="10号 18", default=None, max_length=2000
    )


class CloseReason(Choice):
    EXPIRED_NO_BREACH = "expired_no_breach", "期满，未违反"
    EXPIRED_WITH_BREACH = "expired_with_breach", "期满，期间曾违反"
    REVOKED_ON_APPLICATION = "revoked_on_application", "依申请撤销"
    REVOKED_ON_RECONSIDERATION = "revoked_on_reconsideration", "经复议撤销"
    DISMISSED = "dismissed", "驳回申请"
    TERMINATED = "terminated", "终结（当事人死亡等）"
    SUPERSEDED_BY_EXTENSION = "superseded_by_extension", "由延长保护的新裁定接替"


class Closing(Form):
    reason: CloseReason = ask("办结原因", S1, source="反家暴法 30、31；保护令业务标准；10号 18")
    waived: Yes | None = ask(
        "申请人已明确不申请复议",
        S1,
        source="反家暴法 31；10号 3",
        default=None,
        visible_if=when("reason", CloseReason.DISMISSED),
    )
    new_document_no: str | None = ask(
        "新裁定书文号",
        S1,
        source="反家暴法 30",
        default=None,
        visible_if=when("reason", CloseReason.SUPERSEDED_BY_EXTENSION),
        required_if=when("reason", CloseReason.SUPERSEDED_BY_EXTENSION),
        max_length=60,
    )
    summary: str | None = ask("结案小结", S3, source="设计", default=None, max_length=2000)
