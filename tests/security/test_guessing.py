"""Guessing passwords: how many get through, and who is kept out by it: nobody else."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from app.services import seed
from app.services.identity.signing_in import (
    BY_ACCOUNT,
    BY_ACCOUNT_AND_ADDRESS,
    BY_ADDRESS,
    ON_THE_WHOLE,
)
from tests.conftest import BASE, Owner

WRONG = "wrong guess"
MANY = [120, pytest.param(10_000, marks=pytest.mark.prove)]
PASSES = "update guess_turn set free_at = free_at - make_interval(secs => :seconds)"


def caller(app: FastAPI, address: str) -> httpx.AsyncClient:
    """A browser at an address."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app, client=(address, 4711)), base_url=BASE
    )


async def guess(
    client: httpx.AsyncClient, username: str, password: str = WRONG, **headers: str
) -> int:
    body = {"username": username, "password": password}
    return (await client.post("/auth/login", json=body, headers=headers)).status_code


@pytest.fixture
async def at_her_desk(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A caseworker on a device from which she has signed in before."""
    async with caller(app, "10.1.0.7") as made:
        assert await guess(made, "women_fed_town", seed.PASSWORD) == 200
        yield made


@pytest.mark.parametrize("many", MANY)
async def test_many_guesses_at_one_account_from_everywhere(
    app: FastAPI, at_her_desk: httpx.AsyncClient, many: int
) -> None:
    """A net of machines, an address each: few guesses get through, and she works on."""
    let_through = 0
    for n in range(many):
        async with caller(app, f"2001:db8:{n:x}::1") as attacker:
            let_through += await guess(attacker, "women_fed_town") == 401
    print(f"one account: {many} guesses, {let_through} let through")  # noqa: T201
    assert let_through <= BY_ACCOUNT.burst + 1
    assert await guess(at_her_desk, "women_fed_town", seed.PASSWORD) == 200
    async with caller(app, "10.1.0.8") as colleague:
        assert await guess(colleague, "police", seed.PASSWORD) == 200


@pytest.mark.parametrize("many", MANY)
async def test_one_guess_at_each_of_many_accounts(
    app: FastAPI, at_her_desk: httpx.AsyncClient, many: int
) -> None:
    let_through = 0
    async with caller(app, "203.0.113.9") as attacker:
        for n in range(many):
            let_through += await guess(attacker, f"user{n}") == 401
    print(f"one address: {many} accounts, {let_through} let through")  # noqa: T201
    assert BY_ADDRESS.burst <= let_through <= BY_ADDRESS.burst + 1 + many // 100
    assert await guess(at_her_desk, "women_fed_town", seed.PASSWORD) == 200
    async with caller(app, "10.1.0.8") as colleague:
        assert await guess(colleague, "police", seed.PASSWORD) == 200


@pytest.mark.prove
async def test_one_guess_at_each_of_many_accounts_from_everywhere(
    app: FastAPI, at_her_desk: httpx.AsyncClient
) -> None:
    let_through = 0
    for n in range(10_000):
        async with caller(app, f"2001:db8:{n:x}::1") as attacker:
            let_through += await guess(attacker, f"user{n}") == 401
    print(f"the whole: 10000 accounts and addresses, {let_through} let through")  # noqa: T201
    assert let_through <= ON_THE_WHOLE.burst + 600
    assert await guess(at_her_desk, "women_fed_town", seed.PASSWORD) == 200


async def test_her_own_slips_are_limited_on_her_device_too(
    at_her_desk: httpx.AsyncClient, owner: Owner
) -> None:
    told = [await guess(at_her_desk, "women_fed_town") for _ in range(12)]
    assert told == [401] * 10 + [429] * 2
    async with owner() as connection:
        await connection.execute(text(PASSES), {"seconds": 90})
    assert await guess(at_her_desk, "women_fed_town", seed.PASSWORD) == 200


async def test_a_right_password_costs_no_guess(app: FastAPI) -> None:
    """A whole office behind one address signs in every morning."""
    async with caller(app, "10.1.0.9") as office:
        for _ in range(BY_ACCOUNT_AND_ADDRESS.burst + 2):
            office.cookies.clear()
            assert await guess(office, "police", seed.PASSWORD) == 200


@pytest.mark.parametrize("device", ["", "x", "a" * 43])
async def test_a_made_up_device_is_not_known(app: FastAPI, device: str) -> None:
    async with caller(app, "203.0.113.9") as attacker:
        told = [
            await guess(attacker, "women_fed_town", cookie=f"anlan_device={device}{n % 2}")
            for n in range(12)
        ]
    assert told.count(429) == 2


async def test_a_device_is_known_for_who_used_it_only(
    app: FastAPI, at_her_desk: httpx.AsyncClient
) -> None:
    for n in range(BY_ACCOUNT.burst + 5):
        async with caller(app, f"2001:db8:{n:x}::1") as attacker:
            await guess(attacker, "police")
    assert await guess(at_her_desk, "police", seed.PASSWORD) == 429
    assert await guess(at_her_desk, "women_fed_town", seed.PASSWORD) == 200


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "x-real-ip"])
async def test_nobody_names_the_address_he_guesses_from(app: FastAPI, header: str) -> None:
    async with caller(app, "203.0.113.9") as attacker:
        told = [
            await guess(attacker, "police", **{header: f"for=198.51.100.{n}"}) for n in range(12)
        ]
    assert told == [401] * 10 + [429] * 2


async def test_all_addresses_of_one_subscriber_are_one(app: FastAPI) -> None:
    told = []
    for n in range(12):
        async with caller(app, f"2001:db8:7:7::{n:x}") as attacker:
            told.append(await guess(attacker, "police"))
    assert told == [401] * 10 + [429] * 2
