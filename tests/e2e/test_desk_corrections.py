"""Two people at one case: what one typed is never lost, and both versions are shown."""

from datetime import timedelta
from typing import Any

import httpx
from playwright.async_api import expect

from app import clock
from tests.conftest import Client
from tests.e2e.axe import violations, wide
from tests.e2e.conftest import Desks
from tests.stories.answers import NOW, REPORT, command

AREA = 441802103201
HEARD, MEANT, OTHERS = "今晚住姐姐家", "今晚住妹妹家", "今晚住母亲家"
ACCEPTED = {"accepted_at": NOW.isoformat(), "incident_no": "J20260099", "officers": "周明、郑立",
            "victim_wish": "undecided"}  # fmt: skip

MOVED = {"reason": "party_moved", "to_unit": "英德市公安局", "document_no": "移〔2026〕3号",
         "received": True}  # fmt: skip


async def opened(fed: httpx.AsyncClient) -> str:
    answer = await fed.post("/cases/dv_warning", json=command(REPORT, area=AREA))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["case_id"])


async def done(who: httpx.AsyncClient, url: str, **body: Any) -> str:
    answer = await who.post(url, json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


async def test_a_note_corrected_by_two_shows_both_and_the_old_stays(
    desk: Desks, client: Client
) -> None:
    fed, town = await client("women_fed_district"), await client("women_fed_town")
    case_id = await opened(fed)
    url = f"/cases/dv_warning/{case_id}"
    note = await done(town, f"{url}/note", **command({"text": HEARD}, clock.now()))
    sat = await desk("women_fed_town")
    await sat.page.goto(f"/cases/{case_id}")
    await sat.click("更正 记事")
    form = sat.page.get_by_role("dialog", name="更正：记事")
    send = form.get_by_role("button", name="提交", exact=True)
    await form.get_by_label("更正理由").fill("听错了")
    await send.click()
    await expect(form.get_by_role("alert")).to_contain_text("没有改动")
    await form.locator("textarea").first.fill(MEANT)
    beside = form.get_by_label("更正对照").get_by_role("row").last
    await expect(beside).to_contain_text(HEARD)
    await expect(beside).to_contain_text(MEANT)
    assert await violations(sat.page) == []

    said = command({"text": OTHERS}, clock.now()) | {"event_id": note, "reason": "本人更正"}
    await done(fed, f"{url}/correct", **said)
    await send.click()
    both = form.get_by_label("内容已被他人修改")
    for version in (MEANT, OTHERS):
        await expect(both).to_contain_text(version)
    assert await violations(sat.page) == []
    await both.get_by_role("button", name="用我填写的").click()
    await expect(both).to_be_hidden()
    await expect(form.get_by_label("更正理由")).to_have_value("听错了")
    await expect(beside).to_contain_text(OTHERS)
    await send.click()
    await expect(form).to_be_hidden()

    told = sat.page.get_by_label("经过", exact=True).get_by_role("listitem")
    last = told.filter(has_text="更正理由：听错了")
    await expect(last.locator("del")).to_contain_text(OTHERS)
    await expect(last.locator("ins")).to_contain_text(MEANT)
    replaced = told.filter(has_text="已更正")
    await expect(replaced).to_have_count(2)
    await expect(replaced.last).to_contain_text(HEARD)
    await expect(last.get_by_role("button", name="更正")).to_be_visible()
    await expect(replaced.get_by_role("button")).to_have_count(0)
    await sat.page.set_viewport_size({"width": 1024, "height": 768})
    assert await wide(sat.page) <= 0


async def test_a_step_that_another_took_meanwhile_becomes_a_correction_or_waits(
    desk: Desks, client: Client
) -> None:
    fed, police = await client("women_fed_district"), await client("police_2")
    case_id = await opened(fed)
    sat = await desk("police")
    await sat.page.goto(f"/cases/{case_id}")
    await sat.click("受理")
    form = sat.page.get_by_role("dialog", name="受理")
    await form.get_by_label("受理时间").fill("2026-03-02T09:30")
    await form.get_by_label("警情（受案）编号").fill("J20260100")
    await form.get_by_label("出警民警").fill("刘警官")
    await form.locator('[data-field="victim_wish"] label').first.click()

    await done(police, f"/cases/dv_warning/{case_id}/accept", **command(ACCEPTED, NOW))
    await form.get_by_role("button", name="提交", exact=True).click()
    both = form.get_by_label("内容已被他人修改")
    await expect(both.get_by_role("row").filter(has_text="刘警官")).to_contain_text("周明、郑立")
    await both.get_by_role("button", name="用我填写的").click()
    mend = sat.page.get_by_role("dialog", name="更正：受理")
    await expect(mend.get_by_label("出警民警")).to_have_value("刘警官")
    await expect(mend.get_by_label("更正对照")).to_contain_text("周明、郑立")
    await mend.get_by_role("button", name="先不提交").click()

    other_id = await opened(fed)
    await sat.page.goto(f"/cases/{other_id}")
    await sat.click("受理")
    await form.get_by_label("出警民警").fill("陈警官")
    await form.get_by_label("受理时间").fill("2026-03-02T09:30")
    await form.get_by_label("警情（受案）编号").fill("J20260101")
    await form.locator('[data-field="victim_wish"] label').first.click()
    gone = command(MOVED, NOW + timedelta(hours=1))
    await done(police, f"/cases/dv_warning/{other_id}/transfer_out", **gone)
    await form.get_by_role("button", name="提交", exact=True).click()
    await expect(form.get_by_role("alert").first).to_contain_text("案件有了变化")
    await expect(form.get_by_label("出警民警")).to_have_value("陈警官")
