"""Passkeys: made and shown for this host, each challenge answered once."""

import copy
from typing import Any

import httpx
import pytest

from app.config import get_settings
from tests.authenticator import Authenticator
from tests.conftest import Owner
from tests.stories.test_accounts import PASSWORD, guest, signed_in

__all__ = ["guest"]

FACTOR = "/auth/second-factors/passkey"


async def login(client: httpx.AsyncClient, **answer: Any) -> httpx.Response:
    return await client.post(
        "/auth/login", json={"username": "guest", "password": PASSWORD, **answer}
    )


async def options(client: httpx.AsyncClient, url: str) -> dict[str, Any]:
    answer = await client.post(url)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["options"]
    return found


async def enrol(client: httpx.AsyncClient) -> Authenticator:
    """A passkey of the guest's, who has just signed in."""
    await signed_in(client, "guest")
    device = Authenticator(get_settings().origin)
    made = device.create(await options(client, f"{FACTOR}/options"))
    answer = await client.post(FACTOR, json={"name": "办公电脑", "passkey": made})
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["recovery_codes"]) == 10
    return device


async def asked(client: httpx.AsyncClient) -> dict[str, Any]:
    refused = await login(client)
    assert refused.status_code == 403
    body = refused.json()
    assert body["type"] == "/problems/second-factor-needed"
    assert body["accepted"] == ["passkey", "recovery_code"]
    found: dict[str, Any] = body["passkey"]
    return found


async def test_a_passkey_completes_a_sign_in(guest: httpx.AsyncClient) -> None:
    device = await enrol(guest)
    for _ in range(2):
        answer = await login(guest, passkey=device.get(await asked(guest)))
        assert answer.status_code == 200, answer.text
    guest.headers["authorization"] = f"Bearer {answer.json()['access_token']}"
    assert (await guest.post("/auth/recovery-codes")).status_code == 200


async def test_an_answer_serves_once(guest: httpx.AsyncClient) -> None:
    device = await enrol(guest)
    shown = device.get(await asked(guest))
    assert (await login(guest, passkey=shown)).status_code == 200
    assert (await login(guest, passkey=shown)).status_code == 403


async def test_what_a_false_page_collected_is_of_no_use(guest: httpx.AsyncClient) -> None:
    device = await enrol(guest)
    device.origin = "https://anlan.example.evil"
    assert (await login(guest, passkey=device.get(await asked(guest)))).status_code == 403


async def test_another_key_does_not_pass_for_hers(guest: httpx.AsyncClient) -> None:
    device, thief = await enrol(guest), Authenticator(get_settings().origin)
    thief.id, thief.count = device.id, device.count
    assert (await login(guest, passkey=thief.get(await asked(guest)))).status_code == 403


async def test_a_copy_that_counts_behind_is_refused(guest: httpx.AsyncClient) -> None:
    device = await enrol(guest)
    stolen = copy.copy(device)
    for _ in range(2):
        assert (await login(guest, passkey=device.get(await asked(guest)))).status_code == 200
    assert (await login(guest, passkey=stolen.get(await asked(guest)))).status_code == 403


async def test_a_passkey_steps_up(guest: httpx.AsyncClient) -> None:
    device = await enrol(guest)
    shown = device.get(await options(guest, "/auth/step-up/passkey-options"))
    assert (await guest.post("/auth/step-up", json={"passkey": shown})).status_code == 204
    assert (await guest.post("/auth/step-up", json={"passkey": shown})).status_code == 403
    both = {"passkey": shown, "code": "123456"}
    for body in ({}, both):
        assert (await guest.post("/auth/step-up", json=body)).status_code == 422


@pytest.mark.parametrize(
    "junk",
    [{}, {"rawId": 7}, {"rawId": "!", "response": {}}, {"rawId": "AA", "response": []}],
)
async def test_junk_is_no_answer(
    guest: httpx.AsyncClient, junk: dict[str, Any], owner: Owner
) -> None:
    device = await enrol(guest)
    assert (await login(guest, passkey=junk)).status_code == 403
    good = device.get(await asked(guest))
    for broken in ({**good, "response": {}}, {**good, "response": {"clientDataJSON": "e30"}}):
        assert (await login(guest, passkey=broken)).status_code == 403
    answer = await guest.post(FACTOR, json={"name": "x", "passkey": junk})
    assert answer.status_code == 403
