"""A partner's system as a test plays it: keys of its own, assertions it signs or forges."""

import base64
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import text

from app import tokens
from app.access import Held
from app.config import get_settings
from app.kinds import KINDS
from app.kinds.forms import Sight
from app.permissions import Permission
from app.roles import Role
from app.services.identity import clients
from app.services.identity.clients import Registration
from app.services.record.audit import By
from app.services.seed import DISTRICT
from app.tokens import PublicKey
from tests.conftest import Owner

ENDPOINT = get_settings().origin + "/api/v1/oauth/token"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
POLICE_SCOPES = (Permission.POLICE_PAPERS, Permission.CHANGES_READ, Permission.CASES_READ)


def part(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def public_pem(key: ec.EllipticCurvePrivateKey) -> str:
    made = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return made.decode()


Sign = Callable[[bytes], bytes]


def by(key: ec.EllipticCurvePrivateKey) -> Sign:
    """A signer that owes nothing to the code under test."""

    def sign(message: bytes) -> bytes:
        r, s = decode_dss_signature(key.sign(message, ec.ECDSA(SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    return sign


@dataclass
class System:
    """A partner's system: its client id, and its present key."""

    client_id: str
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    @property
    def kid(self) -> str:
        return tokens.public_key(public_pem(self.key)).kid

    def header(self, **changes: Any) -> dict[str, Any]:
        return {"alg": "ES256", "kid": self.kid, "typ": "JWT"} | changes

    def claims(self, **changes: Any) -> dict[str, Any]:
        now = int(time.time())
        return {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": ENDPOINT,
            "jti": secrets.token_urlsafe(16),
            "iat": now,
            "exp": now + 60,
        } | changes

    def assertion(self, header: Any = None, claims: Any = None, sign: Sign | None = None) -> str:
        message = f"{part(header or self.header())}.{part(claims or self.claims())}"
        return f"{message}.{part((sign or by(self.key))(message.encode()))}"

    def form(self, **more: str) -> dict[str, str]:
        return {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION,
            "client_assertion": self.assertion(),
        } | more

    async def sign_in(self, client: httpx.AsyncClient, **more: str) -> None:
        """Get a token and use it, with an operator named, from now on."""
        answer = await client.post("/oauth/token", data=self.form(**more))
        assert answer.status_code == 200, answer.text
        client.headers["authorization"] = f"Bearer {answer.json()['access_token']}"
        client.headers["anlan-operator"] = "440018"


async def register(
    owner: Owner, client_id: str, *, key: PublicKey | None = None, **more: Any
) -> System:
    """A system of the police, in force at once; `more` replaces what is registered of it."""
    made = System(client_id)
    now = datetime.now(UTC)
    async with owner() as connection:
        police = await connection.execute(
            text("select organisation_id from account where username = 'police'")
        )
        given: dict[str, Any] = {
            "client_id": client_id,
            "title": "公安执法办案系统",
            "organisation_id": police.scalar_one(),
            "grants": [Held(Role.POLICE, DISTRICT)],
            "scopes": POLICE_SCOPES,
            "purposes": ["dv_warning"],
            "highest": Sight.S3,
            "per_minute": 1000,
            "per_day": 100_000,
            "addresses": [],
            "valid_from": now - timedelta(minutes=1),
            "valid_until": now + timedelta(days=30),
        }
        known = key or tokens.public_key(public_pem(made.key))
        wanted = Registration(**given | more)
        await clients.register(connection, KINDS, wanted, known, By(operator="test"))
    return made


CLEAN = (
    "delete from machine_token",
    "delete from machine_key",
    "delete from session using machine_client m where m.account_id = session.account_id",
    "delete from account_grant g using machine_client m where m.account_id = g.account_id",
    "with gone as (delete from machine_client returning account_id)"
    " delete from account using gone where gone.account_id = account.id",
)


async def forget_all(owner: Owner) -> None:
    """Take every partner's system away again: accounts outlive a story."""
    async with owner() as connection:
        for statement in CLEAN:
            await connection.execute(text(statement))
