"""A story: one case told step by step, with the moments at which things happened and were typed."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, Final, NamedTuple
from uuid import UUID

from app import clock
from app.access import Actor
from app.clock import Holidays
from app.demo.cast import Cast
from app.demo.people import Household, Invented, household
from app.kinds.base import OPENED
from app.places import Place
from app.roles import Role

CORRECT: Final = "correct"
OFFICE: Final = (time(8, 35), time(17, 20))
_SECOND = timedelta(seconds=1)


class Over(Exception):
    """The story has come to the present."""


class Linked(NamedTuple):
    """The case that an event opened by itself."""

    event_id: UUID


class Known(NamedTuple):
    """The person who first had a role in a case."""

    case: "UUID | Linked"
    role: str


@dataclass(frozen=True, kw_only=True)
class Step:
    """One command of the demo: who asks what of which case, and when."""

    id: UUID
    case: UUID | Linked
    kind: str
    name: str
    actor: Actor
    place: Place
    happened_at: datetime
    recorded_at: datetime
    answers: Mapping[str, Any]
    aside: int = 0
    """Which of the things beside the story it belongs to, if any: the story goes on without them.
    A step is left out where the case's state does not allow it, and what would follow from it."""
    corrects: UUID | None = None
    reason: str = ""


@dataclass
class Year:
    """What all stories share: the present, the cast, what was planned, which beds are taken."""

    seed: int
    anchor: datetime
    cast: Cast
    holidays: Holidays
    steps: list[Step] = field(default_factory=list)
    stays: dict[int, list[tuple[datetime, datetime]]] = field(default_factory=dict)

    def bed(self, zone: str, start: datetime, end: datetime) -> int | None:
        """A bed of a zone that is free between two moments, taken for them; None if none is."""
        for bed in self.cast.beds[zone]:
            taken = self.stays.setdefault(bed, [])
            if all(end <= a or b <= start for a, b in taken):
                taken.append((start, end))
                return bed
        return None


class Story:
    """Tells one case. Each `do` is one action at `at`; what lies past the present ends it."""

    def __init__(
        self, year: Year, kind: str, number: str, place: Place, at: datetime,
        case: "UUID | Linked | None" = None,
    ) -> None:  # fmt: skip
        self.year, self.kind, self.place, self.at = year, kind, place, at
        self.rng = Random(f"{year.seed} {kind} {number}")  # noqa: S311 - invention, no secret
        self.case = case
        self.typed = at
        self.beside = self.asides = 0

    # Time

    def later(self, low: float, high: float | None = None) -> "Story":
        """Hours pass, between two numbers."""
        self.at += timedelta(hours=self.rng.uniform(low, high if high is not None else low))
        return self

    def days(self, low: float, high: float | None = None) -> "Story":
        """Days pass, between two numbers, to a working hour of a working day."""
        return self.later(low * 24, (high if high is not None else low) * 24).office()

    def office(self) -> "Story":
        """The next moment at which offices are open, if they are not."""
        local = self.at.astimezone(clock.LOCAL)
        opens, closes = OFFICE
        if self.year.holidays.is_working(local.date()) and opens <= local.time() <= closes:
            return self
        day = local.date() + timedelta(days=local.time() > closes)
        day = self.year.holidays.next_working(day)
        self.at = datetime.combine(day, opens, clock.LOCAL).astimezone(UTC) + timedelta(
            minutes=self.rng.uniform(0, 200)
        )
        return self

    @property
    def day(self) -> date:
        return clock.local_day(self.at)

    def ago(self, low: float, high: float) -> datetime:
        """A moment some hours before now."""
        return self.at - timedelta(hours=self.rng.uniform(low, high))

    # Chance

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def pick(self, *weighted: tuple[Any, float]) -> Any:
        """One of the values, by weight."""
        return self.rng.choices([v for v, _ in weighted], [w for _, w in weighted])[0]

    def one(self, options: Sequence[Any]) -> Any:
        return self.rng.choice(options)

    def some(self, options: Sequence[Any], most: int = 2) -> list[Any]:
        return self.rng.sample(list(options), self.rng.randint(1, min(most, len(options))))

    # People

    def family(self, *, children: int | None = None, ages: tuple[int, int] = (24, 52)) -> Household:
        many = self.pick((0, 3), (1, 4), (2, 3)) if children is None else children
        address = self.year.cast.address(self.rng, self.place)
        return household(self.rng, self.day, address, ages=ages, children=many)

    def knows(self, person: Invented, role: str) -> Invented:
        """The person as one of this case, to be picked in later ones."""
        if self.case is None:
            raise RuntimeError("the case must be opened first")
        return person.known_as(Known(self.case, role))

    # Other cases

    def another(self, kind: str, low: float, high: float) -> "Story":
        """A further case in the same village, opened some days from now."""
        at = self.at + timedelta(days=self.rng.uniform(low, high))
        return Story(self.year, kind, f"{self.case} {kind}", self.place, at)

    def linked(self, step: Step, kind: str) -> "Story":
        """The case that a step opened by itself."""
        story = Story(self.year, kind, str(step.id), self.place, self.at, Linked(step.id))
        story.typed = step.recorded_at
        return story

    # Steps

    def open(self, *by: Role, **answers: Any) -> Step:
        """The case is opened."""
        return self._step(OPENED, by, answers)

    def do(self, action: str, *by: Role, **answers: Any) -> Step:
        """An action is done by the nearest holder of the first role that is held there."""
        return self._step(action, by, answers)

    def aside(self, tell: Callable[[], object], share: float = 1) -> None:
        """In a share of the stories something happens beside the course of the case."""
        if not self.chance(share):
            return
        before = self.at, self.typed, self.beside
        self.asides += 1
        self.beside = self.asides
        with suppress(Over):
            tell()
        self.at, self.typed, self.beside = before

    def correct(self, step: Step, reason: str, **changes: Any) -> Step:
        """An earlier step is corrected by whoever did it."""
        return self._add(CORRECT, step.actor, changes, corrects=step.id, reason=reason)

    def _step(self, name: str, by: Sequence[Role], answers: Mapping[str, Any]) -> Step:
        actor = self.year.cast.who(self.rng, self.place, *by)
        return self._add(name, actor, answers)

    def _add(self, name: str, actor: Actor, answers: Mapping[str, Any], **more: Any) -> Step:
        self.typed = max(self.at + self._delay(), self.typed + _SECOND)
        if self.typed > self.year.anchor:
            raise Over
        made = _uuid7(self.rng, self.typed)
        if self.case is None:
            self.case = made
        step = Step(
            id=made,
            case=self.case,
            kind=self.kind,
            name=name,
            actor=actor,
            place=self.place,
            happened_at=self.at,
            recorded_at=self.typed,
            answers={k: v for k, v in answers.items() if v is not None},
            aside=self.beside,
            **more,
        )
        self.year.steps.append(step)
        return step

    def _delay(self) -> timedelta:
        """Most things are typed within the hour, some the next day, a few later."""
        minutes = self.pick(
            (self.rng.uniform(1, 45), 94), (self.rng.uniform(200, 1200), 4.5),
            (self.rng.uniform(1500, 4000), 1.5),
        )  # fmt: skip
        return timedelta(minutes=float(minutes))


def _uuid7(rng: Random, moment: datetime) -> UUID:
    """An id of the demo's moment, its random part from the seed, so that ids are in time order."""
    value = int(moment.timestamp() * 1000) << 80 | rng.getrandbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)
