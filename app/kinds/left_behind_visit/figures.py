"""The figures of the plan's social-security chapter that visits feed."""

from dataclasses import replace

from app.kinds.left_behind_visit.choices import Level, Need, ReliefKind, ReliefResult
from app.kinds.measures import (
    Among,
    Clocks,
    Count,
    Events,
    Indicator,
    OnTime,
    Reconciled,
    Share,
    Stock,
)

CLAUSE = "二(五)策12"

ON_THE_LEDGER = Stock(
    enter=frozenset({"enrol", "change_level", "resume"}), leave=frozenset({"suspend", "exit"})
)
RELIEF_REFERRED = Events(
    names=frozenset({"resolve_need"}), outcomes=frozenset(k.value for k in ReliefKind)
)
RELIEF_GRANTED = Events(
    names=frozenset({"record_relief"}), outcomes=frozenset({ReliefResult.GRANTED})
)


def _at_level(level: Level) -> Indicator:
    return Indicator(
        code=f"SS-01{level}",
        title=f"农村留守妇女在册数：{level.label}",
        unit="人",
        rule=f"期末在册且等级为“{level.label}”的农村留守妇女",
        clause=CLAUSE,
        measure=replace(ON_THE_LEDGER, outcomes=frozenset({level})),
    )


def _resolved(number: int, need: Need) -> Indicator:
    return Indicator(
        code=f"SS-05{chr(ord('a') + number)}",
        title=f"需求落实率：{need.label}",
        unit="%",
        rule=f"按期落实、转介或本人放弃的“{need.label}”需求 ÷ 期内登记的该类需求",
        clause=CLAUSE,
        measure=OnTime(of=Clocks(rule=f"need_{need}", by="started")),
    )


INDICATORS = (
    Indicator(
        code="SS-01",
        title="农村留守妇女在册数",
        unit="人",
        rule="期末在册的农村留守妇女",
        clause=CLAUSE,
        measure=ON_THE_LEDGER,
    ),
    *(_at_level(level) for level in Level),
    Indicator(
        code="SS-03",
        title="留守妇女探访率",
        unit="%",
        rule="期内至少探访一次的在册妇女 ÷ 期内曾在册的妇女",
        clause=CLAUSE,
        measure=Among(stock=ON_THE_LEDGER, having=Events(names=frozenset({"record_visit"}))),
    ),
    Indicator(
        code="SS-04",
        title="重点对象按期探访率",
        unit="%",
        rule="按期完成的A级重点对象探访 ÷ 期内到期的A级重点对象探访",
        clause=CLAUSE,
        measure=OnTime(of=Clocks(rule=f"visits_{Level.A}", by="due")),
    ),
    *(_resolved(number, need) for number, need in enumerate(Need)),
    Indicator(
        code="SS-06",
        title="两级台账一致率",
        unit="%",
        rule="期末镇街最近签报与区级台账内容相同的农村留守妇女 ÷ 两级台账中的全部农村留守妇女",
        clause=CLAUSE,
        measure=Reconciled(),
    ),
    Indicator(
        code="SS-07a",
        title="临时救助、司法救助转介数",
        unit="件",
        rule="期内转介临时救助或司法救助的需求",
        clause="二(五)策12；二(八)策12",
        measure=Count(of=RELIEF_REFERRED),
    ),
    Indicator(
        code="SS-07b",
        title="临时救助、司法救助受助率",
        unit="%",
        rule="期内给予的救助 ÷ 期内转介的救助",
        clause="二(五)策12；二(八)策12",
        measure=Share(part=RELIEF_GRANTED, whole=RELIEF_REFERRED),
    ),
)
