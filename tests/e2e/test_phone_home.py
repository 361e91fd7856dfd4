"""The phone in somebody's home, in a stranger's hand, and in a drawer."""

import json
from pathlib import Path

from fastapi import FastAPI
from playwright.async_api import expect
from sqlalchemy import text

from app.access import Held
from app.roles import Role
from app.services.identity import accounts
from app.services.seed import PASSWORD, VILLAGE
from tests.conftest import Client, Owner, forget_account
from tests.e2e.conftest import Phones, Pockets
from tests.e2e.phone import Phone

WORDS = "她说昨晚又被打了"


async def test_one_tap_leaves_a_harmless_page_and_back_shows_nothing(phone: Phones) -> None:
    held = await phone("grid_worker")
    await held.tap("快速登记", "link")
    await held.page.get_by_label("一句话说明").fill(WORDS)
    await held.tap("切屏")
    await expect(held.page.get_by_role("heading", name="通知公告")).to_be_visible()
    for _ in range(3):
        await held.page.go_back()
        await held.page.wait_for_timeout(300)
        shown = await held.page.content()
        assert WORDS not in shown
        assert "快速登记" not in shown
    await held.page.goto("/m/log")
    await held.unlock()
    await expect(held.page.get_by_label("一句话说明")).to_have_value(WORDS)


async def test_five_minutes_untouched_lock_every_tab(phone: Phones) -> None:
    held = await phone("grid_worker")
    other = await held.context.new_page()
    await other.goto("/m/")
    await Phone(held.context, other).unlock()
    await expect(other.get_by_role("heading", name="今日任务")).to_be_visible()
    await held.page.clock.install()
    await held.page.clock.fast_forward("05:10")
    await expect(held.page.get_by_text("请输入手机密码")).to_be_visible()
    await expect(other.get_by_text("请输入手机密码")).to_be_visible()


async def test_ten_wrong_pins_wipe_and_the_record_arrives_all_the_same(phone: Phones) -> None:
    held = await phone("grid_worker")
    await held.ready_offline()
    await held.context.set_offline(True)
    await held.log()
    await held.page.goto("/m/")
    for left in range(9, 0, -1):
        await held.unlock("000000")
        await expect(held.page.get_by_text(f"还可以试 {left} 次")).to_be_visible()
    await held.page.keyboard.type("000000")
    await expect(held.page.get_by_label("用户名")).to_be_visible()
    await held.context.set_offline(False)
    await held.sign_in("grid_worker")
    await held.tap("待上传", "link")
    await expect(held.page.get_by_text("已送达 1")).to_be_visible()


async def test_at_the_servers_word_it_forgets_and_the_record_arrives_all_the_same(
    phone: Phones, client: Client, owner: Owner
) -> None:
    """The phone is locked, and in other hands; what was written on it may still be sent."""
    async with owner() as connection:
        village = [Held(Role.GRID_WORKER, VILLAGE)]
        await accounts.create_account(connection, "lost", "某人", PASSWORD, None, village)
    try:
        held = await phone("lost")
        await held.ready_offline()
        await held.context.set_offline(True)
        await held.log()
        boss = await client("women_fed_district")
        async with owner() as connection:
            asked = text("select id from account where username = 'lost'")
            body = {"account_id": await connection.scalar(asked), "reason": "手机在路上遗失"}
        assert (await boss.post("/auth/devices-lost", json=body)).status_code == 204
        await held.context.set_offline(False)
        await held.page.goto("/m/")
        await expect(held.page.get_by_label("用户名")).to_be_visible()
        left = json.loads((await held.page.evaluate(EVERYTHING))[0]["outbox"])
        assert [(item["state"], item["body"]) for item in left] == [("queued", None)]
        kept = await held.page.evaluate(EVERYTHING)
        assert [kept[0][store] for store in ("device", "kept", "drafts")] == ["[]"] * 3
        await held.sign_in("lost")
        await held.tap("待上传", "link")
        await expect(held.page.get_by_text("已送达 1")).to_be_visible()
    finally:
        await forget_account(owner, "lost")


async def test_three_days_without_the_server_wipe(phone: Phones) -> None:
    held = await phone("grid_worker")
    await held.page.evaluate(
        """async () => {
            const db = await new Promise(done => {
                const asked = indexedDB.open('workbench')
                asked.onsuccess = () => done(asked.result)
            })
            const store = db.transaction('device', 'readwrite').objectStore('device')
            store.get('own').onsuccess = ({ target }) =>
                store.put({ ...target.result, seenAt: Date.now() - 73 * 3600 * 1000 }, 'own')
        }"""
    )
    await held.page.goto("/m/")
    await expect(held.page.get_by_label("用户名")).to_be_visible()


async def test_nothing_plain_and_no_key_is_on_the_disk(pocket: Pockets) -> None:
    """Neither in what we store, nor in what the browser does by itself, such as the forms it keeps
    to restore a session."""
    held = await pocket()
    await held.sign_in("grid_worker")
    await held.ready_offline()
    await held.context.set_offline(True)
    await held.log(WORDS)
    await held.tap("再登记", "link")
    await held.page.get_by_label("一句话说明").fill("没写完也不许留下明文")
    await held.page.wait_for_timeout(600)
    kept = await held.page.evaluate(EVERYTHING)
    await held.context.close()
    told = json.dumps(kept, ensure_ascii=False)
    secrets = (WORDS, "没写完也不许", "打人", "what_happened", "immediate_danger", "踵头村")
    for secret in secrets:
        assert secret not in told, secret
    assert held.folder is not None
    assert holding(held.folder, WORDS, "没写完也不许") == []


def holding(profile: Path, *secrets: str) -> list[Path]:
    """The files of a browser's profile in which a secret stands. The shell itself, which anybody
    may download, is in its caches."""
    caches = ("CacheStorage", "ScriptCache", "Code Cache", "Cache_Data")
    told = [s.encode(code) for s in secrets for code in ("utf-8", "utf-16-le")]
    files = [f for f in profile.rglob("*") if f.is_file() and not any(c in str(f) for c in caches)]
    return [f for f in files if any(secret in f.read_bytes() for secret in told)]


EVERYTHING = """async () => {
    const db = await new Promise(done => {
        const asked = indexedDB.open('workbench')
        asked.onsuccess = () => done(asked.result)
    })
    const text = value => JSON.stringify(value, (_, inner) => {
        if (inner instanceof ArrayBuffer) return new TextDecoder('utf-8').decode(inner)
        if (ArrayBuffer.isView(inner)) return new TextDecoder('utf-8').decode(inner)
        if (inner instanceof CryptoKey) {
            if (inner.extractable) throw new Error('a key that can be taken out')
            return 'key'
        }
        return inner
    })
    const found = {}
    for (const name of db.objectStoreNames) {
        found[name] = await new Promise(done => {
            const asked = db.transaction(name).objectStore(name).getAll()
            asked.onsuccess = () => done(text(asked.result))
        })
    }
    return [found, JSON.stringify(localStorage), JSON.stringify(sessionStorage)]
}"""


async def test_a_neutral_name_and_no_storage_in_the_open(phone: Phones, app: FastAPI) -> None:
    held = await phone("grid_worker")
    manifest = await (await held.context.request.get("/m/manifest.webmanifest")).json()
    assert (manifest["name"], manifest["short_name"]) == ("工作台", "工作台")
    assert await held.page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    for path in ("/", "/log", "/new", "/new/dv_warning", "/outbox", "/me"):
        await held.to(path)
        await held.page.wait_for_timeout(150)
        assert await held.page.title() == "工作台"
