"""The docket: a room, a mediator and a time each, never two at once, never together in danger."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app import clock
from app.access import Held
from app.db import transaction
from app.ids import uuid7
from app.roles import Role
from app.services import seed
from app.services.identity import accounts
from app.services.seed import SECOND_VILLAGE, TOWN, VILLAGE
from tests.conftest import Client, Owner, forget_account, serve
from tests.kinds.journey import Journey
from tests.kinds.test_every_kind import ids
from tests.kinds.walks.mediation import steps
from tests.security.test_walls import actor, seen
from tests.stories.answers import command
from tests.stories.test_account_register import system_admin

__all__ = ["ids", "system_admin"]


def type_of(answer: httpx.Response) -> str:
    """The last word of a refusal's type."""
    return str(answer.json()["type"]).removeprefix("/problems/")


class Office:
    """A committee with a room, a mediator, and accepted disputes."""

    def __init__(self, client: Client, ids: dict[str, Any]) -> None:
        self.client, self.ids = client, ids

    async def open(self) -> None:
        self.mediator = await self.client("mediator")
        me = (await self.mediator.get("/me")).json()
        self.mediator_id, self.committee = me["id"], me["organisation"]["id"]
        self.room_id = await self.room("第一调解室")

    async def room(self, name: str) -> int:
        body = {"organisation_id": self.committee, "name": name}
        answer = await self.mediator.post("/registers/rooms", json=body)
        assert answer.status_code == 201, answer.text
        assert (await self.mediator.post("/registers/rooms", json=body)).status_code == 200
        return int(answer.json()["id"])

    async def dispute(self, **screened: Any) -> Journey:
        journey = Journey(self.client, "mediation", self.ids)
        for step in (
            steps.opened(**steps.COUPLE), steps.apply(),
            steps.screen("party_a", **screened), steps.screen("party_b"),
        ):  # fmt: skip
            answer = await journey.take(step)
            assert answer.status_code in (200, 201), answer.text
        return journey

    async def accepted(self, **screened: Any) -> Journey:
        journey = await self.dispute(**screened)
        answer = await journey.take(steps.accept())
        assert answer.status_code == 200, answer.text
        return journey

    def sitting(self, journey: Journey, *, hours: Any = 24, **more: Any) -> dict[str, Any]:
        starts = journey.moment + timedelta(hours=hours)
        times = {"starts_at": starts, "ends_at": starts + timedelta(hours=1),
                 "arrives_a": starts, "arrives_b": starts} | more  # fmt: skip
        body = {"id": str(uuid7()), "case_id": journey.case_id, "room_id": self.room_id,
                "mediator_id": self.mediator_id}  # fmt: skip
        return body | {n: v.isoformat() if isinstance(v, datetime) else v for n, v in times.items()}

    async def arrange(self, journey: Journey, body: dict[str, Any]) -> httpx.Response:
        with clock.at(journey.moment):
            return await self.mediator.post("/docket", json=body)

    async def read(self, journey: Journey, who: httpx.AsyncClient) -> dict[str, Any]:
        params = {"since": journey.moment.isoformat(),
                  "until": (journey.moment + timedelta(days=14)).isoformat()}  # fmt: skip
        answer = await who.get("/docket", params=params)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def docket(self, journey: Journey, who: httpx.AsyncClient) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.read(journey, who))["items"]
        return found


@pytest.fixture
async def office(client: Client, ids: dict[str, Any]) -> Office:
    made = Office(client, ids)
    await made.open()
    return made


Account = tuple[int, httpx.AsyncClient]
Mediators = Callable[[str, int | None], Awaitable[Account]]


@pytest.fixture
async def mediators(app: FastAPI, owner: Owner) -> AsyncIterator[Mediators]:
    """Makes a mediator of a committee, or of none: `await mediators("stranger", None)`."""
    async with serve(app) as sign_in:
        names: list[str] = []

        async def make(name: str, committee: int | None) -> Account:
            names.append(name)
            held = [Held(Role.MEDIATOR, TOWN)]
            async with owner() as connection:
                id = await accounts.create_account(
                    connection, name, "陈惠芳", seed.PASSWORD, committee, held
                )
            return id, await sign_in(name)

        yield make
    async with owner() as connection:
        await connection.execute(text("truncate sitting, recusal"))
    for name in names:
        await forget_account(owner, name)


async def test_it_stands_on_the_docket_and_nobody_is_in_two_at_once(
    client: Client, office: Office, engine: AsyncEngine, mediators: Mediators
) -> None:
    colleague, _ = await mediators("colleague", office.committee)
    stranger, outside = await mediators("stranger", None)
    first, second = await office.accepted(), await office.accepted()
    body = office.sitting(first)
    assert (await office.arrange(first, body)).status_code == 201
    assert (await office.arrange(first, body)).status_code == 200, "the same again"
    changed = body | {"room_id": 99}
    assert (await office.arrange(first, changed)).json()["type"] == "/problems/id-reused"
    (row,) = await office.docket(first, office.mediator)
    assert (row["party_a"], row["party_b"], row["room"]) == ("黎*", "邓*", "第一调解室")
    assert not row["apart"]
    starts = datetime.fromisoformat(body["starts_at"])
    half = starts + timedelta(minutes=30)
    late = {"starts_at": half, "ends_at": half + timedelta(hours=1), "arrives_a": half}
    clash = office.sitting(second) | office.sitting(second, **late, arrives_b=half)
    assert type_of(await office.arrange(second, clash)) == "room-taken"
    clash["room_id"] = await office.room("第二调解室")
    assert type_of(await office.arrange(second, clash)) == "mediator-taken"
    after = office.sitting(second, starts_at=starts + timedelta(hours=1),
                           ends_at=starts + timedelta(hours=2))  # fmt: skip
    assert (await office.arrange(second, after)).status_code == 201, "one goes, the next comes"
    fed, court = await client("women_fed_town"), await client("court")
    assert len(await office.docket(first, fed)) == 2
    assert await office.docket(first, court) == []
    cancelled = await office.mediator.post(f"/docket/{body['id']}/cancel")
    assert cancelled.status_code == 204
    again = office.sitting(second, **late, arrives_b=half) | {"case_id": first.case_id}
    assert (await office.arrange(first, again)).status_code == 409, "half of it is still taken"
    both = office.sitting(second, hours=25, room_id=clash["room_id"], mediator_id=colleague)
    assert type_of(await office.arrange(second, both)) == "case-taken", "it cannot be in two rooms"
    assert [r["id"] for r in await office.docket(first, fed)] == [after["id"]]
    foreign = office.sitting(second, hours=48, mediator_id=stranger)
    assert type_of(await office.arrange(second, foreign)) == "invalid", (
        "of no committee that has it"
    )
    elsewhere = await office.read(first, outside)
    assert elsewhere["items"] == []
    (taken,) = elsewhere["taken"]
    assert set(taken) == {"room_id", "mediator_id", "starts_at", "ends_at"}, "nothing of the case"
    assert (taken["room_id"], taken["mediator_id"]) == (office.room_id, office.mediator_id)
    for who in (fed, court, office.mediator):
        assert (await office.read(first, who))["taken"] == []
    for village, sees in ((VILLAGE, True), (SECOND_VILLAGE, False)):
        reader = actor(Role.WOMEN_FED_VILLAGE, village)
        async with transaction(engine, reader.opening) as connection:
            assert bool(await seen(connection, "sitting")) is sees


async def test_of_many_who_want_the_room_at_once_one_gets_it(office: Office) -> None:
    disputes = [await office.accepted() for _ in range(3)]
    bodies = [office.sitting(disputes[0]) | {"case_id": d.case_id} for d in disputes]
    with clock.at(disputes[0].moment):
        answers = await asyncio.gather(
            *(office.mediator.post("/docket", json=body) for body in bodies)
        )
    assert sorted(a.status_code for a in answers) == [201, 409, 409]


async def test_who_is_related_does_not_mediate(
    client: Client,
    office: Office,
    mediators: Mediators,
    system_admin: httpx.AsyncClient,
) -> None:
    journey = await office.accepted()
    related, theirs = await mediators("related", office.committee)
    body = office.sitting(journey, mediator_id=related)
    assert (await office.arrange(journey, body)).status_code == 201
    assert [r["recused"] for r in await office.docket(journey, theirs)] == [False]
    url, kin = f"/accounts/{related}", {"kin": [steps.HUSBAND["id_number"]]}
    headers = {"If-Match": (await system_admin.get(url)).headers["etag"]}
    kept = await system_admin.put(f"{url}/id-numbers", json=kin, headers=headers)
    assert kept.status_code == 200, kept.text

    assert await office.docket(journey, theirs) == [], "the case is not there any more"
    fed, watcher = await client("women_fed_town"), await client("zongzhi")
    for who, told in ((office.mediator, True), (fed, True), (watcher, False)):
        assert [r["recused"] for r in await office.docket(journey, who)] == [told]
    choice = {"case_id": journey.case_id}
    offered = (await office.mediator.get("/docket/mediators", params=choice)).json()["items"]
    assert {(m["id"], m["recused"]) for m in offered} == {
        (related, True), (office.mediator_id, False),
    }  # fmt: skip
    for who in (theirs, fed):
        assert (await who.get("/docket/mediators", params=choice)).status_code == 404
    refused = await office.arrange(journey, office.sitting(journey, hours=48, mediator_id=related))
    assert type_of(refused) == "mediator-recused"
    assert refused.json()["detail"] == "该调解员不能调解本案，请另选调解员", "not why"
    again = office.sitting(journey, hours=48)
    assert (await office.arrange(journey, again)).status_code == 201


async def test_where_violence_showed_they_come_apart(office: Office) -> None:
    journey = await office.dispute(**steps.VIOLENCE)
    fed = await office.client("women_fed_town")
    with clock.at(journey.moment):
        url = f"/cases/mediation/{journey.case_id}/assess_danger"
        low = dict.fromkeys(
            ("threatened_to_kill", "able_to_kill", "controls_life", "nobody_else",
             "suicide_threat", "die_together", "threatened_family", "will_hurt_soon", "stalked",
             "suffocated", "other_lethal"), False)  # fmt: skip
        assessed = await fed.post(url, json=command(low, at=journey.moment))
        assert assessed.status_code == 200, assessed.text
    answer = await journey.take(steps.accept())
    assert answer.status_code == 200, answer.text
    together = await office.arrange(journey, office.sitting(journey))
    assert together.json()["type"] == "/problems/arrive-apart", together.text
    starts = journey.moment + timedelta(hours=24)
    apart = office.sitting(journey, arrives_b=starts + timedelta(minutes=20))
    assert (await office.arrange(journey, apart)).status_code == 201
    (row,) = await office.docket(journey, office.mediator)
    assert row["apart"]
    with clock.at(journey.moment):
        high = low | dict.fromkeys(list(low)[:8], True)
        await fed.post(url, json=command(high, at=journey.moment))
    refused = await office.arrange(journey, office.sitting(journey, hours=48))
    assert refused.json()["type"] == "/problems/mediation-too-dangerous", refused.text


async def test_what_cannot_be(office: Office) -> None:
    journey = await office.accepted()
    starts = journey.moment + timedelta(hours=24)
    for wrong in (
        {"ends_at": starts},
        {"ends_at": starts + timedelta(hours=9)},
        {"starts_at": journey.moment - timedelta(hours=1)},
        {"arrives_b": starts + timedelta(hours=2)},
        {"room_id": 2**40},
        {"mediator_id": 1},
    ):
        answer = await office.arrange(journey, office.sitting(journey, **wrong))
        assert answer.status_code == 422, (wrong, answer.text)
    early = await office.dispute()
    answer = await office.arrange(early, office.sitting(early))
    assert answer.json()["type"] == "/problems/wrong-state", "not accepted yet"
    stranger = await office.client("women_fed_fengcheng")
    with clock.at(journey.moment):
        body = office.sitting(journey)
        assert (await stranger.post("/docket", json=body)).status_code == 404
    room = f"/registers/rooms/{office.room_id}/close"
    assert (await office.mediator.post(room)).status_code == 204
    assert (await office.arrange(journey, body)).status_code == 422
    fed = await office.client("women_fed_town")
    assert (await fed.post(room)).status_code == 403


async def test_visits_after_an_agreement_stand_until_they_are_made(
    client: Client, office: Office
) -> None:
    journey = await office.accepted()
    for step in (steps.session(), steps.agree()):
        assert (await journey.take(step)).status_code == 200
    agreed = journey.moment

    async def visits(who: httpx.AsyncClient, days: int, **more: Any) -> dict[str, Any]:
        """What stands in the week that begins so many days after the agreement."""
        since = agreed + timedelta(days=days)
        params = {"since": since.isoformat(), "until": (since + timedelta(days=7)).isoformat()}
        with clock.at(journey.moment):
            answer = await who.get("/docket/visits", params=params | more)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    fed, court = await client("women_fed_town"), await client("court")
    assert (await visits(fed, 0))["items"] == [], "due at the end of the seventh day"
    (first,) = (await visits(office.mediator, 1))["items"]
    assert (first["round"], first["made_at"], first["overdue"]) == (1, None, False)
    assert (first["party_a"], first["party_b"], first["can_record"]) == ("黎*", "邓*", True)
    assert (await visits(court, 1))["items"] == []
    watcher = (await visits(await client("zongzhi"), 1))["items"]
    assert [(v["party_a"], v["can_record"]) for v in watcher] == [(None, False)]

    journey.moment = agreed + timedelta(days=9)
    (late,) = (await visits(office.mediator, 14))["items"]
    assert (late["id"], late["overdue"]) == (first["id"], True)
    assert (await journey.take(steps.NOT_REACHED)).status_code == 200
    assert [v["made_at"] for v in (await visits(fed, 14))["items"]] == [None], "nobody was reached"
    assert (await journey.take(steps.visit(after=timedelta(days=1)))).status_code == 200
    (made,) = (await visits(fed, 14))["items"]
    assert (made["id"], bool(made["made_at"]), made["overdue"]) == (first["id"], True, False)
    assert not made["can_record"]
    assert [v["round"] for v in (await visits(fed, 28))["items"]] == [2], "the next is due"
    long = {"until": (agreed + timedelta(days=40)).isoformat(), "limit": "1"}
    pages = [await visits(fed, 14, **long)]
    pages.append(await visits(fed, 14, **long, cursor=pages[0]["next"]))
    assert [[v["round"] for v in page["items"]] for page in pages] == [[1], [2]]
    assert pages[1]["next"] is None
    other = await fed.get("/docket/visits", params={**long, "since": long["until"]})
    assert type_of(other) == "invalid"
