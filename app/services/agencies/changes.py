"""What moved in the cases somebody may see: thin, in a safe order, without a gap."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, text, tuple_
from sqlmodel import col

from app import access
from app.access import Work
from app.models import Outbox
from app.services.rows import cursors

QUESTION = {"of": "partner-changes"}

# Whoever began earlier may still commit a row with a lower xid: so far, and no further.
_SAFE = text("outbox.xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint")


async def changes(work: Work, after: str | None, limit: int) -> tuple[Sequence[Any], str | None]:
    """At most `limit` rows after the cursor, oldest first, and the cursor to go on with.

    Rows have case_id, kind, name, state, happened_at (UTC). Raises Invalid for a cursor that was
    not given here.
    """
    kinds = access.readable_kinds(work.actor, work.kinds)
    wanted = (
        select(
            col(Outbox.id),
            col(Outbox.xid),
            col(Outbox.case_id),
            col(Outbox.kind),
            col(Outbox.name),
            col(Outbox.state),
            col(Outbox.happened_at),
        )
        .where(access.scope(Outbox, work.actor), col(Outbox.kind).in_(kinds), _SAFE)
        .order_by(col(Outbox.xid), col(Outbox.id))
        .limit(limit)
    )
    if after is not None:
        xid, row_id = cursors.read(after, QUESTION, "ii")
        wanted = wanted.where(tuple_(col(Outbox.xid), col(Outbox.id)) > (xid, row_id))
    rows = (await work.connection.execute(wanted)).all()
    if not rows:
        return rows, after
    return rows, cursors.write((rows[-1].xid, rows[-1].id), QUESTION)
