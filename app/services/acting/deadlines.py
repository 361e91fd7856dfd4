"""Clocks: what an event meets, drops, pauses, prolongs and starts."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlmodel import col

from app import clock
from app.access import Work
from app.clock import Days, Months, Term
from app.errors import Invalid
from app.ids import uuid7
from app.kinds.base import AtValidUntil, ByAnswer, CaseKind, DeadlineRule, Every, Steps, TermOf
from app.kinds.forms import when
from app.models import Deadline
from app.models.columns import table_of
from app.services.rows.batch import Batch
from app.services.rows.cards import Card, Clock, columns

RESTARTED, CLOSED, CORRECTED, SUPERSEDED = "restarted", "case_closed", "corrected", "dropped"

Earlier = Callable[[], Awaitable[Sequence[tuple[str, Mapping[str, Any]]]]]
"""Gives the case's current answers so far, with their event's name, oldest first."""


@dataclass(frozen=True, kw_only=True)
class Happened:
    """An event as clocks see it. `counted_from` is the legal date or moment the form asked for:
    clocks start from it, and are met at it, however late it was typed in."""

    id: UUID
    name: str
    at: datetime
    answers: Mapping[str, Any]
    outcome: str | None
    counted_from: datetime


_CLOCKS = (
    select(table_of(Deadline))
    .where(col(Deadline.case_id) == bindparam("case_id"))
    .order_by(col(Deadline.round), col(Deadline.due_at))
)
CHANGING = (
    "id", "due_at", "alert_at", "met_at", "met_by", "met_outcome", "dropped_at", "dropped_reason",
    "paused_at",
)  # fmt: skip


async def clocks_of(work: Work, case_id: UUID) -> list[Clock]:
    """Every clock the case ever had, oldest round first."""
    rows = await work.connection.execute(_CLOCKS, {"case_id": case_id})
    return [Clock(**row._mapping) for row in rows]


async def react(
    work: Work,
    kind: CaseKind,
    case: Card,
    event: Happened,
    clocks: Sequence[Clock],
    earlier: Earlier,
    batch: Batch,
) -> None:
    """Let the case's clocks answer to an event.

    `earlier` gives the case's answers so far, for terms that follow an earlier answer. New
    and changed clocks go into the batch.
    """
    rules = {rule.name: rule for rule in kind.deadlines}
    closing = case.state in kind.final
    changed: list[Clock] = []
    new: list[Clock] = []
    for running in [c for c in clocks if _runs(c) and c.rule in rules]:
        rule = rules[running.rule]
        if _met(rule, running, event):
            running.met_at, running.met_by = event.counted_from, event.id
            running.met_outcome, running.paused_at = event.outcome, None
            changed.append(running)
            if not closing:
                new += await _next_round(work, kind, case, rule, clocks, running, event, earlier)
        elif _shifted(work, rule, running, event, closing=closing):
            changed.append(running)
    for rule in kind.deadlines:
        for last in () if closing else _over(rule, clocks, event):
            new += await _next_round(work, kind, case, rule, clocks, last, event, earlier)
        if _starts(rule, event, closing=closing):
            same = [c for c in clocks if _runs(c) and c.rule == rule.name]
            dropped, wanted = _makes_room(rule, same, event)
            changed += dropped
            new += [
                await start(work, kind, case, rule, event, earlier, each=each) for each in wanted
            ]
    _change(changed, batch)
    for started in new:
        batch.add(Deadline, **columns(started))


def _starts(rule: DeadlineRule, event: Happened, *, closing: bool) -> bool:
    if event.name not in rule.starts_on or (closing and not rule.outlives_case):
        return False
    return rule.only_if is None or rule.only_if.holds(event.answers)


def _makes_room(
    rule: DeadlineRule, same: list[Clock], event: Happened
) -> tuple[list[Clock], list[str | None]]:
    """The running clocks of a rule that a new start drops, and for whom clocks are to start."""
    if rule.each:
        running_for = {c.each for c in same}
        named = rule.each
        if rule.each_from:
            named = tuple(e for e in named if when(rule.each_from, e).holds(event.answers))
        return [], [each for each in named if each not in running_for]
    if same and not rule.restarts:
        return [], []
    for running in same:
        _drop(running, event.at, RESTARTED)
    return same, [None]


def _shifted(
    work: Work, rule: DeadlineRule, running: Clock, event: Happened, *, closing: bool
) -> bool:
    """Drop, pause, resume or prolong a clock that the event did not meet; False if untouched."""
    if event.name in rule.drops_on or (closing and not rule.outlives_case):
        _drop(running, event.at, CLOSED if closing else SUPERSEDED)
    elif event.name == rule.paused_by and running.paused_at is None:
        running.paused_at = max(event.counted_from, running.started_at)
    elif event.name in rule.resumed_by and running.paused_at is not None:
        _resume(work, rule, running, running.paused_at, event.counted_from)
    elif event.name in rule.extended_by:
        term = rule.extended_by[event.name]
        running.due_at = clock.due(term, running.started_at, work.holidays)
    else:
        return False
    return True


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
    due_at = await _moment(work, case, rule.due, begun, event, earlier)
    if rule.alert is not None:
        alert_at: datetime | None = await _moment(work, case, rule.alert, begun, event, earlier)
    else:
        alert_at = _first_reminder(rule, due_at)
    return _row(kind, case, rule, event, begun, due_at, alert_at, each=each, owner=owner)


def _row(
    kind: CaseKind,
    case: Card,
    rule: DeadlineRule,
    event: Happened,
    started_at: datetime,
    due_at: datetime,
    alert_at: datetime | None = None,
    *,
    round: int = 1,
    each: str | None = None,
    owner: str | None = None,
) -> Clock:
    return Clock(
        id=uuid7(),
        case_id=case.id,
        kind=kind.name,
        rule=rule.name,
        each=each,
        round=round,
        started_by=event.id,
        started_at=started_at,
        alert_at=alert_at,
        due_at=due_at,
        owner=owner or rule.owner.value,
        organisation_id=case.organisation_id,
        basis=rule.basis,
        district=case.district,
        town=case.town,
        village=case.village,
        seen_by=case.seen_by,
    )


def _runs(running: Clock) -> bool:
    return running.met_at is None and running.dropped_at is None


def _met(rule: DeadlineRule, running: Clock, event: Happened) -> bool:
    if event.name not in rule.met_by:
        return False
    if rule.met_if and not rule.met_if.holds(event.answers):
        return False
    if running.each is None:
        return True
    about = event.answers.get(rule.each_field or "")
    return running.each in about if isinstance(about, list) else running.each == str(about)


def _drop(running: Clock, at: datetime, reason: str) -> None:
    running.dropped_at, running.dropped_reason, running.paused_at = at, reason, None


def _resume(
    work: Work, rule: DeadlineRule, running: Clock, paused_at: datetime, at: datetime
) -> None:
    """The days the clock stood still are added whole (法援法 43: the time of supplementing) to the
    term, not to the working day to which its end had rolled; the new end rolls like the old."""
    stood = max(clock.local_day(at) - clock.local_day(paused_at), timedelta())
    before, term = running.due_at, rule.due
    due_at = before + stood
    if isinstance(term, Days | Months) and term.rolls:
        if before == clock.due(term, running.started_at, work.holidays):
            plain = replace(term, rolls=False)
            due_at = clock.due(plain, running.started_at, work.holidays) + stood
        due_at = clock.end_of_day(work.holidays.next_working(clock.local_day(due_at)))
    running.due_at = due_at
    running.alert_at = running.alert_at + (due_at - before) if running.alert_at else None
    running.paused_at = None


def _over(rule: DeadlineRule, clocks: Sequence[Clock], event: Happened) -> list[Clock]:
    """The last round of a series that had ended clean, when the event finds something after all:
    until the police confirm, the case must not drop out of sight (34号 12)."""
    rounds = [c for c in clocks if c.rule == rule.name]
    if not rounds or not isinstance(rule.then, Every) or not rule.then.stop_after:
        return []
    last = max(rounds, key=lambda c: (c.started_at, c.round))
    found = event.outcome not in rule.then.clean and _met(rule, last, event)
    return [last] if found and last.met_at is not None and last.met_by != event.id else []


async def _next_round(
    work: Work,
    kind: CaseKind,
    case: Card,
    rule: DeadlineRule,
    clocks: Sequence[Clock],
    met: Clock,
    event: Happened,
    earlier: Earlier,
) -> list[Clock]:
    match rule.then:
        case Every() as series:
            clean = _clean_streak(rule, series, clocks) if event.outcome in series.clean else 0
            if series.stop_after and clean >= series.stop_after:
                return []
            started_at = event.counted_from
            due_at = await _moment(work, case, series.term, started_at, event, earlier)
        case Steps(terms=terms) if met.round <= len(terms):
            due_at = clock.due(terms[met.round - 1], met.started_at, work.holidays)
            started_at = met.started_at
        case _:
            return []
    alert_at = _first_reminder(rule, due_at)
    number = met.round + 1
    return [
        _row(kind, case, rule, event, started_at, due_at, alert_at, round=number, owner=met.owner)
    ]


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


async def _moment(
    work: Work, case: Card, term: TermOf, begun: datetime, event: Happened, earlier: Earlier
) -> datetime:
    match term:
        case AtValidUntil(after=after):
            if case.valid_until is None:
                raise Invalid("缺少有效期，无法计算到期日")
            return clock.due(after, case.valid_until, work.holidays) if after else case.valid_until
        case ByAnswer():
            return clock.due(await _chosen(term, event, earlier), begun, work.holidays)
        case _:
            return clock.due(term, begun, work.holidays)


async def _chosen(term: ByAnswer, event: Happened, earlier: Earlier) -> Term:
    answer = event.answers.get(term.field)
    if answer is None:
        given = [answers for _, answers in await earlier() if term.field in answers]
        answer = given[-1][term.field] if given else None
    return term.terms.get(str(answer), term.otherwise)


def _change(changed: Sequence[Clock], batch: Batch) -> None:
    for running in changed:
        batch.change(Deadline, **{name: getattr(running, name) for name in CHANGING})


async def follow_correction(
    work: Work,
    kind: CaseKind,
    case: Card,
    event: Happened,
    old_id: UUID,
    earlier: Earlier,
    batch: Batch,
) -> None:
    """Let the clocks follow an event that took the place of another.

    What the old event met is met by the new one, at its moment, or runs again. What the old event
    started and still runs is dropped as corrected and starts anew, a series in the same round.
    """
    rules = {rule.name: rule for rule in kind.deadlines}
    clocks = [c for c in await clocks_of(work, case.id) if c.rule in rules]
    started = [c for c in clocks if c.started_by == old_id]
    changed = [c for c in started if _runs(c)]
    new: list[Clock] = []
    for running in changed:
        _drop(running, clock.now(), CORRECTED)
    for done in [c for c in clocks if c.met_by == old_id]:
        rule = rules[done.rule]
        changed.append(done)
        done.met_at = done.met_by = done.met_outcome = None
        if _met(rule, done, event):
            done.met_at, done.met_by, done.met_outcome = event.counted_from, event.id, event.outcome
            follows = [c for c in started if _follows(c, done)]
            if case.state not in kind.final and all(c in changed for c in follows):
                new += await _next_round(work, kind, case, rule, clocks, done, event, earlier)
        elif case.state in kind.final and not rule.outlives_case:
            _drop(done, clock.now(), CLOSED)
    for first in [c for c in changed if c in started and c.round == 1]:
        rule = rules[first.rule]
        if rule.only_if is None or rule.only_if.holds(event.answers):
            new.append(await _start_again(work, kind, case, rule, event, earlier, first))
    _change(changed, batch)
    for added in new:
        batch.add(Deadline, **columns(added))


async def _start_again(
    work: Work,
    kind: CaseKind,
    case: Card,
    rule: DeadlineRule,
    event: Happened,
    earlier: Earlier,
    first: Clock,
) -> Clock:
    """A first-round clock anew, as prolonged since."""
    again = await start(work, kind, case, rule, event, earlier, each=first.each, owner=first.owner)
    for name, _ in await earlier() if rule.extended_by else ():
        if name in rule.extended_by:
            again.due_at = clock.due(rule.extended_by[name], again.started_at, work.holidays)
    return again


def _follows(later: Clock, done: Clock) -> bool:
    return (later.rule, later.each, later.round) == (done.rule, done.each, done.round + 1)


def counted_from(answers: Mapping[str, Any], field: str | None, at: datetime) -> datetime:
    """The moment a clock runs from: the legal date or moment answered, else when it happened."""
    given = answers.get(field) if field else None
    if given is None:
        return at
    text = str(given)
    if len(text) == len("2026-01-01"):
        return clock.start_of_day(date.fromisoformat(text))
    return datetime.fromisoformat(text)
