"""Case numbers: from 1 on without a gap and never twice, whatever fails in between."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app import clock
from app.clock import LOCAL
from tests.conftest import Client, Owner
from tests.stories.answers import NOW, QUICK, command

EACH = 100
WOMAN = {"woman": {"name": "梁秋云", "sex": "female"}, "channel": "survey"}
NOWHERE = 441802999999
DOOMED = NOW - timedelta(minutes=7)
"""Commands of this moment fail when they are committed, after they got a number."""


@pytest.fixture
async def doomed(owner: Owner, app: object) -> AsyncIterator[None]:
    async with owner() as connection:
        await connection.execute(
            text(
                "create function doom() returns trigger language plpgsql as $$ begin"
                f" if new.claimed_at = '{DOOMED.isoformat()}' then raise exception 'disk full';"
                " end if; return null; end $$"
            )
        )
        await connection.execute(
            text(
                "create constraint trigger doom after insert on event"
                " deferrable initially deferred for each row execute function doom()"
            )
        )
    yield
    async with owner() as connection:
        await connection.execute(text("drop trigger doom on event"))
        await connection.execute(text("drop function doom()"))


def numbered(prefix: str, year: int, last: int) -> list[str]:
    return [f"{prefix}〔{year}〕{n:05}号" for n in range(1, last + 1)]


@pytest.mark.usefixtures("doomed")
async def test_two_hundred_openings_at_once_leave_no_gap(client: Client, owner: Owner) -> None:
    grid = await client("grid_worker")

    async def opening(kind: str, body: dict[str, Any]) -> tuple[str, int, str | None]:
        answer = await grid.post(f"/cases/{kind}", json=body)
        return kind, answer.status_code, answer.json().get("number")

    asked: list[tuple[str, dict[str, Any]]] = []
    for n in range(EACH):
        asked += [("dv_warning", command(QUICK)), ("left_behind_visit", command(WOMAN))]
        if n % 20 == 0:
            asked += [
                ("dv_warning", command(QUICK, area=NOWHERE)),
                ("dv_warning", command({"immediate_danger": True})),
                ("dv_warning", command(QUICK, at=DOOMED)),
                ("left_behind_visit", command(WOMAN, at=DOOMED)),
                ("protection_order", command({})),
                asked[-2],
            ]
    with clock.at(NOW):
        told = await asyncio.gather(*(opening(*one) for one in asked))
    assert Counter(status for _, status, _ in told) == {201: 2 * EACH, 200: 5, 422: 15, 500: 10}
    given = {
        kind: sorted(str(number) for k, status, number in told if (k, status) == (kind, 201))
        for kind in ("dv_warning", "left_behind_visit")
    }
    assert given["dv_warning"] == numbered("告诫", 2026, EACH)
    assert given["left_behind_visit"] == numbered("探访", 2026, EACH)
    async with owner() as connection:
        counters = await connection.execute(text("select kind, year, last from case_counter"))
        assert {tuple(row) for row in counters} == {
            ("dv_warning", 2026, EACH),
            ("left_behind_visit", 2026, EACH),
        }
        kept = await connection.execute(text('select number from "case"'))
        assert sorted(kept.scalars()) == sorted(given["dv_warning"] + given["left_behind_visit"])


async def test_a_refused_opening_takes_no_number(client: Client) -> None:
    grid = await client("grid_worker")
    with clock.at(NOW):
        first = await grid.post("/cases/dv_warning", json=command(QUICK))
        reused = command(WOMAN) | {"id": first.json()["id"]}
        assert (await grid.post("/cases/left_behind_visit", json=reused)).status_code == 409
        court = await client("court")
        assert (
            await court.post("/cases/left_behind_visit", json=command(WOMAN))
        ).status_code == 403
        second = await grid.post("/cases/dv_warning", json=command(QUICK))
        other = await grid.post("/cases/left_behind_visit", json=command(WOMAN))
    numbers = [answer.json()["number"] for answer in (first, second, other)]
    assert numbers == [*numbered("告诫", 2026, 2), *numbered("探访", 2026, 1)]


async def test_numbers_begin_anew_with_the_year_in_qingcheng(client: Client) -> None:
    grid = await client("grid_worker")
    new_year = datetime(2027, 1, 1, tzinfo=LOCAL)
    numbers = []
    for moment in (new_year - timedelta(seconds=1), new_year):
        with clock.at(moment):
            answer = await grid.post("/cases/dv_warning", json=command(QUICK, at=moment))
            numbers.append(answer.json()["number"])
    assert numbers == ["告诫〔2026〕00001号", "告诫〔2027〕00001号"]
