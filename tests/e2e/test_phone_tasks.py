"""A village worker's tasks: done at the door, with what was said the last time beside it."""

import asyncio
import re
from datetime import UTC, datetime
from typing import Any

from playwright.async_api import expect
from sqlalchemy import text

from app.clock import local_day
from tests.conftest import Client, Owner
from tests.e2e.conftest import Phones
from tests.e2e.woman import on_the_ledger
from tests.stories.answers import command

USER = "women_fed_village"


async def events(owner: Owner, name: str) -> list[Any]:
    query = text("select * from event where name = :name order by seq")
    async with owner() as connection:
        return list((await connection.execute(query, {"name": name})).all())


async def arrived(owner: Owner, name: str, many: int) -> list[Any]:
    for _ in range(100):
        if len(found := await events(owner, name)) >= many:
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(f"{name} did not arrive")


async def test_a_visit_all_well_and_then_the_next_at_the_same_door(
    phone: Phones, client: Client, owner: Owner
) -> None:
    await on_the_ledger(client)
    held = await phone(USER)
    await expect(held.page.get_by_text("已逾期 2")).to_be_visible()
    await expect(held.page.get_by_text("梁*").first).to_be_visible()
    await held.page.get_by_role("link", name=re.compile("去做：.*探访")).click()
    await expect(held.page.get_by_text("白天可致电，称村委会")).to_be_visible()
    await expect(held.question("生活有保障").get_by_text("上次：是")).to_be_visible()
    well = held.page.get_by_role("button", name="全部正常")
    await expect(well).to_be_disabled()
    await expect(held.page.get_by_text("往下看完每一项")).to_be_attached()
    await held.read()
    await well.click()
    await expect(held.question("发现疑似家庭暴力").get_by_label("否", exact=True)).to_be_checked()
    await held.choose("探访方式", "上门")
    await held.tap("保存")
    await expect(held.page.get_by_text("这户还有 1 件")).to_be_visible()
    found = await arrived(owner, "record_visit", 2)
    assert found[-1].channel == "phone"
    await held.page.get_by_role("link", name="去做").click()
    await expect(held.page.get_by_role("link", name="复核仍符合条件")).to_be_visible()


async def test_what_is_not_well_becomes_somebodys_task(
    phone: Phones, client: Client, owner: Owner
) -> None:
    case_id = await on_the_ledger(client)
    held = await phone(USER)
    await held.to(f"/act/left_behind_visit/{case_id}/record_visit")
    await held.choose("探访方式", "上门")
    await held.choose("发现疑似家庭暴力", "否")
    await held.question("需求").get_by_label("医疗").check(force=True)
    await held.tap("保存")
    await expect(held.page.get_by_text("请填写“落实期限”")).to_be_visible()
    await held.question("落实期限").get_by_role("radio").first.check(force=True)
    await held.tap("保存")
    await arrived(owner, "record_visit", 2)
    async with owner() as connection:
        query = text("select owner from deadline where rule like 'need_%' and met_at is null")
        assert list((await connection.execute(query)).scalars()) == ["women_fed_town"]


async def in_conflict(phone: Phones, client: Client) -> Any:
    """She checked while somebody else put the case on hold."""
    case_id = await on_the_ledger(client)
    held = await phone(USER)
    await held.ready_offline()
    await held.context.set_offline(True)
    await held.to(f"/act/left_behind_visit/{case_id}/check_status")
    await held.choose("丈夫仍在外", "是")
    await held.choose("本人仍在农村居住", "是")
    await held.choose("核实方式", "上门")
    await held.tap("保存")
    await expect(held.page.get_by_text("1 条待上传")).to_be_visible()
    town = await client("women_fed_town")
    today = local_day(datetime.now(UTC)).isoformat()
    body = command({"reason": "travelling", "since": today}, datetime.now(UTC))
    done = await town.post(f"/cases/left_behind_visit/{case_id}/suspend", json=body)
    assert done.status_code == 200, done.text
    await held.context.set_offline(False)
    await held.page.get_by_text("系统没有办理，已交主管处理").click()
    await expect(held.page.get_by_text("手机上写的")).to_be_visible()
    await expect(held.page.get_by_text("案件处于“暂停”").first).to_be_visible()
    return held


async def test_a_conflict_goes_to_the_supervisor(
    phone: Phones, client: Client, owner: Owner
) -> None:
    held = await in_conflict(phone, client)
    await held.tap("交主管处理", "link")
    await expect(held.page.get_by_text("没有待上传的记录")).to_be_visible()
    async with owner() as connection:
        asked = text("select name, problem, id from phone_conflict")
        ((name, problem, id),) = (await connection.execute(asked)).all()
    assert (name, problem) == ("check_status", "wrong-state")
    boss = await client("women_fed_district")
    body = {"verdict": "system", "reason": "已与填写人电话核对"}
    settled = await boss.post(
        f"/phone-conflicts/{id}/settle", json=body, headers={"If-Match": '"1"'}
    )
    assert settled.status_code == 204, settled.text
    await expect(held.page.get_by_text("系统没有办理，已交主管处理")).to_be_visible()
    await held.tap("今日", "link")
    await held.synced()
    await held.tap("待上传", "link")
    await held.page.get_by_text("✓ 已送达 1").click()
    await expect(held.page.get_by_text("主管人员已经处理")).to_be_visible()


async def test_a_conflict_kept_as_a_note(phone: Phones, client: Client, owner: Owner) -> None:
    held = await in_conflict(phone, client)
    await held.tap("保留我的")
    await arrived(owner, "note", 1)


async def test_a_conflict_let_go(phone: Phones, client: Client, owner: Owner) -> None:
    held = await in_conflict(phone, client)
    await held.tap("用系统的")
    await expect(held.page.get_by_text("系统没有办理")).to_have_count(0)
    assert await events(owner, "note") == []
