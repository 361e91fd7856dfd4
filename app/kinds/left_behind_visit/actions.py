"""The steps from survey to exit."""

from app.kinds.base import ANYWHERE, Action
from app.kinds.left_behind_visit.forms import (
    CARE,
    DEFINITION,
    LEDGER,
    SURVEY,
    Absence,
    Enrolment,
    Exit,
    Grading,
    Ledger,
    Resumption,
    Resurvey,
    RuleOut,
    StatusCheck,
    Suspension,
)
from app.kinds.left_behind_visit.guards import (
    a_woman_in_the_village,
    back_for_three_months,
    break_under_three_months,
    consent_given,
    half_a_year_away,
    not_yet_half_a_year_away,
    priority_is_level_a,
    still_left_behind,
)
from app.roles import WOMEN_FED, Role

KEEPERS = frozenset({Role.WOMEN_FED_TOWN, Role.WOMEN_FED_DISTRICT, Role.CIVIL_AFFAIRS})
"""Who keeps the ledgers of district and town (规划 二(五)策12)."""

VILLAGE = frozenset({Role.VILLAGE_COMMITTEE, Role.WOMEN_FED_VILLAGE})
VISITORS = WOMEN_FED | VILLAGE | {Role.GRID_WORKER, Role.CIVIL_AFFAIRS}

BEFORE_ENROLMENT = frozenset({"surveyed", "candidate"})
ACTIVE = frozenset({"active"})
ENROLLED = frozenset({"active", "suspended"})

ENTERING = (
    Action(
        name="nominate",
        title="列为对象",
        source=frozenset({"surveyed"}),
        target="candidate",
        by=VILLAGE | KEEPERS,
        basis=SURVEY,
        form=Ledger,
    ),
    Action(
        name="rule_out",
        title="不符合条件",
        source=BEFORE_ENROLMENT,
        target="not_eligible",
        by=VILLAGE | KEEPERS,
        basis=DEFINITION,
        form=RuleOut,
        outcome="reason",
    ),
    Action(
        name="defer",
        title="未满半年，继续关注",
        source=frozenset({"candidate"}),
        target=None,
        by=VILLAGE | KEEPERS,
        basis=DEFINITION,
        form=Absence,
        guards=(a_woman_in_the_village, not_yet_half_a_year_away),
        counted_from="husband_away_since",
    ),
    Action(
        name="verify",
        title="核实符合条件",
        source=frozenset({"candidate"}),
        target="verified",
        by=VILLAGE | KEEPERS,
        basis=DEFINITION,
        form=Absence,
        guards=(a_woman_in_the_village, half_a_year_away),
    ),
    Action(
        name="enrol",
        title="建档定级",
        source=frozenset({"verified"}),
        target="active",
        by=KEEPERS,
        basis=LEDGER,
        form=Enrolment,
        guards=(consent_given, priority_is_level_a),
        outcome="level",
    ),
)

KEEPING = (
    Action(
        name="change_level",
        title="调整等级",
        source=ACTIVE,
        target=None,
        by=KEEPERS,
        basis=CARE,
        form=Grading,
        guards=(priority_is_level_a,),
        outcome="level",
    ),
    Action(
        name="check_status",
        title="复核仍符合条件",
        source=ACTIVE,
        target=None,
        by=VISITORS,
        basis=DEFINITION,
        form=StatusCheck,
        guards=(still_left_behind,),
    ),
    Action(
        name="resurvey",
        title="年度摸底",
        source=ENROLLED,
        target=None,
        by=VISITORS,
        basis=SURVEY,
        form=Resurvey,
    ),
    Action(
        name="update_ledger",
        title="更新台账",
        source=ANYWHERE,
        target=None,
        by=VILLAGE | KEEPERS,
        basis=LEDGER,
        form=Ledger,
    ),
    Action(
        name="suspend",
        title="暂停",
        source=ACTIVE,
        target="suspended",
        by=KEEPERS | {Role.WOMEN_FED_VILLAGE},
        basis=CARE,
        form=Suspension,
        guards=(break_under_three_months,),
        outcome="reason",
        counted_from="since",
    ),
    Action(
        name="resume",
        title="恢复",
        source=frozenset({"suspended"}),
        target="active",
        by=KEEPERS | {Role.WOMEN_FED_VILLAGE},
        basis=CARE,
        form=Resumption,
        guards=(break_under_three_months, priority_is_level_a),
        outcome="level",
    ),
    Action(
        name="exit",
        title="退出台账",
        source=ENROLLED | {"candidate", "verified"},
        target="exited",
        by=KEEPERS,
        basis=CARE,
        form=Exit,
        guards=(back_for_three_months,),
        outcome="reason",
    ),
)
