"""A new version of the shell waits until its user takes it, and takes nothing with it."""

from playwright.async_api import expect

from tests.e2e.conftest import Phones

ANOTHER = """() => navigator.serviceWorker.register('/m/sw.js?another', { scope: '/m/' })
    .then(registration => new Promise(done => {
        const look = () => registration.waiting ? done(true) : setTimeout(look, 50)
        look()
    }))"""
"""The same shell under another address: for the browser a new version, which installs and waits."""


async def test_a_new_version_is_offered_and_a_half_written_report_survives_it(
    phone: Phones,
) -> None:
    held = await phone("grid_worker")
    await held.ready_offline()
    await held.tap("快速登记", "link")
    await held.page.get_by_label("一句话说明").fill("还没写完的一句")
    await held.page.evaluate(ANOTHER)
    await expect(held.page.get_by_label("一句话说明")).to_have_value("还没写完的一句")
    await expect(held.page.get_by_text("有新版本")).to_have_count(0)
    await held.tap("返回")
    await expect(held.page.get_by_text("有新版本")).to_be_visible()
    await held.page.evaluate("window.before = true")
    await held.tap("更新")
    await held.unlock()
    await expect(held.page.get_by_role("heading", name="今日任务")).to_be_visible()
    assert await held.page.evaluate("window.before === undefined"), "the page was loaded anew"
    await held.tap("快速登记", "link")
    await expect(held.page.get_by_label("一句话说明")).to_have_value("还没写完的一句")
