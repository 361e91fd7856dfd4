"""People's mediation of marriage and family disputes (婚姻家庭纠纷人民调解)."""

from app.kinds.base import CaseKind, Matter, Notify, Share
from app.kinds.forms import when
from app.kinds.mediation.actions import ACTIONS
from app.kinds.mediation.deadlines import DEADLINES
from app.kinds.mediation.forms import Opening
from app.kinds.mediation.indicators import INDICATORS
from app.kinds.rights import Kept
from app.roles import WOMEN_FED, Role

KIND = CaseKind(
    name="mediation",
    title="婚姻家庭纠纷人民调解",
    prefix="调解",
    basis="调解法 17–33；粤办法 10, 17, 22；法释5；妇保法 72",
    matter=Matter.DISPUTE,
    form=Opening,
    subject="party_a",
    opened_by=WOMEN_FED
    | {
        Role.GRID_WORKER,
        Role.VILLAGE_COMMITTEE,
        Role.MEDIATOR,
        Role.POLICE,
        Role.COURT,
        Role.CIVIL_AFFAIRS,
        Role.LEGAL_AID,
        Role.JUSTICE_BUREAU,
        Role.ZONGZHI,
    },
    # 调解法 15(四): privacy. The court is given those to confirm; the police get the linked case.
    read_by=WOMEN_FED | {Role.MEDIATOR, Role.COURT, Role.ZONGZHI},
    # 调解法 17: the committee that took it.
    carried_by=frozenset({Role.MEDIATOR, Role.WOMEN_FED_TOWN, Role.WOMEN_FED_DISTRICT}),
    states={
        "discovered": "已发现",
        "applied": "当事人已申请",
        "proposed": "调委会主动调解",
        "screened": "安全筛查",
        "accepted": "已受理",
        "investigating": "调查中",
        "in_session": "调解中",
        "escalation_reported": "已报告可能激化",
        "agreed": "达成协议",
        "confirmation_filed": "已申请司法确认",
        "confirmation_accepted": "法院已受理司法确认",
        "confirmed": "已司法确认",
        "not_confirmed": "法院不予确认",
        "rejected": "法院不予受理司法确认",
        "performing": "协议履行中",
        "performed": "协议已履行",
        "breached": "协议未履行",
        "failed": "调解不成",
        "terminated": "已终止并告知其他途径",
        "diverted": "已转办",
        "declined": "不予调解",
        "closed": "未受理结案",
        "filed": "已归档",
    },
    initial="discovered",
    final=frozenset({"declined", "closed", "filed"}),
    reopens_to="applied",
    kept=Kept(years=5, source="个保法 19；调解法 27 立卷归档；年限为设计"),
    in_charge="调解法 19",
    actions=ACTIONS,
    deadlines=DEADLINES,
    indicators=INDICATORS,
    suspicion={
        "opened": when("immediate_danger", True),
        "screen_party": when("dv_found", True),
        "hold_session": when("dv_found", True),
        "divert": when("reason", "danger"),
        "return_visit": when("dv_found", True),
    },
    opening_effects=(
        Share(role=Role.MEDIATOR),
        Notify(
            to=(Role.MEDIATOR,),
            text="有一件新的婚姻家庭纠纷，请查看",
            basis="调解法 21",
        ),
        Notify(
            to=(Role.POLICE,),
            text="有一件家庭纠纷现场有危险，请立即与当地调解组织、妇联联系",
            basis="调解法 25；粤办法 17",
            only_if=when("immediate_danger", True),
        ),
    ),
    opening_outcome="dispute",
)
