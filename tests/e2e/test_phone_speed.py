"""A cheap phone on a bad network opens its tasks at once, the second time."""

import statistics
import time

import pytest
from playwright.async_api import expect

from tests.conftest import Client
from tests.e2e.conftest import Phones
from tests.e2e.phone import PIN
from tests.e2e.woman import on_the_ledger

SLOW_3G = {
    "offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000,
}  # fmt: skip
"""400 ms there and back, 400 kbit a second."""

SHOWN = """() => new Promise(done => {
    const look = () => document.querySelector('a[href*="/act/"], a[href*="/task/"]')
        ? done(performance.now()) : requestAnimationFrame(look)
    look()
})"""


@pytest.mark.prove
async def test_the_tasks_are_there_within_a_second_and_a_half(
    phone: Phones, client: Client
) -> None:
    """From the tap on the icon to the PIN, and from its last digit to the tasks: added up."""
    await on_the_ledger(client)
    held = await phone("women_fed_village")
    await held.ready_offline()
    session = await held.context.new_cdp_session(held.page)
    await session.send("Network.enable")
    await session.send("Network.emulateNetworkConditions", SLOW_3G)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": 6})
    opened, unlocked = [], []
    for _ in range(5):
        await held.page.goto("/m/", wait_until="commit")
        await expect(held.page.get_by_text("请输入手机密码")).to_be_visible()
        opened.append(await held.page.evaluate(PAINTED))
        await held.page.keyboard.type(PIN[:-1])
        begun = time.perf_counter()
        await held.page.keyboard.type(PIN[-1])
        await held.page.evaluate(SHOWN)
        unlocked.append(1000 * (time.perf_counter() - begun))
    first, second = statistics.median(opened), statistics.median(unlocked)
    print(  # noqa: T201 - make prove shows its figures
        f"\ntoday, slow 3G, 6 × CPU, repeat visit: PIN asked after {first:.0f} ms, tasks"
        f" {second:.0f} ms after its last digit, together {first + second:.0f} ms"
    )
    assert first + second <= 1500


PAINTED = """() => performance.getEntriesByName('first-contentful-paint')[0].startTime"""
