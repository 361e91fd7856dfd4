"""One's own second factors: enrolled, listed by name, renamed, removed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import pyotp
from sqlalchemy import func, insert, select, text, update

from app import crypto
from app.access import Work
from app.errors import Conflict, NotFound, StartCodeNeeded, WrongSecondFactor
from app.ids import uuid7
from app.models import Session
from app.models.columns import table_of
from app.services.identity import limits, passkeys, second_factors
from app.services.identity.second_factors import FACTORS, PASSKEY, TOTP
from app.services.record import audit
from app.services.record.audit import What

ISSUER: Final = "安澜"

_CHANGED: Final = text("select own_account_changed()")
_SESSIONS: Final = table_of(Session)


@dataclass(frozen=True)
class Enrolment:
    """What an authenticator app takes in, once: the seed in Base32, and the same as a URI."""

    id: UUID
    secret: str
    uri: str


async def begin_totp(work: Work, name: str) -> Enrolment:
    """A new seed of 160 bits, which counts once `confirm_totp` has seen a code of it.

    Who has a second factor already shows it first; who has none must have signed in within FRESH,
    and, where one is demanded of her, with a start code. Else SecondFactorNeeded, StartCodeNeeded.
    """
    await _may_enrol(work)
    secret = pyotp.random_base32()
    factor_id = await _store(work, TOTP, name, secret, confirmed=False)
    uri = pyotp.TOTP(secret).provisioning_uri(name=work.actor.username, issuer_name=ISSUER)
    return Enrolment(factor_id, secret, uri)


async def confirm_totp(work: Work, factor_id: UUID, code: str) -> list[str]:
    """Let the seed count from now on, and this session as verified by it.

    The recovery codes, if this is the first second factor: shown here, and never again. Raises
    as `begin_totp`, NotFound for no such seed of one's own, WrongSecondFactor, TooManyAttempts.
    """
    await _may_enrol(work)
    connection = work.connection
    first = not await second_factors.accepted(connection)
    turn = second_factors.session_turn(work)
    await limits.take(connection, turn)
    begun = select(FACTORS).where(
        FACTORS.c.id == factor_id,
        FACTORS.c.kind == TOTP,
        FACTORS.c.confirmed_at.is_(None),
        FACTORS.c.removed_at.is_(None),
    )
    row = (await connection.execute(begun)).one_or_none()
    if row is None:
        raise NotFound("没有这个待确认的验证器")
    if not await second_factors.passes(connection, row, code):
        raise WrongSecondFactor("验证码不正确，请核对设备时间后重试")
    await limits.give_back(connection, turn)
    await connection.execute(
        update(FACTORS).where(FACTORS.c.id == factor_id).values(confirmed_at=func.now())
    )
    return await _enrolled(work, factor_id, first=first)


async def begin_passkey(work: Work) -> dict[str, Any]:
    """What the browser needs to make a passkey. Raises as `begin_totp`."""
    await _may_enrol(work)
    known = await second_factors.confirmed_passkeys(work.connection)
    ids = [passkey["id"] for _, passkey in known]
    return await passkeys.creation_options(work.connection, work.actor, ids)


async def confirm_passkey(work: Work, name: str, answer: passkeys.Credential) -> list[str]:
    """Let a passkey count that answers `begin_passkey`; recovery codes as in `confirm_totp`.

    Raises WrongSecondFactor for an answer to another challenge or from another host.
    """
    await _may_enrol(work)
    first = not await second_factors.accepted(work.connection)
    made = await passkeys.made(work.connection, answer)
    if made is None:
        raise WrongSecondFactor("通行密钥未能验证，请重新绑定")
    values = {"id": made["credential_id"], "public_key": made["public_key"]}
    factor_id = await _store(work, PASSKEY, name, values, confirmed=True, counter=made["counter"])
    return await _enrolled(work, factor_id, first=first)


async def _may_enrol(work: Work) -> None:
    if await second_factors.accepted(work.connection):
        await second_factors.need_recent(work)
    elif not second_factors.demanded(work.actor.roles):
        await second_factors.need_recent(work, since=_SESSIONS.c.opened_at)
    elif not await _started(work):
        raise StartCodeNeeded("首次绑定须有启用码：请向安全管理员领取，再用它重新登录")


async def _started(work: Work) -> bool:
    own = select(_SESSIONS.c.started_at).where(_SESSIONS.c.id == work.actor.session_id)
    return (await work.connection.execute(own)).scalar_one() is not None


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
        insert(FACTORS),
        {
            "id": factor_id,
            "account_id": work.actor.account_id,
            "kind": kind,
            "name": name,
            "key": wrapped,
            "sealed": crypto.seal(key, secret, second_factors.place(factor_id)),
            "counter": counter,
            "confirmed_at": datetime.now(UTC) if confirmed else None,
        },
    )
    return factor_id


async def _enrolled(work: Work, factor_id: UUID, *, first: bool) -> list[str]:
    await second_factors.passed(work)
    about, account_id = f"second_factor:{factor_id}", work.actor.account_id
    await audit.note(work.connection, What.SECOND_FACTOR_ADDED, account_id=account_id, about=about)
    if not first:
        return []
    # All of her sessions ask anew what they may do: they may have been confined until now.
    await work.connection.execute(_CHANGED)
    return await second_factors.new_recovery_codes(work)


async def listed(work: Work) -> Sequence[Any]:
    """One's own second factors, oldest first."""
    return await second_factors.listed(work.connection)


async def rename(work: Work, factor_id: UUID, name: str) -> None:
    """Give a second factor of one's own another name. Raises NotFound."""
    await _change(work, factor_id, name=name)
    await _note(work, What.SECOND_FACTOR_RENAMED, factor_id)


async def remove(work: Work, factor_id: UUID) -> None:
    """Let a second factor of one's own count no more, and with the last one the recovery codes.

    Raises SecondFactorNeeded unless one was shown within FRESH, NotFound, Conflict for the last one
    of who must have one.
    """
    await second_factors.need_recent(work)
    await _change(work, factor_id, removed_at=func.now())
    if not await second_factors.accepted(work.connection):
        if second_factors.demanded(work.actor.roles):
            raise Conflict("您的角色须有第二验证方式，请先绑定另一个，再移除这一个")
        await second_factors.void_recovery_codes(work)
    await _note(work, What.SECOND_FACTOR_REMOVED, factor_id)


async def _change(work: Work, factor_id: UUID, **values: Any) -> None:
    own = update(FACTORS).where(
        FACTORS.c.id == factor_id,
        FACTORS.c.confirmed_at.is_not(None),
        FACTORS.c.removed_at.is_(None),
    )
    if (await work.connection.execute(own.values(values))).rowcount != 1:
        raise NotFound("没有这个第二验证方式")


async def _note(work: Work, what: What, factor_id: UUID) -> None:
    await audit.note_of(work, what, about=f"second_factor:{factor_id}")
