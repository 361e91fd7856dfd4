"""Legal time, told by vectors that the web client reads too, wherever the server stands."""

import asyncio
import csv
import json
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import clock
from app.clock import HOLIDAYS, CourtHours, Days, Holidays, Hours, Months, Term, WorkDays

Vector = dict[str, Any]

VECTORS: dict[str, list[Any]] = json.loads(
    (Path(__file__).parent / "vectors" / "clock.json").read_text(encoding="utf-8")
)
TERMS: dict[str, type[Term]] = {
    kind.__name__: kind for kind in (Hours, CourtHours, Days, Months, WorkDays)
}
MOMENT = datetime(2026, 3, 5, 2, tzinfo=UTC)

starts = st.datetimes(
    datetime(2023, 1, 1),  # noqa: DTZ001 - hypothesis wants naive bounds and adds the zone
    datetime(2029, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, clock.LOCAL, timezone(timedelta(hours=-9, minutes=-30))]),
)
counts = st.integers(1, 40)
terms = st.one_of(
    st.builds(Hours, counts, source=st.just("设计")),
    st.builds(CourtHours, counts, source=st.just("设计")),
    st.builds(Days, counts, source=st.just("设计"), rolls=st.booleans()),
    st.builds(Months, counts, source=st.just("设计"), rolls=st.booleans()),
    st.builds(WorkDays, counts, source=st.just("设计")),
)


@pytest.fixture(params=["America/New_York", "UTC", "Asia/Shanghai"])
def _server_zone(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def term_of(vector: Vector) -> Term:
    fields = {name: value for name, value in vector["term"].items() if name != "kind"}
    return TERMS[vector["term"]["kind"]](**fields, source=vector["source"])


@pytest.mark.usefixtures("_server_zone")
@pytest.mark.parametrize("vector", VECTORS["due"], ids=lambda v: v["name"])
def test_a_term_ends_when_the_law_says(vector: Vector) -> None:
    ends = clock.due(term_of(vector), moment(vector["start"]), HOLIDAYS)
    assert ends == moment(vector["expected"])
    assert ends.tzinfo is UTC


@pytest.mark.usefixtures("_server_zone")
@pytest.mark.parametrize("vector", VECTORS["corrected"], ids=lambda v: v["name"])
def test_a_phone_with_a_wrong_clock_moves_no_legal_clock(vector: Vector) -> None:
    first_fact = vector["first_fact"]
    happened = clock.corrected(
        moment(vector["happened_at"]),
        offset=timedelta(seconds=vector["offset_seconds"]),
        recorded_at=moment(vector["recorded_at"]),
        first_fact=moment(first_fact) if first_fact else None,
    )
    assert happened == moment(vector["expected"])


@pytest.mark.parametrize("vector", VECTORS["ages"], ids=lambda v: v["name"])
def test_a_year_of_age_is_full_the_day_after_the_birthday(vector: Vector) -> None:
    age = clock.age_on(date.fromisoformat(vector["birth"]), date.fromisoformat(vector["day"]))
    assert (age, clock.age_band(age)) == (vector["age"], vector["band"])


def test_nobody_has_an_age_before_birth() -> None:
    with pytest.raises(ValueError, match="早于出生"):
        clock.age_on(date(2026, 3, 9), date(2026, 3, 8))


@pytest.mark.usefixtures("_server_zone")
@pytest.mark.parametrize("vector", VECTORS["periods"], ids=lambda v: v["text"])
def test_a_period_runs_from_midnight_to_midnight_in_shanghai(vector: Vector) -> None:
    found = clock.parse_period(vector["text"])
    assert (found.code, found.label) == (vector["text"], vector["label"])
    assert (found.start, found.end) == (moment(vector["start"]), moment(vector["end"]))
    assert clock.local_day(found.start) == found.first
    assert clock.local_day(found.end - timedelta(microseconds=1)) == found.last


@pytest.mark.parametrize("text", VECTORS["not_periods"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="统计期"):
        clock.parse_period(text)


@pytest.mark.parametrize(
    ("kind", "year", "index"),
    [("month", 2026, 13), ("quarter", 2026, 0), ("year", 2026, 2), ("year", 1999, 1)],
)
def test_a_period_outside_the_year_is_refused(
    kind: clock.PeriodKind, year: int, index: int
) -> None:
    with pytest.raises(ValueError, match="统计期"):
        clock.period(kind, year, index)


@pytest.mark.parametrize("vector", VECTORS["working"], ids=lambda v: f"{v['day']} {v['why']}")
def test_a_day_is_worked_or_not(vector: Vector) -> None:
    assert HOLIDAYS.is_working(date.fromisoformat(vector["day"])) is vector["working"]


def test_every_shipped_day_names_its_notice_and_the_counts_are_the_notices() -> None:
    path = Path(clock.__file__).parent / "data" / "holidays.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    counts = Counter((row["day"][:4], row["kind"]) for row in rows)
    assert counts == {
        ("2024", "holiday"): 28,
        ("2024", "workday"): 8,
        ("2025", "holiday"): 28,
        ("2025", "workday"): 5,
        ("2026", "holiday"): 33,
        ("2026", "workday"): 6,
    }
    assert all(row["name"] and row["source"].startswith("国办发明电") for row in rows)
    worked = [date.fromisoformat(row["day"]) for row in rows if row["kind"] == "workday"]
    assert all(day.weekday() >= 5 for day in worked)


def test_a_year_is_covered_once_its_spring_festival_is_announced() -> None:
    assert [year for year in range(2020, 2030) if HOLIDAYS.covers(year)] == [2024, 2025, 2026]
    storm = HOLIDAYS.with_days({date(2027, 9, 17): False})
    assert not storm.covers(2027)
    announced = storm.with_days({date(2027, 2, day): False for day in range(5, 12)})
    assert announced.covers(2027)


def test_a_day_the_district_adds_moves_the_term_and_only_there() -> None:
    week = Days(7, source="法援法 43")
    storm = HOLIDAYS.with_days({date(2026, 3, 12): False})
    assert clock.local_day(clock.due(week, MOMENT, storm)) == date(2026, 3, 13)
    assert clock.local_day(clock.due(week, MOMENT, HOLIDAYS)) == date(2026, 3, 12)


def test_a_calendar_does_not_change_with_the_rows_it_was_made_from() -> None:
    rows = {date(2026, 3, 12): False}
    storm = Holidays(rows)
    rows.clear()
    assert not storm.is_working(date(2026, 3, 12))


def test_the_last_instant_of_a_day_is_followed_by_the_next_day() -> None:
    last = clock.end_of_day(date(2026, 2, 28))
    assert last == moment("2026-02-28T23:59:59.999999+08:00")
    assert last + timedelta(microseconds=1) == clock.start_of_day(date(2026, 3, 1))


def test_a_term_shorter_than_its_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="至少"):
        Hours(0, source="粤办法 26")


def test_a_moment_without_zone_is_refused_everywhere() -> None:
    naive = MOMENT.replace(tzinfo=None)
    with pytest.raises(ValueError, match="时区"):
        clock.local_day(naive)
    with pytest.raises(ValueError, match="时区"):
        clock.due(Hours(24, source="粤办法 26"), naive, HOLIDAYS)
    with pytest.raises(ValueError, match="时区"):
        clock.corrected(naive, offset=timedelta(), recorded_at=MOMENT, first_fact=None)
    with pytest.raises(ValueError, match="时区"), clock.at(naive):
        pass


def test_now_is_the_real_moment_in_utc() -> None:
    assert clock.now().tzinfo is UTC
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_two_requests_under_different_clocks_do_not_see_each_other() -> None:
    async def look(at: datetime) -> tuple[datetime, datetime]:
        with clock.at(at):
            before = clock.now()
            await asyncio.sleep(0)
            return before, clock.now()

    async def both() -> None:
        one, other = await asyncio.gather(look(MOMENT), look(MOMENT + timedelta(days=1)))
        assert one == (MOMENT, MOMENT)
        assert other == (MOMENT + timedelta(days=1),) * 2

    asyncio.run(both())


def test_the_real_clock_is_back_after_the_demo_even_when_it_fails() -> None:
    def fail() -> None:
        with clock.at(MOMENT):
            with clock.at(MOMENT + timedelta(days=1)):
                assert clock.now() == MOMENT + timedelta(days=1)
            assert clock.now() == MOMENT
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert clock.now() != MOMENT


def test_production_refuses_the_demo_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_demo_allowed", True)  # put back afterwards
    clock.refuse_demo_clock()
    with pytest.raises(RuntimeError, match="生产环境"), clock.at(MOMENT):
        pass


@given(terms, starts, st.timedeltas(timedelta(), timedelta(days=400)))
def test_who_starts_later_is_never_due_earlier(
    term: Term, start: datetime, later: timedelta
) -> None:
    ends = clock.due(term, start, HOLIDAYS)
    assert start < ends <= clock.due(term, start + later, HOLIDAYS)


@given(terms, starts)
def test_a_rolling_or_working_term_ends_on_a_working_day(term: Term, start: datetime) -> None:
    ends = clock.local_day(clock.due(term, start, HOLIDAYS))
    if isinstance(term, WorkDays) or (isinstance(term, Days | Months) and term.rolls):
        assert HOLIDAYS.is_working(ends)
    if isinstance(term, Days) and not term.rolls:
        assert ends == clock.local_day(start) + timedelta(days=term.n)


@given(counts, starts)
def test_a_court_has_less_than_an_hour_more(n: int, start: datetime) -> None:
    exact = clock.due(Hours(n, source="设计"), start, HOLIDAYS)
    ends = clock.due(CourtHours(n, source="设计"), start, HOLIDAYS)
    assert timedelta() <= ends - exact < timedelta(hours=1)
    assert (ends.minute, ends.second, ends.microsecond) == (0, 0, 0)


@given(
    terms,
    starts,
    st.timedeltas(timedelta(days=-366), timedelta(days=366)),
    st.timedeltas(timedelta(), timedelta(days=30)),
)
def test_no_measured_skew_of_a_phone_makes_a_wrong_deadline(
    term: Term, fact: datetime, skew: timedelta, on_the_way: timedelta
) -> None:
    told = clock.corrected(fact + skew, offset=skew, recorded_at=fact + on_the_way, first_fact=fact)
    assert clock.due(term, told, HOLIDAYS) == clock.due(term, fact, HOLIDAYS)
