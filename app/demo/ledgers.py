"""The two ledgers at the end of the demo year: every town has signed its own, and the district has
looked at most of the lines."""

from datetime import datetime
from random import Random
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app import clock
from app.access import Actor, Work
from app.clock import Holidays
from app.db import transaction
from app.demo.cast import Cast
from app.demo.player import CHANNEL
from app.kinds import Kinds
from app.roles import Role
from app.services.ledger import sides
from app.services.ledger.sides import Line, Verdict, Why

PAGE: Final = 100
FOUND: Final[tuple[tuple[Verdict, Why, float], ...]] = (
    ("taken", Why.TOWN_RIGHT, 0.7),
    ("taken", Why.VISITED, 0.15),
    ("returned", Why.WRONG_LEVEL, 0.08),
)
"""What the district found, and of how many lines; the rest wait for it."""


async def sign_and_settle(
    engine: AsyncEngine, kinds: Kinds, holidays: Holidays, cast: Cast, at: datetime
) -> None:
    """Sign each town's ledger at a moment, and settle what the district has come to by then."""

    def work_of(connection: AsyncConnection, actor: Actor) -> Work:
        return Work(connection, actor, kinds, holidays, CHANNEL)

    with clock.at(at):
        for town in sorted({v.town for v in cast.villages if v.town}):
            for actor in cast.actors.get((Role.WOMEN_FED_TOWN, town), ())[:1]:
                async with transaction(engine, actor.opening) as connection:
                    await sides.sign(work_of(connection, actor), town)
        reader = cast.actors[Role.WOMEN_FED_DISTRICT, cast.district.code][0]
        async with transaction(engine, reader.opening) as connection:
            await _settle(work_of(connection, reader), cast.district.code)


async def _settle(work: Work, area: int) -> None:
    lines = await _differing(work, area)
    Random(area).shuffle(lines)  # noqa: S311 - invention, no secret
    done = 0
    for verdict, why, share in FOUND:
        until = done + round(len(lines) * share)
        for start in range(done, until, PAGE):
            some = lines[start : min(start + PAGE, until)]
            await sides.settle(work, area, some, verdict, why)
        done = until


async def _differing(work: Work, area: int) -> list[Line]:
    lines: list[Line] = []
    cursor: str | None = None
    while True:
        page = await sides.differences(work, area, cursor, PAGE)
        lines += [Line(case_id=o["case_id"], signed_id=o["signed_id"]) for o in page["items"]]
        cursor = page["next"]
        if cursor is None:
            return lines
