"""Whatever changes leaves its row in the record in the same transaction; so does a deep look."""

from collections.abc import Iterator
from contextlib import contextmanager
from operator import sub
from typing import Any

import pytest
from sqlalchemy import text

from app.config import get_settings
from app.db import app_role
from app.embedded import EmbeddedPostgres
from app.ids import uuid7
from app.services.seed import DISTRICT
from tests.conftest import Client, Owner, step_up
from tests.kinds.journey import Journey
from tests.kinds.test_every_kind import WALKS, ids
from tests.stories.answers import REPORT, WIFE, command

__all__ = ["ids"]

SCHEMA = get_settings().schema
RECORD = ("event", "access_log", "audit_entry")
FLEETING = ("session", "refresh_token", "known_device", "guess_turn", "machine_token")
"""What only keeps a session going or slows guesses down; signing in itself has its entry."""

TABLES = f"""select relname from pg_class where relkind = 'r' and relname <> 'alembic_version'
    and relnamespace = '{SCHEMA}'::regnamespace"""
WITNESS = f"""
create table witness (xid text, name text, op text);
create function witness() returns trigger language plpgsql security definer as $$
begin
    if session_user = '{app_role(SCHEMA)}' then
        insert into public.witness values (pg_current_xact_id()::text, tg_table_name, tg_op);
    end if;
    return null;
end $$;
do $$ declare name text; begin
    for name in {TABLES} loop
        execute format('create trigger witness after insert or update or delete on {SCHEMA}.%I'
            ' for each row execute function public.witness()', name);
    end loop;
end $$;"""
DISMISSED = f"""
do $$ declare name text; begin
    for name in {TABLES} loop
        execute format('drop trigger witness on {SCHEMA}.%I', name);
    end loop;
end $$;
drop function witness();
drop table witness;"""


@pytest.fixture
def witness(postgres: EmbeddedPostgres, app: object) -> Iterator[EmbeddedPostgres]:
    """Somebody in the database who sees each row that the app changes, and in which transaction."""
    postgres.psql("anlan", WITNESS)
    yield postgres
    postgres.psql("anlan", DISMISSED)


GROUPED = f"""
select string_agg(distinct name || ' ' || op, ', '),
    bool_or(op = 'INSERT' and name = any('{{{",".join(RECORD)}}}'))
from witness group by xid"""


def changes(witness: EmbeddedPostgres) -> tuple[int, list[str]]:
    """How many transactions changed something, and those that left no row in the record."""
    rows = witness.psql("anlan", GROUPED).splitlines()
    told = [row.rpartition("|") for row in rows]
    kept = [(what, noted) for what, _, noted in told if not _fleeting(what)]
    return len(kept), [what for what, noted in kept if noted != "t"]


def _fleeting(what: str) -> bool:
    return {change.split()[0] for change in what.split(", ")} <= set(FLEETING)


@pytest.mark.parametrize("walk", {w.kind: w for w in WALKS}.values(), ids=lambda w: w.kind)
async def test_every_step_of_every_kind_leaves_its_row(
    client: Client, witness: EmbeddedPostgres, ids: dict[str, Any], walk: Any
) -> None:
    journey = Journey(client, walk.kind, ids)
    for step in walk.steps:
        await journey.take(step)
    number, silent = changes(witness)
    assert number >= sum(step.refused is None for step in walk.steps)
    assert silent == []


async def test_registers_people_and_notices_leave_theirs(
    client: Client, witness: EmbeddedPostgres
) -> None:
    fed, admin = await client("women_fed_district"), await client("system_admin")
    police = await client("police")
    body = {"kind": "school", "name": "记录小学", "area": DISTRICT, "opened_on": "2024-01-01"}
    made = (await fed.post("/registers/organisations", json=body)).json()
    url = f"/registers/organisations/{made['id']}"
    match = {"if-match": f'"{made["version"]}"'}
    renamed = {"name": "记录学校", "opened_on": "2024-01-01"}
    assert (await fed.put(url, json=renamed, headers=match)).status_code == 200
    day = {"is_working": False, "name": "调休", "source": "国办发明电〔2026〕1号"}
    new, url = {"if-none-match": "*"}, "/registers/holidays/2027-03-05"
    assert (await admin.put(url, json=day, headers=new)).status_code in (200, 201)
    opened = await fed.post("/cases/dv_warning", json=command(REPORT, area=441802103201))
    assert opened.status_code == 201
    notice = (await police.get("/notices")).json()["items"][0]["id"]
    assert (await police.post(f"/notices/{notice}/read")).status_code == 204
    for path in ("", "/timeline", "/parties", "/deadlines", "/axis", "/looks"):
        page = await police.get(f"/cases/{opened.json()['case_id']}{path}")
        assert page.status_code == 200, path
    number, silent = changes(witness)
    assert number >= 10
    assert silent == []


DYING = f"""
create function die() returns trigger language plpgsql security definer as $$
begin
    if session_user = '{app_role(SCHEMA)}' then
        perform pg_terminate_backend(pg_backend_pid());
        perform pg_sleep(0.1);
    end if;
    return new;
end $$;"""


@contextmanager
def dying(postgres: EmbeddedPostgres) -> Iterator[None]:
    """The server's process is killed whenever the app writes to the record."""
    postgres.psql("anlan", DYING)
    for table in RECORD:
        postgres.psql(
            "anlan",
            f"create trigger die before insert on {SCHEMA}.{table} for each row"
            " execute function public.die()",
        )
    try:
        yield
    finally:
        postgres.psql("anlan", "drop function die() cascade")


async def test_killed_between_change_and_record_there_is_neither(
    client: Client, postgres: EmbeddedPostgres, owner: Owner
) -> None:
    fed = await client("women_fed_district")
    opened = await fed.post("/cases/dv_warning", json=command(REPORT, area=441802103201))
    case_id = opened.json()["case_id"]
    before = await stored(owner)
    body = {"kind": "school", "name": "无此小学", "area": DISTRICT, "opened_on": "2024-01-01"}
    with dying(postgres):
        for answer in (
            await fed.post("/cases/dv_warning", json=command(REPORT, area=441802103201)),
            await fed.post(f"/cases/dv_warning/{case_id}/note", json=command({"text": "电话"})),
            await fed.post("/registers/organisations", json=body),
            await fed.get(f"/cases/{case_id}"),
        ):
            assert answer.status_code == 503, answer.text
    assert await stored(owner) == before
    assert (await fed.get(f"/cases/{case_id}")).status_code == 200


async def test_killed_while_the_glass_breaks_there_is_neither_grant_nor_record(
    client: Client, postgres: EmbeddedPostgres, owner: Owner
) -> None:
    """Nobody may read in secret, and nobody is told of a reading that never was."""
    boss, helper = await client("women_fed_district"), await client("women_fed_feilaixia")
    opened = await boss.post("/cases/dv_warning", json=command(REPORT, area=441802103201))
    case_id = opened.json()["case_id"]
    await step_up(helper)
    asked = {"id": str(uuid7()), "id_number": WIFE["id_number"], "reason": "受害人在本镇派出所求助"}
    before = await stored(owner)
    with dying(postgres):
        assert (await helper.post("/glass", json=asked)).status_code == 503
    assert await stored(owner) == before
    assert (await helper.get(f"/cases/{case_id}")).status_code == 404
    assert (await helper.post("/glass", json=asked)).status_code == 200
    after = dict(zip(STORED, map(sub, await stored(owner), before), strict=True))
    changed = {table: number for table, number in after.items() if number}
    assert changed == {"access_log": 1, "audit_entry": 1, "glass": 1, "notice": 2}


STORED = (
    *RECORD, '"case"', "case_party", "person", "deadline", "organisation", "glass", "notice",
)  # fmt: skip


async def stored(owner: Owner) -> list[int]:
    """How many rows there are of what the requests would have changed."""
    async with owner() as connection:
        return [
            (await connection.execute(text(f"select count(*) from {table}"))).scalar_one()
            for table in STORED
        ]
