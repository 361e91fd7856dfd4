"""Figures of registers: organisations and areas, which are public and few."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app import clock
from app.kinds.measures import Coverage, Register, Registered
from app.places import Place, place_of
from app.services.figures.rules import Asked
from app.services.seeing.reach import level_of


@dataclass(frozen=True)
class Operating:
    """An organisation operating on the day asked for."""

    kind: str
    name: str
    place: Place


@dataclass(frozen=True)
class KnownArea:
    """An area in force on the day asked for."""

    place: Place
    name: str
    is_rural: bool


@dataclass(frozen=True)
class Registers:
    organisations: Sequence[Operating]
    areas: Sequence[KnownArea]
    surveyed: frozenset[int]


@dataclass(frozen=True)
class Entry:
    """One line behind a figure of registers."""

    area: int
    name: str
    counted: bool


_ORGANISATIONS = text(
    "select kind, name, district, town, village from organisation where district = :district"
    " and opened_on <= :day and (closed_on is null or closed_on > :day) order by town, village, id"
)
_AREAS = text(
    "select code, name, is_rural from area where code between :district and :district + 999999"
    " and not is_virtual and valid_from <= :day and (valid_to is null or valid_to > :day)"
    " order by code"
)
_SURVEYS = text(
    "select distinct village from survey_round where district = :district"
    " and signed_on between :first and :last"
)


async def load(connection: AsyncConnection, asked: Asked) -> Registers:
    """The district's registers as of the period's last day, or today while it runs."""
    last = min(asked.period.last, clock.local_day(asked.at))
    at: dict[str, int | date] = {"district": asked.place.district, "day": last}
    organisations = await connection.execute(_ORGANISATIONS, at)
    areas = await connection.execute(_AREAS, at)
    surveys = await connection.execute(
        _SURVEYS,
        {"district": asked.place.district, "first": asked.period.first, "last": asked.period.last},
    )
    return Registers(
        [Operating(o.kind, o.name, Place(o.district, o.town, o.village)) for o in organisations],
        [KnownArea(place_of(a.code), a.name, a.is_rural) for a in areas],
        frozenset(surveys.scalars()),
    )


def entries(measure: Register, registers: Registers, within: int) -> list[Entry]:
    """What a figure of registers counts in an area, and what it divides by."""
    if isinstance(measure, Registered):
        return [
            Entry(o.place.code, o.name, counted=True)
            for o in registers.organisations
            if o.kind == measure.organisation and within in o.place
        ]
    if isinstance(measure, Coverage):
        served = {o.place for o in registers.organisations if o.kind == measure.organisation}
        return [
            Entry(a.place.code, a.name, a.place in served)
            for a in registers.areas
            if level_of(a.place) in measure.levels and within in a.place
        ]
    return [
        Entry(a.place.code, a.name, a.place.code in registers.surveyed)
        for a in registers.areas
        if level_of(a.place) == "village" and a.is_rural and within in a.place
    ]
