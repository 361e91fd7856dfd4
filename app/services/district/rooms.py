"""The rooms in which committees mediate."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select, update
from sqlmodel import col

from app import clock
from app.access import Work
from app.errors import NotAllowed, NotFound
from app.models import Organisation, Room
from app.models.columns import table_of
from app.places import place_of
from app.roles import Role
from app.services.district import organisations
from app.services.record import audit
from app.services.record.audit import What

_room = table_of(Room).c
_LISTED = (
    select(*_room, col(Organisation.name).label("organisation"))
    .join(Organisation, col(Organisation.id) == _room.organisation_id)
    .order_by(col(Organisation.name), _room.name, _room.id)
)


async def find(work: Work) -> Sequence[Any]:
    """The open rooms of the actor's districts, with their committees."""
    districts = sorted({place_of(grant.area).district for grant in work.actor.grants})
    wanted = _LISTED.where(_room.closed_at.is_(None), col(Organisation.district).in_(districts))
    return (await work.connection.execute(wanted)).all()


async def add(work: Work, organisation_id: int, name: str) -> tuple[Any, bool]:
    """The room's row, and whether it is new. Raises NotFound for what is no open mediation
    committee, NotAllowed for anybody but its people and the justice bureau (调解法 10)."""
    await _check_keeper(work, organisation_id)
    same = _LISTED.where(_room.organisation_id == organisation_id, _room.name == name)
    if known := (await work.connection.execute(same)).one_or_none():
        return known, False
    values = {"organisation_id": organisation_id, "name": name}
    made = insert(table_of(Room)).values(**values).returning(_room.id)
    id = (await work.connection.execute(made)).scalar_one()
    await audit.note_of(work, What.REGISTER_CHANGED, about=f"room:{id}")
    return (await work.connection.execute(_LISTED.where(_room.id == id))).one(), True


async def close(work: Work, id: int) -> None:
    """No more sittings in a room; those that stand stay. Raises as `add`."""
    row = (await work.connection.execute(_LISTED.where(_room.id == id))).one_or_none()
    if row is None or row.closed_at is not None:
        raise NotFound("没有这个调解室")
    await _check_keeper(work, row.organisation_id)
    shut = update(table_of(Room)).where(_room.id == id).values(closed_at=clock.now())
    await work.connection.execute(shut)
    await audit.note_of(work, What.REGISTER_CHANGED, about=f"room:{id}")


async def _check_keeper(work: Work, organisation_id: int) -> None:
    committee = await organisations.load(work, organisation_id, lock=True)
    if committee.kind != "mediation_committee" or committee.closed_on is not None:
        raise NotFound("没有这个人民调解委员会")
    own = organisation_id == work.actor.organisation_id
    if not own and Role.JUSTICE_BUREAU not in work.actor.roles:
        raise NotAllowed("调解室由本调委会和司法局登记", basis="调解法 10")
