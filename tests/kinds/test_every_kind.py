"""Every kind, walked over HTTP from its opening to each of its ends, through every action."""

import importlib
from typing import Any

import pytest
from sqlalchemy import text

from app.kinds import KINDS
from app.kinds.common import ACTIONS
from tests.conftest import Client, Owner
from tests.kinds.journey import Journey
from tests.kinds.walks import Walk

WALKS: tuple[Walk, ...] = tuple(
    walk for kind in KINDS for walk in importlib.import_module(f"tests.kinds.walks.{kind}").WALKS
)
COMMON = {a.name for a in ACTIONS} | {"reopen"}


@pytest.fixture
async def ids(owner: Owner, app: object) -> dict[str, Any]:
    """What the walks' placeholders stand for, from the seeded registers."""
    async with owner() as connection:
        village = await connection.scalar(
            text(
                "select area from account_grant g join account a on a.id = g.account_id"
                " where a.username = 'grid_worker' and g.role = 'grid_worker'"
            )
        )
        rows = await connection.execute(
            text("select kind, min(id) as id from organisation group by kind")
        )
        found = {row.kind: row.id for row in rows}
        other = await connection.scalar(
            text("select min(code) from area where level = 'village' and code <> :c"),
            {"c": village},
        )
        rows = await connection.execute(text("select zone, min(id) as id from bed group by zone"))
        beds = {f"bed:{row.zone}": row.id for row in rows}
    places = {"village": village, "other_village": other}
    return found | places | beds | {"bed": beds["bed:women"]}


@pytest.mark.parametrize("walk", WALKS, ids=[f"{w.kind}: {w.name}" for w in WALKS])
async def test_walk(client: Client, owner: Owner, ids: dict[str, Any], walk: Walk) -> None:
    journey = Journey(client, walk.kind, ids)
    for number, step in enumerate(walk.steps):
        answer = await journey.take(step)
        where = f"step {number} {step.action}: {answer.text}"
        if step.refused:
            assert answer.status_code in (403, 409, 422), where
            assert answer.json()["type"].removeprefix("/problems/") == step.refused, where
        else:
            assert answer.status_code in (200, 201), where
            assert step.state in (None, journey.state), where
    assert journey.state == walk.ends
    async with owner() as connection:
        rows = await connection.execute(
            text("select distinct rule from deadline where case_id = :c and met_at is not null"),
            {"c": journey.case_id},
        )
        assert walk.met <= set(rows.scalars())


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_the_walks_of_a_kind_leave_nothing_out(kind: Any) -> None:
    walks = [w for w in WALKS if w.kind == kind.name]
    assert {w.ends for w in walks} >= kind.final
    taken = {s.action for w in walks for s in w.steps if s.refused is None}
    assert taken >= {a.name for a in kind.actions} - COMMON
