"""农村留守妇女关爱探访: survey, ledger, visits and needs of women left behind in the villages."""

from app.kinds.base import CaseKind, Matter
from app.kinds.left_behind_visit.actions import ENTERING, KEEPERS, KEEPING, VISITORS
from app.kinds.left_behind_visit.clocks import DEADLINES
from app.kinds.left_behind_visit.figures import INDICATORS
from app.kinds.left_behind_visit.forms import VIOLENCE_NAMED, Survey
from app.kinds.left_behind_visit.visit_actions import VISITING
from app.kinds.left_behind_visit.visit_forms import SUSPECTED
from app.kinds.rights import Kept

KIND = CaseKind(
    name="left_behind_visit",
    title="农村留守妇女关爱探访",
    prefix="探访",
    basis="规划 二(五)策11–12；妇保法 52；家教法 30；民发〔2019〕86号",
    matter=Matter.CARE,
    form=Survey,
    subject="woman",
    opened_by=VISITORS,
    read_by=VISITORS | KEEPERS,
    # 民发〔2019〕86号: village, town and district visit and keep the ledger.
    carried_by=VISITORS | KEEPERS,
    states={
        "surveyed": "已摸底",
        "candidate": "待核实",
        "verified": "已核实",
        "active": "在册",
        "suspended": "暂停",
        "exited": "已退出",
        "not_eligible": "不符合条件",
    },
    initial="surveyed",
    final=frozenset({"exited", "not_eligible"}),
    # Who comes back is verified anew: the half year of absence starts again.
    reopens_to="candidate",
    kept=Kept(years=5, source="个保法 19；年限为设计"),
    # The village visits her by the ledger (规划 二(五)策12); her danger opens a case of its own.
    in_charge=None,
    actions=(*ENTERING, *KEEPING, *VISITING),
    deadlines=DEADLINES,
    indicators=INDICATORS,
    suspicion={
        "record_visit": SUSPECTED,
        "opened": VIOLENCE_NAMED,
        "nominate": VIOLENCE_NAMED,
        "resurvey": VIOLENCE_NAMED,
        "update_ledger": VIOLENCE_NAMED,
    },
    opening_outcome="channel",
)
