"""The mediators at three levels: for the district, a town, a village (调解法 8, 13)."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import BigInteger, any_, bindparam, case, func, select
from sqlmodel import col

from app.access import Work
from app.models import Account, Grant, Organisation
from app.models.columns import MANY
from app.places import place_of
from app.roles import Role
from app.services.district.areas import Level

LEVELS: Final[Sequence[Level]] = ("district", "town", "village")

_area = func.min(col(Grant.area))
"""Of several areas the widest: its code ends in the most zeros, and so is the smallest."""

_level = case(
    (_area % 10**6 == 0, "district"),
    (_area % 10**3 == 0, "town"),
    else_="village",
)
_MEDIATORS = (
    select(
        col(Account.id),
        col(Account.display_name),
        col(Account.organisation_id),
        _area.label("area"),
        _level.label("level"),
    )
    .join(Grant, col(Grant.account_id) == col(Account.id))
    .where(
        col(Grant.role) == Role.MEDIATOR.value,
        col(Account.disabled_at).is_(None),
        col(Grant.area) - col(Grant.area) % 10**6 == any_(bindparam("districts", type_=MANY)),
    )
    .group_by(col(Account.id))
    .subquery()
)
_COUNTED = select(_MEDIATORS.c.level, func.count().label("number")).group_by(_MEDIATORS.c.level)
_LISTED = (
    select(_MEDIATORS, col(Organisation.name).label("organisation"))
    .outerjoin(Organisation, col(Organisation.id) == _MEDIATORS.c.organisation_id)
    .where(_MEDIATORS.c.id > bindparam("after", type_=BigInteger))
    .order_by(_MEDIATORS.c.id)
    .limit(bindparam("limit", type_=BigInteger))
)


async def find(
    work: Work, *, level: Level | None = None, after: int = 0, limit: int = 50
) -> Sequence[Any]:
    """The mediators of the actor's districts, by account: id, display_name, organisation, area and
    level; only those of one level, if asked."""
    wanted = _LISTED if level is None else _LISTED.where(_MEDIATORS.c.level == level)
    asked = {"districts": _districts(work), "after": after, "limit": limit}
    found: Sequence[Any] = (await work.connection.execute(wanted, asked)).all()
    return found


async def counted(work: Work) -> dict[Level, int]:
    """How many there are at each level."""
    rows = await work.connection.execute(_COUNTED, {"districts": _districts(work)})
    found = {row.level: row.number for row in rows}
    return {level: found.get(level, 0) for level in LEVELS}


def _districts(work: Work) -> list[int]:
    return sorted({place_of(grant.area).district for grant in work.actor.grants})
