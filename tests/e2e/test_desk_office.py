"""A mediator's day, and that of those who refer, keep a ledger and help to apply."""

import io
import re
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import docx
import httpx
import msoffcrypto
import openpyxl
import pytest
from playwright.async_api import Route, expect
from sqlalchemy import text

from app import clock
from app.access import Held
from app.roles import Role
from app.services import seed
from app.services.identity import accounts
from tests.conftest import Client, Owner, forget_account, step_up
from tests.e2e.axe import violations, wide
from tests.e2e.conftest import Desks
from tests.e2e.desk import Desk
from tests.kinds.journey import Journey
from tests.kinds.test_every_kind import ids
from tests.kinds.walks.mediation import steps
from tests.stories.answers import HUSBAND, REPORT, WIFE, command

__all__ = ["ids"]

AREA = 441802103201


async def seen_well(sat: Desk) -> None:
    """Open to everybody, also where the screen is narrower."""
    for width in (1440, 1024):
        await sat.page.set_viewport_size({"width": width, "height": 900})
        assert await violations(sat.page) == []
        assert await wide(sat.page) <= 0


async def opened(who: httpx.AsyncClient, kind: str, answers: dict[str, Any]) -> str:
    answer = await who.post(f"/cases/{kind}", json=command(answers, area=AREA))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["case_id"])


@pytest.fixture
async def colleague(client: Client, owner: Owner) -> AsyncIterator[int]:
    """Another mediator of the committee."""
    me = (await (await client("mediator")).get("/me")).json()
    held = [Held(Role.MEDIATOR, seed.TOWN)]
    async with owner() as connection:
        made = await accounts.create_account(
            connection, "colleague", "陈惠芳", seed.PASSWORD, me["organisation"]["id"], held
        )
    yield made
    async with owner() as connection:
        await connection.execute(text("truncate recusal"))
    await forget_account(owner, "colleague")


async def test_a_mediators_day(
    desk: Desks, client: Client, ids: dict[str, Any], colleague: int
) -> None:
    journey = Journey(client, "mediation", ids, moment=clock.now() - timedelta(days=20))
    for step in (
        steps.opened(**steps.COUPLE), steps.apply(), *steps.BOTH_SCREENED, steps.accept(),
        steps.session(),
    ):  # fmt: skip
        answer = await journey.take(step)
        assert answer.status_code in (200, 201), answer.text
    agreed = journey.case_id
    journey = Journey(client, "mediation", ids, moment=clock.now() - timedelta(days=9))
    for step in (
        steps.opened(**steps.COUPLE), steps.apply(), *steps.BOTH_SCREENED, steps.accept()
    ):  # fmt: skip
        assert (await journey.take(step)).status_code in (200, 201)
    supervisor = await client("women_fed_district")
    told = {"case_id": journey.case_id, "account_id": colleague, "reason": "与一方是近亲属"}
    assert (await supervisor.post("/recusals", json=told)).status_code == 204
    sat = await desk("mediator")
    await sat.click("登记簿", "link")
    await sat.click("调解室")
    await sat.click("登记调解室")
    await sat.page.get_by_label("名称").fill("第一调解室")
    await sat.click("登记")
    await expect(sat.page.get_by_role("main")).to_contain_text("第一调解室")
    await sat.click("调解日程", "link")
    await sat.opened("调解日程")
    await sat.click("下一周")
    await sat.click("安排调解")
    form = sat.page.get_by_role("dialog", name="安排调解")
    await expect(form.get_by_label("案件").locator("option")).not_to_have_count(1)
    await form.get_by_label("案件").select_option(journey.case_id)
    await form.get_by_label("调解室").select_option(index=1)
    options = form.get_by_label("调解员").locator("option")
    await expect(options.filter(has_text="陈惠芳（不能调解本案）")).to_be_disabled()
    await form.get_by_label("调解员").select_option("邓国华")
    monday = clock.local_day(clock.now()) + timedelta(days=7)
    monday -= timedelta(days=monday.weekday())
    await form.get_by_label("日期").fill(monday.isoformat())
    await form.get_by_role("button", name="安排", exact=True).click()
    await expect(form).to_be_hidden()
    week = sat.page.get_by_role("main")
    await expect(week).to_contain_text("09:00–10:30")
    await expect(week).to_contain_text("黎* / 邓*")
    await expect(week).to_contain_text("甲 09:00 到，乙 09:20 到")
    await seen_well(sat)
    await sat.click("按调解室")
    lane = week.get_by_role("row", name="第一调解室")
    await expect(lane.get_by_role("cell").first).to_contain_text("09:00–10:30")
    await expect(lane.get_by_role("cell").nth(1)).to_have_text("")
    await seen_well(sat)
    await week.get_by_role("button", name=re.compile("周一$")).click()
    lane = week.get_by_role("region", name="第一调解室")
    await expect(lane).to_contain_text("甲 09:00 到，乙 09:20 到")
    await sat.click("按调解员")
    await expect(week.get_by_role("region", name="邓国华")).to_contain_text("第一调解室")
    await seen_well(sat)
    await sat.page.reload()
    lane = week.get_by_role("region", name="邓国华")
    await lane.get_by_role("button", name="安排 08:00 邓国华").click()
    await form.get_by_label("案件").select_option(journey.case_id)
    await form.get_by_label("调解室").select_option(index=1)
    await expect(form.get_by_role("status").first).to_contain_text("09:00–10:30 已有安排")
    await expect(form.get_by_role("status")).to_have_count(2)
    await form.get_by_role("button", name="安排", exact=True).click()
    await expect(form.get_by_role("alert")).to_contain_text("已有安排")
    await form.get_by_role("button", name="取消", exact=True).click()
    await sat.page.goto(f"/cases/{agreed}")
    await agrees(sat)
    await sat.click("调解日程", "link")
    await sat.click("下一周")
    due = sat.page.get_by_role("region", name="协议回访")
    await expect(due).to_contain_text("待回访 1 件")
    await expect(due).to_contain_text("黎* / 邓* 第 1 次")
    await due.get_by_role("link", name="登记回访").click()
    visit = sat.page.get_by_role("dialog", name="回访")
    await expect(visit).to_contain_text("调解法 31")
    await visit.get_by_role("group", name="回访对象").get_by_label("双方").check()
    await visit.get_by_role("group", name="方式").get_by_label("上门").check()
    for asked, said in (
        ("已联系上本人", "是"), ("在安全环境中单独交谈", "是"), ("有激化苗头", "否"),
        ("发现或者疑似存在家庭暴力", "否"),
    ):  # fmt: skip
        group = visit.get_by_role("group", name=asked)
        await group.get_by_label(said, exact=True).check()
    await visit.get_by_role("button", name="提交", exact=True).click()
    await expect(visit).to_be_hidden()
    await sat.click("调解日程", "link")
    await expect(due).to_contain_text("已回访 1 件")
    await expect(due.get_by_role("link", name="登记回访")).to_have_count(0)
    await seen_well(sat)
    await sat.page.goto(f"/cases/{agreed}")
    await sat.click("协议书：阅读、签名、打印", "link")
    text = sat.page.get_by_role("article")
    await expect(text).to_contain_text("乙方每月十日前支付抚养费")
    await sat.click("最大")
    await seen_well(sat)
    await expect(text.get_by_role("button", name="调解员签名", exact=True)).to_have_count(0)
    for at, who in enumerate(("当事人甲", "当事人乙", "调解员")):
        await signs(sat, who, at)
    digest = await text.locator("code").inner_text()
    assert re.fullmatch("[0-9a-f]{64}", digest)
    await seen_well(sat)
    await sat.page.emulate_media(media="print")
    await expect(sat.page.get_by_role("banner")).to_be_hidden()
    await expect(text).to_contain_text(digest)
    await expect(text.get_by_role("img", name="当事人乙的签名")).to_be_visible()
    await sat.page.emulate_media(media="screen")
    mediator = await client("mediator")
    page = (await mediator.get(f"/cases/{agreed}")).json()
    event = next(e["id"] for e in page["events"] if e["name"] == "reach_agreement")
    changed = command({"method": "现金"}) | {"event_id": event, "reason": "录入有误"}
    url = f"/cases/mediation/{agreed}/correct"
    assert (await mediator.post(url, json=changed)).status_code == 200
    await sat.page.reload()
    await expect(text.get_by_text("已失效：协议内容在签名后改动过")).to_have_count(3)


async def agrees(sat: Desk) -> None:
    """A mediator writes down what the two in front of her agreed; they sign on the screen next."""
    await sat.page.get_by_label("可以办理").get_by_role("button", name="达成协议").click()
    form = sat.page.get_by_role("dialog")
    today = clock.local_day(clock.now())
    await form.locator("[data-field=agreement_form]").get_by_label("协议书").check()
    for label, words in (
        ("生效日期", today.isoformat()), ("主要事实", "近年因家用争吵"), ("争议事项", "抚养费"),
        ("协议内容", "乙方每月十日前支付抚养费一千五百元"), ("履行方式", "银行转账"),
        ("履行期限", (today + timedelta(days=60)).isoformat()), ("份数", "3"),
    ):  # fmt: skip
        await form.get_by_label(label).fill(words)
    await form.locator("[data-field=matters] input").first.check()
    signed = form.locator("[data-field=signed]")
    await expect(signed).to_contain_text("保存后打开“协议书：阅读、签名、打印”")
    for name in ("voluntary", "wants_confirmation", "signed"):
        await form.locator(f"[data-field={name}] input").first.check()
    await seen_well(sat)
    await form.get_by_role("button", name="提交", exact=True).click()
    await expect(form).to_be_hidden()


async def signs(sat: Desk, who: str, at: int) -> None:
    """Somebody reads, and writes her name with the mouse, each in a hand of her own."""
    await sat.page.get_by_role("article").get_by_role("button", name=f"{who}签名").click()
    form = sat.page.get_by_role("dialog", name=f"{who}签名")
    field = form.get_by_label(f"{who}签名处")
    await expect(form.get_by_role("button", name="确认签名")).to_be_disabled()
    await form.get_by_role("checkbox").check()
    box = await field.bounding_box()
    assert box is not None
    mouse = sat.page.mouse
    for stroke in range(2):
        await mouse.move(box["x"] + 60 + 90 * stroke, box["y"] + 60 + 20 * at)
        await mouse.down()
        for step in range(16):
            await mouse.move(
                box["x"] + 60 + 90 * stroke + 5 * step, box["y"] + 60 + 20 * at + 6 * (step % 7)
            )
        await mouse.up()
    await form.get_by_role("button", name="确认签名").click()
    await expect(form).to_be_hidden()
    signed = sat.page.get_by_role("group", name=who, exact=True)
    await expect(signed).to_contain_text("已签名")


async def test_a_referral_is_sent_from_its_case_and_answered_where_it_waits(
    desk: Desks, client: Client
) -> None:
    fed = await client("women_fed_town")
    case_id = await opened(fed, "dv_warning", REPORT)
    sender = await desk("women_fed_town")
    await sender.page.goto(f"/cases/{case_id}?tab=referrals")
    await sender.click("转介给其他单位")
    asked = sender.page.get_by_role("dialog", name="转介")
    await asked.get_by_label("转介给").fill("法律援助处")
    await sender.page.get_by_role("option", name="法律援助处").first.click()
    for answer in ("法律援助", "履行法定职责", "提供法律援助（反家暴法 19）"):
        await asked.get_by_label(answer, exact=True).check()
    await asked.get_by_role("button", name="提交", exact=True).click()
    kept = sender.page.get_by_role("region", name="转介")
    await expect(kept).to_contain_text("等待答复")
    await expect(kept).to_contain_text("依据：提供法律援助（反家暴法 19）")
    await seen_well(sender)
    sat = await desk("legal_aid")
    await sat.click("转介", "link")
    row = sat.page.get_by_role("row").filter(has_text="法律援助")
    await expect(row).to_contain_text("等待答复")
    await seen_well(sat)
    await sat.click("接收")
    form = sat.page.get_by_role("dialog", name="接收转介")
    await form.get_by_role("button", name="提交", exact=True).click()
    await expect(form).to_be_hidden()
    await expect(row).to_contain_text("已接收")
    await sender.page.goto("/referrals?side=sent")
    await expect(sender.page.get_by_role("main")).to_contain_text("已接收")


async def test_a_ledger_leaves_as_a_file_and_only_with_a_purpose(
    desk: Desks, client: Client, tmp_path: Path
) -> None:
    fed = await client("women_fed_district")
    await opened(fed, "dv_warning", REPORT)
    device = await step_up(fed)
    sat = await desk()
    await sat.sign_in("women_fed_district", device.at(time.time() + 30))
    await sat.click("台账", "link")
    await sat.opened("台账")
    await seen_well(sat)
    await sat.page.get_by_label("地区", exact=True).get_by_role("button", name="源潭镇").click()
    await sat.click("导出")
    ask = sat.page.get_by_role("dialog", name="导出台账")
    await expect(ask).to_contain_text("共 1 行")
    go = ask.get_by_role("button", name="导出", exact=True)
    await expect(go).to_be_disabled()
    await ask.get_by_label("用途", exact=True).select_option("report")
    await ask.get_by_label("说明（留作审计）").fill("报送三季度数据")
    await go.click()
    password = await ask.locator("code").inner_text()
    async with sat.page.expect_download() as waiting:
        await ask.get_by_role("button", name="下载").click()
    path = tmp_path / "list.xlsx"
    await (await waiting.value).save_as(path)
    await expect(ask).to_contain_text("系统中不再保存")
    plain = io.BytesIO()
    sealed = msoffcrypto.OfficeFile(io.BytesIO(path.read_bytes()))
    sealed.load_key(password=password)
    sealed.decrypt(plain)
    rows = list(openpyxl.load_workbook(plain)["台账"].iter_rows(values_only=True))
    assert [row[5] for row in rows[1:]] == ["林*"]


async def test_an_officer_helps_her_to_apply(desk: Desks, client: Client, tmp_path: Path) -> None:
    police = await client("police")
    told = {"danger_now": True, "applicant": WIFE, "respondent": HUSBAND, "wish": "apply"}
    case_id = await opened(police, "protection_order", told)
    claim = {"own_wish": True, "facts": "多次被殴打", "requests": ["no_violence"],
             "evidence": ["medical"]}  # fmt: skip
    await police.post(f"/cases/protection_order/{case_id}/draft", json=command(claim))
    device = await step_up(police)
    sat = await desk()
    await sat.sign_in("police", device.at(time.time() + 30))
    await sat.page.goto(f"/cases/{case_id}")
    async with sat.page.expect_download() as waiting:
        await sat.click("制作申请书和证据清单")
    path = tmp_path / "application.docx"
    await (await waiting.value).save_as(path)
    lines = [paragraph.text for paragraph in docx.Document(str(path)).paragraphs]
    assert lines[0] == "人身安全保护令申请书"
    made = sat.page.get_by_label("文书", exact=True).get_by_role("listitem")
    await expect(made).to_contain_text("梁建锋")


async def test_filters_are_kept_and_shared(desk: Desks, client: Client) -> None:
    await opened(await client("women_fed_town"), "dv_warning", REPORT)
    sat = await desk("women_fed_town")
    await sat.page.goto("/cases?overdue=true&kind=dv_warning")
    await sat.click("＋ 保存筛选")
    form = sat.page.get_by_role("dialog", name="保存筛选")
    await form.get_by_label("名称").fill("逾期告诫")
    await form.get_by_role("checkbox").check()
    await form.get_by_role("button", name="保存", exact=True).click()
    await sat.page.goto("/cases")
    await seen_well(sat)
    await sat.page.get_by_label("已存视图").get_by_role("link", name="逾期告诫").click()
    await expect(sat.page).to_have_url(re.compile("overdue=true.*kind=dv_warning"))
    await sat.click("删去视图 逾期告诫")
    await expect(sat.page.get_by_role("link", name="逾期告诫")).to_have_count(0)


async def test_two_who_are_one_are_told_so_by_a_human_and_it_can_be_taken_back(
    desk: Desks, client: Client
) -> None:
    fed = await client("women_fed_town")
    for _ in range(2):
        await opened(fed, "dv_warning", REPORT)
    sat = await desk("women_fed_town")
    await sat.click("人员", "link")
    await sat.page.get_by_label("查找内容").fill(WIFE["name"])
    await sat.click("查找")
    await expect(sat.page.get_by_role("status")).to_contain_text("找到")
    assert WIFE["name"] not in sat.page.url
    await seen_well(sat)
    await sat.click("疑似同一人")
    pair = sat.page.get_by_role("article").filter(has_text=WIFE["name"])
    await expect(pair.get_by_role("link", name=WIFE["name"])).to_have_count(2)
    await seen_well(sat)
    await pair.get_by_role("button", name="是同一人", exact=True).click()
    told = sat.page.get_by_role("status").filter(has_text="已判定为同一人")
    await expect(told).to_be_visible()
    await told.get_by_role("button", name="改判为不是同一人").click()
    await expect(sat.page.get_by_role("status")).to_contain_text("已判定为不是同一人")
    await sat.click("查找人员")
    await sat.page.get_by_label("查找内容").fill(WIFE["name"])
    await sat.click("查找")
    await sat.page.get_by_role("article").first.get_by_role("link", name=WIFE["name"]).click()
    await expect(sat.page.get_by_label("案件", exact=True)).to_contain_text("受害人")
    await seen_well(sat)


async def test_the_ledger_of_people_is_read_on_as_one_scrolls(desk: Desks, client: Client) -> None:
    fed = await client("women_fed_town")
    for _ in range(3):
        await opened(fed, "dv_warning", REPORT)
    sat = await desk("women_fed_town")

    async def one_a_page(asked: Route) -> None:
        await asked.continue_(url=asked.request.url.replace("limit=100", "limit=1"))

    await sat.page.route(re.compile("/api/v1/people[?]"), one_a_page)
    await sat.click("人员", "link")
    await sat.click("人员台账")
    lines = sat.page.get_by_role("table").get_by_role("row")
    await expect(lines.filter(has_text="未结 1")).to_have_count(3)
    await expect(sat.page.get_by_role("status")).to_contain_text("已列出 3 行，已到末尾")
    shown = await sat.page.get_by_role("main").inner_text()
    assert f"{WIFE['name'][0]}*" in shown
    assert WIFE["name"] not in shown
    await seen_well(sat)
    await lines.nth(1).get_by_role("link").first.click()
    await expect(sat.page.get_by_label("案件", exact=True)).to_contain_text("受害人")
