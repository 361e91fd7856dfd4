"""Every page of the desk: axe finds nothing, nothing is wider than the screen, and no page shows
more of a person than it is for."""

import re
from pathlib import Path

import pytest

from tests.conftest import Client
from tests.e2e.axe import violations, wide
from tests.e2e.conftest import Desks
from tests.e2e.desk import Desk
from tests.e2e.woman import WOMAN, on_the_ledger

ROUTES = Path(__file__).parents[2] / "frontend" / "src" / "d" / "routes.ts"
PATHS = frozenset(re.findall(r"path: '([^']+)'", ROUTES.read_text(encoding="utf-8")))
WHO = ("women_fed_district", "wcwc_office", "system_admin", "security_admin", "audit_admin")
"""Between them they open every page."""

NUMBERS = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx])(?!\d)")
"""A whole telephone or ID number."""


async def looked_at(sat: Desk, path: str) -> None:
    await sat.page.goto(path)
    await sat.page.locator("main h1").first.wait_for()
    await sat.page.locator("main [aria-busy=true]").first.wait_for(state="detached")
    assert await violations(sat.page) == [], path
    assert await wide(sat.page) <= 0, path


@pytest.mark.parametrize("width", [1440, 1024])
async def test_every_page_is_open_to_everybody(desk: Desks, client: Client, width: int) -> None:
    case_id = await on_the_ledger(client)
    seen = set[str]()
    for username in WHO if width == 1440 else WHO[:1]:
        sat = await desk(username, viewport={"width": width, "height": 900})
        links = sat.page.get_by_label("主菜单").get_by_role("link")
        menu = [await a.get_attribute("href") or "" for a in await links.all()]
        for path in sorted({*menu, "/me"} - seen):
            seen.add(path)
            await looked_at(sat, path)
            shown = await sat.page.locator("main").inner_text()
            assert not NUMBERS.search(shown), path
            assert WOMAN["name"] not in shown, path
        if username == WHO[0]:
            for tab in ("timeline", "axis", "files", "vault", "privacy", "looks"):
                await looked_at(sat, f"/cases/{case_id}?tab={tab}")
    if width == 1440:
        sat = await desk()
        await looked_at(sat, "/login")
        assert {p for p in PATHS if ":" not in p} - seen == {"/login"}


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
