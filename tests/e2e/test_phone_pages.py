"""Every page of the phone: nothing for axe to find, nothing cut off at the largest text."""

import pytest

from tests.e2e.axe import violations, wide
from tests.e2e.conftest import Phones

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


async def test_what_is_tapped_is_large_enough(phone: Phones) -> None:
    held = await phone("women_fed_village")
    for path in ("/", "/log", "/new", "/outbox", "/me"):
        await held.to(path)
        await held.page.wait_for_timeout(250)
        low = await held.page.evaluate(LOW)
        assert low == [], path
