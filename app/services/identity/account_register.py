"""The register of accounts, for the administrators: found, shown, and what a role would see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.errors import NotFound
from app.kinds.base import CaseKind
from app.kinds.forms import S4, Choice
from app.models import Account, Grant, MachineClient, Organisation
from app.permissions import Permission, permitted
from app.places import place_of
from app.policy import POLICIES, Purpose, Standing, decide
from app.roles import Role
from app.services.identity import accounts, left_cases


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which accounts are wanted; what is None narrows nothing. `area` includes what lies in it,
    `text` is a part of the username or the name."""

    role: Role | None = None
    area: int | None = None
    organisation_id: int | None = None
    disabled: bool | None = None
    text: str | None = None


_GRANTS: Final = (
    select(
        func.coalesce(
            func.jsonb_agg(
                func.jsonb_build_object(
                    "role", col(Grant.role), "area", col(Grant.area),
                    "supervisor", col(Grant.supervisor),
                )
            ),
            literal_column("'[]'::jsonb"),
            type_=JSONB,
        )
    )
    .where(col(Grant.account_id) == col(Account.id))
    .scalar_subquery()
)  # fmt: skip
_ACCOUNTS: Final[Select[Any]] = (
    select(
        col(Account.id),
        col(Account.username),
        col(Account.display_name),
        col(Account.organisation_id),
        col(Organisation.name).label("organisation"),
        col(Account.disabled_at),
        col(Account.version),
        col(Account.changed_at),
        _GRANTS.label("grants"),
    )
    .outerjoin(Organisation, col(Organisation.id) == col(Account.organisation_id))
    .where(col(Account.id).not_in(select(col(MachineClient.account_id))))
    .order_by(col(Account.id))
)


async def search(
    connection: AsyncConnection, asked: Asked, *, after: int = 0, limit: int = 50
) -> list[dict[str, Any]]:
    """People's accounts in the order they were made, as `one` gives them. Only what follows the id
    `after`, at most `limit`."""
    wanted = _ACCOUNTS.where(col(Account.id) > after, *_narrowed(asked)).limit(limit)
    return await _whole(connection, (await connection.execute(wanted)).all())


async def one(connection: AsyncConnection, account_id: int) -> dict[str, Any]:
    """A person's account, its `grants`, how it stands with sign-in, and how many open `cases` it
    has in hand. Raises NotFound."""
    rows = (await connection.execute(_ACCOUNTS.where(col(Account.id) == account_id))).all()
    if not rows:
        raise NotFound("没有这个账号")
    return (await _whole(connection, rows))[0]


async def _whole(connection: AsyncConnection, rows: Sequence[Any]) -> list[dict[str, Any]]:
    found = await accounts.standing(connection, [row.id for row in rows]) if rows else ()
    standings = {row.account_id: row._mapping for row in found}
    cases = await left_cases.counts(connection, [row.id for row in rows]) if rows else {}
    return [{**row._mapping, **standings[row.id], "cases": cases.get(row.id, 0)} for row in rows]


def _narrowed(asked: Asked) -> list[Any]:
    held = select(col(Grant.account_id))
    if asked.role is not None:
        held = held.where(col(Grant.role) == asked.role)
    if asked.area is not None:
        held = held.where(col(Grant.area).between(asked.area, _last_within(asked.area)))
    conditions: list[Any] = []
    if asked.role is not None or asked.area is not None:
        conditions.append(col(Account.id).in_(held))
    if asked.organisation_id is not None:
        conditions.append(col(Account.organisation_id) == asked.organisation_id)
    if asked.disabled is not None:
        shut = col(Account.disabled_at).is_not(None)
        conditions.append(shut if asked.disabled else ~shut)
    if asked.text is not None:
        columns = (col(Account.username), col(Account.display_name))
        conditions.append(or_(*(c.icontains(asked.text, autoescape=True) for c in columns)))
    return conditions


def _last_within(area: int) -> int:
    place = place_of(area)
    return area + (0 if place.village else 999 if place.town else 999_999)


class Comes(Choice):
    """By what a role comes to its cases."""

    AREA = "area", "所在地区的全部案件"
    GIVEN = "given", "交办、移送给本人或本单位的案件"
    NONE = "none", "不看案件"


def prospect(role: Role, kinds: Mapping[str, CaseKind]) -> dict[str, Any]:
    """What somebody with that role would see and could do, by the policies that decide it."""
    policy, words = POLICIES[role], permitted([role])
    comes = Comes(policy.reach.value)
    return {
        "role": role,
        "label": role.label,
        "comes": comes,
        "comes_title": comes.label,
        "glass": policy.glass,
        "permissions": [{"name": p, "label": p.label} for p in Permission if p in words],
        "kinds": [_of_kind(role, kind, words) for kind in kinds.values()],
    }


def _of_kind(role: Role, kind: CaseKind, words: frozenset[Permission]) -> dict[str, Any]:
    near = Standing(roles=frozenset({role}), in_charge=True)
    reveals = decide(kind, near, Purpose.REVEAL).sight >= S4
    return {
        "kind": kind.name,
        "title": kind.title,
        "sight": decide(kind, near, Purpose.WORK).sight,
        "listed": decide(kind, near, Purpose.LIST).sight,
        "vault": reveals and Permission.VAULT_REVEAL in words,
        "opens": role in kind.opened_by and Permission.CASES_WRITE in words,
        "actions": [
            {"name": action.name, "title": action.title}
            for action in kind.actions
            if role in action.by
        ],
    }
