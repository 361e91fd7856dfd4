"""Passkeys (WebAuthn): a key in the phone or computer answers a challenge, for this host only.

What a false page is told is of no use here: the browser signs the host it speaks to.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import webauthn
from sqlalchemy import func, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection
from webauthn.helpers import base64url_to_bytes, parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import PublicKeyCredentialDescriptor

from app.access import Actor
from app.config import get_settings
from app.models import PasskeyChallenge
from app.models.columns import table_of

NAME: Final = "安澜"
LIFE: Final = timedelta(minutes=5)

_CHALLENGES: Final = table_of(PasskeyChallenge)
_MALFORMED: Final = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError)

Credential = Mapping[str, Any]
"""What the browser answers: PublicKeyCredential in its JSON form."""


async def creation_options(
    connection: AsyncConnection, actor: Actor, known: Sequence[bytes]
) -> dict[str, Any]:
    """What the browser needs to make a new passkey, beside those `known`, in its JSON form."""
    options = webauthn.generate_registration_options(
        rp_id=_host(),
        rp_name=NAME,
        user_id=str(actor.account_id).encode(),
        user_name=actor.username,
        user_display_name=actor.display_name,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=key) for key in known],
    )
    await _remember(connection, actor.account_id, options.challenge)
    made: dict[str, Any] = json.loads(webauthn.options_to_json(options))
    return made


async def request_options(
    connection: AsyncConnection, account_id: int, known: Sequence[bytes]
) -> dict[str, Any]:
    """What the browser needs to show one of the passkeys `known`, in its JSON form."""
    options = webauthn.generate_authentication_options(
        rp_id=_host(),
        allow_credentials=[PublicKeyCredentialDescriptor(id=key) for key in known],
    )
    await _remember(connection, account_id, options.challenge)
    made: dict[str, Any] = json.loads(webauthn.options_to_json(options))
    return made


async def made(connection: AsyncConnection, answer: Credential) -> dict[str, Any] | None:
    """The new passkey in an answer to `creation_options`: credential_id and public_key (bytes) and
    counter; None if the answer is not to a challenge of ours, or not for this host."""
    try:
        verified = webauthn.verify_registration_response(
            credential=dict(answer),
            expected_challenge=await _spent(connection, answer),
            expected_rp_id=_host(),
            expected_origin=get_settings().origin,
        )
    except _MALFORMED:
        return None
    return {
        "credential_id": verified.credential_id,
        "public_key": verified.credential_public_key,
        "counter": verified.sign_count,
    }


async def shown(
    connection: AsyncConnection, answer: Credential, public_key: bytes, counter: int
) -> int | None:
    """The passkey's new counter in an answer to `request_options`; None if it is not its answer."""
    try:
        verified = webauthn.verify_authentication_response(
            credential=dict(answer),
            expected_challenge=await _spent(connection, answer),
            expected_rp_id=_host(),
            expected_origin=get_settings().origin,
            credential_public_key=public_key,
            credential_current_sign_count=counter,
        )
    except _MALFORMED:
        return None
    return verified.new_sign_count


def credential_id(answer: Credential) -> bytes | None:
    """Which passkey answers."""
    try:
        return base64url_to_bytes(answer["rawId"])
    except _MALFORMED:
        return None


async def _remember(connection: AsyncConnection, account_id: int, challenge: bytes) -> None:
    row = {"challenge": challenge, "account_id": account_id}
    await connection.execute(insert(_CHALLENGES).inline(), row)


async def _spent(connection: AsyncConnection, answer: Credential) -> bytes:
    """The challenge that is answered, which nobody can answer again. Raises ValueError for none."""
    told = parse_client_data_json(base64url_to_bytes(answer["response"]["clientDataJSON"]))
    spent = (
        update(_CHALLENGES)
        .where(
            _CHALLENGES.c.challenge == told.challenge,
            _CHALLENGES.c.used_at.is_(None),
            _CHALLENGES.c.made_at > func.now() - LIFE,
        )
        .values(used_at=func.now())
        .returning(_CHALLENGES.c.challenge)
    )
    found: bytes | None = (await connection.execute(spent)).scalar_one_or_none()
    if found is None:
        raise ValueError("no such challenge")
    return found


def _host() -> str:
    return urlsplit(get_settings().origin).hostname or ""
