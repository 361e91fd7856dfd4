"""The demo year: a year of invented cases, carried out through the same door as real ones."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col

from app import clock
from app.clock import Holidays
from app.db import transaction
from app.demo import (
    dv_warning,
    ledgers,
    left_behind_visit,
    legal_aid_referral,
    mediation,
    protection_order,
    shelter_placement,
    surveys,
    year,
)
from app.demo.cast import READER, Cast, gather
from app.demo.player import CHANNEL, Player, Progress
from app.demo.story import Step
from app.errors import AppError, Invalid
from app.kinds import Kinds
from app.models import CaseLink, Event
from app.roles import Role

SCRIPTS: Final = (
    dv_warning.SCRIPT,
    mediation.SCRIPT,
    left_behind_visit.SCRIPT,
    protection_order.SCRIPT,
    legal_aid_referral.SCRIPT,
    shelter_placement.SCRIPT,
)


@dataclass(frozen=True)
class Played:
    """What a play did: commands carried out now, all of the plan, and what was refused."""

    done: int
    planned: int
    refused: tuple[tuple[Step, AppError], ...] = ()


def _silent(done: int, planned: int, moment: datetime) -> None:
    return None


async def play(
    engine: AsyncEngine,
    kinds: Kinds,
    holidays: Holidays,
    *,
    seed: int = 1,
    cases: int = 3000,
    progress: Progress = _silent,
) -> Played:
    """Play the 365 days before now, in so many cases, or go on where an earlier play stopped.

    The same seed on the same day gives the same cases, people and numbers in the same order. A
    year already played is not played again: its plan follows from its first command. Raises
    RuntimeError in production, Invalid before areas and accounts are there.
    """
    now = clock.now().replace(minute=0, second=0, microsecond=0)
    async with transaction(engine, READER) as connection:
        cast = await gather(connection)
    if not cast.villages or (Role.WOMEN_FED_DISTRICT, cast.district.code) not in cast.actors:
        raise Invalid("请先导入地区并建立演示账号")
    first, known, linked = await _before(engine, cast)
    anchor = year.began(first) if first else now
    steps = year.plan(
        SCRIPTS, kinds, cast, holidays,
        seed=seed, cases=cases, anchor=anchor,
    )  # fmt: skip
    player = Player(
        engine, kinds, holidays, known=known, linked=linked, progress=progress, planned=len(steps)
    )
    if any(step.id not in known for step in steps):
        await surveys.sign_all(engine, kinds, holidays, cast, clock.local_day(anchor))
        await player.play_all(steps)
        await ledgers.sign_and_settle(engine, kinds, holidays, cast, anchor)
    return Played(player.done, len(steps), tuple(player.refused))


async def _before(
    engine: AsyncEngine, cast: Cast
) -> tuple[datetime | None, set[UUID], dict[UUID, UUID]]:
    """When the demo's first command was typed, which are there already, and what cases they
    opened by themselves."""
    reader = cast.actors[Role.WOMEN_FED_DISTRICT, cast.district.code][0]
    demo = col(Event.channel) == CHANNEL
    async with transaction(engine, reader.opening) as connection:
        first = await connection.execute(select(func.min(col(Event.recorded_at))).where(demo))
        moment: datetime | None = first.scalar_one()
        ids = set((await connection.execute(select(col(Event.id)).where(demo))).scalars())
        links = await connection.execute(select(col(CaseLink.event_id), col(CaseLink.other_id)))
        return moment, ids, {row.event_id: row.other_id for row in links}


__all__ = ["Played", "Progress", "play"]
