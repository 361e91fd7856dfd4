"""When somebody was last visited: the visits of all cases through which the actor knows of her."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select

from app.access import Work
from app.models import Event
from app.models.columns import table_of
from app.services.rows import titles

VISITS: Final = ("record_visit", "record_extra_visit", "follow_up", "return_visit")
"""What the kinds call going to see her."""

MOST: Final = 50
_event = table_of(Event).c


async def visits(work: Work, cases: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The latest visits in these cases, which passed the gate (each with its `id`), the newest
    first; and whether there are more."""
    wanted = (
        select(_event.case_id, _event.kind, _event.name, _event.happened_at)
        .where(_event.case_id.in_({case["id"] for case in cases}))
        .where(_event.name.in_(VISITS), _event.replaced_by.is_(None))
        .order_by(_event.happened_at.desc(), _event.id.desc())
        .limit(MOST + 1)
    )
    found = (await work.connection.execute(wanted)).all()
    shown = [
        {
            "case_id": row.case_id,
            "title": titles.step(work.kinds[row.kind], row.name),
            "happened_at": row.happened_at,
        }
        for row in found[:MOST]
    ]
    return {"visits": shown, "more_visits": len(found) > MOST}
