"""The steps of mediation, in the order of 人民调解法 chapters four and five."""

from app.kinds.base import Action, Notify, OpenLinked
from app.kinds.forms import when
from app.kinds.guards import entered_once
from app.kinds.mediation import agreement_forms, agreement_guards, ending_forms, forms, guards
from app.kinds.mediation.agreement_actions import AFTER_AGREEMENT, AGREED, HANDLE, MEDIATE
from app.kinds.mediation.choices import DivertReason, ReportedTo, Victim
from app.kinds.people import PartyRole
from app.roles import Role

UNACCEPTED = frozenset({"discovered", "applied", "proposed", "screened"})
MEDIATING = frozenset({"accepted", "investigating", "in_session", "escalation_reported"})


def _linked(victim: Victim, people: dict[PartyRole, str]) -> OpenLinked:
    return OpenLinked(
        kind="dv_warning",
        why="调解中发现家庭暴力，不适合调解",
        basis="粤办法 17, 20；妇联规程 11",
        carry={"immediate_danger": "immediate_danger", "what_happened": "account"},
        fixed={"channel": "referral", "reporter": "mediation"},
        people=people,
        only_if=when("victim", victim),
    )


_TELL_POLICE = (
    Notify(
        to=(Role.POLICE,),
        text="有一件家庭纠纷可能激化，请立即与当地调解组织联系",
        basis="调解法 25",
        only_if=when("reported_to", ReportedTo.POLICE),
    ),
)

BEFORE_ACCEPTANCE = (
    Action(
        name="apply",
        title="当事人申请",
        source=frozenset({"discovered", "proposed"}),
        target="applied",
        by=HANDLE,
        basis="调解法 17",
        form=forms.Application,
        guards=(entered_once, guards.freely_given),
        outcome="applicant",
    ),
    Action(
        name="propose",
        title="主动调解",
        source=frozenset({"discovered"}),
        target="proposed",
        by=HANDLE,
        basis="调解法 17",
        form=forms.Proposal,
        guards=(entered_once,),
    ),
    Action(
        name="screen_party",
        title="安全筛查（分别进行）",
        source=frozenset({"applied", "proposed", "screened"}),
        target="screened",
        by=HANDLE,
        basis="设计：粤办法 17；妇联规程 8, 11",
        form=forms.Screening,
        guards=(guards.screened_apart,),
        outcome="finding",
    ),
    Action(
        name="accept",
        title="受理",
        source=frozenset({"screened"}),
        target="accepted",
        by=MEDIATE,
        basis="调解法 17, 19, 23, 24",
        form=forms.Acceptance,
        guards=(
            guards.not_too_dangerous,
            guards.screened_both,
            guards.danger_assessed,
            guards.both_willing,
            guards.rights_told,
        ),
        outcome="court_procedure",
        counted_from="accepted_on",
    ),
    Action(
        name="decline",
        title="不予调解",
        source=UNACCEPTED | {"accepted"},
        target="declined",
        by=HANDLE,
        basis="调解法 17, 3(三)",
        form=ending_forms.Refused,
        guards=(guards.danger_not_left_alone,),
    ),
    Action(
        name="divert",
        title="转办",
        source=UNACCEPTED | MEDIATING | {"failed", "not_confirmed"},
        target="diverted",
        by=HANDLE,
        basis="粤办法 17；妇联规程 10, 11；调解法 17, 25",
        form=ending_forms.Diversion,
        guards=(guards.danger_reported,),
        effects=(
            Notify(
                to=(Role.POLICE, Role.WOMEN_FED_TOWN, Role.WOMEN_FED_DISTRICT),
                text="有一件家庭纠纷不适合调解，已转为新的报告，请查看",
                basis="粤办法 17；妇联规程 11",
                only_if=when("reason", DivertReason.DANGER),
            ),
            _linked(
                Victim.PARTY_A,
                {PartyRole.PARTY_A: "victim", PartyRole.PARTY_B: "perpetrator"},
            ),
            _linked(
                Victim.PARTY_B,
                {PartyRole.PARTY_B: "victim", PartyRole.PARTY_A: "perpetrator"},
            ),
            _linked(Victim.CHILD, {PartyRole.CHILD: "victim"}),
        ),
        outcome="reason",
    ),
    Action(
        name="close",
        title="未受理结案",
        source=UNACCEPTED,
        target="closed",
        by=HANDLE,
        basis="调解法 17, 23(二)；设计",
        form=ending_forms.EarlyClosing,
        guards=(guards.danger_not_left_alone,),
        outcome="reason",
    ),
    Action(
        name="report_risk",
        title="报告危险",
        source=UNACCEPTED | AGREED | {"diverted"},
        target=None,
        by=HANDLE | {Role.VILLAGE_COMMITTEE},
        basis="调解法 25；粤办法 17",
        form=ending_forms.RiskReport,
        effects=_TELL_POLICE,
        outcome="reported_to",
    ),
)

MEDIATION = (
    Action(
        name="investigate",
        title="调查",
        source=frozenset({"accepted", "investigating"}),
        target="investigating",
        by=MEDIATE,
        basis="调解法 21, 27",
        form=forms.Investigation,
        guards=(guards.not_too_dangerous,),
    ),
    Action(
        name="hold_session",
        title="调解",
        source=MEDIATING | {"not_confirmed"},
        target="in_session",
        by=MEDIATE,
        basis="调解法 20–22, 27, 33",
        form=forms.Session,
        guards=(guards.not_too_dangerous, guards.invited_with_consent),
        outcome="manner",
    ),
    Action(
        name="report_escalation",
        title="报告可能激化",
        source=MEDIATING,
        target="escalation_reported",
        by=HANDLE,
        basis="调解法 25；粤办法 17",
        form=ending_forms.RiskReport,
        effects=_TELL_POLICE,
        outcome="reported_to",
    ),
    Action(
        name="extend_time",
        title="延长调解期限",
        source=MEDIATING,
        target=None,
        by=MEDIATE,
        basis="特邀调解 27；司法部令75 33",
        form=ending_forms.Extension,
        guards=(guards.extended_in_time,),
        valid_until=ending_forms.extended_until,
    ),
    Action(
        name="reach_agreement",
        title="达成协议",
        source=frozenset({"in_session"}),
        target="agreed",
        by=MEDIATE,
        basis="调解法 28–31",
        form=agreement_forms.Agreement,
        guards=(
            guards.not_too_dangerous,
            guards.danger_assessed,
            guards.freely_given,
            agreement_guards.in_effect,
        ),
        outcome="agreement_form",
        counted_from="effective_on",
        valid_until=agreement_forms.performs_until,
    ),
    Action(
        name="fail",
        title="调解不成",
        source=MEDIATING,
        target="failed",
        by=MEDIATE,
        basis="调解法 26",
        form=ending_forms.Failure,
        guards=(guards.danger_not_left_alone,),
    ),
    Action(
        name="terminate",
        title="终止调解并告知其他途径",
        source=MEDIATING | {"failed", "not_confirmed"},
        target="terminated",
        by=MEDIATE,
        basis="调解法 23(二), 26, 33",
        form=ending_forms.Termination,
        guards=(guards.danger_not_left_alone,),
        outcome="cause",
        counted_from="told_on",
    ),
)

ACTIONS = BEFORE_ACCEPTANCE + MEDIATION + AFTER_AGREEMENT
