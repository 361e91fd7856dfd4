"""What happened in a case, each answer up to the class its reader reads."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, bindparam, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB, distinct_on
from sqlmodel import col

from app import crypto
from app.access import Work
from app.kinds.forms import Sight
from app.models import Account, Case, Event, Organisation
from app.models.columns import table_of
from app.services.acting import answers
from app.services.acting.corrections import REASON, may_correct
from app.services.rows import cursors, titles
from app.services.seeing.listing import Page
from app.services.seeing.looks import Opened

LATE = timedelta(hours=24)
"""From this distance on it is shown that an event was recorded late (设计)."""

_event = table_of(Event).c
_NAMES: ColumnElement[dict[str, str] | None] = literal_column(
    """(
    select jsonb_object_agg(said.key, coalesce(organisation.name, account.display_name))
    from jsonb_each(event.details) said
    cross join lateral (
        select case when jsonb_typeof(said.value) = 'number' then said.value::bigint end as id
    ) given
    left join organisation on organisation.id = given.id and said.key <> 'account_id'
    left join account on account.id = given.id and said.key = 'account_id'
    where right(said.key, 3) = '_id'
      and (organisation.id is not null or account.id is not null)
    )""",
    JSONB,
)
"""Whom the numbers among an event's open answers name: an account, or else an organisation."""

_EVENTS = (
    select(
        *(
            _event[name]
            for name in (
                "id", "seq", "name", "outcome", "happened_at", "recorded_at", "account_id",
                "channel", "replaces", "replaced_by", "details", "key", "sealed", "locked", "state",
                "organisation_id",
            )
        ),
        col(Account.display_name).label("account"),
        col(Organisation.name).label("organisation"),
        col(Case.key).label("case_key"),
        _NAMES.label("names"),
    )
    .join(Case, col(Case.id) == _event.case_id)
    .outerjoin(Account, col(Account.id) == _event.account_id)
    .outerjoin(Organisation, col(Organisation.id) == _event.organisation_id)
    .where(_event.case_id == bindparam("case_id"))
)  # fmt: skip
LATEST = (
    _EVENTS.where(_event.replaced_by.is_(None))
    .ext(distinct_on(_event.name))
    .order_by(_event.name, _event.happened_at.desc(), _event.seq.desc())
)
_PAGE = _EVENTS.order_by(_event.seq.desc()).limit(bindparam("limit", type_=BigInteger))
_AFTER = _event.seq < bindparam("seq", type_=BigInteger)
_OF_STEP = _event.name == bindparam("step")


def current(work: Work, opened: Opened, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """The rows of LATEST as they are read: the valid event of each name, newest first."""
    found = _shown(work, opened, rows)
    return sorted(found, key=lambda event: -event["seq"])


async def page(
    work: Work, opened: Opened, step: str | None, cursor: str | None, limit: int
) -> Page:
    """A page of all events, or those of one step, newest first, of a case that passed the gate.

    Raises Invalid for a cursor of another list.
    """
    case_id = opened.row.id
    question = {"timeline": case_id, "step": step}
    values: dict[str, Any] = {"case_id": case_id, "limit": limit + 1}
    statement = _PAGE
    if step is not None:
        values["step"], statement = step, statement.where(_OF_STEP)
    if cursor is not None:
        (values["seq"],) = cursors.read(cursor, question, "i")
        statement = statement.where(_AFTER)
    rows = (await work.connection.execute(statement, values)).all()
    items = _shown(work, opened, rows)
    more = len(items) > limit
    items = items[:limit]
    return Page(items=items, next=cursors.write([items[-1]["seq"]], question) if more else None)


def _shown(work: Work, opened: Opened, rows: Sequence[Any]) -> list[dict[str, Any]]:
    if not rows:
        return []
    # The key comes with the rows: one read earlier may have been replaced in between.
    wrapped = rows[0].case_key
    deleted = wrapped == crypto.DESTROYED
    key = None if deleted else crypto.open_key(crypto.keyring(), wrapped)
    return [_event_shown(work, opened, row, key) for row in rows]


def _event_shown(
    work: Work, opened: Opened, row: Any, key: crypto.DataKey | None
) -> dict[str, Any]:
    """`key` is None once the case's was destroyed: then only the open answers are left."""
    kind, sight = opened.kind, opened.sight
    valid = key is not None and row.replaced_by is None
    given = dict(row.details) if key is None else answers.open_answers(key, row)
    reason = given.pop(REASON, None)
    given = {name: value for name, value in given.items() if value not in (None, [], "")}
    form = kind.form_of(row.name)
    read = answers.readable(form, given, sight) if form else {}
    outcome = row.outcome if titles.outcome_sight(kind, row.name) <= sight else None
    return {
        "id": row.id,
        "seq": row.seq,
        "name": row.name,
        "title": titles.step(kind, row.name),
        "outcome": outcome,
        "outcome_title": titles.outcome(kind, row.name, outcome),
        "state": row.state,
        "state_title": titles.state(kind, row.state),
        "happened_at": row.happened_at,
        "recorded_at": row.recorded_at,
        "late": row.recorded_at - row.happened_at > LATE,
        "account": row.account,
        "organisation": row.organisation,
        "channel": row.channel,
        "replaces": row.replaces,
        "replaced_by": row.replaced_by,
        "correction_reason": reason if sight >= Sight.S3 else None,
        "answers": read,
        "names": {name: words for name, words in (row.names or {}).items() if name in read},
        "withheld": len(given) - len(read) + row.locked,
        "correctable": valid and may_correct(work, kind, opened.roles, row),
    }
