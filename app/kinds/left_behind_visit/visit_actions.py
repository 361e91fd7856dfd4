"""The steps of a visit, and what is done for the needs it finds."""

from app.kinds.base import Action, Notify, OpenLinked
from app.kinds.forms import when
from app.kinds.left_behind_visit.actions import ENROLLED, KEEPERS, VISITORS
from app.kinds.left_behind_visit.choices import MissReason
from app.kinds.left_behind_visit.forms import CARE, RELIEF, SUPPORT
from app.kinds.left_behind_visit.guards import need_was_raised, planned_ahead, relief_was_referred
from app.kinds.left_behind_visit.visit_forms import (
    SUSPECTED,
    Miss,
    NeedResolved,
    Plan,
    RaisedNeeds,
    ReliefOutcome,
    Visit,
)
from app.kinds.people import PartyRole
from app.roles import Role

VISITING = (
    Action(
        name="plan_visit",
        title="约定探访",
        source=ENROLLED,
        target=None,
        by=VISITORS,
        basis=CARE,
        form=Plan,
        guards=(planned_ahead,),
        counted_from="planned_on",
        ahead=True,
    ),
    Action(
        name="miss_visit",
        title="未能探访、改期",
        source=ENROLLED,
        target=None,
        by=VISITORS,
        basis=CARE,
        form=Miss,
        guards=(planned_ahead,),
        effects=(
            Notify(
                to=(Role.WOMEN_FED_TOWN,),
                text="有一次探访未能见到本人，请关注",
                basis="设计",
                only_if=when("reason", MissReason.PREVENTED),
            ),
        ),
        outcome="reason",
        counted_from="planned_on",
        ahead=True,
    ),
    Action(
        name="record_visit",
        title="探访登记",
        source=ENROLLED,
        target=None,
        by=VISITORS,
        basis=CARE,
        form=Visit,
        effects=(
            OpenLinked(
                kind="dv_warning",
                why="探访中发现疑似家庭暴力",
                basis="粤办法 18, 22；反家暴法 14",
                carry={
                    "immediate_danger": "immediate_danger",
                    "what_happened": "what_happened",
                },
                fixed={"channel": "patrol"},
                people={PartyRole.LEFT_BEHIND_WOMAN: "victim"},
                only_if=SUSPECTED,
            ),
            Notify(
                to=(Role.WOMEN_FED_TOWN,),
                text="有一次探访需要立即关注",
                basis="粤办法 18",
                only_if=SUSPECTED,
            ),
        ),
        outcome="finding",
    ),
    Action(
        name="raise_need",
        title="登记需求",
        source=ENROLLED,
        target=None,
        by=VISITORS,
        basis=SUPPORT,
        form=RaisedNeeds,
    ),
    Action(
        name="resolve_need",
        title="落实需求",
        source=ENROLLED,
        target=None,
        by=VISITORS,
        basis=SUPPORT,
        form=NeedResolved,
        guards=(need_was_raised,),
        outcome="result",
    ),
    Action(
        name="record_relief",
        title="登记救助结果",
        source=ENROLLED,
        target=None,
        by=KEEPERS | {Role.WOMEN_FED_VILLAGE},
        basis=RELIEF,
        form=ReliefOutcome,
        guards=(relief_was_referred,),
        outcome="result",
    ),
)
