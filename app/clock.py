"""Legal time: what the moment is, when a term ends, which days are worked, how old someone is.

Every moment that comes in must be aware and every moment that goes out is in UTC; `local_day`
says which day it is in Qingcheng. Nothing here reads the time zone of the machine.
"""

import csv
import re
from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import KW_ONLY, dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_INSTANT = timedelta(microseconds=1)

_demo_moment: ContextVar[datetime | None] = ContextVar("demo_moment", default=None)
_demo_allowed = True


def now() -> datetime:
    """The present moment in UTC, or the one set by `at`."""
    return _demo_moment.get() or datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let `now` stand still at `moment`, in this task only; for the demo and for tests.

    Raises RuntimeError after `refuse_demo_clock`, ValueError for a naive moment.
    """
    if not _demo_allowed:
        raise RuntimeError("生产环境不允许使用演示时钟")
    token = _demo_moment.set(_utc(moment))
    try:
        yield
    finally:
        _demo_moment.reset(token)


def refuse_demo_clock() -> None:
    """Make `at` fail for the rest of this process. Production calls it at start-up."""
    global _demo_allowed
    _demo_allowed = False


def local_day(moment: datetime) -> date:
    """The calendar day in Shanghai at `moment`."""
    return _utc(moment).astimezone(LOCAL).date()


def start_of_day(day: date) -> datetime:
    """00:00 in Shanghai on `day`."""
    return datetime.combine(day, time(), LOCAL).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """The last instant of `day` in Shanghai, 23:59:59.999999 (民法典 203: 二十四时).

    What happens exactly then is in time; a deadline is missed only when `moment > due_at`.
    """
    return start_of_day(day + _DAY) - _INSTANT


@dataclass(frozen=True, eq=False)
class Holidays:
    """Which days are worked: announced days off and make-up working days over plain weekends.

    `days` maps a day to True (a make-up working day, 调休上班) or False (a day off).
    """

    days: Mapping[date, bool]

    def __post_init__(self) -> None:
        object.__setattr__(self, "days", MappingProxyType(dict(self.days)))

    def with_days(self, edits: Mapping[date, bool]) -> "Holidays":
        """A new calendar in which the district's own rows replace or extend these."""
        return Holidays({**self.days, **edits})

    def is_working(self, day: date) -> bool:
        """Whether `day` is worked. Years not announced know only weekends and fixed holidays."""
        fixed = day.weekday() < 5 and (day.month, day.day) not in _FIXED_HOLIDAYS
        return self.days.get(day, fixed)

    def next_working(self, day: date) -> date:
        """`day` itself if it is worked, else the first working day after it."""
        while not self.is_working(day):
            day += _DAY
        return day

    def covers(self, year: int) -> bool:
        """Whether the arrangements of `year` are known, so that its terms are exact."""
        # Only the yearly announcement fixes 春节, and it gives at least three days off.
        spring = (day for day, working in self.days.items() if not working and day.year == year)
        return sum((1, 20) <= (day.month, day.day) < (3, 1) for day in spring) >= 3


# 全国年节及纪念日放假办法（国务院令第795号）2: the holidays that have the same date each year.
_FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})


def _shipped() -> Holidays:
    path = Path(__file__).parent / "data" / "holidays.csv"
    working = {"holiday": False, "workday": True}
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return Holidays({date.fromisoformat(r["day"]): working[r["kind"]] for r in rows})


HOLIDAYS = _shipped()
"""The State Council's arrangements as shipped, without what the district added."""

Region = Literal["国", "粤", "区"]


@dataclass(frozen=True)
class _Term:
    n: int
    _: KW_ONLY
    source: str
    """The article, by its short name; 设计 where no rule was found."""
    region: Region = "国"
    since: date | None = None
    """The day from which this version of the rule is in force."""

    def __post_init__(self) -> None:
        if self.n < 1:
            raise ValueError("期限必须至少为一个单位")


@dataclass(frozen=True)
class Hours(_Term):
    """Exact hours from the moment itself (民法典 201 第二款); holidays do not extend them."""


@dataclass(frozen=True)
class CourtHours(_Term):
    """Hours of a court: the hour in which the term starts is not counted (民诉法 85).

    A start on the full hour has used nothing of its hour and counts from there. Holidays do not
    extend them: 反家暴法 28 knows no such exception.
    """


@dataclass(frozen=True)
class WorkDays(_Term):
    """Working days after the day of the start, to the end of the last."""


@dataclass(frozen=True, kw_only=True)
class Days(_Term):
    """Calendar days, the first not counted (民法典 201); see `rolls`."""

    rolls: bool = True
    """Whether a last day off moves to the next working day (民法典 203, 民诉法 85).

    False where waiting would endanger or a cap would be exceeded: visits to a victim, days of
    shelter, the validity of an order.
    """


@dataclass(frozen=True, kw_only=True)
class Months(_Term):
    """Months to the corresponding day, or the month's last (民法典 202)."""

    rolls: bool = True
    """As for `Days`."""


Term = Hours | CourtHours | Days | Months | WorkDays


def due(term: Term, start: datetime, holidays: Holidays) -> datetime:
    """The last moment in time for `term` begun at `start`.

    Hours end at an instant, all other terms at the end of a day in Shanghai (`end_of_day`). The
    calendar is the caller's: the shipped one with the district's rows. Raises ValueError for a
    naive start.
    """
    begun = _utc(start)
    last = local_day(begun)
    match term:
        case Hours():
            return begun + term.n * _HOUR
        case CourtHours():
            full = begun.replace(minute=0, second=0, microsecond=0)
            return (full if full == begun else full + _HOUR) + term.n * _HOUR
        case WorkDays():
            for _ in range(term.n):
                last = holidays.next_working(last + _DAY)
            return end_of_day(last)
        case Days() | Months():
            last = _last_day(term, last)
            return rolled(last, holidays) if term.rolls else end_of_day(last)


def rolled(day: date, holidays: Holidays) -> datetime:
    """The end of the day, or of the next working one if it is off (民法典 203)."""
    return end_of_day(holidays.next_working(day))


def moves(term: Term) -> bool:
    """Whether days off move the end of such a term."""
    return isinstance(term, WorkDays) or (isinstance(term, Days | Months) and term.rolls)


def last_day(term: Term, start: datetime) -> date | None:
    """The day on which a term ends before a day off moves it on. None for one that does not roll:
    it ends then, or, of working days, is counted from its start again."""
    if isinstance(term, Days | Months) and term.rolls:
        return _last_day(term, local_day(start))
    return None


def _last_day(term: Days | Months, first: date) -> date:
    match term:
        case Days():
            return first + term.n * _DAY
        case Months():
            return _months_after(first, term.n)


def corrected(
    happened_at: datetime,
    *,
    offset: timedelta,
    recorded_at: datetime,
    first_fact: datetime | None,
) -> datetime:
    """When a thing told by a phone really happened, as the legal clocks take it.

    `offset` is how far the phone's clock is ahead of the server's (negative: behind). The answer
    is never before the case's first fact and, above all, never after `recorded_at`.
    """
    latest = _utc(recorded_at)
    # Distances instead of moments: a phone may claim a year that no calendar holds.
    ago = latest - _aware(happened_at) + offset
    if first_fact is not None:
        ago = min(ago, latest - _aware(first_fact))
    return latest - max(ago, timedelta())


def age_on(birth: date, day: date) -> int:
    """Full years (周岁) on `day`; a year is full from the day after the birthday.

    法释〔2006〕1号 2: a girl is still under fourteen on her fourteenth birthday. Raises ValueError
    if `day` is before `birth`.
    """
    if day < birth:
        raise ValueError("日期早于出生日期")
    not_yet = (day.month, day.day) <= (birth.month, birth.day)
    return max(day.year - birth.year - not_yet, 0)


AGE_BANDS = ("0-13", "14-17", "18-29", "30-39", "40-49", "50-59", "60+")
_BAND_STARTS = (14, 18, 30, 40, 50, 60)


def age_band(age: int) -> str:
    """The statistical band, one of `AGE_BANDS`, of an age in full years."""
    return AGE_BANDS[bisect_right(_BAND_STARTS, age)]


PeriodKind = Literal["year", "quarter", "month"]
_PERIOD = re.compile(r"(20[0-9]{2})(?:Q([1-4])|-(0[1-9]|1[0-2]))?")


@dataclass(frozen=True)
class Period:
    """A reporting period, from the first to the last day, both included."""

    code: str
    """As written in addresses: 2026, 2026Q1, 2026-03."""
    label: str
    first: date
    last: date

    @property
    def start(self) -> datetime:
        """The first moment of the period."""
        return start_of_day(self.first)

    @property
    def end(self) -> datetime:
        """The first moment after the period: `start <= moment < end`."""
        return start_of_day(self.last + _DAY)


def period(kind: PeriodKind, year: int, index: int = 1) -> Period:
    """The year, its quarter (index 1-4) or its month (1-12). Raises ValueError if there is none."""
    match kind:
        case "year":
            code, label, months = f"{year}", f"{year}年", 12
        case "quarter":
            code, label, months = f"{year}Q{index}", f"{year}年第{index}季度", 3
        case "month":
            code, label, months = f"{year}-{index:02}", f"{year}年{index}月", 1
    if not (2000 <= year < 2100 and 1 <= index <= 12 // months):
        raise ValueError("没有这样的统计期")
    first = date(year, (index - 1) * months + 1, 1)
    return Period(code, label, first, _months_after(first, months) - _DAY)


def parse_period(text: str) -> Period:
    """The period written as 2026, 2026Q1 or 2026-03. Raises ValueError for anything else."""
    found = _PERIOD.fullmatch(text)
    if found is None:
        raise ValueError("统计期应写作 2026、2026Q1 或 2026-03")
    year, quarter, month = found.groups()
    if quarter:
        return period("quarter", int(year), int(quarter))
    if month:
        return period("month", int(year), int(month))
    return period("year", int(year))


def _aware(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError("时间必须带时区")
    return moment


def _utc(moment: datetime) -> datetime:
    return _aware(moment).astimezone(UTC)


def months_before(day: date, n: int) -> date:
    """The corresponding day `n` months earlier, or the last of its month."""
    return _months_after(day, -n)


def _months_after(day: date, n: int) -> date:
    year, month0 = divmod(day.year * 12 + day.month - 1 + n, 12)
    return date(year, month0 + 1, min(day.day, monthrange(year, month0 + 1)[1]))
