"""Exactly once, whatever happens on the way: seeded runs of records, deaths and lost answers."""

import asyncio
import random
from contextlib import suppress

import pytest
from playwright.async_api import Error, Route, expect
from sqlalchemy import text

from tests.conftest import Owner
from tests.e2e.conftest import Pockets
from tests.e2e.phone import Phone

SYNC = "**/api/v1/sync"


async def stored(owner: Owner) -> int:
    async with owner() as connection:
        return int(await connection.scalar(text('select count(*) from "case"')) or 0)


async def back_again(pocket: Pockets) -> Phone:
    held = await pocket()
    await held.page.goto("/m/outbox")
    await held.unlock()
    await expect(held.page.get_by_role("heading", name="待上传")).to_be_visible()
    await held.ready_offline()
    return held


async def run(pocket: Pockets, owner: Owner, seed: int) -> None:
    chance = random.Random(seed)
    held = await pocket()
    await held.sign_in("grid_worker")
    await held.ready_offline()
    records, recorded = chance.randint(3, 6), 0

    async def unsure(route: Route) -> None:
        """The request may be lost, or its answer."""
        fate = chance.random()
        with suppress(Error):  # the phone may die while its request is on the way
            if fate < 0.3:
                await route.abort("connectionreset")
            elif fate < 0.6:
                await route.fetch()
                await route.abort("connectionreset")
            else:
                await route.continue_()

    await held.context.route(SYNC, unsure)
    while recorded < records:
        await held.context.set_offline(chance.random() < 0.5)
        await held.log(f"第 {recorded} 件，种子 {seed}")
        recorded += 1
        if chance.random() < 0.4:
            held.dies()
            held = await back_again(pocket)
            await held.context.route(SYNC, unsure)
        if chance.random() < 0.3:
            other = Phone(held.context, await held.context.new_page())
            await other.page.goto("/m/outbox")
            await other.unlock()
    await held.context.unroute(SYNC)
    await held.context.set_offline(False)
    await held.sign_in_again("grid_worker")
    for _ in range(150):
        if await stored(owner) >= recorded:
            break
        await asyncio.sleep(0.2)
    await asyncio.sleep(0.5)
    assert await stored(owner) == recorded, f"seed {seed}"


@pytest.mark.parametrize("seed", range(2))
async def test_every_record_arrives_once(pocket: Pockets, owner: Owner, seed: int) -> None:
    await run(pocket, owner, seed)


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(2, 50))
async def test_every_record_arrives_once_in_many_runs(
    pocket: Pockets, owner: Owner, seed: int
) -> None:
    await run(pocket, owner, seed)
