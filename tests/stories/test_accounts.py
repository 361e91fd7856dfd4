"""Signing in and out, guessing, and what an account may become."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import text

from app.access import Held
from app.config import Settings, SettingsError, get_settings
from app.errors import Conflict, Invalid, NotFound
from app.kinds import KINDS
from app.roles import Role
from app.services import seed
from app.services.identity import accounts, keeping
from app.services.record.audit import By
from tests.conftest import Client, Owner, forget_account

TOWN, OTHER_TOWN = 441802103000, 441802106000
PASSWORD = "a long enough password"


async def sign_in(
    client: httpx.AsyncClient, username: str, password: str, **typed: str
) -> httpx.Response:
    body = {"username": username, "password": password, **typed}
    return await client.post("/auth/login", json=body)


async def signed_in(
    client: httpx.AsyncClient, username: str, password: str = PASSWORD, **typed: str
) -> None:
    answer = await sign_in(client, username, password, **typed)
    assert answer.status_code == 200, answer.text
    client.headers["authorization"] = f"Bearer {answer.json()['access_token']}"


@pytest.fixture
async def guest(anonymous: httpx.AsyncClient, owner: Owner) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody with an account of her own for one story: username guest, police of a town."""
    async with owner() as connection:
        await accounts.create_account(
            connection, "guest", "客人", PASSWORD, None, [Held(Role.POLICE, TOWN)]
        )
    yield anonymous
    await forget_account(owner, "guest")


async def test_every_role_has_a_demo_account_that_knows_itself(client: Client) -> None:
    for role in Role:
        me = (await (await client(role.value)).get("/me")).json()
        assert me["username"] == role.value
        assert [held["role"] for held in me["roles"]] == [role.value]
        assert me["roles"][0]["label"] == role.label
        assert me["roles"][0]["area_name"]
    police = (await (await client("police")).get("/me")).json()
    assert police["organisation"]["name"] == "清远市公安局清城分局"
    assert police["roles"][0]["supervisor"] is True


async def test_a_token_is_for_ten_minutes_and_not_to_be_kept(guest: httpx.AsyncClient) -> None:
    answer = await sign_in(guest, " ＧＵＥＳＴ", PASSWORD)
    assert answer.status_code == 200
    assert answer.json().keys() == {"access_token", "token_type", "expires_in"}
    assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("bearer", 600)
    assert answer.headers["cache-control"] == "no-store"


async def test_signing_out_ends_this_session_only(guest: httpx.AsyncClient) -> None:
    await signed_in(guest, "guest")
    first = guest.headers["authorization"]
    await signed_in(guest, "guest")
    assert (await guest.post("/auth/logout")).status_code == 204
    assert (await guest.get("/me")).status_code == 401
    assert (await guest.post("/auth/logout")).status_code == 401
    assert (await guest.get("/me", headers={"authorization": first})).status_code == 200


async def test_a_session_ends_after_twelve_hours(guest: httpx.AsyncClient, owner: Owner) -> None:
    await signed_in(guest, "guest")
    async with owner() as connection:
        left = await connection.execute(
            text("select max(ends_at) - now() from session join account a on a.id = account_id"
                 " where a.username = 'guest'")
        )  # fmt: skip
        assert 11.9 < left.scalar_one().total_seconds() / 3600 <= 12
        await connection.execute(
            text("update session set ends_at = now() where account_id ="
                 " (select id from account where username = 'guest')")
        )  # fmt: skip
    assert (await guest.get("/me")).status_code == 401


async def test_new_roles_hold_for_open_sessions_at_once(
    guest: httpx.AsyncClient, owner: Owner
) -> None:
    await signed_in(guest, "guest")
    assert (await guest.get("/me")).json()["roles"][0]["area"] == TOWN
    async with owner() as connection:
        await keeping.replace_grants(
            connection,
            await keeping.find(connection, "guest"),
            [Held(Role.ZONGZHI, OTHER_TOWN)],
            By(),
        )
    roles = (await guest.get("/me")).json()["roles"]
    assert [(held["role"], held["area"]) for held in roles] == [("zongzhi", OTHER_TOWN)]


async def test_a_disabled_account_is_out_at_once(guest: httpx.AsyncClient, owner: Owner) -> None:
    await signed_in(guest, "guest")
    async with owner() as connection:
        guests = await keeping.find(connection, "guest")
        await keeping.shut(connection, guests, KINDS, By())
    assert (await guest.get("/me")).status_code == 401
    assert (await sign_in(guest, "guest", PASSWORD)).status_code == 401


@pytest.mark.parametrize("username", ["guest", "nobody", "g\0st", "' or 1=1 --"])
async def test_ten_wrong_guesses_and_known_and_unknown_names_wait_alike(
    guest: httpx.AsyncClient, username: str
) -> None:
    answers = [await sign_in(guest, username, f"wrong {n}") for n in range(10)]
    assert {a.status_code for a in answers} == {401}
    assert len({a.text for a in answers}) == 1
    for password in (PASSWORD, "wrong again"):
        refused = await sign_in(guest, username, password)
        assert refused.status_code == 429
        assert 0 < int(refused.headers["retry-after"]) <= 90
    assert (await sign_in(guest, "police", seed.PASSWORD)).status_code == 200


async def test_guesses_made_at_once_count_one_by_one(guest: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(sign_in(guest, "guest", f"wrong {n}") for n in range(25)))
    assert [a.status_code for a in answers].count(401) == 10
    assert [a.status_code for a in answers].count(429) == 15


async def test_old_failures_are_forgiven(guest: httpx.AsyncClient, owner: Owner) -> None:
    for n in range(10):
        await sign_in(guest, "guest", f"wrong {n}")
    assert (await sign_in(guest, "guest", PASSWORD)).status_code == 429
    async with owner() as connection:
        await connection.execute(
            text("update guess_turn set free_at = free_at - interval '90 seconds'")
        )
    assert (await sign_in(guest, "guest", "wrong again")).status_code == 401
    assert (await sign_in(guest, "guest", PASSWORD)).status_code == 429


async def test_an_unknown_name_takes_as_long_as_a_known_one(guest: httpx.AsyncClient) -> None:
    async def seconds(username: str) -> float:
        begun = time.perf_counter()
        assert (await sign_in(guest, username, "wrong")).status_code == 401
        return time.perf_counter() - begun

    known, unknown = [], []
    for _ in range(8):
        known.append(await seconds("guest"))
        unknown.append(await seconds("nobody"))
    assert 0.5 < statistics.median(known) / statistics.median(unknown) < 2


async def test_no_secret_comes_back_from_a_refusal(anonymous: httpx.AsyncClient) -> None:
    answer = await anonymous.post("/auth/login", json={"username": 7, "password": "hunter22" * 99})
    assert answer.status_code == 422
    assert "hunter22" not in answer.text


@pytest.mark.usefixtures("engine")
async def test_what_may_not_be_an_account(owner: Owner) -> None:
    grants = [Held(Role.POLICE, TOWN)]

    async def create(username: str, password: str, held: list[Held] = grants) -> None:
        async with owner() as connection:
            await accounts.create_account(connection, username, "某人", password, None, held)

    for password in ("eleven char", "x" * 129, "my Newcomer 2026"):
        with pytest.raises(Invalid, match="密码"):
            await create("newcomer", password)
    with pytest.raises(Invalid, match="用户名"):
        await create("new comer", PASSWORD)
    with pytest.raises(Invalid, match="441999000000"):
        await create("newcomer", PASSWORD, [Held(Role.POLICE, 441999000000)])
    with pytest.raises(Invalid, match="单位"):
        async with owner() as connection:
            await accounts.create_account(connection, "newcomer", "某人", PASSWORD, 10**9, grants)
    with pytest.raises(Conflict, match="police"):
        await create("Police", PASSWORD)
    with pytest.raises(NotFound):
        async with owner() as connection:
            await keeping.find(connection, "newcomer")


async def test_accounts_are_chosen_from_page_by_page(client: Client) -> None:
    police = await client("police")
    seen: list[int] = []
    after: int | None = 0
    while after is not None:
        page = (await police.get("/accounts", params={"limit": 9, "after": after})).json()
        rows, after = page["items"], page["next"]
        assert all(row.keys() == {"id", "display_name", "roles"} for row in rows)
        seen += [row["id"] for row in rows]
    assert len(seen) == len(set(seen)) >= len(seed.DEMO)
    own = (await police.get("/me")).json()
    colleagues = await police.get(
        "/accounts", params={"organisation_id": own["organisation"]["id"]}
    )
    assert [row["id"] for row in colleagues.json()["items"]] == [own["id"]]


async def test_the_demo_is_there_once_and_never_in_production(
    owner: Owner, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with owner() as connection:
        assert await seed.seed(connection) == seed.Seeded(0, 0, 0)
        beds = await connection.execute(text("select zone, count(*) from bed group by zone"))
        assert dict(tuple(row) for row in beds) == {
            "women": 5,
            "men": 2,
            "minors": 3,
            "family": 2,
        }
        committees = await connection.execute(
            text("select count(*) from organisation"
                 " where kind = 'mediation_committee' and village is not null")
        )  # fmt: skip
        assert committees.scalar_one() == 164 - 5
        await connection.execute(text("savepoint before"))
        await connection.execute(text("update credential set password_hash = 'changed'"))
        with pytest.raises(SettingsError, match="工作账号"):
            await seed.seed(connection)
        await connection.execute(text("rollback to savepoint before"))
        monkeypatch.setattr(Settings, "production", True)
        assert get_settings().production
        with pytest.raises(SettingsError, match="生产环境"):
            await seed.seed(connection)
