"""管理: what administrators do at the desk, each page used for what it is there for."""

import re
import time
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import docx
import httpx
import pytest
from playwright.async_api import Locator, expect
from sqlalchemy import delete, text

from app import clock
from app.ids import uuid7
from app.models import Area, Holiday
from app.models.columns import table_of
from app.services import seed
from tests.conftest import Client, Owner, forget_account, step_up
from tests.e2e.axe import violations, wide
from tests.e2e.conftest import Desks
from tests.e2e.desk import Desk
from tests.partner_system import System, forget_all, public_pem
from tests.stories.answers import REPORT, WIFE, command

NAME, OWN = "newcomer", "Qing-cheng 9 morning river"
CLIENT = "police-system"
MARK = "本区纪念日"
REASON = "受害人在本镇派出所求助，需核对既往情况"


async def administrator(desk: Desks, client: Client, username: str) -> Desk:
    """At the desk, having just shown a second factor."""
    device = await step_up(await client(username))
    sat = await desk()
    await sat.sign_in(username, device.at(time.time() + 30))
    return sat


async def seen_well(sat: Desk) -> None:
    assert await violations(sat.page) == []
    assert await wide(sat.page) <= 0


async def told_once(within: Locator) -> str:
    """The secret on the screen, which is nowhere once it is written down."""
    await expect(within.get_by_role("alert").first).to_contain_text("只显示这一次")
    secret = await within.locator("code").inner_text()
    await within.get_by_role("button", name="已经记下").click()
    await expect(within.get_by_text(secret)).to_have_count(0)
    return secret


async def opened(who: httpx.AsyncClient) -> str:
    answer = await who.post("/cases/dv_warning", json=command(REPORT, area=seed.VILLAGE))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["case_id"])


@pytest.fixture
async def register(owner: Owner, client: Client) -> AsyncIterator[None]:
    yield
    await forget_account(owner, NAME)
    await forget_all(owner)
    async with owner() as connection:
        for table in (Holiday, Area):
            await connection.execute(delete(table_of(table)).where(table_of(table).c.name == MARK))


async def test_one_administrator_makes_an_account_and_another_lets_her_in(
    desk: Desks, client: Client, register: None
) -> None:
    system = await administrator(desk, client, "system_admin")
    await system.click("账号", "link")
    await system.click("新建账号")
    form = system.page.get_by_role("dialog", name="新建账号")
    await form.get_by_label("用户名").fill(NAME)
    await form.get_by_label("姓名").fill("新同事")
    office = (await (await client("police")).get("/me")).json()["organisation"]
    await form.get_by_label("单位").click()
    await system.page.get_by_role("option", name=office["name"], exact=True).click()
    await form.get_by_role("button", name="新建", exact=True).click()
    password = await told_once(form)
    await expect(form).to_be_hidden()

    security = await administrator(desk, client, "security_admin")
    await security.click("账号", "link")
    await security.page.get_by_label("用户名或姓名").fill(NAME)
    await security.page.keyboard.press("Enter")
    await security.click(NAME)
    assert NAME not in security.page.url
    account = security.page.get_by_role("dialog", name="新同事")
    await expect(account).to_contain_text("没有角色")
    await account.get_by_role("combobox", name="角色", exact=True).select_option("police")
    await account.get_by_label("授权地区（不选为全区）：镇街").select_option(str(seed.TOWN))
    await account.get_by_role("button", name="添加", exact=True).click()
    await account.get_by_role("button", name="会看到什么").click()
    sees = security.page.get_by_role("dialog", name="会看到什么")
    await expect(sees).to_contain_text("公安 · 源潭镇：所在地区的全部案件")
    warning = sees.get_by_role("row").filter(has_text="家庭暴力告诫书")
    await expect(warning).to_contain_text("S3 敏感信息")
    await expect(sees.get_by_role("row").filter(has_text="探访")).to_contain_text("看不到")
    await seen_well(security)
    await sees.get_by_role("button", name="关闭此对话框").click()
    await account.get_by_role("button", name="保存角色").click()
    await expect(account.get_by_role("button", name="保存角色")).to_be_disabled()
    await account.get_by_role("button", name="发放启用码").click()
    code = await told_once(account)

    hers = await desk()
    await hers.page.goto("/login")
    await hers.page.get_by_label("用户名").fill(NAME)
    await hers.page.get_by_label("密码").fill(password)
    await hers.click("登录")
    await hers.page.get_by_label("启用码").fill(code)
    await hers.click("登录")
    await expect(hers.page.get_by_role("alert").first).to_contain_text("请先修改密码")
    await hers.page.get_by_label("原密码").fill(password)
    await hers.page.get_by_label("新密码").fill(OWN)
    await hers.page.get_by_label("再输入一次").fill(OWN)
    await hers.click("修改")
    await hers.opened("工作台")
    assert "案件" in await hers.menu()
    assert "账号" not in await hers.menu()

    boss = await client("women_fed_district")
    case_id = await opened(boss)
    (account_id,) = re.findall(r"account=(\d+)", security.page.url)
    given = {"organisation_id": office["id"], "account_id": int(account_id)}
    answer = await boss.post(f"/cases/dv_warning/{case_id}/assign", json=command(given))
    assert answer.status_code == 200, answer.text
    await account.get_by_role("button", name="停用", exact=True).click()
    left = account.get_by_role("alert", name="还有未结案件没有移交")
    await expect(left).to_contain_text("还承办 1 件未结案件")
    await seen_well(security)
    await left.get_by_role("button", name="立即停用并通知主管人员").click()
    await expect(account).to_contain_text("1 件未结，主管人员已收到另行指定承办人的通知")
    await expect(account.get_by_role("button", name="停用", exact=True)).to_have_count(0)
    notices = (await boss.get("/notices")).json()["items"]
    assert [n["case_id"] for n in notices if "承办人账号已停用" in n["text"]] == [case_id]


async def test_a_partners_key_is_let_in_renewed_and_shut(
    desk: Desks, client: Client, anonymous: httpx.AsyncClient, register: None
) -> None:
    old, new = System(CLIENT), System(CLIENT)
    police = (await (await client("police")).get("/me")).json()["organisation"]["name"]

    async def let_in(one: System) -> bool:
        return (await anonymous.post("/oauth/token", data=one.form())).status_code == 200

    system = await administrator(desk, client, "system_admin")
    await system.click("接口用户", "link")
    await system.click("登记接口用户")
    form = system.page.get_by_role("dialog", name="登记接口用户")
    await form.get_by_label("接口用户编号").fill(CLIENT)
    await form.get_by_label("名称").fill("公安执法办案系统")
    await form.get_by_label("单位").click()
    await system.page.get_by_role("option", name=police, exact=True).click()
    await form.get_by_label("角色").select_option("police")
    for choice in ("推送公安文书", "查看案件变动", "家庭暴力告诫书"):
        await form.get_by_label(choice).check()
    await form.get_by_label("公钥").fill(public_pem(old.key))
    await seen_well(system)
    await form.get_by_role("button", name="登记", exact=True).click()
    await expect(form.locator("code")).to_have_text(old.kid)
    await form.get_by_role("button", name="已经记下").click()
    row = system.page.get_by_role("listitem").filter(has_text=old.kid)
    await expect(row).to_contain_text("待确认")
    await expect(system.page.locator("body")).not_to_contain_text("BEGIN")
    assert not await let_in(old)

    security = await administrator(desk, client, "security_admin")
    await security.click("接口用户", "link")
    await security.click("核对后确认")
    confirmed = security.page.get_by_role("listitem").filter(has_text=old.kid)
    await expect(confirmed).to_contain_text("有效")
    assert await let_in(old)

    await system.click("提交新密钥")
    form = system.page.get_by_role("dialog", name="提交新密钥")
    await form.get_by_label("公钥").fill(public_pem(new.key))
    await form.get_by_role("button", name="提交", exact=True).click()
    await expect(form.locator("code")).to_have_text(new.kid)
    await form.get_by_role("button", name="已经记下").click()
    await security.page.reload()
    await security.click("核对后确认")
    await expect(security.page.get_by_text("待确认")).to_have_count(0)
    await confirmed.get_by_role("button", name="停用密钥").click()
    await expect(confirmed).to_contain_text("已停用")
    assert [await let_in(one) for one in (old, new)] == [False, True]

    await security.click("停用接口用户")
    shut = security.page.get_by_role("button", name="停用", exact=True)
    await security.page.get_by_label(f"请输入编号 {CLIENT} 确认").fill("police")
    await expect(shut).to_be_disabled()
    await security.page.get_by_label(f"请输入编号 {CLIENT} 确认").fill(CLIENT)
    await seen_well(security)
    await shut.click()
    registered = security.page.get_by_label("公安执法办案系统")
    await expect(registered.get_by_text("在用")).to_have_count(0)
    assert not await let_in(new)


async def test_a_day_is_marked_knowing_what_it_moves_and_nobody_is_overwritten(
    desk: Desks, client: Client, owner: Owner, register: None
) -> None:
    year = clock.local_day(clock.now()).year + 1
    day = next(d for n in range(7) if (d := date(year, 3, 1) + timedelta(days=n)).weekday() == 2)
    admin = await client("system_admin")
    sat = await administrator(desk, client, "system_admin")
    await sat.click("节假日", "link")
    await sat.page.get_by_label("年份").select_option(str(year))
    await sat.click("标注一天")
    form = sat.page.get_by_role("dialog")
    await form.get_by_label("日期").fill(day.isoformat())
    moves = form.get_by_label("会变的期限")
    seven = moves.get_by_role("row").filter(has=sat.page.get_by_role("rowheader", name="7日"))
    for shown in (day - timedelta(days=7), day, day + timedelta(days=1)):
        await expect(seven).to_contain_text(shown.isoformat())
    await form.get_by_role("radio", name="上班（调休）").check()
    await expect(moves).to_contain_text("没有期限会变")
    await form.get_by_role("radio", name="放假", exact=True).check()
    await form.get_by_label("名称").fill(MARK)
    await form.get_by_label("依据文件").fill("清城区政府通告")
    await seen_well(sat)
    await form.get_by_role("button", name="保存").click()
    await expect(form).to_be_hidden()
    row = sat.page.get_by_role("row").filter(has_text=day.isoformat())
    await expect(row).to_contain_text(MARK)

    await row.get_by_role("button").click()
    await expect(form.get_by_label("依据文件")).to_have_value("清城区政府通告")
    url = f"/registers/holidays/{day}"
    tag = (await admin.get(url)).headers["etag"]
    other = {"is_working": False, "name": MARK, "source": "清远市政府通告"}
    changed = await admin.put(url, json=other, headers={"If-Match": tag})
    assert changed.status_code == 200, changed.text
    await form.get_by_label("依据文件").fill("清城区人大常委会决定")
    await form.get_by_role("button", name="保存").click()
    both = form.get_by_role("alert", name="内容已被他人修改").get_by_role("row")
    source = both.filter(has_text="依据文件").get_by_role("cell")
    await expect(source).to_have_text(["清城区人大常委会决定", "清远市政府通告"])
    await seen_well(sat)
    await form.get_by_role("button", name="用我填写的").click()
    await expect(form).to_be_hidden()
    await expect(row).to_contain_text("清城区人大常委会决定")
    await row.get_by_role("button").click()
    await form.get_by_role("radio", name="撤销标注").check()
    await expect(seven).to_contain_text((day - timedelta(days=7)).isoformat())
    await seen_well(sat)
    await form.get_by_role("button", name="撤销标注").click()
    await expect(form).to_be_hidden()
    await expect(sat.page.get_by_text("这一年没有另外标注的日子")).to_be_visible()

    await sat.click("案件类型定义", "link")
    await sat.click("人身安全保护令")
    await sat.click("试填登记表")
    tried = sat.page.get_by_role("dialog")
    await tried.get_by_role("button", name="试填检查").click()
    await expect(tried).to_contain_text("处要改")
    await expect(tried).to_contain_text("试填：人身安全保护令登记表")
    await tried.get_by_role("group", name="目前是否有现实危险").get_by_label("否").check()
    await tried.locator("summary").first.click()
    await tried.get_by_label("姓名").first.fill(WIFE["name"])
    await tried.get_by_role("button", name="试填检查").click()
    await expect(tried.get_by_role("status")).to_contain_text("填写完整")
    await tried.get_by_role("button", name="关闭", exact=True).click()

    async with owner() as connection:
        await connection.execute(
            text(
                "insert into area (code, name, level, parent, is_virtual, is_rural, valid_from,"
                " valid_to) values (441802103999, :name, 'village', :town, false, true,"
                " '2021-01-01', '2022-07-01')"
            ),
            {"name": MARK, "town": seed.TOWN},
        )
    await sat.click("地区", "link")
    await sat.page.get_by_label("某一天").fill("2022-06-30")
    compared = sat.page.get_by_label("与今天相比")
    await expect(compared).to_contain_text(f"{MARK}（441802103999）当时有，今天没有")
    await seen_well(sat)
    await sat.page.get_by_label("某一天").fill("2022-07-01")
    await expect(compared).to_contain_text("没有变化")


async def test_who_looked_is_found_and_a_broken_glass_is_judged(
    desk: Desks, client: Client
) -> None:
    boss = await client("women_fed_district")
    case_id = await opened(boss)
    assert (await boss.get(f"/cases/{case_id}")).status_code == 200
    helper = await client("women_fed_feilaixia")
    await step_up(helper)
    asked = {"id": str(uuid7()), "id_number": WIFE["id_number"], "reason": REASON}
    assert (await helper.post("/glass", json=asked)).status_code == 200
    assert (await helper.get(f"/cases/{case_id}")).status_code == 200

    judge = await desk("women_fed_district")
    await judge.click("紧急查阅复核", "link")
    row = judge.page.get_by_role("row").filter(has_text="邱月明")
    await row.get_by_role("button", name="复核").click()
    form = judge.page.get_by_role("dialog", name="复核紧急查阅")
    await expect(form).to_contain_text(REASON)
    await expect(form.get_by_role("button", name="提交复核")).to_be_disabled()
    await form.get_by_label("没有必要").check()
    await form.get_by_label("说明").fill("可由本镇妇联转告")
    await seen_well(judge)
    await form.get_by_role("button", name="提交复核").click()
    await expect(judge.page.get_by_role("main")).to_contain_text("没有待复核的紧急查阅")

    auditor = await desk("audit_admin")
    await auditor.click("审计", "link")
    main = auditor.page.get_by_role("main")
    await main.get_by_label("事项").select_option(label="复核紧急查阅")
    await expect(main.get_by_role("row")).to_have_count(2)
    await auditor.click("查看记录")
    await main.get_by_label("看了什么").select_option(label="案件")
    looked = main.get_by_role("row").filter(has_text="邱月明")
    await expect(main.get_by_role("row")).to_have_count(3)
    await looked.get_by_role("button", name=f"只看案件 {case_id}").click()
    await expect(main.get_by_label("案件编号")).to_have_value(case_id)
    await looked.get_by_role("button", name="只看账号").click()
    await expect(main.get_by_role("row")).to_have_count(2)
    await expect(looked).to_contain_text("S3")
    await expect(main).not_to_contain_text(REASON)
    await seen_well(auditor)


async def test_the_districts_own_template_is_looked_at_and_counts_from_its_day(
    desk: Desks, client: Client, tmp_path: Path
) -> None:
    sat = await desk("system_admin")
    await sat.click("文书模板", "link")
    await sat.opened("文书模板")
    await expect(sat.page.get_by_role("main")).to_contain_text("用的是系统自带的")
    async with sat.page.expect_download() as waiting:
        await sat.click("下载系统自带的")
    shipped = tmp_path / "shipped.docx"
    await (await waiting.value).save_as(shipped)
    own, wrong = tmp_path / "own.docx", tmp_path / "wrong.docx"
    for path, words in ((own, "{{ applicant.name }}收执"), (wrong, "{{ applicant.address }}")):
        made = docx.Document(str(shipped))
        made.add_paragraph(words)
        made.save(str(path))

    await sat.click("上传新模板")
    form = sat.page.get_by_role("dialog", name="上传新模板")
    await form.get_by_label(".docx 文件").set_input_files(wrong)
    await form.get_by_role("button", name="先看样子").click()
    await expect(form.get_by_role("alert")).to_contain_text("没有“address”这一项")
    await form.get_by_label(".docx 文件").set_input_files(own)
    async with sat.page.expect_download() as waiting:
        await form.get_by_role("button", name="先看样子").click()
    looked = tmp_path / "looked.docx"
    await (await waiting.value).save_as(looked)
    lines = [one.text for one in docx.Document(str(looked)).paragraphs]
    assert "王某某（示例）收执" in lines
    await seen_well(sat)
    tomorrow = clock.local_day(clock.now()) + timedelta(days=1)
    await form.get_by_label("启用日期").fill(tomorrow.isoformat())
    await form.get_by_role("button", name="上传", exact=True).click()
    await expect(form).to_be_hidden()
    row = sat.page.get_by_role("row").filter(has_text=tomorrow.isoformat())
    await expect(row).to_contain_text("待启用")
    await expect(sat.page.get_by_label("现用模板")).to_contain_text("系统自带的模板")
