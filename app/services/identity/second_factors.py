"""Showing a second factor: a code of the moment (TOTP, RFC 6238) from a device, a passkey, or a
code from paper."""

from base64 import b64decode
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pyotp
from pyotp.exceptions import OTPVerificationError
from sqlalchemy import and_, func, insert, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app import crypto
from app.access import Work
from app.config import get_settings
from app.errors import Conflict, SecondFactorNeeded, WrongSecondFactor
from app.kinds.base import Matter
from app.kinds.forms import Sight
from app.models import RecoveryCode, SecondFactor, Session
from app.models.columns import table_of
from app.policy import POLICIES
from app.roles import ADMINS, Role
from app.services.identity import limits, passkeys, spoken, start_codes
from app.services.identity.limits import Limit
from app.services.record import audit
from app.services.record.audit import What

TOTP: Final = "totp"
PASSKEY: Final = "passkey"
RECOVERY: Final = "recovery_code"
FRESH: Final = timedelta(minutes=5)
"""How long a second factor shown once speaks for the session."""

WINDOW: Final = 1  # steps of 30 s by which the device's clock may differ
RECOVERY_CODES: Final = 10
_GUESSES: Final = Limit("second factor", 5, timedelta(minutes=3))
_ELSEWHERE: Final = Limit("second factor on unknown devices", 20, timedelta(minutes=30))

FACTORS: Final = table_of(SecondFactor)
_CODES: Final = table_of(RecoveryCode)
_SESSIONS: Final = table_of(Session)
_CONFIRMED: Final = select(FACTORS).where(
    FACTORS.c.confirmed_at.is_not(None), FACTORS.c.removed_at.is_(None)
)


Answer = str | passkeys.Credential
"""A code from a device or from paper, or what a passkey answered."""


def demanded(roles: Iterable[Role]) -> bool:
    """Whether this installation lets these roles work only with a second factor."""
    setting = get_settings().second_factor
    if setting == "sensitive":
        return any(r in ADMINS or _reads_sensitive(r) for r in roles)
    return setting == "everybody"


def _reads_sensitive(role: Role) -> bool:
    return any(POLICIES[role].reads(matter) >= Sight.S3 for matter in Matter)


async def listed(connection: AsyncConnection) -> Sequence[Any]:
    """The confirmed second factors of whoever the transaction belongs to, oldest first."""
    return (await connection.execute(_CONFIRMED.order_by(FACTORS.c.begun_at))).all()


async def accepted(connection: AsyncConnection) -> list[str]:
    """The kinds of second factor she can show; none if she has not enrolled any."""
    kinds = sorted({row.kind for row in await listed(connection)})
    return [*kinds, RECOVERY] if kinds else []


async def need_recent(work: Work, *, since: Any = _SESSIONS.c.verified_at) -> None:
    """Raises SecondFactorNeeded unless this session showed one within FRESH."""
    recent = select(since > func.now() - FRESH).where(_SESSIONS.c.id == work.actor.session_id)
    if not (await work.connection.execute(recent)).scalar_one_or_none():
        raise SecondFactorNeeded(
            "请先用第二验证方式确认本人", accepted=await accepted(work.connection)
        )


async def asked(connection: AsyncConnection, account_id: int) -> SecondFactorNeeded | None:
    """What an account is asked for to complete its sign-in; None if the password is enough. A
    passkey's challenge comes along, so the transaction must commit before this is raised."""
    kinds = await accepted(connection)
    if not kinds:
        return await start_codes.asked(connection)
    needed = SecondFactorNeeded("请再用第二验证方式确认本人", accepted=kinds)
    if PASSKEY in kinds:
        needed.passkey = await passkey_request(connection, account_id)
    return needed


async def passkey_request(connection: AsyncConnection, account_id: int) -> dict[str, Any]:
    """What the browser needs to show one of her passkeys."""
    known = [passkey["id"] for _, passkey in await confirmed_passkeys(connection)]
    return await passkeys.request_options(connection, account_id, known)


async def void_recovery_codes(work: Work) -> None:
    """Those made until now open nothing any more."""
    await work.connection.execute(
        update(_CODES).where(_CODES.c.used_at.is_(None)).values(used_at=func.now())
    )


async def new_recovery_codes(work: Work) -> list[str]:
    """RECOVERY_CODES new codes of 80 bits, in place of those made before."""
    await void_recovery_codes(work)
    made = [spoken.code() for _ in range(RECOVERY_CODES)]
    account_id = work.actor.account_id
    await work.connection.execute(
        insert(_CODES),
        [{"account_id": account_id, "code_index": _code_index(account_id, c)} for c in made],
    )
    await audit.note(work.connection, What.RECOVERY_CODES_MADE, account_id=account_id)
    return made


async def step_up(work: Work, answer: Answer) -> None:
    """Verify this session for FRESH. Raises Conflict without a second factor, WrongSecondFactor,
    TooManyAttempts."""
    if not await accepted(work.connection):
        raise Conflict("尚未绑定第二验证方式，请先绑定")
    await _check(work.connection, work.actor.account_id, answer, session_turn(work))
    await passed(work)
    await audit.note(work.connection, What.STEPPED_UP, account_id=work.actor.account_id)


async def check(
    connection: AsyncConnection, account_id: int, answer: Answer, *, where: str, known: bool
) -> None:
    """Take a second factor, or a start code where there is none yet, of the account the transaction
    belongs to, from `where`, a device or an address.

    Raises WrongSecondFactor, which keeps the guess counted; TooManyAttempts.
    """
    turns = [(_GUESSES, f"{account_id} {where}")]
    await _check(
        connection, account_id, answer, *turns, *(() if known else [(_ELSEWHERE, str(account_id))])
    )


async def _check(
    connection: AsyncConnection, account_id: int, answer: Answer, *turns: limits.Turn
) -> None:
    await limits.take(connection, *turns)
    if isinstance(answer, str):
        code = answer.strip()
        right = (
            await _by_device(connection, code)
            or await _by_paper(connection, account_id, code)
            or await start_codes.spend(connection, account_id, code)
        )
    else:
        right = await _by_passkey(connection, answer)
    if not right:
        await audit.note(connection, What.SECOND_FACTOR_FAILED, account_id=account_id)
        raise WrongSecondFactor("第二验证未通过，或验证码已经用过")
    await limits.give_back(connection, *turns)


async def _by_device(connection: AsyncConnection, code: str) -> bool:
    for row in await listed(connection):
        if row.kind == TOTP and await passes(connection, row, code):
            return True
    return False


async def _by_passkey(connection: AsyncConnection, answer: passkeys.Credential) -> bool:
    wanted = passkeys.credential_id(answer)
    for row, passkey in await confirmed_passkeys(connection):
        if passkey["id"] == wanted:
            public_key = passkey["public_key"]
            counter = await passkeys.shown(connection, answer, public_key, row.counter)
            return counter is not None and await _moved(connection, row.id, counter)
    return False


async def confirmed_passkeys(connection: AsyncConnection) -> list[tuple[Any, dict[str, bytes]]]:
    """The confirmed passkeys: row, and credential id and public key."""
    found = []
    for row in await listed(connection):
        if row.kind == PASSKEY:
            key = crypto.open_key(crypto.keyring(), row.key)
            values = crypto.unseal_values(key, row.sealed, place(row.id))
            found.append((row, {name: b64decode(value) for name, value in values.items()}))
    return found


async def passes(connection: AsyncConnection, row: Any, code: str) -> bool:
    """Whether an authenticator made the code, and never before. One statement compares and moves
    the counter: of many who bring one code, one passes."""
    key = crypto.open_key(crypto.keyring(), row.key)
    device = pyotp.TOTP(crypto.unseal_text(key, row.sealed, place(row.id)))
    try:
        step = device.verify_and_get_timecode(code, for_time=datetime.now(UTC), valid_window=WINDOW)
    except OTPVerificationError:
        return False
    return await _moved(connection, row.id, step)


async def _moved(connection: AsyncConnection, factor_id: UUID, counter: int) -> bool:
    """Let the counter grow; a passkey that does not count stays at 0."""
    moved = (
        update(FACTORS)
        .where(
            FACTORS.c.id == factor_id,
            or_(FACTORS.c.counter < counter, and_(FACTORS.c.counter == 0, literal(counter) == 0)),
        )
        .values(counter=counter)
    )
    return (await connection.execute(moved)).rowcount == 1


async def _by_paper(connection: AsyncConnection, account_id: int, code: str) -> bool:
    spent = (
        update(_CODES)
        .where(_CODES.c.code_index == _code_index(account_id, code), _CODES.c.used_at.is_(None))
        .values(used_at=func.now())
    )
    if (await connection.execute(spent)).rowcount != 1:
        return False
    await audit.note(connection, What.RECOVERY_CODE_USED, account_id=account_id)
    return True


async def passed(work: Work) -> None:
    """Let this session be verified from now on."""
    await work.connection.execute(
        update(_SESSIONS)
        .where(_SESSIONS.c.id == work.actor.session_id)
        .values(verified_at=func.now())
    )


def _code_index(account_id: int, code: str) -> bytes:
    return spoken.index(account_id, RECOVERY, code)


def session_turn(work: Work) -> limits.Turn:
    """What a guess in this session costs."""
    return _GUESSES, f"{work.actor.account_id} {work.actor.session_id}"


def place(factor_id: UUID) -> crypto.Place:
    """Where a second factor's secret stands."""
    return crypto.Place(FACTORS.name, FACTORS.c.sealed.name, factor_id)
