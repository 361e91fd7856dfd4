"""The board over every walk of every kind: each figure is its list, and shows no more than that."""

import importlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app import clock
from app.clock import parse_period
from app.kinds import KINDS
from app.main import create_app
from app.services.figures.catalogue import catalogue
from app.services.figures.recount import recount
from tests.conftest import Client, Empty, Owner, serve
from tests.kinds.journey import START, Journey
from tests.kinds.walks import Walk
from tests.stories.board import DISTRICT, LATER, OTHER_VILLAGE, TOWN, VILLAGE, board, whole_list

WALKS: tuple[Walk, ...] = tuple(
    walk for kind in KINDS for walk in importlib.import_module(f"tests.kinds.walks.{kind}").WALKS
)
PERIODS = ("2026", "2026Q1", "2026-04", "2027")


@pytest.fixture(scope="module")
async def told(engine: AsyncEngine, owner: Owner, empty: Empty) -> AsyncIterator[Client]:
    """Clients of an app in which every walk of every kind has been walked, in one village."""
    app = create_app(engine=engine)
    async with app.router.lifespan_context(app), serve(app) as client:
        ids, beds = await _ids(owner)
        for number, walk in enumerate(WALKS):
            began = START + timedelta(days=number % 12 * 30)
            journey = Journey(client, walk.kind, ids | {"bed": beds[number % 5]}, began)
            for step in walk.steps:
                await journey.take(replace(step, answers=_renamed(step.answers, number)))
            assert journey.state == walk.ends, walk.name
        yield client
    await empty()


def _renamed(answers: Any, number: int) -> Any:
    """The answers about other people: who was warned in one walk is nobody in the next."""
    if isinstance(answers, Mapping):
        return {
            name: _number_of(value, number)
            if name == "id_number"
            else value[:5] + f"{number:02}" + value[7:]
            if name in ("phone", "safe_phone")
            else _renamed(value, number)
            for name, value in answers.items()
        }
    return [_renamed(one, number) for one in answers] if isinstance(answers, list) else answers


def _number_of(id_number: str, number: int) -> str:
    """The same birth and sex under another serial number, with its check digit."""
    body = f"{id_number[:14]}{number:02}{id_number[16]}"
    total = sum(int(d) * 2 ** (17 - i) for i, d in enumerate(body))
    return body + "10X98765432"[total % 11]


async def _ids(owner: Owner) -> tuple[dict[str, Any], list[int]]:
    """What the walks' placeholders stand for, from the seeded registers, and beds for women."""
    async with owner() as connection:
        kinds = "select kind, min(id) as id from organisation group by kind"
        found = {row.kind: row.id for row in await connection.execute(text(kinds))}
        zones = "select zone, min(id) as id from bed group by zone"
        found |= {f"bed:{r.zone}": r.id for r in await connection.execute(text(zones))}
        women = text("select id from bed where zone = 'women' order by id")
        beds = list((await connection.execute(women)).scalars())
    return found | {"village": VILLAGE, "other_village": OTHER_VILLAGE}, beds


@pytest.mark.parametrize("period", PERIODS)
async def test_every_figure_is_the_length_of_its_list(told: Client, period: str) -> None:
    supervisor = await told("women_fed_district")
    where = {"area": DISTRICT, "period": period}
    lines = await board(supervisor, **where)
    known = catalogue(KINDS)
    assert set(known) <= set(lines)
    for code in known:
        line = lines[code]
        assert not line["suppressed"], code
        above = await whole_list(supervisor, code, **where)
        assert above["total"] == above["yours"] == len(above["items"]) + len(above["entries"])
        values = [item["value"] for item in above["items"]]
        summed = sum(values) if values and values[0] is not None else above["total"]
        assert line["numerator"] == pytest.approx(summed, abs=0.01), code
        if line["denominator"] is None:
            assert line["value"] == line["numerator"], code
            continue
        below = await whole_list(supervisor, code, side="denominator", **where)
        members = below["items"] + below["entries"]
        assert line["denominator"] == below["total"] == below["yours"] == len(members), code
        hundred = 1 if line["unit"] == "天" else 100
        if not members:
            assert line["value"] is None, code
        else:
            share = line["numerator"] / len(members) * hundred
            assert line["value"] == pytest.approx(share, abs=0.01), code


async def test_the_walks_move_most_figures(told: Client) -> None:
    """A board of zeros would agree with any list."""
    supervisor = await told("women_fed_district")
    moved: set[str] = set()
    for period in PERIODS:
        lines = await board(supervisor, area=DISTRICT, period=period)
        moved |= {c for c, line in lines.items() if line["numerator"] or line["denominator"]}
    known = set(catalogue(KINDS))
    assert len(known - moved) < len(known) / 6, sorted(known - moved)


async def test_a_slow_recount_finds_no_difference(told: Client, owner: Owner) -> None:
    async with owner() as connection:
        with clock.at(LATER):
            for area in (DISTRICT, TOWN, VILLAGE):
                for period in map(parse_period, PERIODS):
                    assert await recount(connection, area, period) == []
