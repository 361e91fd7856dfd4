"""What moved since: thin, within sight, and nothing that commits late is skipped."""

from typing import Any

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app import clock
from app.db import transaction
from tests.conftest import Client
from tests.stories.answers import NOW, QUICK, REPORT, command
from tests.stories.partner_papers import WIFE, order, push, warning

VILLAGE, OTHER = 441802103201, 441802106202


async def changes(client: httpx.AsyncClient, **query: str | int) -> dict[str, Any]:
    answer = await client.get("/partners/changes", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def report(client: Client, area: int, reporter: str = "women_fed_district") -> str:
    fed = await client(reporter)
    with clock.at(NOW):
        answer = await fed.post("/cases/dv_warning", json=command(REPORT, area=area))
    return str(answer.json()["case_id"])


async def test_partners_read_on_where_they_stopped(client: Client) -> None:
    police = await client("police")
    assert await changes(police) == {"items": [], "next": None}
    await push(police, "police/warnings", warning())
    first = await changes(police, limit=3)
    assert [row["name"] for row in first["items"]] == ["opened", "accept", "issue_warning"]
    cursor = str(first["next"])
    rest = await changes(police, after=cursor)
    assert [(row["name"], row["state"]) for row in rest["items"]] == [
        ("deliver_warning", "monitoring")
    ]
    end = str(rest["next"])
    assert await changes(police, after=end) == {"items": [], "next": end}
    await report(client, VILLAGE)
    assert [row["name"] for row in (await changes(police, after=end))["items"]] == ["opened"]


async def test_a_change_says_nothing_about_anybody(client: Client) -> None:
    police = await client("police")
    await push(police, "police/warnings", warning())
    answer = await police.get("/partners/changes")
    assert set(answer.json()["items"][0]) == {"case_id", "kind", "name", "state", "happened_at"}
    assert WIFE["name"] not in answer.text
    assert WIFE["phone"] not in answer.text


async def test_everybody_hears_of_the_cases_in_sight_only(client: Client) -> None:
    here, there = await report(client, VILLAGE), await report(client, OTHER)
    court = await client("court")
    await push(court, "court/orders", order())

    async def told(username: str) -> set[str]:
        return {row["case_id"] for row in (await changes(await client(username)))["items"]}

    assert {here, there} <= await told("police")
    assert here in await told("police_2")
    assert there not in await told("police_2")
    assert len(await told("court")) == 1
    assert not {here, there} & await told("court")
    admin = await (await client("system_admin")).get("/partners/changes")
    assert admin.status_code == 403


async def test_who_commits_late_is_not_skipped(client: Client, engine: AsyncEngine) -> None:
    police = await client("police")
    early = await report(client, VILLAGE)
    async with transaction(engine) as slow:
        await slow.execute(text("select pg_current_xact_id()"))
        late = await report(client, OTHER)
        seen = await changes(police)
        assert [row["case_id"] for row in seen["items"]] == [early]
    rest = await changes(police, after=str(seen["next"]))
    assert [row["case_id"] for row in rest["items"]] == [late]


async def test_a_made_up_cursor_is_refused(client: Client) -> None:
    police = await client("police")
    with clock.at(NOW):
        await police.post("/cases/dv_warning", json=command(QUICK, area=VILLAGE))
    for cursor in ("0", "x" * 100, "WyJmIiwiaTEiLCJpMSJd", "⊘"):
        answer = await police.get("/partners/changes", params={"after": cursor})
        assert answer.status_code == 422, answer.text
