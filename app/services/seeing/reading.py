"""The case page: the card, the people, what was said, what runs, what can be done now."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlmodel import col

from app import access, clock, crypto
from app.access import Work
from app.kinds.base import ANYWHERE, CaseKind
from app.kinds.forms import Sight
from app.kinds.people import Flag
from app.kinds.referral import ACCEPT, DECLINE, REFERRAL_REPLY
from app.models import Account, Deadline, Organisation
from app.models.columns import table_of
from app.policy import Purpose
from app.roles import Role
from app.services.acting import deadlines
from app.services.persons import parties
from app.services.rows import definitions, titles
from app.services.rows.together import Together
from app.services.seeing import listing, looks, timeline
from app.services.seeing.listing import Page
from app.services.seeing.looks import Opened

ANSWERS = frozenset({ACCEPT, DECLINE})
"""Steps shown only to whom a referral waits for."""


async def case_page(work: Work, case_id: UUID) -> dict[str, Any]:
    """Everything the case page shows, each part up to the reader's class. Raises NotFound."""
    opened = await looks.open_for(work, case_id, "case_page")
    deep = opened.sight >= Sight.S3
    values = parties.repeat_values(work, opened) | {
        "organisation": opened.row.organisation_id,
        "account": opened.row.account_id,
    }
    found = await (_DEEP if deep else _PAGE).read(work.connection, values)
    people = parties.shown(opened, found)
    contact = parties.safe_contact(people, parties.numbers(work, opened, found))
    if not deep and any(c["phone"] for c in contact):
        await looks.log(work, "contact_phone", opened.sight, from_=Sight.S2, case_id=case_id)
    again = {row.role for row in found["repeated"]} if deep else set()
    return {
        "sight": opened.sight,
        "supervised": looks.supervised(work, opened),
        "card": _card(work, opened, found["in_charge"][0]),
        "safe_contact": contact,
        "parties": people,
        "repeated": {"victim": "victim" in again, "perpetrator": "perpetrator" in again},
        "events": timeline.current(work, opened, found["events"]),
        "deadlines": [shown_clock(opened.kind, c) for c in found["clocks"]],
        "actions": [
            a
            for a in possible(opened.kind, opened.row.state, opened.roles, work.kinds)
            if a["name"] not in ANSWERS or _asked(work, found["clocks"])
        ],
        "links": linked(work, case_id, found["links"]),
    }


async def case_parties(work: Work, case_id: UUID) -> list[dict[str, Any]]:
    """The people of a case, up to the reader's class. Raises NotFound."""
    return await parties.of_case(work, await looks.open_for(work, case_id, "case_parties"))


async def case_timeline(
    work: Work, case_id: UUID, step: str | None, cursor: str | None, limit: int
) -> Page:
    """A page of what happened, or of how often one step was taken, newest first. Raises NotFound,
    Invalid for a foreign cursor."""
    seen = await looks.open_for(work, case_id, "case_timeline")
    return await timeline.page(work, seen, step, cursor, limit)


async def case_deadlines(work: Work, case_id: UUID) -> list[dict[str, Any]]:
    """Every clock the case ever had, the earliest due first. Raises NotFound."""
    opened = await looks.open_for(work, case_id, "case_deadlines")
    clocks = await deadlines.clocks_of(work, case_id)
    return [shown_clock(opened.kind, c) for c in sorted(clocks, key=lambda c: (c.due_at, c.id))]


_IN_CHARGE = select(
    select(col(Organisation.name))
    .where(col(Organisation.id) == bindparam("organisation"))
    .scalar_subquery()
    .label("organisation"),
    select(col(Account.display_name))
    .where(col(Account.id) == bindparam("account"))
    .scalar_subquery()
    .label("account"),
)


def _card(work: Work, opened: Opened, names: Any) -> dict[str, Any]:
    row, kind = opened.row, opened.kind
    deep = opened.sight >= Sight.S3
    return listing.card(work, row) | {
        "basis": kind.basis,
        "lapsed": titles.lapsed(kind, row.state, row.valid_until),
        "outcome": row.outcome if titles.ending_sight(kind) <= opened.sight else None,
        "valid_until": row.valid_until,
        "erased": row.key == crypto.DESTROYED,
        "recorded_at": row.recorded_at,
        "organisation_id": row.organisation_id,
        "organisation": names.organisation,
        "account_id": row.account_id,
        "account": names.account,
        "version": row.version,
        "flags": [{"code": f, "title": Flag(f).label} for f in row.flags] if deep else [],
    }


CLOCK = (
    "id", "rule", "each", "round", "owner", "started_at", "alert_at", "due_at", "met_at",
    "dropped_at", "dropped_reason", "paused_at", "basis",
)  # fmt: skip
"""What `shown_clock` needs of one."""

_OPEN_CLOCKS = (
    select(*(table_of(Deadline).c[name] for name in CLOCK))
    .where(
        col(Deadline.case_id) == bindparam("case_id"),
        col(Deadline.met_at).is_(None),
        col(Deadline.dropped_at).is_(None),
    )
    .order_by(col(Deadline.due_at), col(Deadline.id))
)


def shown_clock(kind: CaseKind, running: Any) -> dict[str, Any]:
    """A clock in words, and how it stands now."""
    now = clock.now()
    title, basis = titles.clock_of(kind, running)
    status = (
        "met" if running.met_at else "dropped" if running.dropped_at
        else "paused" if running.paused_at else "running"
    )  # fmt: skip
    runs = status == "running"
    return {
        "id": running.id,
        "rule": running.rule,
        "title": title,
        "basis": basis,
        "each": running.each,
        "round": running.round,
        "owner": running.owner,
        "owner_title": Role(running.owner).label,
        "started_at": running.started_at,
        "alert_at": running.alert_at,
        "due_at": running.due_at,
        "met_at": running.met_at,
        "dropped_at": running.dropped_at,
        "dropped_reason": running.dropped_reason,
        "paused_at": running.paused_at,
        "status": status,
        "alert": runs and running.alert_at is not None and running.alert_at <= now,
        "overdue": runs and running.due_at < now,
        "late": running.met_at is not None and running.met_at > running.due_at,
    }


def possible(
    kind: CaseKind, state: str, roles: frozenset[Role], kinds: Mapping[str, CaseKind]
) -> list[dict[str, Any]]:
    """The actions these roles may take in this state; the form is named as in GET /kinds."""
    names = definitions.schema_names(kinds)
    return [
        {"name": a.name, "title": a.title, "basis": a.basis, "form": names[a.form]}
        for a in kind.actions
        if roles & a.by and state in (kind.open_states if a.source == ANYWHERE else a.source)
    ]


def _asked(work: Work, clocks: Sequence[Any]) -> bool:
    """Whether the actor's organisation owes the answer to a referral."""
    own = str(work.actor.organisation_id)
    return any(c.rule == REFERRAL_REPLY.name and c.each == own for c in clocks)


def linked(work: Work, case_id: UUID, rows: Sequence[Any]) -> dict[str, Any]:
    """The linked cases the actor may see, from the rows of LINKED, and how many more are."""
    pairs = {r.other_id if r.case_id == case_id else r.case_id: r for r in rows}
    others = {id: row for id, row in pairs.items() if id not in work.actor.barred}
    items = []
    for row in others.values():
        if row.id is None:
            continue
        sight = access.decision(work, row, Purpose.LIST).sight
        if sight >= Sight.S1:
            why = row.why if sight >= Sight.S2 else None
            grew = row.case_id == case_id
            items.append(listing.card(work, row) | {"why": why, "grew_from_here": grew})
    return {"items": items, "hidden": len(others) - len(items)}


_PARTS = {
    **parties.OF_CASE,
    "events": timeline.LATEST,
    "clocks": _OPEN_CLOCKS,
    "links": access.LINKED,
    "in_charge": _IN_CHARGE,
}
_PAGE, _DEEP = Together(**_PARTS), Together(**_PARTS, repeated=parties.REPEATED)
