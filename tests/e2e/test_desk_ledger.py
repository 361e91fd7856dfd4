"""The ledger of women left behind: a town runs its round and signs, the district reconciles."""

import re

from playwright.async_api import expect

from tests.conftest import Client
from tests.e2e.axe import violations, wide
from tests.e2e.conftest import Desks
from tests.e2e.desk import Desk
from tests.e2e.woman import on_the_ledger


async def seen_well(sat: Desk) -> None:
    """Open to everybody, also where the screen is narrower."""
    for width in (1440, 1024):
        await sat.page.set_viewport_size({"width": width, "height": 900})
        assert await violations(sat.page) == []
        assert await wide(sat.page) <= 0


async def test_a_town_runs_its_round_and_the_district_reconciles(
    desk: Desks, client: Client
) -> None:
    case_id = await on_the_ledger(client)
    town = await desk("women_fed_town")
    await town.click("留守妇女台账", "link")
    await town.opened("留守妇女台账")
    await expect(town.page.get_by_label("合计")).to_contain_text("合计1 人")
    await town.page.get_by_label("未探访").select_option("6")
    row = town.page.get_by_role("row").filter(has_text="梁*")
    await expect(row).to_contain_text("C 普通")
    await expect(town.page).to_have_url("/women?unvisited=6")
    await seen_well(town)
    number = row.get_by_role("link", name=re.compile("探访"))
    assert await number.get_attribute("href") == f"/cases/{case_id}"
    await town.page.get_by_role("region", name=re.compile("在册妇女")).focus()
    await town.page.keyboard.press("Tab")
    await expect(row.get_by_role("link", name="梁*")).to_be_focused()
    await town.page.keyboard.press("Enter")
    await expect(town.page.get_by_label("案件", exact=True)).to_contain_text("留守妇女")
    await expect(town.page.get_by_label("探访", exact=True)).to_contain_text("探访登记")
    await town.page.go_back()
    await town.opened("留守妇女台账")

    await town.click("摸底排查")
    await town.page.get_by_label("地区", exact=True).get_by_role("button", name="源潭镇").click()
    await town.page.get_by_role("button", name="签报 源潭镇").first.click()
    await expect(town.page.get_by_text("农村村签报 1 /")).to_be_visible()
    await seen_well(town)

    await town.click("两级核对")
    await town.click("签报源潭镇台账")
    await expect(town.page.get_by_role("status")).to_contain_text("已签报 1 人")
    await expect(town.page.get_by_role("form", name="处理所选登记")).to_have_count(0)

    fed = await desk("women_fed_district")
    await fed.page.goto("/women?tab=compared")
    line = fed.page.get_by_role("row").filter(has_text="梁*")
    await expect(line).to_contain_text("没有登记")
    hers = line.get_by_role("link", name="梁*")
    await expect(hers).to_have_attribute("href", re.compile("^/people/"))
    await seen_well(fed)
    await line.get_by_role("checkbox").check()
    go = fed.page.get_by_role("button", name="处理所选 1 人")
    await expect(go).to_be_disabled()
    await fed.page.get_by_label("理由").select_option("visited")
    await go.click()
    await expect(fed.page.get_by_text("两级台账一致。")).to_be_visible()
    await expect(fed.page.get_by_role("row").filter(has_text="源潭镇")).to_contain_text("100%")
    await fed.click("指标", "link")
    await fed.click("留守妇女关爱")
    card = fed.page.get_by_role("button", name=re.compile("两级台账一致率"))
    await expect(card).to_contain_text("100")
