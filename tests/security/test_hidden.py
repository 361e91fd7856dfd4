"""Out of sight is not there: no door tells a case one may not see from one that does not exist."""

import random
import re
import time
from collections.abc import AsyncIterator
from statistics import median
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from app.ids import uuid7
from app.services import seed
from app.services.identity import accounts
from app.services.identity.signing_in import BY_ACCOUNT
from tests.conftest import Client, Owner, forget_account
from tests.kinds.test_every_kind import ids as ids
from tests.security.attempts import Scene
from tests.security.attempts import scene as scene
from tests.security.test_guessing import caller
from tests.security.test_permissions import FILLED, NOBODY, named
from tests.stories.answers import REPORT, command

UNKNOWN = "01958a00-0000-7000-8000-000000000000"
OUTSIDE = ("other_town", "barred", "other_district")
PAIRS = 400
ALIKE = 0.05
"""How far the median of one's time to the other's, asked one after the other, may be from 1."""


def doors(app: FastAPI) -> list[tuple[str, str]]:
    """Every operation on one case, its other places filled with what is nobody's."""
    found = []
    for method, path in sorted(named(app)):
        if "{case_id}" in path:
            url = path.removeprefix("/api/v1").replace("{case_id}", "\n")
            url = re.sub(r"{(\w+)}", lambda name: FILLED.get(name[1], NOBODY), url)
            found.append((method, url))
    return found


async def test_what_is_hidden_is_like_nothing(app: FastAPI, scene: Scene) -> None:
    """Same status, same words, same headers, at every operation there is."""
    told_apart, asked = [], doors(app)
    readers = [p for p in scene.people if p.role == "police" and p.relation in OUTSIDE]
    readers += [p for p in scene.people if p.role in ("shelter", "grid_worker")
                and p.relation == "sibling"]  # fmt: skip
    by_kind = {case.kind: case for case in scene.cases}
    for method, url in asked:
        kind, action = url.split("/")[2], url.rpartition("/")[2]
        case = by_kind.get(kind, scene.cases[0])
        body = {"id": str(uuid7()), "happened_at": "2026-03-03T01:00:00Z"}
        answers = case.bodies.get(action, {"text": "x"})
        for who in readers:
            said = []
            for case_id in (case.id, UNKNOWN):
                sent = None if method == "get" else body | {"answers": answers}
                answer = await who.client.request(method, url.replace("\n", case_id), json=sent)
                said.append(_told(answer, case_id))
            if said[0] != said[1]:
                told_apart.append((method, url, who.role, who.relation, said))
    assert told_apart == []
    assert len(asked) > 150


def _told(answer: httpx.Response, case_id: str) -> tuple[int, str, list[tuple[str, str]]]:
    headers = [(n, v) for n, v in answer.headers.items() if n not in ("x-request-id", "date")]
    return answer.status_code, answer.text.replace(case_id, ""), headers


@pytest.mark.prove
async def test_what_is_hidden_takes_as_long_as_nothing(client: Client, owner: Owner) -> None:
    """Asked in turns, so that whatever else the machine does falls on both."""
    boss, stranger = await client("women_fed_district"), await client("women_fed_fengcheng")
    hidden = [await _opened(boss) for _ in range(20)]
    async with owner() as connection:
        await connection.execute(text("analyze"))
    chance, ratios, taken = random.Random(3), [], {True: 0.0, False: 0.0}
    for turn in range(PAIRS):
        for is_there in chance.sample((True, False), 2):
            case_id = hidden[turn % len(hidden)] if is_there else str(uuid7())
            since = time.perf_counter()
            answer = await stranger.get(f"/cases/{case_id}")
            taken[is_there] = time.perf_counter() - since
            assert answer.status_code == 404
        ratios.append(taken[True] / taken[False])
    print(f"\nhidden to nothing, {PAIRS} pairs: {median(ratios):.3f}")  # noqa: T201
    assert abs(median(ratios) - 1) < ALIKE


async def _opened(who: httpx.AsyncClient) -> str:
    body: dict[str, Any] = command(REPORT, area=seed.VILLAGE)
    return str((await who.post("/cases/dv_warning", json=body)).json()["case_id"])


PASSWORD = "a long enough password"


EACH = 5
"""Names of each kind: one alone is locked before the noise of the machine is averaged out."""


@pytest.fixture
async def names(owner: Owner) -> AsyncIterator[dict[str, list[str]]]:
    """Who is tried: nobody, somebody, somebody whose account is shut."""
    tried, shut = ([f"{kind}.{n}" for n in range(EACH)] for kind in ("tried", "shut"))
    async with owner() as connection:
        for name in (*tried, *shut):
            await accounts.create_account(connection, name, "某人", PASSWORD, None, [])
        gone = "update account set disabled_at = now() where username = any(:shut)"
        await connection.execute(text(gone), {"shut": shut})
    nobody = [f"nobody.{n}" for n in range(EACH)]
    yield {"nobody": nobody, "wrong password": tried, "disabled": shut}
    for name in (*tried, *shut):
        await forget_account(owner, name)


@pytest.mark.prove
@pytest.mark.parametrize("status", [401, 429], ids=["refused", "locked"])
async def test_signing_in_takes_as_long_for_nobody_as_for_somebody(
    app: FastAPI, names: dict[str, list[str]], status: int
) -> None:
    """Same words, same time; also once all guesses at a name are used up."""
    ratios: dict[str, list[float]] = {who: [] for who in names}
    said: set[tuple[int, str]] = set()
    chance, address = random.Random(16), 0
    for turn in range(BY_ACCOUNT.burst - 2 if status == 401 else 4 * BY_ACCOUNT.burst):
        for at in range(EACH):
            taken = {}
            for who in chance.sample(sorted(names), len(names)):
                address += 1
                async with caller(app, f"10.{address // 250}.{address % 250}.7") as guest:
                    body = {"username": names[who][at], "password": f"wrong {turn}"}
                    since = time.perf_counter()
                    answer = await guest.post("/auth/login", json=body)
                    if answer.status_code == status:
                        taken[who] = time.perf_counter() - since
                        said.add((answer.status_code, answer.json()["detail"]))
            for who, time_ in taken.items():
                if "nobody" in taken:
                    ratios[who].append(time_ / taken["nobody"])
    assert len(said) == 1
    found = {who: round(median(times), 3) for who, times in ratios.items()}
    print(f"\nsigning in, {status}, {len(ratios['nobody'])} rounds: {found}")  # noqa: T201
    assert all(abs(ratio - 1) < ALIKE for ratio in found.values())
