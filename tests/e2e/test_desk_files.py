"""A file on the desk: attached, kept with its digest, and drawn here on request."""

from io import BytesIO

from PIL import Image
from playwright.async_api import FilePayload, expect

from tests.conftest import Client
from tests.e2e.conftest import Desks
from tests.e2e.woman import on_the_ledger


async def test_a_photo_is_attached_and_looked_at(desk: Desks, client: Client) -> None:
    case_id = await on_the_ledger(client)
    drawn = BytesIO()
    Image.new("RGB", (64, 48), "teal").save(drawn, "JPEG")
    sat = await desk("women_fed_town")
    await sat.page.goto(f"/cases/{case_id}?tab=files")
    await sat.page.get_by_label("类别").select_option("visit")
    photo: FilePayload = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": drawn.getvalue()}
    await sat.page.get_by_label("选择文件").set_input_files(photo)
    files = sat.page.get_by_role("region", name="附件")
    await expect(files.get_by_text("SHA-256")).to_be_visible()
    await files.get_by_role("button", name="查看").click()
    await expect(files.get_by_role("img", name="探访、回访照片")).to_be_visible()
