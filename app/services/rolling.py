"""Clocks that run follow the calendar: their last day moves with the days off (民法典 203), when a
day is marked or the mark taken back, and when a release brings the next year's arrangements."""

import json
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.clock import HOLIDAYS, Holidays
from app.db import transaction
from app.kinds import Kinds
from app.kinds.base import DeadlineRule
from app.services.acting import reckoning
from app.services.rows import terms

MOST: Final = 500
"""Clocks looked at in one transaction."""

_MARKED = text("select day, is_working from holidays_marked()")
_RUNNING = text("select * from clocks_rolling(:rules, :present, :after, :last, :most)")
_MOVE = text("select clocks_move(cast(:moves as jsonb))")


async def follow(engine: AsyncEngine, kinds: Kinds, present: datetime) -> int:
    """Move the ends of running clocks to where the calendar of now has them; how many moved. May
    run twice.

    Each is left in the record with both days. A clock that has run out stays so, and none is moved
    into the past: a mark made late neither excuses nor condemns.
    """
    rules = {(name, rule.name): rule for name, kind in kinds.items() for rule in kind.deadlines}
    asked: dict[str, Any] = {
        "rules": sorted({name for (_, name), rule in rules.items() if terms.rolling(rule)}),
        "present": present,
        "most": MOST,
    }
    total = 0
    after, last = datetime.min.replace(tzinfo=UTC), UUID(int=0)
    while True:
        async with transaction(engine) as connection:
            marked = (await connection.execute(_MARKED)).all()
            holidays = HOLIDAYS.with_days({row.day: row.is_working for row in marked})
            place = {"after": after, "last": last}
            found = (await connection.execute(_RUNNING, asked | place)).all()
            moves = [_moved(rules.get((c.kind, c.rule)), c, holidays, present) for c in found]
            wanted = json.dumps([move for move in moves if move])
            moved: int = (await connection.execute(_MOVE, {"moves": wanted})).scalar_one()
        total += moved
        if len(found) < MOST:
            return total
        after, last = found[-1].due_at, found[-1].id


def _moved(
    rule: DeadlineRule | None, running: Any, holidays: Holidays, present: datetime
) -> dict[str, str | None] | None:
    """The new ends of a running clock; None if they are the old ones, or over."""
    if rule is None:
        return None
    due_at, alert_at = reckoning.by_calendar(rule, running, holidays)
    if (due_at, alert_at) == (running.due_at, running.alert_at) or due_at <= present:
        return None
    return {
        "id": str(running.id),
        "before": running.due_at.isoformat(),
        "due_at": due_at.isoformat(),
        "alert_at": alert_at and alert_at.isoformat(),
    }
