"""What axe finds on the page at hand, by the rules of WCAG 2.2 AA."""

from pathlib import Path

from playwright.async_api import Page

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

ASKED = """tags => axe.run(document, { runOnly: tags, resultTypes: ['violations'] })
    .then(result => result.violations)"""

SETTLED = """() => Promise.allSettled(
    document.getAnimations().filter(a => a instanceof CSSTransition).map(a => a.finished))"""
"""A colour on its way to another is nobody's to read: transitions come to their end first."""


async def violations(page: Page) -> list[str]:
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text())
    await page.evaluate(SETTLED)
    found = await page.evaluate(ASKED, TAGS)
    return [f"{v['id']}: {node['html'][:160]}" for v in found for node in v["nodes"]]


async def wide(page: Page) -> float:
    """By how much the page is wider than the screen."""
    found: float = await page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return found
