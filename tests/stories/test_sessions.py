"""A session: kept going by tokens used once each, seen by whose it is, ended from anywhere."""

import asyncio
from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import text

from app.config import get_settings
from tests.conftest import Client, Owner
from tests.stories.test_accounts import PASSWORD, guest

__all__ = ["guest"]

OWN_PAGE = {"x-requested-with": "anlan"}
LATER = "update refresh_token set used_at = used_at - interval '10 seconds'"
LIVE = "select count(*) from refresh_token where used_at is null and voided_at is null"


@pytest.fixture
async def desk(guest: httpx.AsyncClient) -> httpx.AsyncClient:
    """A browser that has just signed in, with an account of the story's own."""
    await sign_in(guest)
    return guest


async def sign_in(client: httpx.AsyncClient, **typed: str) -> str:
    """The refresh token of a new session; its access token is the client's from now on."""
    answer = await client.post(
        "/auth/login", json={"username": "guest", "password": PASSWORD, **typed}
    )
    assert answer.status_code == 200, answer.text
    client.headers["authorization"] = f"Bearer {answer.json()['access_token']}"
    return client.cookies["anlan_refresh"]


async def refresh(client: httpx.AsyncClient, token: str) -> httpx.Response:
    client.cookies.clear()
    cookie = {"cookie": f"anlan_refresh={token}"}
    return await client.post("/auth/refresh", headers={**OWN_PAGE, **cookie})


async def follow(client: httpx.AsyncClient, token: str) -> str:
    answer = await refresh(client, token)
    assert answer.status_code == 200, answer.text
    return answer.cookies["anlan_refresh"]


async def works(client: httpx.AsyncClient) -> bool:
    return (await client.get("/me")).status_code == 200


async def later(owner: Owner) -> None:
    """Ten seconds pass."""
    async with owner() as connection:
        await connection.execute(text(LATER))


async def test_a_session_goes_on_by_its_refresh_token(desk: httpx.AsyncClient) -> None:
    first = desk.cookies["anlan_refresh"]
    answer = await desk.post("/auth/refresh", headers=OWN_PAGE)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert desk.cookies["anlan_refresh"] != first
    desk.headers["authorization"] = f"Bearer {answer.json()['access_token']}"
    assert await works(desk)
    again = await desk.post("/auth/refresh", headers=OWN_PAGE)
    assert again.status_code == 200


async def recorded(owner: Owner) -> list[str]:
    async with owner() as connection:
        found = await connection.execute(text("select what from audit_entry order by id"))
        return list(found.scalars())


async def test_a_refresh_token_shown_twice_ends_the_session_for_both(
    desk: httpx.AsyncClient, owner: Owner
) -> None:
    stolen = desk.cookies["anlan_refresh"]
    hers = await follow(desk, stolen)
    await later(owner)
    assert (await refresh(desk, stolen)).status_code == 401
    assert (await refresh(desk, hers)).status_code == 401
    assert not await works(desk)
    assert (await recorded(owner))[-2:] == ["signed_in", "token_reused"]


async def test_an_old_one_too(desk: httpx.AsyncClient) -> None:
    stolen = desk.cookies["anlan_refresh"]
    await follow(desk, await follow(desk, stolen))
    assert (await refresh(desk, stolen)).status_code == 401
    assert not await works(desk)


async def test_a_lost_answer_costs_nothing_and_leaves_one_token(
    desk: httpx.AsyncClient, owner: Owner
) -> None:
    token = desk.cookies["anlan_refresh"]
    lost = await follow(desk, token)
    second = await follow(desk, token)
    async with owner() as connection:
        assert await connection.scalar(text(LIVE)) == 1
    assert await works(desk)
    assert (await refresh(desk, lost)).status_code == 401
    assert (await refresh(desk, second)).status_code == 401


@pytest.mark.parametrize("many", [6, pytest.param(200, marks=pytest.mark.prove)])
async def test_of_many_who_refresh_at_once_one_token_lives(
    guest: httpx.AsyncClient, owner: Owner, many: int
) -> None:
    """Also how replays and lost answers come out, many times over."""
    dead = recovered = 0
    for _ in range(many):
        token = await sign_in(guest)
        answers = await asyncio.gather(*(refresh(guest, token) for _ in range(5)))
        assert 200 in {a.status_code for a in answers}
        async with owner() as connection:
            assert await connection.scalar(text(LIVE)) == 1
        token = await sign_in(guest)
        await follow(guest, token)
        recovered += (await refresh(guest, token)).status_code == 200
        await later(owner)
        dead += (await refresh(guest, token)).status_code == 401 and not await works(guest)
        async with owner() as connection:
            await connection.execute(text("truncate refresh_token"))
    print(f"refresh: {many} × 5 at once, 1 live; {recovered} recovered, {dead} families dead")  # noqa: T201
    assert (dead, recovered) == (many, many)


@pytest.mark.parametrize("token", ["", "x", "a" * 43, "好" * 20, "x" * 5000])
async def test_a_made_up_refresh_token_opens_nothing(
    anonymous: httpx.AsyncClient, token: str
) -> None:
    headers = [*OWN_PAGE.items(), ("cookie", f"anlan_refresh={token}")]
    given = [(name.encode(), value.encode()) for name, value in headers]
    answer = await anonymous.post("/auth/refresh", headers=given)
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {**OWN_PAGE, "sec-fetch-site": "cross-site"},
        {**OWN_PAGE, "sec-fetch-site": "same-site"},
        {**OWN_PAGE, "origin": "https://evil.example"},
        {**OWN_PAGE, "origin": "null"},
    ],
)
async def test_another_sites_page_refreshes_nothing(
    desk: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    assert (await desk.post("/auth/refresh", headers=headers)).status_code == 403
    own = {**OWN_PAGE, "sec-fetch-site": "same-origin", "origin": "http://test"}
    assert (await desk.post("/auth/refresh", headers=own)).status_code == 200


@pytest.fixture
def behind_tls(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("ANLAN_ORIGIN", "https://anlan.example")
    get_settings.cache_clear()
    yield
    monkeypatch.undo()
    get_settings.cache_clear()


@pytest.mark.usefixtures("behind_tls")
async def test_cookies_are_for_this_host_tls_and_no_script(guest: httpx.AsyncClient) -> None:
    answer = await guest.post("/auth/login", json={"username": "guest", "password": PASSWORD})
    given = answer.headers.get_list("set-cookie")
    assert {cookie.partition("=")[0] for cookie in given} == {
        "__Host-anlan_refresh", "__Host-anlan_device",
    }  # fmt: skip
    for cookie in given:
        rules = {rule.strip().lower() for rule in cookie.split(";")[1:]}
        assert {"secure", "httponly", "samesite=strict", "path=/"} <= rules
        assert not any(rule.startswith("domain") for rule in rules)


@pytest.mark.parametrize(("device", "minutes"), [("desk", 15), ("phone", 120)])
async def test_who_walks_away_is_signed_out(
    guest: httpx.AsyncClient, owner: Owner, device: str, minutes: int
) -> None:
    token = await sign_in(guest, device=device)

    async def idle(interval: str) -> None:
        async with owner() as connection:
            await connection.execute(
                text(f"update session set seen_at = now() - interval '{interval}' where"  # noqa: S608
                     " account_id = (select id from account where username = 'guest')")
            )  # fmt: skip

    await idle(f"{minutes} minutes - 2 seconds")
    assert await works(guest)
    async with owner() as connection:
        fresh = text("select min(now() - seen_at) < interval '5 seconds' from session"
                     " where seen_at > now() - interval '1 minute'")  # fmt: skip
        assert await connection.scalar(fresh)
    await idle(f"{minutes} minutes")
    assert not await works(guest)
    assert (await refresh(guest, token)).status_code == 401


async def test_one_sees_ones_sessions_and_ends_them_from_afar(
    desk: httpx.AsyncClient, client: Client, owner: Owner
) -> None:
    at_home = desk.headers["authorization"]
    await desk.post("/auth/sessions/sign-out-others")
    desk.headers["user-agent"] = "Phone"
    await sign_in(desk)
    mine = (await desk.get("/auth/sessions")).json()["items"]
    assert [(row["user_agent"], row["current"]) for row in mine] == [
        ("Phone", True), ("python-httpx/" + httpx.__version__, False),
    ]  # fmt: skip
    there = mine[1]["id"]
    police = await client("police")
    assert (await police.post(f"/auth/sessions/{there}/sign-out")).status_code == 404
    assert (await desk.post(f"/auth/sessions/{there}/sign-out")).status_code == 204
    assert (await desk.post(f"/auth/sessions/{there}/sign-out")).status_code == 404
    assert (await desk.get("/me", headers={"authorization": at_home})).status_code == 401
    assert await works(desk)
    assert (await recorded(owner))[-1] == "session_ended"


async def test_signing_out_everywhere_else_leaves_this_one(desk: httpx.AsyncClient) -> None:
    before = desk.headers["authorization"]
    await sign_in(desk)
    assert (await desk.post("/auth/sessions/sign-out-others")).status_code == 204
    assert await works(desk)
    assert (await desk.get("/me", headers={"authorization": before})).status_code == 401
    assert len((await desk.get("/auth/sessions")).json()["items"]) == 1


async def test_signing_out_takes_the_refresh_token_too(desk: httpx.AsyncClient) -> None:
    token = desk.cookies["anlan_refresh"]
    assert (await desk.post("/auth/logout")).status_code == 204
    assert "anlan_refresh" not in desk.cookies
    assert (await refresh(desk, token)).status_code == 401
