"""What was known of a person before, and who said otherwise and when."""

from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, tuple_
from sqlalchemy.sql.expression import literal
from sqlmodel import col

from app import access, crypto
from app.access import Work
from app.crypto import Place
from app.errors import NotFound
from app.kinds.people import Sex
from app.models import Account, Organisation, PersonChange
from app.models.columns import table_of
from app.services.persons import parties, people, search
from app.services.rows import cursors, titles
from app.services.seeing import looks
from app.services.seeing.listing import Page

_change = table_of(PersonChange).c
_OF_PERSON = (
    select(
        table_of(PersonChange),
        col(Account.display_name).label("account"),
        col(Organisation.name).label("organisation"),
    )
    .outerjoin(Account, col(Account.id) == _change.account_id)
    .outerjoin(Organisation, col(Organisation.id) == _change.organisation_id)
    .where(_change.person_id == bindparam("person_id"))
    .order_by(_change.recorded_at.desc(), _change.id.desc())
)


async def page(work: Work, person_id: UUID, cursor: str | None, limit: int) -> Page:
    """A page of the changes of a person, newest first, each up to the class the reader reads.

    Raises NotFound for somebody the actor reaches through no case, Invalid for a foreign cursor.
    """
    cases = (await search.through(work, [person_id])).get(person_id)
    if cases is None:
        raise NotFound("没有这个人员")
    sight = max(case["sight"] for case in cases)
    await looks.log(work, "person_changes", sight, person_id=person_id)
    await access.enter_people(work, [person_id])
    question, wanted = {"person": str(person_id)}, _OF_PERSON.limit(limit + 1)
    if cursor is not None:
        last = cursors.read(cursor, question, "tu")
        after = tuple_(*map(literal, last))
        wanted = wanted.where(tuple_(_change.recorded_at, _change.id) < after)
    rows = (await work.connection.execute(wanted, {"person_id": person_id})).all()
    more, rows = len(rows) > limit, rows[:limit]
    following = cursors.write((rows[-1].recorded_at, rows[-1].id), question) if more else None
    return Page(items=[_shown(row, sight) for row in rows], next=following)


def _shown(row: Any, sight: Any) -> dict[str, Any]:
    kept: dict[str, dict[str, Any]] = {"before": {}, "said": {}}
    if row.key != crypto.DESTROYED:
        key = crypto.open_key(crypto.keyring(), row.key)
        kept = crypto.unseal_values(key, row.sealed, Place("person_change", "sealed", row.id))
    told = {
        name: getattr(row, name)
        for name in ("id", "taken", "recorded_at", "account", "organisation")
    }
    return told | {side: _facts(kept[side], sight) for side in ("before", "said")}


def _facts(known: dict[str, Any], sight: Any) -> dict[str, Any]:
    facts = dict.fromkeys((*people.SEALED, "sex", "flags")) | known
    facts["phone"] = people.masked(facts["phone"])
    shown = parties.cut(facts, sight)
    return shown | {"sex_title": titles.label(Sex, shown["sex"])}
