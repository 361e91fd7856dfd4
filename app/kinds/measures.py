"""Indicators as data: what is counted, by which clause of the plan, against which target.

Only typed columns of events, clocks and registers may be asked for, so that a whole board is
one grouped pass per table and every figure has its list of cases.
"""

from dataclasses import dataclass
from typing import Literal

from app.kinds.people import Flag


@dataclass(frozen=True, kw_only=True)
class Events:
    """Events of these names that happened in the period, not counting replaced ones.

    `outcomes` keeps those with one of these outcomes, `female` those whose subject is a woman
    or girl, `flag` those whose subject had that protection flag at the time. A kind's indicator
    counts events of its own cases, one across kinds those of all, or of `kinds`.
    """

    names: frozenset[str]
    kinds: frozenset[str] | None = None
    outcomes: frozenset[str] | None = None
    female: bool = False
    flag: Flag | None = None


@dataclass(frozen=True, kw_only=True)
class Clocks:
    """Clocks of a rule that started, fell due or were met in the period (`by`).

    Dropped clocks are left out, unless they were past due by then: those were missed. With
    `by="due"` clocks not yet due and not yet met are left out too. `rounds` keeps the first
    round, or the later ones, of a series. A clock for each of several counts once for each.
    """

    rule: str
    by: Literal["started", "due", "met"]
    rounds: Literal["first", "later"] | None = None


@dataclass(frozen=True, kw_only=True)
class Count:
    """How many events."""

    of: Events


@dataclass(frozen=True, kw_only=True)
class Distinct:
    """How many different people (the case's subject) or cases the events are about."""

    of: Events
    what: Literal["person", "case"]


@dataclass(frozen=True, kw_only=True)
class Sum:
    """The sum of the events' amounts, such as children taken along."""

    of: Events


@dataclass(frozen=True, kw_only=True)
class Share:
    """Events per hundred other events of the same period."""

    part: Events
    whole: Events


@dataclass(frozen=True, kw_only=True)
class OnTime:
    """Clocks met by their alert or due moment, per hundred."""

    of: Clocks
    within: Literal["alert", "due"] = "due"


@dataclass(frozen=True, kw_only=True)
class MetWith:
    """Clocks met with one of these outcomes, per hundred clocks, decided or not."""

    of: Clocks
    outcomes: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class MeanDays:
    """Mean days from a clock's start until it was met; unmet clocks are left out."""

    of: Clocks


@dataclass(frozen=True, kw_only=True)
class Stock:
    """Cases that had entered and not left at the end of the period: `enter` and `leave` are
    event names; the last of either before the period's end decides. With `outcomes` an entering
    event counts only with one of these, and with another it leaves. Who moved is where she
    moved to."""

    enter: frozenset[str]
    leave: frozenset[str]
    outcomes: frozenset[str] | None = None


@dataclass(frozen=True, kw_only=True)
class Among:
    """Cases in stock at any time in the period that had one of the events in it, per hundred."""

    stock: Stock
    having: Events


@dataclass(frozen=True, kw_only=True)
class Followed:
    """Of the `first` events whose whole term of `days` ended in the period, those followed within
    it by one of `then` in the same case, or anywhere in the district in a case of the same
    perpetrator, per hundred."""

    first: Events
    then: Events
    days: int


@dataclass(frozen=True, kw_only=True)
class Repeated:
    """Of the people with one of the events in the `days` before the period's end (or before now,
    while it runs), those with two or more, per hundred."""

    of: Events
    days: int


AreaLevel = Literal["district", "town", "village"]


@dataclass(frozen=True, kw_only=True)
class Registered:
    """Organisations of a kind operating at the period's end."""

    organisation: str


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Areas of the levels that have an operating organisation of a kind, per hundred areas.

    Virtual areas are in no denominator.
    """

    organisation: str
    levels: tuple[AreaLevel, ...]


@dataclass(frozen=True, kw_only=True)
class Surveyed:
    """Rural villages with a signed survey round in the period, per hundred rural villages."""


@dataclass(frozen=True, kw_only=True)
class Reconciled:
    """Women whose line is the same in the town's ledger and the district's, per hundred who stand
    in either: as the town last signed, and as the district last took over."""


Register = Registered | Coverage | Surveyed
"""What is counted in registers: it names organisations and areas, and concerns nobody."""

Measure = (
    Count
    | Distinct
    | Sum
    | Share
    | OnTime
    | MetWith
    | MeanDays
    | Stock
    | Among
    | Followed
    | Repeated
    | Reconciled
    | Register
)


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """One figure of the board.

    `rule` says in words what is divided by what, `clause` names the plan's clause, `target` the
    code of the plan indicator it answers (data/plan_indicators.csv), if any.
    """

    code: str
    title: str
    unit: Literal["件", "次", "人", "%", "天", "个"]
    rule: str
    clause: str
    measure: Measure
    target: str | None = None
