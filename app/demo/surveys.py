"""The signed surveys of the demo year: every spring and autumn, in nearly every rural village."""

from datetime import date, timedelta
from random import Random
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from app.access import Actor, Work
from app.clock import Holidays
from app.db import transaction
from app.demo.cast import Cast
from app.demo.player import CHANNEL
from app.kinds import Kinds
from app.places import place_of
from app.roles import Role
from app.services.district import surveys

ROUNDS: Final = ((3, 16, 45, 1.0), (9, 8, 50, 0.8))
"""Month, day, days it takes, share of the villages."""


async def sign_all(
    engine: AsyncEngine, kinds: Kinds, holidays: Holidays, cast: Cast, until: date
) -> int:
    """Sign what was due in the year up to a day; returns how many. Signed twice is signed once."""
    signed = 0
    for village in sorted(cast.rural):
        rng = Random(village)  # noqa: S311 - invention, no secret
        for day in _days(rng, until):
            actor: Actor = cast.who(rng, place_of(village), Role.VILLAGE_COMMITTEE)
            async with transaction(engine, actor.opening) as connection:
                work = Work(connection, actor, kinds, holidays, CHANNEL)
                await surveys.sign(work, village, day)
            signed += 1
    return signed


def _days(rng: Random, until: date) -> list[date]:
    found = [
        date(year, month, day) + timedelta(days=rng.randrange(length))
        for month, day, length, share in ROUNDS
        for year in (until.year - 1, until.year)
        if rng.random() < share
    ]
    return [d for d in found if until - timedelta(days=365) < d <= until]
