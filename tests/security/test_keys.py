"""Keys change while the system works: none is lost, none is left behind."""

import asyncio
import base64
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from app import cli, crypto
from app.config import KekRings, development_keys, get_settings
from app.crypto import Keyring, Place, Unreadable
from app.db import keys_role
from app.embedded import EmbeddedPostgres
from app.models import AuditEntry, SQLModel
from app.models.columns import table_of
from app.services.keys import HANGING
from tests.conftest import Client, Owner, step_up
from tests.security.test_chain import broken
from tests.stories.answers import REPORT, command

AREA = 441802103201
SECRET = REPORT | {
    "reporter_name": "知情人甲",
    "reporter_phone": "13800000099",
    "victim": {**REPORT["victim"], "present_address": "某巷九号"},  # type: ignore[dict-item]
}
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

SEALED = {
    "case": "data", "audit_entry": "data", "access_log": "data", "person": "data",
    "second_factor": "data", "person_vault": "vault", "case_vault": "vault", "event": "",
}  # fmt: skip
"""Every table with a key, cases before their events, and the ring of its key."""


INSERTED = {f"INSERT {column.name}" for column in table_of(AuditEntry).c}
KEEPS = {
    "audit_entry": {"SELECT id", "SELECT key", "UPDATE key", *INSERTED},
    "access_log": {"SELECT id", "SELECT key", "UPDATE key"},
    "case": {"SELECT id", "SELECT key", "UPDATE key"},
    "case_vault": {"SELECT id", "SELECT key", "UPDATE key"},
    "event": {"SELECT id", "SELECT case_id", "SELECT key", "UPDATE key"},
    "person": {"SELECT id", "SELECT key", "SELECT sealed", "UPDATE key", "UPDATE sealed"},
    "person_vault": {"SELECT id", "SELECT key", "UPDATE key"},
    "second_factor": {"SELECT id", "SELECT key", "UPDATE key"},
}
"""What the keeper of keys sees and changes, column by column."""


class Rings:
    """The master keys of this process, and of commands started from it."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch
        rings = development_keys().keks
        assert isinstance(rings, KekRings)
        self._keys = {
            "DATA": {1: rings.data.keys[1], 2: os.urandom(32)},
            "VAULT": {1: rings.vault.keys[1], 2: os.urandom(32)},
        }

    def take_in(self, *versions: int, wraps: int) -> Keyring:
        """As after a restart with these versions, of which one wraps."""
        for name, keys in self._keys.items():
            ring: dict[str, Any] = {str(v): base64.b64encode(keys[v]).decode() for v in versions}
            self._patch.setenv(f"ANLAN_{name}_KEYS", json.dumps(ring | {"wraps": wraps}))
        self.forget()
        return crypto.keyring()

    def forget(self) -> None:
        get_settings.cache_clear()
        crypto.keyring.cache_clear()


@pytest.fixture
def rings(postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rings]:
    monkeypatch.setenv("OWNER_DATABASE_URL", postgres.dsn("anlan"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    made = Rings(monkeypatch)
    yield made
    monkeypatch.undo()
    made.forget()


async def anlan(*arguments: str) -> Result:
    # A command has an event loop of its own.
    result = await asyncio.to_thread(CliRunner().invoke, cli.app, arguments)
    assert result.exit_code == 0, result.output
    return result


async def opened(fed: httpx.AsyncClient) -> str:
    answer = await fed.post("/cases/dv_warning", json=command(SECRET, area=AREA))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["case_id"])


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
        noted = await fed.post(
            f"/cases/dv_warning/{cases[len(cases) // 2]}/note",
            json=command({"text": "已电话联系，约定明日见面"}),
        )
        assert noted.status_code == 200, noted.text
        read = await fed.get(f"/cases/{cases[len(cases) // 3]}")
        assert read.status_code == 200, read.text


async def unreadable(owner: Owner, ring: Keyring) -> tuple[int, list[str]]:
    """How many sealed values there are, and those which this keyring does not open."""
    read, wrong = 0, []
    cases: dict[UUID, crypto.DataKey] = {}
    async with owner() as connection:
        for name, which in SEALED.items():
            for row in await connection.execute(
                text(f'select * from "{name}" where key is not null')  # noqa: S608
            ):
                try:
                    if which:
                        key = crypto.open_key(ring, row.key, which)  # type: ignore[arg-type]
                    if name == "case":
                        cases[row.id] = key
                        continue
                    if not which:
                        key = crypto.open_key_under(cases[row.case_id], row.key)
                    column = "sealed" if hasattr(row, "sealed") else "reason"
                    crypto.unseal(key, getattr(row, column), Place(name, column, row.id))
                    read += 1
                except (Unreadable, KeyError):
                    wrong.append(f"{name} {row.id}")
    return read, wrong


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
    assert keyed == own | {"event"}


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
    async with asyncio.timeout(30), owner() as holding:
        # One key is in use, so the command cannot be done before it is killed.
        await holding.execute(
            text('select key from "case" where id = :id for update'), {"id": UUID(in_use)}
        )
        child = await begin_slowly()
        await moved_some(owner, child)
        await kill(child)

    async with asyncio.timeout(30), owner() as holding:
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
