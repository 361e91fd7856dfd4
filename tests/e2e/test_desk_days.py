"""A day at the desk of a women's federation officer, a police officer and a court clerk."""

from datetime import datetime, timedelta
from typing import Any

from playwright.async_api import Locator, expect

from app import clock
from tests.conftest import Client
from tests.e2e.conftest import Desks
from tests.e2e.desk import Desk
from tests.kinds.journey import Journey
from tests.kinds.test_every_kind import ids
from tests.kinds.walks import Step, dv_warning
from tests.kinds.walks.protection_order import steps as order
from tests.stories.answers import REPORT, command
from tests.stories.board import ACCEPTED

__all__ = ["ids"]


async def walked(
    client: Client, ids: dict[str, Any], kind: str, ago: timedelta, *steps: Step
) -> str:
    """A case that took those steps, the first of them so long ago."""
    journey = Journey(client, kind, ids, moment=clock.now() - ago)
    for step in steps:
        answer = await journey.take(step)
        assert answer.status_code in (200, 201), answer.text
    return journey.case_id


async def form(sat: Desk, title: str) -> Locator:
    """The form of a step that can be taken."""
    steps = sat.page.get_by_label("可以办理")
    await steps.get_by_role("button", name=title, exact=True).click()
    return sat.page.get_by_role("dialog", name=title)


async def choose(asked: Locator, answers: dict[str, str]) -> None:
    """Tick an answer of each question, by its words."""
    for question, answer in answers.items():
        group = asked.get_by_role("group", name=question, exact=True)
        await group.get_by_label(answer, exact=True).check()


async def submit(asked: Locator) -> None:
    await asked.get_by_role("button", name="提交", exact=True).click()
    await expect(asked).to_be_hidden()


def typed(moment: datetime) -> str:
    """As a field for day and time takes it."""
    return f"{moment.astimezone(clock.LOCAL):%Y-%m-%dT%H:%M}"


async def test_an_officers_day(desk: Desks, client: Client, ids: dict[str, Any]) -> None:
    """What is late comes first; she acts, asks legal aid for help, answers who asks her, and the
    figure she answers for leads to the case."""
    await walked(client, ids, "dv_warning", timedelta(days=9), *dv_warning.WARNED)
    village = await client("women_fed_village")
    told = command(REPORT, clock.now(), area=ids["village"])
    case_id = (await village.post("/cases/dv_warning", json=told)).json()["case_id"]
    town = (await (await client("women_fed_town")).get("/me")).json()["organisation"]["id"]
    for_her = {"organisation_id": town, "needs": ["counselling"],
               "ground": "law", "legal_basis": "joint"}  # fmt: skip
    url = f"/cases/dv_warning/{case_id}/refer_on"
    sent = await village.post(url, json=command(for_her, clock.now()))
    assert sent.status_code == 200, sent.text
    accepted = ACCEPTED | {"accepted_at": clock.now().isoformat()}
    url = f"/cases/dv_warning/{case_id}/accept"
    taken = await (await client("police")).post(url, json=command(accepted, clock.now()))
    assert taken.status_code == 200, taken.text

    sat = await desk("women_fed_town")
    await sat.click("逾期", exact=False)
    late = sat.page.get_by_role("row").filter(has_text="粤办法 28；34号 12")
    await expect(late).to_contain_text("逾期")
    await late.get_by_role("link").first.click()
    await sat.opened("告诫")
    clocks = sat.page.get_by_label("期限", exact=True)
    await expect(clocks).to_contain_text("通知有关单位（妇联）")

    taught = await form(sat, "登记法治教育、辅导与矫治")
    await expect(taught).to_contain_text("依据：反家暴法 5, 22")
    await choose(taught, {"类别": "对加害人法治教育"})
    await taught.get_by_label("开始日期").fill(clock.local_day(clock.now()).isoformat())
    await taught.get_by_label("实施单位").fill("源潭镇妇联")
    await submit(taught)
    await expect(clocks).not_to_contain_text("法治教育")
    helped = await form(sat, "转介")
    await helped.get_by_label("转介给").fill("法律援助")
    await sat.page.get_by_role("option").filter(has_text="法律援助").first.click()
    await choose(helped, {"需要的帮助": "法律援助", "依据": "履行法定职责"})
    await choose(helped, {"法定职责": "提供法律援助（反家暴法 19）"})
    await submit(helped)
    await expect(sat.page.get_by_label("经过", exact=True)).to_contain_text("转介")

    await sat.click("转介", "link")
    waiting = sat.page.get_by_role("row").filter(has_text="心理辅导")
    await waiting.get_by_role("button", name="接收", exact=True).click()
    await submit(sat.page.get_by_role("dialog", name="接收转介"))
    await expect(waiting).to_contain_text("已接收")

    await sat.click("指标", "link")
    await sat.click("家庭暴力警情数", exact=False)
    figure = sat.page.get_by_role("region", name="家庭暴力警情数")
    await figure.get_by_role("table", name="案件").get_by_role("link").first.click()
    await sat.opened("告诫")


async def test_a_police_officers_day(desk: Desks, client: Client, ids: dict[str, Any]) -> None:
    """The visit that the law wants within seven days is made and its clock is met; whom one may
    call, and where she stays, is not the police's to read."""
    await walked(client, ids, "dv_warning", timedelta(days=9), *dv_warning.WARNED)
    sat = await desk("police")
    late = sat.page.get_by_role("row").filter(has_text="反家暴法 17；粤办法 28；34号 12")
    await expect(late).to_contain_text("逾期")
    await late.get_by_role("link").first.click()
    await sat.opened("告诫")

    visit = await form(sat, "登记定期查访")
    await visit.get_by_role("button", name="提交", exact=True).click()
    await expect(visit.locator("[data-field=visited_at] .problem")).to_be_visible()
    await visit.get_by_label("查访时间").fill(typed(clock.now()))
    await choose(
        visit, {"方式": "上门", "查访单位": "公安派出所", "查访结果": "未发现再次实施家庭暴力"}
    )
    await choose(visit, {"受害人单独、在安全环境中反映情况": "是"})
    await visit.get_by_label("受害人情况").fill("情绪平稳")
    await submit(visit)
    clocks = sat.page.get_by_label("期限", exact=True)
    await expect(clocks).to_contain_text("查访（第 2 次）")
    notice = await form(sat, "通知有关单位")
    await choose(notice, {"通知对象": "妇联", "通知方式": "书面"})
    await expect(notice.get_by_label("发生时间")).to_have_count(0)
    told = clock.now() - timedelta(hours=2)
    await notice.get_by_label("通知时间").fill(typed(told))
    await submit(notice)
    await expect(clocks).not_to_contain_text("通知有关单位（妇联）")
    await expect(clocks).to_contain_text("通知有关单位（镇街综治中心）")
    await sat.click("全部期限")
    await expect(clocks.get_by_role("listitem").filter(has_text="逾期完成")).to_have_count(2)
    record = f"/cases/{sat.page.url.rpartition('/')[2]}/timeline?step=record_notice"
    (event,) = (await (await client("police")).get(record)).json()["items"]
    assert event["happened_at"][:16] == told.isoformat()[:16]


async def test_a_court_clerks_day(desk: Desks, client: Client, ids: dict[str, Any]) -> None:
    """An application is taken in, decided within 72 hours and served; a warning that nobody
    brought before the court is not there for it."""
    apart = await walked(client, ids, "dv_warning", timedelta(days=9), *dv_warning.WARNED)
    await walked(client, ids, order.KIND, timedelta(hours=5), order.opened(), order.filed())
    sat = await desk("court")
    await sat.click("案件", "link")
    await expect(sat.page.get_by_role("table").locator("tbody tr")).to_have_count(1)
    await sat.page.get_by_role("table").get_by_role("link").first.click()
    await sat.opened("保护令")
    taken = await form(sat, "受理审查")
    await choose(taken, {"审查结果": "受理", "紧急程度": "一般情况"})
    await taken.get_by_label("时间", exact=False).last.fill(typed(clock.now()))
    await taken.get_by_label("案号").fill("（2026）粤1802民保令7号")
    await submit(taken)
    clocks = sat.page.get_by_label("期限", exact=True)
    await expect(clocks).to_contain_text("作出保护令或者驳回申请")
    await expect(clocks).to_contain_text("反家暴法 28")

    ruling = await form(sat, "审理结果")
    await ruling.get_by_label("裁定作出时间").fill(typed(clock.now()))
    await ruling.get_by_label("裁定书文号").fill("（2026）粤1802民保令7号之一")
    await choose(ruling, {"结案方式": "作出人身安全保护令"})
    await choose(ruling, {"措施": "禁止被申请人实施家庭暴力", "有效期单位": "个月"})
    await ruling.get_by_label("保护有效期").fill("7")
    await ruling.get_by_role("button", name="提交", exact=True).click()
    await expect(ruling.get_by_role("alert")).to_contain_text("六个月")
    await ruling.get_by_label("保护有效期").fill("6")
    await submit(ruling)
    await expect(clocks).to_contain_text("送达保护令（申请人）")
    served = await form(sat, "送达")
    await choose(
        served, {"送达对象": "申请人", "送达进度": "尚有应送达对象", "送达方式": "直接送达"}
    )
    await served.get_by_label("送达时间").fill(typed(clock.now()))
    await submit(served)
    await expect(clocks).not_to_contain_text("送达保护令（申请人）")
    await expect(clocks).to_contain_text("送达保护令（被申请人）")
    await sat.page.goto(f"/cases/{apart}")
    await sat.opened("没有找到案件")
