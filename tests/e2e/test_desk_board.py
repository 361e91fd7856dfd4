"""The board: a figure leads down to the very cases that make it, and none is left out."""

import re
from datetime import UTC, datetime, timedelta

from playwright.async_api import expect

from tests.conftest import Client
from tests.e2e.conftest import Desks
from tests.stories.answers import REPORT, command
from tests.stories.board import ACCEPTED

HERE, NEXT, ELSEWHERE = 441802103201, 441802103202, 441802106202
"""Two villages of 源潭镇, and one of 石角镇."""


async def test_a_figure_leads_from_the_district_to_the_case(desk: Desks, client: Client) -> None:
    police, now = await client("police"), datetime.now(UTC) - timedelta(minutes=5)
    accepted = ACCEPTED | {"accepted_at": now.isoformat()}
    for area in (HERE, HERE, NEXT, ELSEWHERE):
        made = await police.post("/cases/dv_warning", json=command(REPORT, now, area=area))
        assert made.status_code == 201, made.text
        path = f"/cases/dv_warning/{made.json()['case_id']}/accept"
        taken = await police.post(path, json=command(accepted, now))
        assert taken.status_code == 200, taken.text
    sat = await desk("women_fed_district")
    await sat.click("指标", "link")
    await sat.click("家庭暴力警情数", exact=False)
    opened = sat.page.get_by_role("region", name="家庭暴力警情数")
    for place, count in (("清城区", 4), ("源潭镇", 3)):
        await expect(sat.page.get_by_label("地区").get_by_text(place)).to_be_visible()
        await expect(opened.get_by_role("heading", level=2)).to_contain_text(f"：{count} 件")
        await expect(opened.get_by_text(f"共 {count}，您可以打开 {count}")).to_be_visible()
        await expect(opened.get_by_role("table", name="案件").locator("tbody tr")).to_have_count(
            count
        )
        below = {"清城区": "源潭镇", "源潭镇": "踵头村委会"}[place]
        await opened.get_by_role("button", name=re.compile(below)).click()
    await expect(opened.get_by_role("heading", level=2)).to_contain_text("：2 件")
    await opened.get_by_role("table", name="案件").get_by_role("link").first.click()
    await expect(sat.page.get_by_role("heading", level=1)).to_contain_text("告诫")
    await sat.page.go_back()
    await expect(opened.get_by_role("heading", level=2)).to_contain_text("：2 件")


async def test_what_departments_report_stands_there_with_its_target(desk: Desks) -> None:
    sat = await desk("wcwc_office")
    await sat.opened("指标")
    await sat.click("妇女与社会保障")
    card = sat.page.get_by_role("button", name=re.compile("妇女基本养老保险参保率"))
    await expect(card).to_contain_text("未报送")
    await expect(card).to_contain_text("98.5%")
    await expect(card).to_contain_text("由人社局报送")
    await sat.click("表格")
    row = sat.page.get_by_role("row").filter(has_text="SOC-05")
    await expect(row).to_contain_text("未报送")
