"""Who acts in the demo year, and where: accounts, areas, organisations and beds as they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.access import Actor, Held
from app.models import Account, Area, Bed, Grant, Organisation
from app.models.columns import table_of
from app.places import Place, place_of
from app.roles import Role
from app.services.seed import SECOND_VILLAGE, VILLAGE

READER: Final = "set local app.account = '0';"
"""Registers are open to whoever is signed in."""

TOWN_SHARES: Final = {441802103000: 0.2, 441802006000: 0.17, 441802007000: 0.15}
"""源潭 is where most demo accounts work; 凤城 and 东城 are the old town."""


@dataclass(frozen=True)
class Cast:
    """Everybody and everything the stories may name."""

    actors: Mapping[tuple[Role, int], Sequence[Actor]]
    names: Mapping[int, str]
    organisations: Mapping[tuple[str, int], int]
    beds: Mapping[str, Sequence[int]]
    villages: Sequence[Place]
    weights: Sequence[float]
    rural: frozenset[int]

    @property
    def district(self) -> Place:
        return Place(self.villages[0].district)

    def who(self, rng: Random, place: Place, *roles: Role) -> Actor:
        """Somebody who holds the first of the roles that is held there, the nearest first.

        Raises LookupError if nobody holds any.
        """
        for role in roles:
            codes = [code for code in (place.village, place.town, place.district) if code]
            found = [self.actors[role, code] for code in codes if (role, code) in self.actors]
            if found:
                # Now and then the district's own people do what the town's could.
                level = found[-1] if rng.random() < 0.12 else found[0]
                return rng.choice(level)
        raise LookupError(f"nobody is {roles} in {place.code}")

    def place(self, rng: Random, *, rural: bool = False) -> Place:
        """A village: some have many cases, most have few."""
        if not rural:
            return rng.choices(self.villages, self.weights)[0]
        shares = [
            w if v.village in self.rural else 0.0
            for v, w in zip(self.villages, self.weights, strict=True)
        ]
        return rng.choices(self.villages, shares)[0]

    def other(self, rng: Random, place: Place) -> Place:
        """Another village of the district, in another town."""
        return rng.choice([v for v in self.villages if v.town != place.town])

    def address(self, rng: Random, place: Place) -> str:
        town, village = self.names[place.town or 0], self.names[place.village or 0]
        lane = rng.choice(("一巷", "二巷", "三巷", "新村", "老围", "大街", "东路", "西街"))
        return f"清城区{town}{village.removesuffix('委会')}{lane}{rng.randint(1, 88)}号"

    def town_name(self, place: Place) -> str:
        return self.names[place.town or place.district]

    def station(self, place: Place) -> str:
        """The police station of a town."""
        return f"清城分局{self.town_name(place).removesuffix('街道').removesuffix('镇')}派出所"

    def organisation(self, kind: str, place: Place) -> int | None:
        """The nearest organisation of a kind."""
        codes = (place.village, place.town, place.district)
        found = (self.organisations.get((kind, code)) for code in codes if code)
        return next((i for i in found if i is not None), None)


async def gather(connection: AsyncConnection) -> Cast:
    """The cast as the registers have it; the transaction must be somebody's."""
    areas = (
        await connection.execute(
            select(table_of(Area)).where(col(Area.valid_to).is_(None)).order_by(col(Area.code))
        )
    ).all()
    organisations = (
        await connection.execute(select(table_of(Organisation)).order_by(col(Organisation.id)))
    ).all()
    beds: dict[str, list[int]] = {}
    for row in await connection.execute(select(table_of(Bed)).order_by(col(Bed.id))):
        beds.setdefault(row.zone, []).append(row.id)
    villages = [place_of(a.code) for a in areas if a.level == "village" and not a.is_virtual]
    return Cast(
        actors=await _actors(connection),
        names={a.code: a.name for a in areas},
        organisations={
            (o.kind, o.village or o.town or o.district): o.id for o in reversed(organisations)
        },
        beds=beds,
        villages=villages,
        weights=_weights(villages),
        rural=frozenset(a.code for a in areas if a.is_rural),
    )


async def _actors(connection: AsyncConnection) -> dict[tuple[Role, int], list[Actor]]:
    rows = (
        await connection.execute(
            select(table_of(Account), col(Grant.role), col(Grant.area), col(Grant.supervisor))
            .join(Grant, col(Grant.account_id) == col(Account.id))
            .where(col(Account.disabled_at).is_(None))
            .order_by(col(Account.id))
        )
    ).all()
    found: dict[tuple[Role, int], list[Actor]] = {}
    for row in rows:
        actor = Actor(
            account_id=row.id,
            organisation_id=row.organisation_id,
            session_id=None,
            version=row.version,
            username=row.username,
            display_name=row.display_name,
            grants=(Held(Role(row.role), row.area, row.supervisor),),
        )
        found.setdefault((Role(row.role), row.area), []).append(actor)
    return found


def _weights(villages: Sequence[Place]) -> list[float]:
    """By rank within the town, the villages of the demo accounts first."""
    ranks: dict[int | None, int] = {}
    order = sorted(villages, key=lambda v: v.village not in (VILLAGE, SECOND_VILLAGE))
    weights: dict[int | None, float] = {}
    for village in order:
        ranks[village.town] = ranks.get(village.town, 0) + 1
        weights[village.village] = 1 / ranks[village.town] ** 0.9
    totals = {t: sum(weights[v.village] for v in villages if v.town == t) for t in ranks}
    rest = (1 - sum(TOWN_SHARES.values())) / max(1, len(set(totals) - set(TOWN_SHARES)))
    return [
        weights[v.village] / totals[v.town] * TOWN_SHARES.get(v.town or 0, rest) for v in villages
    ]
