"""Second factors: a code of the moment (TOTP, RFC 6238) from a device, a passkey, or a code from
paper."""

import secrets
import string
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pyotp
from pyotp.exceptions import OTPVerificationError
from sqlalchemy import and_, func, insert, literal, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app import crypto
from app.access import Work
from app.errors import Conflict, NotFound, SecondFactorNeeded, WrongSecondFactor
from app.ids import uuid7
from app.models import RecoveryCode, SecondFactor, Session
from app.models.columns import table_of
from app.services.identity import limits, passkeys
from app.services.identity.limits import Limit
from app.services.record import audit
from app.services.record.audit import What

ISSUER: Final = "安澜"
TOTP: Final = "totp"
PASSKEY: Final = "passkey"
RECOVERY: Final = "recovery_code"
FRESH: Final = timedelta(minutes=5)
"""How long a second factor shown once speaks for the session."""

WINDOW: Final = 1  # steps of 30 s by which the device's clock may differ
RECOVERY_CODES: Final = 10
_LETTERS: Final = (string.ascii_lowercase + string.digits).translate({ord(c): None for c in "01lo"})
_GUESSES: Final = Limit("second factor", 5, timedelta(minutes=3))
_ELSEWHERE: Final = Limit("second factor on unknown devices", 20, timedelta(minutes=30))

_FACTORS: Final = table_of(SecondFactor)
_CODES: Final = table_of(RecoveryCode)
_CHANGED: Final = text("select own_account_changed()")
_SESSIONS: Final = table_of(Session)
_CONFIRMED: Final = select(_FACTORS).where(
    _FACTORS.c.confirmed_at.is_not(None), _FACTORS.c.removed_at.is_(None)
)


Answer = str | passkeys.Credential
"""A code from a device or from paper, or what a passkey answered."""


@dataclass(frozen=True)
class Enrolment:
    """What an authenticator app takes in, once: the seed in Base32, and the same as a URI."""

    id: UUID
    secret: str
    uri: str


async def listed(connection: AsyncConnection) -> Sequence[Any]:
    """The confirmed second factors of whoever the transaction belongs to, oldest first."""
    return (await connection.execute(_CONFIRMED.order_by(_FACTORS.c.begun_at))).all()


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
    """What an account is asked for to complete its sign-in; None if it has no second factor. A
    passkey's challenge comes along, so the transaction must commit before this is raised."""
    kinds = await accepted(connection)
    if not kinds:
        return None
    needed = SecondFactorNeeded("请再用第二验证方式确认本人", accepted=kinds)
    if PASSKEY in kinds:
        needed.passkey = await passkey_request(connection, account_id)
    return needed


async def begin_totp(work: Work, name: str) -> Enrolment:
    """A new seed of 160 bits, which counts once `confirm_totp` has seen a code of it.

    Who has a second factor already shows it first; who has none must have signed in within FRESH.
    Else SecondFactorNeeded.
    """
    await _may_enrol(work)
    secret = pyotp.random_base32()
    factor_id = await _store(work, TOTP, name, secret, confirmed=False)
    uri = pyotp.TOTP(secret).provisioning_uri(name=work.actor.username, issuer_name=ISSUER)
    return Enrolment(factor_id, secret, uri)


async def confirm_totp(work: Work, factor_id: UUID, code: str) -> list[str]:
    """Let the seed count from now on, and this session as verified by it.

    The recovery codes, if this is the first second factor: shown here, and never again. Raises
    NotFound for no such seed of one's own, WrongSecondFactor, TooManyAttempts.
    """
    connection = work.connection
    first = not await accepted(connection)
    turn = _session_turn(work)
    await limits.take(connection, turn)
    begun = select(_FACTORS).where(
        _FACTORS.c.id == factor_id, _FACTORS.c.kind == TOTP, _FACTORS.c.confirmed_at.is_(None)
    )
    row = (await connection.execute(begun)).one_or_none()
    if row is None:
        raise NotFound("没有这个待确认的验证器")
    if not await _passes(connection, row, code):
        raise WrongSecondFactor("验证码不正确，请核对设备时间后重试")
    await limits.give_back(connection, turn)
    await connection.execute(
        update(_FACTORS).where(_FACTORS.c.id == factor_id).values(confirmed_at=func.now())
    )
    return await _enrolled(work, factor_id, first=first)


async def begin_passkey(work: Work) -> dict[str, Any]:
    """What the browser needs to make a passkey. SecondFactorNeeded as in `begin_totp`."""
    await _may_enrol(work)
    known = [passkey["id"] for _, passkey in await _passkeys(work.connection)]
    return await passkeys.creation_options(work.connection, work.actor, known)


async def confirm_passkey(work: Work, name: str, answer: passkeys.Credential) -> list[str]:
    """Let a passkey count that answers `begin_passkey`; recovery codes as in `confirm_totp`.

    Raises WrongSecondFactor for an answer to another challenge or from another host.
    """
    await _may_enrol(work)
    first = not await accepted(work.connection)
    made = await passkeys.made(work.connection, answer)
    if made is None:
        raise WrongSecondFactor("通行密钥未能验证，请重新绑定")
    values = {"id": made["credential_id"], "public_key": made["public_key"]}
    factor_id = await _store(work, PASSKEY, name, values, confirmed=True, counter=made["counter"])
    return await _enrolled(work, factor_id, first=first)


async def passkey_request(connection: AsyncConnection, account_id: int) -> dict[str, Any]:
    """What the browser needs to show one of her passkeys."""
    known = [passkey["id"] for _, passkey in await _passkeys(connection)]
    return await passkeys.request_options(connection, account_id, known)


async def _may_enrol(work: Work) -> None:
    known = await accepted(work.connection)
    await need_recent(work, since=_SESSIONS.c.verified_at if known else _SESSIONS.c.opened_at)


async def _store(
    work: Work,
    kind: str,
    name: str,
    secret: str | dict[str, Any],
    *,
    confirmed: bool,
    counter: int = 0,
) -> UUID:
    factor_id = uuid7()
    wrapped = crypto.new_key(crypto.keyring())
    key = crypto.open_key(crypto.keyring(), wrapped)
    await work.connection.execute(
        insert(_FACTORS),
        {
            "id": factor_id,
            "account_id": work.actor.account_id,
            "kind": kind,
            "name": name,
            "key": wrapped,
            "sealed": crypto.seal(key, secret, _place(factor_id)),
            "counter": counter,
            "confirmed_at": datetime.now(UTC) if confirmed else None,
        },
    )
    return factor_id


async def _enrolled(work: Work, factor_id: UUID, *, first: bool) -> list[str]:
    await _passed(work)
    about, account_id = f"second_factor:{factor_id}", work.actor.account_id
    await audit.note(work.connection, What.SECOND_FACTOR_ADDED, account_id=account_id, about=about)
    if not first:
        return []
    # All of her sessions ask anew what they may do: they may have been confined until now.
    await work.connection.execute(_CHANGED)
    return await new_recovery_codes(work)


async def new_recovery_codes(work: Work) -> list[str]:
    """RECOVERY_CODES new codes of 80 bits; those made before open nothing any more."""
    await work.connection.execute(
        update(_CODES).where(_CODES.c.used_at.is_(None)).values(used_at=func.now())
    )
    made = ["".join(secrets.choice(_LETTERS) for _ in range(16)) for _ in range(RECOVERY_CODES)]
    account_id = work.actor.account_id
    await work.connection.execute(
        insert(_CODES),
        [{"account_id": account_id, "code_index": _code_index(account_id, c)} for c in made],
    )
    await audit.note(work.connection, What.RECOVERY_CODES_MADE, account_id=account_id)
    return ["-".join(code[at : at + 4] for at in range(0, 16, 4)) for code in made]


async def step_up(work: Work, answer: Answer) -> None:
    """Verify this session for FRESH. Raises Conflict without a second factor, WrongSecondFactor,
    TooManyAttempts."""
    if not await accepted(work.connection):
        raise Conflict("尚未绑定第二验证方式，请先绑定")
    await _check(work.connection, work.actor.account_id, answer, _session_turn(work))
    await _passed(work)
    await audit.note(work.connection, What.STEPPED_UP, account_id=work.actor.account_id)


async def check(
    connection: AsyncConnection, account_id: int, answer: Answer, *, where: str, known: bool
) -> None:
    """Take a second factor of the account the transaction belongs to, from `where`, a device or an
    address.

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
        right = await _by_device(connection, code) or await _by_paper(connection, account_id, code)
    else:
        right = await _by_passkey(connection, answer)
    if not right:
        await audit.note(connection, What.SECOND_FACTOR_FAILED, account_id=account_id)
        raise WrongSecondFactor("第二验证未通过，或验证码已经用过")
    await limits.give_back(connection, *turns)


async def _by_device(connection: AsyncConnection, code: str) -> bool:
    for row in await listed(connection):
        if row.kind == TOTP and await _passes(connection, row, code):
            return True
    return False


async def _by_passkey(connection: AsyncConnection, answer: passkeys.Credential) -> bool:
    wanted = passkeys.credential_id(answer)
    for row, passkey in await _passkeys(connection):
        if passkey["id"] == wanted:
            public_key = passkey["public_key"]
            counter = await passkeys.shown(connection, answer, public_key, row.counter)
            return counter is not None and await _moved(connection, row.id, counter)
    return False


async def _passkeys(connection: AsyncConnection) -> list[tuple[Any, dict[str, bytes]]]:
    """The confirmed passkeys: row, and credential id and public key."""
    found = []
    for row in await listed(connection):
        if row.kind == PASSKEY:
            key = crypto.open_key(crypto.keyring(), row.key)
            values = crypto.unseal_values(key, row.sealed, _place(row.id))
            found.append((row, {name: b64decode(value) for name, value in values.items()}))
    return found


async def _passes(connection: AsyncConnection, row: Any, code: str) -> bool:
    """One statement compares and moves the counter: of many who bring one code, one passes."""
    key = crypto.open_key(crypto.keyring(), row.key)
    device = pyotp.TOTP(crypto.unseal_text(key, row.sealed, _place(row.id)))
    try:
        step = device.verify_and_get_timecode(code, for_time=datetime.now(UTC), valid_window=WINDOW)
    except OTPVerificationError:
        return False
    return await _moved(connection, row.id, step)


async def _moved(connection: AsyncConnection, factor_id: UUID, counter: int) -> bool:
    """Let the counter grow; a passkey that does not count stays at 0."""
    moved = (
        update(_FACTORS)
        .where(
            _FACTORS.c.id == factor_id,
            or_(_FACTORS.c.counter < counter, and_(_FACTORS.c.counter == 0, literal(counter) == 0)),
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


async def _passed(work: Work) -> None:
    await work.connection.execute(
        update(_SESSIONS)
        .where(_SESSIONS.c.id == work.actor.session_id)
        .values(verified_at=func.now())
    )


def _code_index(account_id: int, code: str) -> bytes:
    plain = code.replace("-", "").replace(" ", "").casefold()
    return crypto.fingerprint(crypto.keyring(), account_id, "recovery_code", {"code": plain})


def _session_turn(work: Work) -> limits.Turn:
    return _GUESSES, f"{work.actor.account_id} {work.actor.session_id}"


def _place(factor_id: UUID) -> crypto.Place:
    return crypto.Place(_FACTORS.name, _FACTORS.c.sealed.name, factor_id)
