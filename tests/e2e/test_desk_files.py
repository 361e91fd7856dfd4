"""A file on the desk: attached, kept with its digest, drawn here on request, and taken back."""

from io import BytesIO

from PIL import Image
from playwright.async_api import FilePayload, expect

from tests.conftest import Client
from tests.e2e.conftest import Desks
from tests.e2e.woman import on_the_ledger

WRONG = "拍错了房屋，另行提交"


async def test_a_photo_is_attached_looked_at_and_taken_back(desk: Desks, client: Client) -> None:
    case_id = await on_the_ledger(client)
    drawn = BytesIO()
    Image.new("RGB", (64, 48), "teal").save(drawn, "JPEG")
    sat = await desk("women_fed_town")
    await sat.page.goto(f"/cases/{case_id}?tab=files")
    files = sat.page.get_by_role("region", name="附件")
    page: FilePayload = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": b"<script>"}
    await sat.page.get_by_label("选择文件").set_input_files(page)
    await expect(files.get_by_role("alert")).to_contain_text("只接收")
    await sat.page.get_by_label("类别").select_option("visit")
    photo: FilePayload = {**page, "buffer": drawn.getvalue()}
    await sat.page.get_by_label("选择文件").set_input_files(photo)
    await expect(files.get_by_text("原件指纹 SHA-256")).to_be_visible()
    await files.get_by_role("button", name="查看").click()
    await expect(files.get_by_role("img", name="探访、回访照片")).to_be_visible()
    await files.get_by_role("button", name="撤回").click()
    ask = sat.page.get_by_role("dialog", name="撤回附件")
    await ask.get_by_label("理由").fill(WRONG)
    await ask.get_by_role("button", name="撤回").click()
    await expect(files).to_contain_text("撤回，不再显示")
    await expect(files.get_by_role("img")).to_have_count(0)
    await expect(files.get_by_role("button", name="查看")).to_have_count(0)
    await expect(files.get_by_text("原件指纹 SHA-256")).to_be_visible()
    await sat.click("经过")
    await expect(sat.page.get_by_label("经过", exact=True)).to_contain_text(WRONG)
