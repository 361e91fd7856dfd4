"""Signing in with a password: how often somebody may guess, and from where.

Guesses are limited by account and address together, so that nobody shuts out a colleague; by
account, by address and on the whole, but slowly. A device from which she signed in before is
counted by itself alone: whatever is guessed elsewhere, she still gets in.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app import crypto, tokens
from app.access import as_account
from app.db import transaction
from app.errors import SignInNeeded
from app.models import KnownDevice
from app.models.columns import table_of
from app.rates import network
from app.services.identity import accounts, limits, second_factors, sessions, start_codes
from app.services.identity.limits import Limit, Turn
from app.services.identity.second_factors import Answer
from app.services.record import audit
from app.services.record.audit import What

BY_DEVICE: Final = Limit("password on a known device", 10, timedelta(seconds=90))
BY_ACCOUNT_AND_ADDRESS: Final = Limit("password at an address", 10, timedelta(seconds=90))
BY_ADDRESS: Final = Limit("passwords at an address", 100, timedelta(seconds=9))
BY_ACCOUNT: Final = Limit("password", 30, timedelta(minutes=5))
ON_THE_WHOLE: Final = Limit("passwords", 500, timedelta(seconds=1))

_LOOK_UP: Final = text("select * from sign_in_account(:name, :device)")

_KNOWN: Final = (
    insert(table_of(KnownDevice))
    .inline()
    .on_conflict_do_update(
        index_elements=["account_id", "device_index"], set_={"ended_at": None, "lost_at": None}
    )
)


@dataclass(frozen=True)
class Caller:
    """Where somebody signs in: the address, the device's own secret if it was given one, what it
    says it is."""

    address: str
    device: str | None
    user_agent: str
    phone: bool


@dataclass(frozen=True)
class SignedIn:
    """A session's tokens, and the secret by which the device is known from now on."""

    opened: sessions.Opened
    device: str


async def sign_in(
    engine: AsyncEngine, caller: Caller, username: str, password: str, answer: Answer | None = None
) -> SignedIn:
    """A new session.

    Raises SignInNeeded for a wrong name or password alike, TooManyAttempts when there are no more
    guesses, whether or not there is such an account; for an account with second factors, or
    whose owner has yet to bring her start code, SecondFactorNeeded without an `answer`,
    WrongSecondFactor with a wrong one.
    """
    name = accounts.plain_username(username)
    # PostgreSQL takes no NUL; a name of another shape is nobody's.
    asked = {
        "name": name if accounts.USERNAME.fullmatch(name) else "",
        "device": device_index(caller.device or ""),
    }
    async with transaction(engine) as connection:
        found = (await connection.execute(_LOOK_UP, asked)).one()
        turns = _turns(name, caller, known=found.known)
        await limits.take(connection, *turns)
    if not await tokens.verify_password_async(found.password_hash, password):
        async with transaction(engine) as connection:
            about = found.account_id and f"account:{found.account_id}"
            await audit.note(connection, What.SIGN_IN_FAILED, about=about)
        raise SignInNeeded("用户名或密码不正确")
    async with transaction(engine, as_account(found.account_id)) as connection:
        await limits.give_back(connection, *turns)
        needed = await second_factors.asked(connection, found.account_id)
        if needed is None:
            return await _open(connection, found, caller)
        if answer is not None:
            await _check(connection, found, caller, answer)
            started = start_codes.KIND in needed.accepted
            return await _open(connection, found, caller, verified=not started, started=started)
    raise needed


async def _check(connection: AsyncConnection, found: Any, caller: Caller, answer: Answer) -> None:
    where = str(caller.device if found.known else network(caller.address))
    await second_factors.check(connection, found.account_id, answer, where=where, known=found.known)


async def _open(connection: AsyncConnection, found: Any, caller: Caller, **shown: bool) -> SignedIn:
    device = caller.device or secrets.token_urlsafe(32)
    row = {"account_id": found.account_id, "device_index": device_index(device)}
    await connection.execute(_KNOWN, row)
    opened = await sessions.open_session(
        connection,
        found.account_id,
        phone=caller.phone,
        user_agent=caller.user_agent,
        **shown,
    )
    await audit.note(connection, What.SIGNED_IN, account_id=found.account_id)
    return SignedIn(opened, device)


def _turns(name: str, caller: Caller, *, known: bool) -> list[Turn]:
    if known:
        return [(BY_DEVICE, f"{caller.device} {name}")]
    site = network(caller.address)
    return [
        (BY_ACCOUNT_AND_ADDRESS, f"{site} {name}"),
        (BY_ADDRESS, site),
        (BY_ACCOUNT, name),
        (ON_THE_WHOLE, ""),
    ]


def device_index(device: str) -> bytes:
    """How a device is known: a keyed index of its secret."""
    return crypto.fingerprint(crypto.keyring(), 0, "device", {"device": device})
