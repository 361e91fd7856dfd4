"""What marking a day moves: the terms of the definitions that would then end on another day."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from app import clock
from app.clock import HOLIDAYS, Days, Holidays, Months, Term, WorkDays
from app.kinds.base import CaseKind, DeadlineRule
from app.services.rows import terms


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A clock of a kind, how long it runs, and a day from which it would run: on which day it ends
    by today's calendar and on which with the day marked."""

    kind: str
    title: str
    term: str
    basis: str
    starts_on: date
    before: date
    after: date


def moved(
    kinds: Mapping[str, CaseKind], holidays: Holidays, day: date, *, is_working: bool | None
) -> list[Moved]:
    """Every term that ends elsewhere once the day is off or worked, or (None) again as announced,
    each with the latest start that shows it, in the order of the definitions. Terms that protect
    somebody do not roll and are none of them. A clock that runs already, from that start, moves
    like one to come."""
    wanted = HOLIDAYS.is_working(day) if is_working is None else is_working
    marked = holidays.with_days({day: wanted})
    found: list[Moved] = []
    for kind in kinds.values():
        for rule in kind.deadlines:
            for term in terms.rolling(rule):
                start = _start(term, day)
                if start is None:
                    continue
                before, after = (_end(term, start, known) for known in (holidays, marked))
                if before != after:
                    ends = {"starts_on": start, "before": before, "after": after}
                    found.append(_moved(kind, rule, term, **ends))
    return list(dict.fromkeys(found))


def _moved(kind: CaseKind, rule: DeadlineRule, term: Term, **ends: date) -> Moved:
    length = terms.words(term)
    return Moved(kind=kind.title, title=rule.title, term=length, basis=rule.basis, **ends)


def _start(term: Term, day: date) -> date | None:
    """The latest start from which the term, were every day worked, would come to its end on the
    day; None for a term that no calendar moves."""
    match term:
        case WorkDays():
            return day - timedelta(days=1)
        case Days(rolls=True):
            return day - timedelta(days=term.n)
        case Months(rolls=True):
            plain, last = replace(term, rolls=False), day - timedelta(days=28 * term.n)
            days = (last - timedelta(days=back) for back in range(3 * term.n + 4))
            return next((one for one in days if _end(plain, one, HOLIDAYS) == day), None)
    return None


def _end(term: Term, start: date, holidays: Holidays) -> date:
    return clock.local_day(clock.due(term, clock.start_of_day(start), holidays))
