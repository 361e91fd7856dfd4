"""Signing in of partners' systems: whoever forges, replays or reaches beyond gets nothing."""

import asyncio
import hmac
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import text

from app import tokens
from app.services.identity import client_keys, sessions
from app.services.record.audit import By
from tests.conftest import Client, Owner
from tests.partner_system import System, by, forget_all, part, public_pem, register
from tests.security.test_tokens import FORGED as FORGED_TOKENS

OTHERS = ec.generate_private_key(ec.SECP256R1())


@pytest.fixture
async def system(anonymous: httpx.AsyncClient, owner: Owner) -> AsyncIterator[System]:
    yield await register(owner, "police-system")
    await forget_all(owner)


def show(figure: str) -> None:
    print(f"\n{figure}")  # noqa: T201 - figures that pytest -s shows


def without(values: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != name}


def hs256(system: System, encoding: Encoding, format_: PublicFormat) -> str:
    secret = system.key.public_key().public_bytes(encoding, format_)
    keyed = lambda message: hmac.digest(secret, message, "sha256")  # noqa: E731
    return system.assertion(system.header(alg="HS256"), sign=keyed)


Forge = Callable[[System], str]
NOW = time.time
FORGED: dict[str, Forge] = {
    # Somebody else's signature, or none.
    "alg none, unsigned": lambda s: f"{part(s.header(alg='none'))}.{part(s.claims())}.",
    "alg none, signed": lambda s: s.assertion(s.header(alg="none")),
    "alg missing": lambda s: s.assertion(without(s.header(), "alg")),
    "alg ES384": lambda s: s.assertion(s.header(alg="ES384")),
    "HS256 with the public key in PEM": lambda s: hs256(
        s, Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    ),
    "HS256 with the public key in DER": lambda s: hs256(
        s, Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    ),
    "HS256 with the point": lambda s: hs256(s, Encoding.X962, PublicFormat.UncompressedPoint),
    "another key": lambda s: s.assertion(sign=by(OTHERS)),
    "another key under its own id": lambda s: s.assertion(
        s.header(kid=tokens.public_key(public_pem(OTHERS)).kid), sign=by(OTHERS)
    ),
    "a key in the header": lambda s: s.assertion(
        s.header(jwk={"kty": "EC", "crv": "P-256"}), sign=by(OTHERS)
    ),
    "a key at an address": lambda s: s.assertion(
        s.header(jku="https://attacker.example/keys"), sign=by(OTHERS)
    ),
    "signature of zeros": lambda s: s.assertion(sign=lambda _: bytes(64)),
    "signature in DER": lambda s: s.assertion(sign=lambda message: bytes(8) + by(s.key)(message)),
    "claims changed after signing": lambda s: ".".join(
        [part(s.header()), part(s.claims(exp=int(NOW()) + 59)), s.assertion().split(".")[2]]
    ),
    # Not for us, not of the client.
    "kid missing": lambda s: s.assertion(without(s.header(), "kid")),
    "kid a path": lambda s: s.assertion(s.header(kid="../../dev/null")),
    "kid SQL": lambda s: s.assertion(s.header(kid="' or 1=1 --")),
    "typ of an access token": lambda s: s.assertion(s.header(typ="at+jwt")),
    "crit": lambda s: s.assertion(s.header(crit=["exp"])),
    "iss unknown": lambda s: s.assertion(claims=s.claims(iss="nobody")),
    "iss a person": lambda s: s.assertion(claims=s.claims(iss="police", sub="police")),
    "iss missing": lambda s: s.assertion(claims=without(s.claims(), "iss")),
    "iss a list": lambda s: s.assertion(claims=s.claims(iss=["police-system"])),
    "iss with NUL": lambda s: s.assertion(claims=s.claims(iss="police-system\0")),
    "sub another": lambda s: s.assertion(claims=s.claims(sub="court-system")),
    "sub missing": lambda s: s.assertion(claims=without(s.claims(), "sub")),
    "aud another": lambda s: s.assertion(claims=s.claims(aud="https://other.example/token")),
    "aud longer": lambda s: s.assertion(claims=s.claims(aud=s.claims()["aud"] + "/")),
    "aud missing": lambda s: s.assertion(claims=without(s.claims(), "aud")),
    "aud a list with ours": lambda s: s.assertion(
        claims=s.claims(aud=[s.claims()["aud"], "https://other.example"])
    ),
    # When, and how often.
    "expired": lambda s: s.assertion(claims=s.claims(iat=int(NOW()) - 120, exp=int(NOW()) - 60)),
    "not yet": lambda s: s.assertion(claims=s.claims(iat=int(NOW()) + 120, exp=int(NOW()) + 150)),
    "long life": lambda s: s.assertion(claims=s.claims(exp=int(NOW()) + 61)),
    "endless": lambda s: s.assertion(claims=s.claims(exp=2**53)),
    "exp missing": lambda s: s.assertion(claims=without(s.claims(), "exp")),
    "exp text": lambda s: s.assertion(claims=s.claims(exp=str(int(NOW()) + 30))),
    "exp a fraction": lambda s: s.assertion(claims=s.claims(exp=NOW() + 30)),
    "exp true": lambda s: s.assertion(claims=s.claims(exp=True)),
    "exp before iat": lambda s: s.assertion(claims=s.claims(exp=int(NOW()) - 1)),
    "iat missing": lambda s: s.assertion(claims=without(s.claims(), "iat")),
    "jti missing": lambda s: s.assertion(claims=without(s.claims(), "jti")),
    "jti short": lambda s: s.assertion(claims=s.claims(jti="1")),
    "jti a number": lambda s: s.assertion(claims=s.claims(jti=12345678901234567)),
    "a claim too many": lambda s: s.assertion(claims=s.claims(scope="papers.court")),
    # No token at all.
    "no dots": lambda s: "x" * 200,
    "four parts": lambda s: s.assertion() + ".x",
    "header a list": lambda s: s.assertion(["ES256"]),
    "header deep": lambda s: f"{part(b'[' * 370)}.{part(s.claims())}.{'A' * 86}",
    "claims a list": lambda s: s.assertion(claims=["x"]),
    "claims deep": lambda s: f"{part(s.header())}.{part(b'[' * 1400)}.{'A' * 86}",
    "claims no JSON": lambda s: s.assertion(claims=b"{"),
    "huge": lambda s: s.assertion(claims=s.claims(jti="x" * 100_000)),
    "full width": lambda s: s.assertion().replace(".", "．"),
}


async def test_no_forged_assertion_is_accepted(
    anonymous: httpx.AsyncClient, system: System, owner: Owner
) -> None:
    accepted, broken = [], []
    for name, forge in FORGED.items():
        answer = await anonymous.post(
            "/oauth/token", data=system.form(client_assertion=forge(system))
        )
        accepted += [name] if answer.status_code == 200 else []
        broken += [name] if answer.status_code >= 500 else []
        assert answer.json()["error"] == "invalid_client", (name, answer.text)
        assert answer.headers["cache-control"] == "no-store"
    show(f"{len(FORGED)} forged assertions: {len(accepted)} accepted, {len(broken)} 5xx")
    assert (accepted, broken, len(FORGED) > 45) == ([], [], True)
    async with owner() as connection:
        given = await connection.execute(text("select count(*) from machine_token"))
        assert given.scalar_one() == 0


async def test_who_holds_no_registered_key_is_not_told_why(
    anonymous: httpx.AsyncClient, system: System
) -> None:
    """Only the signer learns what is wrong; nobody learns which clients there are."""
    stranger = System("nobody")
    answers = [
        await anonymous.post("/oauth/token", data=form)
        for form in (
            stranger.form(),
            system.form(client_assertion=system.assertion(sign=by(OTHERS))),
            system.form(client_assertion="x"),
        )
    ]
    assert len({a.text for a in answers}) == 1
    late = system.form(client_assertion=system.assertion(claims=system.claims(aud="x")))
    told = (await anonymous.post("/oauth/token", data=late)).json()
    assert told["error_description"].startswith("aud must be")
    assert told["detail"] == "接口用户身份验证失败"


async def test_one_assertion_opens_once_even_fifty_times_at_once(
    anonymous: httpx.AsyncClient, system: System
) -> None:
    form = system.form()
    answers = await asyncio.gather(*(anonymous.post("/oauth/token", data=form) for _ in range(50)))
    codes = [a.status_code for a in answers]
    show(f"one assertion 50 times at once: {codes.count(200)} accepted")
    assert (codes.count(200), codes.count(401)) == (1, 49)
    same_id = system.claims(jti=system.claims()["jti"])
    for expected in (200, 401):
        assertion = system.assertion(claims=same_id)
        answer = await anonymous.post("/oauth/token", data=system.form(client_assertion=assertion))
        assert answer.status_code == expected


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"grant_type": "authorization_code"}, "unsupported_grant_type"),
        ({"client_assertion_type": "x"}, "invalid_request"),
        ({"client_secret": "x"}, "invalid_request"),
        ({"client_id": "court-system"}, "invalid_client"),
        ({"scope": "papers.court"}, "invalid_scope"),
        ({"scope": "papers.police papers.court"}, "invalid_scope"),
        ({"scope": "self"}, "invalid_scope"),
        ({"scope": " "}, "invalid_scope"),
        ({"scope": "papers.police\0"}, "invalid_scope"),
    ],
)
async def test_a_request_that_is_not_as_it_must_be(
    anonymous: httpx.AsyncClient, system: System, change: dict[str, str], error: str
) -> None:
    answer = await anonymous.post("/oauth/token", data=system.form(**change))
    assert (answer.status_code in (400, 401), answer.json()["error"]) == (True, error)
    assert answer.json()["error_description"].isascii()


async def test_a_request_in_another_shape(anonymous: httpx.AsyncClient, system: System) -> None:
    form = httpx.QueryParams(system.form())
    kind = {"content-type": "application/x-www-form-urlencoded"}
    for answer in (
        await anonymous.post("/oauth/token", json=system.form()),
        await anonymous.post("/oauth/token", content=f"{form}&grant_type=x", headers=kind),
        await anonymous.post("/oauth/token", content=b"\xff=\xfe", headers=kind),
        await anonymous.post("/oauth/token", content=b"a=b;&&", headers=kind),
        await anonymous.post("/oauth/token", content=b"x=1&" * 5000, headers=kind),
        await anonymous.post("/oauth/token", content=b"", headers=kind),
    ):
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert (await anonymous.get("/oauth/token")).status_code == 405


async def test_a_person_and_a_system_are_never_taken_for_each_other(
    anonymous: httpx.AsyncClient, client: Client, system: System
) -> None:
    await system.sign_in(anonymous)
    machine = anonymous.headers["authorization"].removeprefix("Bearer ")
    person = (await client("police")).headers["authorization"].removeprefix("Bearer ")
    assert tokens.verify(sessions.keys(), machine, now=datetime.now(UTC)).machine
    swapped = [
        ".".join([machine.split(".")[0], person.split(".")[1], machine.split(".")[2]]),
        ".".join([person.split(".")[0], machine.split(".")[1], person.split(".")[2]]),
        machine[:-1] + ("A" if machine[-1] != "A" else "Q"),
    ]
    for token in swapped:
        headers = {"authorization": f"Bearer {token}"}
        answer = await anonymous.get("/partners/changes", headers=headers)
        assert answer.status_code == 401
    # What a person calls her own is closed to a system, and a person's token makes no client.
    assert (await anonymous.get("/kinds")).status_code == 401
    assert (await anonymous.get("/me")).status_code == 403
    assert (await anonymous.post("/auth/logout", json={"operator": "440018"})).status_code == 403
    form = system.form(client_assertion=person)
    assert (await anonymous.post("/oauth/token", data=form)).status_code == 401


async def test_the_session_decides_whose_it_is_and_the_token_must_agree(
    anonymous: httpx.AsyncClient, client: Client, system: System
) -> None:
    """Even a token that we signed by mistake opens nothing as somebody it is not."""
    await system.sign_in(anonymous)
    ours, now = sessions.keys(), datetime.now(UTC)
    told = [
        tokens.verify(ours, one.headers["authorization"].removeprefix("Bearer "), now=now)
        for one in (anonymous, await client("police"))
    ]
    machine, person = told
    wrong = (
        tokens.issue(ours, now=now, account_id=machine.account_id, session_id=machine.session_id),
        tokens.issue_to_machine(
            ours,
            now=now,
            client_id="police-system",
            scope="",
            account_id=person.account_id,
            session_id=person.session_id,
        ),
    )
    for _ in range(2):  # before and after the process knows the session
        for token in wrong:
            headers = {"authorization": f"Bearer {token}"}
            answer = await anonymous.get("/partners/changes", headers=headers)
            assert answer.status_code == 401
        assert (await anonymous.get("/partners/changes")).status_code == 200


async def test_forged_access_tokens_open_no_partner_route(
    anonymous: httpx.AsyncClient, system: System
) -> None:
    tried = 0
    for token in FORGED_TOKENS.values():
        if not isinstance(token, str) or not token.isascii() or len(token) > 60_000:
            continue
        headers = {"authorization": f"Bearer {token}", "anlan-operator": "440018"}
        if any(c in token for c in "\r\n\0"):
            continue
        answer = await anonymous.get("/partners/changes", headers=headers)
        assert answer.status_code == 401, token[:80]
        tried += 1
    show(f"{tried} forged access tokens: 0 accepted, 0 5xx")
    assert tried > 50


async def test_a_revoked_key_and_a_shut_client_are_out_at_the_next_request(
    anonymous: httpx.AsyncClient, system: System, owner: Owner
) -> None:
    await system.sign_in(anonymous)
    assert (await anonymous.get("/partners/changes")).status_code == 200
    old = System("police-system", system.key)
    system.key = ec.generate_private_key(ec.SECP256R1())
    async with owner() as connection:
        key = tokens.public_key(public_pem(system.key))
        await client_keys.add(connection, "police-system", key, By(operator="test"))
    for one in (old, system):
        await one.sign_in(anonymous)
        assert (await anonymous.get("/partners/changes")).status_code == 200
    await old.sign_in(anonymous)
    async with owner() as connection:
        await client_keys.revoke(connection, "police-system", old.kid, By(operator="test"))
    assert (await anonymous.get("/partners/changes")).status_code == 401
    assert (await anonymous.post("/oauth/token", data=old.form())).status_code == 401
    await system.sign_in(anonymous)
    assert (await anonymous.get("/partners/changes")).status_code == 200
    async with owner() as connection:
        account_id = await client_keys.lock(connection, "police-system")
        await client_keys.changed(connection, account_id, shut=True)
    assert (await anonymous.get("/partners/changes")).status_code == 401
    assert (await anonymous.post("/oauth/token", data=system.form())).status_code == 401
