"""Whatever is sent, the answer is never a failure of ours: odd values into every operation.

A seeded sample here; ANLAN_FUZZ=20 sends twenty times as much.
"""

import base64
import copy
import json
import os
import random
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from fastapi import FastAPI

from app.ids import uuid7
from app.services.rows import cursors
from tests.conftest import Client
from tests.kinds.journey import Journey
from tests.kinds.test_every_kind import WALKS, ids
from tests.kinds.walks import Walk
from tests.security.test_door import is_oauth

__all__ = ["ids"]

ROLES = (
    "grid_worker", "police", "court", "women_fed_town", "women_fed_district", "shelter",
    "legal_aid", "system_admin", "wcwc_office", "civil_affairs",
)  # fmt: skip
FORM = "application/x-www-form-urlencoded"
TIMES = int(os.environ.get("ANLAN_FUZZ", "1"))
SEED = int(os.environ.get("ANLAN_FUZZ_SEED", "1"))
DEEP: Any = json.loads("[" * 200 + "]" * 200)
ODD: tuple[Any, ...] = (
    None, True, 0, -1, 2**31, 2**63, 10**30, -(10**9), 1.5, "", " ", "a\x00b", "\x00", "\ud800",
    "𠀀" * 3, "x" * 5000, "1e400", "1E+999999", "NaN", "Infinity", "-0", "٣", "' or 1=1 --",
    "0001-01-01", "9999-12-31", "2016-02-29T00:00:00+08:05", "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00", "1900-01-01", "2099-12-31", "2100-12-31T23:59:59+08:00",
    "2026-03-02T09:00:00+08:00", "2026-13-01", "441802103201", 441802103201, 999999999999,
    10**11, "00000000-0000-0000-0000-000000000000", "01900000-0000-7000-8000-000000000000",
    [], {}, ["x"] * 3000, [None], [{}], {"a": {"b": 1}}, {"person_id": None}, DEEP,
)  # fmt: skip
CURSORS = [
    ("t0001-01-01T00:00:00+14:00", "u00000000-0000-0000-0000-000000000000"),
    ("t9999-12-31T23:59:59-14:00", "u00000000-0000-0000-0000-000000000000"),
    ("t2026-01-01T00:00:00", "u00000000-0000-0000-0000-000000000000"),
    ("i7", "t2026-01-01T00:00:00+00:00", "u00000000-0000-0000-0000-000000000000"),
    ("i-1", "t2026-01-01T00:00:00+00:00", "u00000000-0000-0000-0000-000000000000"),
    (f"i{2**31}",), (f"i{2**63}",), (f"i{10**90}",), (f"i{2**63}", f"i{2**63}"), ("i-5", "i-5"),
]  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a body, inner ones too."""
    inner: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, Mapping):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    for name, part in inner:
        yield (*path, name)
        yield from places(part, (*path, name))


def with_value(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    changed = copy.deepcopy(body)
    at = changed
    for name in path[:-1]:
        at = at[name]
    at[path[-1]] = value
    return changed


def check(answer: Any, told: Any) -> None:
    assert answer.status_code < 500, (answer.status_code, told, answer.text)
    if answer.status_code >= 400 and not is_oauth(answer):
        assert answer.headers["content-type"] == "application/problem+json", told
        assert "\ud800" not in answer.text


class Sampler:
    """Bodies after the schemas of OpenAPI: mostly right, sometimes odd."""

    def __init__(self, spec: Mapping[str, Any], chance: random.Random, known: list[str]) -> None:
        self.spec, self.chance, self.known = spec, chance, known

    def value(self, schema: Mapping[str, Any]) -> Any:
        if self.chance.random() < 0.04:
            return self.chance.choice(ODD)
        if "$ref" in schema:
            return self.value(self.spec["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
        several = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")
        if several:
            return self.value(self.chance.choice(several))
        if "enum" in schema or "const" in schema:
            return self.chance.choice(schema.get("enum") or [schema["const"]])
        return self.plain(schema)

    def plain(self, schema: Mapping[str, Any]) -> Any:
        match schema.get("type"):
            case "object":
                given = schema.get("properties", {})
                needed = set(schema.get("required", ()))
                wanted = [n for n in given if n in needed or self.chance.random() < 0.3]
                return {n: self.value(given[n]) for n in wanted}
            case "array":
                least = max(schema.get("minItems", 0), 1)
                return [self.value(schema["items"]) for _ in range(least)]
            case "integer" | "number":
                bounds = schema.get("minimum", -(10**13)), schema.get("maximum", 10**13)
                return self.chance.choice((*map(int, bounds), 1, 12))
            case "boolean":
                return self.chance.random() < 0.5
            case "null":
                return None
        return self.text(schema)

    def text(self, schema: Mapping[str, Any]) -> str:
        match schema.get("format"):
            case "date":
                return self.chance.choice(("2026-01-31", "2025-12-01", "2027-01-01"))
            case "date-time":
                return self.chance.choice(("2026-01-31T09:00:00+08:00", "2030-01-01T00:00:00Z"))
            case "uuid" | "uuid7":
                return self.chance.choice((str(uuid7()), *self.known[-9:]))
        return self.chance.choice(("13800000021", "441802198805120022", "某人", "2026Q1"))


def questions(spec: Mapping[str, Any]) -> list[tuple[str, str, Mapping[str, Any]]]:
    return [
        (method, path.removeprefix("/api/v1"), operation)
        for path, item in spec["paths"].items()
        for method, operation in item.items()
        if path.startswith("/api/v1") and not path.endswith(("/login", "/logout"))
    ]


async def ask(
    client: Client, sampler: Sampler, method: str, path: str, operation: Mapping[str, Any]
) -> None:
    chance, known = sampler.chance, sampler.known
    sender = await client(chance.choice(ROLES))
    odd = [str(v) for v in ODD if str(v).isascii() and "\x00" not in str(v) and str(v).strip()]

    def filled(found: re.Match[str]) -> str:
        return chance.choice((*known, *known, "1", chance.choice(odd).replace("/", "")))

    params: dict[str, str] = {}
    for parameter in operation.get("parameters", ()):
        if parameter["in"] != "query" or chance.random() < 0.5:
            continue
        value = sampler.value(parameter["schema"])
        if parameter["name"] in ("cursor", "after") and chance.random() < 0.5:
            value = "".join(chance.choices("aW5-_=9", k=12))
        value = chance.choice(odd) if chance.random() < 0.2 else value
        if isinstance(value, str) and "\ud800" in value:
            value = "\ufffd"
        params[parameter["name"]] = str(value)[:6000]
    url = re.sub(r"\{\w+\}", filled, path)
    body, type_ = None, "application/json"
    if "requestBody" in operation:
        ((type_, content),) = operation["requestBody"]["content"].items()
        body = sampler.value(content["schema"])
    headers = {"content-type": type_, "if-match": chance.choice(('"1"', '"x', "*"))}
    # ensure_ascii writes a lone surrogate as any client can send it.
    raw = json.dumps(body).encode() if body is not None else None
    if type_ == FORM and isinstance(body, dict):
        raw = urlencode(body, errors="backslashreplace").encode()
    answer = await sender.request(method, url, params=params, content=raw, headers=headers)
    check(answer, (method, url, params, str(body)[:600]))


@pytest.fixture
async def known(client: Client, ids: dict[str, Any]) -> list[str]:
    """Ids of real things: cases, events, people, clocks."""
    found: list[str] = []
    for walk in {w.kind: w for w in WALKS}.values():
        journey = Journey(client, walk.kind, ids)
        for step in walk.steps[:3]:
            await journey.take(step)
        found += [journey.case_id, *(r["id"] for r in journey.receipts)]
        watcher = await client("women_fed_district")
        parties = (await watcher.get(f"/cases/{journey.case_id}/parties")).json()
        found += [p["person_id"] for p in parties.get("items", ())]
    return found


async def test_every_operation_withstands_odd_questions(
    app: FastAPI, client: Client, known: list[str]
) -> None:
    spec, chance = app.openapi(), random.Random(SEED)
    sampler = Sampler(spec, chance, known)
    for _ in range(TIMES):
        for method, path, operation in questions(spec):
            await ask(client, sampler, method, path, operation)


async def test_a_cursor_made_up_is_refused(
    client: Client, monkeypatch: pytest.MonkeyPatch, known: list[str]
) -> None:
    """The question's digest needs no key, so anybody can make a cursor that has it."""
    monkeypatch.setattr(cursors, "_digest", lambda question: "0")
    fed = await client("women_fed_district")
    for parts in CURSORS:
        packed = json.dumps(["0", *parts]).encode()
        cursor = base64.urlsafe_b64encode(packed).decode().rstrip("=")
        for url, name in (
            ("/cases", "cursor"), ("/worklist", "cursor"), ("/notices", "cursor"),
            ("/people", "cursor"),
            (f"/cases/{known[0]}/timeline", "cursor"), ("/partners/changes", "after"),
        ):  # fmt: skip
            check(await fed.get(url, params={name: cursor}), (url, parts))


async def send_odd(
    sender: httpx.AsyncClient, url: str, body: Mapping[str, Any], chance: random.Random
) -> httpx.Response:
    """The body with one odd value in it, under an id of its own."""
    where = chance.choice([p for p in places(body) if p[0] != "id"])
    odd = with_value(body, where, chance.choice(ODD)) | {"id": str(uuid7())}
    headers = {"content-type": "application/json"}
    answer = await sender.post(url, content=json.dumps(odd).encode(), headers=headers)
    check(answer, (url, where, str(odd)[:600]))
    return answer


class Fuzzed(Journey):
    """A journey that sends each step with odd values before it sends it as it should be."""

    chance = random.Random(SEED)

    async def send(
        self, sender: httpx.AsyncClient, url: str, body: Mapping[str, Any]
    ) -> httpx.Response:
        for _ in range(TIMES):
            answer = await send_odd(sender, url, body, self.chance)
            if answer.status_code == 200:
                return answer
        return await sender.post(url, json=body)


@pytest.mark.parametrize(
    "walk", WALKS if TIMES > 1 else WALKS[::6], ids=lambda walk: f"{walk.kind}: {walk.name}"
)
async def test_every_step_withstands_odd_answers(
    client: Client, ids: dict[str, Any], walk: Walk
) -> None:
    journey = Fuzzed(client, walk.kind, ids)
    for step in walk.steps:
        answer = await journey.take(step)
        check(answer, step.action)
        if answer.status_code not in (200, 201) and not step.refused:
            # What was taken with an odd value led the case another way.
            break
