"""Notices in the app: for a role in an area, or for whom the case was given to; unread first."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Select,
    Uuid,
    and_,
    bindparam,
    or_,
    select,
    tuple_,
    union,
)
from sqlalchemy import update as change

from app import clock, db
from app.access import Work
from app.errors import NotFound
from app.models import Notice
from app.models.columns import MANY, TZ, table_of
from app.places import place_of
from app.policy import BY_AREA, SEES_NO_CASE
from app.roles import Role
from app.services.record import audit
from app.services.record.audit import What
from app.services.rows import cursors
from app.services.seeing import reach
from app.services.seeing.listing import Page
from app.services.seeing.reach import GIVEN

_notice = table_of(Notice).c
_COLUMNS = (
    "id", "case_id", "role", "text", "basis", "sent_at", "read_at", "district", "town", "village",
)  # fmt: skip


HELD = "held"
"""The level of who is told of nothing but given cases: most of what the role is told in a district
is theirs (one court, few shelters), so it is walked in order."""


@dataclass(frozen=True)
class Post:
    """What a role is told in an area of a level, or (levels `given`, `held`) of cases given to
    somebody; as `supervisor` also what only those are told."""

    level: str
    code: int
    role: Role
    supervisor: bool


def _posts(work: Work) -> list[Post]:
    """What a whole district is told includes what of it was given to somebody."""
    found: dict[Post, None] = {}
    for grant in work.actor.grants:
        if grant.role in SEES_NO_CASE:
            continue
        place = place_of(grant.area)
        level = reach.level_of(place)
        whole = (
            {level: grant.area}
            if level == "district"
            else {level: grant.area, GIVEN: place.district}
        )
        for at, code in (whole if grant.role in BY_AREA else {HELD: place.district}).items():
            found[Post(at, code, grant.role, grant.supervisor)] = None
    return list(found)


def _values(work: Work, posts: list[Post]) -> dict[str, Any]:
    values: dict[str, Any] = {"holders": list(work.actor.holders)}
    for at, post in enumerate(posts):
        values |= {f"area{at}": post.code, f"role{at}": post.role.value}
        values[f"supervisor{at}"] = post.supervisor
    return values


async def page(work: Work, cursor: str | None, limit: int) -> Page:
    """A page of the actor's notices, unread ones first, then newest first. Raises Invalid for a
    cursor of another list."""
    question = {"notices": work.actor.account_id}
    posts = _posts(work)
    if not posts:
        return Page(items=[], next=None)
    values = _values(work, posts) | {"limit": limit + 1}
    after = None
    if cursor is not None:
        read, values["sent_at"], values["id"] = cursors.read(cursor, question, "itu")
        after = min(read, 1)
    statement = _statement(tuple(post.level for post in posts), after)
    rows = await db.rows(work.connection, statement, values)
    more, rows = len(rows) > limit, rows[:limit]
    last = (int(rows[-1].read_at is not None), rows[-1].sent_at, rows[-1].id) if more else None
    return Page(
        items=[
            {
                "id": row.id,
                "case_id": row.case_id,
                "role": row.role,
                "text": row.text,
                "basis": row.basis,
                "area": row.village or row.town or row.district,
                "sent_at": row.sent_at,
                "read_at": row.read_at,
            }
            for row in rows
        ],
        next=cursors.write(last, question) if last else None,
    )


async def mark_read(work: Work, notice_id: UUID) -> None:
    """Note that a notice was read, by whoever of its role came first. Raises NotFound."""
    posts = _posts(work)
    found = [
        select(rows.id, rows.read_at).where(rows.id == bindparam("id"), *_own(rows, at, post.level))
        for at, post in enumerate(posts)
        for rows in (reach.rows_of(Notice, post.level),)
    ]
    if not found:
        raise NotFound("没有这条通知")
    values = _values(work, posts) | {"id": notice_id}
    row = (await work.connection.execute(union(*found), values)).first()
    if row is None:
        raise NotFound("没有这条通知")
    if row.read_at is None:
        await work.connection.execute(_READ, {"key": notice_id, "at": clock.now()})
        await audit.note_of(work, What.NOTICE_READ, about=f"notice:{notice_id}")


_READ = (
    change(table_of(Notice))
    .where(_notice.id == bindparam("key"), _notice.read_at.is_(None))
    .values(read_at=bindparam("at"))
)
_LAST = tuple_(bindparam("sent_at", type_=TZ), bindparam("id", type_=Uuid))


def _own(rows: Any, at: int, level: str) -> list[ColumnElement[bool]]:
    """The notices of one post: by its area and role, through the index of that level."""
    area = rows["district" if level in (GIVEN, HELD) else level]
    found = [
        area == bindparam(f"area{at}", type_=BigInteger),
        rows.role == bindparam(f"role{at}"),
        rows.supervisors <= bindparam(f"supervisor{at}", type_=Boolean),
    ]
    if level == HELD:
        found.append(rows.seen_by.op("&&")(bindparam("holders", type_=MANY)))
    return found


@lru_cache(maxsize=256)
def _statement(levels: tuple[str, ...], after: int | None) -> Select[tuple[Any, ...]]:
    limit = bindparam("limit", type_=BigInteger)
    parts = []
    for at, level in enumerate(levels):
        rows = reach.rows_of(Notice, level)
        part = select(*(rows[name] for name in _COLUMNS)).where(*_own(rows, at, level))
        if after is not None:
            further, read = tuple_(rows.sent_at, rows.id) < _LAST, rows.read_at.is_not(None)
            part = part.where(and_(read, further) if after else or_(read, further))
        parts.append(part.order_by(*_order(rows)).limit(limit))
    merged = union(*parts).subquery("merged")
    return select(merged).order_by(*_order(merged.c)).limit(limit)


def _order(rows: Any) -> tuple[ColumnElement[Any], ...]:
    """Unread before read, then the newest: as the indexes have them."""
    return rows.read_at.is_not(None), rows.sent_at.desc(), rows.id.desc()
