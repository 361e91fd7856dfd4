"""The clocks of mediation: what the law sets, and what 及时 is taken to mean."""

from app.kinds.base import AtValidUntil, DeadlineRule, Steps
from app.kinds.forms import when
from app.kinds.mediation import terms
from app.kinds.mediation.choices import CourtProcedure, Progress, Receipt, Side, UnsafeSign
from app.roles import Role

_CONCLUDED = frozenset({"reach_agreement", "fail"})
_ENDED = frozenset({"terminate", "decline", "divert"})
_AGREEMENT_GONE = frozenset({"terminate", "divert", "hold_session"})
"""What the court does not confirm is mediated anew, or ends (调解法 33)."""


def _conclusion(name: str, title: str, procedure: CourtProcedure, basis: str) -> DeadlineRule:
    return DeadlineRule(
        name=name,
        title=title,
        basis=basis,
        owner=Role.MEDIATOR,
        starts_on=frozenset({"accept"}),
        only_if=when("court_procedure", procedure),
        met_by=_CONCLUDED,
        drops_on=_ENDED | {"extend_time"},
        due=terms.CONCLUSION[procedure],
        remind_days=(3, 1),
    )


DEADLINES = (
    DeadlineRule(
        name="opening_danger",
        title="现场危险：报告公安机关",
        basis="调解法 25；粤办法 17",
        owner=Role.MEDIATOR,
        starts_on=frozenset({"opened"}),
        only_if=when("immediate_danger", True),
        met_by=frozenset({"report_risk", "divert"}),
        alert=terms.AT_ONCE,
        due=terms.WITHIN_A_DAY,
    ),
    DeadlineRule(
        name="taking_up",
        title="接手纠纷",
        basis="设计：调解法 17, 21",
        owner=Role.MEDIATOR,
        starts_on=frozenset({"opened"}),
        met_by=frozenset({"apply", "propose", "decline", "divert", "close"}),
        due=terms.TAKEN_UP,
    ),
    DeadlineRule(
        name="screening",
        title="分别筛查双方",
        basis="设计：妇联规程 8；调解法 21",
        owner=Role.MEDIATOR,
        starts_on=frozenset({"apply", "propose"}),
        met_by=frozenset({"screen_party"}),
        drops_on=frozenset({"divert"}),
        each=tuple(side.value for side in Side),
        each_field="party",
        due=terms.SCREENED,
    ),
    DeadlineRule(
        name="safety_response",
        title="不适合调解：报告并转办",
        basis="粤办法 17；妇联规程 11",
        owner=Role.MEDIATOR,
        starts_on=frozenset({"screen_party"}),
        only_if=when("unsafe_signs", *UnsafeSign),
        met_by=frozenset({"divert"}),
        alert=terms.AT_ONCE,
        due=terms.WITHIN_A_DAY,
        restarts=False,
    ),
    DeadlineRule(
        name="escalation_report",
        title="可能激化：报告",
        basis="调解法 25",
        owner=Role.MEDIATOR,
        starts_on=frozenset({"hold_session", "return_visit"}),
        only_if=when("may_escalate", True),
        met_by=frozenset({"report_escalation", "report_risk", "divert"}),
        alert=terms.AT_ONCE,
        due=terms.WITHIN_A_DAY,
        restarts=False,
    ),
    _conclusion("conclude", "一个月内调结", CourtProcedure.NONE, "司法部令75 33"),
    _conclusion(
        "conclude_prefiling", "委派调解期限", CourtProcedure.PREFILING, "特邀调解 27；在线调解 24"
    ),
    _conclusion(
        "conclude_ordinary",
        "委托调解期限（普通程序）",
        CourtProcedure.ORDINARY,
        "特邀调解 27；在线调解 24",
    ),
    _conclusion(
        "conclude_summary",
        "委托调解期限（简易程序）",
        CourtProcedure.SUMMARY,
        "特邀调解 27；在线调解 24",
    ),
    DeadlineRule(
        name="conclude_extended",
        title="双方同意延长的调解期限",
        basis="特邀调解 27；司法部令75 33",
        owner=Role.MEDIATOR,
        starts_on=frozenset({"extend_time"}),
        met_by=_CONCLUDED,
        drops_on=_ENDED,
        due=AtValidUntil(),
        remind_days=(3, 1),
    ),
    DeadlineRule(
        name="joint_application",
        title="共同申请司法确认",
        basis="调解法 33",
        owner=Role.MEDIATOR,
        starts_on=frozenset({"reach_agreement"}),
        only_if=when("wants_confirmation", True),
        met_by=frozenset({"file_confirmation"}),
        due=terms.JOINT_APPLICATION,
        remind_days=(10, 3),
    ),
    DeadlineRule(
        name="court_acceptance",
        title="法院决定是否受理司法确认",
        basis="法释5 4",
        owner=Role.COURT,
        starts_on=frozenset({"file_confirmation"}),
        met_by=frozenset({"receive_confirmation", "decide_confirmation"}),
        drops_on=frozenset({"withdraw_confirmation"}),
        due=terms.COURT_ACCEPTANCE,
    ),
    DeadlineRule(
        name="court_decision",
        title="法院作出是否确认的决定",
        basis="法释5 5",
        owner=Role.COURT,
        starts_on=frozenset({"receive_confirmation"}),
        only_if=when("decision", Receipt.ACCEPTED),
        met_by=frozenset({"decide_confirmation"}),
        drops_on=frozenset({"withdraw_confirmation"}),
        due=terms.COURT_DECISION,
        extended_by={"extend_confirmation": terms.COURT_DECISION_EXTENDED},
        remind_days=(3,),
    ),
    DeadlineRule(
        name="performance",
        title="协议履行期限",
        basis="调解法 29(三), 31",
        owner=Role.MEDIATOR,
        starts_on=frozenset({"reach_agreement"}),
        met_by=frozenset({"record_performance"}),
        met_if=when("progress", Progress.PERFORMED, Progress.BREACHED),
        drops_on=_AGREEMENT_GONE,
        due=AtValidUntil(),
        remind_days=(3,),
    ),
    DeadlineRule(
        name="return_visits",
        title="回访",
        basis="设计：调解法 31；妇联规程 13",
        owner=Role.MEDIATOR,
        starts_on=frozenset({"reach_agreement"}),
        met_by=frozenset({"return_visit"}),
        met_if=when("reached", True),
        drops_on=_AGREEMENT_GONE,
        due=terms.RETURN_VISITS[0],
        then=Steps(terms=terms.RETURN_VISITS[1:]),
    ),
    DeadlineRule(
        name="filing",
        title="立卷归档",
        basis="设计：调解法 27",
        owner=Role.MEDIATOR,
        starts_on=frozenset({"terminate", "divert"}),
        met_by=frozenset({"file_dossier"}),
        due=terms.FILED,
    ),
)
