"""How much of a case somebody reads: one table of policies, one pure function that decides by it.

Which step is whose is in the definitions of the kinds; what a role may do at all, in permissions.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.kinds.base import CaseKind, Matter
from app.kinds.forms import S0, S1, S2, S3, S4, Sight
from app.roles import Role


class Reach(StrEnum):
    """By what a role comes to its cases: all of its area, those given to it, none."""

    AREA = "area"
    GIVEN = "given"
    NONE = "none"


@dataclass(frozen=True)
class Policy:
    """What a role reads of a case it comes to: the highest class for each matter. With `glass` it
    may read one it does not come to, in an emergency, for an hour."""

    reach: Reach
    violence: Sight
    shelter: Sight
    aid: Sight
    care: Sight
    dispute: Sight
    glass: bool = False

    def reads(self, matter: Matter) -> Sight:
        found: Sight = getattr(self, matter.value)
        return found


_AREA, _GIVEN, _NONE = Reach

POLICIES: Mapping[Role, Policy] = {
    #                                reach   violence shelter aid care dispute
    Role.POLICE: Policy(_AREA, S3, S3, S2, S0, S0, glass=True),
    Role.WOMEN_FED_DISTRICT: Policy(_AREA, S3, S3, S3, S3, S3, glass=True),
    Role.WOMEN_FED_TOWN: Policy(_AREA, S3, S3, S3, S3, S3, glass=True),
    Role.WOMEN_FED_VILLAGE: Policy(_AREA, S2, S2, S2, S2, S2),
    Role.CIVIL_AFFAIRS: Policy(_AREA, S2, S3, S2, S3, S0, glass=True),
    Role.VILLAGE_COMMITTEE: Policy(_AREA, S2, S2, S2, S2, S0),
    # The task, not the story: what a grid worker reports of violence is not read again.
    Role.GRID_WORKER: Policy(_AREA, S0, S0, S0, S2, S0),
    Role.ZONGZHI: Policy(_AREA, S1, S1, S1, S0, S1),
    Role.JUSTICE_BUREAU: Policy(_AREA, S0, S0, S2, S0, S0),
    # What was filed with the court.
    Role.COURT: Policy(_GIVEN, S3, S0, S2, S0, S3),
    # The dispute; of violence that a mediator reported, that it is being dealt with.
    Role.MEDIATOR: Policy(_GIVEN, S1, S1, S2, S0, S3),
    Role.SHELTER: Policy(_GIVEN, S2, S3, S2, S0, S0),
    Role.LEGAL_AID: Policy(_GIVEN, S2, S0, S3, S0, S0),
    Role.HOSPITAL: Policy(_GIVEN, S2, S2, S2, S0, S0),
    Role.SCHOOL: Policy(_GIVEN, S2, S2, S2, S0, S0),
    # Figures only (规划 四(三)); the three administrators run the system (等保三级 L3-CES1-08, 09).
    Role.WCWC_OFFICE: Policy(_NONE, S0, S0, S0, S0, S0),
    Role.SYSTEM_ADMIN: Policy(_NONE, S0, S0, S0, S0, S0),
    Role.SECURITY_ADMIN: Policy(_NONE, S0, S0, S0, S0, S0),
    Role.AUDIT_ADMIN: Policy(_NONE, S0, S0, S0, S0, S0),
}


class Purpose(StrEnum):
    """What the look is for."""

    WORK = "work"
    LIST = "list"
    SEARCH = "search"
    REVEAL = "reveal"


HIGHEST: Mapping[Purpose, Sight] = {
    Purpose.WORK: S3,
    Purpose.LIST: S2,
    Purpose.SEARCH: S3,
    Purpose.REVEAL: S4,
}
"""No look goes deeper than what it is for. S4 is shown on its own only."""


class Obligation(StrEnum):
    """What must be done before anything is shown."""

    LOG = "log"
    REASON = "reason"
    STEP_UP = "step_up"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How somebody stands to one case: the roles that count in it, by area or because it was given;
    the class beyond which a partner's system never reads; whether she has the case in hand, broke
    the glass to it, or is barred from it."""

    roles: frozenset[Role]
    limit: Sight = S4
    in_charge: bool = False
    glass: bool = False
    barred: bool = False


@dataclass(frozen=True)
class Decision:
    """The highest class that may be read (S0: the case is not there), and on what conditions."""

    sight: Sight
    obligations: frozenset[Obligation] = frozenset()


NOTHING = Decision(S0)


def decide(kind: CaseKind, standing: Standing, purpose: Purpose) -> Decision:
    """How much may be read of a case of the kind by somebody who stands so to it, for a purpose.

    Barred beats everything. S4 is for whoever has the case in hand, or broke the glass.
    """
    if standing.barred:
        return NOTHING
    roles = {r for r in standing.roles & kind.read_by if POLICIES[r].glass or not standing.glass}
    own = max((POLICIES[r].reads(kind.matter) for r in roles), default=S0)
    if purpose is Purpose.REVEAL:
        near = standing.in_charge or standing.glass
        shown = near and own >= S3 and standing.limit >= S4
        return Decision(S4, frozenset(Obligation)) if shown else NOTHING
    sight = min(own, HIGHEST[purpose], standing.limit)
    logged = sight >= S3 or (standing.glass and sight >= S1)
    return Decision(sight, frozenset({Obligation.LOG} if logged else ()))


BY_AREA = frozenset(r for r, policy in POLICIES.items() if policy.reach is Reach.AREA)
"""Roles that see all cases of an area, not only those given to them or their organisation."""

SEES_NO_CASE = frozenset(r for r, policy in POLICIES.items() if policy.reach is Reach.NONE)

BREAKS_GLASS = frozenset(r for r, policy in POLICIES.items() if policy.glass)


def highest(roles: Collection[Role]) -> Sight:
    """The highest class these roles read in any case."""
    return max((POLICIES[r].reads(m) for r in roles for m in Matter), default=S0)
