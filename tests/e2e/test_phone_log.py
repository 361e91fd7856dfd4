"""A grid worker logs what she saw: with a network, without one, and with a phone that dies."""

import asyncio
import json
from typing import Any

from playwright.async_api import Route, expect
from sqlalchemy import text

from app.services.identity.sessions import IDLE_PHONE
from tests.conftest import Client, Owner
from tests.e2e.conftest import Phones, Pockets
from tests.e2e.phone import Phone
from tests.stories.test_sync import opening

SYNC = "**/api/v1/sync"


async def cases(owner: Owner) -> list[Any]:
    async with owner() as connection:
        return list((await connection.execute(text('select * from "case" order by id'))).all())


async def arrived(owner: Owner, many: int) -> None:
    """Wait until so many cases are stored; then see that it stays so."""
    for _ in range(100):
        if len(await cases(owner)) >= many:
            break
        await asyncio.sleep(0.1)
    await asyncio.sleep(0.3)
    assert len(await cases(owner)) == many


async def test_logged_in_four_taps_and_a_sentence(phone: Phones, owner: Owner) -> None:
    held = await phone("grid_worker")
    await held.tap("快速登记", "link")
    await held.choose("现在有危险吗", "有危险")
    await expect(held.page.get_by_role("link", name="拨打110")).to_be_visible()
    await held.choose("发生了什么", "打人")
    await held.page.get_by_label("一句话说明").fill("楼下大排档后面，男的在打女的")
    await held.tap("保存")
    await expect(held.page.get_by_text("已存手机，有网自动上传")).to_be_visible()
    await expect(held.page.get_by_text("已送达 1")).to_be_visible()
    assert [c.state for c in await cases(owner)] == ["reported"]
    assert await held.page.title() == "工作台"


async def test_what_is_missing_is_said_and_nothing_is_lost(phone: Phones, owner: Owner) -> None:
    held = await phone("grid_worker")
    await held.tap("快速登记", "link")
    await held.tap("保存")
    await expect(held.page.get_by_text("请先选有没有危险")).to_be_visible()
    await held.page.get_by_label("一句话说明").fill("听见哭声")
    await held.tap("返回")
    await held.tap("快速登记", "link")
    await expect(held.page.get_by_text("已恢复上次没有写完的内容")).to_be_visible()
    await expect(held.page.get_by_label("一句话说明")).to_have_value("听见哭声")
    assert await cases(owner) == []


async def test_without_a_network_the_phone_dies_and_nothing_is_lost(
    pocket: Pockets, owner: Owner
) -> None:
    held = await pocket()
    await held.sign_in("grid_worker")
    await held.ready_offline()
    await held.context.set_offline(True)
    await held.log("三楼有人摔东西")
    await held.tap("再登记", "link")
    await held.page.get_by_label("一句话说明").fill("还没写完的一句")
    await held.page.wait_for_timeout(600)
    held.dies()

    again = await pocket()
    await again.context.set_offline(True)
    await again.page.goto("/m/outbox")
    await again.unlock()
    await expect(again.page.get_by_text("1 条待上传")).to_be_visible()
    await again.to("/log")
    await expect(again.page.get_by_label("一句话说明")).to_have_value("还没写完的一句")
    assert await cases(owner) == []
    await again.context.set_offline(False)
    await again.sign_in_again("grid_worker")
    await arrived(owner, 1)


async def test_a_lost_answer_leaves_one_case(phone: Phones, owner: Owner) -> None:
    held = await phone("grid_worker")
    losses = 0

    async def lose(route: Route) -> None:
        nonlocal losses
        losses += 1
        await route.fetch()
        await route.abort("connectionreset")

    await held.page.route(SYNC, lose)
    await held.log()
    await expect(held.page.get_by_text("等待上传（第 2 次")).to_be_visible()
    await held.tap("立即上传")
    await expect(held.page.get_by_text("等待上传（第 3 次")).to_be_visible()
    await held.page.unroute(SYNC)
    await held.tap("立即上传")
    await expect(held.page.get_by_text("已送达 1")).to_be_visible()
    assert losses >= 2
    await arrived(owner, 1)


async def test_two_tabs_send_each_record_once(phone: Phones, owner: Owner) -> None:
    held = await phone("grid_worker")
    await held.ready_offline()
    await held.context.set_offline(True)
    for n in range(3):
        await held.log(f"第 {n} 件")
        await held.to("/")
    other = await held.context.new_page()
    await other.goto("/m/")
    await Phone(held.context, other).unlock()
    await expect(other.get_by_text("没有网络")).to_be_visible()
    await held.context.set_offline(False)
    await arrived(owner, 3)


async def test_a_refused_field_is_put_right_on_the_phone(phone: Phones, owner: Owner) -> None:
    held = await phone("grid_worker")

    async def older_rules(route: Route) -> None:
        """The server learnt a rule that this phone does not know yet."""
        sent = json.loads(route.request.post_data or "{}")["items"][0]
        problem = {
            "type": "/problems/invalid", "title": "填写内容有误", "status": 422,
            "detail": "请按提示修改后重新提交", "basis": None,
            "problems": [{"field": "answers.what_happened", "message": "请写明地点"}],
        }  # fmt: skip
        verdict = {"id": sent["id"], "status": "invalid", "receipt": None, "problem": problem}
        await route.fulfill(json={"items": [verdict]})

    await held.page.route(SYNC, older_rules)
    await held.log("吵得厉害")
    await expect(held.page.get_by_text("需要修改：请写明地点")).to_be_visible()
    await held.page.unroute(SYNC)
    await held.page.get_by_text("需要修改").click()
    await held.tap("修改", "link")
    words = held.page.get_by_label("发生了什么")
    await expect(held.page.get_by_text("请写明地点")).to_be_visible()
    await words.fill("源潭镇中心小学后门，吵得厉害")
    await held.tap("保存")
    await expect(held.page.get_by_text("已送达 1")).to_be_visible()
    await arrived(owner, 1)


async def test_an_expired_sign_in_holds_records_until_the_next(phone: Phones, owner: Owner) -> None:
    held = await phone("grid_worker")
    async with owner() as connection:
        ended = "update session set revoked_at = now() where idle = :phone"
        await connection.execute(text(ended), {"phone": IDLE_PHONE})
    await held.log()
    await expect(held.page.get_by_text("重新登录后继续，记录不会丢")).to_be_visible()
    await held.sign_in_again("grid_worker")
    await expect(held.page.get_by_text("已送达 1")).to_be_visible()
    await arrived(owner, 1)


async def test_without_a_position_it_saves_all_the_same(phone: Phones, owner: Owner) -> None:
    held = await phone("grid_worker")
    await held.context.grant_permissions(["notifications"])  # and nothing else
    await held.tap("快速登记", "link")
    await expect(held.page.get_by_text("没有定位，不影响保存")).to_be_visible()
    await held.choose("现在有危险吗", "不清楚")
    await held.choose("发生了什么", "跟踪骚扰")
    await held.tap("保存")
    await arrived(owner, 1)


async def test_with_a_position_its_grade_is_told(phone: Phones, owner: Owner) -> None:
    held = await phone("grid_worker")
    await held.context.grant_permissions(["geolocation"])
    await held.context.set_geolocation({"latitude": 23.68, "longitude": 113.05, "accuracy": 15})
    await held.tap("快速登记", "link")
    await expect(held.page.get_by_text("定位约 15 米，好")).to_be_visible()


async def test_a_whole_form_is_told_the_place_too(
    phone: Phones, client: Client, owner: Owner
) -> None:
    held = await phone("women_fed_village")
    await held.context.grant_permissions(["geolocation"])
    await held.context.set_geolocation({"latitude": 23.68, "longitude": 113.05, "accuracy": 90})
    await held.to("/new/dv_warning")
    await expect(held.page.get_by_text("定位约 90 米，一般")).to_be_visible()
    await held.choose("现在有人处于危险之中", "否")
    await held.page.get_by_label("发生了什么").fill("楼上吵闹，听见摔东西")
    await held.tap("保存")
    await arrived(owner, 1)
    (case,) = await cases(owner)
    page = (await (await client("women_fed_district")).get(f"/cases/{case.id}")).json()
    (opened,) = page["events"]
    assert "定位 23.6800,113.0500（约 90 米）" in str(opened["answers"])


async def test_a_field_that_the_server_refuses_is_put_right(phone: Phones, owner: Owner) -> None:
    """What this phone's rules let through, the server's own do not: the real answer, 422."""
    held = await phone("grid_worker")

    async def longer(route: Route) -> None:
        """A phone of another version, with other rules."""
        sent = json.loads(route.request.post_data or "{}")
        command = opening({"immediate_danger": False, "what_happened": ""})["command"]
        item = {"id": sent["items"][0]["id"], "kind": "dv_warning", "name": "opened"}
        command["id"] = item["id"]
        sent["items"] = [item | {"command": command}]
        await route.continue_(post_data=json.dumps(sent))

    await held.page.route(SYNC, longer)
    await held.log("吵得厉害")
    await expect(held.page.get_by_text("需要修改：请填写“发生了什么”")).to_be_visible()
    await held.page.unroute(SYNC)
    await held.page.get_by_text("需要修改").click()
    await held.tap("修改", "link")
    await held.page.get_by_label("发生了什么").fill("源潭镇中心小学后门，吵得厉害")
    await held.tap("保存")
    await expect(held.page.get_by_text("已送达 1")).to_be_visible()
    await arrived(owner, 1)
