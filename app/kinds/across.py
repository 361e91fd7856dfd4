"""Figures that no single kind gives: of registers, and of what every kind has in common."""

from app.kinds.base import OPENED
from app.kinds.check import indicator_problems
from app.kinds.common import ACTIONS, DUTY_TO_REPORT, MANDATORY_REPORT, ReportOutcome
from app.kinds.instruments import Danger
from app.kinds.measures import (
    AreaLevel,
    Clocks,
    Count,
    Coverage,
    Events,
    Followed,
    Indicator,
    OnTime,
    Registered,
    Surveyed,
)
from app.kinds.referral import REFERRAL_REPLY

_DUTY = "二(八)策4“强化相关主体强制报告意识，履行强制报告义务”"
_DISCOVERY = "二(八)策4“完善落实家庭暴力发现、报告、处置机制”"
_TOGETHER = "二(八)策4“健全完善预防和制止家庭暴力多部门合作机制”"
_MEDIATORS = "二(六)策8；三(六)"
_NOT_WITH_POLICE = frozenset(
    {"shelter_placement", "legal_aid_referral", "left_behind_visit", "mediation"}
)
_HIGH = frozenset({Danger.HIGH})
_REPORTED = Events(
    names=frozenset({MANDATORY_REPORT}), outcomes=frozenset({ReportOutcome.REPORTED})
)


def _committees(code: str, title: str, rule: str, *levels: AreaLevel) -> Indicator:
    return Indicator(
        code=code,
        title=title,
        unit="%",
        rule=rule,
        clause=_MEDIATORS,
        measure=Coverage(organisation="mediation_committee", levels=levels),
        target="FAM-T5",
    )


INDICATORS = (
    Indicator(
        code="LAW-22",
        title="庇护场所数",
        unit="个",
        rule="期末正在运行的家庭暴力庇护场所",
        clause="二(八)目标4",
        measure=Registered(organisation="shelter"),
        target="LAW-T1",
    ),
    Indicator(
        code="LAW-29a",
        title="强制报告数",
        unit="件",
        rule="期内凭公安回执办结的强制报告",
        clause=_DUTY,
        measure=Count(of=_REPORTED),
    ),
    Indicator(
        code="LAW-29b",
        title="强制报告及时率",
        unit="%",
        rule="发现后24小时内报案（或经主管人员核实无需报告）的 ÷ 期内到期的强制报告义务",
        clause=_DUTY,
        measure=OnTime(of=Clocks(rule=DUTY_TO_REPORT.name, by="due")),
    ),
    Indicator(
        code="LAW-29c",
        title="强制报告立即报告率",
        unit="%",
        rule="发现后1小时内报案（或经主管人员核实无需报告）的 ÷ 期内到期的强制报告义务",
        clause=_DUTY,
        measure=OnTime(of=Clocks(rule=DUTY_TO_REPORT.name, by="due"), within="alert"),
    ),
    Indicator(
        code="LAW-30a",
        title="高危评估数",
        unit="次",
        rule="期内评为高危的危险评估",
        clause=_DISCOVERY,
        measure=Count(of=Events(names=frozenset({"assess_danger"}), outcomes=_HIGH)),
    ),
    Indicator(
        code="LAW-30b",
        title="高危评估后24小时内报案率",
        unit="%",
        rule="评为高危后24小时内向公安机关报案的 ÷ 期内满24小时的高危评估"
        "（公安、法院已在办理的告诫、保护令案件除外）",
        clause=_DISCOVERY,
        measure=Followed(
            first=Events(
                names=frozenset({"assess_danger"}), kinds=_NOT_WITH_POLICE, outcomes=_HIGH
            ),
            then=_REPORTED,
            days=1,
        ),
    ),
    Indicator(
        code="LAW-35",
        title="转介按期反馈率",
        unit="%",
        rule="三个工作日内得到答复（接收或者不接收）的转介 ÷ 期内发出的转介",
        clause=_TOGETHER,
        measure=OnTime(of=Clocks(rule=REFERRAL_REPLY.name, by="started")),
    ),
    _committees(
        "FAM-01a", "三级人民调解组织覆盖率：区", "设有婚姻家庭纠纷人民调解组织的区 ÷ 区", "district"
    ),
    _committees("FAM-01b", "三级人民调解组织覆盖率：镇街", "设有人民调解组织的镇街 ÷ 镇街", "town"),
    _committees(
        "FAM-01c", "三级人民调解组织覆盖率：村居", "设有人民调解组织的村居 ÷ 村居", "village"
    ),
    _committees(
        "FAM-01d",
        "三级人民调解组织覆盖率",
        "三级中设有人民调解组织的区、镇街、村居 ÷ 全部区、镇街、村居",
        "district",
        "town",
        "village",
    ),
    Indicator(
        code="SS-02",
        title="摸底排查完成率",
        unit="%",
        rule="期内签字完成留守妇女摸底排查的农村村 ÷ 农村村",
        clause="二(五)策12",
        measure=Surveyed(),
    ),
)

_EVENTS = frozenset({OPENED, *(action.name for action in ACTIONS)})
_RULES = frozenset({DUTY_TO_REPORT.name, REFERRAL_REPLY.name})
if _found := [p for i in INDICATORS for p in indicator_problems(i, _EVENTS, _RULES)]:
    raise ValueError("; ".join(_found))
