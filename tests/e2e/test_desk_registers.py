"""Who keeps a register adds, corrects and closes in it, and nobody overwrites anybody."""

from datetime import timedelta

from playwright.async_api import expect

from app import clock
from tests.conftest import Client
from tests.e2e.conftest import Desks
from tests.e2e.test_desk_office import seen_well
from tests.stories.test_registers import put_back

__all__ = ["put_back"]


async def test_a_bureau_keeps_its_committees_and_the_district_its_beds(
    desk: Desks, client: Client
) -> None:
    bureau = await client("justice_bureau")
    sat = await desk("justice_bureau")
    await sat.click("登记簿", "link")
    await sat.opened("登记簿")
    await sat.page.get_by_label("类别").select_option("mediation_committee")
    await sat.click("登记单位")
    form = sat.page.get_by_role("dialog", name="登记单位")
    await form.get_by_label("名称").fill("某某商会人民调解委员会")
    await form.get_by_label("类别").select_option("mediation_committee")
    await form.get_by_label("成立（启用）日期").fill("2026-03-02")
    await form.get_by_role("button", name="登记", exact=True).click()
    await expect(form).to_be_hidden()
    same = {"name": "某某商会人民调解委员会", "kind": "mediation_committee",
            "area": 441802000000, "opened_on": "2026-03-02"}  # fmt: skip
    known = await bureau.post("/registers/organisations", json=same)
    assert known.status_code == 200, "it is there already"
    made = known.json()
    await sat.page.goto(f"/registers?kind=mediation_committee&after={made['id'] - 1}")
    row = sat.page.get_by_role("row").filter(has_text="某某商会")
    await expect(row).to_contain_text("区级")
    await row.get_by_role("button", name="更正 某某商会人民调解委员会").click()
    form = sat.page.get_by_role("dialog", name="更正单位登记")
    await form.get_by_label("名称").fill("某某商会婚姻家庭纠纷人民调解委员会")
    faster = {"name": "某某商会联合人民调解委员会", "opened_on": "2026-03-02"}
    tag = {"If-Match": '"1"'}
    url = f"/registers/organisations/{made['id']}"
    assert (await bureau.put(url, json=faster, headers=tag)).status_code == 200
    await form.get_by_role("button", name="保存").click()
    both = form.get_by_role("alert", name="内容已被他人修改")
    await expect(both).to_contain_text("某某商会联合人民调解委员会")
    await both.get_by_role("button", name="用我填写的").click()
    await expect(form).to_be_hidden()
    await row.get_by_role("button", name="撤销 某某商会婚姻家庭纠纷人民调解委员会").click()
    form = sat.page.get_by_role("dialog", name="撤销单位")
    yesterday = (clock.local_day(clock.now()) - timedelta(days=1)).isoformat()
    await form.get_by_label("撤销日期").fill(yesterday)
    await form.get_by_role("button", name="撤销", exact=True).click()
    await expect(form).to_be_hidden()
    await expect(row).to_have_count(0)
    await sat.page.get_by_label("包括已撤销的").check()
    await sat.page.goto(f"/registers?closed=true&after={made['id'] - 1}")
    await expect(row).to_contain_text(f"{yesterday} 撤销")
    await expect(row.get_by_role("button")).to_have_count(0)
    await sat.click("人民调解员")
    await expect(sat.page.get_by_role("button", name="镇街 1 人")).to_be_visible()
    await seen_well(sat)
    civil = await desk("civil_affairs")
    await civil.page.goto("/registers?tab=beds")
    beds = civil.page.get_by_role("region", name="庇护床位")
    await expect(beds).to_contain_text("空 5 ／共 5")
    await beds.get_by_role("button", name="登记床位").click()
    form = civil.page.get_by_role("dialog", name="登记床位")
    await form.get_by_label("床号").fill("女99")
    await form.get_by_role("button", name="登记", exact=True).click()
    await expect(form).to_be_hidden()
    await expect(beds).to_contain_text("空 6 ／共 6")
    await seen_well(civil)
    await civil.page.goto("/registers?kind=shelter")
    await expect(civil.page.get_by_text("庇护场所的地点保密")).to_be_visible()
