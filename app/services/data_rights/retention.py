"""How long cases are kept, what keeps one longer, and how one ends for good (个保法 19, 47)."""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from app import access, clock, crypto
from app.access import Work
from app.crypto import Place
from app.errors import Conflict, IdReused, NotAllowed, NotFound, Refused, Shredded, Stale
from app.kinds.rights import HoldGround
from app.models import LegalHold
from app.models.columns import table_of
from app.permissions import HOLDERS, Permission
from app.places import place_of
from app.services.acting import answers
from app.services.identity import accounts
from app.services.record import audit
from app.services.record.audit import What
from app.services.rows import cursors
from app.services.seeing import looks
from app.services.seeing.listing import Page
from app.services.seeing.looks import Opened

_table = table_of(LegalHold)
_row = _table.c


async def holds(work: Work, case_id: UUID) -> list[dict[str, Any]]:
    """What keeps a case, and what kept it before, the oldest first. Raises NotFound."""
    opened = await _open(work, case_id, "legal_holds")
    rows = await work.connection.execute(
        select(_table).where(_row.case_id == case_id).order_by(_row.placed_at, _row.id)
    )
    return [_shown(opened, row) for row in rows]


async def place(
    work: Work, case_id: UUID, id: UUID, ground: HoldGround, reason: str
) -> tuple[dict[str, Any], bool]:
    """Keep a case whatever its age; the hold, and whether it is new. Raises NotFound, NotAllowed
    for anybody but a supervisor of the place, IdReused."""
    opened = await _open(work, case_id, "legal_holds")
    _supervisor(work, opened)
    key = crypto.open_key(crypto.keyring(), opened.row.key)
    made = insert(_table).values(
        id=id,
        case_id=case_id,
        ground=ground.value,
        reason=crypto.seal(key, reason, Place("legal_hold", "reason", id)),
        placed_at=clock.now(),
        placed_by=work.actor.account_id,
    )
    new = made.on_conflict_do_nothing().returning(*_row)
    row = (await work.connection.execute(new)).one_or_none()
    if row is not None:
        await audit.note(work.connection, What.HOLD_CHANGED, about=f"case:{case_id}", **_by(work))
        return _shown(opened, row), True
    known = (await work.connection.execute(select(_table).where(_row.id == id))).one_or_none()
    if known is None or (known.case_id, known.ground) != (case_id, ground):
        raise IdReused("这个编号已用于另一次提交，请重新提交")
    return _shown(opened, known), False


async def lift(work: Work, case_id: UUID, id: UUID, version: int) -> dict[str, Any]:
    """End a hold. Raises NotFound, NotAllowed, Stale, Conflict for one lifted already."""
    opened = await _open(work, case_id, "legal_holds")
    _supervisor(work, opened)
    wanted = select(_table).where(_row.id == id, _row.case_id == case_id).with_for_update()
    row = (await work.connection.execute(wanted)).one_or_none()
    if row is None:
        raise NotFound("没有这项保留")
    if row.version != version:
        raise Stale("这项保留已被他人修改，请刷新后再办")
    if row.lifted_at is not None:
        raise Conflict("这项保留已经解除")
    ended = {
        "lifted_at": clock.now(),
        "lifted_by": work.actor.account_id,
        "version": version + 1,
        "changed_at": func.now(),
    }
    changed = update(_table).where(_row.id == id).values(**ended).returning(*_row)
    done = (await work.connection.execute(changed)).one()
    await audit.note(work.connection, What.HOLD_CHANGED, about=f"case:{case_id}", **_by(work))
    return _shown(opened, done)


_EXPIRED = text(
    "select id, number, kind, closed_at"
    " from cases_to_erase(:area, cast(:kept as jsonb), :at, :closed_at, :id, :most)"
)


async def expired(work: Work, area: int, cursor: str | None, limit: int) -> Page:
    """Closed cases of an area, of kinds that the actor reads, that are older than their kind is
    kept and that nothing keeps, the oldest first, for its supervisors. Raises NotAllowed, Invalid
    for a foreign cursor."""
    if not work.actor.supervises(place_of(area), HOLDERS[Permission.RETENTION_KEEP]):
        raise NotAllowed("到期案件由该地区的主管人员办理")
    question = {"area": area}
    readable = access.readable_kinds(work.actor, work.kinds)
    kept = json.dumps({name: work.kinds[name].kept.years for name in readable})
    values: dict[str, Any] = {"area": area, "kept": kept, "at": clock.now(), "most": limit + 1}
    values |= {"closed_at": None, "id": None}
    if cursor is not None:
        values["closed_at"], values["id"] = cursors.read(cursor, question, "tu")
    rows = (await work.connection.execute(_EXPIRED, values)).all()
    more, rows = len(rows) > limit, rows[:limit]
    return Page(
        items=[row._asdict() | _kept(work, row.kind) for row in rows],
        next=cursors.write((rows[-1].closed_at, rows[-1].id), question) if more else None,
    )


def _kept(work: Work, kind: str) -> dict[str, Any]:
    kept = work.kinds[kind].kept
    return {"kind_title": work.kinds[kind].title, "years": kept.years, "basis": kept.source}


async def erase_expired(work: Work, case_id: UUID) -> None:
    """Erase one case whose time is over. Raises NotFound, NotAllowed, SecondFactorNeeded, Refused
    while it must be kept."""
    opened = await _open(work, case_id, "retention")
    _supervisor(work, opened)
    await erase(work, opened, "个保法 19, 47")


async def erase(work: Work, opened: Opened, basis: str) -> None:
    """Destroy the keys of a case and of those who are in no other: what was said can be read by
    nobody from then on, what was counted stays. Raises SecondFactorNeeded, Refused."""
    row, kind = opened.row, opened.kind
    if row.key == crypto.DESTROYED:
        raise Conflict("这件案件的个人信息已依法删除")
    if row.closed_at is None:
        raise Refused("case-still-open", "案件尚未办结，不能删除其中的个人信息", basis="个保法 47")
    if clock.now() <= clock.due(kind.kept.term, row.closed_at, work.holidays):
        detail = f"{kind.title}办结后保存 {kind.kept.years} 年，期限尚未届满"
        raise Refused("still-kept", detail, basis=f"个保法 47；{kind.kept.source}")
    await accounts.need_second_factor(work)
    asked = {"case": row.id}
    if (await work.connection.execute(text("select held(:case)"), asked)).scalar_one():
        detail = "案件仍有保留事项、未了的期限或者未答复的请求，不能删除"
        raise Refused("held", detail, basis="个保法 47")
    await work.connection.execute(text("select erase_case(:case)"), asked)
    about = f"case:{row.id}"
    await audit.note(work.connection, What.KEY_DESTROYED, about=about, reason=basis, **_by(work))


def _by(work: Work) -> dict[str, Any]:
    return {"account_id": work.actor.account_id}


def _supervisor(work: Work, opened: Opened) -> None:
    keepers = HOLDERS[Permission.RETENTION_KEEP]
    if not work.actor.supervises(access.place_in(opened.row), keepers):
        raise NotAllowed("由该地区的主管人员办理", basis="个保法 19, 47")


async def _open(work: Work, case_id: UUID, what: str) -> Opened:
    await answers.keep_key(work, case_id)
    opened = await looks.open_for(work, case_id, what)
    await access.enter_case(work, case_id)
    return opened


def _shown(opened: Opened, row: Any) -> dict[str, Any]:
    try:
        key = crypto.open_key(crypto.keyring(), opened.row.key)
        reason = crypto.unseal_text(key, row.reason, Place("legal_hold", "reason", row.id))
    except Shredded:
        reason = None
    return {
        "id": row.id,
        "ground": row.ground,
        "ground_title": HoldGround(row.ground).label,
        "reason": reason,
        "placed_at": row.placed_at,
        "lifted_at": row.lifted_at,
        "version": row.version,
    }
