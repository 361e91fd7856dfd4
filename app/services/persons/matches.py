"""Two rows that may be one person: shown side by side, decided by a human, never merged."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

import asyncpg
from sqlalchemy import BigInteger, bindparam, func, or_, select, text, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from app import access, clock
from app.access import Work
from app.errors import IdReused, NotFound
from app.kinds.forms import Sight
from app.models import AccessLog, CaseParty, Person, PersonMatch
from app.models.columns import table_of
from app.services.persons import search
from app.services.seeing import looks
from app.services.seeing.looks import Listed

MOST = 500
"""People looked through for open matches, those who joined a case last first."""

Verdict = Literal["same", "different"]
REUSED = "这个编号已用于另一次提交，请重新提交"


async def waiting(work: Work) -> list[dict[str, Any]]:
    """Undecided matches between two people whom the actor reaches both, newest first."""
    ids = await _alike(work)
    if not ids:
        return []
    await access.enter_people(work, ids)
    rows = (await work.connection.execute(_WAITING)).all()
    pairs = [(row.person_id, row.other_id) for row in rows]
    known = await search.reachable(work, [id for pair in pairs for id in pair])
    await looks.log(work, "people_matches", Sight.S3, listed=Listed(asked={}, shown=sorted(known)))
    return [
        {
            "person": known[row.person_id],
            "other": known[row.other_id],
            "reason": row.reason,
            "found_at": row.found_at,
        }
        for row in rows
        if row.person_id in known and row.other_id in known
    ]


async def decide(work: Work, pair: tuple[UUID, UUID], id: UUID, verdict: Verdict) -> dict[str, Any]:
    """Say that two people are one, or that they are not; either may be taken back by the other.

    The log row of the look carries the command's id, so that a repeat changes nothing. Raises
    NotFound for a pair nobody noted or not both in reach, IdReused.
    """
    # One at a time: verdicts that do not see each other would tear a group apart.
    await work.connection.execute(_WAIT)
    if len(await search.reachable(work, pair)) < len(set(pair)):
        raise NotFound("没有这个人员")
    group = await _group(work, pair)
    await access.enter_people(work, group)
    match = (await work.connection.execute(_PAIR, {"one": pair[0], "two": pair[1]})).first()
    if match is None:
        raise NotFound("没有这两个人员的比对记录")
    known = (await work.connection.execute(_BEFORE, {"id": id})).first()
    if known is None:
        await _log(work, pair[0], id, verdict)
        values = {
            "one": match.person_id,
            "two": match.other_id,
            "to": verdict,
            "by": work.actor.account_id,
            "at": clock.now(),
        }
        await work.connection.execute(_DECIDE, values)
        await _follow(work, group)
    elif (known.what, known.person_id) != (f"match_{verdict}", pair[0]):
        raise IdReused(REUSED)
    row = (await work.connection.execute(_PAIR, {"one": pair[0], "two": pair[1]})).one()
    return {"person_id": row.person_id, "other_id": row.other_id, "verdict": row.verdict,
            "decided_by": row.decided_by, "decided_at": row.decided_at}  # fmt: skip


async def _log(work: Work, person_id: UUID, id: UUID, verdict: Verdict) -> None:
    try:
        await looks.log(work, f"match_{verdict}", Sight.S3, person_id=person_id, id=id)
    except asyncpg.UniqueViolationError:
        raise IdReused(REUSED) from None


_WAIT = text("select pg_advisory_xact_lock(hashtextextended('person_match', 0))")

_one, _two = aliased(CaseParty), aliased(CaseParty)
_ALIKE = (
    select(col(_one.person_id))
    .join(
        _two,
        or_(
            col(_one.id_index) == col(_two.id_index),
            col(_one.phone_index) == col(_two.phone_index),
        )
        & (col(_one.person_id) != col(_two.person_id)),
    )
    .group_by(col(_one.person_id))
    .order_by(func.max(col(_one.joined_at)).desc())
    .limit(bindparam("most", type_=BigInteger))
)
_match = table_of(PersonMatch).c
_WAITING = (
    select(table_of(PersonMatch))
    .where(_match.verdict.is_(None))
    .order_by(_match.found_at.desc(), _match.person_id, _match.other_id)
    .limit(100)
)
_PAIR = select(table_of(PersonMatch)).where(
    or_(
        (_match.person_id == bindparam("one")) & (_match.other_id == bindparam("two")),
        (_match.person_id == bindparam("two")) & (_match.other_id == bindparam("one")),
    )
)
_DECIDE = (
    update(table_of(PersonMatch))
    .where(_match.person_id == bindparam("one"), _match.other_id == bindparam("two"))
    .values(verdict=bindparam("to"), decided_by=bindparam("by"), decided_at=bindparam("at"))
)
_BEFORE = select(col(AccessLog.what), col(AccessLog.person_id)).where(
    col(AccessLog.id) == bindparam("id")
)


async def _alike(work: Work) -> Sequence[UUID]:
    """People of the actor's cases who share a number with somebody else of them. Matches stand
    behind the wall of people, which opens for named people only: here are the names to give."""
    scoped = _ALIKE.where(access.scope(_one, work.actor), access.scope(_two, work.actor))
    return (await work.connection.execute(scoped, {"most": MOST})).scalars().all()


async def _group(work: Work, pair: tuple[UUID, UUID]) -> list[UUID]:
    """Everybody who is, or was said to be, one with either of the two."""
    asked = text("select unnest(one_person(:ids)) as id")
    found = (await work.connection.execute(asked, {"ids": list(pair)})).scalars()
    return sorted({*found, *pair})


_VERDICTS = select(_match.person_id, _match.other_id).where(_match.verdict == "same")
_SAME_AS = (
    update(table_of(Person))
    .where(col(Person.id) == bindparam("pid"))
    .values(same_as=bindparam("root"))
)


async def _follow(work: Work, group: Sequence[UUID]) -> None:
    """`same_as` follows from the verdicts: whoever hangs together points to the oldest row."""
    rows = (await work.connection.execute(_VERDICTS)).all()
    root = roots(group, [(row.person_id, row.other_id) for row in rows])
    await work.connection.execute(
        _SAME_AS, [{"pid": id, "root": root[id] if root[id] != id else None} for id in group]
    )


def roots(group: Sequence[UUID], pairs: Sequence[tuple[UUID, UUID]]) -> Mapping[UUID, UUID]:
    """Each of the group → the oldest of those it hangs together with (ids are in time order)."""
    root = {id: id for id in group}
    for one, two in pairs:
        if one in root and two in root:
            old, new = sorted((root[one], root[two]))
            root = {id: old if at == new else at for id, at in root.items()}
    return root
