"""Two at once, and steps out of order: nobody's work is lost, nothing ends as a failure of ours."""

import asyncio
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app import clock
from app.ids import uuid7
from tests.conftest import Client, Owner
from tests.stories.answers import HUSBAND, NOW, QUICK, REPORT, WIFE, command
from tests.stories.test_beds import admission, bed, waiting

__all__ = ["bed"]


async def opened(who: httpx.AsyncClient, answers: dict[str, Any] = REPORT) -> str:
    answer = await who.post("/cases/dv_warning", json=command(answers))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["case_id"])


async def test_what_two_cases_add_to_one_person_is_all_kept(client: Client) -> None:
    fed = await client("women_fed_town")
    first = await opened(fed, QUICK | {"victim": {"name": "林秋禾"}})
    person = (await fed.get(f"/cases/{first}/parties")).json()["items"][0]["person_id"]
    cases = [await opened(fed, QUICK) for _ in range(4)]
    facts: list[dict[str, Any]] = [
        {"phone": "13800000021"}, {"home_address": "城中一巷"},
        {"safe_contact": "工作日上午"}, {"id_number": WIFE["id_number"]},
    ]  # fmt: skip
    answers = await asyncio.gather(
        *(
            fed.post(
                f"/cases/dv_warning/{case}/add_party",
                json=command({"role": "victim", "person": {"person_id": person} | fact}),
            )
            for case, fact in zip(cases, facts, strict=True)
        )
    )
    assert {a.status_code for a in answers} == {200}, [a.text for a in answers]
    known = (await fed.get(f"/people/{person}")).json()
    for fact in facts:
        for name, value in fact.items():
            assert known[name] == ("138****0021" if name == "phone" else value)
    assert known["version"] == 5


async def test_verdicts_on_a_chain_of_matches_hold_together(client: Client, owner: Owner) -> None:
    fed = await client("women_fed_town")
    for _ in range(3):
        await opened(fed, QUICK | {"victim": WIFE})
    async with owner() as connection:
        rows = await connection.execute(text("select person_id, other_id from person_match"))
        pairs = [(str(one), str(other)) for one, other in rows]
    assert len(pairs) == 3
    for verdict in ("different", "same", "different", "same"):
        bodies = [{"id": str(uuid7()), "verdict": verdict} for _ in pairs]
        answers = await asyncio.gather(
            *(
                fed.post(f"/people/{one}/matches/{other}", json=body)
                for _ in range(3)
                for (one, other), body in zip(pairs, bodies, strict=True)
            )
        )
        assert {a.status_code for a in answers} == {200}, [a.text for a in answers]
        async with owner() as connection:
            pointing = await connection.scalar(
                text("select count(*) from person where same_as is not null")
            )
        assert pointing == (2 if verdict == "same" else 0)


async def test_cases_linked_twice_are_linked_once(client: Client) -> None:
    fed = await client("women_fed_town")
    one, other = await opened(fed), await opened(fed, QUICK)
    for _ in range(2):
        body = command({"case_id": other, "why": "同一受害人"})
        done = await fed.post(f"/cases/dv_warning/{one}/link", json=body)
        assert done.status_code == 200, done.text
    assert len((await fed.get(f"/cases/{one}")).json()["links"]["items"]) == 1


async def test_a_bed_left_before_it_was_taken_is_free(
    client: Client, owner: Owner, bed: Any
) -> None:
    """Two phones, two clocks: what is told later may have happened earlier."""
    with clock.at(NOW):
        (url,) = await waiting(client, 1)
    shelter = await client("shelter")
    with clock.at(NOW + timedelta(hours=6)):
        late = NOW + timedelta(hours=5)
        done = await shelter.post(f"{url}/admit", json=command(admission(bed, late), at=late))
        assert done.status_code == 200, done.text
        beds = await shelter.get("/registers/shelters/free-beds")
        other = next(b for b in beds.json()["beds"] if b["zone"] == "women")
        change = {"bed_id": other["bed_id"], "reason": "调整房间"}
        moved = await shelter.post(f"{url}/change_bed", json=command(change, at=NOW))
        assert moved.status_code in (200, 422), moved.text
    async with owner() as connection:
        wrong = "select count(*) from bed_stay where ended_at < started_at"
        assert await connection.scalar(text(wrong)) == 0


@pytest.mark.parametrize("days", [1, 400])
async def test_nobody_is_born_tomorrow(client: Client, days: int) -> None:
    fed = await client("women_fed_town")
    born = clock.local_day(clock.now()) + timedelta(days=days)
    victim = {"name": "林秋禾", "birth_on": born.isoformat()}
    answer = await fed.post("/cases/dv_warning", json=command(QUICK | {"victim": victim}))
    assert answer.status_code == 422, answer.text


async def test_a_child_born_since_does_not_stand_against_an_earlier_fact(client: Client) -> None:
    fed = await client("women_fed_town")
    born = date(2026, 3, 20).isoformat()
    with clock.at(NOW + timedelta(days=30)):
        case_id = await opened(fed, REPORT | {"children_present": True, "children": [
            {"name": "贺小满", "birth_on": born}]})  # fmt: skip
        note = command({"text": "补记产前情况"}, at=NOW)
        done = await fed.post(f"/cases/dv_warning/{case_id}/note", json=note)
        assert done.status_code == 200, done.text


async def test_equal_corrections_at_once_leave_one(client: Client, owner: Owner) -> None:
    fed = await client("women_fed_town")
    case_id = await opened(fed)
    note = await fed.post(f"/cases/dv_warning/{case_id}/note", json=command({"text": "甲"}))
    body = command({"text": "乙"}) | {"event_id": note.json()["id"], "reason": "笔误"}
    url = f"/cases/dv_warning/{case_id}/correct"
    answers = await asyncio.gather(*(fed.post(url, json=body) for _ in range(20)))
    assert {a.status_code for a in answers} == {200}
    assert sorted(a.json()["repeated"] for a in answers) == [False] + [True] * 19
    async with owner() as connection:
        assert await connection.scalar(text("select count(*) from event")) == 3


async def test_acting_and_handing_over_at_once_keep_every_copy_true(
    client: Client, owner: Owner
) -> None:
    fed, boss = await client("women_fed_town"), await client("women_fed_district")
    for _ in range(5):
        case_id = await opened(fed, REPORT | {"perpetrator": HUSBAND})
        url = f"/cases/dv_warning/{case_id}"
        moved = command({"area": 441802106202, "reason": "受害人已搬走"})
        added = command({"role": "witness", "person": {"name": "罗某"}})
        notes = [command({"text": f"第{n}次联系"}) for n in range(3)]
        answers = await asyncio.gather(
            fed.post(f"{url}/add_party", json=added),
            boss.post(f"{url}/transfer", json=moved),
            *(fed.post(f"{url}/note", json=note) for note in notes),
        )
        assert {a.status_code for a in answers} <= {200, 404}, [a.text for a in answers]
        assert answers[1].status_code == 200
    async with owner() as connection:
        stale = await connection.scalar(
            text('select count(*) from case_party p join "case" c on c.id = p.case_id'
                 " where p.village is distinct from c.village or p.seen_by <> c.seen_by")
        )  # fmt: skip
        gaps = await connection.scalar(
            text('select count(*) from "case" c where c.version <>'
                 " (select count(*) from event e where e.case_id = c.id)")
        )  # fmt: skip
    assert (stale, gaps) == (0, 0)
