"""What the app's role may not do to what was written, whoever it acts for."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db import transaction
from app.roles import Role
from app.services.seed import DISTRICT
from tests.security.test_walls import actor


@pytest.mark.parametrize(
    "statement",
    [
        "delete from event",
        'delete from "case"',
        "truncate event",
        "update event set details = '{}'",
        "update event set hash = hash",
        "update event set key = key",
        'update "case" set key = key',
        "update person set key = key",
        "update access_log set what = ''",
        "update audit_entry set what = ''",
        "delete from seal",
        "update seal_leaf set digest = ''",
        "delete from seal_waiting",
        "select seal_take(1)",
        "delete from access_log",
        "delete from audit_entry",
        "truncate access_log",
        "truncate audit_entry",
        "update outbox set name = ''",
        "update credential set password_hash = ''",
        "update account_grant set role = 'police'",
        "update account set version = 0",
        "insert into account_grant (account_id, role, area) values (1, 'police', 1)",
        "alter table event disable row level security",
        "drop policy sight on event",
        "create function sneak() returns integer language sql as 'select 1'",
    ],
)
async def test_the_app_cannot_undo_what_was_written(engine: AsyncEngine, statement: str) -> None:
    identity = actor(Role.POLICE, DISTRICT).opening
    with pytest.raises(Exception, match=r"permission denied|must be owner"):
        async with transaction(engine, identity) as connection:
            await connection.exec_driver_sql(statement)
