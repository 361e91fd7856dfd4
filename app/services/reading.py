"""The case page: the card, the people, what was said, what runs, what can be done now."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, or_, select
from sqlmodel import col

from app import access, clock
from app.access import Work
from app.kinds.base import ANYWHERE, CaseKind
from app.kinds.forms import Sight
from app.kinds.people import Flag
from app.models import Account, Case, CaseLink, Organisation
from app.models.columns import table_of
from app.roles import Role
from app.services import deadlines, definitions, listing, looks, parties, reach, timeline, titles
from app.services.cards import Clock
from app.services.listing import Page
from app.services.looks import Opened


async def case_page(work: Work, case_id: UUID) -> dict[str, Any]:
    """Everything the case page shows, each part up to the reader's class. Raises NotFound."""
    opened = await looks.open_for(work, case_id, "case_page")
    found = await parties.of_case(work, opened)
    return {
        "card": await _card(work, opened),
        "safe_contact": parties.safe_contact(found),
        "parties": found,
        "repeated": await parties.repeated(work, opened, found),
        "events": await timeline.current(work, opened.row, opened.kind, opened.sight),
        "deadlines": [d for d in await _deadlines(work, opened) if d["status"] in OPEN_STATUS],
        "actions": possible(opened.kind, opened.row.state, opened.roles, work.kinds),
        "links": await _links(work, case_id),
    }


async def case_parties(work: Work, case_id: UUID) -> list[dict[str, Any]]:
    """The people of a case, up to the reader's class. Raises NotFound."""
    return await parties.of_case(work, await looks.open_for(work, case_id, "case_parties"))


async def case_timeline(work: Work, case_id: UUID, cursor: str | None, limit: int) -> Page:
    """A page of what happened, newest first. Raises NotFound, Invalid for a foreign cursor."""
    seen = await looks.open_for(work, case_id, "case_timeline")
    return await timeline.page(work, seen.row, seen.kind, seen.sight, cursor, limit)


async def case_deadlines(work: Work, case_id: UUID) -> list[dict[str, Any]]:
    """Every clock the case ever had, the earliest due first. Raises NotFound."""
    return await _deadlines(work, await looks.open_for(work, case_id, "case_deadlines"))


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


async def _card(work: Work, opened: Opened) -> dict[str, Any]:
    row, kind = opened.row, opened.kind
    ids = {"organisation": row.organisation_id, "account": row.account_id}
    names = (await work.connection.execute(_IN_CHARGE, ids)).one()
    deep = opened.sight >= Sight.S3
    return listing.card(work, row) | {
        "basis": kind.basis,
        "lapsed": titles.lapsed(kind, row.state, row.valid_until),
        "outcome": row.outcome if titles.ending_sight(kind) <= opened.sight else None,
        "valid_until": row.valid_until,
        "recorded_at": row.recorded_at,
        "organisation_id": row.organisation_id,
        "organisation": names.organisation,
        "account_id": row.account_id,
        "account": names.account,
        "version": row.version,
        "flags": [{"code": f, "title": Flag(f).label} for f in row.flags] if deep else [],
    }


OPEN_STATUS = frozenset({"running", "paused"})


async def _deadlines(work: Work, opened: Opened) -> list[dict[str, Any]]:
    clocks = await deadlines.clocks_of(work, opened.row.id)
    return [_clock(opened.kind, c) for c in sorted(clocks, key=lambda c: (c.due_at, c.id))]


def _clock(kind: CaseKind, running: Clock) -> dict[str, Any]:
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


_link = table_of(CaseLink).c
_LINKS = (
    select(_link.case_id, _link.other_id, _link.why)
    .where(or_(_link.case_id == bindparam("id"), _link.other_id == bindparam("id")))
    .order_by(_link.linked_at, _link.case_id, _link.other_id)
)


async def _links(work: Work, case_id: UUID) -> dict[str, Any]:
    """The linked cases the actor may see, and how many there are beside them."""
    rows = (await work.connection.execute(_LINKS, {"id": case_id})).all()
    others = {r.other_id if r.case_id == case_id else r.case_id: r for r in rows}
    if not others:
        return {"items": [], "hidden": 0}
    wanted = access.visible_cases(work.actor, work.kinds).where(
        col(Case.id) == any_(bindparam("ids", type_=ARRAY(Uuid)))
    )
    seen = (await work.connection.execute(wanted, {"ids": list(others)})).all()
    items = []
    for row in seen:
        sight = work.actor.may_read(work.kinds[row.kind], reach.roles_in(work, row))
        if sight >= Sight.S1:
            link = others[row.id]
            why = link.why if sight >= Sight.S2 else None
            grew = link.case_id == case_id
            items.append(listing.card(work, row) | {"why": why, "grew_from_here": grew})
    return {"items": items, "hidden": len(others) - len(items)}
