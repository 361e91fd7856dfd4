"""Registers: who keeps them, that nobody overwrites anybody, and what is free tonight."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from app import clock, crypto
from app.roles import Role
from app.services.district import registers
from tests.conftest import Client, Owner
from tests.kinds.journey import START, Journey
from tests.kinds.walks import Step

TOWN, VILLAGE, DISTRICT = 441802103000, 441802103222, 441802000000
COMMITTEE = {
    "kind": "mediation_committee", "name": "某村人民调解委员会", "area": VILLAGE,
    "opened_on": "2026-05-01",
}  # fmt: skip


@pytest.fixture(autouse=True)
async def put_back(owner: Owner) -> AsyncIterator[None]:
    """Registers outlive a story: take away what this one added."""
    async with owner() as connection:
        last = await connection.execute(
            text("select (select max(id) from organisation) o, (select max(id) from bed) b")
        )
        before = last.one()
    yield
    async with owner() as connection:
        values = {"o": before.o or 0, "b": before.b or 0}
        await connection.execute(text("delete from bed_stay"))
        await connection.execute(text("delete from bed where id > :b"), values)
        await connection.execute(text("delete from organisation where id > :o"), values)
        await connection.execute(text("delete from holiday"))


async def add(client: httpx.AsyncClient, **more: Any) -> httpx.Response:
    return await client.post("/registers/organisations", json=COMMITTEE | more)


async def test_a_committee_is_added_corrected_and_closed(client: Client) -> None:
    bureau = await client("justice_bureau")
    made = await add(bureau)
    assert made.status_code == 201, made.text
    entry = made.json()
    assert (entry["kind_title"], entry["area"], entry["version"]) == ("人民调解委员会", VILLAGE, 1)
    assert made.headers["etag"] == '"1"'
    url = f"/registers/organisations/{entry['id']}"
    new = {"name": "某村婚姻家庭纠纷人民调解委员会", "opened_on": "2026-05-02"}
    assert (await bureau.put(url, json=new)).status_code == 428
    for stale in ('"2"', "W/x", "1"):
        refused = await bureau.put(url, json=new, headers={"If-Match": stale})
        assert (refused.status_code, refused.json()["type"]) == (412, "/problems/stale")
    changed = await bureau.put(url, json=new, headers={"If-Match": '"1"'})
    assert changed.status_code == 200, changed.text
    assert changed.json().items() >= {**new, "version": 2, "closed_on": None}.items()
    end = {"closed_on": "2026-08-31"}
    early = await bureau.post(
        f"{url}/close", json={"closed_on": "2026-05-01"}, headers={"If-Match": '"2"'}
    )
    assert early.status_code == 422
    assert (await bureau.post(f"{url}/close", json=end)).status_code == 428
    closed = await bureau.post(f"{url}/close", json=end, headers={"If-Match": '"2"'})
    assert (closed.status_code, closed.headers["etag"]) == (200, '"3"')
    again = await bureau.post(f"{url}/close", json=end, headers={"If-Match": '"3"'})
    assert again.status_code == 409
    listed: dict[str, str | int] = {"area": VILLAGE, "kind": "mediation_committee"}
    open_now = (await bureau.get("/registers/organisations", params=listed)).json()["items"]
    ever = await bureau.get("/registers/organisations", params=listed | {"closed": True})
    assert open_now == []
    assert [(o["id"], o["closed_on"]) for o in ever.json()["items"]] == [
        (entry["id"], "2026-08-31")
    ]
    assert (await bureau.get(url)).json() == ever.json()["items"][0]


async def test_the_same_entry_is_one_and_a_namesake_is_refused(
    client: Client, owner: Owner
) -> None:
    bureau = await client("justice_bureau")
    async with owner() as connection:
        # Nobody adds a row until all have looked for one.
        await connection.execute(text("lock table organisation in share mode"))
        adding = [asyncio.create_task(add(bureau)) for _ in range(3)]
        await asyncio.sleep(0.3)
    answers = await asyncio.gather(*adding)
    assert sorted(a.status_code for a in answers) == [200, 200, 201]
    assert len({a.json()["id"] for a in answers}) == 1
    other = await add(bureau, opened_on="2026-06-01")
    assert (other.status_code, other.json()["type"]) == (409, "/problems/conflict")


async def test_one_of_two_who_correct_at_once_is_told(client: Client) -> None:
    bureau = await client("justice_bureau")
    made = (await add(bureau)).json()
    url = f"/registers/organisations/{made['id']}"
    answers = await asyncio.gather(
        *(
            bureau.put(
                url,
                json={"name": f"第{n}调解委员会", "opened_on": "2026-05-01"},
                headers={"If-Match": '"1"'},
            )
            for n in range(2)
        )
    )
    assert sorted(a.status_code for a in answers) == [200, 412]


@pytest.mark.parametrize(
    ("username", "kind", "area", "status"),
    [
        ("justice_bureau", "legal_aid_station", TOWN, 201),
        ("justice_bureau", "shelter", DISTRICT, 403),
        ("civil_affairs", "shelter", DISTRICT, 201),
        ("civil_affairs", "legal_aid", DISTRICT, 403),
        ("women_fed_district", "school", TOWN, 201),
        ("women_fed_town", "school", TOWN, 403),
        ("police", "police", TOWN, 403),
        ("women_fed_district", "school", 440103000000, 403),
        ("women_fed_district", "school", 441802103999, 422),
    ],
)
async def test_every_kind_has_its_keepers(
    client: Client, username: str, kind: str, area: int, status: int
) -> None:
    answer = await add(await client(username), kind=kind, area=area, name="某单位")
    assert answer.status_code == status, answer.text


async def test_the_list_goes_page_by_page(client: Client) -> None:
    fed = await client("women_fed_district")
    seen: list[int] = []
    after: int | None = 0
    while after is not None:
        query: dict[str, str | int] = {"kind": "mediation_committee", "limit": 60, "after": after}
        page = (await fed.get("/registers/organisations", params=query)).json()
        seen += [entry["id"] for entry in page["items"]]
        after = page["next"]
    assert seen == sorted(set(seen))
    # Eight towns, the district, and the 164 villages but the demo's five without a committee.
    assert len(seen) == 1 + 8 + 164 - len(registers.NO_MEDIATORS)


async def test_a_register_of_another_district_is_not_there(client: Client, owner: Owner) -> None:
    async with owner() as connection:
        made = await connection.execute(
            text("insert into organisation (kind, name, district, opened_on)"
                 " values ('school', '外区学校', 440103000000, '2026-01-01') returning id")
        )  # fmt: skip
    fed = await client("women_fed_district")
    assert (await fed.get(f"/registers/organisations/{made.scalar_one()}")).status_code == 404


async def test_no_list_says_where_a_shelter_is(client: Client) -> None:
    civil = await client("civil_affairs")
    made = await add(civil, kind="shelter", name="区第二庇护所", area=VILLAGE)
    assert (made.status_code, made.json()["area"]) == (201, DISTRICT), made.text
    one = await civil.get(f"/registers/organisations/{made.json()['id']}")
    assert one.json()["area"] == DISTRICT
    for area, found in ((DISTRICT, True), (TOWN, False), (VILLAGE, False)):
        asked: dict[str, int | str] = {"kind": "shelter", "area": area, "limit": 100}
        items = (await civil.get("/registers/organisations", params=asked)).json()["items"]
        assert (made.json()["id"] in {item["id"] for item in items}) is found
        assert {item["area"] for item in items} <= {DISTRICT}


async def test_mediators_are_counted_at_three_levels(client: Client, owner: Owner) -> None:
    admin = await client("grid_worker")
    before = (await admin.get("/registers/mediators")).json()
    known = {level["level"]: level["number"] for level in before["levels"]}
    (demo,) = before["items"]
    assert demo["level"] == "town"
    assert demo["organisation"]
    async with owner() as connection:
        made = await connection.execute(
            text("insert into account (username, display_name) values ('m1', '古文远')"
                 " returning id")
        )  # fmt: skip
        grant = text("insert into account_grant (account_id, role, area, supervisor)"
                     " values (:id, 'mediator', :area, false)")  # fmt: skip
        id = made.scalar_one()
        for area in (VILLAGE, DISTRICT):
            await connection.execute(grant, {"id": id, "area": area})
    try:
        after = (await admin.get("/registers/mediators", params={"level": "district"})).json()
        now = {level["level"]: level["number"] for level in after["levels"]}
        assert now == known | {"district": known["district"] + 1}, "once, at the widest"
        assert [item["id"] for item in after["items"]][-1] == id
        follow = {"after": id}
        assert (await admin.get("/registers/mediators", params=follow)).json()["items"] == []
    finally:
        async with owner() as connection:
            await connection.execute(
                text("delete from account_grant where account_id = :id"), {"id": id}
            )
            await connection.execute(text("delete from account where id = :id"), {"id": id})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "bank"}, "kind"),
        ({"area": "441802103222"}, "area"),
        ({"area": 1}, "area"),
        ({"opened_on": "2199-01-01"}, "opened_on"),
        ({"opened_on": "2026-13-01"}, "opened_on"),
        ({"name": " "}, "name"),
        ({"version": 7}, "version"),
    ],
)
async def test_a_wrong_entry_is_refused(client: Client, change: dict[str, Any], field: str) -> None:
    answer = await add(await client("justice_bureau"), **change)
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["field"] == field


async def free(client: Client, username: str) -> dict[str, Any]:
    answer = await (await client(username)).get("/registers/shelters/free-beds")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def beds_of(client: Client, zone: str) -> list[int]:
    beds = (await free(client, "civil_affairs"))["beds"]
    return [bed["bed_id"] for bed in beds if bed["zone"] == zone]


async def test_who_brings_somebody_knows_that_a_bed_is_free(client: Client) -> None:
    before = {zone: registers.BEDS[zone] for zone in ("women", "men", "minors", "family")}
    for username in ("shelter", "civil_affairs", "women_fed_district", "police", "police_2"):
        found = await free(client, username)
        assert {z["zone"]: z["free"] for z in found["zones"]} == before
        (shelter,) = found["shelters"]
        assert {z["zone"]: z["total"] for z in shelter["zones"]} == before
        named = username in ("shelter", "civil_affairs")
        assert len(found["beds"]) == (sum(before.values()) if named else 0)
    fed = await (await client("women_fed_town")).get("/registers/shelters/free-beds")
    assert fed.status_code == 403


async def test_a_bed_somebody_has_is_free_for_nobody_whoever_asks(
    client: Client, owner: Owner
) -> None:
    bed = (await beds_of(client, "women"))[0]
    journey = Journey(client, "dv_warning", {"village": 441802106202})
    quick = {"immediate_danger": False, "what_happened": "争吵"}
    await journey.take(Step("opened", by=Role.WOMEN_FED_DISTRICT, answers=quick))
    async with owner() as connection:
        await connection.execute(
            text("insert into bed_stay (id, bed_index, case_id, started_at, district, town)"
                 " values (gen_random_uuid(), :bed, :case_id, :start, 441802000000, 441802106000)"),
            {"bed": crypto.bed_index(crypto.keyring(), bed), "case_id": journey.case_id,
             "start": START - timedelta(days=200)},
        )  # fmt: skip
    for username in ("shelter", "civil_affairs", "police_2"):
        zones = (await free(client, username))["zones"]
        all_ = registers.BEDS["women"]
        assert zones[0] == {"zone": "women", "free": all_ - 1, "total": all_}
    assert bed not in await beds_of(client, "women")


async def test_beds_are_added_by_civil_affairs(client: Client) -> None:
    office = await client("civil_affairs")
    listed = await office.get("/registers/organisations", params={"kind": "shelter"})
    url = f"/registers/shelters/{listed.json()['items'][0]['id']}/beds"
    bed = {"label": "女99", "zone": "women"}
    assert [(await office.post(url, json=bed)).status_code for _ in range(2)] == [201, 200]
    assert (await office.post(url, json=bed | {"zone": "men"})).status_code == 409
    assert (await office.post(url, json=bed | {"zone": "attic"})).status_code == 422
    assert (await (await client("shelter")).post(url, json=bed)).status_code == 403
    assert (await office.post("/registers/shelters/1/beds", json=bed)).status_code == 404
    assert len(await beds_of(client, "women")) == registers.BEDS["women"] + 1


async def test_a_village_signs_its_survey_once_a_day(client: Client, owner: Owner) -> None:
    village = await client("village_committee")
    body = {"village": 441802103201, "signed_on": "2026-03-31"}
    first, again = [await village.post("/registers/surveys", json=body) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 200), first.text
    assert first.json() == again.json()
    later = await village.post("/registers/surveys", json=body | {"signed_on": "2026-04-01"})
    assert later.status_code == 201
    async with owner() as connection:
        count = await connection.execute(text("select count(*) from survey_round"))
        assert count.scalar_one() == 2
    for wrong, status in (
        ({"village": 441802106202}, 403),
        ({"signed_on": str(clock.local_day(clock.now()) + timedelta(days=1))}, 422),
        ({"signed_on": "2019-12-31"}, 422),
        ({"village": 441802103000}, 403),
    ):
        answer = await village.post("/registers/surveys", json=body | wrong)
        assert answer.status_code == status, answer.text
    town = await client("women_fed_town")
    whole = await town.post("/registers/surveys", json=body | {"village": TOWN})
    assert whole.status_code == 422
    assert (await (await client("police")).post("/registers/surveys", json=body)).status_code == 403


async def test_what_a_mark_moves_is_told_before(client: Client) -> None:
    admin, url = await client("system_admin"), "/registers/holidays/2026-12-02/moves"

    async def moves(url: str, *, is_working: bool) -> dict[tuple[str, str], list[str]]:
        answer = await admin.get(url, params={"is_working": is_working})
        assert answer.status_code == 200, answer.text
        return {
            (i["title"], i["term"]): [i["starts_on"], i["before"], i["after"]]
            for i in answer.json()["items"]
        }

    off = await moves(url, is_working=False)
    assert off["紧急情况消除后告知", "7日"] == ["2026-11-25", "2026-12-02", "2026-12-03"]
    assert off["转介答复", "3个工作日"] == ["2026-12-01", "2026-12-04", "2026-12-07"]
    assert off["一个月内调结", "1个月"] == ["2026-11-02", "2026-12-02", "2026-12-03"]
    assert not [title for title, _ in off if "回访" in title], "a visit to her waits for no holiday"
    assert await moves(url, is_working=True) == {}, "it is worked as it is"
    saturday = await moves(url.replace("12-02", "12-05"), is_working=True)
    assert saturday["紧急情况消除后告知", "7日"] == ["2026-11-28", "2026-12-07", "2026-12-05"]
    police = await client("police")
    assert (await police.get(url, params={"is_working": False})).status_code == 403


async def test_a_marked_day_counts_from_now_on(client: Client, app: FastAPI) -> None:
    admin, url = await client("system_admin"), "/registers/holidays/2026-11-24"
    body = {"is_working": False, "name": "台风停工", "source": "清城区政府通告"}
    day = {"day": "2026-11-24", **body}
    first = {"If-None-Match": "*"}
    assert (await admin.get(url)).status_code == 404
    assert (await admin.put(url, json=body)).status_code == 428
    for _ in range(2):
        marked = await admin.put(url, json=body, headers=first)
        assert (marked.status_code, marked.json()) == (200, day), marked.text
    seen = marked.headers["etag"]
    other_mark = body | {"name": "台风"}
    for stale in (first, {"If-Match": '"2"'}):
        refused = await admin.put(url, json=other_mark, headers=stale)
        assert (refused.status_code, refused.json()["type"]) == (412, "/problems/stale")
    changed = await admin.put(url, json=other_mark, headers={"If-Match": seen})
    assert (changed.status_code, changed.headers["etag"] != seen) == (200, True)
    assert (await admin.put(url, json=body, headers={"If-Match": seen})).status_code == 412
    day = (await admin.get(url)).json()
    assert day == {"day": "2026-11-24", **other_mark}
    police = await client("police")
    listed = await police.get("/registers/holidays", params={"year": 2026})
    assert listed.json() == {"items": [day]}
    other = await police.get("/registers/holidays", params={"year": 2025})
    assert other.json() == {"items": []}
    assert not app.state.holidays.days[date(2026, 11, 24)]
    assert (await police.put(url, json=body)).status_code == 403
    assert (await admin.put(url, json=body | {"is_working": 0})).status_code == 422
    assert (await admin.put("/registers/holidays/2026-02-30", json=body)).status_code == 422
