"""The ledger of women left behind: a town runs its round and signs, the district reconciles."""

import io
import re
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msoffcrypto
import openpyxl
from playwright.async_api import Locator, expect

from tests.conftest import Client, step_up
from tests.e2e.axe import violations, wide
from tests.e2e.conftest import Desks
from tests.e2e.desk import Desk
from tests.e2e.woman import WOMAN, on_the_ledger
from tests.stories.answers import REPORT, WIFE, command
from tests.stories.board import VILLAGE


async def seen_well(sat: Desk) -> None:
    """Open to everybody, also where the screen is narrower."""
    for width in (1440, 1024):
        await sat.page.set_viewport_size({"width": width, "height": 900})
        assert await violations(sat.page) == []
        assert await wide(sat.page) <= 0


async def test_a_town_runs_its_round_and_the_district_reconciles(
    desk: Desks, client: Client
) -> None:
    case_id = await on_the_ledger(client)
    town = await desk("women_fed_town")
    await town.click("留守妇女台账", "link")
    await town.opened("留守妇女台账")
    await expect(town.page.get_by_label("合计")).to_contain_text("合计1 人")
    await town.page.get_by_label("未探访").select_option("6")
    row = town.page.get_by_role("row").filter(has_text="梁*")
    await expect(row).to_contain_text("C 普通")
    await expect(town.page).to_have_url("/women?unvisited=6")
    await seen_well(town)
    number = row.get_by_role("link", name=re.compile("探访"))
    assert await number.get_attribute("href") == f"/cases/{case_id}"
    await town.page.get_by_role("region", name=re.compile("在册妇女")).focus()
    await town.page.keyboard.press("Tab")
    await expect(row.get_by_role("link", name="梁*")).to_be_focused()
    await town.page.keyboard.press("Enter")
    await expect(town.page.get_by_label("案件", exact=True)).to_contain_text("留守妇女")
    await expect(town.page.get_by_label("探访", exact=True)).to_contain_text("探访登记")
    await town.page.go_back()
    await town.opened("留守妇女台账")

    await town.click("摸底排查")
    await expect(town.page.get_by_role("row", name=re.compile("石角镇")).first).to_be_visible()
    await expect(town.page.get_by_role("button", name="签报 石角镇")).to_have_count(0)
    await town.page.get_by_label("地区", exact=True).get_by_role("button", name="源潭镇").click()
    await town.page.get_by_role("button", name="签报 源潭镇").first.click()
    signing = town.page.get_by_role("dialog")
    day = signing.get_by_label("签字上报日期")
    today = date.fromisoformat(await day.input_value())
    assert await day.get_attribute("max") == today.isoformat()
    await day.fill((today + timedelta(days=1)).isoformat())
    await signing.get_by_role("button", name="签报", exact=True).click()
    assert await day.evaluate("field => field.validity.rangeOverflow")
    await seen_well(town)
    await day.fill(first := f"{today.year}-01-01")
    await signing.get_by_role("button", name="签报", exact=True).click()
    await expect(town.page.get_by_text("农村村签报 1 /")).to_be_visible()
    await expect(town.page.get_by_role("cell", name=first)).to_be_visible()
    await seen_well(town)

    await town.click("两级核对")
    await town.click("签报源潭镇台账")
    await expect(town.page.get_by_role("status")).to_contain_text("已签报 1 人")
    await expect(town.page.get_by_role("form", name="处理所选登记")).to_have_count(0)

    fed = await desk("women_fed_district")
    await fed.page.goto("/women?tab=compared")
    line = fed.page.get_by_role("row").filter(has_text="梁*")
    await expect(line).to_contain_text("没有登记")
    hers = line.get_by_role("link", name="梁*")
    await expect(hers).to_have_attribute("href", re.compile("^/people/"))
    await seen_well(fed)
    await line.get_by_role("checkbox").check()
    go = fed.page.get_by_role("button", name="处理所选 1 人")
    await expect(go).to_be_disabled()
    await fed.page.get_by_label("理由").select_option("visited")
    await go.click()
    await expect(fed.page.get_by_text("两级台账一致。")).to_be_visible()
    await expect(fed.page.get_by_role("row").filter(has_text="源潭镇")).to_contain_text("100%")
    await fed.click("指标", "link")
    await fed.click("留守妇女关爱")
    card = fed.page.get_by_role("button", name=re.compile("两级台账一致率"))
    await expect(card).to_contain_text("100")


def opened(path: Path, password: str) -> Any:
    """The file as an office program opens it."""
    plain = io.BytesIO()
    sealed = msoffcrypto.OfficeFile(io.BytesIO(path.read_bytes()))
    sealed.load_key(password=password)
    sealed.decrypt(plain)
    return openpyxl.load_workbook(plain)


async def wished(ask: Locator, content: str) -> Locator:
    """The dialog filled in, and the button that begins."""
    await ask.get_by_label("用途", exact=True).select_option("visits")
    await ask.get_by_label("说明（留作审计）").fill("安排本月入户")
    await ask.get_by_label(re.compile(content)).check()
    return ask.get_by_role("button", name="导出", exact=True)


async def test_people_leave_in_the_columns_shown_and_in_plain_words_with_a_second_factor(
    desk: Desks, client: Client, tmp_path: Path
) -> None:
    await on_the_ledger(client)
    fed = await client("women_fed_town")
    assert (await fed.post("/cases/dv_warning", json=command(REPORT, area=VILLAGE))).is_success
    sat = await desk("women_fed_town")
    await sat.page.goto("/people?tab=ledger")
    await expect(sat.page.get_by_role("status")).to_contain_text("已列出 2 行，已到末尾")

    # The columns, by keyboard alone; the first stays, and what was chosen outlives the page.
    chooser = sat.page.get_by_text(re.compile("^列 "))
    await chooser.press("Enter")
    choice = sat.page.get_by_role("group", name="显示的列")
    await expect(choice.get_by_label("姓名")).to_be_disabled()
    for key in ("Tab", "Space", "Tab", "Tab", "Space"):
        await sat.page.keyboard.press(key)
    titles = sat.page.get_by_role("columnheader")
    await expect(titles).to_have_text(["姓名", "地区", "最近的案件", "最近探访"])
    await seen_well(sat)
    await sat.page.keyboard.press("Escape")
    await expect(choice).to_be_hidden()
    await expect(chooser).to_be_focused()
    await sat.page.reload()
    await expect(chooser).to_have_text("列 4/6")
    await expect(titles).to_have_text(["姓名", "地区", "最近的案件", "最近探访"])
    kept = await sat.page.evaluate("JSON.stringify(localStorage)")
    assert kept == '{"columns people":"who count"}'
    assert sat.page.url.endswith("/people?tab=ledger")

    # Without a second factor nothing leaves.
    await sat.click("导出")
    ask = sat.page.get_by_role("dialog", name="导出台账")
    await expect(ask).to_contain_text("共 2 行")
    await expect(ask).to_contain_text("列：姓名、地区、最近的案件、最近探访。")
    go = await wished(ask, "明文")
    await expect(ask).to_contain_text("另加身份证号、联系电话")
    await seen_well(sat)
    await go.click()
    proof = sat.page.get_by_role("dialog", name="请确认是您本人")
    await expect(proof).to_contain_text("您还没有绑定第二验证方式")
    await sat.page.keyboard.press("Escape")
    await expect(ask.get_by_role("alert")).to_contain_text("第二验证方式")
    device = await step_up(fed)
    assert (await fed.get("/exports")).json()["items"] == []

    # With one: shown in between, the password once, the file once.
    await go.click()
    await proof.get_by_label("验证码或恢复码").fill(device.at(time.time() + 30))
    await proof.get_by_role("button", name="确认").click()
    password = await ask.locator("code").inner_text()
    await expect(ask.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "100")
    await expect(ask).to_contain_text("已生成 2 行")
    async with sat.page.expect_download() as waiting:
        await ask.get_by_role("button", name="下载").click()
    path = tmp_path / "people.xlsx"
    await (await waiting.value).save_as(path)
    await expect(ask.get_by_role("button", name="下载")).to_be_disabled()
    book = opened(path, password)
    head, *rows = book["台账"].iter_rows(values_only=True)
    assert head == ("姓名", "镇街", "村（社区）", "案件", "最近探访", "身份证号", "联系电话")
    assert {(row[0], *row[-2:]) for row in rows} == {
        (one["name"], one["id_number"], one["phone"]) for one in (WOMAN, WIFE)
    }
    assert len(rows) == 2
    about = dict(book["说明"].iter_rows(values_only=True))
    assert (about["内容"], about["用途"], about["行数"]) == ("明文", "安排探访、回访", "2")
    name = (await fed.get("/me")).json()["display_name"]
    assert name in book["台账"].oddHeader.center.text
    await ask.get_by_role("button", name="关闭", exact=True).click()

    # All columns again; who keeps no ledger of an area is offered no export.
    await chooser.click()
    await choice.get_by_role("button", name="恢复全部").click()
    await expect(chooser).to_have_text("列 6/6")
    assert await sat.page.evaluate("localStorage.length") == 0
    village = await desk("women_fed_village")
    for where in ("/people?tab=ledger", "/women"):
        await village.page.goto(where)
        await expect(village.page.get_by_text(re.compile("^列 "))).to_be_visible()
        await expect(village.page.get_by_role("button", name="导出")).to_have_count(0)
