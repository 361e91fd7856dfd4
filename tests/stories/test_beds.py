"""A bed is given once, however many ask for it at the same moment."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app import clock, crypto
from tests.conftest import Client, Owner
from tests.stories.answers import NOW, command

CROWD = 200
OPEN = "/cases/shelter_placement"
ASSESSED = {"threatened": True, "no_place_to_stay": True}
BETWEEN = timedelta(hours=1)


@pytest.fixture
async def bed(owner: Owner, app: object) -> Any:
    """A bed for women, of the demo's shelter."""
    async with owner() as connection:
        found = await connection.execute(
            text("select id, shelter_id from bed where zone = 'women' order by id limit 1")
        )
        return found.one()


def admission(bed: Any, at: Any = NOW) -> dict[str, Any]:
    return {
        "age_group": "adult",
        "shelter_id": bed.shelter_id,
        "bed_id": bed.id,
        "arrived_at": at.isoformat(),
    }


async def waiting(client: Client, people: int) -> list[str]:
    """The addresses of cases in which so many people wait for a bed."""
    fed, shelter = await client("women_fed_town"), await client("shelter")
    return await asyncio.gather(*(_assessed(fed, shelter, f"求助人{n}") for n in range(people)))


async def _assessed(fed: httpx.AsyncClient, shelter: httpx.AsyncClient, name: str) -> str:
    request = {"in_danger": False, "victim": {"name": name, "sex": "female"}}
    opened = await fed.post(OPEN, json=command(request))
    assert opened.status_code == 201, opened.text
    url = f"{OPEN}/{opened.json()['case_id']}"
    done = await shelter.post(f"{url}/assess", json=command(ASSESSED))
    assert done.status_code == 200, done.text
    return url


async def stays(owner: Owner, bed: Any) -> list[Any]:
    async with owner() as connection:
        found = await connection.execute(
            text(
                "select s.case_id, s.started_at, s.ended_at, c.state from bed_stay s"
                ' join "case" c on c.id = s.case_id where bed_index = :b order by started_at'
            ),
            {"b": crypto.bed_index(crypto.keyring(), bed.id)},
        )
        return list(found)


async def test_two_hundred_claim_the_last_bed_and_one_gets_it(
    client: Client, owner: Owner, bed: Any
) -> None:
    with clock.at(NOW):
        urls = await waiting(client, CROWD)
        shelter = await client("shelter")
        answers: list[httpx.Response] = await asyncio.gather(
            *(shelter.post(f"{url}/admit", json=command(admission(bed))) for url in urls)
        )
    told = Counter((a.status_code, a.json().get("type")) for a in answers)
    assert told == {(200, None): 1, (409, "/problems/no-free-bed"): CROWD - 1}
    winner = next(a for a in answers if a.status_code == 200).json()["case_id"]
    assert [(str(s.case_id), s.state) for s in await stays(owner, bed)] == [(winner, "admitted")]
    async with owner() as connection:
        states = await connection.execute(
            text('select state, version, count(*) from "case" group by 1, 2')
        )
        assert {tuple(row) for row in states} == {
            ("admitted", 3, 1),
            ("assessed", 2, CROWD - 1),
        }
        events = await connection.scalar(text("select count(*) from event where name = 'admit'"))
        assert events == 1


async def test_a_bed_is_free_from_the_moment_she_leaves(
    client: Client, owner: Owner, bed: Any
) -> None:
    shelter = await client("shelter")
    at = NOW
    with clock.at(at):
        urls = await waiting(client, 3)
    for turn, url in enumerate(urls):
        at += BETWEEN
        with clock.at(at):
            claim = command(admission(bed, at), at)
            assert (await shelter.post(f"{url}/admit", json=claim)).status_code == 200
            again = await shelter.post(f"{url}/admit", json=claim)
            assert again.json()["repeated"] is True
            if turn == 0:
                other = await shelter.post(f"{urls[1]}/admit", json=command(admission(bed, at), at))
                assert other.json()["type"] == "/problems/no-free-bed"
        at += BETWEEN
        gone = {
            "reason": "left_without_notice",
            "left_at": at.isoformat(),
            "circumstances": "早餐时发现已不在房间",
        }
        with clock.at(at):
            left = await shelter.post(f"{url}/leave", json=command(gone, at))
            assert left.status_code == 200, left.text
    hours = [(s.started_at - NOW, s.ended_at - NOW) for s in await stays(owner, bed)]
    assert hours == [(BETWEEN * n, BETWEEN * (n + 1)) for n in (1, 3, 5)]


async def test_whoever_moves_rooms_gives_her_bed_to_the_next(
    client: Client, owner: Owner, bed: Any
) -> None:
    shelter = await client("shelter")
    async with owner() as connection:
        spare = await connection.scalar(
            text("select id from bed where zone = 'women' and shelter_id = :s and id <> :b"),
            {"s": bed.shelter_id, "b": bed.id},
        )
    with clock.at(NOW):
        first, second = await waiting(client, 2)
        taken = await shelter.post(f"{first}/admit", json=command(admission(bed)))
        assert taken.status_code == 200, taken.text
    later = NOW + BETWEEN
    with clock.at(later):
        change = command({"bed_id": spare, "reason": "换房"}, later)
        moved = await shelter.post(f"{first}/change_bed", json=change)
        assert moved.status_code == 200, moved.text
        claim = command(admission(bed, later), later)
        assert (await shelter.post(f"{second}/admit", json=claim)).status_code == 200
        back = command({"bed_id": bed.id, "reason": "换回"}, later)
        refused = await shelter.post(f"{first}/change_bed", json=back)
    assert refused.json()["type"] == "/problems/no-free-bed"
    assert len(await stays(owner, bed)) == 2
    async with owner() as connection:
        kept = await connection.scalar(
            text("select ended_at from bed_stay where bed_index = :b"),
            {"b": crypto.bed_index(crypto.keyring(), spare)},
        )
    assert kept is None
