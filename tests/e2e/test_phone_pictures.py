"""Every page of the phone as a picture, in the usual and in large text: nothing is cut off.

With ANLAN_PICTURES the pictures are kept there: `make guide` renews those of docs/guide.
"""

import os
import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.conftest import Client
from tests.e2e.conftest import Phones
from tests.e2e.phone import Phone
from tests.e2e.woman import on_the_ledger

KEPT = Path(os.environ["ANLAN_PICTURES"]) if "ANLAN_PICTURES" in os.environ else None


async def picture(held: Phone, folder: Path, name: str) -> None:
    await held.page.wait_for_timeout(350)
    await held.page.screenshot(path=folder / f"{name}.png")
    wide = await held.page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wide <= 0, name


@pytest.mark.prove
@pytest.mark.parametrize("size", ["标准", "大字"])
async def test_pictures(phone: Phones, client: Client, tmp_path: Path, size: str) -> None:
    suffix = "" if size == "标准" else "-large"
    folder = KEPT or tmp_path

    async def shoot(held: Phone, name: str) -> None:
        await picture(held, folder, f"{name}{suffix}")

    case_id = await on_the_ledger(client)
    held = await phone("women_fed_village")
    await held.to("/me")
    await held.choose("字的大小", size)
    await shoot(held, "me")
    await held.to("/")
    await expect(held.page.get_by_text("已逾期")).to_be_visible()
    await shoot(held, "today")
    await held.page.locator("a.about").first.click()
    await shoot(held, "task")
    await held.to("/log")
    await held.choose("现在有危险吗", "有危险")
    await held.choose("发生了什么", "打人")
    await shoot(held, "quick-log")
    await held.page.locator("#area").click()
    await shoot(held, "area")
    await held.to("/new")
    await shoot(held, "new")
    await held.to("/new/left_behind_visit")
    await shoot(held, "open-case")
    await held.to(f"/case/{case_id}")
    await expect(held.page.get_by_text("可以办理")).to_be_visible()
    await shoot(held, "case")
    await held.to(f"/act/left_behind_visit/{case_id}/assess_danger")
    await shoot(held, "danger-scale")
    await held.to("/")
    await held.page.get_by_role("link", name=re.compile("去做：.*探访")).click()
    await held.read()
    await held.tap("全部正常")
    await shoot(held, "visit")
    await held.choose("探访方式", "上门")
    await held.tap("保存")
    await expect(held.page.get_by_text("这户还有 1 件")).to_be_visible()
    await shoot(held, "same-household")
    await held.ready_offline()
    await held.context.set_offline(True)
    await held.to("/")
    await expect(held.page.get_by_text("没有网络")).to_be_visible()
    await shoot(held, "today-offline")
    await held.log("三楼有人摔东西")
    await shoot(held, "outbox")
    await held.page.locator("a.row").first.click()
    await shoot(held, "record")
    await held.page.goto("/m/notice")
    await shoot(held, "notice")
    await held.page.goto("/m/")
    await expect(held.page.get_by_text("请输入手机密码")).to_be_visible()
    await shoot(held, "pin")
    await held.context.set_offline(False)
    await held.page.goto("/m/login")
    await shoot(held, "sign-in")
