"""How fast somebody may ask: an account, or an address that nobody signed in from."""

import os
from collections.abc import AsyncIterator
from functools import partial
from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI

from app.cli import serving
from app.config import get_settings, read_settings
from app.main import create_app
from app.rates import BURST_SECONDS, REMEMBERED, Rate, network
from tests.conftest import BASE, serve
from tests.security.test_door import check_headers
from tests.stories.answers import REPORT, command


def test_a_rate_lets_a_burst_through_and_then_so_many_a_second() -> None:
    moment = [100.0]
    rate = Rate(5, now=lambda: moment[0])
    assert [rate.wait("a") for _ in range(5 * BURST_SECONDS)] == [0] * 5 * BURST_SECONDS
    assert rate.wait("a") == 1
    assert rate.wait("b") == 0
    moment[0] += 1
    assert [rate.wait("a") for _ in range(6)] == [0] * 5 + [1]
    moment[0] += 3600
    assert sum(rate.wait("a") == 0 for _ in range(100)) == 5 * BURST_SECONDS
    for other in range(REMEMBERED + 100):
        rate.wait(other)
    assert len(rate._paid) == REMEMBERED
    assert not any(Rate(0).wait("a") for _ in range(1000))


def test_an_ipv6_customer_is_one_customer() -> None:
    assert network("2001:db8:1:2:3::4") == network("2001:db8:1:2:ffff::9") != network("2001:db8::1")
    assert network("192.0.2.7") == "192.0.2.7"
    assert network("::bad::") == "::bad::"


@pytest.fixture
async def limited(engine: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FastAPI]:
    """An app in which an account may ask twice, and an address once, a second; and no second
    goes by."""
    monkeypatch.setenv("ANLAN_ACCOUNT_RATE", "2")
    monkeypatch.setenv("ANLAN_ADDRESS_RATE", "1")
    monkeypatch.setattr("app.main.Rate", partial(Rate, now=lambda: 7.0))
    get_settings.cache_clear()
    made = create_app(engine=engine)
    async with made.router.lifespan_context(made):
        yield made
    monkeypatch.undo()
    get_settings.cache_clear()


async def test_an_account_that_asks_too_fast_waits_and_others_do_not(
    limited: FastAPI, app: FastAPI
) -> None:
    async with serve(limited) as client:
        police, fed = await client("police"), await client("women_fed_town")
        answers = [await police.get("/me") for _ in range(30)]
        assert [a.status_code for a in answers[:20]] == [200] * 20
        assert answers[-1].status_code == 429
        check_headers(answers[-1])
        assert answers[-1].json()["type"] == "/problems/too-many-attempts"
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert (await fed.get("/me")).status_code == 200
        writing = await police.post("/cases/dv_warning", json=command(REPORT))
        assert writing.status_code == 429


@pytest.mark.parametrize(
    "path", ["/api/v1/auth/login", "/api/v1/auth/refresh", "/api/v1/oauth/token", "/api/v1/me"]
)
async def test_a_made_up_token_is_no_way_around_the_rate(limited: FastAPI, path: str) -> None:
    transport = httpx.ASGITransport(limited)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as stranger:
        method = "GET" if path.endswith("/me") else "POST"
        told = []
        for number in range(20):
            headers = {"authorization": f"Bearer e{number}.e.e"}
            told.append((await stranger.request(method, path, headers=headers)).status_code)
    assert 429 not in told[:5]
    assert told[-1] == 429


async def test_only_a_configured_proxy_says_where_a_request_came_from(
    limited: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each request says that it came from somewhere else; told apart by the rate of addresses."""
    monkeypatch.setenv("ANLAN_PROXIES", "10.0.0.1,10.9.0.0/16")
    config = serving.configured(read_settings(os.environ))
    config.app, config.factory = limited, False
    config.load()

    async def told(sender: str, *through: str) -> set[int]:
        transport = httpx.ASGITransport(cast(Any, config.loaded_app), client=(sender, 7))
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as stranger:
            return {
                (
                    await stranger.get(
                        "/me",
                        headers={
                            "x-forwarded-for": ", ".join((f"203.0.113.{n}", *through)),
                            "forwarded": f"for=203.0.113.{n}",
                        },
                    )
                ).status_code
                for n in range(20)
            }

    assert await told("198.51.100.7") == {401, 429}, "an outsider stays who he is"
    assert await told("10.0.0.1") == {401}
    assert await told("10.9.3.4") == {401}
    assert await told("10.0.0.1", "198.51.100.8") == {401, 429}, "nor by a proxy's own word before"


async def test_strangers_from_one_address_wait_and_who_is_signed_in_does_not(
    limited: FastAPI, app: FastAPI
) -> None:
    async with serve(limited) as client:
        police = await client("police")
        transport = httpx.ASGITransport(limited)
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as nobody:
            told = [(await nobody.get("/me")).status_code for _ in range(20)]
            assert told[:5] == [401] * 5
            assert told[-1] == 429
            typed = {"username": "police", "password": "x"}
            assert (await nobody.post("/auth/login", json=typed)).status_code == 429
            assert (await nobody.get("http://test/api/health")).status_code == 200
            assert (await nobody.get("http://test/m/")).status_code != 429
        assert (await police.get("/me")).status_code == 200
