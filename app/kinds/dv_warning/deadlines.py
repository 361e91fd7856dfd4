"""The clocks of a warning. Guangdong's term alerts, the nation's is breached (粤 against 国)."""

from app.clock import Days, Hours, Months
from app.kinds.base import OPENED, DeadlineRule, Every
from app.kinds.dv_warning.monitoring import Education, VisitOutcome
from app.kinds.dv_warning.words import Recipient
from app.kinds.forms import when
from app.roles import Role

_GONE = frozenset({"transfer_out", "close_party_died"})
_OTHER_DECISIONS = frozenset({"criticise", "record_penalty", "open_criminal", "not_establish"})
_REACHED = frozenset({VisitOutcome.NONE, VisitOutcome.SUSPECTED, VisitOutcome.CONFIRMED})

DEADLINES = (
    DeadlineRule(
        name="acceptance",
        title="接报后受理出警",
        basis="反家暴法 15；粤办法 23（及时）",
        owner=Role.POLICE,
        starts_on=frozenset({OPENED}),
        met_by=frozenset({"accept", "not_establish"}),
        alert=Hours(1, source="设计：反家暴法 15“及时”", region="区"),
        due=Hours(24, source="设计：反家暴法 15“及时”", region="区"),
        drops_on=_GONE,
    ),
    DeadlineRule(
        name="warning",
        title="出具告诫书",
        basis="粤办法 26；34号 8",
        owner=Role.POLICE,
        starts_on=frozenset({"accept"}),
        met_by=frozenset({"issue_warning"}),
        alert=Hours(24, source="粤办法 26", region="粤"),
        due=Hours(72, source="34号 8"),
        drops_on=_OTHER_DECISIONS | _GONE,
    ),
    DeadlineRule(
        name="delivery",
        title="送交告诫书",
        basis="反家暴法 17；34号 10",
        owner=Role.POLICE,
        starts_on=frozenset({"issue_warning"}),
        met_by=frozenset({"deliver_warning"}),
        due=Hours(24, source="设计", region="区"),
        drops_on=frozenset({"record_penalty", "open_criminal", "revoke_warning"}) | _GONE,
    ),
    DeadlineRule(
        name="victim_copy",
        title="将告诫书交受害人",
        basis="反家暴法 17；粤办法 27；34号 9",
        owner=Role.POLICE,
        starts_on=frozenset({"deliver_warning"}),
        only_if=when("victim_copy", False),
        met_by=frozenset({"give_victim_copy"}),
        due=Hours(24, source="设计", region="区"),
    ),
    DeadlineRule(
        name="notice",
        title="通知有关单位",
        basis="反家暴法 17；粤办法 27；34号 11（及时）",
        owner=Role.POLICE,
        starts_on=frozenset({"deliver_warning"}),
        met_by=frozenset({"record_notice"}),
        due=Hours(24, source="设计：34号 11“及时”", region="区"),
        each=tuple(recipient.value for recipient in Recipient),
        each_field="recipients",
    ),
    DeadlineRule(
        name="visit",
        title="查访",
        basis="反家暴法 17；粤办法 28；34号 12",
        owner=Role.POLICE,
        starts_on=frozenset({"deliver_warning"}),
        met_by=frozenset({"record_visit"}),
        met_if=when("outcome", *_REACHED),
        due=Days(7, source="34号 12", rolls=False),
        remind_days=(2,),
        then=Every(
            term=Months(3, source="34号 12", rolls=False),
            stop_after=3,
            clean=frozenset({VisitOutcome.NONE.value}),
        ),
        drops_on=frozenset(
            {
                "confirm_no_recurrence",
                "issue_warning",
                "record_penalty",
                "open_criminal",
                "revoke_warning",
            }
        )
        | _GONE,
    ),
    DeadlineRule(
        name="recurrence_check",
        title="核实再次施暴的反映",
        basis="粤办法 28",
        owner=Role.POLICE,
        starts_on=frozenset({"record_visit", "record_extra_visit", "report_recurrence"}),
        only_if=when("outcome", "suspected", "confirmed"),
        met_by=frozenset({"record_recurrence", "dismiss_recurrence"}),
        alert=Hours(1, source="设计：反家暴法 15“及时”", region="区"),
        due=Hours(24, source="设计：粤办法 28“及时”", region="区"),
        restarts=False,
    ),
    DeadlineRule(
        name="recurrence_decision",
        title="对再次施暴作出处理",
        basis="粤办法 28；34号 12, 20",
        owner=Role.POLICE,
        starts_on=frozenset({"record_recurrence"}),
        met_by=frozenset(
            {"record_penalty", "open_criminal", "issue_warning", "dismiss_recurrence"}
        ),
        alert=Hours(24, source="设计：粤办法 26", region="区"),
        due=Hours(72, source="设计：34号 8", region="区"),
        restarts=False,
    ),
    DeadlineRule(
        name="inform_of_order",
        title="告知可申请保护令",
        basis="粤办法 23(五)；10号 13；34号 15",
        owner=Role.POLICE,
        starts_on=frozenset({OPENED}),
        met_by=frozenset({"inform_of_order"}),
        met_if=when("rights", "protection_order"),
        alert=Hours(24, source="设计：10号 13“主动告知”", region="区"),
        due=Hours(72, source="设计：10号 13“主动告知”", region="区"),
        drops_on=frozenset({"not_establish"}) | _GONE,
        outlives_case=True,
    ),
    DeadlineRule(
        name="child_assessment",
        title="对受害、目睹的未成年人心理评估、辅导",
        basis="34号 19；粤办法 50",
        owner=Role.WOMEN_FED_TOWN,
        starts_on=frozenset({OPENED}),
        only_if=when("children_present", True),
        met_by=frozenset({"record_education"}),
        met_if=when("kind", Education.CHILD_COUNSELLING),
        due=Days(30, source="设计：34号 19", region="区", rolls=False),
        remind_days=(7,),
        drops_on=frozenset({"not_establish"}) | _GONE,
        outlives_case=True,
    ),
    DeadlineRule(
        name="education",
        title="对加害人法治教育、矫治",
        basis="反家暴法 22；34号 19",
        owner=Role.WOMEN_FED_TOWN,
        starts_on=frozenset({"issue_warning", "record_penalty"}),
        met_by=frozenset({"record_education"}),
        met_if=when(
            "kind",
            Education.LEGAL_EDUCATION,
            Education.PROGRAMME,
            Education.PERPETRATOR_COUNSELLING,
            Education.FAMILY_EDUCATION,
        ),
        due=Days(90, source="设计", region="区"),
        drops_on=frozenset({"revoke_warning"}) | _GONE,
        restarts=False,
        outlives_case=True,
    ),
)
