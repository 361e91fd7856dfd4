"""What is asked where mediation is reported, diverted, prolonged or ended without agreement."""

from datetime import date, datetime

from app.clock import end_of_day
from app.kinds.forms import S1, S2, S3, Form, Moment, Yes, ask, when
from app.kinds.mediation.choices import (
    DivertReason,
    EarlyEnd,
    EndCause,
    Instead,
    ReportedTo,
    Route,
    Sides,
    Victim,
)
from app.kinds.mediation.forms import DIVORCE_BAR


class Refused(Form):
    refused_by: Sides = ask("拒绝调解的一方", S2, source="调解法 17")
    reason: str | None = ask("理由", S2, source="设计", default=None, max_length=500)
    routes_told: list[Route] = ask("已告知的其他途径", S1, source="调解法 3(三)", min_length=1)


class RiskReport(Form):
    reported_to: ReportedTo = ask("报告对象", S1, source="调解法 25；粤办法 17")
    reported_at: Moment = ask("报告时间", S1, source="调解法 25")
    receipt_no: str | None = ask("回执号", S1, source="设计", default=None, max_length=60)
    situation: str = ask("情况", S3, source="调解法 25", widget="long_text", max_length=2000)
    precautions: str = ask("采取的预防措施", S3, source="调解法 25", max_length=1000)


class Diversion(Form):
    """What happens instead of mediation. Each party is told apart, and not why."""

    reason: DivertReason = ask("转办原因", S1, source="粤办法 17；妇联规程 11；调解法 17")
    instead: list[Instead] = ask(
        "改走的途径", S1, source="粤办法 38；妇联规程 10, 11", min_length=1
    )
    reported_at: Moment | None = ask(
        "向公安机关报告时间",
        S1,
        source="粤办法 17",
        default=None,
        required_if=when("instead", Instead.POLICE),
        visible_if=when("instead", Instead.POLICE),
    )
    receipt_no: str | None = ask(
        "公安回执号",
        S1,
        source="设计",
        default=None,
        visible_if=when("instead", Instead.POLICE),
        max_length=60,
    )
    victim: Victim | None = ask(
        "受害人",
        S3,
        source="妇联规程 11",
        default=None,
        required_if=when("reason", DivertReason.DANGER),
        visible_if=when("reason", DivertReason.DANGER),
    )
    immediate_danger: Yes | None = ask(
        "现在有人处于危险之中",
        S1,
        source="妇联规程 11",
        default=None,
        required_if=when("reason", DivertReason.DANGER),
        visible_if=when("reason", DivertReason.DANGER),
    )
    account: str | None = ask(
        "家庭暴力情况",
        S3,
        source="妇联规程 7, 11",
        default=None,
        required_if=when("reason", DivertReason.DANGER),
        visible_if=when("reason", DivertReason.DANGER),
        widget="long_text",
        max_length=2000,
    )
    note: str | None = ask("说明", S2, source="设计", default=None, max_length=500)


class Extension(Form):
    both_agree: Yes = ask("双方当事人同意延长", S1, source="特邀调解 27")
    until: date = ask("延长至", S1, source="特邀调解 27")
    reason: str | None = ask("理由", S2, source="设计", default=None, max_length=500)


class Failure(Form):
    reason: str = ask("调解不成的原因", S3, source="调解法 26, 27", max_length=2000)


class Termination(Form):
    cause: EndCause = ask("终止原因", S1, source="调解法 23(二), 26, 33")
    routes_told: list[Route] = ask(
        "已告知的其他途径", S1, source="调解法 26", min_length=1, hint=DIVORCE_BAR
    )
    told_on: date = ask("告知日期", S1, source="调解法 26")


class EarlyClosing(Form):
    reason: EarlyEnd = ask("结案原因", S1, source="调解法 17, 23(二)；设计")
    note: str | None = ask("说明", S2, source="设计", default=None, max_length=500)


def extended_until(form: Extension) -> datetime:
    """The last moment (UTC) of mediation as both parties agreed (特邀调解 27)."""
    return end_of_day(form.until)
