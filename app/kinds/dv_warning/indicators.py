"""Figures of the board on violence in the family: 二(八)策4 and, for protection, 策12.

The plan counts women, so events count where the subject is one; clocks measure how the duty
was met towards everybody.
"""

from app.kinds.dv_warning.monitoring import Manner, VisitOutcome
from app.kinds.dv_warning.words import CriticismCheck
from app.kinds.forms import Choice
from app.kinds.measures import (
    Clocks,
    Count,
    Events,
    Followed,
    Indicator,
    Measure,
    MetWith,
    OnTime,
    Repeated,
    Share,
)
from app.kinds.people import Flag

_CLAUSE = "二(八)策4"
_DECISIONS = ("criticise", "issue_warning", "record_penalty", "open_criminal")
_STATISTICS = "LAW-T4"
_SPECIAL = (
    Flag.GIRL_UNDER14,
    Flag.MINOR,
    Flag.ELDERLY,
    Flag.DISABLED,
    Flag.PREGNANT,
    Flag.LACTATING,
    Flag.SERIOUSLY_ILL,
    Flag.COERCED,
)


def _events(
    *names: str, outcomes: frozenset[str] | None = None, flag: Flag | None = None
) -> Events:
    return Events(names=frozenset(names), outcomes=outcomes, female=True, flag=flag)


def _values(choice: type[Choice]) -> frozenset[str]:
    return frozenset(member.value for member in choice)


def _count(code: str, title: str, event: str) -> Indicator:
    return Indicator(
        code=code,
        title=title,
        unit="件",
        rule=f"统计期内{title}",
        clause=_CLAUSE,
        measure=Count(of=_events(event)),
        target=_STATISTICS,
    )


def _rate(
    code: str, title: str, rule: str, measure: Measure, target: str | None = None
) -> Indicator:
    return Indicator(
        code=code, title=title, unit="%", rule=rule, clause=_CLAUSE, measure=measure, target=target
    )


INDICATORS = (
    _count("LAW-01", "家庭暴力警情数", "accept"),
    _count("LAW-02", "批评教育数", "criticise"),
    _count("LAW-03", "告诫书出具数", "issue_warning"),
    _count("LAW-04", "治安处罚数", "record_penalty"),
    _count("LAW-05", "追究刑事责任数", "open_criminal"),
    _rate(
        "LAW-06a",
        "告诫书出具率（轻微处置口径）",
        "告诫书 ÷（批评教育＋告诫书）",
        Share(part=_events("issue_warning"), whole=_events("criticise", "issue_warning")),
        _STATISTICS,
    ),
    _rate(
        "LAW-06b",
        "告诫书出具率（警情口径）",
        "告诫书 ÷ 受理的家庭暴力警情",
        Share(part=_events("issue_warning"), whole=_events("accept")),
        _STATISTICS,
    ),
    Indicator(
        code="LAW-07",
        title="应出具告诫书未出具数",
        unit="件",
        rule="具有应当出具告诫书的情形而仅批评教育的案件，目标为零",
        clause=_CLAUSE,
        measure=Count(
            of=_events("criticise", outcomes=frozenset({CriticismCheck.SHOULD_HAVE_WARNED.value}))
        ),
    ),
    _rate(
        "LAW-08a",
        "告诫24小时出具率（粤）",
        "受理后24小时内出具的告诫书 ÷ 统计期内出具的告诫书",
        OnTime(of=Clocks(rule="warning", by="met"), within="alert"),
    ),
    _rate(
        "LAW-08b",
        "告诫72小时出具率（国）",
        "受理后72小时内出具的告诫书 ÷ 统计期内出具的告诫书",
        OnTime(of=Clocks(rule="warning", by="met")),
    ),
    _rate(
        "LAW-09",
        "首次查访按期率",
        "送交后七日内首次查访 ÷ 统计期内到期的首次查访",
        OnTime(of=Clocks(rule="visit", by="due", rounds="first")),
    ),
    _rate(
        "LAW-10",
        "后续查访按期率",
        "按期完成的每三个月查访 ÷ 统计期内到期的查访",
        OnTime(of=Clocks(rule="visit", by="due", rounds="later")),
    ),
    *(
        _rate(
            code,
            f"告诫后再犯率（{term}）",
            f"送交后{days}日内同一加害人再次施暴经公安认定的 ÷ 满{days}日的告诫",
            Followed(
                first=_events("deliver_warning"),
                then=Events(names=frozenset({"record_recurrence", *_DECISIONS})),
                days=days,
            ),
        )
        for code, term, days in (("LAW-11a", "12个月", 365), ("LAW-11b", "6个月", 180))
    ),
    *(
        Indicator(
            code=f"LAW-31{letter}",
            title=f"特殊群体占比：{flag.label}",
            unit="%",
            rule=f"受害人为{flag.label}的警情 ÷ 受理的家庭暴力警情",
            clause="二(八)策12",
            measure=Share(part=_events("accept", flag=flag), whole=_events("accept")),
        )
        for letter, flag in zip("abcdefgh", _SPECIAL, strict=True)
    ),
    _rate(
        "LAW-32",
        "重复受害率",
        "365日内两次以上经公安认定受害的人 ÷ 一次以上的人",
        Repeated(of=_events(*_DECISIONS), days=365),
    ),
    _rate(
        "LAW-33",
        "跟踪回访率",
        "已完成的查访 ÷ 统计期内到期的查访（不论是否按期）",
        MetWith(
            of=Clocks(rule="visit", by="due"),
            outcomes=_values(VisitOutcome) - {VisitOutcome.NOT_REACHED.value},
        ),
    ),
    _rate(
        "LAW-34",
        "法治教育与行为矫治覆盖率",
        "90日内开始教育或矫治的被告诫、处罚人 ÷ 统计期内满90日的被告诫、处罚人",
        OnTime(of=Clocks(rule="education", by="due")),
    ),
    _rate(
        "LAW-37",
        "保护令知情告知率",
        "已告知可申请保护令的案件 ÷ 统计期内接报的案件（不予认定的除外）",
        MetWith(of=Clocks(rule="inform_of_order", by="started"), outcomes=_values(Manner)),
    ),
)
