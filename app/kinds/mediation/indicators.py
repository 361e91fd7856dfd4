"""What the board counts of mediation (FAM-02 to FAM-10)."""

from app.kinds.measures import Clocks, Count, Distinct, Events, Indicator, MetWith, OnTime, Share

_CLAUSE = "二(六)策8；三(六)"

_ACCEPTED = Events(names=frozenset({"accept"}))
_AGREED = Events(names=frozenset({"reach_agreement"}))
_CONCLUDED = Events(names=frozenset({"reach_agreement", "fail"}))
_FILED = Events(names=frozenset({"file_confirmation"}))
_OPENED = Events(names=frozenset({"opened"}))
_AGREEMENTS = frozenset({"written", "oral"})


def _accepted_from(*procedures: str) -> Events:
    return Events(names=frozenset({"accept"}), outcomes=frozenset(procedures))


def _court(letters: str, rule: str, procedure: str, term: str) -> tuple[Indicator, Indicator]:
    """Of one court procedure: how often it ended in agreement, and how often in time."""
    return (
        Indicator(
            code=f"FAM-08{letters[0]}",
            title=f"{procedure}调解达成率",
            unit="%",
            rule=f"{procedure}案件在期内到期的，达成协议数÷到期或已结数",
            clause=_CLAUSE,
            measure=MetWith(of=Clocks(rule=rule, by="due"), outcomes=_AGREEMENTS),
        ),
        Indicator(
            code=f"FAM-08{letters[1]}",
            title=f"{procedure}调解按期率",
            unit="%",
            rule=f"{procedure}案件在期内调结的，{term}内调结数÷调结数（双方同意延长的不计）",
            clause=_CLAUSE,
            measure=OnTime(of=Clocks(rule=rule, by="met")),
        ),
    )


INDICATORS = (
    Indicator(
        code="FAM-02",
        title="调解受理数",
        unit="件",
        rule="期内受理的婚姻家庭纠纷",
        clause=_CLAUSE,
        measure=Count(of=_ACCEPTED),
        target="FAM-q",
    ),
    Indicator(
        code="FAM-03",
        title="调解成功率",
        unit="%",
        rule="期内达成协议数÷（达成协议数＋调解不成数）；不予调解、转办的不计",
        clause=_CLAUSE,
        measure=Share(part=_AGREED, whole=_CONCLUDED),
        target="FAM-q",
    ),
    Indicator(
        code="FAM-04",
        title="协议履行率",
        unit="%",
        rule="履行期限在期内届满的协议中已全部履行的÷全部",
        clause=_CLAUSE,
        measure=MetWith(of=Clocks(rule="performance", by="due"), outcomes=frozenset({"performed"})),
    ),
    Indicator(
        code="FAM-05",
        title="一个月内调结率",
        unit="%",
        rule="受理后一个月内调结数÷期内调结数（双方同意延长的不计；法院委派、委托的见 FAM-08）",
        clause=_CLAUSE,
        measure=OnTime(of=Clocks(rule="conclude", by="met")),
    ),
    Indicator(
        code="FAM-06a",
        title="司法确认率",
        unit="%",
        rule="期内确认有效数÷期内申请司法确认数",
        clause=_CLAUSE,
        measure=Share(
            part=Events(
                names=frozenset({"decide_confirmation"}), outcomes=frozenset({"confirmed"})
            ),
            whole=_FILED,
        ),
    ),
    Indicator(
        code="FAM-06b",
        title="司法确认申请率",
        unit="%",
        rule="期内（协议生效三十日内）申请司法确认数÷期内达成协议数",
        clause=_CLAUSE,
        measure=Share(part=_FILED, whole=_AGREED),
    ),
    Indicator(
        code="FAM-07",
        title="调解回访率",
        unit="%",
        rule="期内到期的回访中按期完成的÷到期的",
        clause=_CLAUSE,
        measure=OnTime(of=Clocks(rule="return_visits", by="due")),
    ),
    Indicator(
        code="FAM-08a",
        title="法院立案前委派调解数",
        unit="件",
        rule="期内受理的法院立案前委派案件",
        clause=_CLAUSE,
        measure=Count(of=_accepted_from("court_referral_prefiling")),
    ),
    Indicator(
        code="FAM-08b",
        title="法院立案后委托调解数",
        unit="件",
        rule="期内受理的法院立案后委托案件",
        clause=_CLAUSE,
        measure=Count(of=_accepted_from("court_referral_ordinary", "court_referral_summary")),
    ),
    *_court("cd", "conclude_prefiling", "委派", "三十日"),
    *_court("ef", "conclude_ordinary", "委托（普通程序）", "十五日"),
    *_court("gh", "conclude_summary", "委托（简易程序）", "七日"),
    Indicator(
        code="FAM-09a",
        title="家暴筛查按期率",
        unit="%",
        rule="期内到期的筛查（双方各计一次）中按期完成的÷到期的；未完成双方筛查的不得受理",
        clause=_CLAUSE,
        measure=OnTime(of=Clocks(rule="screening", by="due")),
    ),
    Indicator(
        code="FAM-09b",
        title="筛查发现家庭暴力的纠纷数",
        unit="件",
        rule="期内筛查中发现或者疑似存在家庭暴力的案件",
        clause=_CLAUSE,
        measure=Distinct(
            of=Events(names=frozenset({"screen_party"}), outcomes=frozenset({"dv_found"})),
            what="case",
        ),
    ),
    Indicator(
        code="FAM-09c",
        title="因家庭暴力转办数",
        unit="件",
        rule="期内因存在家庭暴力危险转办的案件",
        clause=_CLAUSE,
        measure=Count(of=Events(names=frozenset({"divert"}), outcomes=frozenset({"danger"}))),
    ),
    Indicator(
        code="FAM-10a",
        title="纠纷排查发现数",
        unit="件",
        rule="期内登记的婚姻家庭纠纷",
        clause=_CLAUSE,
        measure=Count(of=_OPENED),
    ),
    Indicator(
        code="FAM-10b",
        title="纠纷化解率",
        unit="%",
        rule="期内（调结数＋转办数）÷期内登记数",
        clause=_CLAUSE,
        measure=Share(
            part=Events(names=frozenset({"reach_agreement", "fail", "divert"})), whole=_OPENED
        ),
        target="FAM-q",
    ),
)
