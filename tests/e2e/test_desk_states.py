"""What every page of the desk says where there is nothing, and where the server does not answer."""

import re

from playwright.async_api import Locator, Page, Route, expect

from tests.e2e.conftest import Desks
from tests.e2e.desk import Desk
from tests.e2e.test_desk_pages import PATHS, menu

READ = re.compile("/api/v1/(?!auth/|me$|kinds|areas)")
"""All that the pages ask; not who one is, nor the definitions and areas, which are there once."""

EMPTY = {
    "/": "名下没有待办事项。",
    "/cases": "本人工作范围内还没有案件。",
    "/referrals": "没有收到的转介。",
    "/docket": "这一周没有安排调解。",
    "/people": "按姓名、身份证号或者电话查找。",
    "/notices": "没有通知。",
    "/women": "本人范围内还没有在册妇女。",
    "/ledger": "这一类还没有登记案件。",
    "/glass": "没有待复核的紧急查阅。",
    "/holidays": "这一年没有另外标注的日子。",
    "/clients": "还没有登记接口用户。",
    "/templates": "本区还没有上传过模板",
}
"""What stands on a page of a district in which nothing happened yet."""

FULL = {"/board", "/registers", "/new", "/areas", "/kinds", "/me", "/accounts", "/audit"}
"""Pages that are never empty: figures of zero, offices, forms, accounts."""

OWN = {"/new", "/people", "/areas", "/kinds", "/me"}
"""Pages that ask nothing of the server until somebody does something on them."""


async def to(sat: Desk, path: str) -> None:
    """By the menu, or by one's name above it: the desk is not loaded anew."""
    await sat.page.locator(f"nav a[href='{path}'], header a[href='{path}']").first.click()
    await expect(sat.page).to_have_url(re.compile(re.escape(path) + r"($|\?)"))
    await sat.page.locator("main h1").wait_for()


async def waited_for(page: Page, sought: Locator) -> None:
    """Until it is there: the desk asks twice more, some seconds later, before it says so."""
    for _ in range(100):
        if await sought.count():
            return
        await page.clock.fast_forward(500)
    raise AssertionError(f"nothing is said: {await page.locator('main').inner_text()}")


async def test_every_page_says_what_would_stand_there_and_what_is_wrong(desk: Desks) -> None:
    """A district without cases, then a server that is out of order; 重试 brings the page back."""
    seen = set[str]()

    async def out_of_order(asked: Route) -> None:
        page = {"status": 502, "content_type": "text/html", "body": "<h1>Bad Gateway</h1>"}
        await asked.fulfill(**page)  # type: ignore[arg-type]

    for username in ("women_fed_district", "system_admin", "audit_admin"):
        sat = await desk()
        await sat.page.clock.install()
        await sat.sign_in(username)
        main = sat.page.locator("main")
        alert = main.get_by_role("alert").filter(has_text="系统暂时不能使用")
        paths = sorted({*await menu(sat), "/me"} - seen)
        for path in paths:
            await to(sat, path)
            if path not in FULL:
                await expect(main).to_contain_text(EMPTY[path])
        await to(sat, "/me")
        await sat.page.route(READ, out_of_order)
        await sat.page.clock.fast_forward(200_000)  # what was read is forgotten
        for path in (path for path in paths if path not in OWN):
            await to(sat, path)
            await waited_for(sat.page, alert)
            await expect(alert.get_by_role("button", name="重试").first).to_be_visible()
            await expect(main).not_to_contain_text("Bad Gateway")
        await sat.page.unroute(READ)
        for left in reversed(range(await alert.count())):
            await alert.get_by_role("button", name="重试").first.click()
            await expect(alert).to_have_count(left)
        seen |= set(paths)
    assert seen == EMPTY.keys() | FULL
    assert {path for path in PATHS if ":" not in path} == seen | {"/login"}


async def test_a_page_that_does_not_come_says_so_at_its_own_address(desk: Desks) -> None:
    """Opened while the server is out of order, and while a part of the desk is not to be had."""

    async def lost(asked: Route) -> None:
        await asked.abort()

    sat = await desk("women_fed_town")
    await sat.page.clock.install()
    await sat.page.route("**/api/**", lost)
    await sat.page.goto("/cases?closed=false")
    await sat.opened("页面没有打开")
    await sat.page.unroute("**/api/**")
    await sat.click("重试")
    await sat.opened("案件")
    assert sat.page.url.endswith("/cases?closed=false")
    await sat.page.route("**/assets/**", lost)
    await sat.click("登记", "link")
    await sat.opened("页面没有打开")
    await sat.page.unroute("**/assets/**")
    await sat.click("重试")
    await sat.opened("登记")
    await sat.click("案件", "link")
    await sat.opened("案件")
    await sat.context.set_offline(True)
    await sat.page.get_by_label("结案").select_option("true")
    alert = sat.page.get_by_role("alert").filter(has_text="连不上服务器")
    await waited_for(sat.page, alert)
    await sat.context.set_offline(False)
    await expect(alert).to_have_count(0)
    await expect(sat.page.get_by_text("没有符合条件的内容。")).to_be_visible()
