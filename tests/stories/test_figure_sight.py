"""Figures are for everybody who holds a role in the area, cases and small counts are not."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db import transaction
from tests.conftest import Client
from tests.stories.answers import NOW, QUICK
from tests.stories.board import (
    DISTRICT,
    OTHER_TOWN,
    OTHER_VILLAGE,
    TOWN,
    VILLAGE,
    accepted,
    ask,
    board,
    send,
)

DAY = timedelta(days=1)


async def test_who_lost_a_case_by_transfer_is_not_shown_how_many(client: Client) -> None:
    """The event stays in the town where it happened, the case does not."""
    case_id = await accepted(client)
    town, district = await client("women_fed_town"), await client("women_fed_district")
    where: dict[str, Any] = {"area": TOWN, "period": "2026", "at": NOW + 3 * DAY}
    assert (await board(town, **where))["LAW-01"]["value"] == 1
    moved = {"area": OTHER_VILLAGE, "reason": "受害人已搬至该村"}
    await send(district, f"dv_warning/{case_id}/transfer", moved, NOW + 2 * DAY)
    assert (await board(town, **where))["LAW-01"]["text"] == "<5"
    assert (await board(district, **where))["LAW-01"]["value"] == 1
    lost = await ask(town, "/LAW-01/cases", **where)
    assert (lost["total"], lost["suppressed"], lost["yours"], lost["items"]) == (None, True, 0, [])


async def test_few_are_shown_only_to_those_who_may_open_every_case(client: Client) -> None:
    await accepted(client)
    where: dict[str, Any] = {"area": VILLAGE, "period": "2026", "at": NOW + DAY}
    for who in ("women_fed_district", "women_fed_town", "women_fed_village", "police"):
        assert (await board(await client(who), **where))["LAW-01"]["value"] == 1, who
    for who in ("wcwc_office", "court", "justice_bureau", "civil_affairs"):
        line = (await board(await client(who), **where))["LAW-01"]
        shown = [line[n] for n in ("numerator", "denominator", "value", "suppressed", "text")]
        assert shown == [None, None, None, True, "<5"], who
        behind = await ask(await client(who), "/LAW-01/cases", **where)
        assert (behind["total"], behind["yours"], behind["items"]) == (None, 0, []), who


async def test_the_office_reads_figures_of_many_but_never_their_cases(client: Client) -> None:
    for number in range(5):
        await accepted(client, NOW + number * DAY)
    office = await client("wcwc_office")
    where: dict[str, Any] = {"area": DISTRICT, "period": "2026Q1", "at": NOW + 9 * DAY}
    assert (await board(office, **where))["LAW-01"]["value"] == 5
    behind = await ask(office, "/LAW-01/cases", **where)
    assert (behind["total"], behind["yours"], behind["items"]) == (5, 0, [])


async def test_who_was_given_every_case_sees_how_few_they_are(client: Client) -> None:
    hospital = await client("hospital")
    await send(hospital, "dv_warning@other", QUICK, NOW)
    where: dict[str, Any] = {"area": DISTRICT, "period": "2026", "at": NOW + DAY}
    assert (await board(hospital, **where))["LAW-37"]["denominator"] == 1
    await accepted(client)
    assert (await board(hospital, **where))["LAW-37"]["suppressed"]
    mine = await ask(hospital, "/LAW-37/cases", side="denominator", **where)
    assert (mine["total"], mine["yours"], len(mine["items"])) == (None, 1, 1)


@pytest.mark.parametrize(
    ("who", "area", "status"),
    [
        ("women_fed_village", VILLAGE, 200),
        ("women_fed_village", TOWN, 403),
        ("women_fed_town", VILLAGE, 200),
        ("women_fed_town", OTHER_TOWN, 403),
        ("women_fed_town", DISTRICT, 403),
        ("court", OTHER_VILLAGE, 200),
        ("mediator", TOWN, 200),
        ("system_admin", DISTRICT, 403),
        ("police", 441802999000, 404),
    ],
)
async def test_figures_are_asked_for_ones_own_areas(
    client: Client, who: str, area: int, status: int
) -> None:
    for path in ("", "/LAW-01/cases", "/LAW-01/areas"):
        answer = await (await client(who)).get(
            f"/indicators{path}", params={"area": area, "period": "2026"}
        )
        assert answer.status_code == status, (path, answer.text)


async def test_wrong_questions_are_refused(client: Client) -> None:
    fed = await client("women_fed_district")
    wrong: tuple[tuple[str, dict[str, Any], int], ...] = (
        ("", {"period": "2026-13"}, 422),
        ("", {"period": "2026", "area": 12}, 422),
        ("/LAW-99/cases", {"period": "2026"}, 404),
        ("/SOC-01/cases", {"period": "2026"}, 404),
        ("/LAW-01/cases", {"period": "2026", "side": "denominator"}, 422),
        ("/LAW-01/cases", {"period": "2026", "cursor": "nonsense"}, 422),
        ("/LAW-01/trend", {"year": 1999}, 422),
    )
    for path, query, status in wrong:
        answer = await fed.get(f"/indicators{path}", params={"area": DISTRICT} | query)
        assert answer.status_code == status, (path, answer.text)


async def test_the_app_itself_sees_numbers_and_no_rows(client: Client, engine: AsyncEngine) -> None:
    await accepted(client)
    place = "array[441802000000, null, null]::bigint[], '2026-01-01', '2027-01-01'"
    choice = "(array['dv_warning'], array['accept'], null, false, null)::figure_choice"
    counts = f"select n from figures_of_events('district', {place}, array['accept'])"  # noqa: S608
    async with transaction(engine) as connection:
        assert (await connection.execute(text(counts))).scalar_one() == 1
        for rows in (
            "figure_event",
            "figure_clock",
            f"figure_chosen({choice}, {place})",
            f"members_distinct({choice}, true, 'district', {place})",
        ):
            found = await connection.execute(text(f"select count(*) from {rows}"))  # noqa: S608
            assert found.scalar_one() == 0, rows
