"""Referrals as both sides see them, and what was pushed on."""

from typing import Any, Literal
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Uuid, bindparam, select, tuple_

from app import access, clock
from app.access import Work
from app.errors import NotAllowed
from app.kinds.referral import Declining, Need
from app.models import Organisation, Referral
from app.models.columns import TZ, table_of
from app.services.acting.referrals import article
from app.services.rows import cursors, titles
from app.services.seeing import looks
from app.services.seeing.listing import Page

Side = Literal["received", "sent", "declined"]

_row = table_of(Referral).c
_sender, _asked, _right = (table_of(Organisation).alias(n) for n in ("sender", "asked", "right"))
_ALL = (
    select(
        *_row,
        _sender.c.name.label("sender"),
        _asked.c.name.label("recipient"),
        _right.c.name.label("right_body"),
    )
    .outerjoin(_sender, _sender.c.id == _row.from_id)
    .outerjoin(_asked, _asked.c.id == _row.to_id)
    .outerjoin(_right, _right.c.id == _row.right_id)
    .order_by(_row.sent_at.desc(), _row.id.desc())
)
_AFTER = tuple_(_row.sent_at, _row.id) < tuple_(
    bindparam("sent_at", type_=TZ), bindparam("after_id", type_=Uuid)
)


async def page(work: Work, side: Side, open_only: bool, cursor: str | None, limit: int) -> Page:
    """What the actor's organisation received or sent, or what was declined in the districts of a
    supervisor, newest first. Raises NotAllowed, Invalid for a cursor of another list."""
    question = {"referrals": side, "open": open_only}
    values: dict[str, Any] = {"limit": limit + 1}
    wanted = _ALL.where(*_which(work, side, values)).limit(bindparam("limit", type_=BigInteger))
    if open_only:
        wanted = wanted.where(_row.accepted.is_(None))
    if cursor is not None:
        values["sent_at"], values["after_id"] = cursors.read(cursor, question, "tu")
        wanted = wanted.where(_AFTER)
    rows = (await work.connection.execute(wanted, values)).all()
    more, rows = len(rows) > limit, rows[:limit]
    return Page(
        items=[_shown(work, row) for row in rows],
        next=cursors.write((rows[-1].sent_at, rows[-1].id), question) if more else None,
    )


def _which(work: Work, side: Side, values: dict[str, Any]) -> list[ColumnElement[bool]]:
    actor = work.actor
    readable = _row.kind.in_(access.readable_kinds(actor, work.kinds))
    if side == "declined":
        over = [g.area for g in actor.grants if g.supervisor]
        if not over:
            raise NotAllowed("被拒绝的转介由主管人员查看", basis="粤办法 20")
        return [_row.accepted.is_(False), readable, access.area_scope(Referral, actor)]
    values["own"] = actor.organisation_id
    mine = _row.to_id if side == "received" else _row.from_id
    return [mine == bindparam("own", type_=BigInteger), readable]


async def of_case(work: Work, case_id: UUID) -> list[dict[str, Any]]:
    """Every referral of a case, newest first. Raises NotFound."""
    opened = await looks.open_for(work, case_id, "case_referrals")
    await access.enter_case(work, opened.row.id)
    wanted = _ALL.where(_row.case_id == bindparam("case_id"))
    rows = (await work.connection.execute(wanted, {"case_id": case_id})).all()
    return [_shown(work, row) for row in rows]


def _shown(work: Work, row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "case_id": row.case_id,
        "kind": row.kind,
        "kind_title": work.kinds[row.kind].title,
        "area": access.place_in(row).code,
        "from_id": row.from_id,
        "sender": row.sender,
        "to_id": row.to_id,
        "recipient": row.recipient,
        "needs": [Need(need).label for need in row.needs],
        "basis": article(row.ground, row.legal_basis),
        "declined_before": row.declined_before,
        "sent_at": row.sent_at,
        "due_at": row.due_at,
        "answered_at": row.answered_at,
        "status": _status(row),
        "late": (row.answered_at or clock.now()) > row.due_at,
        "why": titles.label(Declining, row.why),
        "right_body": row.right_body,
        "to_answer": row.accepted is None and row.to_id == work.actor.organisation_id,
    }


def _status(row: Any) -> Literal["open", "accepted", "declined"]:
    if row.accepted is None:
        return "open"
    return "accepted" if row.accepted else "declined"
