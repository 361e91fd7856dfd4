"""The steps of leaving the shelter and of what follows."""

from app.kinds.base import Action, Branch, FreeBed, Notify
from app.kinds.forms import when
from app.kinds.shelter_placement import leaving, leaving_guards
from app.kinds.shelter_placement.actions import RECEIVERS
from app.roles import WOMEN_FED, Role

_INSIDE = frozenset({"admitted", "staying", "extended"})

DEPARTURE = (
    Action(
        name="apply_to_leave",
        title="离站申请",
        source=_INSIDE,
        target="leaving",
        by=RECEIVERS,
        basis="189号 三(三)",
        form=leaving.LeaveApplication,
        guards=(leaving_guards.adult_applies,),
        outcome="departure",
    ),
    Action(
        name="withdraw_leave",
        title="撤回离站",
        source=frozenset({"leaving"}),
        target="staying",
        by=RECEIVERS,
        basis="189号 二(二)",
        form=leaving.WithdrawLeave,
    ),
    Action(
        name="hand_over",
        title="接领交接",
        source=_INSIDE,
        target="leaving",
        by=RECEIVERS,
        basis="189号 三(三)(四)；反家暴法 21",
        form=leaving.HandOver,
        guards=(
            leaving_guards.only_those_in_care_are_handed_over,
            leaving_guards.receiver_is_not_the_perpetrator,
        ),
        outcome="receiver_kind",
    ),
    Action(
        name="hand_over_child",
        title="随行子女接领交接",
        source=_INSIDE | {"leaving"},
        target=None,
        by=RECEIVERS,
        basis="189号 一；三(三)(四)；反家暴法 21",
        form=leaving.ChildHandOver,
        guards=(leaving_guards.receiver_is_not_the_perpetrator,),
        outcome="receiver_kind",
    ),
    Action(
        name="leave",
        title="离站",
        source=_INSIDE | {"leaving"},
        target="left",
        by=RECEIVERS,
        basis="189号 三(三)；四(二)",
        form=leaving.Leaving,
        guards=(leaving_guards.leaving_is_prepared, leaving_guards.time_limit_is_reached),
        effects=(
            FreeBed(),
            Notify(
                to=(Role.POLICE, Role.CIVIL_AFFAIRS),
                text="有一名被庇护人未告知离站，请核查其安全",
                basis="设计",
                only_if=when("reason", leaving.LeaveReason.LEFT_WITHOUT_NOTICE),
            ),
            Notify(
                to=(Role.POLICE, Role.CIVIL_AFFAIRS),
                text="有一名被庇护人死亡，请依法处理",
                basis="设计",
                only_if=when("reason", leaving.LeaveReason.DEATH),
            ),
        ),
        outcome="reason",
        counted_from="left_at",
    ),
    Action(
        name="follow_up",
        title="离站后回访",
        source=frozenset({"left", "followed_up"}),
        target=Branch(
            "result",
            {
                "safe": "followed_up",
                "at_risk": "followed_up",
                "violence_again": "followed_up",
                "not_reached": "left",
            },
        ),
        by=RECEIVERS | WOMEN_FED | {Role.VILLAGE_COMMITTEE},
        basis="妇联规程 13；设计",
        form=leaving.FollowUp,
        effects=(
            Notify(
                to=(Role.POLICE, Role.WOMEN_FED_DISTRICT),
                text="有一名离站人员仍有危险，请处置",
                basis="妇联规程 11, 13；反家暴法 15",
                only_if=when(
                    "result",
                    leaving.FollowUpResult.AT_RISK,
                    leaving.FollowUpResult.VIOLENCE_AGAIN,
                ),
            ),
        ),
        counted_from="met_on",
    ),
    Action(
        name="close",
        title="结案",
        source=frozenset({"left", "followed_up"}),
        target="closed",
        by=RECEIVERS | {Role.WOMEN_FED_TOWN, Role.WOMEN_FED_DISTRICT},
        basis="妇联规程 14；设计",
        form=leaving.Close,
        guards=(leaving_guards.followed_up_before_closing,),
    ),
)
