"""Every forged token, brought to the routes themselves, for a session that stands."""

import random
from collections.abc import AsyncIterator

import httpx
import pytest
import time_machine
from fastapi import FastAPI
from sqlalchemy import text

from app.config import get_settings
from app.services.identity import sessions
from tests.conftest import Owner
from tests.security.test_permissions import named
from tests.security.test_tokens import FORGED, ISSUER, NOW, OURS, SESSION, forge, private_pem

OPEN = text(
    "insert into session (id, account_id, ends_at) select :id, id, now() + interval '1 hour'"
    " from account where username = 'police'"
)


@pytest.fixture
async def forger(
    anonymous: httpx.AsyncClient, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    """The system as it is for the forger: his tokens name a session that stands."""
    async with owner() as connection:
        await connection.execute(OPEN, {"id": SESSION})
    monkeypatch.setenv("ANLAN_TOKEN_KEY", private_pem(OURS))
    monkeypatch.setattr(sessions, "ISSUER", ISSUER)
    get_settings.cache_clear()
    sessions.keys.cache_clear()
    yield anonymous
    monkeypatch.undo()
    get_settings.cache_clear()
    sessions.keys.cache_clear()
    async with owner() as connection:
        await connection.execute(text("delete from session where id = :id"), {"id": SESSION})


@pytest.mark.parametrize("routes", [3, pytest.param(None, marks=pytest.mark.prove)])
async def test_no_route_takes_a_forged_token(
    forger: httpx.AsyncClient, app: FastAPI, routes: int | None
) -> None:
    """Three routes a token, drawn by seed; by `make prove` all of them."""
    chance = random.Random(13)
    places = sorted(place for place, permission in named(app).items() if permission)
    # Space around a header's value is no part of it (RFC 9110, 5.5).
    tokens = {n: t for n, t in FORGED.items() if isinstance(t, str) and t == t.strip()}
    tried = 0
    with time_machine.travel(NOW, tick=False):
        genuine = {"authorization": f"Bearer {forge()}"}
        assert (await forger.get("/me", headers=genuine)).status_code == 200
        for name, token in tokens.items():
            said = [(b"authorization", b"Bearer " + token.encode("utf-8", "surrogatepass"))]
            for method, path in chance.sample(places, routes) if routes else places:
                url = path.removeprefix("/api/v1").replace("{", "").replace("}", "")
                answer = await forger.request(method, url, headers=said)
                assert answer.status_code in (401, 431), (name, method, path, answer.text)
                tried += 1
    assert len(tokens) >= 29
    print(f"forged tokens: {len(tokens)}, requests: {tried}, accepted: 0, failures: 0")  # noqa: T201
