"""Doors beside the front door: nobody sees, or is given, more than the gate would give."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app.access import Held
from app.roles import Role
from app.services import seed
from app.services.identity import accounts, keeping
from app.services.record.audit import By
from tests.conftest import Client, Owner, forget_account
from tests.stories.answers import QUICK, REPORT, WIFE, command

PASSWORD = "a long enough password"


@pytest.fixture
async def without_roles(
    anonymous: httpx.AsyncClient, owner: Owner
) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody whose last role was taken away, and who is still signed in."""
    async with owner() as connection:
        held = [Held(Role.POLICE, seed.TOWN)]
        await accounts.create_account(connection, "nobody", "客人", PASSWORD, None, held)
    typed = {"username": "nobody", "password": PASSWORD}
    token = (await anonymous.post("/auth/login", json=typed)).json()["access_token"]
    anonymous.headers["authorization"] = f"Bearer {token}"
    async with owner() as connection:
        await keeping.replace_grants(connection, await keeping.find(connection, "nobody"), [], By())
    yield anonymous
    await forget_account(owner, "nobody")


async def opened(who: httpx.AsyncClient, answers: Any = REPORT) -> str:
    answer = await who.post("/cases/dv_warning", json=command(answers))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["case_id"])


async def test_whoever_holds_no_role_is_shown_nothing(
    client: Client, without_roles: httpx.AsyncClient
) -> None:
    case_id = await opened(await client("women_fed_town"))
    for url in (
        "/accounts", "/cases", "/notices", "/worklist", "/registers/organisations",
        f"/cases/{case_id}", f"/cases/{case_id}/timeline", "/people/matches", "/people",
        "/partners/changes",
        "/registers/shelters/free-beds", "/indicators?area=441802000000&period=2026",
    ):  # fmt: skip
        assert (await without_roles.get(url)).status_code == 403, url
    assert (await without_roles.get("/me")).json()["roles"] == []
    assert (await without_roles.get("/kinds")).status_code == 200


@pytest.mark.parametrize(
    "answers",
    [
        {"organisation_id": 10**6},
        {"organisation_id": 10**30},
        {"account_id": 10**6},
        {"account_id": 10**30},
    ],
    ids=str,
)
async def test_a_case_is_not_given_to_an_id_that_is_nobodys_yet(
    client: Client, owner: Owner, answers: dict[str, Any]
) -> None:
    """Accounts and organisations share their ids: whoever is made next would find the case."""
    fed = await client("women_fed_town")
    case_id = await opened(fed)
    own = (await fed.get("/me")).json()["organisation"]["id"]
    body = command({"organisation_id": own} | answers)
    refused = await fed.post(f"/cases/dv_warning/{case_id}/assign", json=body)
    assert refused.status_code == 422, refused.text
    async with owner() as connection:
        assert await connection.scalar(text("select count(*) from event")) == 1


@pytest.mark.parametrize("area", [441802103999, 110101001001, 10**11, 7, 10**30])
async def test_a_case_is_not_sent_to_an_area_that_is_none(client: Client, area: int) -> None:
    fed = await client("women_fed_district")
    case_id = await opened(await client("women_fed_town"))
    body = command({"area": area, "reason": "受害人已搬走"})
    refused = await fed.post(f"/cases/dv_warning/{case_id}/transfer", json=body)
    assert refused.status_code == 422, refused.text


async def test_every_search_for_people_leaves_a_trace(client: Client, owner: Owner) -> None:
    await opened(await client("grid_worker"))
    for name in ("women_fed_town", "village_committee"):
        answer = await (await client(name)).post(
            "/people/search", json={"id_number": WIFE["id_number"]}
        )
        assert len(answer.json()["items"]) == 1
    async with owner() as connection:
        rows = await connection.execute(
            text("select a.username from access_log l join account a on a.id = l.account_id"
                 " where l.what = 'people_search' order by 1")
        )  # fmt: skip
        assert list(rows.scalars()) == ["village_committee", "women_fed_town"]


async def test_an_outcome_is_no_more_open_than_the_answer_it_repeats(client: Client) -> None:
    """Why she declined is S2; the outcome of the step says the same."""
    fed, watcher = await client("women_fed_town"), await client("zongzhi")
    answer = await fed.post("/cases/legal_aid_referral", json=command({"recipient": WIFE}))
    assert answer.status_code == 201, answer.text
    case_id = answer.json()["case_id"]
    url = f"/cases/legal_aid_referral/{case_id}/decline"
    schema = (await fed.get("/kinds")).json()
    kind = next(k for k in schema["kinds"] if k["name"] == "legal_aid_referral")
    form = next(a["form"] for a in kind["actions"] if a["name"] == "decline")
    reason = schema["schemas"][form]["properties"]["reason"]["$ref"].rpartition("/")[2]
    value = schema["schemas"][reason]["enum"][0]
    done = await fed.post(url, json=command({"reason": value, "told_of_right": True}))
    assert done.status_code == 200, done.text
    for who, told in ((fed, value), (watcher, None)):
        page = (await who.get(f"/cases/{case_id}")).json()
        events = (await who.get(f"/cases/{case_id}/timeline")).json()["items"]
        assert page["card"]["outcome"] == told
        assert events[0]["outcome"] == told
        assert (events[0]["outcome_title"] is None) == (told is None)


async def test_a_repeat_by_somebody_else_tells_nothing(client: Client) -> None:
    """The receipt is the sender's own: with another's id and body one gets a refusal."""
    fed, other = await client("women_fed_town"), await client("women_fed_village")
    body = command(QUICK)
    first = await fed.post("/cases/dv_warning", json=body | {"area": seed.VILLAGE})
    again = await other.post("/cases/dv_warning", json=body | {"area": seed.VILLAGE})
    assert (first.status_code, again.status_code) == (201, 409)
    note = command({"text": "已电话联系"})
    url = f"/cases/dv_warning/{first.json()['case_id']}/note"
    assert (await fed.post(url, json=note)).status_code == 200
    stolen = await other.post(url, json=note)
    assert stolen.json()["type"] == "/problems/id-reused"
    assert "number" not in stolen.json()


async def test_only_who_knows_her_name_brings_her_into_another_case(client: Client) -> None:
    """Else whoever is told that there is a case could change whom she says is safe to call."""
    police, told = await client("police"), await client("zongzhi")
    case_id = await opened(await client("women_fed_town"))
    parties = (await told.get(f"/cases/{case_id}/parties")).json()["items"]
    [victim] = [p for p in parties if p["role"] == "victim"]
    assert victim["name"] is None
    again = REPORT | {"victim": {"person_id": victim["person_id"], "safe_contact": "随时可打"}}
    answer = await told.post("/cases/dv_warning", json=command(again))
    assert answer.status_code == 422, answer.text
    parties = (await police.get(f"/cases/{case_id}/parties")).json()["items"]
    assert [p["safe_contact"] for p in parties if p["role"] == "victim"] == [None]
    known = command(again, area=seed.TOWN)
    assert (await police.post("/cases/dv_warning", json=known)).status_code == 201
