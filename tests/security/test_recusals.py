"""Conflict of interest: the case of one's own house is not there, whatever one's role."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.access import Actor, Held
from app.db import transaction
from app.roles import Role
from app.services import seed
from app.services.identity import keeping
from app.services.record.audit import By
from tests.conftest import Client, Owner
from tests.stories.answers import HUSBAND, REPORT, WIFE, command
from tests.stories.partner_papers import push, warning

UNKNOWN = "01958a00-0000-7000-8000-000000000000"
DOORS = ("", "/timeline", "/parties", "/deadlines", "/axis")
REASON = {"reason": "与当事人有亲属关系"}
STAFF = ("police", "police_2", "women_fed_town", "women_fed_district", "village_committee")
RESTORED = (
    "update account set id_index = null where id_index is not null",
    "update account set version = version + 1 where id in (select account_id from recusal)",
)


@pytest.fixture(autouse=True)
async def restored(app: object, owner: Owner) -> AsyncIterator[None]:
    """Accounts outlive the story: what it made known of them does not."""
    yield
    async with owner() as connection:
        for statement in RESTORED:
            await connection.execute(text(statement))


async def number_of(owner: Owner, username: str, id_number: str) -> None:
    async with owner() as connection:
        of = await keeping.find(connection, username)
        await keeping.keep_id_numbers(connection, of, id_number, [], By())


async def opened(who: httpx.AsyncClient, **more: Any) -> str:
    answer = await who.post("/cases/dv_warning", json=command(REPORT | more, area=seed.VILLAGE))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["case_id"])


async def assert_gone(who: httpx.AsyncClient, case_id: str) -> None:
    """No door tells the case from one that does not exist."""
    for door in DOORS:
        hidden = await who.get(f"/cases/{case_id}{door}")
        missing = await who.get(f"/cases/{UNKNOWN}{door}")
        assert (hidden.status_code, hidden.json()) == (404, missing.json())
        for answer in (hidden, missing):
            del answer.headers["x-request-id"]
        assert hidden.headers == missing.headers
    for action in ("note", "accept", "correct"):
        url, body = f"/cases/dv_warning/{case_id}/{action}", command({"text": "x"})
        if action == "correct":
            body |= {"event_id": case_id, "reason": "x", "answers": {}}
        assert (await who.post(url, json=body)).status_code in (404, 422)
    for url in (
        "/cases", "/worklist", "/worklist?scope=area", "/notices", "/partners/changes", "/people"
    ):  # fmt: skip
        assert case_id not in (await who.get(url)).text, url
    assert (await who.get("/worklist/counts")).json()["mine"]["all"]["count"] == 0
    for person in (WIFE, HUSBAND):
        for key in ("name", "id_number"):
            found = await who.post("/people/search", json={key: person[key]})
            assert found.json()["items"] == [], key
    cases = "/indicators/X/cases"
    assert case_id not in (await who.get(cases)).text


@pytest.mark.parametrize("name", STAFF)
@pytest.mark.parametrize("party", [HUSBAND, WIFE], ids=["the abuser", "the victim herself"])
async def test_a_party_is_barred_by_the_number_of_her_account(
    client: Client, owner: Owner, name: str, party: dict[str, str]
) -> None:
    """And at once, with the session she has."""
    who = await client(name)
    assert (await who.get("/cases")).json()["items"] == []
    await number_of(owner, name, party["id_number"].lower())
    case_id = await opened(await client("women_fed_village"))
    await assert_gone(who, case_id)
    other = await client("police" if name != "police" else "women_fed_district")
    assert (await other.get(f"/cases/{case_id}")).status_code == 200


async def test_an_account_that_comes_later_is_barred_from_what_is_there(
    client: Client, owner: Owner
) -> None:
    police = await client("police")
    case_id = await opened(police)
    assert (await police.get(f"/cases/{case_id}")).status_code == 200
    await number_of(owner, "police", HUSBAND["id_number"])
    await assert_gone(police, case_id)


async def test_a_number_that_becomes_known_later_bars_too(client: Client, owner: Owner) -> None:
    """The husband was known by name only; then he joins again with his number, and the two rows
    are found to be one man."""
    police, fed = await client("police"), await client("women_fed_town")
    await number_of(owner, "police", HUSBAND["id_number"])
    phone = {"phone": "13800000077"}
    nameless = {k: v for k, v in HUSBAND.items() if k != "id_number"} | phone
    first = await opened(fed, perpetrator=nameless)
    assert (await police.get(f"/cases/{first}")).status_code == 200
    second = await opened(fed, perpetrator=HUSBAND | phone)
    assert (await police.get(f"/cases/{first}")).status_code == 200
    assert (await police.get(f"/cases/{second}")).status_code == 404
    found = (await fed.post("/people/search", json={"name": HUSBAND["name"]})).json()["items"]
    one, two = sorted(p["id"] for p in found)
    body = {"id": command({})["id"], "verdict": "same"}
    assert (await fed.post(f"/people/{one}/matches/{two}", json=body)).status_code == 200
    for case_id in (first, second):
        assert (await police.get(f"/cases/{case_id}")).status_code == 404


async def test_who_opens_her_own_case_has_opened_it_and_no_more(
    client: Client, owner: Owner
) -> None:
    fed = await client("women_fed_town")
    await number_of(owner, "women_fed_town", WIFE["id_number"])
    body = command(REPORT, area=seed.VILLAGE)
    first = await fed.post("/cases/dv_warning", json=body)
    assert first.status_code == 201
    await assert_gone(fed, first.json()["case_id"])
    again = await fed.post("/cases/dv_warning", json=body)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/id-reused")


async def test_who_steps_back_is_out_and_only_others_bring_her_back(
    client: Client, owner: Owner
) -> None:
    fed, boss = await client("women_fed_town"), await client("women_fed_district")
    case_id = await opened(fed)
    for url in (UNKNOWN, case_id):
        done = await fed.post("/recusals", json=REASON | {"case_id": url})
        assert done.status_code == (404 if url == UNKNOWN else 204), done.text
    await assert_gone(fed, case_id)
    assert (await fed.get("/recusals", params={"case_id": case_id})).status_code == 404
    assert (await fed.post("/recusals", json=REASON | {"case_id": case_id})).status_code == 404
    (row,) = (await boss.get("/recusals", params={"case_id": case_id})).json()["items"]
    assert (row["account"], row["why"]) == ("朱丽珍", "declared")
    end = f"/recusals/{row['id']}/end"
    assert (await fed.post(end, json=REASON, params={"case_id": case_id})).status_code == 404
    ended = await boss.post(end, json=REASON, params={"case_id": case_id})
    assert ended.status_code == 204, ended.text
    assert (await boss.post(end, json=REASON, params={"case_id": case_id})).status_code == 404
    assert (await fed.get(f"/cases/{case_id}")).status_code == 200
    async with owner() as connection:
        noted = "select count(*) from audit_entry where what = 'conflict_changed'"
        assert await connection.scalar(text(noted)) == 2


async def test_a_supervisor_or_the_security_administrator_bars_another(
    client: Client, owner: Owner
) -> None:
    police, second = await client("police"), await client("police_2")
    guard = await client("security_admin")
    case_id = await opened(police)
    whom = {name: (await (await client(name)).get("/me")).json()["id"]
            for name in ("police_2", "women_fed_town", "women_fed_district")}  # fmt: skip
    body = REASON | {"case_id": case_id, "account_id": whom["police_2"]}
    assert (await (await client("women_fed_town")).post("/recusals", json=body)).status_code == 403
    assert (await (await client("court")).post("/recusals", json=body)).status_code == 404
    assert (await (await client("system_admin")).post("/recusals", json=body)).status_code == 403
    assert (await police.post("/recusals", json=body)).status_code == 204
    await assert_gone(second, case_id)
    body["account_id"] = whom["women_fed_district"]
    assert (await guard.post("/recusals", json=body)).status_code == 204
    await assert_gone(await client("women_fed_district"), case_id)
    wrong = body | {"account_id": 10**9}
    assert (await guard.post("/recusals", json=wrong)).status_code == 422
    assert (await guard.post("/recusals", json=body | {"case_id": UNKNOWN})).status_code == 404
    listed = {"account_id": whom["women_fed_district"]}
    (row,) = (await guard.get("/recusals", params=listed)).json()["items"]
    assert row["case_id"] == case_id
    assert (await guard.get("/recusals", params={"case_id": case_id})).status_code == 404
    assert (await police.get("/recusals", params=listed)).status_code == 403
    done = await guard.post(f"/recusals/{row['id']}/end", json=REASON, params=listed)
    assert done.status_code == 204
    fed = await client("women_fed_district")
    assert (await fed.get(f"/cases/{case_id}")).status_code == 200


async def test_a_link_to_a_case_of_ones_own_is_not_counted(client: Client, owner: Owner) -> None:
    fed, police = await client("women_fed_town"), await client("police")
    first, second = await opened(fed), await opened(fed)
    link = command({"case_id": second, "why": "同一家庭"})
    assert (await fed.post(f"/cases/dv_warning/{first}/link", json=link)).status_code == 200
    assert len((await police.get(f"/cases/{first}")).json()["links"]["items"]) == 1
    whom = (await (await client("police")).get("/me")).json()["id"]
    body = REASON | {"case_id": second, "account_id": whom}
    assert (await (await client("security_admin")).post("/recusals", json=body)).status_code == 204
    links = (await police.get(f"/cases/{first}")).json()["links"]
    assert links == {"items": [], "hidden": 0}


async def test_a_paper_whose_number_is_in_a_barred_case_is_refused_like_any_taken_number(
    client: Client,
) -> None:
    police, other = await client("police"), await client("police_2")
    first = await push(other, "police/warnings", warning(area=seed.TOWN))
    whom = (await police.get("/me")).json()["id"]
    body = REASON | {"case_id": first.json()["receipt"]["case_id"], "account_id": whom}
    assert (await (await client("security_admin")).post("/recusals", json=body)).status_code == 204
    again = await push(police, "police/warnings", warning(area=seed.TOWN))
    assert again.status_code == 409, again.text
    assert again.json()["type"] == "/problems/document-number-taken"
    listed = (await police.get("/cases")).json()["items"]
    assert listed == [], "nothing was opened"


async def test_every_table_of_cases_asks_who_is_barred(owner: Owner) -> None:
    """A table that names a case and forgot the policy would be a way round it."""
    naming = (
        "select table_name from information_schema.columns where table_schema = current_schema()"
        " and (column_name = 'case_id' or table_name = 'case') and table_name in"
        " (select tablename from pg_tables where schemaname = current_schema())"
    )
    asking = (
        "select tablename from pg_policies where schemaname = current_schema()"
        " and policyname = 'barred' and permissive = 'RESTRICTIVE' and qual like '%app.barred%'"
    )
    async with owner() as connection:
        named = set((await connection.execute(text(naming))).scalars())
        assert named == set((await connection.execute(text(asking))).scalars())
        assert len(named) > 12


HANGING = (
    "case_party", "party_gram", "event", "deadline", "notice", "outbox", "case_vault", "access_log",
    "recusal",
)  # fmt: skip


async def test_the_database_holds_it_whatever_the_app_asks(
    client: Client, owner: Owner, engine: AsyncEngine
) -> None:
    """By area and by holding, and even with the case opened."""
    fed = await client("women_fed_town")
    case_id = await opened(fed, reporter_phone="13800000099")
    await opened(fed)
    assert (await fed.get(f"/cases/{case_id}")).status_code == 200
    assert (await fed.post("/recusals", json=REASON | {"case_id": case_id})).status_code == 204
    async with owner() as connection:
        await connection.execute(text("update \"case\" set seen_by = '{7}'"))
        await connection.execute(text("update deadline set seen_by = '{7}'"))
        await connection.execute(text("update notice set seen_by = '{7}'"))
    by_area = Actor(5, None, None, 1, "x", "某人", (Held(Role.POLICE, seed.DISTRICT),))
    by_holding = Actor(5, 7, None, 1, "x", "某人", (Held(Role.COURT, seed.DISTRICT),))
    given = ("given_case", "given_clock", "given_notice")
    for who, doors in ((by_area, ("case", *HANGING)), (by_holding, given)):
        for barred, all_gone in ((f"set local app.barred = '{case_id}';", True), ("", False)):
            opening = f"{who.opening}{barred}set local app.opened_case = '{case_id}';"
            opening += f"set local app.vault_case = '{case_id}';"
            async with transaction(engine, opening) as connection:
                for table in doors:
                    rows = (await connection.execute(text(f'select * from "{table}"'))).all()  # noqa: S608
                    seen = {str(row.case_id if hasattr(row, "case_id") else row.id) for row in rows}
                    assert (case_id not in seen) is all_gone, table
                if all_gone and who is by_area:
                    changed = await connection.execute(text('update "case" set danger = null'))
                    assert changed.rowcount == 1
