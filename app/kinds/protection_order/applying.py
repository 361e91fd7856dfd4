"""Steps up to the ruling, and against it."""

from app.kinds.base import Action, Branch, Notify, Share
from app.kinds.forms import when
from app.kinds.guards import entered_once
from app.kinds.protection_order import guards, order_guards
from app.kinds.protection_order.application import (
    Admission,
    Application,
    Draft,
    Registration,
    Withdrawal,
)
from app.kinds.protection_order.closing import ReconsiderationRequest
from app.kinds.protection_order.codes import Disposal
from app.kinds.protection_order.history import ORDER
from app.kinds.protection_order.rulings import Decision, Kept, decision_holds_until
from app.roles import WOMEN_FED, Role

COURT = frozenset({Role.COURT})
HELPERS = WOMEN_FED | {
    Role.POLICE,
    Role.VILLAGE_COMMITTEE,
    Role.CIVIL_AFFAIRS,
    Role.SHELTER,
    Role.LEGAL_AID,
}
"""Who stands by her: the proxies of the law, the shelter and legal aid."""

APPLYING = (
    Action(
        name="draft",
        title="准备申请",
        source=frozenset({"informed", "returned"}),
        target="drafting",
        by=HELPERS,
        basis="10号 2、3、13；34号 15；粤办法 23(五)",
        form=Draft,
        guards=(entered_once, guards.her_own_wish),
    ),
    Action(
        name="decline",
        title="不申请",
        source=frozenset({"informed", "drafting", "returned"}),
        target="not_applied",
        by=HELPERS,
        basis="反家暴法 5；10号 3",
        form=Withdrawal,
        guards=(guards.her_own_wish,),
    ),
    Action(
        name="file",
        title="提出申请",
        source=frozenset({"informed", "drafting", "returned"}),
        target="filed",
        by=HELPERS | COURT,
        basis="反家暴法 23–25、27；法释17 1、2；粤办法 31",
        form=Application,
        guards=(
            entered_once,
            guards.application_complete,
            guards.proxy_allowed,
            guards.proxy_is_not_the_respondent,
        ),
        effects=(
            Share(role=Role.COURT),
            Notify(
                to=(Role.COURT,),
                text="有新的人身安全保护令申请，请审查",
                basis="反家暴法 23；10号 11",
            ),
        ),
        outcome="filed_by",
        counted_from="filed_at",
    ),
    Action(
        name="withdraw",
        title="受理前撤回申请",
        source=frozenset({"filed"}),
        target="withdrawn",
        by=HELPERS | COURT,
        basis="反家暴法 5；10号 3",
        form=Withdrawal,
        guards=(guards.her_own_wish,),
    ),
    Action(
        name="register",
        title="受理审查",
        source=frozenset({"filed"}),
        target=Branch(
            "result",
            {
                Admission.ACCEPTED: "accepted",
                Admission.NOT_ACCEPTED: "not_accepted",
                Admission.RETURNED: "returned",
            },
        ),
        by=COURT,
        basis="反家暴法 23；法释17 1、2；10号 11",
        form=Registration,
        effects=(
            Notify(
                to=(Role.WOMEN_FED_TOWN, Role.WOMEN_FED_DISTRICT),
                text="有一件人身安全保护令申请未被受理或被退回，请及时帮助申请人",
                basis="反家暴法 23；10号 13",
                only_if=when("result", Admission.NOT_ACCEPTED, Admission.RETURNED),
            ),
        ),
        counted_from="registered_at",
    ),
    Action(
        name="decide",
        title="审理结果",
        source=frozenset({"accepted", "dismissed"}),
        target=Branch("result", {disposal: disposal.value for disposal in Disposal}),
        by=COURT,
        basis="反家暴法 26–31；法释17 6、7、8；10号 11",
        form=Decision,
        guards=(
            guards.her_own_wish,
            guards.ruled_after_acceptance,
            guards.overturned_only_when_asked,
            guards.order_within_six_months,
        ),
        effects=(
            Notify(
                to=(Role.WOMEN_FED_TOWN,),
                text="有一件人身安全保护令申请被驳回，请帮助申请人了解复议权利并评估安全",
                basis="反家暴法 31；10号 13",
                only_if=when("result", Disposal.DISMISSED),
            ),
        ),
        counted_from="made_at",
        valid_until=decision_holds_until,
    ),
    Action(
        name="request_reconsideration",
        title="申请复议",
        source=ORDER | {"dismissed"},
        target=None,
        by=HELPERS | COURT,
        basis="反家暴法 31（复议期间不停止执行）",
        form=ReconsiderationRequest,
        guards=(order_guards.reconsidered_once_in_time,),
        outcome="by_party",
        counted_from="applied_at",
    ),
    Action(
        name="keep_ruling",
        title="维持原裁定",
        source=ORDER | {"dismissed"},
        target=None,
        by=COURT,
        basis="反家暴法 30、31",
        form=Kept,
        guards=(order_guards.requested,),
        outcome="ground",
        counted_from="ruled_at",
    ),
)
