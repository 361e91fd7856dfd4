"""Finding people: exactly, by part of a name, never beyond one's cases; and who may be who."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app import clock
from app.ids import uuid7
from app.services import seed
from app.services.persons import matches
from tests.conftest import Client, Owner
from tests.stories.answers import HUSBAND, NOW, REPORT, WIFE
from tests.stories.test_reading import opened

OTHER_WIFE = {"name": "林秋月", "id_number": "441802199202170041", "phone": "13800000022"}
ELSEWHERE = {"name": "欧阳秋禾", "phone": "13800000023"}


async def found(who: httpx.AsyncClient, **wanted: str) -> list[dict[str, Any]]:
    answer = await who.post("/people/search", json=wanted)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


@pytest.fixture
async def cases(client: Client) -> list[str]:
    """Three women: two in one village, the third in another town."""
    district = await client("women_fed_district")
    wanted = ((WIFE, seed.VILLAGE), (OTHER_WIFE, seed.VILLAGE), (ELSEWHERE, seed.SECOND_VILLAGE))
    with clock.at(NOW):
        return [
            await opened(district, REPORT | {"victim": wife, "perpetrator": None}, area=area)
            for wife, area in wanted
        ]


async def test_a_number_finds_its_person_however_it_is_written(
    client: Client, cases: list[str]
) -> None:
    committee = await client("village_committee")
    for written in (
        "441802198805120022",
        " 441802 19880512 0022 ",
        "４４１８０２１９８８０５１２００２２",
    ):
        (person,) = await found(committee, id_number=written)
        assert person["name"] == "林秋禾"
        assert person["id_number"] == "**************0022"
        assert person["phone"] == "138****0021"
        assert [case["id"] for case in person["cases"]] == [cases[0]]
    for written in ("13800000021", "+86 138 0000 0021"):
        assert [p["name"] for p in await found(committee, phone=written)] == ["林秋禾"]
    assert await found(committee, id_number="441802198805120023") == []


async def test_part_of_a_name_finds_all_who_bear_it(client: Client, cases: list[str]) -> None:
    district = await client("women_fed_district")
    names = {
        part: {p["name"] for p in await found(district, name=part)}
        for part in ("林", "林秋", "秋禾", "林秋禾", "禾秋", "欧阳")
    }
    assert names == {
        "林": {"林秋禾", "林秋月"},
        "林秋": {"林秋禾", "林秋月"},
        "秋禾": {"林秋禾", "欧阳秋禾"},
        "林秋禾": {"林秋禾"},
        "禾秋": set(),
        "欧阳": {"欧阳秋禾"},
    }


async def test_search_ends_where_sight_ends(client: Client, cases: list[str]) -> None:
    for name in ("women_fed_town", "village_committee"):
        inside = await client(name)
        assert {p["name"] for p in await found(inside, name="秋禾")} == {"林秋禾"}
        assert await found(inside, phone="13800000023") == []
    # Grid workers report warnings but do not read them.
    for name in ("grid_worker", "court", "women_fed_feilaixia"):
        outside = await client(name)
        assert await found(outside, name="林秋禾") == []
        assert await found(outside, id_number=WIFE["id_number"]) == []
    for name in ("zongzhi", "wcwc_office", "system_admin", "audit_admin"):
        answer = await (await client(name)).post("/people/search", json={"name": "林秋禾"})
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-allowed")


async def test_a_search_names_one_thing_and_is_never_part_of_an_address(client: Client) -> None:
    police = await client("police")
    for body in ({}, {"name": "林", "phone": "13800000021"}, {"name": "  "}, {"age": "30"}):
        answer = await police.post("/people/search", json=body)
        assert answer.status_code == 422, body
        assert "13800000021" not in answer.text
    assert (await police.get("/people/search", params={"name": "林"})).status_code in (405, 422)


async def test_every_search_is_logged(client: Client, owner: Owner, cases: list[str]) -> None:
    await found(await client("police"), name="林秋禾")
    await found(await client("police"), name="无此人")
    async with owner() as connection:
        rows = await connection.execute(text("select what, sight from access_log"))
        assert [tuple(row) for row in rows] == [("people_search", "S3")] * 2


async def test_a_person_is_shown_as_far_as_her_cases_allow(
    client: Client, owner: Owner, cases: list[str]
) -> None:
    committee, police = await client("village_committee"), await client("police")
    (person,) = await found(committee, phone="13800000021")
    url = f"/people/{person['id']}"
    shallow, deep = (await committee.get(url)).json(), (await police.get(url)).json()
    assert (shallow["name"], shallow["id_number"]) == ("林秋禾", None)
    assert (deep["id_number"], deep["birth_on"]) == (WIFE["id_number"], "1988-05-12")
    assert [case["id"] for case in deep["cases"]] == [cases[0]]
    for name in ("women_fed_feilaixia", "grid_worker", "court"):
        assert (await (await client(name)).get(url)).status_code == 404
    assert (await (await client("system_admin")).get(url)).status_code == 403
    async with owner() as connection:
        query = "select person_id::text from access_log where what = 'person_page'"
        assert list((await connection.execute(text(query))).scalars()) == [person["id"]]


@pytest.fixture
async def pair(client: Client, cases: list[str]) -> tuple[str, str]:
    """The same woman typed in again a day later, in the same town: the two rows' ids."""
    fed = await client("women_fed_town")
    with clock.at(NOW + timedelta(days=1)):
        again = REPORT | {"victim": WIFE, "perpetrator": HUSBAND}
        await opened(fed, again, at=clock.now(), area=seed.TOWN)
    old, new = sorted(p["id"] for p in await found(fed, id_number=WIFE["id_number"]))
    return new, old


async def verdict(who: httpx.AsyncClient, pair: tuple[str, str], **more: Any) -> httpx.Response:
    body = {"id": str(uuid7()), "verdict": "same"} | more
    return await who.post(f"/people/{pair[0]}/matches/{pair[1]}", json=body)


async def same_as(owner: Owner, id: str) -> str | None:
    async with owner() as connection:
        query = text("select same_as::text from person where id = :id")
        found: str | None = await connection.scalar(query, {"id": id})
        return found


async def test_two_rows_with_one_number_wait_for_a_human(
    client: Client, owner: Owner, pair: tuple[str, str]
) -> None:
    fed, district = await client("women_fed_town"), await client("women_fed_district")
    for decider in (fed, district):
        (item,) = (await decider.get("/people/matches")).json()["items"]
        assert (item["person"]["id"], item["other"]["id"]) == pair
        assert item["reason"] == "id_number"
        assert item["person"]["id_number"] == "**************0022"
    assert await same_as(owner, pair[0]) is None
    answer = await verdict(fed, pair)
    assert answer.status_code == 200, answer.text
    assert answer.json()["verdict"] == "same"
    assert (await same_as(owner, pair[0]), await same_as(owner, pair[1])) == (pair[1], None)
    assert (await fed.get("/people/matches")).json()["items"] == []


async def test_a_verdict_can_be_taken_back_and_sent_again(
    client: Client, owner: Owner, pair: tuple[str, str]
) -> None:
    fed = await client("women_fed_town")
    first = {"id": str(uuid7()), "verdict": "same"}
    url = f"/people/{pair[0]}/matches/{pair[1]}"
    assert (await fed.post(url, json=first)).status_code == 200
    assert (await verdict(fed, (pair[1], pair[0]), verdict="different")).status_code == 200
    assert await same_as(owner, pair[0]) is None
    repeat = await fed.post(url, json=first)
    assert (repeat.status_code, repeat.json()["verdict"]) == (200, "different")
    assert await same_as(owner, pair[0]) is None
    for who in (fed, await client("women_fed_district")):
        other = await who.post(url, json=first | {"verdict": "different"})
        assert (other.status_code, other.json()["type"]) == (409, "/problems/id-reused")


async def test_matches_are_decided_only_by_those_who_reach_both(
    client: Client, owner: Owner, pair: tuple[str, str]
) -> None:
    for name in ("village_committee", "women_fed_village", "zongzhi", "system_admin"):
        reader = await client(name)
        assert (await reader.get("/people/matches")).status_code == 403, name
        assert (await verdict(reader, pair)).status_code == 403, name
    stranger = await client("women_fed_feilaixia")
    assert (await stranger.get("/people/matches")).json()["items"] == []
    assert (await verdict(stranger, pair)).status_code == 404
    fed = await client("women_fed_town")
    (other,) = await found(fed, name="林秋月")
    assert (await verdict(fed, (pair[0], other["id"]))).status_code == 404
    assert await same_as(owner, pair[0]) is None


def test_people_who_hang_together_point_to_the_oldest() -> None:
    a, b, c, d = (uuid7() for _ in range(4))
    a, b, c, d = sorted((a, b, c, d))
    assert matches.roots([a, b, c, d], [(d, c), (c, b)]) == {a: a, b: b, c: b, d: b}
    assert matches.roots([a, b], []) == {a: a, b: b}
