"""Beds of the shelters: the register, and how many are free (粤办法 41, 42；189号 三(一))."""

from typing import Any, Final

from sqlalchemy import ARRAY, Select, any_, bindparam, insert, select, text
from sqlmodel import col

from app import crypto
from app.access import Work
from app.errors import Conflict, NotFound
from app.models import Bed, Organisation
from app.models.columns import BYTES, MANY, table_of
from app.permissions import HOLDERS, Permission
from app.places import Place, place_of
from app.roles import Role
from app.services.district import organisations
from app.services.record import audit
from app.services.record.audit import What

BEDS = frozenset({Role.SHELTER, Role.CIVIL_AFFAIRS})
"""Who picks a bed needs its id; whoever brings somebody needs to know only that there is one."""

_BEDS: Final[Select[*tuple[Any, ...]]] = (
    select(
        col(Bed.id).label("bed_id"),
        col(Bed.shelter_id),
        col(Organisation.name).label("shelter"),
        col(Bed.label),
        col(Bed.zone),
    )
    .join(Organisation, col(Organisation.id) == col(Bed.shelter_id))
    .where(
        col(Organisation.district) == any_(bindparam("districts", type_=MANY)),
        col(Organisation.kind) == "shelter",
        col(Organisation.closed_on).is_(None),
    )
    .order_by(col(Bed.zone), col(Bed.shelter_id), col(Bed.id))
)
_TAKEN: Final = text("select taken_beds(:beds)").bindparams(bindparam("beds", type_=ARRAY(BYTES)))


async def beds(work: Work) -> list[tuple[Any, bool]]:
    """The beds of the open shelters of the actor's districts (bed_id, shelter_id, shelter, label,
    zone), each with whether somebody has it now."""
    grants = [g for g in work.actor.grants if g.role in HOLDERS[Permission.BEDS_READ]]
    districts = {place_of(grant.area).district for grant in grants}
    rows = (await work.connection.execute(_BEDS, {"districts": list(districts)})).all()
    named = {crypto.bed_index(crypto.keyring(), bed.bed_id): bed for bed in rows}
    taken = set((await work.connection.execute(_TAKEN, {"beds": list(named)})).scalars())
    return [(bed, index in taken) for index, bed in named.items()]


async def add_bed(work: Work, shelter_id: int, label: str, zone: str) -> tuple[Any, bool]:
    """The bed's row, and whether it is new. Raises NotAllowed, NotFound for what is no open
    shelter, Conflict if the label names a bed of another zone there."""
    shelter = await organisations.load(work, shelter_id, lock=True)
    if shelter.kind != "shelter" or shelter.closed_on is not None:
        raise NotFound("没有这个庇护场所")
    place = Place(shelter.district, shelter.town, shelter.village)
    organisations.check_keeper(work, shelter.kind, place)
    table = table_of(Bed)
    same = select(table).where(col(Bed.shelter_id) == shelter_id, col(Bed.label) == label)
    known = (await work.connection.execute(same)).first()
    if known is not None:
        if known.zone != zone:
            raise Conflict("这个床号已登记在另一区域")
        return known, False
    values = {"shelter_id": shelter_id, "label": label, "zone": zone}
    made = insert(table).values(**values).returning(*table.c)
    row = (await work.connection.execute(made)).one()
    await audit.note_of(work, What.REGISTER_CHANGED, about=f"bed:{row.id}")
    return row, True
