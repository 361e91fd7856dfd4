"""Access tokens: forged ones are refused, and refusals tell nothing."""

import base64
import hmac
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import jose.backends
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from jose.backends.cryptography_backend import CryptographyECKey

from app import tokens
from app.tokens import BadToken, Claims

NOW = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)
START = int(NOW.timestamp())
ISSUER = "https://anlan.example"
SESSION = UUID("0195c3a0-0000-7000-8000-000000000001")


def private_pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_pem(key: ec.EllipticCurvePrivateKey) -> str:
    return public_bytes(key, Encoding.PEM).decode()


def public_bytes(key: ec.EllipticCurvePrivateKey, encoding: Encoding) -> bytes:
    return key.public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)


OURS = ec.generate_private_key(ec.SECP256R1())
THEIRS = ec.generate_private_key(ec.SECP256R1())
KEYS = tokens.token_keys(private_pem(OURS), ISSUER)
HEADER: dict[str, Any] = {"alg": "ES256", "kid": KEYS.kid, "typ": "at+jwt"}
CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "aud": tokens.AUDIENCE,
    "sub": "7",
    "sid": str(SESSION),
    "jti": "Zm9yZ2VkIHRva2VuIGlk",
    "iat": START,
    "nbf": START,
    "exp": START + 600,
}


# A forger of tokens that owes nothing to jose or to the code under test.


def part(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed_by(key: ec.EllipticCurvePrivateKey) -> Callable[[bytes], bytes]:
    def sign(message: bytes) -> bytes:
        r, s = decode_dss_signature(key.sign(message, ec.ECDSA(SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    return sign


def keyed_with(secret: bytes) -> Callable[[bytes], bytes]:
    return lambda message: hmac.digest(secret, message, "sha256")


OUR_SIGNATURE = signed_by(OURS)


def forge(
    header: Any = HEADER,
    claims: Any = CLAIMS,
    sign: Callable[[bytes], bytes] = OUR_SIGNATURE,
) -> str:
    message = f"{part(header)}.{part(claims)}"
    return f"{message}.{part(sign(message.encode()))}"


def head(**changes: Any) -> dict[str, Any]:
    return HEADER | changes


def says(**changes: Any) -> dict[str, Any]:
    return CLAIMS | changes


def without(values: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != name}


def genuine() -> str:
    return tokens.issue(KEYS, account_id=7, session_id=SESSION, now=NOW)


JWK = {
    "kty": "EC",
    "crv": "P-256",
    "x": part(THEIRS.public_key().public_numbers().x.to_bytes(32, "big")),
    "y": part(THEIRS.public_key().public_numbers().y.to_bytes(32, "big")),
}
PEM = public_bytes(OURS, Encoding.PEM)
DER = public_bytes(OURS, Encoding.DER)
POINT = OURS.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
SSH = OURS.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)


GENUINE = forge()
# The last character of a signature holds two bits of it and four that decoders ignore.
SPARE_BITS = {"A": "B", "Q": "R", "g": "h", "w": "x"}


def hs256(secret: bytes) -> str:
    return forge(head(alg="HS256"), sign=keyed_with(secret))


FORGED: dict[str, Any] = {
    # No signature, or somebody else's.
    "alg none, unsigned": f"{part(head(alg='none'))}.{part(CLAIMS)}.",
    "alg None, unsigned": f"{part(head(alg='None'))}.{part(CLAIMS)}.",
    "alg none with a signature": forge(head(alg="none")),
    "alg missing": forge(without(HEADER, "alg")),
    "alg empty": forge(head(alg="")),
    "alg a list": forge(head(alg=["ES256"])),
    "signature missing": f"{part(HEADER)}.{part(CLAIMS)}.",
    "signature of zeros": forge(sign=lambda _: bytes(64)),
    "signature r=s=1": forge(sign=lambda _: bytes(31) + b"\1" + bytes(31) + b"\1"),
    "signature in DER": forge(sign=lambda message: OURS.sign(message, ec.ECDSA(SHA256()))),
    "signature of another key": forge(sign=signed_by(THEIRS)),
    "signature of another token": ".".join(
        [*forge().split(".")[:2], forge(claims=says(sub="8")).split(".")[2]]
    ),
    "claims changed after signing": ".".join(
        [part(HEADER), part(says(sub="1")), forge().split(".")[2]]
    ),
    # The public key used as an HMAC secret (CVE-2022-29217, CVE-2024-33663).
    "HS256 with the PEM": hs256(PEM),
    "HS256 with the PEM without line end": hs256(PEM.rstrip()),
    "HS256 with the DER": hs256(DER),
    "HS256 with the point": hs256(POINT),
    "HS256 with the OpenSSH key": hs256(SSH),
    "HS256 with an empty secret": hs256(b""),
    "HS256 in the pinned header": forge(sign=keyed_with(DER)),
    # Keys the token brings along.
    "jwk": forge(head(jwk=JWK), sign=signed_by(THEIRS)),
    "jku": forge(head(jku="https://evil.example/jwks.json"), sign=signed_by(THEIRS)),
    "x5u": forge(head(x5u="https://evil.example/cert.pem"), sign=signed_by(THEIRS)),
    "x5c": forge(head(x5c=[part(DER)]), sign=signed_by(THEIRS)),
    "jwk, well signed": forge(head(jwk=JWK)),
    "crit, well signed": forge(head(crit=["exp"])),
    "zip, well signed": forge(head(zip="DEF")),
    "b64 false, well signed": forge(head(b64=False)),
    "kid a path": forge(head(kid="../../../../dev/null"), sign=keyed_with(b"")),
    "kid SQL": forge(head(kid="x' UNION SELECT 'secret")),
    "kid of another key": forge(head(kid="0123456789abcdef")),
    "kid a number": forge(head(kid=1)),
    "kid null": forge(head(kid=None)),
    "kid missing": forge(without(HEADER, "kid")),
    # Tokens of another type.
    "typ JWT": forge(head(typ="JWT")),
    "typ refresh": forge(head(typ="rt+jwt")),
    "typ in capitals": forge(head(typ="AT+JWT")),
    "typ missing": forge(without(HEADER, "typ")),
    "header a list": forge([HEADER]),
    "header not JSON": forge(b"{"),
    # Claims, all well signed.
    **{f"{name} missing": forge(claims=without(CLAIMS, name)) for name in CLAIMS},
    "a claim too many": forge(claims=says(role="district_admin")),
    "claims a list": forge(claims=[CLAIMS]),
    "claims not JSON": forge(claims=b"claims"),
    "claims not UTF-8": forge(claims=b"\xff\xfe"),
    "claims nested deeply": forge(claims=b"[" * 2000),
    "aud a list with ours": forge(claims=says(aud=[tokens.AUDIENCE, "other"])),
    "aud another": forge(claims=says(aud="other")),
    "aud null": forge(claims=says(aud=None)),
    "iss another": forge(claims=says(iss="https://evil.example")),
    "iss a list": forge(claims=says(iss=[ISSUER])),
    "iss longer": forge(claims=says(iss=ISSUER + "/")),
    "sub a number": forge(claims=says(sub=7)),
    "sub zero": forge(claims=says(sub="0")),
    "sub negative": forge(claims=says(sub="-7")),
    "sub full width": forge(claims=says(sub="７")),
    "sub with a line end": forge(claims=says(sub="7\n")),
    "sub too large": forge(claims=says(sub="9" * 20)),
    "sid no UUID": forge(claims=says(sid="session")),
    "sid a number": forge(claims=says(sid=7)),
    "jti a number": forge(claims=says(jti=1)),
    "expired": forge(claims=says(iat=START - 700, nbf=START - 700, exp=START - 31)),
    "exp before nbf": forge(claims=says(exp=START)),
    "exp text": forge(claims=says(exp=str(START + 600))),
    "exp a fraction": forge(claims=says(exp=START + 600.5)),
    "exp true": forge(claims=says(iat=0, nbf=0, exp=True)),
    "exp infinite": forge(claims=says(exp=float("inf"))),
    "exp null": forge(claims=says(exp=None)),
    "life of 901 seconds": forge(claims=says(exp=START + 901)),
    "life of ten years": forge(claims=says(exp=START + 315_360_000)),
    "life stretched by iat": forge(claims=says(iat=START + 300, exp=START + 1200)),
    "nbf in the future": forge(claims=says(iat=START + 31, nbf=START + 31)),
    # Shapes.
    "empty": "",
    "dots only": "..",
    "one part": part(HEADER),
    "two parts": f"{part(HEADER)}.{part(CLAIMS)}",
    "a trailing dot": forge() + ".",
    "trailing dots": forge() + "..",
    "a leading dot": "." + forge(),
    "five parts (JWE)": forge() + ".AAAA.AAAA",
    "a line end after it": forge() + "\n",
    "a space before it": " " + forge(),
    "padding": forge() + "==",
    "a foreign character in the signature": f"{GENUINE[:-5]}!{GENUINE[-5:]}",
    "another spelling of the signature": GENUINE[:-1] + SPARE_BITS[GENUINE[-1]],
    "standard base64": f"{GENUINE[:-86]}+/{GENUINE[-84:]}",
    "full-width dots": forge().replace(".", "．"),
    "a lone surrogate": forge() + "\ud800",
    "a NUL": forge() + "\0",
    "huge": forge(claims=says(jti="x" * 4096)),
    "a million characters": "a" * 1_000_000,
    "JSON serialisation": json.dumps(
        dict(zip(("protected", "payload", "signature"), forge().split("."), strict=True))
    ),
    "Bearer in front": "Bearer " + forge(),
    # What is no text at all.
    "None": None,
    "bytes": forge().encode(),
    "a number": 7,
    "a list": [forge()],
    "a dict": {"token": forge()},
    "True": True,
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_token_is_refused(name: str) -> None:
    with pytest.raises(BadToken) as caught:
        tokens.verify(KEYS, FORGED[name], now=NOW)
    assert "eyJ" not in str(caught.value)
    assert ISSUER not in str(caught.value)


def test_the_forger_can_make_genuine_tokens() -> None:
    assert tokens.verify(KEYS, forge(), now=NOW).account_id == 7
    assert len(FORGED) >= 29


@settings(deadline=None)
@given(junk=st.text() | st.binary() | st.integers() | st.none() | st.lists(st.text()))
def test_junk_is_refused_and_nothing_else_happens(junk: object) -> None:
    with pytest.raises(BadToken):
        tokens.verify(KEYS, junk, now=NOW)


@settings(deadline=None)
@given(at=st.integers(0, 10_000), other=st.characters())
def test_no_character_of_a_token_can_be_changed(at: int, other: str) -> None:
    token = genuine()
    at %= len(token)
    changed = token[:at] + other + token[at + 1 :]
    if changed != token:
        with pytest.raises(BadToken):
            tokens.verify(KEYS, changed, now=NOW)


# Honest tokens


def test_a_token_says_who_asks_and_in_which_session() -> None:
    token, other = genuine(), genuine()
    claims = tokens.verify(KEYS, token, now=NOW)
    assert claims == Claims(
        account_id=7,
        session_id=SESSION,
        token_id=claims.token_id,
        not_before=NOW,
        expires_at=NOW + timedelta(minutes=10),
    )
    assert tokens.verify(KEYS, other, now=NOW).token_id != claims.token_id
    header, body, _ = token.split(".")
    assert header == part(HEADER)
    assert json.loads(base64.urlsafe_b64decode(body + "==")).keys() == CLAIMS.keys()


def test_time_decides_at_each_use_also_for_a_token_seen_before() -> None:
    token = genuine()
    for seconds, good in [(-31, False), (-30, True), (0, True), (629, True), (630, False)]:
        moment = NOW + timedelta(seconds=seconds)
        if good:
            assert tokens.verify(KEYS, token, now=moment).session_id == SESSION
        else:
            with pytest.raises(BadToken):
                tokens.verify(KEYS, token, now=moment)


def test_a_token_seen_before_is_worth_nothing_to_another_installation() -> None:
    token = genuine()
    tokens.verify(KEYS, token, now=NOW)
    for other in (
        tokens.token_keys(private_pem(THEIRS), ISSUER),
        tokens.token_keys(private_pem(OURS), "https://other.example"),
    ):
        with pytest.raises(BadToken):
            tokens.verify(other, token, now=NOW)


def test_after_a_change_of_keys_the_tokens_of_the_former_key_still_pass() -> None:
    changed = tokens.token_keys(private_pem(THEIRS), ISSUER, [public_pem(OURS)])
    assert tokens.verify(changed, genuine(), now=NOW).account_id == 7
    fresh = tokens.issue(changed, account_id=8, session_id=uuid4(), now=NOW)
    assert tokens.verify(changed, fresh, now=NOW).account_id == 8
    with pytest.raises(BadToken):
        tokens.verify(KEYS, fresh, now=NOW)


@pytest.mark.parametrize("life", [timedelta(0), timedelta(seconds=-1), timedelta(seconds=901)])
def test_no_token_is_issued_for_long(life: timedelta) -> None:
    with pytest.raises(ValueError, match="15 minutes"):
        tokens.issue(KEYS, account_id=7, session_id=SESSION, now=NOW, life=life)


def test_only_p256_keys_sign() -> None:
    for wrong in (
        ec.generate_private_key(ec.SECP384R1()),
        rsa.generate_private_key(public_exponent=65537, key_size=2048),
    ):
        with pytest.raises(ValueError, match=r"P-256|EC key"):
            tokens.token_keys(private_pem(wrong), ISSUER)


def test_the_keys_show_no_secret() -> None:
    assert "PRIVATE" not in repr(KEYS)
    assert "object at" not in repr(KEYS)


def test_jose_signs_with_the_cryptography_library_and_is_used_nowhere_else() -> None:
    assert jose.backends.ECKey is CryptographyECKey
    root = Path(tokens.__file__).parent
    users = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if re.search(r"^\s*(?:from|import) jose\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert users == {"tokens.py"}
