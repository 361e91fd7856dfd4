"""A case on the desk: safe contact, next steps, and what stays hidden until it is asked for."""

import re
import time
from typing import Any

import httpx
from playwright.async_api import expect

from app.ids import uuid7
from tests.conftest import Client, step_up
from tests.e2e.conftest import Desks
from tests.stories.answers import REPORT, WIFE, command
from tests.stories.test_corrections import CALM

AREA = 441802103201
RULE = "工作日上午可打，自称社区"
ADDRESS, SAFE_PHONE = "某招待所三楼", "13800000088"
WHY = "今日须上门核实安全状况"


async def opened(fed: httpx.AsyncClient, handler: httpx.AsyncClient) -> str:
    """Her case, with what the vault keeps, in the hands of `handler`."""
    hidden = {"present_address": ADDRESS, "safe_phone": SAFE_PHONE, "safe_contact": RULE}
    report: dict[str, Any] = REPORT | {"victim": WIFE | hidden}
    answer = await fed.post("/cases/dv_warning", json=command(report, area=AREA))
    assert answer.status_code == 201, answer.text
    case_id = str(answer.json()["case_id"])
    me = (await handler.get("/me")).json()
    charge = {"organisation_id": me["organisation"]["id"], "account_id": me["id"]}
    given = await fed.post(f"/cases/dv_warning/{case_id}/assign", json=command(charge))
    assert given.status_code == 200, given.text
    return case_id


async def test_what_is_hidden_shows_for_a_reason_for_thirty_seconds_and_is_on_record(
    desk: Desks, client: Client
) -> None:
    town, fed = await client("women_fed_town"), await client("women_fed_district")
    case_id = await opened(fed, town)
    device = await step_up(town)
    sat = await desk()
    await sat.sign_in("women_fed_town", device.at(time.time() + 30))
    await sat.page.clock.install()
    await sat.page.goto(f"/cases/{case_id}?tab=vault")
    strip = sat.page.get_by_label("安全联系", exact=True)
    await expect(strip).to_contain_text(RULE)
    await sat.page.get_by_label("现住所").check()
    assert ADDRESS not in await sat.page.content()
    await sat.click("查阅所选")
    ask = sat.page.get_by_role("dialog", name="查阅保密信息")
    await ask.get_by_label("理由").fill("太短")
    await expect(ask.get_by_role("button", name="查阅")).to_be_disabled()
    await ask.get_by_label("理由").fill(WHY)
    await ask.get_by_role("button", name="查阅").click()
    secret = sat.page.get_by_label("保密信息内容")
    await expect(secret).to_contain_text(ADDRESS)
    await expect(strip).to_be_in_viewport()
    mark = secret.locator("xpath=../div[contains(@style, 'background-image')]")
    await expect(mark).to_have_count(1)
    await sat.page.clock.fast_forward(15_000)
    await expect(secret).to_contain_text(ADDRESS)
    await sat.page.clock.fast_forward(16_000)
    await expect(secret).to_be_hidden(timeout=5_000)
    assert ADDRESS not in await sat.page.content()

    over = await desk("women_fed_district")
    await over.page.goto(f"/cases/{case_id}?tab=looks")
    row = over.page.get_by_role("row").filter(has_text=WHY)
    await expect(row).to_contain_text("朱丽珍")


async def test_a_secret_written_by_two_and_a_second_factor_where_it_is_due(
    desk: Desks, client: Client
) -> None:
    town, fed = await client("women_fed_town"), await client("women_fed_district")
    case_id = await opened(fed, town)
    sat = await desk("women_fed_town")
    await sat.page.goto(f"/cases/{case_id}?tab=vault")
    await sat.click("登记新的地址或电话")
    form = sat.page.get_by_role("dialog", name="登记保密信息")
    await form.get_by_label("内容").fill("某旅馆二楼")
    kept = (await town.get(f"/cases/{case_id}/vault")).json()["items"]
    fact = next(one for one in kept if one["name"] == "present_address")
    newer = {"id": str(uuid7()), "person_id": fact["person_id"], "name": fact["name"],
             "value": "某宿舍四楼", "replaces": fact["id"]}  # fmt: skip
    answer = await town.post(f"/cases/{case_id}/vault/facts", json=newer)
    assert answer.status_code in (200, 201), answer.text
    await form.get_by_role("button", name="保存").click()
    await expect(form.get_by_role("alert")).to_contain_text("有人登记了新的现住所")
    await expect(form.get_by_label("内容")).to_have_value("某旅馆二楼")
    await form.get_by_role("button", name="用我填写的").click()
    await expect(form).to_be_hidden()
    kept = (await town.get(f"/cases/{case_id}/vault")).json()["items"]
    now = next(one for one in kept if one["name"] == "present_address")
    assert now["id"] not in (fact["id"], newer["id"])

    await sat.page.get_by_label("安全联系电话").check()
    await sat.click("查阅所选")
    await sat.page.get_by_role("dialog", name="查阅保密信息").get_by_label("理由").fill(WHY)
    await sat.page.get_by_role("dialog").get_by_role("button", name="查阅").click()
    await expect(sat.page.get_by_role("dialog", name="请确认是您本人")).to_contain_text(
        "还没有绑定"
    )


async def test_the_servers_refusal_stands_beside_its_field_and_the_draft_is_kept(
    desk: Desks, client: Client
) -> None:
    fed, police = await client("women_fed_district"), await client("police")
    case_id = await opened(fed, police)
    sat = await desk("police")
    await sat.page.goto(f"/cases/{case_id}")
    await sat.click("受理")
    form = sat.page.get_by_role("dialog", name="受理")
    await form.get_by_role("button", name="提交", exact=True).click()
    await expect(form.locator("form .problem").first).to_contain_text("请填写")
    await form.get_by_label("出警民警").fill("刘警官")
    await form.get_by_role("button", name="先不提交").click()
    await expect(form).to_be_hidden()
    await sat.click("受理")
    await expect(form.get_by_text("已恢复上次没有写完的内容")).to_be_visible()
    await expect(form.get_by_label("出警民警")).to_have_value("刘警官")

    folded = form.locator("details").first
    await folded.locator("summary").click()
    name = folded.get_by_label("姓名")
    await name.evaluate(
        "e => { e.value = '林' + String.fromCharCode(0xd83d); e.dispatchEvent(new Event('input')) }"
    )
    await folded.locator("summary").click()
    await expect(name).to_be_hidden()
    await form.get_by_label("受理时间").fill("2026-03-02T09:30")
    await form.get_by_label("警情（受案）编号").fill("J20260100")
    await form.locator('[data-field="victim_wish"] input').first.check()
    await form.get_by_role("button", name="提交", exact=True).click()
    await expect(name).to_be_focused()
    await expect(folded.get_by_role("alert")).to_be_visible()
    await expect(form.get_by_label("出警民警")).to_have_value("刘警官")


async def test_another_villages_case_is_not_there(desk: Desks, client: Client) -> None:
    """Her own village's committee reads it; another's finds neither the case nor the woman, by
    whatever address."""
    case_id = await opened(await client("women_fed_district"), await client("women_fed_town"))
    own = await (await client("village_committee")).get(f"/cases/{case_id}")
    person_id = own.json()["parties"][0]["person_id"]
    sat = await desk("village_committee_2")
    await sat.page.goto(f"/cases/{case_id}")
    await sat.opened("没有找到案件")
    assert WIFE["name"] not in await sat.page.content()
    await sat.page.goto(f"/people/{person_id}")
    await expect(sat.page.get_by_role("alert")).to_contain_text("没有这个人员")
    assert WIFE["name"] not in await sat.page.content()


async def test_a_note_is_written_and_stands_in_what_happened(desk: Desks, client: Client) -> None:
    """Beside how the danger was judged before, and what else runs for her household."""
    fed, town = await client("women_fed_district"), await client("women_fed_town")
    case_id, other = await opened(fed, town), await opened(fed, town)
    for more in ({}, {"suffocated": True}):
        done = await town.post(
            f"/cases/dv_warning/{case_id}/assess_danger", json=command(CALM | more)
        )
        assert done.status_code == 200, done.text
    sat = await desk("women_fed_town")
    await sat.page.goto(f"/cases/{case_id}?tab=axis")
    beside = sat.page.get_by_label("时间轴", exact=True).locator(f"a[href^='/cases/{other}']")
    await expect(beside).to_be_visible()
    await sat.page.get_by_text("历次评估：谁调高、谁调低").click()
    history = sat.page.get_by_label("历次评估", exact=True).get_by_role("listitem")
    await expect(history.filter(has_text="调高")).to_contain_text("勒脖子")
    await expect(history.filter(has_text="首次评估")).to_contain_text("低危")
    await expect(sat.page.get_by_label("案件内容")).not_to_contain_text("谁看过")
    await sat.click("经过")
    await sat.page.get_by_label("可以办理").get_by_role("button", name="记事").click()
    form = sat.page.get_by_role("dialog", name="记事")
    await form.locator("textarea").first.fill("电话核实，她今晚住姐姐家")
    await form.get_by_role("button", name="提交", exact=True).click()
    await expect(sat.page.get_by_label("经过", exact=True)).to_contain_text("她今晚住姐姐家")
    shown = sat.page.get_by_role("group", name="筛选经过")
    await shown.get_by_role("button", name="记事").click()
    await expect(sat.page).to_have_url(re.compile("only=notes"))
