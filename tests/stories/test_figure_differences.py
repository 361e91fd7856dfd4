"""What figures must not tell: a case its reader is barred from; a small count, by subtraction."""

import importlib
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from app import clock
from app.kinds import KINDS
from app.services.figures.compute import Figure
from app.services.figures.trees import WITHHELD, hidden_parts
from tests.conftest import Client, Owner
from tests.kinds.journey import Journey
from tests.kinds.test_every_kind import ids as ids
from tests.kinds.walks import Walk
from tests.stories.answers import REPORT, command
from tests.stories.board import ACCEPTED, DISTRICT, LATER, ask, board, send

Cell = tuple[int, str]
"""An area and a period."""


@pytest.fixture
async def unbarred(app: object, owner: Owner) -> AsyncIterator[None]:
    """Accounts outlive the story: who was barred in it is not afterwards."""
    yield
    async with owner() as connection:
        raised = (
            "update account set version = version + 1 where id in (select account_id from recusal)"
        )
        await connection.execute(text(raised))


@pytest.mark.parametrize("kind", KINDS)
async def test_a_barred_case_is_in_no_figure(
    client: Client, ids: dict[str, Any], unbarred: None, kind: str
) -> None:
    """Not one of all figures moves, whether of events, clocks, stocks or people."""
    walk: Walk = importlib.import_module(f"tests.kinds.walks.{kind}").WALKS[0]
    reader, where = "women_fed_district", {"area": DISTRICT, "period": "2026", "at": LATER}
    first = Journey(client, kind, ids)
    await first.take(walk.steps[0])
    boss, guard = await client(reader), await client("security_admin")
    before = await board(boss, **where)
    second = Journey(client, kind, ids)
    for step in walk.steps:
        await second.take(step)
    assert await board(boss, **where) != before
    whom = (await boss.get("/me")).json()["id"]
    body = {"case_id": second.case_id, "account_id": whom, "reason": "与当事人有亲属关系"}
    assert (await guard.post("/recusals", json=body)).status_code == 204
    assert await board(boss, **where) == before


VILLAGES = {  # village → in which months, how many
    441802103201: {1: 6},
    441802103202: {2: 2},
    441802106202: {1: 2, 3: 3},
    441802105201: {3: 3},
}
PERIODS = ("2026", "2026Q1", "2026-01", "2026-02", "2026-03")


@pytest.fixture
async def few_and_many(client: Client) -> None:
    fed, police = await client("women_fed_district"), await client("police")
    for village, months in VILLAGES.items():
        for month, number in months.items():
            for day in range(number):
                at = datetime(2026, month, 3 + day, 1, tzinfo=UTC)
                with clock.at(at):
                    body = command(REPORT, at, area=village)
                    opened = await fed.post("/cases/dv_warning", json=body)
                assert opened.status_code == 201, opened.text
                later = at + timedelta(hours=1)
                answers = ACCEPTED | {"accepted_at": later.isoformat()}
                case_id = opened.json()["case_id"]
                await send(police, f"dv_warning/{case_id}/accept", answers, later)


async def test_no_small_count_is_left_when_all_else_is_subtracted(
    client: Client, few_and_many: None
) -> None:
    """A reader of figures asks for every area and time, by every door, and reckons."""
    office = await client("wcwc_office")
    true, towns = _counted(), sorted({v // 1000 * 1000 for v in VILLAGES})
    told: dict[Cell, int | None] = {}
    for period in PERIODS:
        for area in (DISTRICT, *towns):
            for point in (await ask(office, "/LAW-01/areas", area=area, period=period))["items"]:
                told[int(point["key"]), period] = point["value"]
        for area in (DISTRICT, *towns, *VILLAGES):
            line = (await board(office, area=area, period=period))["LAW-01"]
            assert told.setdefault((area, period), line["value"]) == line["value"], (area, period)
            behind = await ask(office, "/LAW-01/cases", area=area, period=period)
            assert behind["total"] == line["value"], (area, period)
    for month in (await ask(office, "/LAW-01/trend", area=DISTRICT, year=2026))["items"]:
        told.setdefault((DISTRICT, month["key"]), month["value"])
    assert all(value in (None, true.get(cell, 0)) for cell, value in told.items())
    known = {cell: int(value) for cell, value in told.items() if value is not None}
    assert known[DISTRICT, "2026"] == 16
    assert known[441802103000, "2026"] == known[DISTRICT, "2026-01"] == 8
    while found := dict(_reckoned(told, known)):
        known |= found
    assert [cell for cell, value in known.items() if 0 < value < 5] == []
    assert {cell: told[cell] for cell in true if true[cell] > 4 and told[cell] is None} != {}


def _counted() -> dict[Cell, int]:
    found: dict[Cell, int] = {}
    for village, months in VILLAGES.items():
        for month, number in months.items():
            for area in (DISTRICT, village // 1000 * 1000, village):
                for period in ("2026", "2026Q1", f"2026-{month:02}"):
                    found[area, period] = found.get((area, period), 0) + number
    return found


def _reckoned(
    told: Mapping[Cell, int | None], known: Mapping[Cell, int]
) -> Iterator[tuple[Cell, int]]:
    """What is left over in a whole and its parts of which just one is not known."""
    areas = {area for area, _ in told}
    sums: list[tuple[Cell, list[Cell]]] = []
    for area in areas:
        below = [a for a in areas if a != area and _above(a) == area]
        sums += [((area, p), [(a, p) for a in below]) for p in PERIODS if below]
        quarters = [(area, f"2026Q{n}") for n in range(1, 5)]
        sums.append(((area, "2026"), quarters))
        sums.append(((area, "2026Q1"), [(area, f"2026-{n:02}") for n in range(1, 4)]))
    for whole, parts in sums:
        # Nothing happened where nobody was told of anything.
        values = {cell: 0 if cell not in told else known.get(cell) for cell in (whole, *parts)}
        if sum(value is None for value in values.values()) == 1:
            (left,) = (cell for cell, value in values.items() if value is None)
            rest = sum(value or 0 for cell, value in values.items() if cell != whole)
            yield left, (values[whole] or 0) - rest if left != whole else rest


def _above(area: int) -> int:
    return area // 1000 * 1000 if area % 1000 else DISTRICT


@given(st.lists(st.integers(0, 12), min_size=1, max_size=8), st.booleans())
def test_nothing_small_stands_alone(counts: list[int], whole_hidden: bool) -> None:
    parts = {str(n): Figure(count) for n, count in enumerate(counts)}
    hidden = hidden_parts(parts, whole_hidden=whole_hidden)
    assert {k for k, f in parts.items() if f.small} <= set(hidden)
    alone = len(hidden) + whole_hidden == 1
    assert not alone or not [k for k, f in parts.items() if f.part and k not in hidden]
    large = [k for k in hidden if not parts[k].small]
    assert len(large) <= 1
    if large:
        assert set(hidden.values()) == {WITHHELD}, "which of them is the small one is not said"
