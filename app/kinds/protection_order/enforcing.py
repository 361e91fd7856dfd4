"""Steps of an order that was made: service, enforcement, change, end."""

from app.kinds.base import Action, Branch, Notify, Share
from app.kinds.forms import when
from app.kinds.protection_order import guards, order_guards
from app.kinds.protection_order.applying import COURT, HELPERS
from app.kinds.protection_order.closing import ChangeRequest, Closing, RenewalAsked, ReturnedForm
from app.kinds.protection_order.enforcement import (
    Breach,
    Compliance,
    CourtResponse,
    FollowUp,
    PoliceCheck,
    PoliceResponse,
    Progress,
    Recipient,
    Service,
)
from app.kinds.protection_order.history import ORDER
from app.kinds.protection_order.rulings import (
    Change,
    ChangedOrder,
    FurtherMeasures,
    Revocation,
    revoked_from,
    terms_hold_until,
)
from app.roles import WOMEN_FED, Role

POLICE = frozenset({Role.POLICE})
VISITORS = WOMEN_FED | {Role.VILLAGE_COMMITTEE, Role.SCHOOL}
ANSWERED = ORDER | {"revoked"}
"""A breach while the order stood is answered though it was revoked since (反家暴法 34)."""

_SERVED = (
    Notify(
        to=(Role.POLICE,),
        text="有一份人身安全保护令送达，请在24小时内核实被申请人情况并协助执行",
        basis="粤办法 33；10号 14、16",
        only_if=when("recipients", Recipient.POLICE_STATION),
    ),
    Notify(
        to=(Role.VILLAGE_COMMITTEE,),
        text="有一份人身安全保护令送达，请协助执行并定期回访",
        basis="反家暴法 32；10号 14、18",
        only_if=when("recipients", Recipient.VILLAGE_COMMITTEE),
    ),
    Notify(
        to=(Role.WOMEN_FED_TOWN,),
        text="有一份人身安全保护令送达，请协助执行并回访",
        basis="10号 14、18",
        only_if=when("recipients", Recipient.WOMEN_FED),
    ),
    Share(role=Role.SCHOOL, field="school_id", only_if=when("recipients", Recipient.SCHOOL)),
)

ENFORCING = (
    Action(
        name="serve",
        title="送达",
        source=frozenset({"granted"}),
        target=Branch("progress", {Progress.PARTIAL: "granted", Progress.COMPLETE: "served"}),
        by=COURT,
        basis="反家暴法 32；10号 14–16",
        form=Service,
        guards=(order_guards.service_stated_truly,),
        effects=_SERVED,
        counted_from="served_at",
    ),
    Action(
        name="serve_more",
        title="补充送达",
        source=frozenset({"served", "in_force"}),
        target=None,
        by=COURT,
        basis="反家暴法 32；10号 14–16",
        form=Service,
        guards=(order_guards.service_stated_truly,),
        effects=_SERVED,
        counted_from="served_at",
    ),
    Action(
        name="serve_ruling",
        title="送达驳回、撤销裁定",
        source=frozenset({"dismissed", "revoked"}),
        target=None,
        by=COURT,
        basis="反家暴法 31、32",
        form=Service,
        guards=(order_guards.service_stated_truly,),
        counted_from="served_at",
    ),
    Action(
        name="police_check",
        title="核实被申请人并告知",
        source=ORDER,
        target="in_force",
        by=POLICE,
        basis="粤办法 33；10号 17",
        form=PoliceCheck,
        guards=(order_guards.police_served,),
        outcome="told",
        counted_from="checked_at",
    ),
    Action(
        name="follow_up",
        title="回访",
        source=ORDER,
        target=None,
        by=VISITORS,
        basis="10号 18；妇联规程 13",
        form=FollowUp,
        effects=(
            Notify(
                to=(Role.POLICE, Role.WOMEN_FED_TOWN),
                text="回访发现保护令可能未被遵守，请核查并登记违反情况",
                basis="10号 18；粤办法 33",
                only_if=when("compliance", Compliance.BREACHED),
            ),
        ),
        outcome="compliance",
        counted_from="visited_on",
    ),
    Action(
        name="report_breach",
        title="登记违反保护令",
        source=ANSWERED,
        target=None,
        by=HELPERS | COURT | {Role.SCHOOL},
        basis="反家暴法 34；粤办法 33；10号 17、18",
        form=Breach,
        guards=(order_guards.breached_while_valid,),
        effects=(
            Notify(
                to=(Role.POLICE, Role.COURT),
                text="有被申请人违反人身安全保护令，请立即处置",
                basis="反家暴法 34；粤办法 33；10号 17、18",
            ),
            Notify(
                to=(Role.WOMEN_FED_TOWN,),
                text="有被申请人违反人身安全保护令，请评估申请人安全",
                basis="10号 18；妇联规程 9–11",
            ),
        ),
    ),
    Action(
        name="police_response",
        title="公安处置违反",
        source=ANSWERED,
        target=None,
        by=POLICE,
        basis="粤办法 33；10号 17",
        form=PoliceResponse,
        guards=(order_guards.breach_recorded,),
        effects=(
            Notify(
                to=(Role.COURT,),
                text="公安通报一起违反人身安全保护令的处置情况",
                basis="粤办法 33；10号 17",
            ),
        ),
        outcome="result",
        counted_from="arrived_at",
    ),
    Action(
        name="court_response",
        title="法院处理违反",
        source=ANSWERED,
        target=None,
        by=COURT,
        basis="反家暴法 34；10号 15；法释17 12",
        form=CourtResponse,
        guards=(order_guards.breach_recorded,),
        outcome="result",
        counted_from="dealt_at",
    ),
)

CHANGING = (
    Action(
        name="add_measures",
        title="分批作出措施",
        source=ORDER,
        target="granted",
        by=COURT,
        basis="粤办法 32",
        form=FurtherMeasures,
        guards=(guards.terms_within_six_months,),
        counted_from="made_at",
        valid_until=terms_hold_until,
    ),
    Action(
        name="ask_renewal",
        title="征询是否延长",
        source=ORDER,
        target=None,
        by=VISITORS | {Role.LEGAL_AID},
        basis="反家暴法 30；10号 3",
        form=RenewalAsked,
        outcome="answer",
        counted_from="asked_at",
    ),
    Action(
        name="request_change",
        title="申请撤销、变更、延长",
        source=ORDER,
        target=None,
        by=HELPERS | COURT,
        basis="反家暴法 30",
        form=ChangeRequest,
        guards=(guards.her_own_wish, order_guards.before_expiry),
        effects=(
            Notify(to=(Role.COURT,), text="有保护令变更申请，请在失效前裁定", basis="反家暴法 30"),
        ),
        outcome="item",
        counted_from="applied_at",
    ),
    Action(
        name="change_order",
        title="裁定变更、延长",
        source=ORDER,
        target=Branch("result", dict.fromkeys(Change, "granted")),
        by=COURT,
        basis="反家暴法 30、31",
        form=ChangedOrder,
        guards=(order_guards.requested, guards.terms_within_six_months),
        counted_from="made_at",
        valid_until=terms_hold_until,
    ),
    Action(
        name="revoke_order",
        title="裁定撤销",
        source=ORDER,
        target="revoked",
        by=COURT,
        basis="反家暴法 30、31",
        form=Revocation,
        guards=(order_guards.requested,),
        effects=(
            Notify(
                to=(Role.WOMEN_FED_TOWN, Role.VILLAGE_COMMITTEE, Role.POLICE),
                text="有一份人身安全保护令已撤销，请评估申请人安全",
                basis="反家暴法 30；10号 3",
            ),
        ),
        outcome="ground",
        counted_from="made_at",
        valid_until=revoked_from,
    ),
    Action(
        name="return_form",
        title="回访单反馈法院",
        source=ORDER | {"revoked"},
        target=None,
        by=VISITORS,
        basis="10号 18",
        form=ReturnedForm,
        guards=(order_guards.order_over,),
        effects=(Notify(to=(Role.COURT,), text="有保护令回访单反馈", basis="10号 18"),),
        outcome="signed",
        counted_from="returned_on",
    ),
    Action(
        name="close",
        title="办结",
        source=ORDER | {"revoked", "dismissed"},
        target="closed",
        by=WOMEN_FED | COURT,
        basis="反家暴法 30、31；10号 18；保护令业务标准",
        form=Closing,
        guards=(order_guards.reason_holds,),
        outcome="reason",
    ),
)
