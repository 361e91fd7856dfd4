"""A partner's system is registered by one administrator and let in by another."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from getpass import getuser
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from typer.testing import CliRunner, Result

from app import cli
from app.config import get_settings
from app.embedded import EmbeddedPostgres
from app.services.seed import DISTRICT
from tests.conftest import Client, Owner, step_up
from tests.partner_system import System, forget_all, public_pem

CLIENT = "police-system"
RENEWED = "update account set version = version + 1 where username = 'system_admin'"


def now(hours: float = 0) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


@pytest.fixture
async def system_admin(client: Client, owner: Owner) -> AsyncIterator[httpx.AsyncClient]:
    made = await client("system_admin")
    await step_up(made)
    yield made
    await forget_all(owner)


@pytest.fixture
async def security_admin(client: Client) -> httpx.AsyncClient:
    made = await client("security_admin")
    await step_up(made)
    return made


async def registration(client: Client, system: System, **more: Any) -> dict[str, Any]:
    police = (await (await client("police")).get("/me")).json()
    return {
        "client_id": system.client_id,
        "title": "公安执法办案系统",
        "organisation_id": police["organisation"]["id"],
        "grants": [{"role": "police", "area": DISTRICT}],
        "scopes": ["papers.police", "changes.read"],
        "purposes": ["dv_warning"],
        "valid_from": now(-1),
        "valid_until": now(24 * 365),
        "public_key": public_pem(system.key),
    } | more


async def entries(owner: Owner) -> list[str]:
    async with owner() as connection:
        found = await connection.execute(
            text("select what from audit_entry where what like 'client%' order by id")
        )
        return list(found.scalars())


async def test_two_administrators_let_a_system_in_and_either_shuts_it(
    client: Client,
    anonymous: httpx.AsyncClient,
    system_admin: httpx.AsyncClient,
    security_admin: httpx.AsyncClient,
    owner: Owner,
) -> None:
    system = System(CLIENT)
    body = await registration(client, system)
    assert (await security_admin.post("/clients", json=body)).status_code == 403
    made = await system_admin.post("/clients", json=body)
    assert (made.status_code, made.json()) == (201, {"kid": system.kid})
    assert (await anonymous.post("/oauth/token", data=system.form())).status_code == 401
    confirm = f"/clients/{CLIENT}/keys/{system.kid}/confirm"
    assert (await system_admin.post(confirm)).status_code == 403
    assert (await security_admin.post(confirm)).status_code == 204
    assert (await security_admin.post(confirm)).status_code == 409
    await system.sign_in(anonymous)
    assert (await anonymous.get("/partners/changes")).status_code == 200

    row = (await security_admin.get("/clients")).json()["items"][0]
    assert (row["client_id"], row["title"]) == (CLIENT, "公安执法办案系统")
    assert row["grants"] == [{"role": "police", "area": DISTRICT}]
    assert row["keys"][0]["last_used_at"] > row["keys"][0]["confirmed_at"]
    assert row["keys"][0]["added_by"] != row["keys"][0]["confirmed_by"]
    assert (await system_admin.post(f"/clients/{CLIENT}/revoke")).status_code == 204
    assert (await anonymous.get("/partners/changes")).status_code == 401
    assert (await anonymous.post("/oauth/token", data=system.form())).status_code == 401
    assert (await security_admin.get("/clients")).json()["items"][0]["disabled_at"]
    assert await entries(owner) == [
        "client_registered",
        "client_key_added",
        "client_key_confirmed",
        "client_signed_in",
        "client_revoked",
    ]


async def test_keys_are_renewed_without_standing_still(
    client: Client,
    anonymous: httpx.AsyncClient,
    system_admin: httpx.AsyncClient,
    security_admin: httpx.AsyncClient,
) -> None:
    old, new, third = System(CLIENT), System(CLIENT), System(CLIENT)
    await system_admin.post("/clients", json=await registration(client, old))
    keys = f"/clients/{CLIENT}/keys"
    await security_admin.post(f"{keys}/{old.kid}/confirm")
    added = await system_admin.post(keys, json={"public_key": public_pem(new.key)})
    assert (added.status_code, added.json()["kid"]) == (201, new.kid)
    more = await system_admin.post(keys, json={"public_key": public_pem(third.key)})
    assert (more.status_code, "两把" in more.text or "2 把" in more.text) == (409, True)
    assert (await anonymous.post("/oauth/token", data=new.form())).status_code == 401
    await security_admin.post(f"{keys}/{new.kid}/confirm")
    for one in (old, new):
        await one.sign_in(anonymous)
    assert (await system_admin.post(f"{keys}/{old.kid}/revoke")).status_code == 204
    assert (await system_admin.post(f"{keys}/{old.kid}/revoke")).status_code == 409
    assert (await security_admin.post(f"{keys}/{old.kid}/confirm")).status_code == 409
    assert (await anonymous.post("/oauth/token", data=old.form())).status_code == 401
    assert (await anonymous.get("/partners/changes")).status_code == 200
    again = await system_admin.post(keys, json={"public_key": public_pem(old.key)})
    assert again.status_code == 409, "a key that was shut does not come back"


async def test_who_holds_both_offices_lets_in_no_key_of_her_own(
    client: Client, system_admin: httpx.AsyncClient, owner: Owner
) -> None:
    """No door gives both to one: whoever has the database did."""
    both = text(
        "insert into account_grant (account_id, role, area, supervisor)"
        " select id, 'security_admin', :district, false from account"
        " where username = 'system_admin'"
    )
    system = System(CLIENT)
    async with owner() as connection:
        await connection.execute(both, {"district": DISTRICT})
        await connection.execute(text(RENEWED))
    try:
        body = await registration(client, system)
        assert (await system_admin.post("/clients", json=body)).status_code == 201
        refused = await system_admin.post(f"/clients/{CLIENT}/keys/{system.kid}/confirm")
        assert (refused.status_code, "另一位" in refused.text) == (403, True)
        with pytest.raises(IntegrityError, match="two_people"):
            async with owner() as connection:
                await connection.execute(
                    text("update machine_key set confirmed_by = added_by, confirmed_at = now()")
                )
    finally:
        async with owner() as connection:
            await connection.execute(
                text(
                    "delete from account_grant using account a where a.id = account_id"
                    " and a.username = 'system_admin' and role = 'security_admin'"
                )
            )
            await connection.execute(text(RENEWED))


async def test_bringing_a_key_takes_a_second_factor(client: Client, owner: Owner) -> None:
    admin = await client("system_admin")
    refused = await admin.post("/clients", json=await registration(client, System(CLIENT)))
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/second-factor-needed")
    assert await entries(owner) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"grants": [{"role": "system_admin", "area": DISTRICT}]}, "grants"),
        ({"grants": [{"role": "wcwc_office", "area": DISTRICT}]}, "grants"),
        ({"scopes": ["papers.court"]}, "scopes"),
        ({"scopes": ["cases.write"]}, "scopes"),
        ({"scopes": ["clients.register"]}, "scopes"),
        ({"purposes": ["seventh_kind"]}, "purposes"),
        ({"purposes": ["mediation", "nothing"]}, "purposes"),
        ({"highest": "S4"}, "highest"),
        ({"per_minute": 100, "per_day": 99}, "per_day"),
        ({"addresses": ["10.0.0.1/8"]}, "addresses"),
        ({"addresses": ["police.example"]}, "addresses"),
        ({"valid_until": now(-2)}, "valid_until"),
        ({"public_key": "-----BEGIN PUBLIC KEY-----"}, "public_key"),
    ],
)
async def test_what_may_not_be_registered(
    client: Client, system_admin: httpx.AsyncClient, change: dict[str, Any], field: str
) -> None:
    body = await registration(client, System(CLIENT), **change)
    answer = await system_admin.post("/clients", json=body)
    assert answer.status_code == 422, answer.text
    assert [p["field"] for p in answer.json()["problems"]] == [field]
    assert (await system_admin.get("/clients")).json()["items"] == []


async def test_a_name_or_a_key_is_taken_once_and_a_private_key_is_not_taken_at_all(
    client: Client, system_admin: httpx.AsyncClient
) -> None:
    system = System(CLIENT)
    body = await registration(client, system)
    assert (await system_admin.post("/clients", json=body)).status_code == 201
    other = System("court-system")
    taken = body | {"public_key": public_pem(other.key)}
    assert (await system_admin.post("/clients", json=taken)).status_code == 409
    for name in ("police", "court-system"):
        answer = await system_admin.post("/clients", json=body | {"client_id": name})
        assert answer.status_code == 409, "an account's name, somebody else's key"
    secret = other.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    answer = await system_admin.post(
        "/clients", json=body | {"client_id": "court-system", "public_key": secret}
    )
    assert (answer.status_code, "私钥" in answer.text) == (422, True)
    assert secret.split("\n")[1] not in answer.text
    wide = ec.generate_private_key(ec.SECP384R1())
    answer = await system_admin.post(
        "/clients", json=body | {"client_id": "court-system", "public_key": public_pem(wide)}
    )
    assert answer.status_code == 422
    rows = (await system_admin.get("/clients")).json()["items"]
    assert [row["client_id"] for row in rows] == [CLIENT]


async def test_who_is_not_there_cannot_be_changed(
    system_admin: httpx.AsyncClient, security_admin: httpx.AsyncClient
) -> None:
    key = public_pem(System(CLIENT).key)
    for who, path, body in (
        (system_admin, "police/keys", {"public_key": key}),
        (system_admin, "police/revoke", None),
        (security_admin, "nobody/keys/0123456789abcdef/confirm", None),
        (security_admin, "nobody/keys/x/revoke", None),
    ):
        answer = await who.post(f"/clients/{path}", json=body)
        assert answer.status_code == 404, path


@pytest.fixture
def by_hand(postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The command line finds the stories' database."""
    monkeypatch.setenv("OWNER_DATABASE_URL", postgres.dsn("anlan"))
    get_settings.cache_clear()
    yield
    monkeypatch.undo()
    get_settings.cache_clear()


@pytest.mark.usefixtures("system_admin", "by_hand")
async def test_whoever_keeps_the_machine_registers_renews_and_shuts_by_hand(
    client: Client,
    anonymous: httpx.AsyncClient,
    owner: Owner,
    tmp_path: Path,
) -> None:
    old, new = System(CLIENT), System(CLIENT)
    for name, one in (("old", old), ("new", new)):
        (tmp_path / name).write_text(public_pem(one.key), encoding="utf-8")

    async def anlan(*arguments: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, cli.app, ("client", *arguments))

    police = (await (await client("police")).get("/me")).json()["organisation"]["id"]
    register = (
        "register", CLIENT, str(tmp_path / "old"), "--title", "公安执法办案系统",
        "--organisation", str(police), "--grant", f"police:{DISTRICT}",
        "--scope", "papers.police", "--scope", "changes.read", "--purpose", "dv_warning",
        "--until", f"{datetime.now(UTC):%Y}-12-31", "--address", "127.0.0.0/8",
    )  # fmt: skip
    made = await anlan(*register)
    assert (made.exit_code, old.kid in made.stderr) == (0, True), made.stderr
    twice = await anlan(*register)
    assert (twice.exit_code, "已有人使用" in twice.stderr) == (1, True)
    await old.sign_in(anonymous)
    assert (await anlan("add-key", CLIENT, str(tmp_path / "new"))).exit_code == 0
    listed = (await anlan("list")).stderr
    assert (old.kid in listed, new.kid in listed, CLIENT in listed) == (True, True, True)
    assert (await anlan("revoke-key", CLIENT, old.kid)).exit_code == 0
    assert (await anonymous.get("/partners/changes")).status_code == 401
    await new.sign_in(anonymous)
    assert (await anlan("revoke", CLIENT)).exit_code == 0
    assert (await anonymous.get("/partners/changes")).status_code == 401
    lost = await anlan("revoke", "nobody")
    assert (lost.exit_code, "没有这个接口用户" in lost.stderr) == (1, True)
    async with owner() as connection:
        who = await connection.execute(
            text("select distinct operator, account_id from audit_entry"
                 " where what in ('client_registered', 'client_key_revoked', 'client_revoked')")
        )  # fmt: skip
        assert [tuple(row) for row in who] == [(getuser(), None)]


async def test_the_register_is_read_page_by_page(
    client: Client, system_admin: httpx.AsyncClient
) -> None:
    names = [f"system-{n}" for n in range(5)]
    for name in names:
        body = await registration(client, System(name))
        assert (await system_admin.post("/clients", json=body)).status_code == 201
    seen: list[str] = []
    after: int | None = 0
    while after is not None:
        page = (await system_admin.get("/clients", params={"after": after, "limit": 2})).json()
        seen += [row["client_id"] for row in page["items"]]
        after = page["next"]
    assert seen == names
