"""Whoever acts: what is known of the account behind a session, and how it stands to a case."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from app import clock
from app.kinds.base import CaseKind
from app.kinds.forms import Sight
from app.permissions import Confined, Permission, permitted
from app.places import Place, place_of
from app.policy import BY_AREA, SEES_NO_CASE, Standing
from app.roles import Role


@dataclass(frozen=True)
class Held:
    """A role somebody holds in an area."""

    role: Role
    area: int
    supervisor: bool = False

    def covers(self, place: Place) -> bool:
        return self.area in place


@dataclass(frozen=True)
class Machine:
    """What limits a partner's system beside its roles; and for whom, and what for, it asks now.

    A purpose is a kind of case. `addresses` are the networks it may call from (none: any).
    """

    scopes: frozenset[Permission]
    purposes: frozenset[str]
    highest: Sight
    addresses: tuple[str, ...]
    per_minute: int
    per_day: int
    operator: str | None = None
    purpose: str | None = None


@dataclass(frozen=True)
class Actor:
    """Whoever acts: what is known of the account behind a session."""

    account_id: int
    organisation_id: int | None
    session_id: UUID | None
    version: int
    username: str
    display_name: str
    grants: tuple[Held, ...]
    machine: Machine | None = None
    barred: tuple[UUID, ...] = ()
    """Cases that are not there for this actor: her own, or one that a conflict of interest bars."""
    glass: tuple[tuple[UUID, datetime], ...] = ()
    """Cases out of sight to which this actor broke the glass, and until when each may be read."""
    confined: Confined | None = None
    """What this actor must see to before anything else."""

    @cached_property
    def roles(self) -> frozenset[Role]:
        return frozenset(g.role for g in self.grants)

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """What this actor may do at all: a partner's system only what it was let in for."""
        if self.confined:
            return frozenset({Permission.SELF})
        held = permitted(self.roles)
        return held if self.machine is None else held & self.machine.scopes

    @cached_property
    def holders(self) -> tuple[int, ...]:
        """The ids by which a case can be given to this actor."""
        own = (self.account_id, self.organisation_id)
        return tuple(h for h in own if h is not None)

    @cached_property
    def areas(self) -> Mapping[str, tuple[int, ...]]:
        """Level → codes of the areas whose cases this actor may see as a whole."""
        found: dict[str, list[int]] = {"district": [], "town": [], "village": []}
        for grant in self.grants:
            if grant.role in BY_AREA:
                place = place_of(grant.area)
                level = "village" if place.village else "town" if place.town else "district"
                found[level].append(grant.area)
        return {level: tuple(dict.fromkeys(codes)) for level, codes in found.items()}

    @cached_property
    def sees_cases(self) -> bool:
        return bool(self.roles - SEES_NO_CASE)

    @property
    def broken(self) -> list[UUID]:
        """The cases that may be read by broken glass at this moment."""
        return [case_id for case_id, ends_at in self.glass if clock.now() < ends_at]

    @cached_property
    def reach(self) -> dict[str, Any]:
        """What `within_reach` binds."""
        areas: dict[str, Any] = {f"{level}s": list(codes) for level, codes in self.areas.items()}
        holders = list(self.holders) if self.sees_cases else []
        return areas | {"holders": holders, "barred": list(self.barred)}

    def roles_in(self, place: Place, seen_by: Sequence[int]) -> frozenset[Role]:
        """The roles this actor has in a case: by its area, or because it was given the case."""
        given = bool(set(self.holders) & set(seen_by))
        return frozenset(
            g.role for g in self.grants if given or (g.covers(place) and g.role in BY_AREA)
        )

    def supervises(self, place: Place, roles: Collection[Role]) -> bool:
        """Whether this actor bears a supervisor's mark there in one of these roles: the mark of one
        office says nothing in another."""
        return any(g.supervisor and g.role in roles and g.covers(place) for g in self.grants)

    def stands(self, kind: CaseKind, row: Any) -> Standing:
        """How this actor stands to the case, of that kind, of a row with id, place and holders."""
        limit = Sight.S4
        if self.machine is not None:
            limit = self.machine.highest if self.serves(kind) else Sight.S0
        own = self.roles_in(place_in(row), row.seen_by)
        glass = not own and row.id in self.broken
        return Standing(
            roles=self.roles if glass else own,
            limit=limit,
            glass=glass,
            barred=row.id in self.barred,
        )

    def serves(self, kind: CaseKind) -> bool:
        """Whether the actor works on the kind at all now: a person always, a partner's system if
        that is what it asks for."""
        return self.machine is None or kind.name == self.machine.purpose

    @property
    def opening(self) -> str:
        """The SQL that gives a transaction this identity, as it is at this moment."""
        broken = ",".join(map(str, self.broken))
        return f"{self._identity}set local app.glass = '{broken}';" if broken else self._identity

    @cached_property
    def _identity(self) -> str:
        """What lasts of it. Only integers and our own ids go in."""
        listed = {level: ",".join(map(str, codes)) for level, codes in self.areas.items()}
        holders = ",".join(map(str, self.holders)) if self.sees_cases else ""
        barred = f"set local app.barred = '{','.join(map(str, self.barred))}';" * bool(self.barred)
        check = (
            f"select session_check('{self.session_id}', {self.version});" if self.session_id else ""
        )
        return (
            f"{check}"
            f"set local app.account = '{self.account_id}';"
            f"set local app.districts = '{listed['district']}';"
            f"set local app.towns = '{listed['town']}';"
            f"set local app.villages = '{listed['village']}';"
            f"set local app.holders = '{holders}';"
            f"{barred}"
            f"{_AUDITOR if Role.AUDIT_ADMIN in self.roles else ''}"
        )


_AUDITOR = "set local app.auditor = 'on';"
"""Lets the record be read: who looked, what befell the system."""


def place_in(row: Any) -> Place:
    """The place of a row that has district, town and village."""
    return Place(row.district, row.town, row.village)
