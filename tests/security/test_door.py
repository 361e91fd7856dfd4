"""Every answer carries its headers; what is too big, deep, long, slow or fast is not let in."""

import asyncio
import json
import re
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Message

from app.rates import Rate
from app.routers import door
from tests.conftest import Client

ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE")


def is_oauth(answer: httpx.Response) -> bool:
    """Refused by the token endpoint, in the shape that RFC 6749 section 5.2 gives such answers."""
    asked = answer.request.method, answer.request.url.path
    return asked == ("POST", "/api/v1/oauth/token") and answer.status_code in (400, 401)


def check_headers(answer: httpx.Response) -> None:
    told = f"{answer.request.method} {answer.request.url.path} {answer.status_code}"
    headers = answer.headers
    for name, value in ALWAYS.items():
        assert headers.get_list(name) == [value], (told, name)
    assert re.fullmatch(r"[0-9a-f]{16}", headers["x-request-id"]), told
    (policy,) = headers.get_list("content-security-policy")
    assert "default-src 'none'" in policy, told
    assert "frame-ancestors 'none'" in policy, told
    scripts = [part for part in policy.split(";") if "script-src" in part]
    assert not [part for part in scripts if "unsafe" in part or "http" in part], told
    assert len(headers.get_list("permissions-policy")) == 1, told
    assert len(headers.get_list("cache-control")) == 1, told
    assert "server" not in headers, told
    if is_oauth(answer):
        assert answer.json().keys() == {"error", "error_description", "detail"}, told
        assert re.search("[\u4e00-\u9fff]", answer.json()["detail"]), told
    elif answer.status_code >= 400 and not answer.request.url.path.startswith("/m/"):
        assert answer.headers["content-type"] == "application/problem+json", told
        if answer.request.method != "HEAD":
            body = answer.json()
            assert body["type"].startswith("/problems/"), told
            assert body["status"] == answer.status_code, told
            assert re.search("[\u4e00-\u9fff]", body["title"] + body["detail"]), told


async def test_every_answer_carries_its_headers(app: FastAPI, client: Client) -> None:
    seen: set[int] = set()
    signed_in = await client("women_fed_district")
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as nobody:
        paths = [*app.openapi()["paths"], "/", "/m/", "/nowhere", "/api/nowhere", "/api/docs",
                 "/api/openapi.json", "/api/docs/assets/swagger-ui.css",
                 "/api/docs/assets/none.js"]  # fmt: skip
        for path in paths:
            url = re.sub(r"\{\w+\}", "01900000-0000-7000-8000-000000000000", path)
            for method in METHODS if path in paths[-8:] else ("GET", "TRACE"):
                answer = await nobody.request(method, url)
                check_headers(answer)
                seen.add(answer.status_code)
        for path, methods in app.openapi()["paths"].items():
            url = f"http://test{re.sub(r'{[a-z_]+}', '1', path)}"
            if "logout" not in url:
                for method in methods:
                    answer = await signed_in.request(method, url, json={})
                    check_headers(answer)
                    assert answer.headers["cache-control"] in ("no-store", "private, no-cache")
                    seen.add(answer.status_code)
    assert seen >= {200, 401, 404, 405, 422}


async def test_a_failure_of_ours_carries_them_too_and_shows_nothing(
    app: FastAPI, client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fed = await client("women_fed_district")

    async def broken(*_: Any) -> None:
        raise RuntimeError("林秋禾")

    monkeypatch.setattr("app.services.identity.accounts.surroundings", broken)
    answer = await fed.get("/me")
    check_headers(answer)
    assert (answer.status_code, answer.json()["type"]) == (500, "/problems/failure")
    assert "林秋禾" not in answer.text + caplog.text
    assert answer.headers["x-request-id"] in caplog.text


async def test_an_id_for_the_log_is_never_the_clients(anonymous: httpx.AsyncClient) -> None:
    given = "13800000021"
    answer = await anonymous.get("/me", headers={"x-request-id": given})
    assert answer.headers["x-request-id"] != given


async def test_pages_may_ask_for_the_place_and_a_photo_and_run_their_own_scripts_only() -> None:
    (page, _), (answer, _) = [await through_door(path=path) for path in ("/m/", "/api/v1/x")]
    powers = dict(page["headers"])[b"permissions-policy"].decode()
    policy = dict(page["headers"])[b"content-security-policy"].decode()
    assert "geolocation=(self)" in powers
    assert "camera=(self)" in powers
    assert "microphone=()" in powers
    assert "script-src 'self';" in policy
    assert "worker-src 'self'" in policy
    assert "geolocation=()" in dict(answer["headers"])[b"permissions-policy"].decode()


async def through_door(
    *messages: Message, headers: dict[str, str] | None = None, path: str = "/api/v1/x",
    production: bool = False, query: bytes = b"",
) -> list[Message]:  # fmt: skip
    """What the door answers; behind it is an app that says how much it was given."""

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        body = b""
        if headers:
            body = (await receive())["body"]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": str(len(body)).encode()})

    told: list[Message] = []
    waiting = list(messages)

    async def receive() -> Message:
        if not waiting:
            await asyncio.sleep(60)
        return waiting.pop(0)

    async def send(message: Message) -> None:
        told.append(message)

    scope = {
        "type": "http", "method": "POST", "path": path, "raw_path": path.encode(),
        "query_string": query, "client": ("192.0.2.1", 1),
        "headers": [(n.encode(), v.encode()) for n, v in (headers or {}).items()],
    }  # fmt: skip
    made = door.Door(inner, production=production, addresses=Rate(0), known=bool)
    await made(scope, receive, send)
    return told


def part(body: bytes, *, more: bool = False) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


def problem(told: list[Message]) -> tuple[int, str]:
    return told[0]["status"], json.loads(told[1]["body"])["type"].removeprefix("/problems/")


async def test_in_production_the_browser_is_told_to_stay_on_tls() -> None:
    for production in (True, False):
        told = await through_door(production=production)
        assert (b"strict-transport-security" in dict(told[0]["headers"])) is production


@pytest.mark.parametrize("size", [door.BODY, door.BODY + 1])
async def test_a_body_has_a_size(size: int) -> None:
    text = b'"' + b"x" * (size - 2) + b'"'
    announced = await through_door(part(text), headers={"content-length": str(size)})
    halves = part(text[:1000], more=True), part(text[1000:])
    streamed = await through_door(*halves, headers={"transfer-encoding": "chunked"})
    for told in (announced, streamed):
        if size <= door.BODY:
            assert (told[0]["status"], told[1]["body"]) == (200, str(size).encode())
        else:
            assert problem(told) == (413, "too-large")
            assert dict(told[0]["headers"])[b"connection"] == b"close"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[" * 32 + b"]" * 32, 200),
        (b"[" * 33 + b"]" * 33, 422),
        (b'{"a":' * 33 + b"1" + b"}" * 33, 422),
        (b"[" * 100_000, 422),
        (b'["' + b"[{" * 500 + b'"]', 200),
        (b'["' + b'\\"[' * 500 + b'"]', 200),
        (b'"' + b'\\"' * 100_000, 200),
        (b'"' * 100_001 + b"[" * 40, 200),
        (b"[" + b"0," * 5000 + b"0]", 200),
        (b"[" + b"0," * 5001 + b"0]", 422),
        (b'["' + b"," * 9000 + b'"]', 200),
    ],
)
async def test_json_has_a_depth_and_a_number_of_members(body: bytes, status: int) -> None:
    begun = asyncio.get_running_loop().time()
    told = await through_door(part(body), headers={"content-length": str(len(body))})
    assert told[0]["status"] == status
    assert status == 200 or problem(told) == (422, "too-deep")
    assert asyncio.get_running_loop().time() - begun < 0.5


async def test_addresses_and_headers_have_a_length() -> None:
    assert problem(await through_door(path="/api/" + "x" * 5000)) == (414, "address-too-long")
    assert problem(await through_door(query=b"x" * 5000)) == (414, "address-too-long")
    many = {f"x-{n}": "1" for n in range(65)}
    for headers in (many, {"x-long": "x" * 17_000}):
        assert problem(await through_door(headers=headers)) == (431, "headers-too-large")


async def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "BODY_SECONDS", 0.05)
    told = await through_door(part(b"[", more=True), headers={"content-length": "9"})
    assert problem(told) == (408, "too-slow")


async def test_whoever_leaves_before_the_end_of_a_question_is_not_answered() -> None:
    gone: Message = {"type": "http.disconnect"}
    assert await through_door(part(b"[", more=True), gone, headers={"content-length": "9"}) == []


async def test_an_answer_that_does_not_come_is_not_waited_for(
    app: FastAPI, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    police = await client("police")
    monkeypatch.setattr(door, "SECONDS", 0.2)

    async def slow(*_: Any) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr("app.services.identity.accounts.surroundings", slow)
    answer = await police.get("/me")
    check_headers(answer)
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/busy")
    assert answer.headers["retry-after"] == "2"
    monkeypatch.undo()
    assert (await (await client("police")).get("/me")).status_code == 200


async def test_more_at_once_than_can_be_served_are_sent_away(
    app: FastAPI, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "AT_ONCE", 8)
    police = await client("police")
    answers = await asyncio.gather(*(police.get("/me") for _ in range(30)))
    told = [a.status_code for a in answers]
    assert set(told) == {200, 503}
    assert told.count(200) >= 8
    assert {a.headers.get("retry-after") for a in answers if a.status_code == 503} == {"2"}


def unbounded(spec: dict[str, Any], schema: dict[str, Any], path: str, seen: set[str]) -> list[str]:
    """The places of an input at which a list or a text may be as long as it likes."""
    if (ref := schema.get("$ref")) is not None:
        name = ref.rpartition("/")[2]
        if name in seen:
            return []
        return unbounded(spec, spec["components"]["schemas"][name], path, {*seen, name})
    found = []
    for part in ("anyOf", "oneOf", "allOf"):
        several = schema.get(part, ())
        decimal = any(one.get("type") == "number" for one in several)
        for one in several:
            found += [] if decimal else unbounded(spec, one, path, seen)
    for name, inner in schema.get("properties", {}).items():
        found += unbounded(spec, inner, f"{path}.{name}", seen)
    match schema.get("type"):
        case "array":
            found += [] if "maxItems" in schema else [path]
            found += unbounded(spec, schema["items"], f"{path}[]", seen)
        case "string":
            told = {"maxLength", "enum", "const", "pattern", "format"} & schema.keys()
            found += [] if told else [path]
    return found


async def test_nothing_that_comes_in_may_be_as_long_as_it_likes(app: FastAPI) -> None:
    spec, found = app.openapi(), []
    for path, methods in spec["paths"].items():
        for method, operation in methods.items():
            where = f"{method} {path}"
            for parameter in operation.get("parameters", ()):
                schema, name = parameter["schema"], parameter["name"]
                found += unbounded(spec, schema, f"{where} {name}", set())
                if name == "limit":
                    assert schema["maximum"] <= 500, where
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            found += unbounded(spec, body.get("schema", {}), where, set())
    assert found == [], "\n".join(found)
