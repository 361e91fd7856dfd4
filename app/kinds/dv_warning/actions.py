"""The states of a warning and all its steps, from acceptance to the end."""

from app.kinds.base import ANYWHERE, Action, Notify
from app.kinds.dv_warning import guards, monitoring, visit_guards
from app.kinds.dv_warning.deciding import DECIDING, DELIVERING, POLICE, SUPERVISED
from app.kinds.forms import when
from app.roles import WOMEN_FED, Role

CARERS = WOMEN_FED | {Role.POLICE, Role.VILLAGE_COMMITTEE}
HOLDERS = frozenset(
    {Role.COURT, Role.SHELTER, Role.LEGAL_AID, Role.MEDIATOR, Role.HOSPITAL, Role.SCHOOL}
)
"""They see a case only if they told of it, or it was given to them."""

STATES = {
    "reported": "已接报，待受理",
    "accepted": "已受理，待决定",
    "criticised": "已批评教育",
    "warned": "已出具告诫书，待送交",
    "monitoring": "已送交，查访监督中",
    "recurred": "再次施暴，待处理",
    "closed_no_recurrence": "未再施暴，查访结束",
    "punished": "已治安处罚",
    "criminal": "已刑事立案",
    "not_established": "不予认定",
    "transferred": "已移送区外",
    "revoked": "告诫书已撤销",
    "closed_party_died": "当事人死亡，结案",
}
FINAL = frozenset(STATES) - {"reported", "accepted", "warned", "monitoring", "recurred"}

_VIOLENCE = when("outcome", "suspected", "confirmed")


def _ask_police(text: str) -> Notify:
    return Notify(to=(Role.POLICE,), text=text, basis="粤办法 28", only_if=_VIOLENCE)


MONITORING = (
    Action(
        name="record_visit",
        title="登记定期查访",
        source=SUPERVISED,
        target=None,
        by=POLICE | {Role.VILLAGE_COMMITTEE},
        basis="反家暴法 17；粤办法 28；34号 12",
        form=monitoring.Visit,
        guards=(visit_guards.first_visit_by_police, visit_guards.rounds_lie_apart),
        effects=(_ask_police("查访有新的情况，请立即核实处理"),),
        outcome="outcome",
        counted_from="visited_at",
    ),
    Action(
        name="record_extra_visit",
        title="登记加访",
        source=SUPERVISED,
        target=None,
        by=CARERS,
        basis="粤办法 28；34号 12；妇联规程 13",
        form=monitoring.Visit,
        effects=(_ask_police("查访有新的情况，请立即核实处理"),),
        outcome="outcome",
        counted_from="visited_at",
    ),
    Action(
        name="report_recurrence",
        title="反映再次施暴",
        source=SUPERVISED,
        target=None,
        by=CARERS,
        basis="粤办法 28",
        form=monitoring.ReportedRecurrence,
        effects=(_ask_police("有一件紧急情况反映，请立即处置"),),
        outcome="outcome",
        counted_from="discovered_at",
    ),
    Action(
        name="record_recurrence",
        title="认定再次施暴",
        source=SUPERVISED,
        target="recurred",
        by=POLICE,
        basis="粤办法 28；34号 12, 20",
        form=monitoring.Recurrence,
        effects=(
            Notify(
                to=(Role.WOMEN_FED_TOWN, Role.VILLAGE_COMMITTEE),
                text="查访对象有新的情况，请重新评估危险程度并配合公安机关",
                basis="妇联规程 8, 11；34号 12",
            ),
        ),
        counted_from="discovered_at",
    ),
    Action(
        name="dismiss_recurrence",
        title="不能认定再次施暴",
        source=SUPERVISED,
        target="monitoring",
        by=POLICE,
        basis="34号 3；设计",
        form=monitoring.Dismissal,
    ),
    Action(
        name="confirm_no_recurrence",
        title="确认未再施暴，结束查访",
        source=frozenset({"monitoring"}),
        target="closed_no_recurrence",
        by=POLICE,
        basis="34号 12",
        form=monitoring.NoRecurrence,
        guards=(visit_guards.three_clean_visits, visit_guards.sightings_are_settled),
    ),
)

HELPING = (
    Action(
        name="record_education",
        title="登记法治教育、辅导与矫治",
        source=frozenset(
            {
                "criticised",
                "warned",
                "monitoring",
                "recurred",
                "closed_no_recurrence",
                "punished",
                "criminal",
            }
        ),
        target=None,
        by=CARERS,
        basis="反家暴法 5, 22；34号 18, 19",
        form=monitoring.EducationRecord,
        outcome="kind",
        counted_from="held_on",
    ),
    Action(
        name="inform_of_order",
        title="告知可申请保护令等权利",
        source=frozenset(STATES) - {"transferred", "closed_party_died"},
        target=None,
        by=CARERS | HOLDERS,
        basis="粤办法 23(五)；10号 13；34号 15",
        form=monitoring.Informed,
        outcome="manner",
        counted_from="told_at",
    ),
)

LEAVING = (
    Action(
        name="transfer_out",
        title="移送区外",
        source=ANYWHERE,
        target="transferred",
        by=POLICE,
        basis="粤办法 20",
        form=monitoring.TransferOut,
        guards=(guards.received_elsewhere,),
        outcome="reason",
    ),
    Action(
        name="close_party_died",
        title="当事人死亡，结案",
        source=ANYWHERE,
        target="closed_party_died",
        by=POLICE,
        basis="设计",
        form=monitoring.PartyDied,
        guards=(guards.death_is_cleared,),
    ),
)

ACTIONS = (*DECIDING, *DELIVERING, *MONITORING, *HELPING, *LEAVING)
