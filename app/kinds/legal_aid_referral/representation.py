"""The steps of legal aid once somebody represents her, to the end of the case."""

from app.kinds.base import Action
from app.kinds.legal_aid_referral import ending, guards, handling
from app.kinds.legal_aid_referral.actions import CENTRE, FOR_HER, RUNNING
from app.roles import Role

REPRESENTATION = (
    Action(
        name="meet_client",
        title="会见受援人",
        source=frozenset({"assigned"}),
        target="in_progress",
        by=CENTRE,
        basis="法援法 46；司公通〔2020〕12号 6",
        form=handling.FirstMeeting,
        guards=(guards.minor_is_met_with_guardian,),
        counted_from="met_on",
    ),
    Action(
        name="report_progress",
        title="通报办理情况",
        source=frozenset({"in_progress"}),
        target=None,
        by=CENTRE,
        basis="法援法 46",
        form=handling.Progress,
    ),
    Action(
        name="terminate",
        title="终止法律援助",
        source=RUNNING | {"provisional"},
        target="terminated",
        by=CENTRE,
        basis="法援法 48",
        form=ending.Termination,
        guards=(guards.means_do_not_terminate,),
        outcome="ground",
        counted_from="decided_on",
    ),
    Action(
        name="complete",
        title="办结",
        source=frozenset({"in_progress"}),
        target="completed",
        by=CENTRE,
        basis="法援法 50",
        form=ending.Completion,
        outcome="result",
        amount="gained",
        counted_from="finished_on",
    ),
    Action(
        name="file_papers",
        title="结案归档",
        source=frozenset({"completed", "reviewed"}),
        target=None,
        by=CENTRE,
        basis="法援法 50, 52；司法部令148",
        form=ending.Papers,
        amount="subsidy",
        counted_from="filed_on",
    ),
    Action(
        name="review",
        title="质量评查与回访",
        source=frozenset({"completed"}),
        target="reviewed",
        by=CENTRE | {Role.JUSTICE_BUREAU},
        basis="法援法 57, 59",
        form=ending.Review,
        outcome="satisfaction",
    ),
    Action(
        name="close",
        title="结案",
        source=frozenset({"rejected", "maintained", "terminated", "reviewed"}),
        target="closed",
        by=FOR_HER,
        basis="设计",
        form=ending.Close,
        guards=(guards.papers_are_filed,),
    ),
)
