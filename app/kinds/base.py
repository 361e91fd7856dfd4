"""The words a case kind is written in: actions, effects, deadlines. Pure data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from app.clock import Term
from app.kinds.attachments import STEPS
from app.kinds.check import ANYWHERE as ANYWHERE
from app.kinds.check import OPENED as OPENED
from app.kinds.check import problems
from app.kinds.forms import Choice, Empty, Form, When, notes
from app.kinds.guards import Fact, Guard
from app.kinds.measures import Indicator
from app.kinds.people import PartyRole
from app.kinds.rights import Kept
from app.roles import Role


@dataclass(frozen=True)
class Branch:
    """The next state follows one enum answer: every member of the enum is mapped."""

    field: str
    to: Mapping[str, str]


Target = str | Branch | None
"""A state, a branch, or None: the case stays where it is."""


# What an action brings about beside the new state. Services carry these out.


@dataclass(frozen=True, kw_only=True)
class Share:
    """Give the case to the organisations of a role that serve its area, or to the one answered,
    which must be of that role."""

    role: Role
    field: str | None = None
    only_if: When | None = None


@dataclass(frozen=True, kw_only=True)
class Notify:
    """A neutral notice in the app to those roles in the case's area. No personal data in `text`."""

    to: tuple[Role, ...]
    text: str
    basis: str
    only_if: When | None = None


@dataclass(frozen=True, kw_only=True)
class OpenLinked:
    """Open a case of another kind for the same people in the same place, and link the two.

    `carry` maps a field of the other kind's opening form to a field of this action's form,
    `fixed` to a constant, `people` a party role here to a party field there.
    """

    kind: str
    why: str
    basis: str
    carry: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    people: Mapping[PartyRole, str] = field(default_factory=dict)
    only_if: When | None = None


@dataclass(frozen=True, kw_only=True)
class OccupyBed:
    """Take the answered bed for the subject from now on; a database constraint refuses a second."""

    field: str


@dataclass(frozen=True, kw_only=True)
class FreeBed:
    """The beds this case occupies are free from the moment of the action."""


@dataclass(frozen=True, kw_only=True)
class SetDanger:
    """The case's danger level is what the form came to."""


@dataclass(frozen=True, kw_only=True)
class AddParty:
    """The answered person joins the case; the subject too, if the case had none yet."""


@dataclass(frozen=True, kw_only=True)
class Assign:
    """The answered organisation and person are in charge, and see the case."""


@dataclass(frozen=True, kw_only=True)
class Move:
    """The case goes to the answered area; past events stay where they happened."""


@dataclass(frozen=True, kw_only=True)
class Link:
    """The answered case is linked with this one."""


@dataclass(frozen=True, kw_only=True)
class Refer:
    """The answered organisation is asked to help: it sees the case, and owes a reply in time."""

    field: str


@dataclass(frozen=True, kw_only=True)
class AnswerReferral:
    """The answered organisation accepts what it was asked, or declines and lets the case go."""

    field: str
    accepts: bool


Effect = (
    Share
    | Notify
    | OpenLinked
    | OccupyBed
    | FreeBed
    | SetDanger
    | AddParty
    | Assign
    | Move
    | Link
    | Refer
    | AnswerReferral
)


@dataclass(frozen=True, kw_only=True)
class Action:
    """Everything about a step: button, source states, target, who, form, guards, effects.

    `outcome` names the answer kept as the event's outcome (a branch's field by default),
    `amount` the number kept for means and sums, `counted_from` the legal date or moment the form
    asks for, from which clocks run; it may lie `ahead` where something is being planned.
    `valid_until` computes, from the form, until when what was decided holds; None leaves the
    stored moment as it is.
    """

    name: str
    title: str
    source: frozenset[str]
    target: Target
    by: frozenset[Role]
    basis: str
    form: type[Form] = Empty
    guards: tuple[Guard, ...] = ()
    effects: tuple[Effect, ...] = ()
    outcome: str | None = None
    amount: str | None = None
    counted_from: str | None = None
    ahead: bool = False
    valid_until: Callable[[Any], datetime | None] | None = None

    @property
    def outcome_field(self) -> str | None:
        return self.outcome or (self.target.field if isinstance(self.target, Branch) else None)

    @property
    def needs(self) -> frozenset[Fact]:
        return frozenset().union(*(g.needs for g in self.guards))

    def targets(self) -> frozenset[str]:
        """Every state this action can lead to; none when the case stays where it is."""
        match self.target:
            case None:
                return frozenset()
            case Branch():
                return frozenset(self.target.to.values())
            case _:
                return frozenset({self.target})


@dataclass(frozen=True)
class ByAnswer:
    """A term that follows an answer of the starting form, or else of an earlier one."""

    field: str
    terms: Mapping[str, Term]
    otherwise: Term


@dataclass(frozen=True)
class AtValidUntil:
    """Due at the stored moment until which the decision holds, or a term after it."""

    after: Term | None = None


TermOf = Term | ByAnswer | AtValidUntil


@dataclass(frozen=True, kw_only=True)
class Every:
    """A series that extends itself: the next round is due a term after the last completed one.

    It ends after `stop_after` consecutive rounds whose outcome is in `clean`; the first round
    counts only with `first_counts`. Without `stop_after` it runs until the case drops it.
    """

    term: Term | ByAnswer
    stop_after: int | None = None
    clean: frozenset[str] = frozenset()
    first_counts: bool = False


@dataclass(frozen=True, kw_only=True)
class Steps:
    """Further rounds at fixed distances from the same start, after the first one's `due`."""

    terms: tuple[Term, ...]


@dataclass(frozen=True, kw_only=True)
class DeadlineRule:
    """One statutory (or designed) clock.

    It starts with any of `starts_on` (only if that event's answers satisfy `only_if`), counted
    from the starting action's `counted_from` or else from the moment it happened, and is met by
    any of `met_by` (only if `met_if` holds there: an attempt that reached nobody meets
    nothing). `drops_on` ends it unmet. The stricter term alerts, the other is breached
    (domain rule for 粤 against 国). `each` starts one clock for every value, met by the event
    whose answer `each_field` is (or has) that value; with `each_from` only for the values the
    starting form answered there. `paused_by` stops the clock until
    `resumed_by`; `extended_by` replaces the due term, counted from the same start.
    A second start while it runs restarts it, unless `restarts` is False.
    """

    name: str
    title: str
    basis: str
    owner: Role
    starts_on: frozenset[str]
    met_by: frozenset[str]
    due: TermOf
    alert: TermOf | None = None
    remind_days: tuple[int, ...] = ()
    only_if: When | None = None
    met_if: When | None = None
    drops_on: frozenset[str] = frozenset()
    each: tuple[str, ...] = ()
    each_field: str | None = None
    each_from: str | None = None
    then: Every | Steps | None = None
    paused_by: str | None = None
    resumed_by: frozenset[str] = frozenset()
    extended_by: Mapping[str, Term] = field(default_factory=dict)
    restarts: bool = True
    outlives_case: bool = False


class Matter(Choice):
    """What a case is about; by it the policies say how much of it a role reads."""

    VIOLENCE = "violence", "家庭暴力"
    SHELTER = "shelter", "庇护"
    AID = "aid", "法律援助"
    CARE = "care", "关爱探访"
    DISPUTE = "dispute", "婚姻家庭纠纷"


@dataclass(frozen=True, kw_only=True, eq=False)
class CaseKind:
    """A kind of case, whole. A wrong definition raises ValueError when it is built.

    `read_by` are the roles that may read it at all, each as far as the policy of its `matter` goes,
    `carried_by` those whose case it is: they put somebody in charge of it and send it on.
    `in_charge` is why somebody is put in charge of each case; None where the offices of the area
    do it between them and nobody waits to be named.
    `subject` is the party field of the opening form that the case is about. `suspicion` names
    the events in which suspected violence shows (None: always; else when the answers say so):
    with a protected person among the parties the duty to report begins there. `lapses` gives
    the title of a state once `valid_until` has passed. `reopens_to` is where a reopened
    case goes on, `kept` how long a closed one is kept.
    """

    name: str
    title: str
    prefix: str
    basis: str
    matter: Matter
    form: type[Form]
    subject: str
    opened_by: frozenset[Role]
    read_by: frozenset[Role]
    carried_by: frozenset[Role]
    states: Mapping[str, str]
    initial: str
    final: frozenset[str]
    reopens_to: str
    kept: Kept
    in_charge: str | None
    actions: tuple[Action, ...]
    deadlines: tuple[DeadlineRule, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    suspicion: Mapping[str, When | None] = field(default_factory=dict)
    lapses: Mapping[str, str] = field(default_factory=dict)
    opening_effects: tuple[Effect, ...] = ()
    opening_guards: tuple[Guard, ...] = ()
    opening_outcome: str | None = None
    counted_from: str | None = None

    def __post_init__(self) -> None:
        if found := list(problems(self)):
            raise ValueError(f"{self.name}: " + "; ".join(found))

    def action(self, name: str) -> Action | None:
        return self._actions.get(name)

    @cached_property
    def _actions(self) -> Mapping[str, Action]:
        return {a.name: a for a in self.actions}

    def rule(self, name: str) -> DeadlineRule | None:
        return self._rules.get(name)

    @cached_property
    def _rules(self) -> Mapping[str, DeadlineRule]:
        return {r.name: r for r in self.deadlines}

    @cached_property
    def subject_role(self) -> PartyRole:
        return PartyRole(
            next(n.party for f, n in notes(self.form) if f == self.subject and n.party)
        )

    def form_of(self, event: str) -> type[Form] | None:
        """The form whose answers an event of this kind carries; None for an unknown event."""
        if event == OPENED:
            return self.form
        action = self.action(event)
        if action:
            return action.form
        return STEPS[event].form if event in STEPS else None

    @cached_property
    def open_states(self) -> frozenset[str]:
        return frozenset(self.states) - self.final
