"""What is taken away is gone with the next request, at every route, whatever the token says."""

import random
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.permissions import EVERYBODY
from app.services import seed
from tests.conftest import Owner
from tests.security import people
from tests.security.people import Somebody
from tests.security.test_permissions import FILLED, NOBODY, named

OPEN_TO_ALL = {"/api/v1/auth/logout", "/api/v1/auth/login"}
"""Asked without a session too: what they say is said to everybody."""

WITHOUT_DATABASE = {"/api/v1/kinds"}
"""The definitions name nobody, and are read by the token alone, ten minutes at most."""

FEW = 25


def urls(app: FastAPI) -> list[tuple[str, str, str]]:
    """Method, address and permission of every operation that asks who it is."""
    return [
        (
            method,
            re.sub(
                r"{(\w+)}", lambda name: FILLED.get(name[1], NOBODY), path.removeprefix("/api/v1")
            ),
            word,
        )
        for (method, path), word in sorted(named(app).items())
        if word is not None and path not in OPEN_TO_ALL | WITHOUT_DATABASE
    ]


@pytest.fixture
async def held(app: FastAPI, owner: Owner) -> AsyncIterator[Somebody]:
    """Somebody with a session and a role, who asked before."""
    async with owner() as connection:
        (one,) = await people.these(app, connection, [("women_fed_district", "district")])
    assert (await one.client.get("/cases")).status_code == 200
    yield one
    async with owner() as connection:
        await people.forget(connection, [one])


Taking = Callable[[AsyncConnection, Somebody], Awaitable[Any]]


async def _ended(connection: AsyncConnection, one: Somebody) -> None:
    """Signed out, there or from afar, or the device was lost."""
    ended = "update session set revoked_at = now() where account_id = :id"
    await connection.execute(text(ended), {"id": one.id})


async def _expired(connection: AsyncConnection, one: Somebody) -> None:
    over = "update session set ends_at = now() - interval '1 second' where account_id = :id"
    await connection.execute(text(over), {"id": one.id})


async def _disabled(connection: AsyncConnection, one: Somebody) -> None:
    shut = "update account set disabled_at = now(), version = version + 1 where id = :id"
    await connection.execute(text(shut), {"id": one.id})


async def _roles(connection: AsyncConnection, one: Somebody) -> None:
    gone = "delete from account_grant where account_id = :id"
    await connection.execute(text(gone), {"id": one.id})
    raised = "update account set version = version + 1 where id = :id"
    await connection.execute(text(raised), {"id": one.id})


async def _other_role(connection: AsyncConnection, one: Somebody) -> None:
    await _roles(connection, one)
    given = "insert into account_grant values (:id, 'wcwc_office', :area, false)"
    await connection.execute(text(given), {"id": one.id, "area": seed.DISTRICT})


SESSION_GONE: dict[str, Taking] = {
    "the session ended": _ended,
    "the session's time is over": _expired,
    "the account was disabled": _disabled,
}
RIGHTS_GONE: dict[str, Taking] = {"the last role": _roles, "another role instead": _other_role}
KEPT_BY_THE_OFFICE = frozenset({"indicators.read", "accounts.read", "registers.read"})
SIZES = [pytest.param(FEW, id="some"), pytest.param(None, id="all", marks=pytest.mark.prove)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("taking", SESSION_GONE)
async def test_a_token_outlives_nothing(
    app: FastAPI, owner: Owner, held: Somebody, taking: str, size: int | None
) -> None:
    asked = urls(app)
    async with owner() as connection:
        await SESSION_GONE[taking](connection, held)
    chosen = random.Random(3).sample(asked, size) if size else asked
    for method, url, _ in chosen:
        answer = await held.client.request(method, url)
        assert answer.status_code == 401, (method, url, answer.text)
    if size is None:
        print(f"\n{taking}: refused {len(chosen)} of {len(chosen)}")  # noqa: T201


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("taking", RIGHTS_GONE)
async def test_rights_end_with_the_next_request(
    app: FastAPI, owner: Owner, held: Somebody, taking: str, size: int | None
) -> None:
    asked = [(m, u) for m, u, word in urls(app) if word not in EVERYBODY | KEPT_BY_THE_OFFICE]
    async with owner() as connection:
        await RIGHTS_GONE[taking](connection, held)
    chosen = random.Random(5).sample(asked, size) if size else asked
    for method, url in chosen:
        answer = await held.client.request(method, url)
        assert answer.status_code == 403, (method, url, answer.text)
    if size is None:
        print(f"\n{taking}: refused {len(chosen)} of {len(chosen)}")  # noqa: T201
