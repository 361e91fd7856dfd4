"""Calls to Anlan: signed in by a key, in an officer's name, safe to repeat."""

import secrets
import time
import uuid
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, Self

import httpx
from jose import jwt

from examples.partner_client import keys

API = "/api/v1"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
AGAIN = frozenset({429, 500, 502, 503, 504})
"""Answers after which the same thing may be sent again."""

Json = dict[str, Any]


class Refused(Exception):
    """Anlan took the call and said no: a person has to look. `problem` is its answer."""

    def __init__(self, status: int, problem: Json) -> None:
        super().__init__(f"{status} {problem.get('type')}: {problem.get('detail')}")
        self.status = status
        self.problem = problem


class Partner:
    """One partner's system, calling for one officer.

    `origin` is Anlan's address as it was given to you: assertions are addressed to it. `purpose`
    is a kind of case and may stay out where only one is registered.
    """

    def __init__(
        self,
        origin: str,
        client_id: str,
        private_pem: str,
        *,
        operator: str,
        purpose: str | None = None,
        tries: int = 6,
    ) -> None:
        self._http = httpx.Client(base_url=origin + API, timeout=30)
        self._audience = f"{origin}{API}/oauth/token"
        self._client_id, self._pem, self._kid = client_id, private_pem, keys.kid(private_pem)
        self._said = {"operator": operator} | ({"purpose": purpose} if purpose else {})
        self._tries = tries
        self._token, self._renew_at = "", 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def push(self, path: str, paper: Mapping[str, Any]) -> Json:
        """Send a paper, e.g. to `police/warnings`; the answer says what became of it.

        Its `id` was made by `new_id` and stored with the paper BEFORE this call: whatever happens
        to the line, send the same paper under the same id again, and it is carried out once.
        """
        return self._call("POST", f"/partners/{path}", json={**self._said, **paper})

    def changes(self, after: str | None = None) -> Iterator[tuple[list[Json], str | None]]:
        """Pages of what moved after a cursor, each with the cursor to go on from. Store that only
        after the page is dealt with."""
        while True:
            page = self._call("GET", "/partners/changes", params={"after": after} if after else {})
            if not page["items"]:
                return
            after = page["next"]
            yield page["items"], after

    def case(self, case_id: str) -> Json:
        """The case page, up to the class that is registered."""
        return self._call("GET", f"/cases/{case_id}")

    def _call(self, method: str, path: str, **more: Any) -> Json:
        """Send until there is an answer that is final. Raises Refused, or httpx.TransportError if
        Anlan cannot be reached at all."""
        headers = {f"Anlan-{name.title()}": value for name, value in self._said.items()}
        for again in range(self._tries):
            last = again == self._tries - 1
            try:
                authorization = {"Authorization": f"Bearer {self._valid_token()}"}
                answer = self._http.request(method, path, headers=headers | authorization, **more)
            except httpx.TransportError:
                if last:
                    raise
                time.sleep(_pause(again))
                continue
            if answer.is_success:
                found: Json = answer.json()
                return found
            if answer.status_code == 401 and not last:
                self._token = ""  # ended early: the next try gets a new one
            elif answer.status_code in AGAIN and not last:
                time.sleep(float(answer.headers.get("retry-after", _pause(again))))
            else:
                raise Refused(answer.status_code, _problem(answer))
        raise AssertionError("the last try ends the loop")

    def _valid_token(self) -> str:
        if not self._token or time.monotonic() > self._renew_at:
            form = {
                "grant_type": "client_credentials",
                "client_assertion_type": ASSERTION,
                "client_assertion": self._assertion(),
            }
            answer = self._http.post("/oauth/token", data=form)
            if not answer.is_success:
                raise Refused(answer.status_code, _problem(answer))
            given = answer.json()
            self._token = given["access_token"]
            self._renew_at = time.monotonic() + 0.8 * given["expires_in"]
        return self._token

    def _assertion(self) -> str:
        """Good for a minute and for one token. Anlan's clock decides: keep yours on NTP."""
        now = int(time.time())
        claims = {
            "iss": self._client_id,
            "sub": self._client_id,
            "aud": self._audience,
            "jti": secrets.token_urlsafe(16),
            "iat": now,
            "exp": now + 60,
        }
        signed: str = jwt.encode(claims, self._pem, algorithm="ES256", headers={"kid": self._kid})
        return signed


def _pause(again: int) -> float:
    """Longer each time, and not the same for all who wait: half a second, one, two …"""
    return min(2.0**again / 2, 30) * (0.5 + secrets.randbelow(1000) / 1000)


def _problem(answer: httpx.Response) -> Json:
    try:
        found: Json = answer.json()
    except ValueError:
        return {"type": "no-json", "detail": answer.text[:200]}
    return found


def new_id() -> str:
    """A UUIDv7 (RFC 9562). From Python 3.14 on, uuid.uuid7 does it."""
    moment = time.time_ns() // 1_000_000
    value = moment << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=value))
