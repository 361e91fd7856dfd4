"""The working calendar: the shipped holidays, and the days the district marked over them."""

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col

from app.clock import HOLIDAYS, Holidays
from app.db import transaction
from app.models import Holiday

_DAYS = select(col(Holiday.day), col(Holiday.is_working)).where(col(Holiday.removed_at).is_(None))


async def load(engine: AsyncEngine) -> Holidays:
    """The calendar as of now. Holidays are public; the policy asks only that somebody asks."""
    async with transaction(engine) as connection:
        await connection.execute(text("set local app.account = '0'"))
        rows = (await connection.execute(_DAYS)).all()
    return HOLIDAYS.with_days({row.day: row.is_working for row in rows})
