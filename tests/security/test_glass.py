"""Breaking the glass: one case, one hour, one reason, and somebody who looks at it afterwards."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app import clock
from app.access import Actor, Held
from app.db import transaction
from app.ids import uuid7
from app.roles import Role
from app.services import seed
from tests.conftest import Client, Owner, step_up
from tests.stories.answers import HUSBAND, REPORT, WIFE, command

REASON = "受害人在本镇派出所求助，需核对既往情况"


def asked(**more: Any) -> dict[str, Any]:
    return {"id": str(uuid7()), "id_number": WIFE["id_number"], "reason": REASON} | more


async def opened(client: Client, area: int = seed.VILLAGE) -> str:
    who = await client("women_fed_district")
    answer = await who.post("/cases/dv_warning", json=command(REPORT, area=area))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["case_id"])


@pytest.fixture
async def helper(client: Client) -> httpx.AsyncClient:
    """妇联 of a town the case is not in, who just showed her second factor."""
    who = await client("women_fed_feilaixia")
    await step_up(who)
    return who


async def test_one_case_is_read_for_an_hour_and_nothing_is_done_to_it(
    client: Client, owner: Owner, helper: httpx.AsyncClient
) -> None:
    case_id, other = await opened(client), await opened(client, seed.SECOND_VILLAGE)
    async with owner() as connection:
        await connection.execute(
            text("update case_party set id_index = null where case_id = :id"), {"id": other}
        )
    assert (await helper.get(f"/cases/{case_id}")).status_code == 404
    broken = await helper.post("/glass", json=(body := asked()))
    assert (broken.status_code, broken.json()["case_id"]) == (200, case_id), broken.text
    again = await helper.post("/glass", json=body)
    assert again.json() == broken.json()
    page = (await helper.get(f"/cases/{case_id}")).json()
    assert page["events"][0]["answers"]["what_happened"] == REPORT["what_happened"]
    assert [p["name"] for p in page["parties"]] == [WIFE["name"], HUSBAND["name"]]
    assert page["actions"] == []
    assert (await helper.get(f"/cases/{case_id}/timeline")).json()["items"]
    assert (await helper.get(f"/cases/{other}")).status_code == 404
    note = command({"text": "已核对"})
    assert (await helper.post(f"/cases/dv_warning/{case_id}/note", json=note)).status_code == 404
    assert (await helper.get("/cases")).json()["items"] == []
    assert (await helper.post("/glass", json=asked())).status_code == 409
    with clock.at(clock.now() + timedelta(minutes=61)):
        assert (await helper.get(f"/cases/{case_id}")).status_code == 404
    async with owner() as connection:
        kept = await connection.execute(text("select what from audit_entry where reason <> ''"))
        assert list(kept.scalars()) == ["glass_broken"]
        rows = await connection.execute(text("select what from access_log where reason <> ''"))
        assert list(rows.scalars()) == ["glass"]
        (grant, *_) = await connection.execute(text("select * from glass order by broken_at"))
        assert (str(grant.case_id), grant.ends_at - grant.broken_at) == (
            case_id,
            timedelta(minutes=60),
        )
        assert grant.organisation_id is not None


async def test_what_the_vault_keeps_is_shown_for_a_reason_of_its_own(
    client: Client, owner: Owner, helper: httpx.AsyncClient
) -> None:
    """Whoever takes her in at night must know where not to bring her back to; not who reported."""
    boss, where = await client("women_fed_district"), "某巷九号三楼"
    secret = {"victim": WIFE | {"present_address": where}, "reporter_name": "知情人甲"}
    body = command(REPORT | secret, area=seed.VILLAGE)
    opened = (await boss.post("/cases/dv_warning", json=body)).json()
    case_id = opened["case_id"]
    parties = (await boss.get(f"/cases/{case_id}/parties")).json()["items"]
    again = REPORT | {"victim": {"person_id": parties[0]["person_id"]}}
    hers = await boss.post("/cases/dv_warning", json=command(again, area=441802107000))
    assert hers.status_code == 201, "the helper knows her, by a case of her own town"
    by_number = {"id": str(uuid7()), "number": opened["number"], "reason": REASON}
    assert (await helper.post("/glass", json=by_number)).status_code == 200
    items = (await helper.get(f"/cases/{case_id}/vault")).json()["items"]
    assert {i["name"]: i["open"] for i in items} == {
        "present_address": True,
        "reporter_name": False,
    }
    facts = {i["name"]: i["id"] for i in items}
    url, why = f"/cases/{case_id}/vault/reveal", "受害人不能说话，需核对她从哪里来"
    for name, status in (("present_address", 200), ("reporter_name", 403)):
        answer = await helper.post(url, json={"facts": [facts[name]], "reason": why})
        assert answer.status_code == status, answer.text
    shown = await helper.post(url, json={"facts": [facts["present_address"]], "reason": why})
    assert [i["value"] for i in shown.json()["items"]] == [where]
    no_reason = {"facts": [facts["present_address"]], "reason": "看"}
    assert (await helper.post(url, json=no_reason)).status_code == 422
    person = next(i["person_id"] for i in items if i["person_id"])
    new = {
        "id": str(uuid7()),
        "person_id": person,
        "name": "present_address",
        "value": "别处",
        "replaces": None,
    }
    written = await helper.post(f"/cases/{case_id}/vault/facts", json=new)
    assert written.status_code == 404, written.text
    async with owner() as connection:
        looks = "select count(*) from access_log where what = 'reveal:present_address'"
        assert await connection.scalar(text(f"{looks} and reason is not null")) == 2
    with clock.at(clock.now() + timedelta(minutes=61)):
        body = {"facts": [facts["present_address"]], "reason": why}
        assert (await helper.post(url, json=body)).status_code == 404


async def test_it_takes_a_role_a_factor_a_reason_and_a_case(
    client: Client, owner: Owner, helper: httpx.AsyncClient
) -> None:
    case_id = await opened(client)
    assert (await helper.post("/glass", json=asked(reason="看看"))).status_code == 422
    assert (await helper.post("/glass", json=asked(number="x"))).status_code == 422
    nobody = asked(id_number="441802199001010011")
    assert (await helper.post("/glass", json=nobody)).status_code == 404
    for name in ("village_committee", "court", "system_admin", "security_admin", "wcwc_office"):
        assert (await (await client(name)).post("/glass", json=asked())).status_code == 403
    plain = await (await client("women_fed_longtang")).post("/glass", json=asked())
    assert plain.json()["type"] == "/problems/second-factor-needed"
    async with owner() as connection:
        bar = "select recuse(id, :case, 'ordered', null) from account where username = :name"
        whom = {"case": case_id, "name": "women_fed_feilaixia"}
        await connection.execute(text(bar), whom)
    assert (await helper.post("/glass", json=asked())).status_code == 404
    async with owner() as connection:
        assert await connection.scalar(text("select count(*) from glass")) == 0
        version = "update account set version = version + 1 where username = :name"
        await connection.execute(text("truncate recusal"))
        await connection.execute(text(version), whom)


async def test_supervisors_are_told_and_judge(client: Client, helper: httpx.AsyncClient) -> None:
    await opened(client)
    broken = (await helper.post("/glass", json=asked())).json()
    boss = await client("women_fed_district")
    told = [n["text"] for n in (await boss.get("/notices")).json()["items"]]
    assert "有一次紧急查阅，请主管人员复核" in told
    assert not {WIFE["name"], REASON} & set(told)
    town = await client("women_fed_town")
    assert (await town.get("/glass")).status_code == 403
    assert (await helper.get("/glass")).status_code == 403
    assert "紧急查阅" not in (await town.get("/notices")).text
    (row,) = (await boss.get("/glass")).json()["items"]
    assert (row["account"], row["id"]) == ("邱月明", broken["id"])
    url = f"/glass/{row['id']}"
    assert (await boss.get(url)).json()["reason"] == REASON
    assert (await town.get(url)).status_code == 403
    assert (await helper.post(f"{url}/verdict", json={"verdict": "justified"})).status_code == 404
    judged = await boss.post(f"{url}/verdict", json={"verdict": "unjustified", "remark": "可转告"})
    assert judged.status_code == 204, judged.text
    again = await boss.post(f"{url}/verdict", json={"verdict": "justified"})
    assert again.status_code == 409
    assert (await boss.get("/glass")).json()["items"] == []


async def test_the_hour_ends_in_the_database_too(client: Client, engine: AsyncEngine) -> None:
    """An identity says which cases it may read at the moment it opens, not when it was made."""
    case_id = await opened(client)
    now = datetime.now(UTC)
    grants = (Held(Role.POLICE, seed.SECOND_VILLAGE),)
    for ends, seen in ((now + timedelta(minutes=1), 1), (now - timedelta(seconds=1), 0)):
        who = Actor(5, None, None, 1, "x", "某人", grants, glass=((UUID(case_id), ends),))
        async with transaction(engine, who.opening) as connection:
            for table in ("case", "event", "case_party", "deadline"):
                rows = (await connection.execute(text(f'select * from "{table}"'))).all()  # noqa: S608
                assert bool(rows) is bool(seen), table
            changed = await connection.execute(text('update "case" set danger = null'))
            assert changed.rowcount == 0
