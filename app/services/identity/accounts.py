"""Accounts: who signs in, as whom a session acts, and how accounts are made."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, false, func, insert, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Text
from sqlmodel import col

from app import tokens
from app.access import Actor, Held, Work
from app.errors import (
    Conflict,
    Invalid,
    Refused,
)
from app.models import Account, Area, Credential, Grant, MachineClient, Organisation
from app.models.columns import MANY, table_of
from app.permissions import Confined
from app.places import place_of
from app.roles import ADMINS, Role
from app.services.district import areas
from app.services.identity import passwords, second_factors
from app.services.record import audit
from app.services.record.audit import What

USERNAME = re.compile(r"[a-z0-9][a-z0-9_.-]{1,63}")


async def need_second_factor(work: Work) -> None:
    """For what needs more than a password: raises SecondFactorNeeded unless this session showed a
    second factor within the last five minutes."""
    await second_factors.need_recent(work)


_IDENTITY = text(
    "select i.*, account_bars(i.account_id) as barred, account_glass(i.account_id) as glass"
    " from session_identity(:session_id) i"
).columns(grants=JSONB, glass=JSONB)


async def identify(connection: AsyncConnection, session_id: UUID) -> Actor | None:
    """Whoever a session stands for; None if it ended, was revoked, or the account was disabled."""
    found = (await connection.execute(_IDENTITY, {"session_id": session_id})).one_or_none()
    if found is None:
        return None
    grants = tuple(Held(Role(g["role"]), g["area"], g["supervisor"]) for g in found.grants)
    return Actor(
        account_id=found.account_id,
        organisation_id=found.organisation_id,
        session_id=session_id,
        version=found.version,
        username=found.username,
        display_name=found.display_name,
        grants=grants,
        barred=tuple(found.barred),
        glass=tuple((UUID(case), datetime.fromisoformat(ends)) for case, ends in found.glass),
        confined=_confined(found, grants),
    )


def _confined(found: Any, grants: Sequence[Held]) -> Confined | None:
    if found.password_since is None:  # a partner's system has none
        return None
    if found.password_seen or passwords.too_old(found.password_since):
        return Confined.PASSWORD
    if second_factors.demanded(g.role for g in grants) and not found.has_second_factor:
        return Confined.SECOND_FACTOR
    return None


async def change_password(work: Work, old: str, new: str) -> None:
    """Change one's own password (passwords.change): longer for who has no second factor."""
    enrolled = bool(await second_factors.accepted(work.connection))
    await passwords.change(
        work, old, new, alone=not (enrolled or second_factors.demanded(work.actor.roles))
    )


async def list_accounts(
    work: Work, *, organisation_id: int | None = None, after: int = 0, limit: int = 50
) -> Sequence[Any]:
    """People with a role in a district of the actor's, by id: id, display_name, roles there.

    Only what follows the id `after`, at most `limit`.
    """
    districts = {place_of(held.area).district for held in work.actor.grants}
    roles = func.array_agg(col(Grant.role).distinct(), type_=ARRAY(Text)).label("roles")
    wanted = (
        select(col(Account.id), col(Account.display_name), roles)
        .join(Grant, col(Grant.account_id) == col(Account.id))
        .where(col(Account.disabled_at).is_(None), col(Account.id) > after)
        .where(col(Account.id).not_in(select(col(MachineClient.account_id))))
        .where(
            or_(false(), *(col(Grant.area).between(d, d + 10**6 - 1) for d in sorted(districts)))
        )
        .group_by(col(Account.id))
        .order_by(col(Account.id))
        .limit(limit)
    )
    if organisation_id is not None:
        wanted = wanted.where(col(Account.organisation_id) == organisation_id)
    return (await work.connection.execute(wanted)).all()


_STANDING = text("select * from account_standing(:ids)").bindparams(bindparam("ids", type_=MANY))


async def standing(connection: AsyncConnection, ids: Sequence[int]) -> Sequence[Any]:
    """How accounts stand with sign-in: second factors, start code, password; for administrators,
    else nothing."""
    return (await connection.execute(_STANDING, {"ids": list(ids)})).all()


async def surroundings(work: Work, day: date) -> tuple[Any | None, dict[int, str]]:
    """The organisation of whoever asks (a row, or None), and the names of the areas held on a day
    in Shanghai."""
    own = select(table_of(Organisation)).where(col(Organisation.id) == work.actor.organisation_id)
    held = {grant.area for grant in work.actor.grants}
    in_force = await areas.list_areas(work.connection, day)
    return (
        (await work.connection.execute(own)).one_or_none(),
        {area.code: area.name for area in in_force if area.code in held},
    )


def plain_username(username: str) -> str:
    """The one spelling of a username: half width, lower case, no spaces around it."""
    return unicodedata.normalize("NFKC", username).strip().casefold()


async def create_account(
    connection: AsyncConnection,
    username: str,
    display_name: str,
    password: str,
    organisation_id: int | None,
    grants: Sequence[Held],
) -> int:
    """A new account and its id; on the owner's connection.

    Raises Invalid for a username or password that may not be, an unknown area or organisation;
    Conflict for a username already taken.
    """
    name = plain_username(username)
    alone = not second_factors.demanded(held.role for held in grants)
    await passwords.check(password, name, display_name, alone=alone)
    hashed = await tokens.hash_password_async(password)
    return await add_account(connection, name, display_name, hashed, organisation_id, grants)


_MACHINE = text("select machine_account(:client, :title, :organisation, :held)").bindparams(
    bindparam("held", type_=JSONB)
)


async def add_account(
    connection: AsyncConnection,
    username: str,
    display_name: str,
    password_hash: str,
    organisation_id: int | None,
    grants: Sequence[Held],
) -> int:
    """As `create_account`, for a password already hashed."""
    await check_new(connection, username, organisation_id)
    await check_grants(connection, grants)
    made = (
        insert_or(table_of(Account))
        .values(username=username, display_name=display_name, organisation_id=organisation_id)
        .on_conflict_do_nothing(index_elements=["username"])
        .returning(col(Account.id))
    )
    account_id: int | None = (await connection.execute(made)).scalar_one_or_none()
    if account_id is None:
        raise Conflict(f"用户名 {username} 已有人使用")
    await connection.execute(
        insert(table_of(Credential)), {"account_id": account_id, "password_hash": password_hash}
    )
    await _grant(connection, account_id, grants)
    await audit.note(connection, What.ACCOUNT_MADE, about=f"account:{account_id}")
    return account_id


async def add_machine(
    connection: AsyncConnection,
    client_id: str,
    title: str,
    organisation_id: int,
    grants: Sequence[Held],
) -> int:
    """The account of a partner's system and its id: nobody signs in to it with a password.

    Raises Invalid and Conflict as `create_account`.
    """
    if not USERNAME.fullmatch(client_id):
        raise Invalid("接口用户编号须为 2 至 64 个小写字母、数字或 _ . -")
    await check_grants(connection, grants)
    await check_organisation(connection, organisation_id)
    held = [{"role": g.role.value, "area": g.area} for g in grants]
    account_id: int | None = (
        await connection.execute(
            _MACHINE,
            {"client": client_id, "title": title, "organisation": organisation_id, "held": held},
        )
    ).scalar_one_or_none()
    if account_id is None:
        raise Conflict(f"编号 {client_id} 已有人使用")
    return account_id


async def _grant(connection: AsyncConnection, account_id: int, grants: Sequence[Held]) -> None:
    rows = [
        {"account_id": account_id, "role": g.role.value, "area": g.area, "supervisor": g.supervisor}
        for g in grants
    ]
    if rows:
        await connection.execute(insert(table_of(Grant)), rows)


async def check_new(
    connection: AsyncConnection, username: str, organisation_id: int | None
) -> None:
    """Raises Invalid for a username that may not be, or an unknown organisation."""
    if not USERNAME.fullmatch(username):
        problem = {"field": "username", "message": "2 至 64 个小写字母、数字或 _ . -"}
        raise Invalid("用户名须为 2 至 64 个小写字母、数字或 _ . -", [problem])
    await check_organisation(connection, organisation_id)


async def check_grants(connection: AsyncConnection, grants: Sequence[Held]) -> None:
    """Raises Invalid for a role in an area that is none, or no longer, or twice in one; Refused for
    an administrator's beside another."""
    if len({(held.role, held.area) for held in grants}) < len(grants):
        raise Invalid("同一角色在同一地区只能授予一次")
    roles = {held.role for held in grants}
    if roles & ADMINS and len(roles) > 1:
        raise Refused("offices-apart", "管理员不得兼任其他角色（三员分立）", basis="等保三级 8.1.5")
    wanted = {held.area for held in grants}
    current = select(col(Area.code)).where(col(Area.code).in_(wanted), col(Area.valid_to).is_(None))
    unknown = wanted - set((await connection.execute(current)).scalars())
    if unknown:
        raise Invalid(f"没有这个地区：{'、'.join(map(str, sorted(unknown)))}")


async def check_organisation(connection: AsyncConnection, organisation_id: int | None) -> None:
    """Raises Invalid for an organisation that is none, or was closed."""
    known = select(col(Organisation.id)).where(
        col(Organisation.id) == organisation_id, col(Organisation.closed_on).is_(None)
    )
    if organisation_id is not None and (await connection.execute(known)).first() is None:
        raise Invalid(f"没有编号为 {organisation_id} 的单位")
