"""家庭暴力临时庇护 (反家暴法 15, 18；粤办法 38–43；189号；34号 14)."""

from app.kinds.base import CaseKind, Matter, Notify, Share
from app.kinds.forms import when
from app.kinds.measures import Clocks, Count, Distinct, Events, Indicator, MeanDays, OnTime, Sum
from app.kinds.measures import Share as Percent
from app.kinds.rights import Kept
from app.kinds.shelter_placement.actions import ENTRY, RECEIVERS, STAY
from app.kinds.shelter_placement.clocks import CLOCKS
from app.kinds.shelter_placement.departure import DEPARTURE
from app.kinds.shelter_placement.intake import Request
from app.roles import WOMEN_FED, Role

_ADMISSIONS = frozenset({"admit"})
_CLAUSE = "二(八)目标4；二(八)策4"

INDICATORS = (
    Indicator(
        code="LAW-23a",
        title="庇护人次",
        unit="次",
        rule="本期接收入住的次数",
        clause=_CLAUSE,
        measure=Count(of=Events(names=_ADMISSIONS)),
    ),
    Indicator(
        code="LAW-23b",
        title="庇护人数",
        unit="人",
        rule="本期接收入住的不同受害人人数",
        clause=_CLAUSE,
        measure=Distinct(of=Events(names=_ADMISSIONS), what="person"),
    ),
    Indicator(
        code="LAW-23c",
        title="随行未成年人",
        unit="人",
        rule="本期接收入住时随行未成年子女人数之和",
        clause=_CLAUSE,
        measure=Sum(of=Events(names=_ADMISSIONS)),
    ),
    Indicator(
        code="LAW-23d",
        title="庇护妇女人数",
        unit="人",
        rule="本期接收入住的不同女性受害人人数",
        clause=_CLAUSE,
        measure=Distinct(of=Events(names=_ADMISSIONS, female=True), what="person"),
    ),
    Indicator(
        code="LAW-24a",
        title="平均庇护天数",
        unit="天",
        rule="本期离站者从到站到离站的平均天数",
        clause=_CLAUSE,
        measure=MeanDays(of=Clocks(rule="stay", by="met")),
    ),
    Indicator(
        code="LAW-24b",
        title="延长庇护备案率",
        unit="%",
        rule="本期已报民政部门备案的延长次数 ÷ 本期延长庇护次数",
        clause=_CLAUSE,
        measure=Percent(
            part=Events(names=frozenset({"file_extension"})),
            whole=Events(names=frozenset({"extend"})),
        ),
    ),
    Indicator(
        code="LAW-24c",
        title="10日内离站或办理延长率",
        unit="%",
        rule="10日内离站或已办理延长的成年人庇护 ÷ 本期满10日的成年人庇护",
        clause=_CLAUSE,
        measure=OnTime(of=Clocks(rule="stay_limit", by="due")),
    ),
    Indicator(
        code="LAW-25",
        title="庇护转介完成率",
        unit="%",
        rule="本期已提供服务的转介 ÷ 本期庇护场所作出的转介",
        clause="二(八)策4；二(八)策12",
        measure=Percent(
            part=Events(names=frozenset({"service_result"}), outcomes=frozenset({"completed"})),
            whole=Events(names=frozenset({"refer_service"})),
        ),
    ),
)

# Those who open a request see it. Grid workers do not: when she leaves, and with whom, must not
# be known in every lane of the village.
_SEEN_BY = (
    RECEIVERS
    | WOMEN_FED
    | {Role.POLICE, Role.VILLAGE_COMMITTEE, Role.ZONGZHI, Role.HOSPITAL, Role.SCHOOL}
)

KIND = CaseKind(
    name="shelter_placement",
    title="家庭暴力临时庇护",
    prefix="庇护",
    basis="反家暴法 15, 18；粤办法 38–43；189号；34号 14",
    matter=Matter.SHELTER,
    form=Request,
    subject="victim",
    # 粤办法 22, 38(四): mediators, courts and legal aid refer too, and need not see what follows.
    opened_by=_SEEN_BY | {Role.MEDIATOR, Role.COURT, Role.LEGAL_AID},
    read_by=_SEEN_BY,
    # 189号 三(一), 四: who takes her in, and 妇联.
    carried_by=RECEIVERS | {Role.WOMEN_FED_TOWN, Role.WOMEN_FED_DISTRICT},
    states={
        "requested": "已请求庇护",
        "assessed": "已评估",
        "admitted": "已接收，待登记",
        "staying": "在站",
        "extended": "延长庇护",
        "leaving": "离站手续中",
        "left": "已离站，待回访",
        "followed_up": "已回访",
        "referred_elsewhere": "已转送其他机构",
        "declined_by_victim": "受害人不入住",
        "refused": "不予接收",
        "closed": "已结案",
    },
    initial="requested",
    final=frozenset({"referred_elsewhere", "declined_by_victim", "refused", "closed"}),
    reopens_to="requested",
    kept=Kept(years=10, source="个保法 19；年限为设计"),
    in_charge="粤办法 20；妇联规程 11, 14",
    actions=(*ENTRY, *STAY, *DEPARTURE),
    deadlines=CLOCKS,
    indicators=INDICATORS,
    suspicion={"opened": None},
    opening_effects=(
        Share(role=Role.SHELTER),
        Notify(
            to=(Role.SHELTER, Role.CIVIL_AFFAIRS),
            text="有一件庇护请求待评估",
            basis="粤办法 41；189号 三(一)",
        ),
        Notify(
            to=(Role.POLICE,),
            text="有一名求助人正面临危险，请立即到场",
            basis="反家暴法 15；189号 三(一)",
            only_if=when("in_danger", True),
        ),
    ),
    opening_outcome="requested_by",
)
