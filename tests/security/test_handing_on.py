"""Who hands a case on, and to whom: only those whose case it is, only those who work on such."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app import clock
from app.access import Actor, Held, Work
from app.db import transaction
from app.kinds import KINDS
from app.kinds.common import LinkedCase
from app.roles import Role
from app.services import seed
from app.services.acting import cases
from app.services.identity import accounts
from app.services.rows.commands import Command
from tests.conftest import Client, Owner, forget_account, step_up
from tests.kinds.journey import Journey
from tests.kinds.test_every_kind import ids as ids
from tests.kinds.walks import mediation, shelter_placement
from tests.stories.answers import REPORT, command

PASSWORD = "a long enough password"
FEILAIXIA = 441802107000
REPORTER: dict[str, Any] = {"reporter_name": "知情人甲", "reporter_phone": "13800000099"}


async def opened(who: httpx.AsyncClient, area: int = seed.VILLAGE, **more: Any) -> str:
    answer = await who.post("/cases/dv_warning", json=command(REPORT | more, area=area))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["case_id"])


async def me(who: httpx.AsyncClient) -> dict[str, Any]:
    found: dict[str, Any] = (await who.get("/me")).json()
    return found


@pytest.mark.parametrize("name", ["village_committee", "women_fed_village", "zongzhi", "mediator"])
async def test_who_reads_little_of_a_case_does_not_give_it_away(
    client: Client, owner: Owner, name: str
) -> None:
    """粤办法 20: handing on is for who follows it to the end."""
    case_id, who = await opened(await client("women_fed_town")), await client(name)
    own = await me(who)
    async with owner() as connection:
        given = text('update "case" set seen_by = seen_by || cast(:id as bigint)')
        await connection.execute(given, {"id": own["id"]})
    charge = {"organisation_id": own["organisation"]["id"], "account_id": own["id"]}
    away = {"area": seed.SECOND_VILLAGE, "reason": "受害人已搬走"}
    for action, answers in (("assign", charge), ("transfer", away)):
        refused = await who.post(f"/cases/dv_warning/{case_id}/{action}", json=command(answers))
        assert refused.status_code == 403, refused.text
        page = await who.get(f"/cases/{case_id}")
        assert action not in [a["name"] for a in page.json()["actions"]]


async def test_a_case_is_given_to_those_who_work_on_such_cases(
    client: Client, ids: dict[str, Any]
) -> None:
    fed = await client("women_fed_district")
    case_id = await opened(fed)
    police, court = await me(await client("police")), await me(await client("court"))
    station, stranger = police["organisation"]["id"], ids["civil_affairs"]
    wrong: tuple[tuple[str, dict[str, Any]], ...] = (
        ("assign", {"organisation_id": stranger}),
        ("assign", {"organisation_id": station, "account_id": court["id"]}),
        ("transfer", {"area": seed.TOWN, "organisation_id": stranger, "reason": "x"}),
    )
    for action, answers in wrong:
        refused = await fed.post(f"/cases/dv_warning/{case_id}/{action}", json=command(answers))
        assert refused.status_code == 422, (answers, refused.text)
    right = {"organisation_id": station, "account_id": police["id"]}
    done = await fed.post(f"/cases/dv_warning/{case_id}/assign", json=command(right))
    assert done.status_code == 200, done.text


async def test_she_is_not_taken_in_by_what_is_no_shelter(
    client: Client, ids: dict[str, Any]
) -> None:
    """The bed's number is right: the house is not."""
    walk = shelter_placement.WALKS[0]
    journey = Journey(client, walk.kind, ids)
    for step in walk.steps:
        if "@shelter" in str(step.answers):
            journey.ids = ids | {"shelter": ids["school"]}
            refused = await journey.take(step)
            assert refused.status_code == 422, refused.text
            assert refused.json()["problems"][0]["field"] == "shelter_id"
            return
        assert (await journey.take(step)).status_code in (200, 201)
    raise AssertionError("the walk takes nobody in")


async def test_a_case_read_through_broken_glass_is_linked_with_nothing(client: Client) -> None:
    helper, boss = await client("women_fed_feilaixia"), await client("women_fed_district")
    hidden = await opened(boss)
    own = await opened(boss, area=FEILAIXIA)
    number = (await boss.get(f"/cases/{hidden}")).json()["card"]["number"]
    await step_up(helper)
    body = {"id": command({})["id"], "number": number, "reason": "受害人在本镇派出所求助，需核对"}
    assert (await helper.post("/glass", json=body)).status_code == 200
    assert (await helper.get(f"/cases/{hidden}")).status_code == 200
    link = command({"case_id": hidden, "why": "同一家庭"})
    assert (await helper.post(f"/cases/dv_warning/{own}/link", json=link)).status_code == 404


async def test_linking_leaves_the_case_at_hand_open(
    client: Client, engine: AsyncEngine, owner: Owner
) -> None:
    """Both were elsewhere once, so each is opened when it is acted on: the one that is only named
    must not take the place of the other."""
    boss = await client("women_fed_district")
    here, there = await opened(boss), await opened(boss)
    async with owner() as connection:
        await connection.execute(text('update "case" set moved = true'))
        mine = "select id from account where username = 'women_fed_district'"
        account_id = await connection.scalar(text(mine))
    grants = (Held(Role.WOMEN_FED_DISTRICT, seed.DISTRICT),)
    actor = Actor(account_id, None, None, 1, "x", "某人", grants)
    sent = command({"case_id": there, "why": "同一家庭"}, at=clock.now())
    asked = Command(
        id=UUID(sent["id"]),
        happened_at=clock.now(),
        answers=LinkedCase(case_id=UUID(there), why="同一家庭"),
        body=sent,
    )
    async with transaction(engine, actor.opening) as connection:
        work = Work(connection, actor, KINDS, clock.HOLIDAYS)
        await cases.act(work, KINDS["dv_warning"], UUID(here), "link", asked)
        still = await connection.scalar(text("select current_setting('app.opened_case')"))
        assert still == here


@pytest.fixture
async def two_offices(
    anonymous: httpx.AsyncClient, owner: Owner
) -> AsyncIterator[httpx.AsyncClient]:
    """An officer without a mark, who supervises as somebody else."""
    held = [
        Held(Role.POLICE, seed.DISTRICT),
        Held(Role.WOMEN_FED_DISTRICT, seed.DISTRICT, supervisor=True),
    ]
    async with owner() as connection:
        await accounts.create_account(connection, "two", "两职", PASSWORD, None, held)
    typed = {"username": "two", "password": PASSWORD}
    token = (await anonymous.post("/auth/login", json=typed)).json()["access_token"]
    anonymous.headers["authorization"] = f"Bearer {token}"
    yield anonymous
    await forget_account(owner, "two")


async def test_a_mark_in_one_office_is_none_in_another(
    client: Client, two_offices: httpx.AsyncClient
) -> None:
    """反家暴法 14: who reported is for the police: whose case it is, and their supervisors."""
    case_id = await opened(await client("women_fed_town"), **REPORTER)
    for who, open_ in ((two_offices, False), (await client("police"), True)):
        items = (await who.get(f"/cases/{case_id}/vault")).json()["items"]
        shown = {i["name"]: i["open"] for i in items}
        assert shown == dict.fromkeys(REPORTER, open_)


async def test_who_no_longer_reads_such_cases_has_none_of_their_clocks(
    client: Client, ids: dict[str, Any], owner: Owner
) -> None:
    """In charge of it still, but with another office now."""
    journey = Journey(client, "mediation", ids)
    assert (await journey.take(mediation.WALKS[0].steps[0])).status_code == 201
    hospital = await client("hospital")
    values = {"id": journey.case_id, "who": (await me(hospital))["id"]}
    async with owner() as connection:
        for statement in (
            'update "case" set account_id = :who, seen_by = array[:who]::bigint[] where id = :id',
            "update deadline set seen_by = array[:who]::bigint[] where case_id = :id",
        ):
            await connection.execute(text(statement), values)
    assert (await hospital.get("/worklist?limit=100")).json()["items"] == []
    assert (await hospital.get("/worklist/counts")).json()["mine"]["all"]["count"] == 0
