"""Filling in whatever form is on the screen: every question that must be answered."""

from playwright.async_api import Locator

from tests.e2e.phone import Phone

TYPED = {"date": "2026-01-05", "datetime-local": "2026-01-05T10:00"}


async def fill_what_must_be(held: Phone) -> None:
    """Answer every required question with its first answer, until no new one opens."""
    await held.page.locator("form").wait_for()
    done: set[str] = set()
    while fresh := [q for q in await _asked(held) if q not in done]:
        for place in fresh:
            done.add(place)
            await _answer(held.page.locator(f'[data-field="{place}"]').first)
        await held.page.wait_for_timeout(50)


async def _asked(held: Phone) -> list[str]:
    found: list[str] = await held.page.evaluate(
        """() => [...document.querySelectorAll('form [data-field]')]
            .filter(e => e.querySelector(
                ':scope > legend .must, :scope > label .must, summary .must'))
            .map(e => e.dataset.field)"""
    )
    return found


async def _answer(question: Locator) -> None:
    boxes = question.locator("input[type=radio], input[type=checkbox]")
    if await question.locator("summary").count():
        await question.locator("summary").first.click()
        await question.locator("details input[type=text], details input:not([type])").first.fill(
            "某人"
        )
    elif await boxes.count():
        await boxes.first.check(force=True)
    elif await question.locator("select").count():
        await question.locator("select").select_option(index=1)
    elif await question.locator("textarea").count():
        await question.locator("textarea").fill("手机上填写的内容")
    else:
        box = question.locator("input").first
        kind = await box.get_attribute("type") or "text"
        numeric = await box.get_attribute("inputmode") == "numeric"
        await box.fill(TYPED.get(kind, "3" if numeric else "手机填写"))
        await box.blur()
