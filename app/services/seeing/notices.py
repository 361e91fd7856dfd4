"""Notices in the app: for a role in an area, or for whom the case was given to; unread first."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Select,
    any_,
    bindparam,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy import update as change
from sqlmodel import col

from app import clock
from app.access import Work
from app.errors import NotFound
from app.models import Notice
from app.models.columns import TZ, table_of
from app.places import place_of
from app.policy import BY_AREA, SEES_NO_CASE
from app.roles import Role
from app.services.record import audit
from app.services.record.audit import What
from app.services.rows import cursors
from app.services.seeing import reach
from app.services.seeing.listing import Page

_notice = table_of(Notice).c
_COLUMNS = [
    _notice[name]
    for name in ("id", "case_id", "role", "text", "basis", "sent_at", "read_at",
                 "district", "town", "village")
]  # fmt: skip


@dataclass(frozen=True)
class Post:
    """What a role is told in a district, of `areas` (a level and codes), or of given cases; as
    `supervisor` also what only those are told."""

    district: int
    role: Role
    supervisor: bool
    areas: tuple[tuple[str, int], ...]

    @property
    def levels(self) -> frozenset[str]:
        return frozenset(level for level, _ in self.areas)


def _posts(work: Work) -> list[Post]:
    found: dict[tuple[int, Role, bool], list[tuple[str, int]]] = {}
    for grant in work.actor.grants:
        if grant.role in SEES_NO_CASE:
            continue
        place = place_of(grant.area)
        areas = found.setdefault((place.district, grant.role, grant.supervisor), [])
        if grant.role in BY_AREA:
            areas.append((reach.level_of(place), grant.area))
    return [Post(*of, tuple(areas)) for of, areas in found.items()]


def _values(work: Work, posts: list[Post]) -> dict[str, Any]:
    values: dict[str, Any] = {"holders": list(work.actor.holders)}
    for at, post in enumerate(posts):
        values |= {f"district{at}": post.district, f"role{at}": post.role.value}
        values[f"supervisor{at}"] = post.supervisor
        for level in post.levels:
            values[f"{level}s{at}"] = [code for known, code in post.areas if known == level]
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
    shapes = tuple(post.levels for post in posts)
    rows = (await work.connection.execute(_statement(shapes, after), values)).all()
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
    own = or_(*(_own(at, post.levels) for at, post in enumerate(posts))) if posts else None
    if own is None:
        raise NotFound("没有这条通知")
    wanted = select(_notice.id, _notice.read_at).where(_notice.id == bindparam("id"), own)
    values = _values(work, posts) | {"id": notice_id}
    row = (await work.connection.execute(wanted, values)).first()
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
_AFTER = tuple_(_notice.sent_at, _notice.id) < tuple_(
    bindparam("sent_at", type_=TZ), bindparam("id")
)


def _own(at: int, levels: frozenset[str]) -> Any:
    """The notices of one post: by district and role through the index, then by area or holder."""
    held = [
        _notice[level] == any_(bindparam(f"{level}s{at}", type_=ARRAY(BigInteger)))
        for level in sorted(levels)
    ]
    given = col(Notice.seen_by).op("&&")(bindparam("holders", type_=ARRAY(BigInteger)))
    return (
        (_notice.district == bindparam(f"district{at}", type_=BigInteger))
        & (_notice.role == bindparam(f"role{at}"))
        & (_notice.supervisors <= bindparam(f"supervisor{at}", type_=Boolean))
        & or_(*held, given)
    )


@lru_cache(maxsize=256)
def _statement(shapes: tuple[frozenset[str], ...], after: int | None) -> Select[tuple[Any, ...]]:
    limit = bindparam("limit", type_=BigInteger)
    parts = []
    for at, levels in enumerate(shapes):
        for read in (0, 1):
            if after is not None and read < after:
                continue
            wanted = select(*_COLUMNS).where(
                _own(at, levels),
                _notice.read_at.is_not(None) if read else _notice.read_at.is_(None),
            )
            wanted = wanted.where(_AFTER) if read == after else wanted
            parts.append(wanted.order_by(_notice.sent_at.desc(), _notice.id.desc()).limit(limit))
    merged = union_all(*parts).subquery("merged")
    order = merged.c.read_at.is_not(None), merged.c.sent_at.desc(), merged.c.id.desc()
    return select(merged).order_by(*order).limit(limit)
