"""What the worker's role may do: seal and send. It reads no record. And what no role that signs in
may do: have a function of the owner's work for it."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.config import get_settings
from app.db import owner_role, say, transaction, worker_role
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


DISGUISED = """
create temp table recusal (id uuid, account_id bigint, ended_by bigint, ended_at timestamptz)
    on commit drop;
insert into recusal values (gen_random_uuid(), 1);
create function pg_temp.seize() returns trigger language plpgsql
as $$ begin raise exception 'seized as %', current_user; end $$;
create trigger seize before update on recusal for each row execute function pg_temp.seize();
grant all on recusal to public;
"""


async def test_no_table_of_the_app_stands_in_for_one_of_ours(engine: AsyncEngine) -> None:
    """Else its trigger would run as the owner, whom no wall binds."""
    async with transaction(engine, "set local app.account = '1';") as connection:
        await say(connection, DISGUISED)
        await connection.execute(text("select end_recusal(id, 1) from pg_temp.recusal"))
