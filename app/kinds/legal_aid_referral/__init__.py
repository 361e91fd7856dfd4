"""法律援助转介 (法援法；反家暴法 19；粤办法 42, 45；34号 17)."""

from app.kinds.base import CaseKind, Matter, Notify
from app.kinds.forms import when
from app.kinds.legal_aid_referral.actions import APPLYING, DECIDING, REFERRERS
from app.kinds.legal_aid_referral.application import Need
from app.kinds.legal_aid_referral.clocks import CLOCKS
from app.kinds.legal_aid_referral.representation import REPRESENTATION
from app.kinds.measures import Clocks, Count, Events, Indicator, MeanDays, OnTime, Share
from app.kinds.rights import Kept
from app.roles import Role

_DECISIONS = frozenset({"decide"})
_APPROVED = frozenset({"approved"})
_CLAUSE = "二(八)策11；二(八)策12"

INDICATORS = (
    Indicator(
        code="LAW-26a",
        title="妇女法律援助申请数",
        unit="件",
        rule="本期法律援助机构收到的受援人为妇女、女童的申请数",
        clause=_CLAUSE,
        measure=Count(of=Events(names=frozenset({"acknowledge"}), female=True)),
    ),
    Indicator(
        code="LAW-26b",
        title="妇女受援数",
        unit="件",
        rule="本期决定或改正为给予法律援助的受援人为妇女、女童的件数",
        clause=_CLAUSE,
        measure=Count(of=Events(names=_DECISIONS | {"rectify"}, outcomes=_APPROVED, female=True)),
    ),
    Indicator(
        code="LAW-27",
        title="法律援助给予率",
        unit="%",
        rule="本期给予法律援助的决定 ÷ 本期全部审查决定",
        clause=_CLAUSE,
        measure=Share(
            part=Events(names=_DECISIONS, outcomes=_APPROVED),
            whole=Events(names=_DECISIONS),
        ),
    ),
    Indicator(
        code="LAW-28a",
        title="审查平均天数",
        unit="天",
        rule="本期作出决定的申请从收到申请到决定的平均天数",
        clause=_CLAUSE,
        measure=MeanDays(of=Clocks(rule="decision", by="met")),
    ),
    Indicator(
        code="LAW-28b",
        title="7日审查按期率",
        unit="%",
        rule="七日内（补充材料期间不计）作出决定的申请 ÷ 本期审查期限届满的申请",
        clause=_CLAUSE,
        measure=OnTime(of=Clocks(rule="decision", by="due")),
    ),
    Indicator(
        code="LAW-28c",
        title="3日指派率",
        unit="%",
        rule="决定后三日内指派的援助 ÷ 本期指派期限届满的援助",
        clause=_CLAUSE,
        measure=OnTime(of=Clocks(rule="assignment", by="due")),
    ),
)

KIND = CaseKind(
    name="legal_aid_referral",
    title="法律援助转介",
    prefix="法援",
    basis="法援法 31, 32, 35, 38–50；反家暴法 19；粤办法 42, 45；34号 17",
    matter=Matter.AID,
    form=Need,
    subject="recipient",
    opened_by=REFERRERS,
    # 法援法 21: who tells of a need does not follow the suit of a neighbour.
    read_by=(REFERRERS | {Role.JUSTICE_BUREAU}) - {Role.GRID_WORKER},
    # 法援法 12: the agency; 妇联 brought her there.
    carried_by=frozenset({Role.LEGAL_AID, Role.WOMEN_FED_TOWN, Role.WOMEN_FED_DISTRICT}),
    states={
        "identified": "已发现需要",
        "consented": "同意转介",
        "referred": "已转介",
        "received": "已收到，审查中",
        "supplement_required": "待补充材料",
        "provisional": "先行援助",
        "approved": "给予援助，待指派",
        "rejected": "不予援助",
        "assigned": "已指派",
        "in_progress": "办理中",
        "objected": "异议审查中",
        "maintained": "维持原决定",
        "ordered_to_correct": "责令改正",
        "terminated": "已终止援助",
        "completed": "已办结",
        "reviewed": "已评查回访",
        "declined": "本人不转介",
        "withdrawn": "已撤回申请",
        "closed": "已结案",
    },
    initial="identified",
    final=frozenset({"declined", "withdrawn", "closed"}),
    reopens_to="identified",
    kept=Kept(years=10, source="个保法 19；年限为设计"),
    in_charge="粤办法 20",
    actions=(*APPLYING, *DECIDING, *REPRESENTATION),
    deadlines=CLOCKS,
    indicators=INDICATORS,
    suspicion={"opened": when("violence", True), "refer": when("violence", True)},
    lapses={"supplement_required": "补充期限已满"},
    opening_effects=(
        Notify(
            to=(Role.POLICE,),
            text="有一名求助人正面临危险，请立即到场",
            basis="反家暴法 15；设计",
            only_if=when("in_danger", True),
        ),
    ),
    opening_outcome="found_by",
)
