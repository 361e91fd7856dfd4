"""Every page of the phone: nothing for axe to find, nothing cut off at the largest text."""

import re

import pytest
from playwright.async_api import expect

from tests.conftest import Client
from tests.e2e.axe import violations, wide
from tests.e2e.conftest import Phones
from tests.e2e.phone import Phone
from tests.e2e.woman import on_the_ledger

ROUTES = (
    "/", "/log", "/new", "/outbox", "/me", "/new/dv_warning", "/new/left_behind_visit",
    "/new/mediation", "/new/protection_order", "/new/shelter_placement", "/new/legal_aid_referral",
)  # fmt: skip
FREE = ("/m/login", "/m/notice")

SMALL = """() => [...document.querySelectorAll('main *, .tabs *, .top *')]
    .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
    .filter(e => parseFloat(getComputedStyle(e).fontSize) < 18)
    .map(e => e.outerHTML.slice(0, 80))"""
TAPPED = "button, a, .choices label, summary, select, textarea, input:not(.choices input)"
LOW = f"""() => [...document.querySelectorAll('{TAPPED}')]
    .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
    .filter(([, r]) => r.height > 0 && (r.height < 44 || r.width < 44))
    .map(([text]) => text)"""


@pytest.mark.parametrize("size", ["标准", "特大字"])
async def test_every_page_is_open_to_everybody(phone: Phones, size: str) -> None:
    held = await phone("women_fed_village")
    await held.to("/me")
    await held.choose("字的大小", size)
    for path in ROUTES:
        await held.to(path)
        await held.page.wait_for_timeout(250)
        assert await violations(held.page) == [], path
        assert await wide(held.page) <= 0, path
    small = await held.page.evaluate(SMALL)
    assert small == []
    for path in FREE:
        await held.page.goto(path)
        await held.page.wait_for_timeout(250)
        assert await violations(held.page) == [], path


@pytest.mark.parametrize("size", ["标准", "特大字"])
async def test_pages_about_somebody_are_open_to_everybody(
    phone: Phones, client: Client, size: str
) -> None:
    case_id = await on_the_ledger(client)
    held = await phone("women_fed_village")
    await held.to("/me")
    await held.choose("字的大小", size)
    await held.to("/")
    await held.page.get_by_role("link", name=re.compile("^去做")).first.wait_for()
    await held.ready_offline()
    await held.to(f"/act/left_behind_visit/{case_id}/record_visit")
    await clean(held, "a form with what was said the last time")
    await held.to(f"/case/{case_id}")
    await expect(held.page.get_by_role("heading", name="经过")).to_be_visible()
    await clean(held, "a case")
    await held.context.set_offline(True)
    await held.log()
    await held.page.locator("a[href*='/outbox/']").first.click()
    await expect(held.page.get_by_role("heading", name="情况登记")).to_be_visible()
    await clean(held, "a record on its way")
    await held.to("/")
    await held.page.locator("a[href*='/task/']").first.click()
    await clean(held, "a task")
    await held.tap("切屏")
    await held.page.goto("/m/pin")
    await expect(held.page.get_by_text("请输入手机密码")).to_be_visible()
    await clean(held, "the PIN")


async def clean(held: Phone, page: str) -> None:
    await held.page.wait_for_timeout(250)
    assert await violations(held.page) == [], page
    assert await wide(held.page) <= 0, page


async def test_what_is_tapped_is_large_enough(phone: Phones) -> None:
    held = await phone("women_fed_village")
    for path in ("/", "/log", "/new", "/outbox", "/me"):
        await held.to(path)
        await held.page.wait_for_timeout(250)
        low = await held.page.evaluate(LOW)
        assert low == [], path
