"""Every page of the phone: nothing for axe to find, nothing cut off at the largest text."""

from pathlib import Path

import pytest

from tests.e2e.conftest import Phones
from tests.e2e.phone import Phone

AXE = (
    Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
).read_text
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
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


async def violations(held: Phone) -> list[str]:
    await held.page.evaluate(AXE())
    found = await held.page.evaluate(
        "tags => axe.run(document, { runOnly: tags }).then(r => r.violations)", TAGS
    )
    return [f"{v['id']}: {node['html'][:160]}" for v in found for node in v["nodes"]]


async def wide(held: Phone) -> float:
    found: float = await held.page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return found


@pytest.mark.parametrize("size", ["标准", "特大字"])
async def test_every_page_is_open_to_everybody(phone: Phones, size: str) -> None:
    held = await phone("women_fed_village")
    await held.to("/me")
    await held.choose("字的大小", size)
    for path in ROUTES:
        await held.to(path)
        await held.page.wait_for_timeout(250)
        assert await violations(held) == [], path
        assert await wide(held) <= 0, path
    small = await held.page.evaluate(SMALL)
    assert small == []
    for path in FREE:
        await held.page.goto(path)
        await held.page.wait_for_timeout(250)
        assert await violations(held) == [], path


async def test_what_is_tapped_is_large_enough(phone: Phones) -> None:
    held = await phone("women_fed_village")
    for path in ("/", "/log", "/new", "/outbox", "/me"):
        await held.to(path)
        await held.page.wait_for_timeout(250)
        low = await held.page.evaluate(LOW)
        assert low == [], path
