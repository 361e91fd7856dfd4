"""Every page of the desk, on a wide and on a narrower screen: axe finds nothing, nothing is wider
than the screen, and no page shows more of a person than it is for."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from app import clock
from app.services.seed import DEMO
from tests.conftest import Client
from tests.e2e.axe import violations, wide
from tests.e2e.conftest import Desks
from tests.e2e.desk import Desk
from tests.e2e.woman import WOMAN, on_the_ledger
from tests.kinds.journey import Journey
from tests.kinds.test_every_kind import ids
from tests.kinds.walks.mediation import steps
from tests.stories.test_phone_conflicts import visit
from tests.stories.test_sync import send, statuses

__all__ = ["ids"]

ROUTES = Path(__file__).parents[2] / "frontend" / "src" / "d" / "routes.ts"
PATHS = frozenset(re.findall(r"path: '([^']+)'", ROUTES.read_text(encoding="utf-8")))
WHO = ("women_fed_district", "wcwc_office", "system_admin", "security_admin", "audit_admin")
"""Between them they open every page."""

NUMBERS = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx])(?!\d)")
"""A whole telephone or ID number."""


async def seen_well(sat: Desk, what: str) -> None:
    """The page at hand, on both screens."""
    for width in (1440, 1024):
        await sat.page.set_viewport_size({"width": width, "height": 900})
        assert await violations(sat.page) == [], (what, width)
        assert await wide(sat.page) <= 0, (what, width)


async def looked_at(sat: Desk, path: str) -> None:
    await sat.page.goto(path)
    await sat.page.locator("main h1").first.wait_for()
    await expect(sat.page.locator("main [aria-busy=true]")).to_have_count(0)
    await seen_well(sat, path)


async def tabs_looked_at(sat: Desk, case_id: str) -> None:
    """Each tab of the case's page that this account is offered."""
    await looked_at(sat, f"/cases/{case_id}")
    for tab in (await sat.page.get_by_label("案件内容").get_by_role("button").all())[1:]:
        await tab.click()
        await expect(sat.page.locator("main [aria-busy=true]")).to_have_count(0)
        await seen_well(sat, sat.page.url)


async def conflict_looked_at(sat: Desk) -> None:
    """What a phone could not say, in the list and beside it."""
    await looked_at(sat, "/?tab=conflicts")
    await sat.page.get_by_role("button", name="列为对象").click()
    await expect(sat.page.get_by_label("手机记录与系统内容对照")).to_contain_text("没有办理的原因")
    await seen_well(sat, "/?tab=conflicts, one opened")


async def menu(sat: Desk) -> list[str]:
    links = await sat.page.get_by_label("主菜单").get_by_role("link").all()
    return [await link.get_attribute("href") or "" for link in links]


async def agreed_case(client: Client, ids: dict[str, Any]) -> str:
    journey = Journey(client, "mediation", ids, moment=clock.now() - timedelta(days=20))
    for step in (
        steps.opened(**steps.COUPLE), steps.apply(), *steps.BOTH_SCREENED, steps.accept(),
        steps.session(), steps.agree(),
    ):  # fmt: skip
        answer = await journey.take(step)
        assert answer.status_code in (200, 201), answer.text
    return str(journey.case_id)


async def test_every_page_is_open_to_everybody(
    desk: Desks, client: Client, ids: dict[str, Any]
) -> None:
    case_id, agreed = await on_the_ledger(client), await agreed_case(client, ids)
    again = visit(case_id, "nominate", {})
    assert statuses(await send(await client("women_fed_village"), again)) == ["conflict"]
    case = (await (await client(WHO[0])).get(f"/cases/{case_id}")).json()
    seen = set[str]()
    for username in WHO:
        sat = await desk(username)
        for path in sorted({*await menu(sat), "/me"} - seen):
            seen.add(path)
            await looked_at(sat, path)
            shown = await sat.page.locator("main").inner_text()
            assert not NUMBERS.search(shown), path
            assert WOMAN["name"] not in shown, path
        if username == WHO[0]:
            await tabs_looked_at(sat, case_id)
            await looked_at(sat, f"/cases/{agreed}/agreement")
            await looked_at(sat, f"/people/{case['parties'][0]['person_id']}")
            seen |= {"/cases/:id", "/cases/:id/agreement", "/people/:id"}
            await conflict_looked_at(sat)
    await looked_at(await desk(), "/login")
    assert seen | {"/login"} == PATHS


@pytest.mark.prove
@pytest.mark.parametrize(
    "username", list({one.role: one.username for one in reversed(DEMO)}.values())
)
async def test_every_roles_desk_is_open_to_everybody(
    desk: Desks, district: str, username: str
) -> None:
    """What a role finds in its menu in a district with a year behind it, and its newest case."""
    sat = await desk(username, base_url=district)
    for path in await menu(sat):
        await looked_at(sat, path)
        cases = sat.page.get_by_role("table").get_by_role("link")
        if path == "/cases" and await cases.count():
            await tabs_looked_at(sat, (await cases.first.get_attribute("href") or "")[7:])


async def test_every_kinds_form_is_open_to_everybody(desk: Desks) -> None:
    sat = await desk("women_fed_district")
    await sat.click("登记", "link")
    kinds = sat.page.locator(".kinds button")
    await kinds.first.wait_for()
    for at in range(await kinds.count()):
        await kinds.nth(at).click()
        await sat.page.locator(".el-drawer form").wait_for()
        for person in await sat.page.locator(".el-drawer details").all():
            await person.locator("summary").first.click()
        await sat.page.wait_for_timeout(350)
        assert await violations(sat.page) == [], at
        assert await sat.page.locator("input:not([autocomplete=off])").count() == 0
        await sat.click("先不提交")
        await sat.page.locator(".el-drawer form").wait_for(state="detached")
