"""The desk as somebody sits at it: what one clicks, types and reads."""

from dataclasses import dataclass
from typing import Any

from playwright.async_api import BrowserContext, Page, expect

from app.services.seed import PASSWORD


@dataclass
class Desk:
    """One browser context with the shell at / open in it."""

    context: BrowserContext
    page: Page

    async def sign_in(self, username: str, code: str | None = None) -> None:
        await self.page.goto("/login")
        await self.page.get_by_label("用户名").fill(username)
        await self.page.get_by_label("密码").fill(PASSWORD)
        await self.click("登录")
        if code is not None:
            await self.page.get_by_label("验证码或恢复码").fill(code)
            await self.click("登录")
        await expect(self.page.get_by_role("link", name="本人账号")).to_be_visible()

    async def click(self, name: str, role: Any = "button", *, exact: bool = True) -> None:
        await self.page.get_by_role(role, name=name, exact=exact).first.click()

    async def opened(self, title: str) -> None:
        """The page of that title is on the screen, with what it shows."""
        await expect(self.page.get_by_role("heading", level=1, name=title)).to_be_visible()
        await expect(self.page.locator("main [aria-busy=true]")).to_have_count(0)

    async def menu(self) -> list[str]:
        """The pages that this account is offered."""
        return await self.page.get_by_label("主菜单").get_by_role("link").all_inner_texts()
