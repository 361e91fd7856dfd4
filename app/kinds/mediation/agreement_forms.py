"""What is asked from the agreement to the closed file."""

from datetime import date, datetime
from decimal import Decimal

from app.clock import end_of_day
from app.kinds.forms import S1, S2, S3, Form, Whole, Yes, ask, when
from app.kinds.mediation.choices import (
    AgreementForm,
    Closing,
    Confirmation,
    DossierItem,
    Material,
    Matter,
    NotConfirmedGround,
    Progress,
    Receipt,
    RejectGround,
    Satisfaction,
    Sides,
    VisitManner,
)
from app.kinds.mediation.forms import FILE_FORMAT


class Agreement(Form):
    """协议书, or the record of an oral agreement (调解法 28, 29)."""

    agreement_form: AgreementForm = ask("协议形式", S1, source="调解法 28")
    effective_on: date = ask(
        "生效日期",
        S1,
        source="调解法 29, 30",
        hint="协议书：各方签名、调解员签名并加盖印章之日，随即在屏幕上签署的为当日；口头协议：达成之日",
    )
    facts: str = ask("主要事实", S3, source="调解法 29(二)", widget="long_text", max_length=4000)
    issues: str = ask("争议事项", S3, source="调解法 29(二)", max_length=2000)
    liabilities: str | None = ask(
        "各方责任", S3, source="调解法 29(二)", default=None, max_length=2000
    )
    matters: list[Matter] = ask("协议事项", S1, source="调解法 29(三)；法释5 4", min_length=1)
    content: str = ask(
        "协议内容",
        S3,
        source="调解法 28, 29(三)",
        hint="不得写入任何一方的保密住址",
        widget="long_text",
        max_length=4000,
    )
    method: str = ask("履行方式", S2, source="调解法 29(三)", max_length=500)
    perform_by: date = ask("履行期限", S1, source="调解法 29(三)")
    amount: Decimal | None = ask(
        "涉及金额（元）",
        S2,
        source=FILE_FORMAT,
        default=None,
        ge=0,
        max_digits=12,
        decimal_places=2,
    )
    voluntary: Yes = ask("各方自愿，未受强制、威吓", S1, source="调解法 3(一), 23(四)")
    signed: Yes | None = ask(
        "各方已签署，或者在场并随即在屏幕上签署",
        S1,
        source="调解法 29",
        hint="纸质：各方已签名、盖章或者按指印，调解员已签名并加盖调委会印章。"
        "屏幕：保存后打开“协议书：阅读、签名、打印”，双方、调解员依次签名，打印后加盖印章",
        default=None,
        required_if=when("agreement_form", AgreementForm.WRITTEN),
        visible_if=when("agreement_form", AgreementForm.WRITTEN),
    )
    copies: Whole | None = ask(
        "份数（各方各一份，调委会留存一份）",
        S1,
        source="调解法 29",
        default=None,
        required_if=when("agreement_form", AgreementForm.WRITTEN),
        visible_if=when("agreement_form", AgreementForm.WRITTEN),
        ge=3,
        le=20,
    )
    agreement_no: str | None = ask("协议编号", S1, source=FILE_FORMAT, default=None, max_length=60)
    wants_confirmation: Yes = ask("双方准备申请司法确认", S1, source="调解法 33")


class ConfirmationFiling(Form):
    filed_on: date = ask("法院收到申请日期", S1, source="调解法 33；法释5 4")
    joint: Yes = ask("双方共同申请", S1, source="调解法 33")
    by_proxy: Yes = ask("委托他人代为申请", S1, source="法释5 3")
    matters: list[Matter] = ask("申请确认的事项", S1, source="法释5 4", min_length=1)
    materials: list[Material] = ask("提交的材料", S1, source="法释5 3", min_length=1)


class ConfirmationReceipt(Form):
    decision: Receipt = ask("决定", S1, source="法释5 4")
    decided_on: date = ask("决定日期", S1, source="法释5 4")
    court_case_no: str | None = ask(
        "“调确字”案号",
        S1,
        source="法释5 4",
        default=None,
        required_if=when("decision", Receipt.ACCEPTED),
        visible_if=when("decision", Receipt.ACCEPTED),
        max_length=60,
    )
    ground: RejectGround | None = ask(
        "不予受理的情形",
        S1,
        source="法释5 4",
        default=None,
        required_if=when("decision", Receipt.REJECTED),
        visible_if=when("decision", Receipt.REJECTED),
    )


class ConfirmationExtension(Form):
    approved_on: date = ask("院长批准延长日期", S1, source="法释5 5")
    reason: str = ask("特殊情况", S2, source="法释5 5", max_length=500)


class ConfirmationDecision(Form):
    decision: Confirmation = ask("决定", S1, source="法释5 8")
    decided_on: date = ask("决定日期", S1, source="法释5 5, 8")
    document_no: str = ask("决定书文号", S1, source="法释5 8", max_length=60)
    ground: NotConfirmedGround | None = ask(
        "不予确认的情形",
        S1,
        source="法释5 7",
        default=None,
        required_if=when("decision", Confirmation.NOT_CONFIRMED),
        visible_if=when("decision", Confirmation.NOT_CONFIRMED),
    )


class ConfirmationWithdrawal(Form):
    withdrawn_by: Sides = ask("撤回的一方", S2, source="法释5 5")
    withdrawn_on: date = ask("撤回日期", S1, source="法释5 5, 6")
    deemed: Yes = ask("未按时补充材料或者拒不接受询问，法院按撤回处理", S1, source="法释5 6")


class Performance(Form):
    progress: Progress = ask("履行情况", S1, source="调解法 31")
    seen_on: date = ask("了解日期", S1, source="调解法 31")
    detail: str | None = ask("具体情况", S3, source="调解法 31", default=None, max_length=2000)
    urged: Yes | None = ask(
        "已督促当事人履行",
        S1,
        source="调解法 31",
        default=None,
        required_if=when("progress", Progress.PARTIAL, Progress.BREACHED),
    )
    remedy_told: Yes | None = ask(
        "已告知可以起诉；经司法确认的，可以申请强制执行",
        S1,
        source="调解法 32, 33；法释5 9",
        default=None,
        required_if=when("progress", Progress.BREACHED),
        visible_if=when("progress", Progress.BREACHED),
    )


class ReturnVisit(Form):
    """回访记录. Each party is asked apart, where she or he can speak."""

    visited: Sides = ask("回访对象", S1, source=FILE_FORMAT)
    manner: VisitManner = ask("方式", S1, source="妇联规程 13")
    reached: Yes = ask("已联系上本人", S1, source="设计")
    safe_place: Yes | None = ask(
        "在安全环境中单独交谈",
        S1,
        source="妇联规程 13",
        default=None,
        required_if=when("reached", True),
        visible_if=when("reached", True),
    )
    reason: str | None = ask("回访事由", S2, source=FILE_FORMAT, default=None, max_length=500)
    progress: Progress | None = ask(
        "协议履行情况", S1, source="调解法 31", default=None, visible_if=when("reached", True)
    )
    satisfaction: Satisfaction | None = ask(
        "满意程度", S1, source=FILE_FORMAT, default=None, visible_if=when("reached", True)
    )
    litigation: str | None = ask(
        "诉讼及其结果", S2, source=FILE_FORMAT, default=None, max_length=500
    )
    wrongly_mediated: Yes | None = ask(
        "调解有误", S2, source=FILE_FORMAT, default=None, visible_if=when("reached", True)
    )
    may_escalate: Yes | None = ask(
        "有激化苗头",
        S3,
        source=FILE_FORMAT + "；调解法 25",
        default=None,
        required_if=when("reached", True),
        visible_if=when("reached", True),
    )
    dv_found: Yes | None = ask(
        "发现或者疑似存在家庭暴力",
        S3,
        source="粤办法 17, 22",
        default=None,
        required_if=when("reached", True),
        visible_if=when("reached", True),
    )
    measures: str | None = ask("采取的措施", S3, source=FILE_FORMAT, default=None, max_length=1000)


class Dossier(Form):
    """结案报告 and the file it closes."""

    result: Closing = ask("调解结果", S1, source=FILE_FORMAT)
    dossier_no: str = ask(
        "卷宗号",
        S1,
        source=FILE_FORMAT,
        hint="（年）×人调字第×号",
        pattern=r"^[（(]\d{4}[）)].{0,20}人调字第\d{1,6}号$",
        max_length=60,
    )
    closed_on: date = ask("结案日期", S1, source=FILE_FORMAT)
    handler: str = ask("承办人", S2, source=FILE_FORMAT, max_length=50)
    brief_facts: str = ask("简要案情", S3, source=FILE_FORMAT, widget="long_text", max_length=2000)
    items: list[DossierItem] = ask("已归入的材料", S1, source="调解法 27", min_length=1)


def performs_until(form: Agreement) -> datetime:
    """The last moment (UTC) for performance as agreed (调解法 29(三))."""
    return end_of_day(form.perform_by)
