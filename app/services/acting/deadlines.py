"""What an event does to clocks: it meets, drops, pauses, prolongs and starts them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlmodel import col

from app import clock
from app.access import Work
from app.kinds.base import CaseKind, DeadlineRule, Every
from app.kinds.forms import when
from app.models import Deadline
from app.models.columns import table_of
from app.services.acting import reckoning
from app.services.acting.happened import Earlier, Happened
from app.services.rows.batch import Batch
from app.services.rows.cards import Card, Clock, columns

RESTARTED, CLOSED, CORRECTED, SUPERSEDED = "restarted", "case_closed", "corrected", "dropped"

_CLOCKS = (
    select(table_of(Deadline))
    .where(col(Deadline.case_id) == bindparam("case_id"))
    .order_by(col(Deadline.round), col(Deadline.due_at))
)
CHANGING = (
    "id", "due_at", "ends_on", "alert_at", "met_at", "met_by", "met_outcome", "dropped_at",
    "dropped_reason", "paused_at",
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
                new += await reckoning.next_round(
                    work, kind, case, rule, clocks, running, event, earlier
                )
        elif _shifted(work, rule, running, event, closing=closing):
            changed.append(running)
    for rule in kind.deadlines:
        for last in () if closing else _over(rule, clocks, event):
            new += await reckoning.next_round(work, kind, case, rule, clocks, last, event, earlier)
        if _starts(rule, event, closing=closing):
            same = [c for c in clocks if _runs(c) and c.rule == rule.name]
            dropped, wanted = _makes_room(rule, same, event)
            changed += dropped
            new += [
                await reckoning.start(work, kind, case, rule, event, earlier, each=each)
                for each in wanted
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
        reckoning.resume(running, running.paused_at, event.counted_from, work.holidays)
    elif event.name in rule.extended_by:
        reckoning.prolong(running, rule.extended_by[event.name], work.holidays)
    else:
        return False
    return True


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


def _over(rule: DeadlineRule, clocks: Sequence[Clock], event: Happened) -> list[Clock]:
    """The last round of a series that had ended clean, when the event finds something after all:
    until the police confirm, the case must not drop out of sight (34号 12)."""
    rounds = [c for c in clocks if c.rule == rule.name]
    if not rounds or not isinstance(rule.then, Every) or not rule.then.stop_after:
        return []
    last = max(rounds, key=lambda c: (c.started_at, c.round))
    found = event.outcome not in rule.then.clean and _met(rule, last, event)
    return [last] if found and last.met_at is not None and last.met_by != event.id else []


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
                new += await reckoning.next_round(
                    work, kind, case, rule, clocks, done, event, earlier
                )
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
    again = await reckoning.start(
        work, kind, case, rule, event, earlier, each=first.each, owner=first.owner
    )
    for name, _ in await earlier() if rule.extended_by else ():
        if name in rule.extended_by:
            reckoning.prolong(again, rule.extended_by[name], work.holidays)
    return again


def _follows(later: Clock, done: Clock) -> bool:
    return (later.rule, later.each, later.round) == (done.rule, done.each, done.round + 1)
