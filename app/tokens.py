"""Access tokens and passwords.

Access tokens are ES256 JWTs (RFC 9068) made by python-jose, which is unsafe by default: it takes
tokens without an audience, and HMAC tokens keyed with a DER public key (CVE-2024-33663). It is used
in this module only, and only to sign and to check signatures; all else is decided here. A token
says who asks and in which session. Whether the session still lives is decided by its row, read on
every request, never by the token. A partner's system gets tokens of another audience and with other
claims, so that neither kind can be taken for the other.
"""

import asyncio
import hashlib
import json
import re
import secrets
import unicodedata
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, TypeVar
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from jose import jwk, jws
from pwdlib.hashers.argon2 import Argon2Hasher

from app.errors import TooManyAttempts

R = TypeVar("R")

ALGORITHM: Final = "ES256"
TYPE: Final = "at+jwt"
AUDIENCE: Final = "anlan-api"
MACHINE_AUDIENCE: Final = "anlan-machines"
LIFE: Final = timedelta(minutes=10)
MACHINE_LIFE: Final = timedelta(minutes=5)
MAX_LIFE: Final = timedelta(minutes=15)
LEEWAY: Final = timedelta(seconds=30)
MAX_LENGTH: Final = 4096
CLAIMS: Final = frozenset({"iss", "aud", "sub", "sid", "jti", "iat", "nbf", "exp"})
MACHINE_CLAIMS: Final = CLAIMS | {"client_id", "scope"}

# Three base64url parts; the last is a 64-byte signature in its only spelling.
_SHAPE: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{85}[AQgw]")
_ACCOUNT: Final = re.compile(r"[1-9][0-9]{0,18}")


class BadToken(Exception):
    """The token is not one of ours, or not valid now. Which of the two is nobody's business."""


@dataclass(frozen=True)
class Claims:
    """What a valid access token says; both moments in UTC."""

    account_id: int
    session_id: UUID
    token_id: str
    not_before: datetime
    expires_at: datetime
    machine: bool = False


@dataclass(frozen=True, eq=False)
class TokenKeys:
    """The parsed keys of one issuer: made once by ``token_keys``."""

    issuer: str
    kid: str
    signer: Any = field(repr=False)
    verifiers: Mapping[str, Any] = field(repr=False)


def token_keys(private_pem: str, issuer: str, former_pems: Iterable[str] = ()) -> TokenKeys:
    """Parse the EC P-256 private key that signs, and public keys that signed before it.

    ``verifiers`` maps the one header each key may stand under to the key: no other algorithm,
    type, key id or header field can reach a signature check. Raises ValueError on other keys.
    """
    private = load_pem_private_key(private_pem.encode(), password=None)
    if not isinstance(private, EllipticCurvePrivateKey):
        raise ValueError("the token key is not an EC key")
    own = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    current = public_key(own.decode())
    publics = [current, *map(public_key, former_pems)]
    verifiers = {_header(key.kid): jwk.construct(key.pem, ALGORITHM) for key in publics}
    return TokenKeys(issuer, current.kid, jwk.construct(private_pem, ALGORITHM), verifiers)


@dataclass(frozen=True)
class PublicKey:
    """A key that checks ES256 signatures: its id, made from the key itself, and its PEM."""

    kid: str
    pem: str


def public_key(pem: str) -> PublicKey:
    """Read an EC P-256 public key in PEM; ValueError for any other text."""
    public = load_pem_public_key(pem.encode())
    if not isinstance(public, EllipticCurvePublicKey) or not isinstance(public.curve, SECP256R1):
        raise ValueError("ES256 needs an EC key of the curve P-256")
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    plain = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return PublicKey(hashlib.sha256(der).hexdigest()[:16], plain)


def signed_by(pem: str, token: str) -> dict[str, Any]:
    """The claims of a token that somebody else signed with ES256, checked with their public key in
    PEM; BadToken if they did not. What the claims say is for the caller to judge."""
    try:
        claims = json.loads(jws.verify(token, jwk.construct(pem, ALGORITHM), [ALGORITHM]))
    except Exception:
        raise BadToken("not theirs") from None
    if not isinstance(claims, dict):
        raise BadToken("no claims")
    return claims


def issue(
    keys: TokenKeys, *, account_id: int, session_id: UUID, now: datetime, life: timedelta = LIFE
) -> str:
    """A person's access token, valid from ``now`` (aware) for ``life`` (at most 15 minutes)."""
    return _sign(keys, AUDIENCE, account_id, session_id, now, life)


def issue_to_machine(
    keys: TokenKeys,
    *,
    account_id: int,
    client_id: str,
    session_id: UUID,
    scope: str,
    now: datetime,
    life: timedelta = MACHINE_LIFE,
) -> str:
    """An access token for a partner's system. Its client id and scope are for the partner to read:
    what the token opens is decided by what stands in the database."""
    more = {"client_id": client_id, "scope": scope}
    return _sign(keys, MACHINE_AUDIENCE, account_id, session_id, now, life, **more)


def _sign(
    keys: TokenKeys,
    audience: str,
    account_id: int,
    session_id: UUID,
    now: datetime,
    life: timedelta,
    **more: str,
) -> str:
    if not timedelta() < life <= MAX_LIFE:
        raise ValueError("an access token lives at most 15 minutes")
    issued = int(now.timestamp())
    claims = {
        "iss": keys.issuer,
        "aud": audience,
        "sub": str(account_id),
        "sid": str(session_id),
        "jti": secrets.token_urlsafe(16),
        "iat": issued,
        "nbf": issued,
        "exp": issued + int(life.total_seconds()),
        **more,
    }
    return str(jws.sign(claims, keys.signer, {"typ": TYPE, "kid": keys.kid}, ALGORITHM))


def verify(keys: TokenKeys, token: object, *, now: datetime) -> Claims:
    """What ``token`` says, if we issued it and it is valid at ``now`` (aware), else BadToken."""
    if not isinstance(token, str) or len(token) > MAX_LENGTH or not _SHAPE.fullmatch(token):
        raise BadToken("malformed")
    claims = _signed_claims(keys, token)
    if not claims.not_before - LEEWAY <= now < claims.expires_at + LEEWAY:
        raise BadToken("not valid now")
    return claims


@lru_cache(maxsize=4096)
def _signed_claims(keys: TokenKeys, token: str) -> Claims:
    """All that does not change with time, so a token's signature is checked once a process."""
    verifier = keys.verifiers.get(token.partition(".")[0])
    if verifier is None:
        raise BadToken("unknown header")
    try:
        return _read(json.loads(jws.verify(token, verifier, algorithms=[ALGORITHM])), keys.issuer)
    except Exception:
        raise BadToken("not ours") from None


def _read(claims: dict[str, Any], issuer: str) -> Claims:
    """Check the claims one by one; ValueError, TypeError or KeyError if one is not as issued."""
    machine = claims["aud"] == MACHINE_AUDIENCE
    expected, audience = (MACHINE_CLAIMS, MACHINE_AUDIENCE) if machine else (CLAIMS, AUDIENCE)
    if claims.keys() != expected or claims["iss"] != issuer or claims["aud"] != audience:
        raise ValueError("claims of another token")
    issued, starts, ends = (claims[name] for name in ("iat", "nbf", "exp"))
    if not all(type(moment) is int for moment in (issued, starts, ends)):
        raise ValueError("moments are whole seconds")
    if not issued <= starts < ends <= issued + MAX_LIFE.total_seconds():
        raise ValueError("moments out of order, or too long a life")
    if not _ACCOUNT.fullmatch(claims["sub"]) or not isinstance(claims["jti"], str):
        raise ValueError("no account or no token id")
    return Claims(
        account_id=int(claims["sub"]),
        session_id=UUID(claims["sid"]),
        token_id=claims["jti"],
        not_before=datetime.fromtimestamp(starts, UTC),
        expires_at=datetime.fromtimestamp(ends, UTC),
        machine=machine,
    )


def _header(kid: str) -> str:
    """The first part of a token, exactly as jose writes it: sorted keys, no spaces, no padding."""
    header = {"alg": ALGORITHM, "kid": kid, "typ": TYPE}
    text = json.dumps(header, separators=(",", ":"), sort_keys=True)
    return urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


# Passwords: Argon2id with the first choice of OWASP's Password Storage Cheat Sheet.

MEMORY_KIB: Final = 19 * 1024
PASSES: Final = 2
LANES: Final = 1
# At most this many hashes at once, and this many waiting: a flood of sign-ins must not become a
# flood of memory, nor a queue that outlasts everybody's patience.
PARALLEL: Final = 4
WAITING: Final = 60

_HASHER: Final = Argon2Hasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
_WORKERS: Final = ThreadPoolExecutor(max_workers=PARALLEL, thread_name_prefix="argon2")
# The hash of nobody's password, with the cost of a real one: an all-zero salt and digest.
_NOBODY: Final = f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${'A' * 22}${'A' * 43}"


def hash_password(password: str) -> str:
    """The Argon2id hash to store, its parameters and salt inside. Takes about 20 ms of CPU."""
    return _HASHER.hash(_typed(password))


def verify_password(stored: str | None, password: str) -> bool:
    """Whether ``password`` belongs to the hash; without a hash (unknown account) always False.

    Both take the same work, so the time tells nobody which accounts exist.
    """
    matches = _HASHER.verify(_typed(password), stored or _NOBODY)
    return matches and stored is not None


async def hash_password_async(password: str) -> str:
    """``hash_password`` in a worker thread; TooManyAttempts if too many are waiting."""
    return await _in_turn(hash_password, password)


async def verify_password_async(stored: str | None, password: str) -> bool:
    """``verify_password`` in a worker thread; TooManyAttempts if too many are waiting."""
    return await _in_turn(verify_password, stored, password)


_under_way: set[Future[Any]] = set()


async def _in_turn(work: Callable[..., R], *given: Any) -> R:
    if len(_under_way) >= PARALLEL + WAITING:
        raise TooManyAttempts("登录的人太多，请稍后再试", retry_after=2)
    future = _WORKERS.submit(work, *given)
    _under_way.add(future)
    future.add_done_callback(_under_way.discard)
    return await asyncio.wrap_future(future)


def _typed(password: str) -> bytes:
    """One spelling for what different keyboards type (NIST SP 800-63B: normalise to NFKC)."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
