"""The two ledgers: a town signs its own, the district takes over each line or sends it back.

The register of cases moves daily; a signed ledger stands still. What the district holds changes by
the district's own act only, so the two differ wherever somebody has yet to look.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import BigInteger, bindparam, column, func, insert, literal, select, text, tuple_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as insert_once

from app import access, clock
from app.access import Work
from app.errors import Conflict, Invalid, NotAllowed
from app.kinds.forms import Choice
from app.models import LedgerEntry
from app.models.columns import MANY, table_of
from app.permissions import HOLDERS, Permission
from app.places import place_of
from app.services.district import organisations
from app.services.ledger import women
from app.services.record import audit
from app.services.record.audit import What
from app.services.rows import cursors
from app.services.seeing import listing

Verdict = Literal["taken", "returned"]

FACTS: Final = ("state", "level", "village", "birth_year")
"""What the two ledgers are compared in, field by field. Special protection (S3) is not among it:
who visits in a village reads the ledgers, and does not read that."""


class Why(Choice):
    """Why the district took a line over, or sent it back. No free text: nothing about her."""

    TOWN_RIGHT = "town_right", "与镇街核对，镇街登记无误"
    VISITED = "visited", "已入户或电话核实"
    MATERIALS = "materials", "已核对材料"
    NOT_FOUND = "not_found", "查无此人或已不在本地居住"
    WRONG_LEVEL = "wrong_level", "需求等级与情况不符"
    WRONG_DATA = "wrong_data", "基本情况有误"


WHY: Final[dict[Verdict, frozenset[Why]]] = {
    "taken": frozenset({Why.TOWN_RIGHT, Why.VISITED, Why.MATERIALS}),
    "returned": frozenset({Why.NOT_FOUND, Why.WRONG_LEVEL, Why.WRONG_DATA}),
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """A signed line, as whoever settles it saw it."""

    case_id: UUID
    signed_id: int


_table = table_of(LedgerEntry)
_row = _table.c
_SHOWN = (
    *(column(name) for name in ("case_id", "town", "signed_id", "signed_at")),
    *(column(name, JSONB) for name in ("said", "held")),
    *(column(name) for name in ("returned_at", "why")),
)
_SIDES = func.ledger_sides(
    bindparam("place", type_=MANY), bindparam("until", type_=_row.recorded_at.type)
).table_valued(*_SHOWN, column("district"), column("village"))
_side = _SIDES.c
_DIFFER = _side.said.is_distinct_from(_side.held)


def _bound(area: int) -> dict[str, Any]:
    return {"place": list(place_of(area)), "until": clock.now() + timedelta(microseconds=1)}


async def sign(work: Work, town: int) -> int:
    """Copy who stands in the town's ledger now, and note who has left it since; how many stand.

    Raises NotAllowed for another town than one's own, Invalid for what is no town.
    """
    place = place_of(town)
    if place.code != place.town:
        raise Invalid("地区代码有误", [{"field": "town", "message": "请选择镇街"}])
    _check_keeps(work, Permission.LEDGER_SIGN, town)
    await organisations.check_area(work, town, "town")
    # Two who sign at once would both note the same who left.
    await work.connection.execute(
        text("select pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"ledger|{town}"}
    )
    here = (await work.connection.execute(select(women.standing(work, town)))).all()
    now, there = clock.now(), {row.id for row in here}
    by = {"act": "signed", "account_id": work.actor.account_id, "recorded_at": now}
    lines = [
        by | {"case_id": row.id, "facts": _facts(row)} | access.place_in(row)._asdict()
        for row in here
    ]
    sides = select(_SIDES).where(_side.said.is_not(None))
    stood = (await work.connection.execute(sides, _bound(town))).all()
    lines += [
        by | {"case_id": row.case_id, "facts": None} | access.place_in(row)._asdict()
        for row in stood
        if row.case_id not in there
    ]
    if lines:
        await work.connection.execute(insert(_table), lines)
    await audit.note_of(work, What.REGISTER_CHANGED, about=f"ledger:{town}")
    return len(here)


def _facts(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in FACTS}


def _check_keeps(work: Work, permission: Permission, area: int) -> None:
    place = place_of(area)
    if not any(g.role in HOLDERS[permission] and g.covers(place) for g in work.actor.grants):
        raise NotAllowed("您的角色不能核对该地区的台账")


async def compared(work: Work, area: int) -> list[dict[str, Any]]:
    """Town by town: when it last signed, how many lines are in either ledger, how many are the
    same, and how many the district sent back."""
    wanted = (
        select(
            _side.town,
            func.max(_side.signed_at).label("signed_at"),
            func.count().label("union"),
            func.count().filter(~_DIFFER).label("identical"),
            func.count().filter(_DIFFER & _side.returned_at.is_not(None)).label("returned"),
        )
        .group_by(_side.town)
        .order_by(_side.town)
    )
    found = await work.connection.execute(wanted, _bound(area))
    return [dict(row._mapping) for row in found]


async def differences(work: Work, area: int, cursor: str | None, limit: int) -> dict[str, Any]:
    """A page of the lines that differ, by their cases' ids and then by town, with both sides."""
    question = {"differences": area}
    wanted = select(*(_side[one.name] for one in _SHOWN)).where(_DIFFER)
    if cursor is not None:
        case_id, town = cursors.read(cursor, question, "ui")
        after = tuple_(literal(case_id), literal(town, BigInteger))
        wanted = wanted.where(tuple_(_side.case_id, _side.town) > after)
    paged = wanted.order_by(_side.case_id, _side.town).limit(limit + 1)
    found = (await work.connection.execute(paged, _bound(area))).all()
    more, rows = len(found) > limit, found[:limit]
    cards = access.visible_cases(work.actor, work.kinds).subquery("seen")
    ids = [row.case_id for row in rows]
    known = (await work.connection.execute(select(cards).where(cards.c.id.in_(ids)))).all()
    names = await listing.surnames(work, known)
    numbers = {row.id: row.number for row in known}
    women_named = {row.id: row.subject for row in known if row.id in names}
    following = cursors.write((rows[-1].case_id, rows[-1].town), question) if more else None
    items = [
        dict(row._mapping)
        | {"number": numbers.get(row.case_id), "subject": names.get(row.case_id)}
        | {"person_id": women_named.get(row.case_id)}
        | {"reachable": row.case_id in numbers, "fields": _differing(row.said, row.held)}
        for row in rows
    ]
    return {"items": items, "next": following}


def _differing(said: Any, held: Any) -> list[str]:
    """Which facts differ; none where she stands in one of the two only."""
    return [] if said is None or held is None else [f for f in FACTS if said[f] != held[f]]


async def settle(work: Work, area: int, lines: Sequence[Line], verdict: Verdict, why: Why) -> int:
    """The district takes these lines over as the town signed them, or sends them back; how many
    were settled. The same once more changes nothing.

    Raises NotAllowed outside one's district, Invalid for a reason of the other verdict, Conflict
    where the town has signed anew.
    """
    _check_keeps(work, Permission.LEDGER_SETTLE, area)
    if why not in WHY[verdict]:
        raise Invalid("理由与处理结果不符", [{"field": "why", "message": "请重新选择理由"}])
    wanted = select(_SIDES).where(_side.case_id.in_([line.case_id for line in lines]))
    rows = (await work.connection.execute(wanted, _bound(area))).all()
    known = {Line(case_id=row.case_id, signed_id=row.signed_id): row for row in rows}
    if not known.keys() >= set(lines):
        raise Conflict("镇街已重新签报，请刷新后核对")
    by = {"act": verdict, "why": why.value, "account_id": work.actor.account_id}
    made = [
        by
        | {"case_id": row.case_id, "facts": row.said, "answers": row.signed_id}
        | {"recorded_at": clock.now()}
        | access.place_in(row)._asdict()
        for row in (known[line] for line in set(lines))
    ]
    await work.connection.execute(insert_once(_table).on_conflict_do_nothing(), made)
    about = f"ledger:{area}"
    await audit.note_of(work, What.REGISTER_CHANGED, about=about, reason=why.label)
    return len(made)
