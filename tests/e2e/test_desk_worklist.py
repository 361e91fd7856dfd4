"""The worklist by keyboard alone, its filters in the address, and a verdict for every row."""

import re
from datetime import timedelta

from playwright.async_api import Locator, expect

from app import clock
from tests.conftest import Client
from tests.e2e.axe import violations
from tests.e2e.conftest import Desks
from tests.e2e.desk import Desk
from tests.e2e.woman import on_the_ledger
from tests.stories.answers import REPORT, command

VILLAGE = 441802103201
CASE = re.compile("/api/v1/cases/[^/?]+$")


async def reported(client: Client, ago: timedelta) -> str:
    """A report of violence in the woman's village: the police accepts within 24 hours."""
    fed = await client("women_fed_district")
    body = command(REPORT, clock.now() - ago, area=VILLAGE)
    answer = await fed.post("/cases/dv_warning", json=body)
    assert answer.status_code == 201, answer.text
    case_id: str = answer.json()["case_id"]
    return case_id


def tab(sat: Desk, title: str) -> Locator:
    return sat.page.get_by_label("待办范围").get_by_role("button", name=re.compile(title))


async def test_what_is_due_is_found_and_opened_by_keyboard(desk: Desks, client: Client) -> None:
    await on_the_ledger(client)
    sat = await desk("women_fed_town")
    await sat.page.goto("/?tab=area&kind=left_behind_visit")
    await sat.opened("工作台")
    rows = sat.page.get_by_role("table").locator("tbody tr")
    await expect(rows.first).to_have_class(re.compile("overdue"))
    await expect(tab(sat, "手机冲突")).to_have_count(0)  # she supervises nobody
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
    await sat.page.keyboard.press("/")
    kinds = sat.page.get_by_role("search").get_by_label("类型")
    await expect(kinds).to_be_focused()
    await kinds.select_option("")
    assert "kind" not in sat.page.url
    await sat.page.keyboard.press("Escape")
    await sat.page.get_by_label("只看逾期").check()
    await expect(sat.page).to_have_url(re.compile("overdue=true"))
    await sat.click("＋ 保存筛选")
    await sat.page.get_by_label("名称").fill("本镇逾期")
    await sat.page.keyboard.press("Tab")
    await sat.click("保存")
    await sat.page.goto("/")
    await sat.click("本镇逾期", "link")
    await expect(sat.page).to_have_url(re.compile("tab=area&overdue=true"))
    await expect(rows.first).to_have_class(re.compile("overdue"))
    await sat.page.get_by_role("heading", level=1).click()
    await sat.page.keyboard.press("j")
    await sat.page.keyboard.press("Enter")
    await expect(sat.page).to_have_url(re.compile("/cases/"))
    await sat.opened("探访")


async def test_every_row_of_many_gets_its_own_verdict(desk: Desks, client: Client) -> None:
    """The village's federation puts people in charge of its visits, not of the police's cases."""
    await on_the_ledger(client)
    for days in (1, 2):
        await reported(client, timedelta(days=days))
    sat = await desk()
    await sat.page.clock.install()
    await sat.sign_in("women_fed_village")
    await sat.page.goto("/?tab=area")
    await only_where_it_rests_is_a_case_looked_at(sat)
    await sat.page.get_by_label("选择本页全部").check()
    bar = sat.page.get_by_label("批量办理")
    await expect(bar).to_contain_text("共 3 件案件")
    await sat.click("指定承办")
    form = sat.page.get_by_role("dialog")
    await form.get_by_label("承办单位").click()
    office = "源潭镇踵头村妇女联合会"
    await sat.page.get_by_role("listbox").get_by_role("option", name=office).click()
    await sat.click("提交")
    await expect(bar.get_by_role("status")).to_contain_text("2 件没有权限")
    await expect(bar.get_by_role("status")).to_contain_text("1 件成功")
    await expect(bar.get_by_text("您的角色不能办理“指定承办”")).to_have_count(2)
    assert await violations(sat.page) == []
    await sat.click("完成")
    await expect(bar).to_be_hidden()


async def only_where_it_rests_is_a_case_looked_at(sat: Desk) -> None:
    """Rows passed on the way are not read: each look at a case stands in the record."""
    looked: list[str] = []
    sat.page.on("request", lambda r: looked.append(r.url) if CASE.search(r.url) else None)
    rows = sat.page.get_by_role("table").locator("tbody tr")
    await expect(rows).not_to_have_count(0)
    await sat.page.clock.pause_at(await sat.page.evaluate("Date.now() / 1_000 + 1"))
    for _ in range(2):
        await sat.page.keyboard.press("j")
    await sat.page.clock.run_for(200)
    await sat.page.keyboard.press("j")
    await sat.page.clock.run_for(200)
    assert looked == []
    await sat.page.clock.run_for(200)
    await expect(sat.page.get_by_label("案件预览")).to_be_visible()
    await sat.page.clock.resume()
    assert len(looked) == 1
    href = await rows.nth(2).get_by_role("link").first.get_attribute("href")
    assert looked[0].endswith(str(href))
    await sat.page.keyboard.press("Escape")


async def test_counts_are_asked_for_while_somebody_looks(desk: Desks, client: Client) -> None:
    """All in one request, unchanged without a body, and none while the page is hidden."""
    now = clock.now()
    left = clock.end_of_day(clock.local_day(now)) - now
    await reported(client, timedelta(days=1) - left / 2)
    await on_the_ledger(client)
    sat = await desk()
    await sat.page.clock.install()
    told: list[int] = []
    asked: list[str] = []
    sat.page.on("request", lambda r: asked.append(r.url) if "/counts" in r.url else None)
    sat.page.on("response", lambda r: told.append(r.status) if "/counts" in r.url else None)
    await sat.sign_in("women_fed_district")
    for title, count in (("今日到期", "1"), ("待分派", "1"), ("手机冲突", "0")):
        await expect(tab(sat, title)).to_contain_text(count)
    rows = sat.page.get_by_role("table").locator("tbody tr")
    await tab(sat, "今日到期").click()
    await expect(rows).to_have_count(1)
    await expect(rows).to_contain_text("接报后受理出警")
    await tab(sat, "待分派").click()
    await expect(rows).to_have_count(1)
    async with sat.page.expect_response("**/counts"):
        await sat.page.clock.fast_forward(61_000)
    await looking(sat, "hidden")
    await sat.page.clock.fast_forward(200_000)
    await sat.page.evaluate("fetch('/api/health').then(answer => answer.status)")
    assert len(asked) == 2
    async with sat.page.expect_response("**/counts"):
        await looking(sat, "visible")
    assert told == [200, 304, 304]


async def looking(sat: Desk, state: str) -> None:
    """The page is in front of somebody, or is not."""
    await sat.page.evaluate(LOOKED_AT, state)


LOOKED_AT = """state => {
    Object.defineProperty(document, 'visibilityState', { value: state, configurable: true })
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
}"""


async def test_whoever_has_nothing_of_her_own_lands_where_there_is_something(
    desk: Desks, client: Client
) -> None:
    await on_the_ledger(client)
    sat = await desk("women_fed_district")
    await expect(tab(sat, "我的")).to_contain_text("0")
    await expect(sat.page.get_by_role("table").locator("tbody tr").first).to_be_visible()
    await tab(sat, "我的").click()
    await expect(sat.page.get_by_text("名下没有待办事项。")).to_be_visible()
