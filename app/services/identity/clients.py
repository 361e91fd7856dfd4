"""The register of partners' systems: what each is let in for, and when it was last seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_network
from typing import Any, Final

from sqlalchemy import any_, bindparam, func, insert, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.access import Held
from app.errors import Invalid
from app.kinds.base import CaseKind
from app.kinds.forms import S3, Sight
from app.models import Account, Grant, MachineClient, MachineKey, MachineToken, Organisation
from app.models.columns import MANY, table_of
from app.permissions import Permission, permitted
from app.policy import SEES_NO_CASE
from app.services.identity import accounts, client_keys
from app.services.record import audit
from app.services.record.audit import By, What
from app.tokens import PublicKey

SCOPES: Final = frozenset(
    {
        Permission.CASES_READ,
        Permission.CHANGES_READ,
        Permission.POLICE_PAPERS,
        Permission.COURT_PAPERS,
    }
)
"""What a partner's system can be let in for. Nothing else opens to one."""


@dataclass(frozen=True, kw_only=True)
class Registration:
    """What is written down of a partner's system. Moments are aware; a purpose is a kind of case;
    no addresses means that it may call from anywhere."""

    client_id: str
    title: str
    organisation_id: int
    grants: Sequence[Held]
    scopes: Sequence[Permission]
    purposes: Sequence[str]
    highest: Sight
    per_minute: int
    per_day: int
    addresses: Sequence[str]
    valid_from: datetime
    valid_until: datetime


async def register(
    connection: AsyncConnection,
    kinds: Mapping[str, CaseKind],
    wanted: Registration,
    key: PublicKey,
    by: By,
) -> None:
    """Write down a partner's system with its first key.

    Raises Invalid for what it may not be, Conflict for a client id or a key already taken.
    """
    networks = _check(kinds, wanted)
    account_id = await accounts.add_machine(
        connection, wanted.client_id, wanted.title, wanted.organisation_id, wanted.grants
    )
    row = {
        "account_id": account_id,
        "scopes": sorted(wanted.scopes),
        "purposes": sorted(wanted.purposes),
        "highest": wanted.highest.value,
        "per_minute": wanted.per_minute,
        "per_day": wanted.per_day,
        "addresses": networks,
        "valid_from": wanted.valid_from,
        "valid_until": wanted.valid_until,
        "registered_by": by.account_id,
    }
    await connection.execute(insert(table_of(MachineClient)).inline(), row)
    about = f"machine_client:{account_id}"
    await audit.note_by(connection, What.CLIENT_REGISTERED, by, about)
    await client_keys.write_down(connection, account_id, key, by)


async def revoke(connection: AsyncConnection, client_id: str, by: By) -> None:
    """Shut a partner's system for good, from the next request on. Raises NotFound."""
    account_id = await client_keys.lock(connection, client_id)
    await client_keys.changed(connection, account_id, shut=True)
    about = f"machine_client:{account_id}"
    await audit.note_by(connection, What.CLIENT_REVOKED, by, about)


def _check(kinds: Mapping[str, CaseKind], wanted: Registration) -> list[str]:
    """The networks, spelt out. Raises Invalid unless the roles carry the scopes and the purposes,
    and the rest can be."""
    roles = {held.role for held in wanted.grants}
    if not roles or roles & SEES_NO_CASE or any(h.supervisor for h in wanted.grants):
        raise _wrong("grants", "须至少有一个办案角色，且不得为管理员、妇儿工委办或主管")
    if not wanted.scopes or not set(wanted.scopes) <= SCOPES & permitted(roles):
        raise _wrong("scopes", "权限范围为空，或不能授予这些角色的接口用户")
    served = {name for name, kind in kinds.items() if kind.read_by & roles}
    if not wanted.purposes or not set(wanted.purposes) <= served:
        raise _wrong("purposes", "办理目的为空，或这些角色不办理该类案件")
    if wanted.highest > S3:
        raise _wrong("highest", "接口用户不得读取 S4")
    if wanted.per_minute < 1 or wanted.per_day < wanted.per_minute:
        raise _wrong("per_day", "每日限额不得少于每分钟限额")
    if wanted.valid_until <= wanted.valid_from:
        raise _wrong("valid_until", "有效期止须晚于有效期起")
    try:
        return [str(ip_network(address)) for address in wanted.addresses]
    except ValueError:
        raise _wrong("addresses", "网络地址有误，形如 10.1.2.0/24") from None


def _wrong(field: str, message: str) -> Invalid:
    return Invalid(message, [{"field": field, "message": message}])


_GRANTS = (
    select(
        func.jsonb_agg(
            func.jsonb_build_object("role", col(Grant.role), "area", col(Grant.area)), type_=JSONB
        )
    )
    .where(col(Grant.account_id) == col(Account.id))
    .scalar_subquery()
)
_CLIENTS = (
    select(
        *table_of(MachineClient).c,
        col(Account.username).label("client_id"),
        col(Account.display_name).label("title"),
        col(Account.disabled_at),
        col(Organisation.name).label("organisation"),
        _GRANTS.label("grants"),
    )
    .join(Account, col(Account.id) == col(MachineClient.account_id))
    .join(Organisation, col(Organisation.id) == col(Account.organisation_id))
    .where(col(MachineClient.account_id) > bindparam("after"))
    .order_by(col(MachineClient.account_id))
    .limit(bindparam("limit"))
)
_LAST_USED = (
    select(func.max(col(MachineToken.issued_at)))
    .where(col(MachineToken.kid) == col(MachineKey.kid))
    .scalar_subquery()
)
_KEYS = (
    select(table_of(MachineKey), _LAST_USED.label("last_used_at"))
    .where(col(MachineKey.account_id) == any_(bindparam("ids", type_=MANY)))
    .order_by(col(MachineKey.added_at), col(MachineKey.kid))
)


async def listed(
    connection: AsyncConnection, *, after: int = 0, limit: int = 50
) -> list[dict[str, Any]]:
    """Clients in the order they were registered, each with its `keys` and when they were last used
    to get a token (UTC). Only what follows the account `after`, at most `limit`."""
    asked = {"after": after, "limit": limit}
    rows = (await connection.execute(_CLIENTS, asked)).all()
    keys = (await connection.execute(_KEYS, {"ids": [row.account_id for row in rows]})).all()
    return [
        {**row._mapping, "keys": [key for key in keys if key.account_id == row.account_id]}
        for row in rows
    ]
