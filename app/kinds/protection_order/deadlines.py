"""The clocks of a protection order."""

from app.clock import CourtHours, Days, Hours
from app.kinds.base import AtValidUntil, ByAnswer, DeadlineRule, Every
from app.kinds.forms import when
from app.kinds.instruments import Danger
from app.kinds.protection_order.application import Admission, Urgency
from app.kinds.protection_order.codes import Disposal, Measure
from app.kinds.protection_order.enforcement import MUST_SERVE, Contact, Progress, Recipient
from app.kinds.protection_order.order_guards import RECONSIDERATION
from app.kinds.protection_order.rulings import RulingGround
from app.roles import Role

_ORDERS = frozenset({"decide", "add_measures", "change_order"})
_WITH_MEASURES = when("measures", *Measure)
_SERVICE = frozenset({"serve", "serve_more"})
_REVOKED = frozenset({"revoke_order"})
_28 = "反家暴法 28"
_VISITS = "设计：10号 18“定期回访”，妇联规程 13"

DEADLINES = (
    DeadlineRule(
        name="ruling",
        title="作出保护令或者驳回申请",
        basis=_28,
        owner=Role.COURT,
        starts_on=frozenset({"register"}),
        only_if=when("result", Admission.ACCEPTED),
        met_by=frozenset({"decide"}),
        alert=ByAnswer(
            "urgency", {Urgency.URGENT: Hours(24, source=_28)}, otherwise=Hours(72, source=_28)
        ),
        due=ByAnswer(
            "urgency",
            {Urgency.URGENT: CourtHours(24, source=_28)},
            otherwise=CourtHours(72, source=_28),
        ),
    ),
    DeadlineRule(
        name="service",
        title="送达保护令",
        basis="反家暴法 32；10号 14",
        owner=Role.COURT,
        starts_on=_ORDERS,
        only_if=_WITH_MEASURES,
        met_by=_SERVICE,
        drops_on=_REVOKED,
        alert=Hours(24, source="10号 14"),
        due=CourtHours(24, source="10号 14"),
        each=tuple(r.value for r in MUST_SERVE),
        each_field="recipients",
    ),
    DeadlineRule(
        name="service_complete",
        title="应送达对象全部送达",
        basis="反家暴法 32；10号 14",
        owner=Role.COURT,
        starts_on=_ORDERS,
        only_if=_WITH_MEASURES,
        met_by=_SERVICE,
        met_if=when("progress", Progress.COMPLETE),
        drops_on=_REVOKED,
        alert=Hours(24, source="10号 14"),
        due=CourtHours(24, source="10号 14"),
    ),
    DeadlineRule(
        name="police_check",
        title="核实被申请人情况并告知遵守",
        basis="粤办法 33",
        owner=Role.POLICE,
        starts_on=_SERVICE,
        only_if=when("recipients", Recipient.POLICE_STATION),
        met_by=frozenset({"police_check"}),
        drops_on=_REVOKED,
        due=Hours(24, source="粤办法 33", region="粤"),
    ),
    DeadlineRule(
        name="reconsideration",
        title="对驳回申请申请复议",
        basis="反家暴法 31",
        owner=Role.WOMEN_FED_TOWN,
        starts_on=frozenset({"decide"}),
        only_if=when("result", Disposal.DISMISSED),
        met_by=frozenset({"request_reconsideration", "close"}),
        due=RECONSIDERATION,
        remind_days=(2,),
    ),
    DeadlineRule(
        name="follow_up",
        title="保护令期内回访",
        basis="10号 18",
        owner=Role.VILLAGE_COMMITTEE,
        starts_on=frozenset({"decide", "change_order"}),
        only_if=_WITH_MEASURES,
        met_by=frozenset({"follow_up"}),
        met_if=when("contact", Contact.VISITED, Contact.PHONED),
        drops_on=_REVOKED,
        alert=Days(3, source=_VISITS, region="区", rolls=False),
        due=Days(7, source=_VISITS, region="区", rolls=False),
        then=Every(
            term=ByAnswer(
                "danger",
                {
                    Danger.HIGH: Days(7, source=_VISITS, region="区", rolls=False),
                    Danger.LOW: Days(60, source=_VISITS, region="区", rolls=False),
                },
                otherwise=Days(30, source=_VISITS, region="区", rolls=False),
            )
        ),
        restarts=False,
    ),
    DeadlineRule(
        name="renewal",
        title="期满前征询是否申请延长",
        basis="反家暴法 30",
        owner=Role.WOMEN_FED_TOWN,
        starts_on=_ORDERS,
        only_if=_WITH_MEASURES,
        met_by=frozenset({"ask_renewal", "request_change"}),
        drops_on=_REVOKED,
        due=AtValidUntil(),
        remind_days=(30, 14, 7),
    ),
    DeadlineRule(
        name="change_ruling",
        title="在保护令失效前就变更申请作出裁定",
        basis="反家暴法 30",
        owner=Role.COURT,
        starts_on=frozenset({"request_change"}),
        met_by=frozenset({"change_order", "revoke_order", "keep_ruling"}),
        met_if=when("ground", RulingGround.APPLICATION),
        drops_on=_REVOKED,
        due=AtValidUntil(),
        remind_days=(7, 3, 1),
    ),
    DeadlineRule(
        name="breach_attended",
        title="就违反保护令出警处置",
        basis="粤办法 33（及时）；10号 17",
        owner=Role.POLICE,
        starts_on=frozenset({"report_breach"}),
        met_by=frozenset({"police_response"}),
        alert=Hours(1, source="设计：粤办法 33“及时”", region="区"),
        due=Hours(24, source="设计：粤办法 33“及时”", region="区"),
        restarts=False,
    ),
    DeadlineRule(
        name="breach_handled",
        title="就违反保护令作出处理",
        basis="反家暴法 34；10号 15",
        owner=Role.COURT,
        starts_on=frozenset({"report_breach"}),
        met_by=frozenset({"court_response"}),
        alert=Days(3, source="设计：反家暴法 34", region="区"),
        due=Days(7, source="设计：反家暴法 34", region="区"),
        restarts=False,
    ),
)
