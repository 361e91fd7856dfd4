"""The worklist by keyboard alone, its filters in the address, and a verdict for every row."""

import re

from playwright.async_api import expect

from tests.conftest import Client
from tests.e2e.conftest import Desks
from tests.e2e.woman import on_the_ledger


async def test_what_is_due_is_found_and_opened_by_keyboard(desk: Desks, client: Client) -> None:
    await on_the_ledger(client)
    sat = await desk("women_fed_town")
    await sat.page.goto("/?tab=area&kind=left_behind_visit")
    await sat.opened("工作台")
    rows = sat.page.get_by_role("table").locator("tbody tr")
    await expect(rows.first).to_have_class(re.compile("overdue"))
    await sat.page.keyboard.press("?")
    await expect(sat.page.get_by_role("dialog", name="键盘操作")).to_be_visible()
    await sat.page.keyboard.press("Escape")
    await expect(sat.page.get_by_role("dialog")).to_be_hidden()
    await sat.page.keyboard.press("j")
    await expect(rows.first).to_have_attribute("aria-current", "true")
    await expect(sat.page.get_by_label("案件预览")).to_contain_text("白天可致电")
    await sat.page.keyboard.press("x")
    await expect(sat.page.get_by_label("批量办理")).to_contain_text("已选 1 项")
    await sat.page.keyboard.press("x")
    await expect(sat.page.get_by_label("批量办理")).to_be_hidden()
    await sat.page.get_by_role("search").get_by_label("类型").select_option("")
    assert "kind" not in sat.page.url
    await sat.page.get_by_label("只看逾期").check()
    await expect(sat.page).to_have_url(re.compile("overdue=true"))
    await sat.page.get_by_role("heading", level=1).click()
    await sat.page.keyboard.press("j")
    await sat.page.keyboard.press("Enter")
    await expect(sat.page).to_have_url(re.compile("/cases/"))


async def test_whoever_has_nothing_of_her_own_lands_where_there_is_something(
    desk: Desks, client: Client
) -> None:
    await on_the_ledger(client)
    sat = await desk("women_fed_district")
    tabs = sat.page.get_by_label("待办范围")
    await expect(tabs.get_by_role("button", name=re.compile("我的"))).to_contain_text("0")
    await expect(sat.page.get_by_role("table").locator("tbody tr").first).to_be_visible()
    await tabs.get_by_role("button", name=re.compile("我的")).click()
    await expect(sat.page.get_by_text("没有符合条件的待办。")).to_be_visible()
