"""A photo taken at the door: made small, stripped, kept sealed, sent after the words, once."""

import asyncio
import base64
import io
import json
import random
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.async_api import Route, expect
from sqlalchemy import text

from tests.conftest import Client, Owner, step_up
from tests.e2e.conftest import Phones, Pockets
from tests.e2e.phone import Phone
from tests.e2e.test_phone_home import EVERYTHING, holding
from tests.e2e.test_phone_log import SYNC
from tests.stories.files import GPS
from tests.stories.test_attachments import WHY, url


def snapshot(folder: Path) -> Path:
    """What a phone's camera makes: five megabytes, held upright, with the place in it."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = GPS.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (23.0, 42.0, 29.5)})
    noise = random.Random(7).randbytes(1500 * 1000 * 3)
    image = Image.frombytes("RGB", (1500, 1000), noise).resize(
        (3000, 2000), Image.Resampling.NEAREST
    )
    path = folder / "IMG_0001.jpg"
    image.save(path, "JPEG", quality=97, exif=exif)
    assert path.stat().st_size > 4_500_000
    return path


async def stored(owner: Owner, many: int = 1) -> list[Any]:
    query = text("select a.id, a.case_id, a.width, a.height, a.size from attachment a order by id")
    for _ in range(150):
        async with owner() as connection:
            found = list((await connection.execute(query)).all())
        if len(found) >= many:
            break
        await asyncio.sleep(0.2)
    assert len(found) == many
    return found


async def take(held: Phone, path: Path) -> None:
    await held.page.get_by_label("选图").set_input_files(path)
    await expect(held.page.get_by_alt_text("第 1 张照片")).to_be_visible()


async def test_a_snapshot_is_small_and_says_nothing_of_where_it_was_taken(
    phone: Phones, client: Client, owner: Owner, tmp_path: Path
) -> None:
    held, sent = await phone("grid_worker"), []

    async def note(route: Route) -> None:
        # What is as long as a photo, the browser does not tell.
        sent.append(len(route.request.post_data or "x" * 400_000))
        await route.continue_()

    await held.page.route(SYNC, note)
    await held.tap("快速登记", "link")
    await take(held, snapshot(tmp_path))
    await held.choose("现在有危险吗", "没有")
    await held.choose("发生了什么", "打人")
    await held.tap("保存")
    await expect(held.page.get_by_text("已送达 2")).to_be_visible()
    words, photo = sent
    assert words < 3_000 < photo, "the words go first"
    (file,) = await stored(owner)
    assert file.size <= 500_000
    assert file.height == 1600
    assert file.width in (1066, 1067), "two thirds of it, by the browser's rounding"
    police = await client("police")
    await step_up(police)
    asked = url(str(file.case_id), str(file.id), "original")
    original = (await police.post(asked, json={"reason": WHY})).content
    assert len(original) == file.size
    assert GPS not in original
    with Image.open(io.BytesIO(original)) as image:
        assert dict(image.getexif()) == {}


async def test_without_a_network_the_phone_dies_and_the_photo_arrives_once(
    pocket: Pockets, owner: Owner, tmp_path: Path
) -> None:
    held, path = await pocket(), snapshot(tmp_path)
    await held.sign_in("grid_worker")
    await held.ready_offline()
    await held.context.set_offline(True)
    await held.tap("快速登记", "link")
    await take(held, path)
    held.dies()

    held = await pocket()
    await held.context.set_offline(True)
    await held.page.goto("/m/log")
    await held.unlock()
    await expect(held.page.get_by_alt_text("第 1 张照片")).to_be_visible()
    await held.choose("现在有危险吗", "没有")
    await held.choose("发生了什么", "打人")
    await held.tap("保存")
    await expect(held.page.get_by_text("2 条待上传")).to_be_visible()
    told = json.dumps(await held.page.evaluate(EVERYTHING))
    assert "JFIF" not in told
    held.dies()
    assert held.folder is not None
    assert (
        holding(held.folder, "JFIF", base64.b64encode(b"\xff\xd8\xff\xe0\x00\x10JF")[:12].decode())
        == []
    )

    held = await pocket()
    await held.page.goto("/m/outbox")
    await held.unlock()
    await expect(held.page.get_by_role("heading", name="待上传")).to_be_visible()
    await held.sign_in_again("grid_worker")
    await stored(owner)
    await held.tap("待上传", "link")
    await expect(held.page.get_by_text("已送达 2")).to_be_visible()
    await held.to("/log")
    await expect(held.page.get_by_alt_text("第 1 张照片")).to_have_count(0)


async def test_a_photo_goes_with_the_record_its_owner_deletes(
    phone: Phones, tmp_path: Path
) -> None:
    held = await phone("grid_worker")
    await held.ready_offline()
    await held.context.set_offline(True)
    await held.tap("快速登记", "link")
    await take(held, snapshot(tmp_path))
    await held.choose("现在有危险吗", "没有")
    await held.choose("发生了什么", "打人")
    await held.tap("保存")
    await expect(held.page.get_by_text("2 条待上传")).to_be_visible()
    await held.tap("照片", "link")
    await expect(held.page.get_by_alt_text("这张照片")).to_be_visible()
    await expect(held.page.get_by_role("link", name="修改")).to_have_count(0)
    await held.tap("返回")
    await held.tap("情况登记", "link")
    await held.tap("删除这条记录")
    await held.tap("确认删除")
    await expect(held.page.get_by_text("没有待上传的记录")).to_be_visible()
