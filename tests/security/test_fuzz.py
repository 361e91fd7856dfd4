"""Whatever is sent, the answer is never a failure of ours: odd values into every operation."""

import copy
import random
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from fastapi import FastAPI

from app.ids import uuid7
from app.services import cursors
from tests.conftest import Client
from tests.kinds.journey import Journey
from tests.kinds.test_every_kind import WALKS, ids
from tests.kinds.walks import Walk

__all__ = ["ids"]

ROLES = (
    "grid_worker", "police", "court", "women_fed_town", "women_fed_district", "shelter",
    "legal_aid", "system_admin", "wcwc_office", "civil_affairs",
)  # fmt: skip
DEEP: Any = []
for _ in range(200):
    DEEP = [DEEP]
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
    inner = value.items() if isinstance(value, Mapping) else ()
    inner = enumerate(value) if isinstance(value, list) else inner
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
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json", told
        assert "\ud800" not in answer.text


class Sampler:
    """Bodies after the schemas of OpenAPI: mostly right, sometimes odd."""

    def __init__(self, spec: Mapping[str, Any], chance: random.Random, known: list[str]) -> None:
        self.spec, self.chance, self.known = spec, chance, known

    def value(self, schema: Mapping[str, Any], depth: int = 0) -> Any:
        if self.chance.random() < 0.04:
            return self.chance.choice(ODD)
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return self.value(self.spec["components"]["schemas"][name], depth)
        for several in ("anyOf", "oneOf", "allOf"):
            if several in schema:
                return self.value(self.chance.choice(schema[several]), depth)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self.chance.choice(schema["enum"])
        match schema.get("type"):
            case "object":
                given = schema.get("properties", {})
                needed = set(schema.get("required", ()))
                wanted = [n for n in given if n in needed or self.chance.random() < 0.3]
                return {n: self.value(given[n], depth + 1) for n in wanted}
            case "array":
                least = schema.get("minItems", 0)
                return [self.value(schema["items"], depth + 1) for _ in range(max(least, 1))]
            case "integer" | "number":
                low = schema.get("minimum", -(10**13))
                high = schema.get("maximum", 10**13)
                return self.chance.choice((int(low), int(high), 1, 12))
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
    odd = [v for v in ODD if isinstance(v, str | int) and not isinstance(v, bool)]
    odd = [str(v) for v in odd if str(v).isascii() and "\x00" not in str(v) and str(v).strip()]

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
    body = None
    if "requestBody" in operation:
        content = operation["requestBody"]["content"]["application/json"]["schema"]
        body = sampler.value(content)
    # ensure_ascii writes a lone surrogate as any client can send it.
    headers = {"content-type": "application/json", "if-match": chance.choice(('"1"', '"x', "*"))}
    import json

    raw = json.dumps(body).encode() if body is not None else None
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


import os

SEED = int(os.environ.get("FUZZ_SEED", "1"))
ROUNDS = int(os.environ.get("FUZZ_ROUNDS", "1"))


async def test_every_operation_withstands_odd_questions(
    app: FastAPI, client: Client, known: list[str]
) -> None:
    spec, chance = app.openapi(), random.Random(SEED)
    sampler = Sampler(spec, chance, known)
    failures = []
    for _ in range(ROUNDS):
        for method, path, operation in questions(spec):
            for _ in range(3 if method == "get" else 1):
                try:
                    await ask(client, sampler, method, path, operation)
                except AssertionError as error:
                    failures.append(str(error)[:900])
    print(len(failures))
    assert not failures, "\n\n".join(failures[:40])


async def test_a_cursor_made_up_is_refused(
    client: Client, monkeypatch: pytest.MonkeyPatch, known: list[str]
) -> None:
    """The question's digest needs no key, so anybody can make a cursor that has it."""
    import base64
    import json
    monkeypatch.setattr(cursors, "_digest", lambda question: "0")
    fed = await client("women_fed_district")
    for parts in CURSORS:
        packed = json.dumps(["0", *parts]).encode()
        cursor = base64.urlsafe_b64encode(packed).decode().rstrip("=")
        for url, name in (
            ("/cases", "cursor"), ("/worklist", "cursor"), ("/notices", "cursor"),
            (f"/cases/{known[0]}/timeline", "cursor"), ("/partners/changes", "after"),
        ):  # fmt: skip
            check(await fed.get(url, params={name: cursor}), (url, parts))


PICK = os.environ.get("FUZZ_WALKS")


@pytest.mark.parametrize("walk", WALKS, ids=[f"{w.kind}: {w.name}" for w in WALKS])
async def test_every_step_withstands_odd_answers(
    client: Client, ids: dict[str, Any], walk: Walk
) -> None:
    """Each step of a walk is sent with odd values first, then as it should be."""
    chance = random.Random(SEED)
    journey = Journey(client, walk.kind, ids)
    failures: list[str] = []
    real_take = journey.take

    for step in walk.steps:
        if step.refused:
            continue
        sender = await client(step.by.value)
        original = sender.post
        taken: list[Any] = []

        async def post(url: str, json: Any = None, **more: Any) -> Any:
            import json as j

            for _ in range(int(os.environ.get("FUZZ_TRIES", "3"))):
                where = chance.choice([p for p in places(json) if p[0] != "id"])
                odd = with_value(json, where, chance.choice(ODD))
                if odd["answers"] == json["answers"] and chance.random() < 0.7:
                    continue
                odd["id"] = str(uuid7())
                answer = await original(
                    url, content=j.dumps(odd).encode(),
                    headers={"content-type": "application/json"},
                )
                try:
                    check(answer, (url, where, str(odd)[:500]))
                except AssertionError as error:
                    failures.append(str(error)[:900])
                if answer.status_code in (200, 201) and not url.endswith(walk.kind):
                    taken.append(answer)
                    return answer
            return await original(url, json=json, **more)

        sender_client = client

        async def patched(name: str) -> Any:
            got = await sender_client(name)
            if name == step.by.value:
                nonlocal original
                original = got.post
                got.post = post  # type: ignore[method-assign]
            return got

        journey.client = patched
        answer = await real_take(step)
        if answer.status_code not in (200, 201):
            break
    assert not failures, "\n\n".join(failures[:20])
