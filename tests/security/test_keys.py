"""Keys change while the system works: none is lost, none is left behind."""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from app import cli, clock
from app.config import get_settings
from app.db import keys_role
from app.ids import uuid7
from app.models import AuditEntry, SQLModel
from app.models.columns import table_of
from app.services.keys import HANGING, UNDER_CASE_KEYS
from tests.conftest import Client, Owner, step_up
from tests.security.rings import Rings, anlan, opened, rings, sent, unreadable
from tests.security.test_chain import broken
from tests.stories.answers import NOW, command, wish

__all__ = ["rings"]

SLOWLY = """
import asyncio, os
from app import crypto, migrate
from app.config import get_settings
from app.services import keys

async def main():
    keys.AT_ONCE = 3
    url = os.environ["OWNER_DATABASE_URL"]
    async with migrate.as_keeper_of_keys(url, get_settings()) as begin:
        await keys.rotate(begin, crypto.keyring(), "test", lambda count: None)

asyncio.run(main())
"""
"""A process that does what the command does, in transactions small enough to be caught in."""

WAITING = text(
    "select count(*) > 1 from pg_locks where not granted and relation = 'case_vault'::regclass"
)
"""Two wait for that table: whoever opens cases, and the command."""


INSERTED = {f"INSERT {column.name}" for column in table_of(AuditEntry).c}
KEEPS = {
    "audit_entry": {"SELECT id", "SELECT key", "UPDATE key", *INSERTED},
    "access_log": {"SELECT id", "SELECT key", "UPDATE key"},
    "attachment": {"SELECT id", "SELECT case_id", "SELECT key", "UPDATE key"},
    "case": {"SELECT id", "SELECT key", "UPDATE key"},
    "case_vault": {"SELECT id", "SELECT key", "UPDATE key"},
    "event": {"SELECT id", "SELECT case_id", "SELECT key", "UPDATE key"},
    "legal_hold": {"SELECT id", "SELECT case_id", "SELECT reason", "UPDATE reason"},
    "subject_request": {
        "SELECT id", "SELECT case_id", "SELECT wish", "SELECT answer", "UPDATE wish",
        "UPDATE answer",
    },
    "person": {"SELECT id", "SELECT key", "SELECT sealed", "UPDATE key", "UPDATE sealed"},
    "person_change": {"SELECT id", "SELECT key", "UPDATE key"},
    "person_vault": {"SELECT id", "SELECT key", "UPDATE key"},
    "phone_conflict": {"SELECT id", "SELECT key", "UPDATE key"},
    "second_factor": {"SELECT id", "SELECT key", "UPDATE key"},
}  # fmt: skip
"""What the keeper of keys sees and changes, column by column."""


@asynccontextmanager
async def at_work(fed: httpx.AsyncClient, cases: list[str]) -> AsyncIterator[None]:
    """While cases are opened, worked on and read; what was opened is added to `cases`."""
    working = asyncio.create_task(work_on(fed, cases))
    try:
        yield
        assert not working.done(), working
    finally:
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working


async def work_on(fed: httpx.AsyncClient, cases: list[str]) -> None:
    """Open cases, act on them and read them, until told to stop."""
    while True:
        case_id = await opened(fed)
        cases.append(case_id)
        url = f"/cases/dv_warning/{cases[len(cases) // 2]}/note"
        noted = await sent(fed, url, command({"text": "已电话联系，约定明日见面"}))
        assert noted.status_code == 200, noted.text
        read = await fed.get(f"/cases/{cases[len(cases) // 3]}")
        assert read.status_code == 200, read.text


async def versions(owner: Owner) -> dict[int, int]:
    """Version → how many keys hang on it."""
    found: dict[int, int] = {}
    async with owner() as connection:
        for table in (m.__tablename__ for m, _ in HANGING):
            for version in await connection.scalars(
                text(f'select get_byte(key, 0) from "{table}" where key is not null')  # noqa: S608
            ):
                found[version] = found.get(version, 0) + 1
    return found


def test_every_key_that_hangs_on_a_master_key_is_known() -> None:
    keyed = {t.name for t in SQLModel.metadata.tables.values() if "key" in t.c}
    own = {model.__tablename__ for model, _ in HANGING}
    assert keyed == own | {model.__tablename__ for model in UNDER_CASE_KEYS}


async def test_the_keeper_of_keys_sees_keys(owner: Owner) -> None:
    found: dict[str, set[str]] = {}
    asked = text(
        "select table_name as name, column_name as field, privilege_type as may from"
        " information_schema.column_privileges where table_schema = current_schema()"
        " and grantee = :keys"
    )
    async with owner() as connection:
        for row in await connection.execute(asked, {"keys": keys_role(get_settings().schema)}):
            found.setdefault(row.name, set()).add(f"{row.may} {row.field}")
    assert found == KEEPS


async def begin_slowly() -> subprocess.Popen[bytes]:
    return await asyncio.to_thread(
        subprocess.Popen, [sys.executable, "-c", SLOWLY], stderr=subprocess.DEVNULL
    )


async def moved_some(owner: Owner, child: subprocess.Popen[bytes]) -> None:
    """Wait until fewer keys hang on the old version."""
    known = (await versions(owner))[1]
    while (await versions(owner))[1] >= known:
        assert child.poll() is None
        await asyncio.sleep(0.01)


async def kill(child: subprocess.Popen[bytes]) -> None:
    child.send_signal(signal.SIGKILL)
    await asyncio.to_thread(child.wait)


async def test_master_keys_rotate_under_load_and_through_kills(
    client: Client, owner: Owner, rings: Rings
) -> None:
    fed = await client("women_fed_district")
    await step_up(fed)
    rings.take_in(1, 2, wraps=1)
    cases = [await opened(fed) for _ in range(12)]
    assert set(await versions(owner)) == {1}
    rings.take_in(1, 2, wraps=2)
    async with at_work(fed, cases):
        await rotate_and_kill(owner, cases[5])
        assert set(await versions(owner)) == {1, 2}
        assert "✓" in (await anlan("keys", "rotate")).stderr
    assert set(await versions(owner)) == {2}
    read, wrong = await unreadable(owner, rings.take_in(2, wraps=2))
    assert (read > 60, wrong) == (True, [])
    assert [await broken(owner, case_id) for case_id in cases] == [[]] * len(cases)
    status = (await anlan("keys", "status")).stderr
    assert "case_vault" in status
    assert await noted(owner) == ["data_master_key:2", "vault_master_key:2"] * 3
    assert (await fed.get(f"/cases/{cases[0]}")).status_code == 200


async def noted(owner: Owner) -> list[str]:
    """What the record says keys were replaced of, the oldest first."""
    asked = text(
        "select about from audit_entry where what = 'key_rotated' order by recorded_at, id"
    )
    async with owner() as connection:
        return list(await connection.scalars(asked))


async def rotate_and_kill(owner: Owner, in_use: str) -> None:
    """Twice: between two transactions, and in the middle of one."""
    async with asyncio.timeout(60), owner() as holding:
        # One key is in use, so the command cannot be done before it is killed.
        await holding.execute(
            text('select key from "case" where id = :id for update'), {"id": UUID(in_use)}
        )
        child = await begin_slowly()
        await moved_some(owner, child)
        await kill(child)

    async with asyncio.timeout(60), owner() as holding:
        # Its next transaction stands between reading and writing when it is killed.
        await holding.execute(text("lock table case_vault in share mode"))
        child = await begin_slowly()
        while not await holding.scalar(WAITING):
            assert child.poll() is None
            await asyncio.sleep(0.01)
        await kill(child)


async def test_data_keys_are_renewed_while_their_cases_are_worked_on(
    client: Client, owner: Owner, rings: Rings
) -> None:
    fed = await client("women_fed_district")
    ring = rings.take_in(1, wraps=1)
    cases = [await opened(fed) for _ in range(3)]
    async with owner() as connection:
        before = {
            row.id: row.key
            for row in await connection.execute(
                text('select id, key from "case" union all select id, key from person'
                     " union all select id, key from event where key is not null")
            )
        }  # fmt: skip
        people = list(await connection.scalars(text("select id from person")))
    async with at_work(fed, cases):
        for case_id in cases[:3] * 3:
            await anlan("keys", "renew-case", case_id)
        for person_id in people:
            await anlan("keys", "renew-person", str(person_id))
    async with owner() as connection:
        for table in ("case", "person", "event"):
            kept = await connection.execute(
                text(f'select id, key from "{table}"')  # noqa: S608
            )
            assert [r.id for r in kept if r.id in before and before[r.id] == r.key] == []
    assert (await unreadable(owner, ring))[1] == []
    renewed = {f"case:{id}" for id in cases[:3]} | {f"person:{id}" for id in people}
    assert set(await noted(owner)) == renewed
    assert [await broken(owner, case_id) for case_id in cases] == [[]] * len(cases)


async def test_what_is_sealed_beside_the_events_is_sealed_anew(
    client: Client, rings: Rings
) -> None:
    fed = await client("women_fed_district")
    rings.take_in(1, wraps=1)
    case_id = await opened(fed)
    people = (await fed.get(f"/cases/{case_id}/parties")).json()["items"]
    asked = wish(case_id, people[0]["person_id"])
    with clock.at(NOW + timedelta(hours=1)):
        made = (await fed.post("/subject-requests", json=asked)).json()
    hold = {"id": str(uuid7()), "ground": "lawsuit", "reason": "原告已起诉离婚"}
    held = await fed.post(f"/cases/{case_id}/holds", json=hold)
    assert held.status_code == 201, held.text
    await anlan("keys", "renew-case", case_id)
    read = await fed.get(f"/subject-requests/{made['id']}")
    assert read.json()["wish"] == asked["wish"]
    holds = (await fed.get(f"/cases/{case_id}/holds")).json()["items"]
    assert [h["reason"] for h in holds] == [hold["reason"]]


async def test_what_was_erased_opens_with_no_key_and_breaks_no_chain(
    client: Client, owner: Owner, rings: Rings
) -> None:
    fed = await client("women_fed_district")
    ring = rings.take_in(1, wraps=1)
    gone, stays = await opened(fed), await opened(fed)
    before, _ = await unreadable(owner, ring)
    async with owner() as connection:
        asked = {"c": UUID(gone)}
        await connection.execute(
            text("update \"case\" set closed_at = '2020-01-01' where id = :c"), asked
        )
        await connection.execute(
            text("update deadline set dropped_at = now() where case_id = :c"), asked
        )
        await connection.execute(text(f"set local app.opened_case = '{gone}'"))
        await connection.execute(text("select erase_case(:c)"), asked)
    left, _ = await unreadable(owner, ring)
    assert before == 2 * left
    assert await broken(owner, gone) == await broken(owner, stays) == []
    page = await fed.get(f"/cases/{gone}")
    assert page.status_code == 200
    for secret in ("知情人甲", "某巷九号", "林秋禾", "两个耳光", "13800000021"):
        assert secret not in page.text
    vault = (await fed.get(f"/cases/{gone}/vault")).json()["items"]
    assert len(vault) == 3
    assert "✓" in (await anlan("keys", "rotate")).stderr


async def test_a_key_that_is_not_there_is_refused_in_one_line(client: Client, rings: Rings) -> None:
    await opened(await client("women_fed_district"))
    rings.take_in(1, wraps=1)
    nobody = "01890000-0000-7000-8000-000000000000"
    for renew in ("renew-case", "renew-person"):
        result = await asyncio.to_thread(CliRunner().invoke, cli.app, ("keys", renew, nobody))
        assert result.exit_code == 1
        assert "\n" not in result.stderr.strip()


@pytest.mark.prove
async def test_rotation_of_a_district_survives_many_kills(
    client: Client, owner: Owner, rings: Rings
) -> None:
    fed = await client("women_fed_district")
    rings.take_in(1, 2, wraps=1)
    cases = [await opened(fed) for _ in range(400)]
    rings.take_in(1, 2, wraps=2)
    kills, begun = 25, time.monotonic()
    async with at_work(fed, cases):
        for _ in range(kills):
            child = await begin_slowly()
            await moved_some(owner, child)
            await kill(child)
        result = await anlan("keys", "rotate")
    read, wrong = await unreadable(owner, rings.take_in(2, wraps=2))
    print(  # noqa: T201 - make prove shows its figures
        f"\nrotation: {kills} kills, {len(cases)} cases, {read} values: {len(wrong)} unreadable,"
        f" {(await versions(owner)).get(1, 0)} left on the old key,"
        f" {time.monotonic() - begun:.0f} s; {result.stderr.strip().splitlines()[-1]}"
    )
    assert wrong == []
    assert set(await versions(owner)) == {2}
