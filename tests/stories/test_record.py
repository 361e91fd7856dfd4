"""The record of the system's own events: kept with what happened, added to and never changed."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app import crypto
from app.access import Held
from app.config import get_settings
from app.db import transaction
from app.kinds import KINDS
from app.roles import Role
from app.services import seed
from app.services.identity import accounts, keeping
from app.services.identity.keeping import Known
from app.services.record import audit
from app.services.record.audit import By, What
from tests.conftest import Client, Owner

pytestmark = pytest.mark.usefixtures("app")


async def entries(owner: Owner) -> list[Any]:
    async with owner() as connection:
        return list((await connection.execute(text("select * from audit_entry order by id"))).all())


async def test_signing_in_and_out_is_kept(
    owner: Owner, anonymous: httpx.AsyncClient, client: Client
) -> None:
    me = (await (await client("police_2")).get("/me")).json()["id"]
    before = len(await entries(owner))
    typed = {"username": "police_2", "password": seed.PASSWORD}
    answer = await anonymous.post("/auth/login", json=typed)
    anonymous.headers["authorization"] = f"Bearer {answer.json()['access_token']}"
    assert (await anonymous.post("/auth/logout")).status_code == 204
    for name in ("police_2", "nobody_at_all"):
        wrong = {"username": name, "password": "not the password"}
        assert (await anonymous.post("/auth/login", json=wrong)).status_code == 401
    kept = [(e.what, e.account_id, e.about) for e in (await entries(owner))[before:]]
    assert kept == [
        ("signed_in", me, None),
        ("signed_out", me, None),
        ("sign_in_failed", None, f"account:{me}"),
        ("sign_in_failed", None, None),
    ]


async def test_what_an_operator_does_to_accounts_is_kept(owner: Owner) -> None:
    held = [Held(Role.ZONGZHI, get_settings().district)]
    async with owner() as connection:
        given = ("short_stay", "新同事", "a long enough phrase", None, held)
        made = await accounts.create_account(connection, *given)
        await keeping.replace_grants(connection, Known(made), [], By(operator="root"))
        await keeping.shut(connection, Known(made), KINDS, By(operator="root"))
    assert [(e.what, e.about) for e in await entries(owner)] == [
        ("account_made", f"account:{made}"),
        ("grants_changed", f"account:{made}"),
        ("account_disabled", f"account:{made}"),
    ]


async def test_an_entry_is_kept_with_its_work_or_not_at_all(
    engine: AsyncEngine, owner: Owner
) -> None:
    async def work(connection: AsyncConnection) -> None:
        await audit.note(connection, What.KEY_ROTATED, about="ring:data")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        async with transaction(engine) as connection:
            await work(connection)
    assert await entries(owner) == []


async def test_a_reason_is_sealed_and_names_are_not_taken(
    engine: AsyncEngine, owner: Owner
) -> None:
    async with transaction(engine) as connection:
        await audit.note(connection, What.GLASS_BROKEN, about="case:1", reason="王小红来电")
    (entry,) = await entries(owner)
    assert "王小红".encode() not in entry.reason
    place = crypto.Place("audit_entry", "reason", UUID(str(entry.id)))
    key = crypto.open_key(crypto.keyring(), entry.key)
    assert crypto.unseal_text(key, entry.reason, place) == "王小红来电"
    for named in ("王小红", "case:王小红", "case: 1", "case"):
        with pytest.raises(ValueError, match="table:id"):
            async with transaction(engine) as connection:
                await audit.note(connection, What.GLASS_BROKEN, about=named)


def test_every_event_has_a_label() -> None:
    assert set(audit.LABELS) == set(What)
    assert len(set(audit.LABELS.values())) == len(What)
