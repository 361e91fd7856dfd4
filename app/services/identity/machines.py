"""Partners' systems at the door: their tokens, who they are, and what each call must say."""

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, bindparam, insert, select, text
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel import col

from app import tokens
from app.access import Actor, Machine, as_account
from app.config import get_settings
from app.db import say, transaction
from app.errors import (
    AddressNotAllowed,
    OperatorNeeded,
    PurposeNeeded,
    PurposeNotAllowed,
    QuotaUsedUp,
    TokenRefused,
    TooManyAttempts,
)
from app.ids import uuid7
from app.kinds.forms import Sight
from app.models import MachineClient, MachineKey, MachineToken, Session
from app.models.columns import table_of
from app.permissions import Permission
from app.services.identity import assertions, limits
from app.services.identity.assertions import BadAssertion, Claimed
from app.services.identity.limits import Limit
from app.services.record import audit
from app.services.record.audit import What
from app.tokens import BadToken, TokenKeys

TOKEN_PATH: Final = "/api/v1/oauth/token"  # noqa: S105 - a path
_OPERATOR: Final = re.compile(r"[0-9A-Za-z._-]{2,32}")


@dataclass(frozen=True)
class Said:
    """For whom and what for a call is made, as it came in: any JSON, or nothing."""

    operator: object
    purpose: object


@dataclass(frozen=True, kw_only=True)
class Granted:
    """A token for a partner's system, how many seconds it lives, and for what."""

    access_token: str
    expires_in: int
    scope: str


def audiences() -> frozenset[str]:
    """What an assertion may be addressed to: this system, or its token endpoint."""
    origin = get_settings().origin
    return frozenset({origin, origin + TOKEN_PATH})


_KNOWN = text("select * from machine_key_of(:client_id, :kid)")
_OPENED = insert(table_of(Session)).inline()
_GIVEN = insert_or(table_of(MachineToken)).inline().on_conflict_do_nothing()


async def grant(
    engine: AsyncEngine,
    signer: TokenKeys,
    assertion: str,
    client_id: str | None,
    scope: str | None,
    address: str | None,
) -> Granted:
    """A token in a session of its own, for the scopes asked for (None: all the client has).

    `client_id` may be said once more beside the assertion, which says it already.

    Raises TokenRefused, and QuotaUsedUp: the quota counts requests for tokens too. Why an assertion
    is no good is told only to who signed it with a registered key.
    """
    named, known = await _known(engine, assertion, client_id)
    now = datetime.now(UTC)
    life = min(tokens.MACHINE_LIFE, known.valid_until - now)
    try:
        jti = assertions.check(assertion, named, known.public_pem, audiences(), now)
        await _within(engine, known.account_id, known, address)
        scopes = _scopes(scope, known.scopes)
        session_id = await _open(engine, named, known.account_id, jti, scopes, now + life)
    except BadToken:
        raise _refused(UNKNOWN) from None
    except BadAssertion as error:
        async with transaction(engine) as connection:
            about = f"machine_key:{named.kid}"
            await audit.note(connection, What.CLIENT_REFUSED, about=about, reason=error.reason)
        raise _refused(error.reason) from None
    token = tokens.issue_to_machine(
        signer,
        account_id=known.account_id,
        client_id=named.client_id,
        session_id=session_id,
        scope=" ".join(scopes),
        now=now,
        life=life,
    )
    seconds = int(life.total_seconds())
    return Granted(access_token=token, expires_in=seconds, scope=" ".join(scopes))


async def _known(engine: AsyncEngine, assertion: str, client_id: str | None) -> tuple[Claimed, Any]:
    """Whom an assertion names, and what is registered of that client and key. Nothing is proven."""
    try:
        named = assertions.claimed(assertion)
    except BadToken:
        raise _refused(UNKNOWN) from None
    async with transaction(engine) as connection:
        asked = {"client_id": named.client_id, "kid": named.kid}
        known = (await connection.execute(_KNOWN, asked)).one_or_none()
    if known is None or client_id not in (None, named.client_id):
        raise _refused(UNKNOWN)
    return named, known


async def _open(
    engine: AsyncEngine,
    named: Claimed,
    account_id: int,
    jti: str,
    scopes: list[str],
    ends_at: datetime,
) -> UUID:
    """A new session of the client's. Raises BadAssertion for an assertion that opened one before:
    its row is unique, so of many at once one comes first."""
    session_id = uuid7()
    session = {"id": session_id, "account_id": account_id, "ends_at": ends_at}
    given = {
        "session_id": session_id,
        "account_id": account_id,
        "kid": named.kid,
        "assertion": hashlib.sha256(jti.encode()).digest(),
        "scopes": scopes,
    }
    async with transaction(engine, as_account(account_id)) as connection:
        await connection.execute(_OPENED, session)
        if (await connection.execute(_GIVEN, given)).rowcount != 1:
            raise BadAssertion("this jti was used before")
        about = f"machine_key:{named.kid}"
        await audit.note(connection, What.CLIENT_SIGNED_IN, account_id=account_id, about=about)
    return session_id


UNKNOWN: Final = "the client is not known by this key"


def _refused(description: str) -> TokenRefused:
    return TokenRefused("接口用户身份验证失败", error="invalid_client", description=description)


def _scopes(asked: str | None, registered: Collection[str]) -> list[str]:
    wanted = set(registered) if asked is None else set(asked.split())
    if not wanted or not wanted <= set(registered):
        raise TokenRefused(
            "申请的权限范围未登记",
            error="invalid_scope",
            description="the scope is empty or not registered for this client",
        )
    return sorted(wanted)


_LIMITS: Select[*tuple[Any, ...]] = (
    select(
        col(MachineKey.revoked_at),
        col(MachineToken.scopes).label("asked"),
        col(MachineClient.scopes),
        col(MachineClient.purposes),
        col(MachineClient.highest),
        col(MachineClient.addresses),
        col(MachineClient.per_minute),
        col(MachineClient.per_day),
    )
    .join(MachineKey, col(MachineKey.kid) == col(MachineToken.kid))
    .join(MachineClient, col(MachineClient.account_id) == col(MachineToken.account_id))
    .where(col(MachineToken.session_id) == bindparam("session_id"))
)


async def identify(connection: AsyncConnection, actor: Actor) -> Actor | None:
    """The actor with what limits a partner's system, None if its key was revoked; a person as she
    is. The session decides, never the token."""
    await say(connection, as_account(actor.account_id))
    found = await connection.execute(_LIMITS, {"session_id": actor.session_id})
    row = found.one_or_none()
    if row is None:
        return actor
    if row.revoked_at is not None:
        return None
    machine = Machine(
        scopes=frozenset(map(Permission, set(row.asked) & set(row.scopes))),
        purposes=frozenset(row.purposes),
        highest=Sight(row.highest),
        addresses=tuple(row.addresses),
        per_minute=row.per_minute,
        per_day=row.per_day,
    )
    return replace(actor, machine=machine)


async def admit(engine: AsyncEngine, actor: Actor, address: str | None, said: Said) -> Actor:
    """The partner's system as it asks this time: for whom and what for.

    Raises AddressNotAllowed, QuotaUsedUp, OperatorNeeded, PurposeNeeded, PurposeNotAllowed.
    """
    machine = actor.machine
    assert machine is not None  # noqa: S101 - people have no such door
    await _within(engine, actor.account_id, machine, address)
    if not isinstance(said.operator, str) or not _OPERATOR.fullmatch(said.operator):
        raise OperatorNeeded(
            "请写明经办人代码（2 至 32 个字母、数字或 . _ -）：推送时填 operator，"
            "读取时用请求头 Anlan-Operator"
        )
    purpose = _purpose(machine, said.purpose)
    return replace(actor, machine=replace(machine, operator=said.operator, purpose=purpose))


def _purpose(machine: Machine, purpose: object) -> str:
    if purpose is None and len(machine.purposes) == 1:
        return next(iter(machine.purposes))
    if not isinstance(purpose, str) or not purpose:
        raise PurposeNeeded(
            "请写明办理目的（案件类型）：推送时填 purpose，读取时用请求头 Anlan-Purpose"
        )
    if purpose not in machine.purposes:
        raise PurposeNotAllowed("本接口用户未获准为这一目的调用")
    return purpose


async def _within(engine: AsyncEngine, account_id: int, limit: Any, address: str | None) -> None:
    """Raises AddressNotAllowed or QuotaUsedUp. What a refused call used up stays used up."""
    if limit.addresses and not _inside(address, limit.addresses):
        raise AddressNotAllowed("来源地址不在本接口用户登记的范围内")
    minute = Limit("machine minute", limit.per_minute, timedelta(minutes=1) / limit.per_minute)
    day = Limit("machine day", limit.per_day, timedelta(days=1) / limit.per_day)
    try:
        async with transaction(engine) as connection:
            await limits.take(connection, (minute, str(account_id)), (day, str(account_id)))
    except TooManyAttempts as error:
        raise QuotaUsedUp(
            "本接口用户的调用次数已达限额，请稍后再试", retry_after=error.retry_after
        ) from None


def _inside(address: str | None, networks: Collection[str]) -> bool:
    try:
        found = ip_address(address or "")
    except ValueError:
        return False
    return any(found in ip_network(network) for network in networks)
