"""Rules of the ledger: who belongs in it, and since when."""

from collections.abc import Iterator
from datetime import date, datetime

from app.clock import HOLIDAYS, Months, due, local_day, start_of_day
from app.kinds.guards import Fact, Facts, Refusal, guard
from app.kinds.left_behind_visit.choices import ExitReason, Level, PriorityReason, SuspendReason
from app.kinds.left_behind_visit.forms import (
    DEFINITION,
    VIOLENCE_NAMED,
    Absence,
    Enrolment,
    Exit,
    Grading,
    Resumption,
    StatusCheck,
    Suspension,
)
from app.kinds.left_behind_visit.visit_forms import (
    SUSPECTED,
    Miss,
    NeedResolved,
    Plan,
    ReliefOutcome,
)
from app.kinds.people import Flag, PartyRole, Sex

HALF_YEAR = Months(6, source=DEFINITION, rolls=False)
LEDGER_EVENTS = ("opened", "nominate", "resurvey", "update_ledger")
THREE_MONTHS = Months(3, source="设计", region="区", rolls=False)


def _full(term: Months, since: date, at: datetime) -> bool:
    """Whether the months begun on `since` are full at `at` (民法典 202: by the end of the day)."""
    return at > due(term, start_of_day(since), HOLIDAYS)


@guard(DEFINITION, Fact.PARTIES)
def a_woman_in_the_village(facts: Facts, form: Absence) -> Refusal | None:
    if any(p.sex is Sex.MALE for p in facts.of(PartyRole.LEFT_BEHIND_WOMAN)):
        return Refusal(
            type="not-a-woman", detail="登记对象为男性，不属于农村留守妇女，请办理“不符合条件”"
        )
    if not form.lives_in_village:
        return Refusal(
            type="not-living-in-village",
            detail="本人不在农村居住，不属于农村留守妇女，请办理“不符合条件”",
        )
    if form.husband_away_since > local_day(facts.at):
        return Refusal(type="away-in-future", detail="丈夫外出起始日期晚于核实日期，请更正")
    return None


@guard(DEFINITION)
def half_a_year_away(facts: Facts, form: Absence) -> Refusal | None:
    if _full(HALF_YEAR, form.husband_away_since, facts.at):
        return None
    return Refusal(
        type="half-year-not-full",
        detail="丈夫连续外出未满半年，请办理“未满半年，继续关注”，期满后再核实",
    )


@guard(DEFINITION)
def not_yet_half_a_year_away(facts: Facts, form: Absence) -> Refusal | None:
    if _full(HALF_YEAR, form.husband_away_since, facts.at):
        return Refusal(type="half-year-full", detail="丈夫连续外出已满半年，请办理“核实符合条件”")
    return None


@guard("个保法 13, 29")
def consent_given(facts: Facts, form: Enrolment) -> Refusal | None:
    if form.consent:
        return None
    return Refusal(
        type="no-consent", detail="本人不同意建档的，不得录入台账，请办理退出（本人不愿意）"
    )


@guard("规划 二(五)策12；设计", Fact.ANSWERS, Fact.PARTIES)
def priority_is_level_a(facts: Facts, form: Grading) -> Refusal | None:
    """Disability, serious illness and suspected violence known to the case make level A.

    Only a supervisor ranks such a case lower, and says why.
    """
    known = sorted(_known_reasons(facts))
    if form.level is Level.A or not known or (facts.supervisor and form.remarks):
        return None
    reasons = "、".join(r.label for r in known)
    return Refusal(
        type="priority-is-level-a",
        detail=f"档案载有{reasons}情形，应定为A级重点对象；确需定为其他等级的，由主管人员说明理由办理",
    )


def _known_reasons(facts: Facts) -> Iterator[PriorityReason]:
    flags = {flag for p in facts.of(PartyRole.LEFT_BEHIND_WOMAN) for flag in p.flags}
    if flags & {Flag.DISABLED, Flag.INTELLECTUAL_DISABILITY}:
        yield PriorityReason.DISABLED
    if Flag.SERIOUSLY_ILL in flags:
        yield PriorityReason.SERIOUSLY_ILL
    named = any(VIOLENCE_NAMED.holds(facts.last(event) or {}) for event in LEDGER_EVENTS)
    if named or SUSPECTED.holds(facts.last("record_visit") or {}):
        yield PriorityReason.DV


@guard("设计", Fact.ANSWERS)
def break_under_three_months(facts: Facts, form: Suspension | Resumption) -> Refusal | None:
    """A husband back for three months is no longer away: she leaves the ledger instead."""
    reason: str | None
    since: date | None
    if isinstance(form, Suspension):
        reason, since, end = form.reason, form.since, facts.at
    else:
        reason = (facts.last("suspend") or {}).get("reason")
        since = facts.day("suspend", "since")
        end = start_of_day(form.away_again_on) if form.away_again_on else facts.at
    if reason == SuspendReason.HUSBAND_BACK and since and _full(THREE_MONTHS, since, end):
        return Refusal(
            type="husband-back-three-months",
            detail="丈夫返乡已满三个月，外出不再连续，请办理退出；再次外出满半年后重新核实",
        )
    return None


@guard("设计")
def back_for_three_months(facts: Facts, form: Exit) -> Refusal | None:
    """Festivals and harvests bring husbands home; only three months end the absence."""
    if form.reason is not ExitReason.HUSBAND_RETURNED or form.husband_back_since is None:
        return None
    if _full(THREE_MONTHS, form.husband_back_since, facts.at):
        return None
    return Refusal(
        type="husband-back-under-three-months",
        detail="丈夫返乡未满三个月，请先办理暂停，满三个月后再退出",
    )


@guard(DEFINITION)
def still_left_behind(facts: Facts, form: StatusCheck) -> Refusal | None:
    if form.husband_away and form.lives_in_village:
        return None
    return Refusal(
        type="no-longer-left-behind",
        detail="已不符合农村留守妇女的界定：丈夫返乡未满三个月或本人临时外出的办理暂停，其余办理退出",
    )


@guard("设计")
def planned_ahead(facts: Facts, form: Plan | Miss) -> Refusal | None:
    if form.planned_on >= local_day(facts.at):
        return None
    return Refusal(type="planned-in-past", detail="约定的探访日期已过，请另选日期")


@guard("设计", Fact.ANSWERS)
def need_was_raised(facts: Facts, form: NeedResolved) -> Refusal | None:
    raised = (*facts.answers.get("record_visit", ()), *facts.answers.get("raise_need", ()))
    if any(form.need in answers.get("needs", ()) for answers in raised):
        return None
    return Refusal(type="need-not-raised", detail="档案中没有登记过这项需求，请先登记需求")


@guard("设计", Fact.ANSWERS)
def relief_was_referred(facts: Facts, form: ReliefOutcome) -> Refusal | None:
    referred = {a.get("result") for a in facts.answers.get("resolve_need", ())}
    if form.relief in referred:
        return None
    return Refusal(type="relief-not-referred", detail="尚未转介这类救助，请先办理转介")
