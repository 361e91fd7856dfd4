"""Passwords: which may be, changed by whose they are; and sessions that must do that first."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pyotp
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from app.config import get_settings
from app.permissions import Permission
from app.services import seed
from app.services.identity import keeping
from app.services.record.audit import By
from tests.conftest import Client, Owner, step_up
from tests.security.test_permissions import named
from tests.stories.test_accounts import PASSWORD, guest, sign_in, signed_in

__all__ = ["guest"]

NEW = "eine ganz andere Losung 7"
Setting = Callable[[str, str], None]


@pytest.fixture
def setting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Setting]:
    """`setting("ANLAN_PASSWORDS", "dengbao")`: as if the system had started so."""

    def change(name: str, value: str) -> None:
        monkeypatch.setenv(name, value)
        get_settings.cache_clear()

    yield change
    monkeypatch.undo()
    get_settings.cache_clear()


async def change(client: httpx.AsyncClient, new: str, old: str = PASSWORD) -> httpx.Response:
    return await client.post("/auth/password", json={"old": old, "new": new})


def type_of(answer: httpx.Response) -> str:
    found: str = answer.json()["type"]
    return found.removeprefix("/problems/")


async def enrol(client: httpx.AsyncClient) -> None:
    begun = (await client.post("/auth/second-factors/totp", json={"name": "手机"})).json()
    code = pyotp.TOTP(begun["secret"]).now()
    url = f"/auth/second-factors/totp/{begun['id']}/confirm"
    assert (await client.post(url, json={"code": code})).status_code == 200


async def test_a_new_password_ends_all_other_sessions(
    guest: httpx.AsyncClient, owner: Owner
) -> None:
    await signed_in(guest, "guest")
    elsewhere = {"authorization": guest.headers["authorization"]}
    await signed_in(guest, "guest")
    assert (await change(guest, NEW)).status_code == 204
    assert (await guest.get("/me")).status_code == 200
    assert (await guest.get("/me", headers=elsewhere)).status_code == 401
    assert (await sign_in(guest, "guest", PASSWORD)).status_code == 401
    assert (await sign_in(guest, "guest", NEW)).status_code == 200
    async with owner() as connection:
        known = text("select count(*) from known_device where ended_at is null")
        assert await connection.scalar(known) == 1
        kept = await connection.execute(text("select what from audit_entry order by id desc"))
        assert "password_changed" in set(kept.scalars())


async def test_the_old_password_is_not_guessed_from_an_open_session(
    guest: httpx.AsyncClient,
) -> None:
    await signed_in(guest, "guest")
    told = [await change(guest, NEW, f"wrong {n}") for n in range(7)]
    assert [type_of(a) for a in told] == ["wrong-password"] * 5 + ["too-many-attempts"] * 2
    assert (await change(guest, NEW)).status_code == 429


@pytest.mark.parametrize(
    "weak",
    [
        PASSWORD, "kurz 7!", "fourteen chars", "x" * 129, "my guest is at home",
        "客人在家里吃饭喝茶看电视睡觉起床",
        "123456789012345", "qwertyuiopasdfgh", "passwordpassword", "woaini1314woaini1314",
        "Qingcheng202612", "aaaaaaaaaaaaaaaaaaaa", "iloveyou1314520",
    ],
)  # fmt: skip
async def test_what_may_not_be_a_password(guest: httpx.AsyncClient, weak: str) -> None:
    await signed_in(guest, "guest")
    refused = await change(guest, weak)
    assert (refused.status_code, type_of(refused)) == (422, "invalid")
    assert weak not in refused.text


async def test_with_a_second_factor_twelve_characters_do(guest: httpx.AsyncClient) -> None:
    await signed_in(guest, "guest")
    assert (await change(guest, "vier7Zwoelf!")).status_code == 422
    await enrol(guest)
    assert (await change(guest, "vier7Zwoelf!")).status_code == 204


async def test_who_reads_what_is_sensitive_enrols_before_all_else(
    guest: httpx.AsyncClient, app: FastAPI, owner: Owner, setting: Setting
) -> None:
    """guest is police. Of all operations only those on her own account answer her."""
    setting("ANLAN_SECOND_FACTOR", "sensitive")
    async with owner() as connection:
        of = await keeping.find(connection, "guest")
        code = (await keeping.hand_out_code(connection, of, By())).code
    await signed_in(guest, "guest", code=code)
    served = []
    for (method, path), permission in named(app).items():
        if permission in (None, Permission.SELF, Permission.DEFINITIONS_READ):
            continue
        url = path.removeprefix("/api/v1").replace("{", "").replace("}", "")
        answer = await guest.request(method, url)
        served.append((method, path, answer.status_code))
        assert answer.status_code in (403, 422), (method, path, answer.text)
        assert answer.status_code == 422 or type_of(answer) == "enrolment-needed", path
    assert len([s for s in served if s[2] == 403]) > 15
    assert (await guest.get("/me")).json()["confined"] == "second_factor"
    assert (await guest.get("/cases")).status_code == 403
    await enrol(guest)
    assert (await guest.get("/cases")).status_code == 200
    assert (await guest.get("/me")).json()["confined"] is None


@pytest.mark.parametrize(
    ("demanded", "free"),
    [
        ("nobody", {"grid_worker", "court", "system_admin"}),
        ("sensitive", {"grid_worker"}),
        ("everybody", set()),
    ],
)
async def test_a_setting_says_who_needs_a_second_factor(
    anonymous: httpx.AsyncClient, setting: Setting, demanded: str, free: set[str]
) -> None:
    setting("ANLAN_SECOND_FACTOR", demanded)
    for username in ("grid_worker", "court", "system_admin"):
        await signed_in(anonymous, username, seed.PASSWORD)
        served = (await anonymous.get("/accounts")).status_code == 200
        assert served == (username in free), username


async def test_under_the_dengbao_rules_a_password_ages(
    guest: httpx.AsyncClient, owner: Owner, setting: Setting
) -> None:
    setting("ANLAN_PASSWORDS", "dengbao")
    setting("ANLAN_PASSWORD_DAYS", "60")
    old = text(
        "update credential set changed_at = now() - interval '61 days' where account_id ="
        " (select id from account where username = 'guest')"
    )
    async with owner() as connection:
        await connection.execute(old)
    await signed_in(guest, "guest")
    assert type_of(await guest.get("/cases")) == "password-due"
    told = (await guest.get("/auth/password-rules")).json()
    assert (told["profile"], told["kinds"], told["days"]) == ("dengbao", 3, 60)
    assert "3 种" in (await change(guest, "nur kleine worte hier")).json()["detail"]
    assert (await change(guest, NEW)).status_code == 204
    assert (await guest.get("/cases")).status_code == 200


async def test_under_the_other_rules_it_does_not(
    guest: httpx.AsyncClient, owner: Owner, client: Client
) -> None:
    async with owner() as connection:
        await connection.execute(text("update credential set changed_at = now() - interval '9 y'"))
    await signed_in(guest, "guest")
    assert (await guest.get("/cases")).status_code == 200
    told: dict[str, Any] = (await guest.get("/auth/password-rules")).json()
    assert told == {
        "profile": "nist", "shortest": 12, "shortest_alone": 15, "longest": 128, "kinds": 1,
        "days": None,
    }  # fmt: skip
    assert (await change(guest, "nur kleine worte hier")).status_code == 204
    await step_up(await client("police"))
