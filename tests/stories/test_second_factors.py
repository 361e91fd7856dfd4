"""Second factors: enrolled, shown once each, and asked for where a password is not enough."""

import asyncio
import time

import httpx
import pyotp
import pytest
from sqlalchemy import text

from app import crypto
from app.config import get_settings
from app.services import seed
from tests.conftest import Client, Owner, step_up

STEP = 30
MINUTES = (
    "update session set opened_at = opened_at - interval '5 minutes',"
    " verified_at = verified_at - interval '5 minutes'"
    " where account_id = (select id from account where username = 'police')"
)


async def problem(answer: httpx.Response, status: int, type_: str) -> dict[str, object]:
    assert answer.status_code == status, answer.text
    body: dict[str, object] = answer.json()
    assert body["type"] == f"/problems/{type_}"
    return body


async def sign_in(client: httpx.AsyncClient, **typed: str) -> httpx.Response:
    return await client.post(
        "/auth/login", json={"username": "police", "password": seed.PASSWORD, **typed}
    )


async def enrol(client: httpx.AsyncClient) -> tuple[pyotp.TOTP, str]:
    """A seed not yet confirmed, and where to confirm it."""
    begun = await client.post("/auth/second-factors/totp", json={"name": "工作手机"})
    assert begun.status_code == 201, begun.text
    assert begun.headers["cache-control"] == "no-store"
    made = begun.json()
    device = pyotp.parse_uri(made["uri"])
    assert isinstance(device, pyotp.TOTP)
    return device, f"/auth/second-factors/totp/{made['id']}/confirm"


async def age(owner: Owner) -> None:
    """Five minutes pass for her sessions."""
    async with owner() as connection:
        await connection.execute(text(MINUTES))


@pytest.fixture
async def police(client: Client) -> httpx.AsyncClient:
    """Just signed in, without a second factor."""
    made = await client("police")
    made.headers["authorization"] = f"Bearer {(await sign_in(made)).json()['access_token']}"
    return made


async def test_a_seed_counts_once_a_code_of_it_was_seen(
    police: httpx.AsyncClient, owner: Owner
) -> None:
    device, confirm = await enrol(police)
    assert len(device.byte_secret()) * 8 == 160
    assert (device.name, device.issuer) == ("police", "安澜")
    assert (await sign_in(police)).status_code == 200
    wrong = await police.post(confirm, json={"code": device.at(time.time() + 99 * STEP)})
    await problem(wrong, 403, "wrong-second-factor")
    confirmed = await police.post(confirm, json={"code": device.now()})
    assert len(set(confirmed.json()["recovery_codes"])) == 10
    await problem(await police.post(confirm, json={"code": device.now()}), 404, "not-found")
    refused = await problem(await sign_in(police), 403, "second-factor-needed")
    assert refused["accepted"] == ["totp", "recovery_code"]
    async with owner() as connection:
        stored = (await connection.execute(text("select * from second_factor"))).one()
    assert device.secret.encode() not in stored.sealed + stored.key
    key = crypto.open_key(crypto.keyring(), stored.key)
    with pytest.raises(crypto.Unreadable):
        crypto.unseal(key, stored.sealed, crypto.Place("second_factor", "sealed", 1))


async def test_a_code_opens_once_and_older_ones_no_more(police: httpx.AsyncClient) -> None:
    device = await step_up(police)
    now = time.time()
    await problem(await sign_in(police, code=device.at(now)), 403, "wrong-second-factor")
    await problem(await sign_in(police, code=device.at(now - STEP)), 403, "wrong-second-factor")
    await problem(await sign_in(police, code=device.at(now + 3 * STEP)), 403, "wrong-second-factor")
    assert (await sign_in(police, code=device.at(now + STEP))).status_code == 200


async def test_fifty_who_bring_one_code_at_once_are_one(police: httpx.AsyncClient) -> None:
    device = await step_up(police)
    code = device.at(time.time() + STEP)
    answers = await asyncio.gather(
        *(police.post("/auth/step-up", json={"code": code}) for _ in range(50))
    )
    told = [answer.status_code for answer in answers]
    assert told.count(204) == 1
    assert set(told) <= {204, 403, 429}


async def test_guessing_ends_after_five(
    police: httpx.AsyncClient,
) -> None:
    device = await step_up(police)
    for _ in range(5):
        answer = await police.post("/auth/step-up", json={"code": "abc123"})
        await problem(answer, 403, "wrong-second-factor")
    right = {"code": device.at(time.time() + STEP)}
    refused = await police.post("/auth/step-up", json=right)
    await problem(refused, 429, "too-many-attempts")
    assert 0 < int(refused.headers["retry-after"]) <= 180


async def test_a_recovery_code_opens_once(police: httpx.AsyncClient, owner: Owner) -> None:
    device, confirm = await enrol(police)
    codes = (await police.post(confirm, json={"code": device.now()})).json()["recovery_codes"]
    spelled = codes[0].replace("-", " ").upper()
    assert (await sign_in(police, code=spelled)).status_code == 200
    await problem(await sign_in(police, code=codes[0]), 403, "wrong-second-factor")
    assert (await sign_in(police, code=codes[1])).status_code == 200
    async with owner() as connection:
        stored = (await connection.execute(text("select code_index from recovery_code"))).scalars()
        assert all(
            code.replace("-", "").encode() not in index for index in stored for code in codes
        )


async def test_what_needs_a_second_factor_asks_again_after_five_minutes(
    police: httpx.AsyncClient, owner: Owner
) -> None:
    refused = await problem(await police.post("/auth/recovery-codes"), 403, "second-factor-needed")
    assert refused["accepted"] == []
    await problem(await police.post("/auth/step-up", json={"code": "123456"}), 409, "conflict")
    device = await step_up(police)
    assert (await police.post("/auth/recovery-codes")).status_code == 200
    await age(owner)
    for url, body in (("recovery-codes", None), ("second-factors/totp", {"name": "平板"})):
        refused = await problem(
            await police.post(f"/auth/{url}", json=body), 403, "second-factor-needed"
        )
        assert refused["accepted"] == ["totp", "recovery_code"]
    code = device.at(time.time() + STEP)
    assert (await police.post("/auth/step-up", json={"code": code})).status_code == 204
    codes = (await police.post("/auth/recovery-codes")).json()["recovery_codes"]
    assert (await sign_in(police, code=codes[9])).status_code == 200


async def test_new_recovery_codes_take_the_place_of_the_old(police: httpx.AsyncClient) -> None:
    await step_up(police)
    old = (await police.post("/auth/recovery-codes")).json()["recovery_codes"]
    assert (await police.post("/auth/recovery-codes")).status_code == 200
    await problem(await sign_in(police, code=old[0]), 403, "wrong-second-factor")


async def test_a_first_second_factor_wants_a_fresh_sign_in(
    police: httpx.AsyncClient, owner: Owner
) -> None:
    """Else whoever finds a desk unattended could make herself at home in the account."""
    await age(owner)
    answer = await police.post("/auth/second-factors/totp", json={"name": "手机"})
    await problem(answer, 403, "second-factor-needed")


async def test_nobody_confirms_the_device_of_another(
    police: httpx.AsyncClient, client: Client
) -> None:
    device, confirm = await enrol(police)
    court = await client("court")
    await problem(await court.post(confirm, json={"code": device.now()}), 404, "not-found")


async def test_own_second_factors_are_listed_renamed_and_removed(
    police: httpx.AsyncClient, client: Client, owner: Owner
) -> None:
    await step_up(police)
    device, confirm = await enrol(police)
    assert (await police.post(confirm, json={"code": device.now()})).json()["recovery_codes"] == []
    url = "/auth/second-factors"
    first, second = (await police.get(url)).json()["items"]
    assert (first["kind"], first["name"], second["name"]) == ("totp", "手机", "工作手机")
    assert first.keys() == {"id", "kind", "name", "confirmed_at"}
    renamed = await police.post(f"{url}/{second['id']}/rename", json={"name": "旧手机"})
    assert renamed.status_code == 204
    assert (await police.get(url)).json()["items"][1]["name"] == "旧手机"
    court = await client("court")
    for way, body in (("rename", {"name": "我的"}), ("remove", None)):
        other = await court.post(f"{url}/{second['id']}/{way}", json=body)
        assert other.status_code in (403, 404), way
    await age(owner)
    refused = await police.post(f"{url}/{second['id']}/remove")
    await problem(refused, 403, "second-factor-needed")
    code = device.at(time.time() + STEP)
    assert (await police.post("/auth/step-up", json={"code": code})).status_code == 204
    assert (await police.post(f"{url}/{second['id']}/remove")).status_code == 204
    await problem(await police.post(f"{url}/{second['id']}/remove"), 404, "not-found")
    await problem(await sign_in(police, code=device.at(time.time() + 2 * STEP)), 403,
                  "wrong-second-factor")  # fmt: skip


async def test_whoever_must_have_one_keeps_the_last(
    police: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And whoever need not may do without: then no code from paper opens anything either."""
    device, confirm = await enrol(police)
    codes = (await police.post(confirm, json={"code": device.now()})).json()["recovery_codes"]
    [only] = (await police.get("/auth/second-factors")).json()["items"]
    remove = f"/auth/second-factors/{only['id']}/remove"
    with monkeypatch.context() as setting:
        setting.setenv("ANLAN_SECOND_FACTOR", "sensitive")
        get_settings.cache_clear()
        await problem(await police.post(remove), 409, "conflict")
    get_settings.cache_clear()
    assert (await police.post(remove)).status_code == 204
    assert (await sign_in(police)).status_code == 200
    step = await police.post("/auth/step-up", json={"code": codes[0]})
    await problem(step, 409, "conflict")
