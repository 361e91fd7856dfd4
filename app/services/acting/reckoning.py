"""When a clock ends: by its term, the time it stood still, and the days that are not worked."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from app import clock
from app.access import Work
from app.clock import Holidays, Term, WorkDays
from app.errors import Invalid
from app.ids import uuid7
from app.kinds.base import AtValidUntil, ByAnswer, CaseKind, DeadlineRule, Every, Steps, TermOf
from app.services.acting.happened import Earlier, Happened
from app.services.rows.cards import Card, Clock


async def start(
    work: Work,
    kind: CaseKind,
    case: Card,
    rule: DeadlineRule,
    event: Happened,
    earlier: Earlier,
    *,
    each: str | None = None,
    owner: str | None = None,
) -> Clock:
    """A first-round clock of a rule, counted from the event's legal moment."""
    begun = event.counted_from
    due = await _term(rule.due, event, earlier)
    alert = None if rule.alert is None else await _term(rule.alert, event, earlier)
    alert_at = None if alert is None else _moment(work, case, alert, begun)
    return _row(work, kind, case, rule, event, begun, due, alert_at, each=each, owner=owner)


async def next_round(
    work: Work,
    kind: CaseKind,
    case: Card,
    rule: DeadlineRule,
    clocks: Sequence[Clock],
    met: Clock,
    event: Happened,
    earlier: Earlier,
) -> list[Clock]:
    """The round after one that was met; none where the series ends."""
    match rule.then:
        case Every() as series:
            clean = _clean_streak(rule, series, clocks) if event.outcome in series.clean else 0
            if series.stop_after and clean >= series.stop_after:
                return []
            due, started_at = await _term(series.term, event, earlier), event.counted_from
        case Steps(terms=terms) if met.round <= len(terms):
            due, started_at = terms[met.round - 1], met.started_at
        case _:
            return []
    number = met.round + 1
    return [
        _row(work, kind, case, rule, event, started_at, due, round=number, owner=met.owner)
    ]  # fmt: skip


def _row(
    work: Work,
    kind: CaseKind,
    case: Card,
    rule: DeadlineRule,
    event: Happened,
    started_at: datetime,
    due: Term | AtValidUntil,
    alert_at: datetime | None = None,
    *,
    round: int = 1,
    each: str | None = None,
    owner: str | None = None,
) -> Clock:
    due_at = _moment(work, case, due, started_at)
    return Clock(
        id=uuid7(),
        case_id=case.id,
        kind=kind.name,
        rule=rule.name,
        each=each,
        round=round,
        started_by=event.id,
        started_at=started_at,
        alert_at=alert_at or _first_reminder(rule, due_at),
        due_at=due_at,
        ends_on=None if isinstance(due, AtValidUntil) else clock.last_day(due, started_at),
        owner=owner or rule.owner.value,
        organisation_id=case.organisation_id,
        basis=rule.basis,
        district=case.district,
        town=case.town,
        village=case.village,
        seen_by=case.seen_by,
    )


def prolong(running: Clock, term: Term, holidays: Holidays) -> None:
    """Let another term count in place of the first, from the same start."""
    running.due_at = clock.due(term, running.started_at, holidays)
    running.ends_on = clock.last_day(term, running.started_at)


def resume(running: Clock, paused_at: datetime, at: datetime, holidays: Holidays) -> None:
    """The days the clock stood still are added whole (法援法 43: the time of supplementing) to the
    term, not to the working day to which its end had rolled; the new end rolls like the old."""
    stood = max(clock.local_day(at) - clock.local_day(paused_at), timedelta())
    before = running.due_at
    running.due_at = before + stood
    if running.ends_on is not None:
        running.ends_on += stood
        running.due_at = clock.rolled(running.ends_on, holidays)
    running.alert_at = running.alert_at + (running.due_at - before) if running.alert_at else None
    running.paused_at = None


def by_calendar(rule: DeadlineRule, running: Any, holidays: Holidays) -> tuple[datetime, Any]:
    """When a running clock, of a row with its start and ends, alerts and is due by a calendar that
    has changed since: due first, then the alert. Terms that no day off moves stay as they are."""
    due_at, alert_at = running.due_at, running.alert_at
    if running.ends_on is not None:
        due_at = clock.rolled(running.ends_on, holidays)
    elif isinstance(rule.due, WorkDays) and running.round == 1:
        due_at = clock.due(rule.due, running.started_at, holidays)
    if rule.remind_days:
        alert_at = _first_reminder(rule, due_at)
    elif isinstance(rule.alert, Term) and clock.moves(rule.alert):
        alert_at = clock.due(rule.alert, running.started_at, holidays)
    return due_at, alert_at


def _first_reminder(rule: DeadlineRule, due_at: datetime) -> datetime | None:
    return due_at - timedelta(days=max(rule.remind_days)) if rule.remind_days else None


def _clean_streak(rule: DeadlineRule, series: Every, clocks: Sequence[Clock]) -> int:
    """Consecutive clean rounds up to now (34号 12: 连续三次)."""
    rounds = [c for c in clocks if c.rule == rule.name and c.met_at is not None]
    streak = 0
    for done in sorted(rounds, key=lambda c: c.met_at or c.due_at, reverse=True):
        counts = series.first_counts or done.round > 1
        if not counts or done.met_outcome not in series.clean:
            break
        streak += 1
    return streak


def _moment(work: Work, case: Card, term: Term | AtValidUntil, begun: datetime) -> datetime:
    if not isinstance(term, AtValidUntil):
        return clock.due(term, begun, work.holidays)
    if case.valid_until is None:
        raise Invalid("缺少有效期，无法计算到期日")
    after = term.after
    return clock.due(after, case.valid_until, work.holidays) if after else case.valid_until


async def _term(term: TermOf, event: Happened, earlier: Earlier) -> Term | AtValidUntil:
    """The term itself, where it follows an answer."""
    if not isinstance(term, ByAnswer):
        return term
    answer = event.answers.get(term.field)
    if answer is None:
        given = [answers for _, answers in await earlier() if term.field in answers]
        answer = given[-1][term.field] if given else None
    return term.terms.get(str(answer), term.otherwise)
