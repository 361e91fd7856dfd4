"""Nobody overwrites anybody: edits name the version they were made on, repeats leave one row."""

import asyncio
import random
import re
import time
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from app.ids import uuid7
from app.roles import Role
from tests.conftest import Client, Owner
from tests.security.test_fuzz import Sampler
from tests.stories.answers import QUICK, command

EDITING = ("put", "patch", "delete")
TRIES = 30
CONDITIONAL = {"if-match", "if-none-match"}


class Plain(Sampler):
    """Bodies after the schemas, without odd values."""

    def value(self, schema: Any) -> Any:
        self.chance.random()
        kept, self.chance = self.chance, _Calm(self.chance.random())
        try:
            return super().value(schema)
        finally:
            self.chance = kept


class _Calm(random.Random):
    def random(self) -> float:
        return 0.05 + 0.95 * super().random()


def edits(app: FastAPI) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, operations in app.openapi()["paths"].items()
        for method, operation in operations.items()
        if method in EDITING
    ]


async def test_every_edit_asks_for_the_version_it_was_made_on(app: FastAPI, client: Client) -> None:
    found = edits(app)
    assert len(found) >= 2
    for method, path, operation in found:
        taken = {p["name"].lower() for p in operation.get("parameters", ())}
        assert taken & CONDITIONAL, f"{method} {path} takes no If-Match"
        assert {"412", "428"} <= operation["responses"].keys(), f"{method} {path}"
        told = await without_version(app, client, method, path, operation)
        assert 428 in told, f"{method} {path} without If-Match: {told}"
        assert not {status for status in told if status < 400}


async def without_version(
    app: FastAPI, client: Client, method: str, path: str, operation: dict[str, Any]
) -> set[int]:
    """What an edit without a version is answered, by every role with a body that is right."""
    sampler = Plain(app.openapi(), random.Random(1), [str(uuid7())])
    told = set()
    for role in Role:
        sender = await client(role.value)
        for _ in range(TRIES):
            url = path.removeprefix("/api/v1")
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path":
                    value = str(sampler.value(parameter["schema"]))
                    url = url.replace(f"{{{parameter['name']}}}", value)
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            given = sampler.value(body["schema"]) if body else None
            answer = await sender.request(method, url, json=given)
            if answer.status_code != 422:
                break
        told.add(answer.status_code)
    return told


async def test_of_many_who_edit_at_once_nobody_is_overwritten(client: Client) -> None:
    bureau = await client("justice_bureau")
    listed = await bureau.get(
        "/registers/organisations", params={"kind": "mediation_committee", "limit": 1}
    )
    entry = listed.json()["items"][0]
    url, done = f"/registers/organisations/{entry['id']}", []

    async def add(mark: str) -> None:
        """Add a mark to whatever the name is, until it is taken or three times refused."""
        for _ in range(3):
            read = await bureau.get(url)
            body = {"name": read.json()["name"] + mark, "opened_on": entry["opened_on"]}
            headers = {"If-Match": read.headers["etag"]}
            answer = await bureau.put(url, json=body, headers=headers)
            if answer.status_code == 200:
                done.append(mark)
                return
            assert answer.status_code == 412, answer.text

    await asyncio.gather(*(add(chr(ord("A") + n)) for n in range(20)))
    after = await bureau.get(url)
    name = after.json()["name"].removeprefix(entry["name"])
    assert sorted(name) == sorted(done), "acknowledged is present, once"
    assert after.json()["version"] == entry["version"] + len(done)
    back = {"name": entry["name"], "opened_on": entry["opened_on"]}
    await bureau.put(url, json=back, headers={"If-Match": after.headers["etag"]})


async def at_once(
    client: Client, owner: Owner, ids: int, times: int
) -> tuple[list[set[int]], list[httpx.Response]]:
    fed = await client("women_fed_town")
    told, answers = [], []
    for _ in range(ids):
        body = command(QUICK)
        several = await asyncio.gather(
            *(fed.post("/cases/dv_warning", json=body) for _ in range(times))
        )
        told.append({a.status_code for a in several})
        assert sum(a.status_code == 201 for a in several) == 1
        assert len({re.sub(r'"repeated":\w+', "", a.text) for a in several}) == 1
        answers += several
        other = await fed.post("/cases/dv_warning", json=body | {"answers": QUICK | {
            "what_happened": "又一次"}})  # fmt: skip
        assert (other.status_code, other.json()["type"]) == (409, "/problems/id-reused")
    async with owner() as connection:
        assert await connection.scalar(text('select count(*) from "case"')) == ids
        assert await connection.scalar(text("select count(*) from event")) == ids
    return told, answers


async def test_one_id_many_times_at_once_is_one_row(client: Client, owner: Owner) -> None:
    told, _ = await at_once(client, owner, ids=3, times=30)
    assert told == [{200, 201}] * 3


@pytest.mark.prove
async def test_forty_ids_fifty_times_at_once(client: Client, owner: Owner) -> None:
    begun = time.monotonic()
    told, answers = await at_once(client, owner, ids=40, times=50)
    assert told == [{200, 201}] * 40
    print(  # noqa: T201 - make prove shows its figures
        f"\n40 ids, each 50 times at once: {len(answers)} answers, one row and one receipt each,"
        f" another body 409 every time, {time.monotonic() - begun:.1f} s"
    )
