"""When women are verified, visited, surveyed again and helped. No statute names an interval: all
are the district's own, and none waits for a working day: a visit is made, not filed."""

from app.clock import Days, Months, Term
from app.kinds.base import ByAnswer, DeadlineRule, Every
from app.kinds.forms import when
from app.kinds.left_behind_visit.choices import Level, Method, Need, NeedTerm, ReliefKind
from app.kinds.left_behind_visit.forms import CARE, DEFINITION, RELIEF, SUPPORT, SURVEY
from app.roles import Role


def _days(n: int) -> Days:
    return Days(n, source="设计", region="区", rolls=False)


def _months(n: int) -> Months:
    return Months(n, source="设计", region="区", rolls=False)


INTERVALS: dict[Level, tuple[str, Months]] = {
    Level.A: ("重点对象每月探访", _months(1)),
    Level.B: ("一般困难对象每季度探访", _months(3)),
    Level.C: ("普通对象每半年探访", _months(6)),
}

NEED_TERMS: dict[str, Term] = {
    NeedTerm.URGENT: _days(7),
    NeedTerm.NORMAL: _days(30),
    NeedTerm.LONG: _days(90),
}


def _visits(level: Level) -> DeadlineRule:
    """The series of a level; a new level drops the old series and starts its own."""
    title, interval = INTERVALS[level]
    return DeadlineRule(
        name=f"visits_{level}",
        title=title,
        basis=CARE,
        owner=Role.WOMEN_FED_VILLAGE,
        starts_on=frozenset({"enrol", "change_level", "resume"}),
        only_if=when("level", level),
        met_by=frozenset({"record_visit"}),
        drops_on=frozenset({"change_level", "suspend"}),
        due=interval,
        remind_days=(7, 1),
        then=Every(term=interval),
    )


def _need(need: Need) -> DeadlineRule:
    """One clock a need, so that several stand open side by side; raised twice, it is one need."""
    return DeadlineRule(
        name=f"need_{need}",
        title=f"落实需求：{need.label}",
        basis=SUPPORT,
        owner=Role.WOMEN_FED_TOWN,
        starts_on=frozenset({"record_visit", "raise_need"}),
        only_if=when("needs", need),
        met_by=frozenset({"resolve_need"}),
        met_if=when("need", need),
        due=ByAnswer("needs_term", NEED_TERMS, otherwise=_days(30)),
        remind_days=(3,),
        restarts=False,
    )


def _relief(relief: ReliefKind) -> DeadlineRule:
    return DeadlineRule(
        name=f"reply_{relief}",
        title=f"跟踪{relief.label}结果",
        basis=RELIEF,
        owner=Role.WOMEN_FED_TOWN,
        starts_on=frozenset({"resolve_need"}),
        only_if=when("result", relief),
        met_by=frozenset({"record_relief"}),
        met_if=when("relief", relief),
        due=_days(30),
    )


DEADLINES = (
    DeadlineRule(
        name="verification",
        title="核实是否符合条件",
        basis=SURVEY,
        owner=Role.WOMEN_FED_VILLAGE,
        starts_on=frozenset({"opened"}),
        met_by=frozenset({"verify", "defer"}),
        due=_days(30),
    ),
    DeadlineRule(
        name="half_year_full",
        title="外出满半年后再核实",
        basis=DEFINITION,
        owner=Role.WOMEN_FED_VILLAGE,
        starts_on=frozenset({"defer"}),
        met_by=frozenset({"verify"}),
        alert=Months(6, source=DEFINITION, rolls=False),
        due=_months(7),
    ),
    DeadlineRule(
        name="enrolment",
        title="建档定级",
        basis=CARE,
        owner=Role.WOMEN_FED_TOWN,
        starts_on=frozenset({"verify"}),
        met_by=frozenset({"enrol"}),
        due=_days(15),
    ),
    DeadlineRule(
        name="first_visit",
        title="首次上门探访",
        basis=CARE,
        owner=Role.WOMEN_FED_VILLAGE,
        starts_on=frozenset({"enrol"}),
        met_by=frozenset({"record_visit"}),
        met_if=when("method", Method.HOME),
        paused_by="suspend",
        resumed_by=frozenset({"resume"}),
        due=_days(15),
        remind_days=(7, 3),
    ),
    *(_visits(level) for level in Level),
    DeadlineRule(
        name="planned_visit",
        title="约定的探访",
        basis=CARE,
        owner=Role.WOMEN_FED_VILLAGE,
        starts_on=frozenset({"plan_visit", "miss_visit"}),
        met_by=frozenset({"record_visit"}),
        due=_days(1),
    ),
    DeadlineRule(
        name="status_check",
        title="每半年状态复核",
        basis=CARE,
        owner=Role.WOMEN_FED_VILLAGE,
        starts_on=frozenset({"enrol"}),
        met_by=frozenset({"check_status"}),
        paused_by="suspend",
        resumed_by=frozenset({"resume"}),
        due=_months(6),
        remind_days=(14,),
        then=Every(term=_months(6)),
    ),
    DeadlineRule(
        name="annual_survey",
        title="年度摸底排查",
        basis=SURVEY,
        owner=Role.WOMEN_FED_VILLAGE,
        starts_on=frozenset({"enrol"}),
        met_by=frozenset({"resurvey"}),
        due=_months(12),
        remind_days=(30, 7),
        then=Every(term=_months(12)),
    ),
    DeadlineRule(
        name="suspension",
        title="暂停满三个月前恢复或退出",
        basis=CARE,
        owner=Role.WOMEN_FED_TOWN,
        starts_on=frozenset({"suspend"}),
        met_by=frozenset({"resume", "exit"}),
        due=_months(3),
        remind_days=(14, 3),
    ),
    *(_need(need) for need in Need),
    *(_relief(relief) for relief in ReliefKind),
)
