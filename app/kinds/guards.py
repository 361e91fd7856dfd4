"""Guards: rules of law that stand against an action, and the facts they judge by."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.clock import Holidays
from app.kinds.forms import Form, notes
from app.kinds.instruments import Danger
from app.kinds.people import Flag, PartyRole, Relation, Sex
from app.roles import Role


class Fact(StrEnum):
    """What a guard may ask to be loaded; each is one query."""

    ANSWERS = "answers"
    PARTIES = "parties"
    CONDUCT = "conduct"
    DANGER = "danger"
    BED = "bed"


@dataclass(frozen=True, kw_only=True)
class PartyFact:
    """A person of the case, as far as a rule may care."""

    person_id: UUID
    role: PartyRole
    relation: Relation | None
    sex: Sex | None
    age: int | None
    flags: frozenset[Flag]
    id_number: str | None = field(default=None, repr=False)

    def could_be(self, other: "PartyFact") -> bool:
        """Whether the two may be one human: who is typed in anew, and not picked, is another row.

        The same number is the same person, another number another. Without both numbers, what
        else is known must tell the two apart; a relation may be told towards another person.
        """
        if self.person_id == other.person_id:
            return True
        if self.id_number and other.id_number:
            return self.id_number == other.id_number
        pairs = ((self.sex, other.sex), (self.age, other.age))
        if any(a is not None and b is not None and a != b for a, b in pairs):
            return False
        if all(a is not None and b is not None for a, b in pairs):
            return True
        return self.relation is not None and self.relation == other.relation


@dataclass(frozen=True, kw_only=True)
class Conduct:
    """What the police already decided about this case's perpetrator, in any earlier case."""

    criticised: int = 0
    warned: int = 0
    punished: int = 0
    last_warned_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known at the moment of an action. Facts nobody asked for keep their defaults.

    `at` is the moment the action happened (UTC), `answers` the current answers of this case
    (corrections applied), by event name, oldest first; `danger` the highest level known for
    this case or for the same victim and perpetrator elsewhere; `holidays` the calendar of now,
    with what the district marked.
    """

    at: datetime
    holidays: Holidays
    state: str
    roles: frozenset[Role]
    supervisor: bool = False
    opened_at: datetime | None = None
    valid_until: datetime | None = None
    subject: UUID | None = None
    answers: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    parties: Sequence[PartyFact] = ()
    conduct: Conduct = Conduct()
    danger: Danger | None = None
    case_danger: Danger | None = None
    bed_zone: str | None = None

    def last(self, event: str) -> Mapping[str, Any] | None:
        """The latest answers given to an event, or None if it never happened."""
        given = self.answers.get(event)
        return given[-1] if given else None

    def of(self, role: PartyRole) -> list[PartyFact]:
        return [p for p in self.parties if p.role == role]

    def day(self, event: str, name: str) -> date | None:
        """A date answered earlier; None if it was not."""
        given = (self.last(event) or {}).get(name)
        return date.fromisoformat(given) if isinstance(given, str) else given


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why the action may not be done, and what to do instead. `type` is stable for clients."""

    type: str
    detail: str


Check = Callable[[Facts, Any], Refusal | None]


@dataclass(frozen=True, kw_only=True)
class Guard:
    name: str
    basis: str
    needs: frozenset[Fact]
    check: Check


def guard(basis: str, *needs: Fact) -> Callable[[Check], Guard]:
    """Make a pure function `(Facts, answers) → Refusal | None` a guard, with its article."""

    def make(check: Check) -> Guard:
        return Guard(name=check.__name__, basis=basis, needs=frozenset(needs), check=check)

    return make


@guard("设计：一人一份登记", Fact.PARTIES)
def entered_once(facts: Facts, form: Form) -> Refusal | None:
    """Steps that ask for somebody not yet known add nobody beside the one who is."""
    for name, note in notes(type(form)):
        answer = getattr(form, name)
        if note.party is None or answer is None or isinstance(answer, list):
            continue
        role = PartyRole(note.party)
        if len({p.person_id for p in facts.of(role)}) > 1:
            return Refusal(
                type="party-already-entered",
                detail=f"{role.label}已经登记，请勿重复填写；确有其他{role.label}的，请用“补登当事人”",
            )
    return None
