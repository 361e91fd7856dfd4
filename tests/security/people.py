"""Accounts in every relation to the cases of one village, each signed in."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app import tokens
from app.ids import uuid7
from app.services import seed
from app.services.identity import sessions
from tests.security.oracle import BREAKING, READS, RELATIONS

SIBLING, OTHER_TOWN, OTHER_DISTRICT = 441802103202, 441802106000, 441803000000
AREAS = {
    "own": seed.VILLAGE,
    "parent": seed.TOWN,
    "district": seed.DISTRICT,
    "sibling": SIBLING,
    "other_town": OTHER_TOWN,
    "other_district": OTHER_DISTRICT,
    "held": OTHER_TOWN,
    "barred": seed.DISTRICT,
    "barred_holder": OTHER_TOWN,
    "in_hand": OTHER_TOWN,
    "glass": OTHER_TOWN,
}
_ACCOUNT = text("insert into account (username, display_name) values (:name, '某人') returning id")
_GRANT = text("insert into account_grant values (:id, :role, :area, false)")
_SESSION = text(
    "insert into session (id, account_id, ends_at, verified_at)"
    " values (:session, :id, now() + interval '2 h', now())"
)
_GLASS = text(
    "insert into glass (id, case_id, account_id, role, broken_at, ends_at, district, town, village)"
    " select :id, k.id, :who, 'police', now(), now() + interval '1 h', k.district, k.town,"
    ' k.village from "case" k where k.id = :case'
)
GONE = (
    "delete from glass where account_id = any(:ids)",
    "delete from session where account_id = any(:ids)",
    "delete from account_grant where account_id = any(:ids)",
    "delete from account where id = any(:ids)",
)
COPIES = ('"case"', "case_party", "party_gram", "event", "deadline", "notice", "outbox", "bed_stay")


class Somebody:
    """An account of one role, in one relation to the village's cases."""

    def __init__(self, app: FastAPI, role: str, relation: str, id: int, token: str) -> None:
        self.role, self.relation, self.id = role, relation, id
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url="http://test/api/v1",
            headers={"authorization": f"Bearer {token}"},
        )


async def everybody(app: FastAPI, connection: AsyncConnection) -> list[Somebody]:
    """Every role in every relation."""
    assert set(AREAS) == set(RELATIONS)
    return await these(app, connection, list(product(READS, AREAS)))


async def these(
    app: FastAPI, connection: AsyncConnection, wanted: Sequence[tuple[str, str]]
) -> list[Somebody]:
    """An account for each of these roles and relations, with a session that has just shown a
    second factor."""
    found, now = [], datetime.now(UTC)
    for role, relation in wanted:
        values: dict[str, Any] = {"name": f"x.{role}.{relation}", "role": role}
        id = (await connection.execute(_ACCOUNT, values)).scalar_one()
        session = uuid7()
        await connection.execute(_GRANT, values | {"id": id, "area": AREAS[relation]})
        await connection.execute(_SESSION, {"session": session, "id": id})
        token = tokens.issue(
            sessions.keys(), account_id=id, session_id=session, now=now,
            life=timedelta(minutes=15),
        )  # fmt: skip
        found.append(Somebody(app, role, relation, id, token))
    return found


async def hold(
    connection: AsyncConnection, people: Sequence[Somebody], cases: Sequence[str]
) -> None:
    """Give the cases to those who hold them, let those read who broke the glass, and bar those who
    are barred. Before anybody asks: who asked once is known as she was."""
    holders = [p.id for p in people if p.relation in ("held", "barred_holder", "in_hand")]
    for table in COPIES:
        column = "id" if table == '"case"' else "case_id"
        give = f"update {table} set seen_by = seen_by || :ids where {column} = any(:cases)"  # noqa: S608
        await connection.execute(text(give), {"ids": holders, "cases": list(cases)})
    for one in people:
        if one.relation == "glass" and one.role in BREAKING:
            for case in cases:
                await connection.execute(_GLASS, {"id": uuid7(), "case": case, "who": one.id})
    bar = text("select recuse(:id, :case, 'ordered', null)")
    for one in people:
        if one.relation.startswith("barred"):
            for case in cases:
                await connection.execute(bar, {"id": one.id, "case": case})


async def forget(connection: AsyncConnection, people: Sequence[Somebody]) -> None:
    """Take the accounts away again, and what hangs on them."""
    ids = {"ids": [one.id for one in people]}
    await connection.execute(text("truncate recusal, audit_entry"))
    for statement in GONE:
        await connection.execute(text(statement), ids)
    for one in people:
        await one.client.aclose()
