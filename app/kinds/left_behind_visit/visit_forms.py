"""What is asked on visits, and of the needs they find."""

from datetime import date
from decimal import Decimal

from app.kinds.forms import S1, S2, S3, Form, Yes, ask, when
from app.kinds.left_behind_visit.choices import (
    Finding,
    Help,
    Method,
    MissReason,
    Need,
    NeedResult,
    NeedTerm,
    Present,
    ReliefKind,
    ReliefResult,
    Risk,
)
from app.kinds.left_behind_visit.forms import CARE, MINORS, RELIEF, SUPPORT

SUSPECTED = when("dv_suspected", True)


class Plan(Form):
    planned_on: date = ask("约定探访日期", S1, source=CARE)
    method: Method | None = ask("探访方式", S1, source=CARE, default=None)


class Miss(Form):
    reason: MissReason = ask("未能探访的原因", S1, source=CARE)
    planned_on: date = ask("改期至", S1, source=CARE)
    remarks: str | None = ask("说明", S2, source="设计", default=None, max_length=500)


class Needs(Form):
    needs: list[Need] = ask("需求", S1, source=SUPPORT, default_factory=list)
    needs_term: NeedTerm | None = ask(
        "落实期限",
        S1,
        source=CARE,
        default=None,
        visible_if=when("needs", *Need),
        required_if=when("needs", *Need),
    )
    needs_detail: str | None = ask(
        "需求说明", S3, source=SUPPORT, default=None, widget="long_text", max_length=1000
    )


class RaisedNeeds(Needs):
    needs: list[Need] = ask("需求", S1, source=SUPPORT, min_length=1)


class Visit(Needs):
    """A visit at which all is well takes two answers; whatever else is found comes on top."""

    method: Method = ask("探访方式", S1, source=CARE)
    dv_suspected: Yes = ask("发现疑似家庭暴力", S3, source="粤办法 18, 22；反家暴法 14")
    immediate_danger: Yes | None = ask(
        "正面临现实危险（先拨打110）",
        S1,
        source="反家暴法 15",
        default=None,
        visible_if=SUSPECTED,
        required_if=SUSPECTED,
    )
    what_happened: str | None = ask(
        "看到、听到的情况",
        S3,
        source="粤办法 18",
        default=None,
        visible_if=SUSPECTED,
        required_if=SUSPECTED,
        widget="long_text",
        max_length=2000,
    )
    present: list[Present] = ask("在场人员", S2, source=CARE, default_factory=list)
    health_well: Yes | None = ask("身体状况良好", S3, source=CARE, default=None)
    mood_well: Yes | None = ask("情绪状态良好", S3, source=CARE, default=None)
    livelihood_well: Yes | None = ask("生活有保障", S2, source=CARE, default=None)
    house_safe: Yes | None = ask("居住用火用电安全", S2, source=CARE, default=None)
    children_well: Yes | None = ask("子女状况良好", S3, source=MINORS, default=None)
    elders_well: Yes | None = ask("所照料老人状况良好", S2, source=CARE, default=None)
    risks: list[Risk] = ask("风险迹象", S3, source=CARE, default_factory=list)
    help_given: list[Help] = ask("当场提供的帮助", S1, source=SUPPORT, default_factory=list)
    help_detail: str | None = ask("帮助说明", S2, source=CARE, default=None, max_length=500)
    photographed: Yes | None = ask("已拍照留存（不拍人脸）", S1, source="设计", default=None)
    place_consent: Yes | None = ask("本人同意记录大致位置", S1, source="个保法 29", default=None)
    place: str | None = ask(
        "大致位置（经纬度，小数点后两位）",
        S3,
        source="设计",
        default=None,
        visible_if=when("place_consent", True),
        widget="coarse_place",
        pattern=r"^[0-9]{2,3}\.[0-9]{2},[0-9]{2,3}\.[0-9]{2}$",
        max_length=20,
    )
    remarks: str | None = ask(
        "探访记录", S3, source=CARE, default=None, widget="long_text", max_length=2000
    )

    @property
    def finding(self) -> Finding:
        """What the visit came to: any risk first, then any need or anything not well."""
        if self.dv_suspected or self.risks:
            return Finding.AT_RISK
        checked = (
            self.health_well,
            self.mood_well,
            self.livelihood_well,
            self.house_safe,
            self.children_well,
            self.elders_well,
        )
        return Finding.HAS_NEEDS if self.needs or False in checked else Finding.ALL_WELL


class NeedResolved(Form):
    need: Need = ask("需求", S1, source=SUPPORT)
    result: NeedResult = ask("落实情况", S1, source=SUPPORT)
    detail: str | None = ask("说明", S2, source=SUPPORT, default=None, max_length=500)


class ReliefOutcome(Form):
    relief: ReliefKind = ask("救助类别", S1, source=RELIEF)
    result: ReliefResult = ask("救助结果", S1, source=RELIEF)
    amount: Decimal | None = ask(
        "救助金额（元）",
        S2,
        source="设计",
        default=None,
        visible_if=when("result", ReliefResult.GRANTED),
        max_digits=10,
        decimal_places=2,
        ge=0,
    )
    reason: str | None = ask(
        "未给予的理由",
        S2,
        source="设计",
        default=None,
        visible_if=when("result", ReliefResult.REFUSED),
        required_if=when("result", ReliefResult.REFUSED),
        max_length=500,
    )
