"""Asking for an export, how far it is, and taking it: once, and only who asked."""

import secrets
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert

from app import clock, crypto
from app.access import Work
from app.errors import Conflict, Expired, IdReused, Invalid, NotFound
from app.kinds.forms import Choice
from app.models import Export
from app.models.columns import table_of
from app.services.exports import lists
from app.services.exports.lists import Wished
from app.services.identity import accounts
from app.services.record import audit
from app.services.record.audit import What
from app.services.rows.commands import REUSED

KEPT: Final = timedelta(hours=1)
"""How long a finished file waits to be taken."""

SILENT: Final = timedelta(minutes=2)
"""After this long without a sign whoever wrote the file is taken for dead."""

MOST: Final = 1_000_000
"""Rows of a sheet, of which Excel holds 1,048,576."""

LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""What nobody mistakes for something else when it is read out."""


class Purpose(Choice):
    """What a list leaves for (个保法 6: 明确、合理的目的)."""

    REPORT = "report", "向上级报送"
    RECONCILE = "reconcile", "与其他部门核对"
    MEETING = "meeting", "会商研判"
    INSPECTION = "inspection", "检查督导"
    VISITS = "visits", "安排探访、回访"


_table = table_of(Export)
_row = _table.c
_SHOWN = [c for c in _row if c.name not in ("content", "fingerprint", "account_id")]
_MINE = select(*_SHOWN, _row.fingerprint, _row.account_id)


async def ask(
    work: Work, id: UUID, wished: Wished, *, purpose: Purpose, reason: str
) -> tuple[dict[str, Any], str | None]:
    """Begin an export of a list; the password that will open it, which is kept nowhere:
    None for a request that was made before.

    Raises SecondFactorNeeded, Invalid for a list that no sheet holds or a column it has not,
    Conflict while another is being written, IdReused.
    """
    await accounts.need_second_factor(work)
    wanted = lists.question(wished)
    body = {"filters": wanted, "plain": wished.plain, "purpose": purpose, "reason": reason}
    print_ = crypto.fingerprint(crypto.keyring(), work.actor.account_id, "export", body)
    total, now = await lists.count(work, wished), clock.now()
    if total > MOST:
        raise Invalid("清单太长", [{"field": "area", "message": f"最多 {MOST} 行，请缩小范围"}])
    made = insert(_table).values(
        id=id,
        account_id=work.actor.account_id,
        asked=wanted,
        plain=wished.plain,
        purpose=purpose.value,
        fingerprint=print_,
        total=total,
        asked_at=now,
        seen_at=now,
    )
    row = (
        await work.connection.execute(made.on_conflict_do_nothing().returning(*_SHOWN))
    ).one_or_none()
    if row is None:
        known = await _find(work, id)
        if known is None or known.fingerprint != print_:
            raise IdReused(REUSED)
        return shown(known), None
    running = select(func.count()).where(
        _row.finished_at.is_(None), _row.failed.is_(False), _row.seen_at > now - SILENT,
        _row.id != id,
    )  # fmt: skip
    if (await work.connection.execute(running)).scalar_one():
        raise Conflict("您的上一份导出还没有完成，请稍后再试")
    await audit.note_of(work, What.EXPORT_MADE, about=f"export:{id}", reason=reason)
    return shown(row), "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in "1234")


async def latest(work: Work) -> list[dict[str, Any]]:
    """The actor's twenty latest exports, the newest first."""
    wanted = select(*_SHOWN).order_by(_row.asked_at.desc(), _row.id.desc()).limit(20)
    return [shown(row) for row in await work.connection.execute(wanted)]


async def read(work: Work, id: UUID) -> dict[str, Any]:
    """How far an export is. Raises NotFound for one of somebody else."""
    row = await _find(work, id)
    if row is None:
        raise NotFound("没有这份导出")
    return shown(row)


async def take(work: Work, id: UUID) -> tuple[bytes, str]:
    """The file and its SHA-256, for the only time: it is gone with this.

    Raises NotFound, Conflict before it is finished, Expired once it was taken or its time is over.
    """
    row = await _find(work, id)
    if row is None:
        raise NotFound("没有这份导出")
    if row.finished_at is None:
        raise Conflict("导出没有成功，请重新导出" if _dead(row) else "文件还没有生成完")
    if row.fetched_at is not None or row.expires_at < clock.now():
        raise Expired("文件只能下载一次，并在一小时内有效，请重新导出")
    content = (await work.connection.execute(_CONTENT, {"id": id})).scalar_one()
    await work.connection.execute(_TAKEN, {"key": id, "at": clock.now()})
    await audit.note_of(work, What.EXPORT_TAKEN, about=f"export:{id}")
    return content, row.sha256


_CONTENT = select(_row.content).where(_row.id == bindparam("id")).with_for_update()
_TAKEN = (
    update(_table)
    .where(_row.id == bindparam("key"))
    .values(content=None, fetched_at=bindparam("at"))
)


async def _find(work: Work, id: UUID) -> Any | None:
    return (await work.connection.execute(_MINE.where(_row.id == id))).one_or_none()


def _dead(row: Any) -> bool:
    silent: bool = row.seen_at < clock.now() - SILENT
    return bool(row.failed) or (row.finished_at is None and silent)


def _status(row: Any, now: datetime) -> str:
    if row.finished_at is None:
        return "failed" if _dead(row) else "running"
    if row.fetched_at is not None:
        return "taken"
    return "expired" if row.expires_at < now else "ready"


def shown(row: Any) -> dict[str, Any]:
    """An export as whoever asked for it sees it."""
    return {
        "id": row.id,
        "asked": row.asked,
        "plain": row.plain,
        "purpose": row.purpose,
        "purpose_title": Purpose(row.purpose).label,
        "total": row.total,
        "written": row.written,
        "status": _status(row, clock.now()),
        "asked_at": row.asked_at,
        "finished_at": row.finished_at,
        "expires_at": row.expires_at,
        "sha256": row.sha256,
    }
