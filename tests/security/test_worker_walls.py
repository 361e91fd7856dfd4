"""What the worker's role may do: seal and send. It reads no record."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.config import get_settings
from app.db import owner_role, transaction, worker_role
from tests.conftest import Owner

OWNER, WORKER = owner_role(get_settings().schema), worker_role(get_settings().schema)

WORKER_MAY = {("seal", "SELECT"), ("seal", "INSERT")}
"""What the worker may do beside its functions: it sees digests, no case, nobody's name."""


async def test_the_worker_may_do_its_work_and_nothing_else(
    owner: Owner, worker_engine: AsyncEngine
) -> None:
    granted = text(
        "select table_name as name, privilege_type as may from information_schema.role_table_grants"
        " where table_schema = current_schema() and grantee = :worker"
    )
    async with owner() as connection:
        found = (await connection.execute(granted, {"worker": WORKER})).all()
    assert {(r.name, r.may) for r in found} == WORKER_MAY
    for statement in (
        "select 1 from event",
        "select 1 from access_log",
        "select 1 from seal_leaf",
        "update seal set root = root",
        "delete from seal",
        "delete from seal_waiting",
        "truncate seal",
        f'set role "{OWNER}"',
    ):
        with pytest.raises(Exception, match=r"permission denied"):
            async with transaction(worker_engine) as connection:
                await connection.exec_driver_sql(statement)
