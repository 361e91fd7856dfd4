"""The demo year as a plan: how many cases of which kind and course, opened where and when."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Final

from app import clock
from app.clock import Holidays
from app.demo.cast import Cast
from app.demo.story import Over, Step, Story, Year
from app.kinds import Kinds
from app.kinds.base import ANYWHERE, Branch, Move

DAYS: Final = 365
BEFORE: Final = 45
"""Days before the year from which some cases are brought along, so that yearly clocks run out."""

Tell = Callable[[Story], None]


@dataclass(frozen=True)
class Course:
    """One way a case of a kind goes. `since` and `until` bound how many days ago it began."""

    tell: Tell
    share: float
    since: float = DAYS
    until: float = 0


@dataclass(frozen=True)
class Script:
    """A kind's part of the year: its share of the cases, its courses, its rhythm.

    `months` and `weekdays` weigh January to December and Monday to Sunday, `hours` the day.
    """

    kind: str
    share: float
    courses: Sequence[Course]
    months: Sequence[float]
    weekdays: Sequence[float]
    hours: Sequence[tuple[float, float, float]]
    """(from, to, weight) in hours of the local day."""
    rural: bool = False


def plan(
    scripts: Sequence[Script],
    kinds: Kinds,
    cast: Cast,
    holidays: Holidays,
    *,
    seed: int,
    cases: int,
    anchor: datetime,
) -> list[Step]:
    """Every command of the year up to the anchor, in the order in which they are typed."""
    year = Year(seed, anchor, cast, holidays)
    begin = anchor - timedelta(days=DAYS + BEFORE)
    for script in scripts:
        rng = Random(f"{seed} {script.kind}")  # noqa: S311 - invention, no secret
        rhythm = Rhythm(script, year)
        begun = sorted(
            ((rhythm.moment(rng, course), n, course) for n, course in _dealt(script, cases)),
            key=lambda b: b[:2],
        )
        for at, n, course in begun:
            place = cast.place(rng, rural=script.rural)
            story = Story(year, script.kind, str(n), place, at)
            with suppress(Over):
                course.tell(story)
    steps = list(_possible(kinds, sorted(year.steps, key=lambda s: (s.recorded_at, s.id))))
    return [replace(steps[0], happened_at=begin, recorded_at=begin), *steps[1:]] if steps else []


def began(first: datetime) -> datetime:
    """The anchor of a year whose first command was typed at a moment."""
    return first + timedelta(days=DAYS + BEFORE)


def _possible(kinds: Kinds, steps: Sequence[Step]) -> Iterator[Step]:
    """The steps without those beside a story that come when its case no longer allows them, or
    when it has moved away."""
    states: dict[object, str] = {}
    moved: dict[object, int] = {}
    left: set[tuple[object, int]] = set()
    for step in steps:
        kind = kinds[step.kind]
        action = kind.action(step.name)
        state = states.setdefault(step.case, kind.initial)
        if action is None:
            yield step
            continue
        possible = kind.open_states if action.source == ANYWHERE else action.source
        here = moved.get(step.case, step.place.code)
        beside = step.case, step.aside
        if step.aside and (beside in left or state not in possible or here != step.place.code):
            left.add(beside)
            continue
        if any(isinstance(effect, Move) for effect in action.effects):
            moved[step.case] = step.answers["area"]
        match action.target:
            case Branch(field=field_, to=to):
                states[step.case] = to[str(step.answers[field_])]
            case str() as target:
                states[step.case] = target
            case None:
                pass
        yield step


def _dealt(script: Script, cases: int) -> list[tuple[int, Course]]:
    """The kind's cases shared out among its courses, the largest remainders first, so that even a
    rare course is told once if there are cases enough."""
    number = max(1, round(cases * script.share))
    total = sum(c.share for c in script.courses)
    exact = [number * c.share / total for c in script.courses]
    dealt = [int(e) for e in exact]
    order = sorted(range(len(exact)), key=lambda i: (dealt[i] > 0, dealt[i] - exact[i], i))
    for i in order[: number - sum(dealt)]:
        dealt[i] += 1
    every = [c for c, many in zip(script.courses, dealt, strict=True) for _ in range(many)]
    return list(enumerate(every))


class Rhythm:
    """How likely a kind's cases begin on each day of the year and of the weeks before it."""

    def __init__(self, script: Script, year: Year) -> None:
        self.script, self.anchor = script, year.anchor
        first = clock.local_day(year.anchor) - timedelta(days=DAYS + BEFORE)
        self.days = [first + timedelta(days=n) for n in range(DAYS + BEFORE + 1)]
        self.shares = list(
            accumulate(
                script.months[d.month - 1]
                * script.weekdays[d.weekday() if year.holidays.is_working(d) else 6]
                for d in self.days
            )
        )

    def moment(self, rng: Random, course: Course) -> datetime:
        """A moment within the days of a course."""
        first = self.anchor - timedelta(days=course.since)
        last = self.anchor - timedelta(days=course.until)
        low = self.days.index(clock.local_day(first))
        high = self.days.index(clock.local_day(last))
        before = self.shares[low - 1] if low else 0
        wanted = rng.uniform(before, self.shares[high])
        day = self.days[bisect_left(self.shares, wanted, low, high)]
        start, end, _ = rng.choices(self.script.hours, [w for *_, w in self.script.hours])[0]
        at = clock.start_of_day(day) + timedelta(hours=rng.uniform(start, end))
        return max(first, min(at, last - timedelta(minutes=rng.uniform(50, 180))))
