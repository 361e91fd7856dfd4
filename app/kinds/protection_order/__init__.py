"""人身安全保护令: from telling her of the right to the return of the follow-up form."""

from app.kinds.base import CaseKind, Matter, Notify
from app.kinds.forms import when
from app.kinds.protection_order.application import Told
from app.kinds.protection_order.applying import APPLYING, HELPERS
from app.kinds.protection_order.deadlines import DEADLINES
from app.kinds.protection_order.enforcing import CHANGING, ENFORCING
from app.kinds.protection_order.history import ORDER
from app.kinds.protection_order.indicators import INDICATORS
from app.kinds.rights import Kept
from app.roles import CASE_ROLES, Role

KIND = CaseKind(
    name="protection_order",
    title="人身安全保护令",
    prefix="保护令",
    basis="反家暴法 23–34；法释17；10号；粤办法 31–33",
    matter=Matter.VIOLENCE,
    form=Told,
    subject="applicant",
    opened_by=CASE_ROLES,
    read_by=HELPERS | {Role.COURT, Role.SCHOOL},
    # 10号 2, 19: the court decides, police and 妇联 hold it up.
    carried_by=frozenset({Role.COURT, Role.POLICE, Role.WOMEN_FED_TOWN, Role.WOMEN_FED_DISTRICT}),
    states={
        "informed": "已告知",
        "drafting": "准备申请",
        "filed": "已申请",
        "accepted": "已受理",
        "returned": "退回补充",
        "granted": "已作出，送达中",
        "served": "已送达，待公安核实",
        "in_force": "生效执行中",
        "dismissed": "已驳回",
        "revoked": "已撤销",
        "not_applied": "未申请",
        "not_accepted": "不予受理",
        "withdrawn": "已撤回",
        "deemed_withdrawn": "按撤回处理",
        "terminated": "已终结",
        "closed": "已办结",
    },
    initial="informed",
    final=frozenset(
        {"not_applied", "not_accepted", "withdrawn", "deemed_withdrawn", "terminated", "closed"}
    ),
    reopens_to="drafting",
    kept=Kept(years=10, source="个保法 19；年限为设计：与诉讼卷宗相当"),
    in_charge="粤办法 20；妇联规程 11, 14",
    actions=APPLYING + ENFORCING + CHANGING,
    deadlines=DEADLINES,
    indicators=INDICATORS,
    suspicion={"opened": None, "report_breach": None},
    lapses=dict.fromkeys(sorted(ORDER), "保护令已期满"),
    opening_effects=(
        Notify(
            to=(Role.WOMEN_FED_TOWN,),
            text="有一件情况存在现实危险，请立即评估并提供帮助",
            basis="10号 13；妇联规程 9–11",
            only_if=when("danger_now", True),
        ),
    ),
)
