"""Devices that were lost: their sessions end, and what they keep is wiped when they next ask."""

from sqlalchemy import BigInteger, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col

from app.access import Work
from app.db import transaction
from app.errors import NotAllowed, NotFound
from app.models import Account, Grant
from app.models.columns import table_of
from app.places import place_of
from app.roles import CASE_ROLES, Role
from app.services.identity import signing_in
from app.services.record import audit
from app.services.record.audit import What

_KNOWN = select(col(Account.id)).where(col(Account.id) == bindparam("id", type_=BigInteger))
_AREAS = select(table_of(Grant).c.area).where(
    table_of(Grant).c.account_id == bindparam("id", type_=BigInteger)
)


async def lose(work: Work, account_id: int, reason: str) -> None:
    """Note that an account's devices were lost, and why: which of them, nobody can tell in a
    hurry, so all of them. Every session of it ends.

    For the system administrator, a supervisor of a place where the account works, and its owner.
    Raises NotFound, NotAllowed.
    """
    if (await work.connection.execute(_KNOWN, {"id": account_id})).first() is None:
        raise NotFound("没有这个账号")
    areas = (await work.connection.execute(_AREAS, {"id": account_id})).scalars().all()
    over = any(work.actor.supervises(place_of(area), CASE_ROLES) for area in areas)
    own = account_id == work.actor.account_id
    if not (own or over or Role.SYSTEM_ADMIN in work.actor.roles):
        raise NotAllowed("手机遗失由本人、主管人员或系统管理员登记")
    await work.connection.execute(text("select lose_devices(:id)"), {"id": account_id})
    await audit.note_of(work, What.DEVICES_LOST, about=f"account:{account_id}", reason=reason)


async def is_lost(engine: AsyncEngine, device: str) -> bool:
    """Whether the device that shows this secret was lost, and nobody signed in on it since."""
    async with transaction(engine) as connection:
        asked = {"shown": signing_in.device_index(device)}
        found = await connection.execute(text("select device_lost(:shown)"), asked)
        return bool(found.scalar_one())
