"""The figures that protection orders feed."""

from app.kinds.measures import (
    Among,
    Clocks,
    Count,
    Events,
    Indicator,
    MetWith,
    OnTime,
    Share,
    Stock,
)
from app.kinds.protection_order.application import PROXIES, Admission
from app.kinds.protection_order.codes import Disposal, FiledBy
from app.kinds.protection_order.enforcement import CourtResult
from app.kinds.protection_order.rulings import Change

_ISSUE = "二(八)策4“及时签发人身安全保护令，提高审核签发率，加大执行力度”"
_FOLLOW = "二(八)策4“开展家庭暴力案件跟踪回访”"


def _events(name: str, *outcomes: str) -> Events:
    return Events(names=frozenset({name}), outcomes=frozenset(outcomes) or None)


_GRANTED = _events("decide", Disposal.GRANTED)
_FILED = _events("file")
_BREACHES = _events("report_breach")
_IN_FORCE = Stock(
    enter=frozenset({"serve"}), leave=frozenset({"change_order", "revoke_order", "close"})
)

_PROXY_SHARES = tuple(
    Indicator(
        code=f"LAW-21{letter}",
        title=proxy.label.replace("代为申请", "代为申请占比"),
        unit="%",
        rule=f"本期提出的申请中由该类主体代为提出的（{proxy.label}） ÷ 本期提出的申请",
        clause=_ISSUE,
        measure=Share(part=_events("file", proxy), whole=_FILED),
    )
    for letter, proxy in zip("bcdefghi", (f for f in FiledBy if f in PROXIES), strict=True)
)

INDICATORS = (
    Indicator(
        code="LAW-12",
        title="保护令受理数",
        unit="件",
        rule="本期人民法院受理的保护令申请数",
        clause=_ISSUE,
        measure=Count(of=_events("register", Admission.ACCEPTED)),
    ),
    Indicator(
        code="LAW-13",
        title="保护令签发数",
        unit="件",
        rule="本期作出的保护令数（含复议改为作出的）",
        clause=_ISSUE,
        measure=Count(of=_GRANTED),
    ),
    Indicator(
        code="LAW-14a",
        title="人身安全保护令审核签发率（受理口径）",
        unit="%",
        rule="本期受理的申请中首次裁定即作出保护令的 ÷ 本期受理的申请（含尚未裁定的）",
        clause=_ISSUE,
        measure=MetWith(
            of=Clocks(rule="ruling", by="started"), outcomes=frozenset({Disposal.GRANTED})
        ),
        target="LAW-T2",
    ),
    Indicator(
        code="LAW-14b",
        title="人身安全保护令审核签发率（裁定口径）",
        unit="%",
        rule="本期作出保护令数 ÷（本期作出保护令数＋本期驳回申请数）",
        clause=_ISSUE,
        measure=Share(part=_GRANTED, whole=_events("decide", Disposal.GRANTED, Disposal.DISMISSED)),
    ),
    Indicator(
        code="LAW-15",
        title="72小时内裁定率",
        unit="%",
        rule="受理后72小时（情况紧急的24小时）内结案的 ÷ 本期结案的",
        clause=_ISSUE,
        measure=OnTime(of=Clocks(rule="ruling", by="met")),
    ),
    Indicator(
        code="LAW-16a",
        title="24小时送达率",
        unit="%",
        rule="作出后24小时内申请人、被申请人、派出所、村（居）委会均已送达的裁定 ÷ 本期作出的裁定"
        "（含变更、延长、分批作出的）",
        clause=_ISSUE,
        measure=OnTime(of=Clocks(rule="service_complete", by="started")),
    ),
    Indicator(
        code="LAW-16b",
        title="24小时送达率（按送达对象）",
        unit="%",
        rule="作出后24小时内送达的应送达对象 ÷ 本期作出的裁定的应送达对象",
        clause=_ISSUE,
        measure=OnTime(of=Clocks(rule="service", by="started")),
    ),
    Indicator(
        code="LAW-17",
        title="公安24小时核实率",
        unit="%",
        rule="公安收到后24小时内核实被申请人情况并告知的 ÷ 本期公安收到的保护令",
        clause=_ISSUE,
        measure=OnTime(of=Clocks(rule="police_check", by="started")),
    ),
    Indicator(
        code="LAW-18",
        title="保护令期内回访率",
        unit="%",
        rule="按期完成的回访 ÷ 本期到期的回访",
        clause=_FOLLOW,
        measure=OnTime(of=Clocks(rule="follow_up", by="due")),
    ),
    Indicator(
        code="LAW-19a",
        title="保护令违反率",
        unit="%",
        rule="本期登记过违反情况的保护令 ÷ 本期任一时点生效（自首次送达至办结）的保护令",
        clause=_ISSUE,
        measure=Among(stock=_IN_FORCE, having=_BREACHES),
    ),
    Indicator(
        code="LAW-19b",
        title="违反保护令法院处理率",
        unit="%",
        rule="法院已作出处理的违反情况 ÷ 本期登记的违反情况",
        clause=_ISSUE,
        measure=MetWith(
            of=Clocks(rule="breach_handled", by="started"), outcomes=frozenset(CourtResult)
        ),
    ),
    Indicator(
        code="LAW-19c",
        title="违反保护令按时出警处置率",
        unit="%",
        rule="24小时内出警处置的违反情况 ÷ 本期登记的违反情况",
        clause=_ISSUE,
        measure=OnTime(of=Clocks(rule="breach_attended", by="started")),
    ),
    Indicator(
        code="LAW-20a",
        title="保护令延长数",
        unit="件",
        rule="本期裁定延长的保护令数",
        clause=_ISSUE,
        measure=Count(of=_events("change_order", Change.EXTENDED)),
    ),
    Indicator(
        code="LAW-20b",
        title="保护令变更数",
        unit="件",
        rule="本期裁定变更的保护令数",
        clause=_ISSUE,
        measure=Count(of=_events("change_order", Change.VARIED)),
    ),
    Indicator(
        code="LAW-20c",
        title="保护令撤销数",
        unit="件",
        rule="本期裁定撤销的保护令数",
        clause=_ISSUE,
        measure=Count(of=_events("revoke_order")),
    ),
    Indicator(
        code="LAW-21a",
        title="代为申请占比",
        unit="%",
        rule="本期提出的申请中代为提出的 ÷ 本期提出的申请",
        clause=_ISSUE,
        measure=Share(part=_events("file", *PROXIES), whole=_FILED),
    ),
    *_PROXY_SHARES,
)
