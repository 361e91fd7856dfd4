"""Carries the plan out: through the one door for change, several commands a transaction."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel import col

from app import clock
from app.access import Actor, Work
from app.clock import Holidays
from app.db import CommitFailed, transaction
from app.demo.story import CORRECT, Known, Linked, Step
from app.errors import AppError
from app.kinds import Kinds
from app.kinds.base import OPENED, OpenLinked
from app.kinds.forms import Empty
from app.models import CaseLink, CaseParty
from app.services.acting import cases, corrections
from app.services.rows.commands import Command

CHANNEL: Final = "demo"
TOGETHER: Final = 20
"""Commands a transaction: few enough that nobody else waits long for a case number."""

LANES: Final = 2
SOME_DAYS: Final = 300
"""Commands of which the openings may come before the rest; some eight days of the demo year."""

Progress = Callable[[int, int, datetime], None]
"""Is told how many commands are done, of how many, and where in the year they are."""

_LINKED = select(col(CaseLink.other_id)).where(col(CaseLink.event_id) == bindparam("event_id"))
_PARTY = (
    select(col(CaseParty.person_id))
    .where(col(CaseParty.case_id) == bindparam("case_id"), col(CaseParty.role) == bindparam("role"))
    .order_by(col(CaseParty.joined_at), col(CaseParty.person_id))
    .limit(1)
)
_FAST = "set local synchronous_commit = off;"
"""A demo that loses its last moments with the power goes on with them at the next start."""


@dataclass
class Player:
    """Plays steps in order. `refused` collects what a rule or a change from outside stood against;
    the rest of such a case is left out."""

    engine: AsyncEngine
    kinds: Kinds
    holidays: Holidays
    known: set[UUID]
    """Commands carried out by an earlier play."""
    linked: dict[UUID, UUID]
    """Event → the case it opened."""
    planned: int
    progress: Progress
    done: int = 0
    refused: list[tuple[Step, AppError]] = field(default_factory=list)
    _left: set[UUID | Linked] = field(default_factory=set)

    async def play_all(self, steps: Sequence[Step]) -> None:
        """Carry out a plan. Cases are opened one after the other, so that their numbers are in
        order; what is done in them runs beside it, each case in one lane."""
        # The first command alone: from it the plan of an interrupted play can be made again.
        await self._lane(steps[:1])
        parts = [*_parts(self.kinds, steps[1:]), Part()]
        await self._lane(parts[0].openings)
        for part, following in pairwise(parts):
            async with asyncio.TaskGroup() as beside:
                for steps_ in (following.openings, *part.lanes):
                    beside.create_task(self._lane(steps_))
            await self._lane(part.last)

    async def _lane(self, steps: Sequence[Step]) -> None:
        todo = [step for step in steps if step.id not in self.known]
        for start in range(0, len(todo), TOGETHER):
            await self._play(todo[start : start + TOGETHER])

    async def _play(self, steps: Sequence[Step]) -> None:
        """Carry out the steps in one transaction, or each in its own where one is refused."""
        try:
            await self._together(steps)
        except (AppError, CommitFailed):
            for step in steps:
                await self._alone(step)
        self.done += len(steps)
        self.progress(len(self.known) + self.done, self.planned, steps[-1].recorded_at)

    async def _alone(self, step: Step) -> None:
        if step.case in self._left:
            return
        try:
            await self._together([step])
        except AppError as error:
            self.refused.append((step, error))
            self._left.add(step.case)

    async def _together(self, steps: Sequence[Step]) -> None:
        async with transaction(self.engine, _FAST) as connection:
            known: Actor | None = None
            for step in steps:
                if step.case in self._left:
                    continue
                if step.actor is not known:
                    await _become(connection, step.actor)
                    known = step.actor
                await self._carry_out(connection, step)

    async def _carry_out(self, connection: AsyncConnection, step: Step) -> None:
        work = Work(connection, step.actor, self.kinds, self.holidays, CHANNEL)
        kind = self.kinds[step.kind]
        answers = {k: await self._resolved(connection, v) for k, v in step.answers.items()}
        with clock.at(step.recorded_at):
            if step.name == OPENED:
                form = kind.form.model_validate(answers)
                await cases.open_case(work, kind, _command(step, form, answers), step.place.code)
                return
            case_id = self._case(step.case)
            if step.name == CORRECT and step.corrects is not None:
                command = _command(step, Empty(), answers)
                await corrections.correct(
                    work, kind, case_id, step.corrects, answers, step.reason, command
                )
                return
            form_type = kind.form_of(step.name)
            if form_type is None:
                raise LookupError(f"{kind.name} has no {step.name}")
            form = form_type.model_validate(answers)
            await cases.act(work, kind, case_id, step.name, _command(step, form, answers))
            if _links(self.kinds, step):
                # Whoever goes on with the case may not see what it grew from.
                found = await connection.execute(_LINKED, {"event_id": step.id})
                self.linked[step.id] = found.scalar_one()

    async def _resolved(self, connection: AsyncConnection, value: Any) -> Any:
        match value:
            case Linked():
                return self._case(value)
            case Known(case=case, role=role):
                wanted = {"case_id": self._case(case), "role": role}
                return (await connection.execute(_PARTY, wanted)).scalar_one()
            case {"person_id": Known() as known, **rest}:
                return {"person_id": await self._resolved(connection, known), **rest}
            case [Known(), *_]:
                return [await self._resolved(connection, known) for known in value]
            case _:
                return value

    def _case(self, case: UUID | Linked) -> UUID:
        return case if isinstance(case, UUID) else self.linked[case.event_id]


@dataclass
class Part:
    """Some days of the year: cases opened, what is done in others, and last what opens a linked
    case, which takes a number too."""

    openings: list[Step] = field(default_factory=list)
    lanes: list[list[Step]] = field(default_factory=lambda: [[] for _ in range(LANES)])
    last: list[Step] = field(default_factory=list)
    size: int = 0


def _parts(kinds: Kinds, steps: Sequence[Step]) -> Iterator[Part]:
    part = Part()
    for step in steps:
        if step.name == OPENED:
            part.openings.append(step)
        elif _links(kinds, step):
            part.last.append(step)
        else:
            part.lanes[_lane_of(step)].append(step)
        part.size += 1
        if part.last or part.size == SOME_DAYS:
            yield part
            part = Part()
    yield part


def _links(kinds: Kinds, step: Step) -> bool:
    action = kinds[step.kind].action(step.name)
    wishes = [e for e in action.effects if isinstance(e, OpenLinked)] if action else []
    return any(w.only_if is None or w.only_if.holds(step.answers) for w in wishes)


def _lane_of(step: Step) -> int:
    """Whoever sleeps in the shelter shares its beds: these cases keep one order."""
    if step.kind == "shelter_placement":
        return 0
    return (step.case if isinstance(step.case, UUID) else step.case.event_id).int % LANES


def _command(step: Step, form: Any, answers: Mapping[str, Any]) -> Command:
    return Command(id=step.id, happened_at=step.happened_at, answers=form, body=answers)


async def _become(connection: AsyncConnection, actor: Actor) -> None:
    """Give the running transaction another identity, in one round trip."""
    raw = await connection.get_raw_connection()
    driver: Any = raw.driver_connection
    await driver.execute(actor.opening)
