"""What every request and every answer passes, whatever lies behind: limits, headers, failures.

One layer of plain ASGI, because it is on the way of every request.
"""

import asyncio
import hashlib
import re
import secrets
from base64 import b64encode
from collections.abc import Callable, Sequence

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import (
    AddressTooLong,
    AppError,
    Busy,
    HeadersTooLarge,
    TooDeep,
    TooLarge,
    TooManyAttempts,
    TooSlow,
)
from app.rates import Rate, network
from app.routers import problems

BODY = 256 * 1024
"""Bytes of a request's body. The longest form, filled to its limits, has a fifth of that."""

LARGE: Sequence[tuple[re.Pattern[str], int]] = (
    (re.compile(r"/api/v1/cases/[0-9a-f-]{36}/attachments"), 14 * 1024 * 1024),
    (re.compile(r"/api/v1/sync"), 2 * 1024 * 1024),
)
"""Where files come in, and how large a body may be there: ten million bytes in base64, a photo in a
phone's letter. Only of whoever shows a token of ours, and few at a time: a body is held whole."""

LARGE_AT_ONCE = 4
LARGE_SECONDS = 100  # a photo of 900 kB at 100 kbit/s

URL = 4096
HEADERS, HEADER_BYTES = 64, 16 * 1024
DEPTH, ELEMENTS = 32, 5000
"""How deep JSON may nest, how many commas it may have: forms have 6 and some hundreds."""

BODY_SECONDS = 20
SECONDS = 45
"""How long a body may take to arrive, and an answer to begin. Statements end after 30 seconds."""

AT_ONCE = 256
"""Requests in one process at the same time; more would only wait for a connection in vain."""

API, DOCS, HEALTH = "/api/", "/api/docs", "/api/health"
UNSIGNED = frozenset(f"/api/v1/{way}" for way in ("auth/login", "auth/refresh", "oauth/token"))
"""Ways in, where a token proves nothing. Elsewhere a token that is none counts, too (app/deps)."""

Headers = Sequence[tuple[bytes, bytes]]

_EVERYWHERE: Headers = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_HSTS = (b"strict-transport-security", b"max-age=63072000; includeSubDomains")
_POWERS = (
    "accelerometer", "camera", "display-capture", "fullscreen", "geolocation", "gyroscope",
    "magnetometer", "microphone", "midi", "payment", "usb",
)  # fmt: skip
_FOR_VISITS = frozenset({"camera", "fullscreen", "geolocation"})
"""What a phone is asked for at a visit: where it was, and a photo of a paper."""

_NOTHING = b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# Components set sizes and places in style attributes; a style cannot run anything.
_OWN_SCRIPTS = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline';"
    b" img-src 'self' data: blob:;"
    b" font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self';"
    b" base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


def docs_policy(page: bytes) -> str:
    """What the page of the API's documentation may do: its inline scripts are named by digest."""
    digests = (b64encode(hashlib.sha256(script).digest()) for script in _INLINE.findall(page))
    scripts = " ".join(f"'sha256-{digest.decode()}'" for digest in digests)
    return (
        f"default-src 'none'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline';"
        " img-src 'self' data:; connect-src 'self';"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _permissions(own: frozenset[str]) -> tuple[bytes, bytes]:
    said = ", ".join(f"{power}={'(self)' if power in own else '()'}" for power in _POWERS)
    return b"permissions-policy", said.encode()


_ANSWERS: Headers = (
    *_EVERYWHERE,
    _permissions(frozenset()),
    (b"content-security-policy", _NOTHING),
    (b"cache-control", b"no-store"),
)
_PAGES: Headers = (
    *_EVERYWHERE,
    _permissions(_FOR_VISITS),
    (b"content-security-policy", _OWN_SCRIPTS),
    (b"cache-control", b"no-cache"),
)
"""The frontends' pages and files. What never changes under its name says so itself."""

# Strings are passed over whole, one that never ends as well: else this would be quadratic.
_STRUCTURE = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[{\]},]', re.DOTALL)


class Door:
    """Refuses what is too big, too deep, too fast or too slow; gives every answer its headers and
    an id for the log; turns what nobody expected into a problem that shows no values."""

    def __init__(
        self, app: ASGIApp, *, production: bool, addresses: Rate, known: Callable[[str], bool]
    ) -> None:
        always = (_HSTS,) if production else ()
        self._answers = (*_ANSWERS, *always)
        self._pages = (*_PAGES, *always)
        self._addresses = addresses
        self._known = known
        self._inside = self._large = 0
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # Ours, never one that came in: it goes into the log.
        scope["request_id"] = request_id = secrets.token_hex(8)
        path: str = scope["path"]
        added = self._pages if _is_page(path) else self._answers
        started = failed = False
        most = self._most(scope)
        large = most > BODY
        patience = asyncio.timeout(SECONDS + LARGE_SECONDS * large)

        async def answering(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                if not failed:
                    # A slow reader may take as long as it needs.
                    patience.reschedule(None)
                given = message["headers"]
                own = {name.lower() for name, _ in given}
                message["headers"] = [
                    *given,
                    *(header for header in added if header[0] not in own),
                    (b"x-request-id", request_id.encode()),
                ]
            await send(message)

        self._inside += 1
        self._large += large
        try:
            async with patience:
                await self._app(scope, await self._admit(scope, receive, most), answering)
        except _Gone:
            return
        except Exception as error:
            if started:
                raise
            failed = True
            answer = _answer_to(Request(scope), error, timed_out=patience.expired())
            await answer(scope, receive, answering)
        finally:
            self._inside -= 1
            self._large -= large

    def _most(self, scope: Scope) -> int:
        """How large the body of this request may be: more than usual only where files come in, if
        it says that it is, of whoever shows a token."""
        most = next((size for path, size in LARGE if path.fullmatch(scope["path"])), BODY)
        given = dict(scope["headers"])
        length = given.get(b"content-length", b"0")
        if most == BODY or not length.isdigit() or int(length[:12]) <= BODY:
            return BODY
        token = given.get(b"authorization", b"").decode("latin-1").removeprefix("Bearer ")
        return most if self._known(token) else BODY

    async def _admit(self, scope: Scope, receive: Receive, most: int) -> Receive:
        """The request's body, read whole and found fit; raises AppError for a request that is
        not let in."""
        if self._inside > AT_ONCE or self._large > LARGE_AT_ONCE:
            raise Busy("系统繁忙，请稍后重试")
        if len(scope.get("raw_path") or scope["path"]) + len(scope["query_string"]) > URL:
            raise AddressTooLong("网址太长")
        given = scope["headers"]
        size, has_body, signed_in = 0, False, False
        for name, value in given:
            size += len(name) + len(value)
            if name == b"content-length":
                has_body = value != b"0"
                if not value.isdigit() or int(value[:12]) > most:
                    raise TooLarge("提交的内容太大")
            elif name == b"transfer-encoding":
                has_body = True
            elif name == b"authorization":
                signed_in = True
        if len(given) > HEADERS or size > HEADER_BYTES:
            raise HeadersTooLarge("请求头太多或太大")
        path: str = scope["path"]
        if path in UNSIGNED or (not signed_in and path.startswith(API) and path != HEALTH):
            self._count(scope)
        return await _whole_body(receive, most) if has_body else receive

    def _count(self, scope: Scope) -> None:
        client = scope["client"]
        if wait := self._addresses.wait(network(client[0]) if client else ""):
            raise TooManyAttempts("请求过于频繁，请稍后再试", retry_after=wait)


def _is_page(path: str) -> bool:
    return not path.startswith(API) or path.startswith(f"{DOCS}/")


class _Gone(Exception):
    """Whoever asked went away before the question was complete."""


async def _whole_body(receive: Receive, most: int) -> Receive:
    parts: list[bytes] = []
    size, more = 0, True
    try:
        async with asyncio.timeout(LARGE_SECONDS if most > BODY else BODY_SECONDS):
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise _Gone
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if size > most:
                    raise TooLarge("提交的内容太大")
                more = message.get("more_body", False)
    except TimeoutError:
        raise TooSlow("没有在限定时间内收到全部内容，请重试") from None
    body = b"".join(parts)
    parts.clear()
    if _too_deep(body):
        raise TooDeep("提交的内容层次太深或项目太多")
    waiting = [body]

    async def again() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return again


def _too_deep(body: bytes) -> bool:
    """Whether JSON nests deeper, or has more members, than any form of ours."""
    if body.count(b"{") + body.count(b"[") <= DEPTH and body.count(b",") <= ELEMENTS:
        return False
    depth = commas = 0
    for found in _STRUCTURE.finditer(body):
        match found[0]:
            case b"[" | b"{":
                depth += 1
            case b"]" | b"}":
                depth -= 1
            case b",":
                commas += 1
        if depth > DEPTH or commas > ELEMENTS:
            return True
    return False


def _answer_to(request: Request, error: Exception, *, timed_out: bool) -> ASGIApp:
    if timed_out and isinstance(error, TimeoutError):
        error = Busy("系统繁忙，请稍后重试；已提交的编号可以直接重发")
    if isinstance(error, AppError):
        # What was not read of the request is not worth reading: the connection ends with it.
        return problems.refusal(error, Connection="close")
    return problems.failure(request, error)
