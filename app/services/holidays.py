"""Days the district marks as off or worked, over the State Council's calendar (民法典 203)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import extract, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from app.access import Work
from app.models import Holiday
from app.models.columns import table_of


async def marked(work: Work, year: int | None = None) -> Sequence[Any]:
    """The marked days (day, is_working, name, source), of one year or all, in order."""
    wanted = select(table_of(Holiday)).order_by(col(Holiday.day))
    if year is not None:
        wanted = wanted.where(extract("year", col(Holiday.day)) == year)
    return (await work.connection.execute(wanted)).all()


async def mark(work: Work, day: date, *, is_working: bool, name: str, source: str) -> Any:
    """Mark a day; its row. The same mark again changes nothing."""
    table = table_of(Holiday)
    values = {"is_working": is_working, "name": name, "source": source}
    made = insert(table).values(day=day, **values)
    written = made.on_conflict_do_update(index_elements=["day"], set_=values).returning(*table.c)
    return (await work.connection.execute(written)).one()
