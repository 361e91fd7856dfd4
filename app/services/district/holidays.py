"""Days the district marks as off or worked, over the State Council's calendar (民法典 203)."""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import extract, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from app import clock, crypto
from app.access import Work
from app.errors import NotFound, Stale
from app.models import Holiday
from app.models.columns import table_of
from app.services.record import audit
from app.services.record.audit import What

TABLE = table_of(Holiday)
_STANDS = col(Holiday.removed_at).is_(None)


async def marked(work: Work, year: int | None = None) -> Sequence[Any]:
    """The marked days (day, is_working, name, source), of one year or all, in order."""
    wanted = select(TABLE).where(_STANDS).order_by(col(Holiday.day))
    if year is not None:
        wanted = wanted.where(extract("year", col(Holiday.day)) == year)
    return (await work.connection.execute(wanted)).all()


async def load(work: Work, day: date, *, lock: bool = False) -> Any:
    """The mark of one day; NotFound if it has none."""
    wanted = select(TABLE).where(_STANDS, TABLE.c.day == day)
    found = await work.connection.execute(wanted.with_for_update() if lock else wanted)
    row = found.one_or_none()
    if row is None:
        raise NotFound("这一天没有标注")
    return row


def tag_of(row: Any) -> str:
    """What tells one mark of a day from another: made from the mark itself."""
    said = crypto.canonical({"is_working": row.is_working, "name": row.name, "source": row.source})
    return hashlib.sha256(said).hexdigest()[:16]


async def mark(
    work: Work, day: date, seen: str | None, *, is_working: bool, name: str, source: str
) -> Any:
    """Mark a day, or change the mark whose tag somebody saw; the row. The same mark again changes
    nothing. Raises Stale if somebody else marked the day meanwhile."""
    values = {"is_working": is_working, "name": name, "source": source}
    anew = insert(TABLE).values(day=day, **values)
    made = anew.on_conflict_do_update(
        index_elements=["day"], set_={**values, "removed_at": None}, where=~_STANDS
    ).returning(*TABLE.c)
    about = f"holiday:{day}"
    if seen is None and (new := (await work.connection.execute(made)).one_or_none()):
        await audit.note_of(work, What.REGISTER_CHANGED, about=about)
        return new
    known = await load(work, day, lock=True)
    if (known.is_working, known.name, known.source) == (is_working, name, source):
        return known
    if tag_of(known) != seen:
        raise Stale("这一天的标注已被他人修改，请刷新后再改")
    await audit.note_of(work, What.REGISTER_CHANGED, about=about)
    changed = update(TABLE).where(TABLE.c.day == day).values(**values).returning(*TABLE.c)
    return (await work.connection.execute(changed)).one()


async def take_back(work: Work, day: date, seen: str | None) -> None:
    """Let the day be again as the State Council has it. NotFound if it bears no mark, Stale if that
    is not the one whose tag somebody saw."""
    known = await load(work, day, lock=True)
    if tag_of(known) != seen:
        raise Stale("这一天的标注已被他人修改，请刷新后再改")
    await audit.note_of(work, What.REGISTER_CHANGED, about=f"holiday:{day}")
    gone = update(TABLE).where(TABLE.c.day == day).values(removed_at=clock.now())
    await work.connection.execute(gone)
