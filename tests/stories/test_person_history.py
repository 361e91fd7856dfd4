"""What is known of a person: who may change it, what stays of the former, who is told."""

from typing import Any

import httpx
from sqlalchemy import text

from app.services import seed
from app.services.persons import changes
from tests.conftest import Client, Owner
from tests.stories.answers import REPORT, WIFE, command

RULE, OTHER_RULE = "只在白天致电，自称社区普查", "晚上八点后可致电，自称同学"
KNOWN = WIFE | {"safe_contact": RULE}
FENGCHENG = 441802006000


async def opened(who: httpx.AsyncClient, victim: dict[str, Any], area: int = seed.VILLAGE) -> str:
    body = command(REPORT | {"victim": victim}, area=area)
    answer = await who.post("/cases/dv_warning", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["case_id"])


async def victim(who: httpx.AsyncClient, case_id: str) -> dict[str, Any]:
    parties = (await who.get(f"/cases/{case_id}/parties")).json()["items"]
    found: dict[str, Any] = next(p for p in parties if p["role"] == "victim")
    return found


async def number(who: httpx.AsyncClient, person_id: str) -> str:
    why = {"reason": "联系她确认明日上门的时间"}
    return str((await who.post(f"/people/{person_id}/reveal", json=why)).json()["phone"])


async def told(who: httpx.AsyncClient, case_id: str) -> list[str]:
    items = (await who.get("/notices?limit=100")).json()["items"]
    said = {changes.CONTACT_CHANGED, changes.SAID_OTHERWISE}
    return [n["text"] for n in items if n["case_id"] == case_id and n["text"] in said]


async def test_who_carries_no_case_of_hers_adds_and_overwrites_nothing(client: Client) -> None:
    """And what she said is not lost: those who carry the case are told, and decide."""
    fed, committee = await client("women_fed_town"), await client("village_committee")
    first = await opened(fed, KNOWN)
    person_id = (await victim(committee, first))["person_id"]
    said = {"phone": "13800000055", "safe_contact": OTHER_RULE, "home_address": "某镇某村"}
    second = await opened(committee, {"person_id": person_id} | said)
    now = await victim(fed, second)
    assert (now["safe_contact"], now["home_address"]) == (RULE, "某镇某村")
    assert await number(fed, person_id) == WIFE["phone"]
    assert await told(fed, first) == ["有人登记的人员信息与原登记不同，未予采用，请打开案件核对"]
    items = (await fed.get(f"/people/{person_id}/changes")).json()["items"]
    by_taken = {item["taken"]: item for item in items}
    assert set(by_taken) == {True, False}
    assert {i["account"] for i in items} == {"黄志明"}
    assert by_taken[True]["said"]["home_address"] == "某镇某村"
    left = by_taken[False]
    assert (left["said"]["safe_contact"], left["before"]["safe_contact"]) == (OTHER_RULE, RULE)
    assert (left["said"]["phone"], left["before"]["phone"]) == ("138****0055", "138****0021")
    assert left["said"]["home_address"] is None


async def test_what_was_overwritten_stays_and_her_other_cases_are_told(client: Client) -> None:
    """Each worked in its own town: neither may see the other's case."""
    boss, here = await client("women_fed_district"), await client("women_fed_town")
    there = await client("women_fed_fengcheng")
    first = await opened(here, KNOWN)
    person_id = (await victim(boss, first))["person_id"]
    second = await opened(boss, {"person_id": person_id}, FENGCHENG)
    assert (await there.get(f"/cases/{first}")).status_code == 404
    third = await opened(there, {"person_id": person_id, "safe_contact": OTHER_RULE}, FENGCHENG)
    assert (await victim(here, first))["safe_contact"] == OTHER_RULE
    assert await told(here, first) == ["当事人的安全联系方式有变更，请打开案件核对"]
    assert len(await told(there, second)) == 1
    assert await told(there, third) == []
    (change,) = (await here.get(f"/people/{person_id}/changes")).json()["items"]
    assert (change["before"]["safe_contact"], change["taken"]) == (RULE, True)
    assert OTHER_RULE not in str(await told(here, first))


async def test_what_is_said_again_changes_nothing(client: Client, owner: Owner) -> None:
    fed = await client("women_fed_town")
    first = await opened(fed, KNOWN)
    person_id = (await victim(fed, first))["person_id"]
    await opened(fed, {"person_id": person_id} | KNOWN)
    page = (await fed.get(f"/people/{person_id}")).json()
    assert page["version"] == 1
    assert (await fed.get(f"/people/{person_id}/changes")).json()["items"] == []
    async with owner() as connection:
        assert await connection.scalar(text("select count(*) from person_change")) == 0


async def test_the_history_is_read_as_deep_as_the_person(client: Client) -> None:
    fed, committee = await client("women_fed_town"), await client("village_committee")
    first = await opened(fed, KNOWN)
    person_id = (await victim(fed, first))["person_id"]
    await opened(fed, {"person_id": person_id, "home_address": "某镇某村", "name": "林秋荷"})
    (change,) = (await committee.get(f"/people/{person_id}/changes")).json()["items"]
    assert (change["before"]["name"], change["said"]["name"]) == ("林秋禾", "林秋荷")
    assert change["said"]["home_address"] is None
    stranger = await client("women_fed_fengcheng")
    hidden = await stranger.get(f"/people/{person_id}/changes")
    missing = await stranger.get("/people/01958a00-0000-7000-8000-000000000000/changes")
    assert (hidden.status_code, hidden.json()) == (404, missing.json())
