"""A phone as its owner holds it: what one taps and reads."""

import os
import re
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, Locator, Page, expect

from app.services.seed import PASSWORD

PIN = "246810"

CONTROLLED = """() => navigator.serviceWorker.controller !== null || new Promise(done =>
    navigator.serviceWorker.addEventListener('controllerchange', () => done(true), {once: true}))"""
"""A promise, not text to be tried again and again: the page's policy evaluates no text."""


@dataclass
class Phone:
    """One browser context with the shell at /m/ open in it."""

    context: BrowserContext
    page: Page
    folder: Path | None = None

    async def sign_in(self, username: str, pin: str = PIN) -> None:
        await self.page.goto("/m/login")
        await self.page.get_by_label("用户名").fill(username)
        await self.page.get_by_label("密码", exact=True).fill(PASSWORD)
        await self.page.get_by_role("button", name="登录").click()
        await expect(self.page.get_by_text("设置 6 位手机密码")).to_be_visible()
        await self.page.keyboard.type(pin)
        await expect(self.page.get_by_text("再输入一次")).to_be_visible()
        await self.page.keyboard.type(pin)
        await self.synced()

    async def sign_in_again(self, username: str) -> None:
        """The session ended; the PIN and what it opens are still there."""
        await self.to("/login?to=/outbox")
        await self.page.get_by_label("用户名").fill(username)
        await self.page.get_by_label("密码", exact=True).fill(PASSWORD)
        await self.page.get_by_role("button", name="登录").click()

    def dies(self) -> None:
        """The battery is out: every process of this browser is killed where it stands."""
        for process in Path("/proc").iterdir():
            with suppress(OSError):
                if process.name.isdigit() and f"--user-data-dir={self.folder}" in (
                    process / "cmdline"
                ).read_text(errors="replace"):
                    os.kill(int(process.name), signal.SIGKILL)

    async def synced(self) -> None:
        """Today is on the screen, and met the server."""
        await expect(self.page.get_by_text("已同步")).to_be_visible()

    async def ready_offline(self) -> None:
        """The service worker has everything it keeps, and serves this page."""
        await self.page.evaluate(CONTROLLED)

    async def unlock(self, pin: str = PIN) -> None:
        await expect(self.page.get_by_text("请输入手机密码")).to_be_visible()
        await self.page.keyboard.type(pin)

    async def tap(self, name: str, role: Any = "button", *, exact: bool = False) -> None:
        await self.page.get_by_role(role, name=name, exact=exact).first.click()

    async def read(self) -> None:
        """Scroll down a form, every row a moment on the screen."""
        for row in await self.page.locator("form > fieldset").all():
            await row.scroll_into_view_if_needed()
            await self.page.wait_for_timeout(50)

    async def choose(self, question: str, answer: str) -> None:
        """One of the big buttons under a question."""
        await self.question(question).get_by_label(answer, exact=True).check(force=True)

    def question(self, title: str) -> Locator:
        return self.page.get_by_role("group", name=re.compile(f"^{re.escape(title)}"))

    async def log(self, words: str = "隔壁传出打骂声和哭声", danger: str = "没有") -> None:
        """The quick way: two answers and a sentence."""
        await self.page.goto("/m/log") if "/m/" not in self.page.url else await self.to("/log")
        await self.choose("现在有危险吗", danger)
        await self.choose("发生了什么", "打人")
        await self.page.get_by_label("一句话说明").fill(words)
        await self.tap("保存")
        await expect(self.page.get_by_text("已存手机，有网自动上传")).to_be_visible()

    async def to(self, path: str) -> None:
        """Another page of the shell, without loading it anew."""
        await self.page.evaluate(
            """path => {
                history.pushState({}, '', '/m' + path)
                dispatchEvent(new PopStateEvent('popstate', { state: {} }))
            }""",
            path,
        )
