"""Coming in at the desk and leaving it: by password, by a code, by not being there any more."""

import time

import pyotp
import pytest
from playwright.async_api import expect

from tests.conftest import Client, step_up
from tests.e2e.conftest import Desks

CASE_PAGES = ["工作台", "案件", "登记", "通知"]


@pytest.mark.parametrize(
    ("username", "first", "offered", "withheld"),
    [
        ("women_fed_district", "工作台", CASE_PAGES, ["审计"]),
    ],
)
async def test_the_menu_is_what_one_may_do(
    desk: Desks, username: str, first: str, offered: list[str], withheld: list[str]
) -> None:
    sat = await desk(username)
    await sat.opened(first)
    menu = await sat.menu()
    assert set(offered) <= set(menu)
    assert not set(withheld) & set(menu)


async def test_a_page_that_is_not_ones_own_does_not_open(desk: Desks) -> None:
    sat = await desk("wcwc_office")
    await sat.page.goto("/cases")
    await sat.opened("没有这个页面")
    await sat.click("回首页", "link")
    await sat.opened("指标")


async def test_wrong_password_then_right_and_a_link_leads_where_it_should(desk: Desks) -> None:
    sat = await desk()
    await sat.page.goto("/cases?closed=false")
    await sat.page.get_by_label("用户名").fill("women_fed_town")
    await sat.page.get_by_label("密码").fill("not the password")
    await sat.click("登录")
    await expect(sat.page.get_by_role("alert")).to_have_text("用户名或密码不正确")
    await sat.page.get_by_label("密码").fill("anlan-demo-2026")
    await sat.click("登录")
    await sat.opened("案件")
    assert sat.page.url.endswith("/cases?closed=false")
    await sat.page.reload()
    await sat.opened("案件")


async def test_who_has_a_second_factor_is_asked_for_it(desk: Desks, client: Client) -> None:
    signed_in = await client("women_fed_town")
    device: pyotp.TOTP = await step_up(signed_in)
    sat = await desk()
    await sat.sign_in("women_fed_town", device.at(time.time() + 30))


async def test_signing_out_leaves_nothing(desk: Desks) -> None:
    sat = await desk("women_fed_town")
    other = await sat.context.new_page()
    await other.goto("/cases")
    await expect(other.get_by_role("heading", level=1, name="案件")).to_be_visible()
    await sat.click("案件", "link")
    await sat.opened("案件")
    await sat.click("退出")
    await expect(sat.page.get_by_label("用户名")).to_be_visible()
    await expect(other.get_by_label("用户名")).to_be_visible()
    await sat.page.go_back()
    await expect(sat.page.get_by_label("用户名")).to_be_visible()
    assert await sat.page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    assert await sat.page.title() == "工作台"


async def test_a_quarter_of_an_hour_untouched_signs_out(desk: Desks) -> None:
    sat = await desk("women_fed_town")
    await sat.page.clock.install()
    await sat.page.reload()
    await sat.opened("工作台")
    await sat.page.clock.fast_forward("14:10")
    await expect(sat.page.get_by_text("秒后自动退出登录")).to_be_visible()
    await sat.page.clock.fast_forward("01:00")
    await expect(sat.page.get_by_label("用户名")).to_be_visible()
