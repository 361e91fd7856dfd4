"""Every kind from the phone: registered by its form, and its first step taken."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import expect
from sqlalchemy import text

from app.kinds import KINDS
from tests.conftest import Owner
from tests.e2e.conftest import Phones
from tests.e2e.filling import fill_what_must_be


async def rows(owner: Owner, query: str) -> list[Any]:
    async with owner() as connection:
        return list((await connection.execute(text(query))).all())


async def settled(owner: Owner, many: int) -> list[Any]:
    """What came of so many records: events, or conflicts kept for the supervisor."""
    query = "select name, channel from event union all select name, 'kept' from phone_conflict"
    for _ in range(100):
        if len(found := await rows(owner, query)) >= many:
            return found
        await asyncio.sleep(0.1)
    raise AssertionError("nothing arrived")


@pytest.mark.parametrize("kind", KINDS)
async def test_registered_and_taken_one_step_on(phone: Phones, owner: Owner, kind: str) -> None:
    held = await phone("mediator" if kind == "mediation" else "women_fed_village")
    await held.tap("登记", "link", exact=True)
    await held.tap(KINDS[kind].title, "link")
    await fill_what_must_be(held)
    await held.tap("保存")
    await expect(held.page.get_by_text("已送达 1")).to_be_visible()
    [case] = await rows(owner, 'select id, kind, state from "case"')
    assert (case.kind, case.state) == (kind, KINDS[kind].initial)

    await held.to(f"/case/{case.id}")
    await expect(held.page.get_by_text("可以办理")).to_be_visible()
    first = held.page.locator("section.stack a").first
    await first.click()
    await fill_what_must_be(held)
    await held.tap("保存")
    found = await settled(owner, 2)
    assert {row.channel for row in found} <= {"phone", "kept"}
