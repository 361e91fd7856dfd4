"""Walks of 农村留守妇女关爱探访. Everybody here is invented."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from app.clock import local_day
from app.roles import Role
from tests.kinds.walks import DAY, HOUR, Step, Walk

KIND = "left_behind_visit"
GRID = Role.GRID_WORKER
VILLAGE = Role.WOMEN_FED_VILLAGE
TOWN = Role.WOMEN_FED_TOWN
DISTRICT = Role.WOMEN_FED_DISTRICT

WOMAN: dict[str, Any] = {
    "name": "梁秋云",
    "id_number": "441802198703150028",
    "phone": "13500000021",
    "safe_contact": "白天可致电，称村委会",
}
HUSBAND: dict[str, Any] = {"name": "何建平", "sex": "male", "phone": "13500000022"}
CHILD: dict[str, Any] = {
    "name": "何小满",
    "birth_on": "2016-05-20",
    "sex": "female",
    "school": "飞来峡镇某小学",
}
ALL_WELL = {"method": "home", "dv_suspected": False}


def days_from(days: int) -> Callable[[datetime], str]:
    """The day so many days after (negative: before) the step."""
    return lambda moment: local_day(moment + timedelta(days=days)).isoformat()


def opened(woman: Mapping[str, Any] = WOMAN, **more: Any) -> Step:
    return Step(
        "opened", GRID, {"woman": woman, "channel": "survey", **more}, after=DAY, state="surveyed"
    )


def nominate(**ledger: Any) -> Step:
    return Step("nominate", VILLAGE, ledger, after=DAY, state="candidate")


def verify(away_days: int = 300, **how: Any) -> Step:
    answers = {"husband_away_since": days_from(-away_days), "lives_in_village": True}
    how = {"after": 2 * DAY, "state": "verified", **how}
    return Step("verify", VILLAGE, answers, **how)


def enrol(level: str = "c", **answers: Any) -> Step:
    return Step(
        "enrol", TOWN, {"level": level, "consent": True, **answers}, after=DAY, state="active"
    )


def visit(after: timedelta = 10 * DAY, by: Role = VILLAGE, **answers: Any) -> Step:
    return Step("record_visit", by, {**ALL_WELL, **answers}, after=after)


def act(action: str, by: Role, after: timedelta = HOUR, **answers: Any) -> Step:
    return Step(action, by, answers, after=after)


def refused(action: str, by: Role, problem: str, **answers: Any) -> Step:
    return Step(action, by, answers, refused=problem)


LEDGER: dict[str, Any] = {
    "ethnicity": "汉族",
    "education": "junior",
    "health": "chronic",
    "disability": "physical",
    "disability_grade": 3,
    "marriage": "married",
    "husband_workplace": "佛山市某建筑工地",
    "husband_returns": "half_yearly",
    "children_count": 2,
    "minor_children": 1,
    "left_behind_children": 1,
    "elders_cared_for": 2,
    "income": "modest",
    "relief": "none",
    "employment": "farming",
    "skills": "缝纫",
    "wants_training": True,
    "wants_business": False,
    "housing": "safe",
    "pension": True,
    "medical_insurance": True,
    "screened": False,
    "difficulties": ["care_burden"],
}

ONE_YEAR = Walk(
    "一年探访：定级、约定、改期、需求、救助、复核、再摸底，丈夫返乡后退出",
    KIND,
    (
        opened(
            husband=HUSBAND,
            children=[CHILD],
            husband_away_since=days_from(-300),
            difficulties=["care_burden"],
            remarks="独自照料公婆和女儿",
        ),
        refused("verify", VILLAGE, "wrong-state", **verify().answers),
        nominate(**LEDGER),
        verify(),
        refused("enrol", TOWN, "no-consent", level="c", consent=False),
        enrol("b", ledger_no="FLX-2026-0001", in_national_system=True),
        refused("plan_visit", VILLAGE, "planned-in-past", planned_on=days_from(-1)),
        act("plan_visit", VILLAGE, planned_on=days_from(5), method="home"),
        Step(
            "miss_visit",
            GRID,
            {"reason": "prevented", "planned_on": days_from(4), "remarks": "婆婆称其不在家"},
            after=5 * DAY,
            state="active",
        ),
        refused("miss_visit", GRID, "planned-in-past", reason="visitor", planned_on=days_from(-2)),
        visit(
            4 * DAY,
            present=["alone"],
            health_well=True,
            mood_well=False,
            livelihood_well=True,
            house_safe=True,
            children_well=True,
            elders_well=True,
            needs=["livelihood", "comfort"],
            needs_term="urgent",
            needs_detail="家中老人住院，开支大",
            help_given=["comfort", "rights"],
            help_detail="介绍临时救助政策",
            photographed=True,
            place_consent=True,
            place="23.68,113.06",
            remarks="约定下月再来",
        ),
        act("raise_need", VILLAGE, needs=["medical", "legal"], needs_term="normal"),
        refused("resolve_need", VILLAGE, "need-not-raised", need="housing", result="met"),
        refused(
            "record_relief", TOWN, "relief-not-referred", relief="judicial_relief", result="granted"
        ),
        act("resolve_need", TOWN, DAY, need="comfort", result="met", detail="志愿者结对"),
        act("resolve_need", TOWN, DAY, need="livelihood", result="temporary_assistance"),
        act("resolve_need", TOWN, DAY, need="legal", result="judicial_relief"),
        act("resolve_need", TOWN, DAY, need="medical", result="declined"),
        act(
            "record_relief",
            Role.CIVIL_AFFAIRS,
            10 * DAY,
            relief="temporary_assistance",
            result="granted",
            amount="2000.00",
        ),
        act(
            "record_relief",
            TOWN,
            DAY,
            relief="judicial_relief",
            result="refused",
            reason="不属于救助范围",
        ),
        act("change_level", TOWN, DAY, level="a", reasons=["single_carer"], remarks="独自照料三人"),
        visit(20 * DAY, by=GRID, method="phone"),
        visit(30 * DAY, by=GRID, method="video"),
        act("change_level", TOWN, DAY, level="c"),
        visit(70 * DAY),
        refused(
            "check_status",
            GRID,
            "no-longer-left-behind",
            husband_away=False,
            lives_in_village=True,
            method="phone",
        ),
        act("check_status", GRID, husband_away=True, lives_in_village=True, method="phone"),
        act("update_ledger", VILLAGE, employment="local_job"),
        act("resurvey", VILLAGE, 100 * DAY, **LEDGER, found="老人已出院"),
        refused(
            "suspend",
            TOWN,
            "husband-back-three-months",
            reason="husband_back",
            since=days_from(-100),
        ),
        Step(
            "suspend",
            VILLAGE,
            {"reason": "husband_back", "since": days_from(-1), "expected_until": days_from(30)},
            state="suspended",
        ),
        visit(20 * DAY, present=["husband"]),
        Step(
            "resume",
            VILLAGE,
            {"level": "b", "away_again_on": days_from(-1)},
            after=10 * DAY,
            state="active",
        ),
        Step("suspend", TOWN, {"reason": "husband_back", "since": days_from(0)}, state="suspended"),
        Step(
            "exit",
            TOWN,
            {"reason": "husband_returned", "husband_back_since": days_from(-60)},
            after=60 * DAY,
            refused="husband-back-under-three-months",
        ),
        Step("resume", TOWN, {"level": "b"}, after=40 * DAY, refused="husband-back-three-months"),
        act("exit", TOWN, reason="husband_returned", husband_back_since=days_from(-100)),
    ),
    ends="exited",
    met=frozenset(
        {
            "verification",
            "enrolment",
            "first_visit",
            "planned_visit",
            "visits_a",
            "visits_b",
            "visits_c",
            "status_check",
            "annual_survey",
            "suspension",
            "need_livelihood",
            "need_comfort",
            "need_medical",
            "need_legal",
            "reply_temporary_assistance",
            "reply_judicial_relief",
        }
    ),
)

VIOLENCE_FOUND = Walk(
    "探访发现疑似家暴：转入家暴告诫案件，定为重点对象",
    KIND,
    (
        opened(),
        nominate(),
        verify(),
        enrol(),
        visit(),
        visit(
            5 * DAY,
            by=GRID,
            dv_suspected=True,
            immediate_danger=False,
            what_happened="手臂有新旧淤青，称丈夫春节回家时动手",
            risks=["injuries", "fearful"],
        ),
        refused("change_level", TOWN, "priority-is-level-a", level="b"),
        act("change_level", TOWN, level="a", reasons=["dv"]),
        act("raise_need", TOWN, needs=["safety"], needs_term="urgent"),
        act("resolve_need", TOWN, DAY, need="safety", result="legal_aid"),
        Step("suspend", TOWN, {"reason": "travelling", "since": days_from(0)}, state="suspended"),
        refused("resume", VILLAGE, "priority-is-level-a", level="c"),
        Step("resume", VILLAGE, {"level": "a", "reasons": ["dv"]}, after=100 * DAY, state="active"),
        visit(DAY, by=DISTRICT),
        act("exit", DISTRICT, reason="moved_away"),
    ),
    ends="exited",
    met=frozenset({"first_visit", "visits_a", "need_safety"}),
)

NOT_YET_HALF_A_YEAR = Walk(
    "外出未满半年：继续关注，期满核实；残疾妇女定为重点；本人不愿意",
    KIND,
    (
        opened({**WOMAN, "flags": ["disabled", "seriously_ill"]}, difficulties=["dv"]),
        nominate(),
        verify(100, state=None, refused="half-year-not-full"),
        refused(
            "defer",
            VILLAGE,
            "half-year-full",
            husband_away_since=days_from(-200),
            lives_in_village=True,
        ),
        Step(
            "defer",
            VILLAGE,
            {
                "husband_away_since": days_from(-100),
                "lives_in_village": True,
                "away_for": "work",
                "remarks": "丈夫春节后外出",
            },
            state="candidate",
        ),
        verify(195, after=95 * DAY),
        refused("enrol", TOWN, "priority-is-level-a", level="c", consent=True),
        enrol("a", reasons=["disabled", "seriously_ill", "dv"]),
        act("exit", TOWN, reason="declined", remarks="本人不愿接受探访"),
    ),
    ends="exited",
    met=frozenset({"verification", "half_year_full", "enrolment"}),
)

NOT_LIVING_HERE = Walk(
    "本人随夫在外居住：不符合条件",
    KIND,
    (
        opened(),
        nominate(),
        Step(
            "verify",
            VILLAGE,
            {"husband_away_since": days_from(-400), "lives_in_village": False},
            refused="not-living-in-village",
        ),
        verify(-10, state=None, refused="away-in-future"),
        Step("rule_out", VILLAGE, {"reason": "lives_elsewhere"}, state="not_eligible"),
    ),
    ends="not_eligible",
)

NOT_A_WOMAN = Walk(
    "登记错误：对象为男性",
    KIND,
    (
        opened({"name": "何建平", "sex": "male"}),
        nominate(),
        verify(state=None, refused="not-a-woman"),
        Step("rule_out", TOWN, {"reason": "other", "remarks": "登记错误"}, state="not_eligible"),
    ),
    ends="not_eligible",
)

HUSBAND_HOME = Walk(
    "摸底当时即不符合条件",
    KIND,
    (opened(), Step("rule_out", VILLAGE, {"reason": "husband_home"}, state="not_eligible")),
    ends="not_eligible",
)

WALKS: tuple[Walk, ...] = (
    ONE_YEAR,
    VIOLENCE_FOUND,
    NOT_YET_HALF_A_YEAR,
    NOT_LIVING_HERE,
    NOT_A_WOMAN,
    HUSBAND_HOME,
)
