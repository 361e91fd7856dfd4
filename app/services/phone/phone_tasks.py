"""What a phone keeps of its owner's work: the tasks of the next days, S1 and S2 only."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import distinct_on

from app import access, clock, crypto
from app.access import Work
from app.kinds.forms import Sight
from app.models import Case, Event
from app.models.columns import TZ, table_of
from app.policy import Purpose
from app.services.acting import answers
from app.services.persons import people
from app.services.phone import conflicts
from app.services.rows import cursors
from app.services.seeing import reach, reading, worklist
from app.services.seeing.listing import mask
from app.services.seeing.worklist import Filters

AHEAD = timedelta(days=7)
MOST = 300
"""More than a person can do in the days ahead: what is due later than these waits on the server."""

OVERLAP = timedelta(minutes=2)
"""A transaction may commit after one that began later: look back a little further."""

_case, _event = table_of(Case).c, table_of(Event).c
_IDS = bindparam("ids", type_=ARRAY(Uuid))
_TOUCHED = (
    select(_event.case_id)
    .where(_event.case_id == any_(_IDS), _event.recorded_at > bindparam("since", type_=TZ))
    .distinct()
)
_LAST = (
    select(
        *(_event[n] for n in ("id", "case_id", "name", "happened_at", "details", "key", "sealed")),
        _case.key.label("case_key"),
    )
    .join(Case, _case.id == _event.case_id)
    .where(_event.case_id == any_(_IDS), _event.replaced_by.is_(None))
    .ext(distinct_on(_event.case_id, _event.name))
    .order_by(_event.case_id, _event.name, _event.happened_at.desc(), _event.seq.desc())
)


async def delta(work: Work, since: str | None) -> dict[str, Any]:
    """My tasks that are new or moved since a cursor (without one: all), the ids of all that
    stand, whether there are more than a phone takes, and the next cursor. Raises Invalid for a
    cursor that is not ours."""
    question = {"phone_tasks": work.actor.account_id}
    now = clock.now()
    last = cursors.read(since, question, "t")[0] if since is not None else None
    due, more = await _due(work, now + AHEAD)
    fresh = due if last is None else await _moved(work, due, last - OVERLAP)
    return {
        "items": await _items(work, fresh),
        "ids": [task["id"] for task in due],
        "more": more,
        "settled": await conflicts.settled_lately(work),
        "cursor": cursors.write((now,), question),
    }


async def _due(work: Work, until: datetime) -> tuple[list[dict[str, Any]], bool]:
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while len(found) < MOST:
        page = await worklist.page(work, Filters(scope="mine"), cursor, 100)
        wanted = [item for item in page.items if item["due_at"] <= until]
        found += wanted
        cursor = page.next
        if cursor is None or len(wanted) < len(page.items):
            return found, False
    return found, True


async def _moved(
    work: Work, due: Sequence[dict[str, Any]], since: datetime
) -> list[dict[str, Any]]:
    """The tasks of cases in which something happened, and those that came near meanwhile."""
    asked = {"ids": _cases(due), "since": since}
    touched = set((await work.connection.execute(_TOUCHED, asked)).scalars())
    return [t for t in due if t["case_id"] in touched or t["due_at"] > since + AHEAD]


def _cases(due: Sequence[Mapping[str, Any]]) -> list[UUID]:
    return list(dict.fromkeys(task["case_id"] for task in due))


async def _items(work: Work, due: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    if not due:
        return []
    asked = {"ids": _cases(due)}
    wanted = access.visible_cases(work.actor, work.kinds).where(_case.id == any_(_IDS))
    cases = {row.id: row for row in (await work.connection.execute(wanted, asked)).all()}
    sights = {id: access.decision(work, row, Purpose.LIST).sight for id, row in cases.items()}
    named = [row.subject for id, row in cases.items() if row.subject and sights[id] >= Sight.S2]
    known = await access.people_of(work, list(dict.fromkeys(named)))
    facts = {id: people.opened(person) for id, person in known.items()}
    last = await _last(work, cases, sights)
    return [_item(work, task, cases.get(task["case_id"]), facts, last) for task in due]


def _item(
    work: Work,
    task: dict[str, Any],
    row: Any | None,
    facts: Mapping[UUID, Mapping[str, Any]],
    last: Mapping[UUID, Sequence[dict[str, Any]]],
) -> dict[str, Any]:
    kind = work.kinds[task["kind"]]
    rule = next((r for r in kind.deadlines if r.name == task["rule"]), None)
    met_by = rule.met_by if rule else frozenset[str]()
    roles = reach.roles_in(work, row) if row else frozenset()
    can = [a["name"] for a in reading.possible(kind, row.state, roles, work.kinds)] if row else []
    person = facts.get(row.subject, {}) if row and row.subject else {}
    return {name: task[name] for name in SHOWN} | {
        "subject": mask(person.get("name")),
        "household": row.subject if row and person else None,
        "safe_contact": person.get("safe_contact"),
        "actions": [name for name in can if name in met_by],
        "others": [name for name in can if name not in met_by],
        "last": [e for e in last.get(task["case_id"], ()) if e["name"] in met_by],
    }


SHOWN = (
    "id", "case_id", "number", "kind", "state", "state_title", "danger", "area", "rule", "title",
    "basis", "each", "round", "alert_at", "due_at",
)  # fmt: skip


async def _last(
    work: Work, cases: Mapping[UUID, Any], sights: Mapping[UUID, Sight]
) -> dict[UUID, list[dict[str, Any]]]:
    """Case → the latest event of each name, its answers up to the reader's class in lists."""
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    rows = (await work.connection.execute(_LAST, {"ids": list(cases)})).all()
    keys: dict[UUID, crypto.DataKey] = {}
    for row in rows:
        case = cases[row.case_id]
        kind = work.kinds[case.kind]
        form = kind.form_of(row.name)
        sight = sights[row.case_id]
        if form is None or sight < Sight.S1 or row.case_key == crypto.DESTROYED:
            continue
        if row.case_id not in keys:
            keys[row.case_id] = crypto.open_key(crypto.keyring(), row.case_key)
        given = answers.open_answers(keys[row.case_id], row)
        read = answers.readable(form, given, sight)
        found[row.case_id].append(
            {"name": row.name, "happened_at": row.happened_at, "answers": read}
        )
    return found
