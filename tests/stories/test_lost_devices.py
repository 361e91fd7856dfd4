"""A phone is gone: whoever answers for its owner says so, and it forgets when it next asks."""

import httpx
import pytest
from sqlalchemy import text

from tests.conftest import Client, Owner
from tests.stories.test_accounts import PASSWORD, guest
from tests.stories.test_attachments import problem

__all__ = ["guest"]

WHY = "下乡途中手机被抢"
OURS = {"x-requested-with": "anlan"}
LOGIN = {"username": "guest", "password": PASSWORD, "device": "phone"}


@pytest.fixture
async def lost(guest: httpx.AsyncClient) -> httpx.AsyncClient:
    """Her phone, signed in; she is a police officer of a town."""
    assert (await guest.post("/auth/login", json=LOGIN)).status_code == 200
    return guest


@pytest.fixture
async def body(lost: httpx.AsyncClient, owner: Owner) -> dict[str, object]:
    async with owner() as connection:
        asked = text("select id from account where username = 'guest'")
        return {"account_id": await connection.scalar(asked), "reason": WHY}


async def test_it_is_told_so_until_she_signs_in_on_it_again(
    client: Client, lost: httpx.AsyncClient, owner: Owner, body: dict[str, object]
) -> None:
    boss = await client("women_fed_district")
    assert (await lost.post("/auth/refresh", headers=OURS)).status_code == 200
    assert (await boss.post("/auth/devices-lost", json=body)).status_code == 204
    for _ in range(2):
        told = await lost.post("/auth/refresh", headers=OURS)
        assert (told.status_code, problem(told)) == (401, "device-lost")
    lost.cookies.delete("anlan_refresh")
    told = await lost.post("/auth/refresh", headers=OURS)
    assert problem(told) == "device-lost", "long after the session"
    assert (await lost.post("/auth/login", json=LOGIN)).status_code == 200
    assert (await lost.post("/auth/refresh", headers=OURS)).status_code == 200
    async with owner() as connection:
        hers = "account_id = (select id from account where username = 'guest')"
        ending = f"update session set revoked_at = now() where {hers}"  # noqa: S608 - our words
        await connection.execute(text(ending))
    ended = await lost.post("/auth/refresh", headers=OURS)
    assert problem(ended) == "sign-in-needed", "found again: it keeps what it has"
    async with owner() as connection:
        asked = text("select about from audit_entry where what = 'devices_lost'")
        assert await connection.scalar(asked) == f"account:{body['account_id']}"


async def test_who_answers_for_nobody_there_cannot_say_so(
    client: Client, lost: httpx.AsyncClient, body: dict[str, object]
) -> None:
    for name in ("grid_worker_2", "women_fed_town", "mediator"):
        refused = await (await client(name)).post("/auth/devices-lost", json=body)
        assert (refused.status_code, problem(refused)) == (403, "not-allowed"), name
    assert (await lost.post("/auth/refresh", headers=OURS)).status_code == 200
    nobody = await (await client("system_admin")).post(
        "/auth/devices-lost", json=body | {"account_id": 2**40}
    )
    assert nobody.status_code == 404
    done = await (await client("system_admin")).post("/auth/devices-lost", json=body)
    assert done.status_code == 204
