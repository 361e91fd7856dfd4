"""What Lighthouse says of the desk's pages behind sign-in, in a district with a year behind it."""

from pathlib import Path

import pytest
from playwright.async_api import Playwright

from tests.e2e.conftest import CHROMIUM, FLAGS, free_port
from tests.e2e.desk import Desk
from tests.e2e.lighthouse import marks


@pytest.mark.prove
async def test_the_marks_of_what_is_open_all_day(
    playwright: Playwright, district: str, tmp_path: Path
) -> None:
    """Lighthouse works in the browser where somebody signed in: the session's cookie is there, the
    cache is not. No other page may be open, as each renewal of the session takes the place of the
    one before."""
    port = free_port()
    context = await playwright.chromium.launch_persistent_context(
        tmp_path / "profile", executable_path=CHROMIUM, base_url=district, locale="zh-CN",
        args=[*FLAGS, f"--remote-debugging-port={port}"],
    )  # fmt: skip
    try:
        sat = Desk(context, context.pages[0])
        await sat.sign_in("women_fed_district")
        await sat.page.goto("/cases")
        newest = sat.page.get_by_role("table").get_by_role("link").first
        case = await newest.get_attribute("href")
        await sat.page.goto("about:blank")
        for path in ("/", str(case), "/board", "/ledger"):
            found = await marks(district + path, tmp_path, "--preset=desktop", f"--port={port}")
            what = "/cases/:id" if path == case else path
            print(f"\nlighthouse, desk {what}, median of 3: {found}")  # noqa: T201 - make prove shows its figures
            assert found["performance"] >= 90, what
            assert found["accessibility"] == 100, what
    finally:
        await context.close()
