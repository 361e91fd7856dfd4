"""What a partner's system may do with its token: its scopes, its purposes, its quota, for somebody
it names, and nothing more."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from app.access import Held
from app.kinds.forms import Sight
from app.permissions import Permission
from app.roles import Role
from app.services.seed import SECOND_VILLAGE, TOWN
from tests.conftest import BASE, Client, Owner
from tests.partner_system import forget_all, register
from tests.security.test_permissions import FILLED, NOBODY, named
from tests.stories.answers import REPORT, command
from tests.stories.partner_papers import WIFE, incident, order, push, warning

OPERATOR = {"operator": "440018"}
POLICE = {"papers.police", "changes.read", "cases.read"}


@pytest.fixture
async def machine(anonymous: httpx.AsyncClient, owner: Owner) -> AsyncIterator[httpx.AsyncClient]:
    """The police's system, signed in."""
    await (await register(owner, "police-system")).sign_in(anonymous)
    yield anonymous
    await forget_all(owner)


async def type_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


async def test_a_warning_comes_in_with_the_officer_who_sent_it(
    machine: httpx.AsyncClient, client: Client, owner: Owner
) -> None:
    body = warning(**OPERATOR)
    first = await push(machine, "police/warnings", body)
    assert first.status_code == 201, first.text
    again = await push(machine, "police/warnings", body | {"operator": "440019"})
    assert again.status_code == 200, "another officer may send the same paper again"
    case_id = first.json()["receipt"]["case_id"]
    assert (await machine.get(f"/cases/{case_id}")).status_code == 200
    async with owner() as connection:
        rows = await connection.execute(
            text("select distinct channel, operator, account_id from event")
        )
        event = rows.one()
        look = (await connection.execute(text("select operator, account_id from access_log"))).one()
        account = await connection.execute(
            text("select id from account where username = 'police-system'")
        )
    assert (event.channel, event.operator) == ("police", "440018")
    assert look.operator == "440018"
    assert event.account_id == look.account_id == account.scalar_one()
    seen = await (await client("police")).get(f"/cases/{case_id}")
    assert seen.json()["events"][-1]["account"] == "公安执法办案系统"


async def test_without_an_officer_nothing_is_taken_and_nothing_shown(
    machine: httpx.AsyncClient, owner: Owner
) -> None:
    del machine.headers["anlan-operator"]
    for operator in (None, "", "x", "周明", 440018, ["440018"], {"code": "440018"}, "4400 18"):
        answer = await push(machine, "police/warnings", warning(operator=operator))
        assert await type_of(answer) == (422, "operator-needed"), operator
    assert await type_of(await push(machine, "police/warnings", warning())) == (
        422,
        "operator-needed",
    )
    for headers in ({}, {"anlan-operator": ""}, {"anlan-operator": "a b"}):
        answer = await machine.get("/partners/changes", headers=headers)
        assert await type_of(answer) == (422, "operator-needed")
    # The header of a read does not speak for a paper.
    machine.headers["anlan-operator"] = "440018"
    assert (await push(machine, "police/warnings", warning())).status_code == 422
    async with owner() as connection:
        assert await connection.scalar(text("select count(*) from event")) == 0


async def test_a_system_opens_nothing_outside_its_scopes(
    machine: httpx.AsyncClient, whole_app: FastAPI
) -> None:
    """Every operation there is, asked by the police's system with an officer named."""
    refused = tried = 0
    for (method, path), word in named(whole_app).items():
        if word is None:
            continue
        url = re.sub(r"{(\w+)}", lambda name: FILLED.get(name[1], NOBODY), path)
        body = OPERATOR if method != "get" else None
        answer = await machine.request(method, f"http://test{url}", json=body)
        assert answer.status_code < 500, (method, url)
        closed = answer.status_code in (401, 403)
        assert closed is (word not in POLICE), (method, url, word, answer.text)
        tried, refused = tried + 1, refused + closed
    show = f"{tried} operations asked by a partner's system, {refused} beyond its scopes refused"
    print(f"\n{show}")  # noqa: T201 - figures that pytest -s shows
    assert refused > 150


async def test_a_token_for_less_opens_less(anonymous: httpx.AsyncClient, owner: Owner) -> None:
    system = await register(owner, "police-system")
    try:
        await system.sign_in(anonymous, scope="changes.read")
        assert (await anonymous.get("/partners/changes")).status_code == 200
        refused = await push(anonymous, "police/warnings", warning(**OPERATOR))
        assert await type_of(refused) == (403, "not-allowed")
    finally:
        await forget_all(owner)


async def test_a_purpose_is_named_where_there_are_two_and_holds(
    anonymous: httpx.AsyncClient, client: Client, owner: Owner
) -> None:
    """Of the cases in its area a system gets those of the purpose it asks for."""
    system = await register(owner, "police-system", purposes=["dv_warning", "protection_order"])
    try:
        await system.sign_in(anonymous)
        fed, court = await client("women_fed_district"), await client("court")
        report = await fed.post("/cases/dv_warning", json=command(REPORT, area=TOWN))
        placement = await fed.post(
            "/cases/shelter_placement",
            json=command({"in_danger": False, "victim": WIFE}, area=TOWN),
        )
        assert (await push(court, "court/orders", order())).status_code == 201
        assert await type_of(await anonymous.get("/partners/changes")) == (422, "purpose-needed")
        kinds = {}
        for purpose in ("dv_warning", "protection_order"):
            anonymous.headers["anlan-purpose"] = purpose
            rows = (await anonymous.get("/partners/changes")).json()["items"]
            kinds[purpose] = {row["kind"] for row in rows}
            listed = (await anonymous.get("/cases")).json()["items"]
            assert {row["kind"] for row in listed} == {purpose}
            found = {
                (await anonymous.get(f"/cases/{r.json()['case_id']}")).status_code
                for r in (report, placement)
            }
            assert found == ({200, 404} if purpose == "dv_warning" else {404})
        assert kinds == {"dv_warning": {"dv_warning"}, "protection_order": {"protection_order"}}
        anonymous.headers["anlan-purpose"] = "shelter_placement"
        refused = await anonymous.get("/partners/changes")
        assert await type_of(refused) == (403, "purpose-not-allowed")
        body = warning(**OPERATOR, purpose="protection_order")
        wrong = await push(anonymous, "police/warnings", body)
        assert await type_of(wrong) == (403, "purpose-not-allowed")
        right = await push(anonymous, "police/warnings", body | {"purpose": "dv_warning"})
        assert right.status_code == 201, right.text
    finally:
        await forget_all(owner)


async def test_a_system_sees_its_area_and_reads_up_to_its_class(
    anonymous: httpx.AsyncClient, client: Client, owner: Owner
) -> None:
    grants = [Held(Role.POLICE, TOWN)]
    system = await register(owner, "police-system", grants=grants, highest=Sight.S1)
    try:
        await system.sign_in(anonymous)
        fed = await client("women_fed_district")
        here, there = [
            (await fed.post("/cases/dv_warning", json=command(REPORT, area=area))).json()["case_id"]
            for area in (TOWN, SECOND_VILLAGE)
        ]
        assert (await anonymous.get(f"/cases/{there}")).status_code == 404
        page = await anonymous.get(f"/cases/{here}")
        assert page.status_code == 200
        assert str(REPORT["what_happened"]) not in page.text
        assert str(REPORT["victim"]["name"]) not in page.text  # type: ignore[index]
        rows = (await anonymous.get("/partners/changes")).json()["items"]
        assert {row["case_id"] for row in rows} == {here}
        async with owner() as connection:
            assert await connection.scalar(text("select count(*) from access_log")) == 0
    finally:
        await forget_all(owner)


async def test_the_quota_holds_for_calls_made_at_once(
    anonymous: httpx.AsyncClient, owner: Owner
) -> None:
    system = await register(owner, "police-system", per_minute=6, per_day=8)
    try:
        await system.sign_in(anonymous)
        answers = await asyncio.gather(*(anonymous.get("/partners/changes") for _ in range(20)))
        codes = [a.status_code for a in answers]
        assert (codes.count(200), codes.count(429)) == (5, 15), "the token was the sixth"
        refused = next(a for a in answers if a.status_code == 429)
        assert await type_of(refused) == (429, "quota-used-up")
        assert 1 <= int(refused.headers["retry-after"]) <= 10
        assert (await anonymous.post("/oauth/token", data=system.form())).status_code == 429
    finally:
        await forget_all(owner)


async def test_a_system_calls_from_where_it_is_registered(app: FastAPI, owner: Owner) -> None:
    system = await register(owner, "police-system", addresses=["10.18.0.0/16", "2001:db8::/32"])
    try:
        token = ""
        for address, status in (("10.18.4.2", 200), ("10.19.4.2", 403), ("2001:db8::7", 200)):
            transport = httpx.ASGITransport(app, client=(address, 40_000))
            async with httpx.AsyncClient(transport=transport, base_url=BASE) as caller:
                answer = await caller.post("/oauth/token", data=system.form())
                assert answer.status_code == status, answer.text
                token = token or answer.json()["access_token"]
                headers = {"authorization": f"Bearer {token}", "anlan-operator": "440018"}
                answer = await caller.get("/partners/changes", headers=headers)
                assert answer.status_code == status, answer.text
                if status == 403:
                    assert await type_of(answer) == (403, "address-not-allowed")
    finally:
        await forget_all(owner)


async def test_people_push_as_before_and_name_nobody(client: Client, owner: Owner) -> None:
    answer = await push(await client("police"), "police/incidents", incident())
    assert answer.status_code == 201, answer.text
    async with owner() as connection:
        assert await connection.scalar(text("select max(operator) from event")) is None


async def test_a_system_is_nobody_to_give_a_case_to(client: Client, owner: Owner) -> None:
    await register(owner, "police-system")
    try:
        police = await client("police")
        me = (await police.get("/me")).json()
        asked: dict[str, Any] = {"organisation_id": me["organisation"]["id"]}
        rows = (await police.get("/accounts", params=asked)).json()["items"]
        assert [row["id"] for row in rows] == [me["id"]]
    finally:
        await forget_all(owner)


def test_a_scope_is_a_word_of_the_permissions() -> None:
    assert {p.value for p in Permission} >= POLICE
