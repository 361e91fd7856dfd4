"""What a partner's system signs to be known: a JWT by its own key (RFC 7523 section 3).

Two steps, because the key is found by what an assertion claims: `claimed` reads who it says it is
of, `check` believes it or not.
"""

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from app import tokens
from app.tokens import BadToken

LIFE: Final = timedelta(seconds=60)
LEEWAY: Final = timedelta(seconds=30)
HEADER: Final = frozenset({"alg", "kid", "typ"})
TYPES: Final = ("JWT", "client-authentication+jwt")
CLAIMS: Final = frozenset({"iss", "sub", "aud", "jti", "iat", "exp"})

# Three base64url parts; the last is a 64-byte signature in its only spelling.
_SHAPE: Final = re.compile(r"[A-Za-z0-9_-]{1,500}\.[A-Za-z0-9_-]{1,2000}\.[A-Za-z0-9_-]{85}[AQgw]")
_CLIENT: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{1,63}")
_KEY: Final = re.compile(r"[0-9a-f]{16}")
_JTI: Final = re.compile(r"[A-Za-z0-9._~:/+=-]{16,128}")


@dataclass(frozen=True)
class Claimed:
    """Whose assertion it says it is, and which of their keys signed it."""

    client_id: str
    kid: str


class BadAssertion(Exception):
    """Signed by the key it names, but not good for a token: `reason` tells its maker why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def claimed(assertion: str) -> Claimed:
    """Whom and which key an assertion names, unproven; BadToken for anything of another shape."""
    if not _SHAPE.fullmatch(assertion):
        raise BadToken("malformed")
    header, claims = (_part(part) for part in assertion.split(".")[:2])
    if not {"alg", "kid"} <= header.keys() <= HEADER or header["alg"] != tokens.ALGORITHM:
        raise BadToken("another header")
    if header.get("typ", "JWT") not in TYPES:
        raise BadToken("another type")
    client_id, kid = claims.get("iss"), header["kid"]
    if not isinstance(client_id, str) or not _CLIENT.fullmatch(client_id):
        raise BadToken("no client")
    if not isinstance(kid, str) or not _KEY.fullmatch(kid):
        raise BadToken("no key")
    return Claimed(client_id, kid)


def check(
    assertion: str, known: Claimed, public_pem: str, audiences: Collection[str], now: datetime
) -> str:
    """The single-use id of an assertion that the key signed and that is good at `now` (aware).

    Raises BadToken if the key did not sign it, BadAssertion if it is no good.
    """
    claims = tokens.signed_by(public_pem, assertion)
    if claims.keys() != CLAIMS:
        raise BadAssertion("the claims must be iss, sub, aud, jti, iat, exp and no others")
    if claims["sub"] != known.client_id:
        raise BadAssertion("iss and sub must both be the client id")
    if not isinstance(claims["aud"], str) or claims["aud"] not in audiences:
        raise BadAssertion("aud must be the token endpoint, as one string")
    issued, ends = claims["iat"], claims["exp"]
    if type(issued) is not int or type(ends) is not int:
        raise BadAssertion("iat and exp must be whole seconds")
    if not 0 < ends - issued <= LIFE.total_seconds():
        raise BadAssertion("exp must be at most 60 seconds after iat")
    margin = LEEWAY.total_seconds()
    if not issued - margin <= now.timestamp() < ends + margin:
        raise BadAssertion("not valid now; check the clock")
    jti = claims["jti"]
    if not isinstance(jti, str) or not _JTI.fullmatch(jti):
        raise BadAssertion("jti must be 16 to 128 characters, new each time")
    return jti


def _part(part: str) -> dict[str, Any]:
    try:
        read = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        raise BadToken("malformed") from None
    if not isinstance(read, dict):
        raise BadToken("malformed")
    return read
