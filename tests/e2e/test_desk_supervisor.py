"""What comes before a supervisor: a clock that is broken, and what a phone could not say."""

import re
from datetime import timedelta

from playwright.async_api import Locator, expect
from sqlalchemy.ext.asyncio import AsyncEngine

from app import clock
from app.kinds import KINDS
from app.services import reminders
from tests.conftest import Client
from tests.e2e.axe import violations
from tests.e2e.conftest import Desks
from tests.e2e.desk import Desk
from tests.e2e.test_desk_worklist import reported
from tests.e2e.woman import on_the_ledger
from tests.stories.test_phone_conflicts import visit
from tests.stories.test_sync import send, statuses

EARLIER = {"husband_away_since": "2023-05-01", "lives_in_village": True, "remarks": "婆婆同住"}


async def to_row(sat: Desk, text: str, at: int = -1) -> Locator:
    """The row of a list that says so, with the keyboard on it, which was at that row before."""
    rows = sat.page.get_by_role("main").locator("tbody tr")
    said = await rows.all_inner_texts()
    found = next(place for place, row in enumerate(said) if text in row)
    for _ in range(found - at):
        await sat.page.keyboard.press("j")
    await expect(rows.nth(found)).to_have_attribute("aria-current", "true")
    return rows.nth(found)


async def test_a_broken_clock_is_told_to_the_supervisor_and_leads_to_its_case(
    desk: Desks, client: Client, worker_engine: AsyncEngine
) -> None:
    case_id = await reported(client, timedelta(days=2))
    await on_the_ledger(client)
    sat = await desk()
    await sat.page.clock.install()
    await sat.sign_in("women_fed_district")
    await sat.opened("工作台")
    told = sat.page.get_by_role("banner").get_by_role("link", name=re.compile("通知"))
    polled: list[int] = []
    sat.page.on("response", lambda r: polled.append(r.status) if "/notices?" in r.url else None)
    await expect(told.locator(".count")).to_have_count(0)
    assert await reminders.send(worker_engine, KINDS, clock.now()) > 0
    await sat.page.clock.fast_forward(61_000)
    await expect(told).to_contain_text("3")
    async with sat.page.expect_response("**/notices?*"):
        await sat.page.clock.fast_forward(61_000)
    assert polled == [200, 304], "unchanged, it comes without a body"
    await expect(told).to_contain_text("3")
    await told.click()
    await sat.opened("通知")
    row = sat.page.get_by_role("row", name="接报后受理出警：已逾期")
    await expect(row).to_contain_text("未读")
    shown = await sat.page.get_by_role("main").inner_text()
    assert not {"林秋禾", "贺长庚", "家庭暴力"} & set(re.findall(r"\w+", shown))
    assert await violations(sat.page) == []
    await to_row(sat, "接报后受理出警")
    await sat.page.keyboard.press("Enter")
    await expect(sat.page).to_have_url(re.compile(case_id))
    await expect(told.locator(".count")).to_contain_text("2")
    await told.click()
    await sat.click("本页 2 条标为已读")
    await expect(told.locator(".count")).to_have_count(0)


async def test_what_a_phone_could_not_say_is_settled_beside_what_the_system_holds(
    desk: Desks, client: Client
) -> None:
    case_id = await on_the_ledger(client)
    phone = await client("women_fed_village")
    again = [visit(case_id, "verify", EARLIER), visit(case_id, "nominate", {})]
    assert statuses(await send(phone, *again)) == ["conflict"] * 2
    sat = await desk("women_fed_district")
    tabs = sat.page.get_by_label("待办范围")
    await tabs.get_by_role("button", name=re.compile("手机冲突 ?2")).click()
    looked: list[str] = []
    sat.page.on("request", lambda r: looked.append(r.url) if "/phone-conflicts/" in r.url else None)
    rows = sat.page.get_by_role("table", name="手机冲突记录").locator("tbody tr")
    await expect(rows).to_have_count(2)
    for key in "jjkk":
        await sat.page.keyboard.press(key)
    await expect(rows.first).to_have_attribute("aria-current", "true")
    verified = await to_row(sat, "核实符合条件", at=0)
    assert looked == [], "what was passed was not looked at"
    await sat.page.keyboard.press("Enter")
    both = sat.page.get_by_label("手机记录与系统内容对照")
    away = both.get_by_role("row", name=re.compile("丈夫连续外出起始日期 ?不同"))
    await expect(away.get_by_role("cell").first).to_have_text("2023-05-01")
    await expect(both.get_by_role("row", name="本人在农村居住 是 是")).to_be_visible()
    await sat.page.keyboard.press("Escape")
    await expect(both).to_be_hidden()
    await expect(verified.get_by_role("button")).to_be_focused()
    await sat.page.keyboard.press("Enter")
    await expect(both).to_be_focused()
    await expect(both.get_by_role("button", name="采用手机内容")).to_be_visible()
    await sat.page.keyboard.press("Tab")
    await sat.page.keyboard.press("Tab")
    await sat.page.keyboard.press("Tab")
    await expect(both.get_by_role("button", name="采用手机内容")).to_be_focused()
    await sat.page.keyboard.press("Enter")
    await sat.page.get_by_label("理由").fill("已与填写人电话核对")
    await sat.click("确定")
    await expect(both).to_contain_text("已处理：采用手机内容")
    await expect(tabs.get_by_role("button", name=re.compile("手机冲突 ?1"))).to_be_visible()
    await both.get_by_role("link", name="打开案件").click()
    rest = sat.page.get_by_label("待处理的手机记录")
    await expect(rest).to_contain_text("列为对象")
    assert await violations(sat.page) == []
    await rest.get_by_role("button", name="对照处理").click()
    await rest.get_by_role("button", name="以系统为准").click()
    await sat.page.get_by_label("理由").fill("系统中已经列为对象")
    await sat.click("确定")
    await expect(rest).to_be_hidden()
    past = sat.page.get_by_label("经过", exact=True)
    await expect(past).to_contain_text("处理：以系统为准。理由：系统中已经列为对象")
    await expect(past).to_contain_text("更正理由：已与填写人电话核对")
