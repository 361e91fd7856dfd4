"""A backup comes back whole: rows, walls, chains, and every sealed value opens."""

import asyncio
import json
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyrage
import pytest
from pyrage.x25519 import Identity
from sqlalchemy import text
from typer.testing import CliRunner, Result

from app import cli, crypto, demo, migrate
from app.backup.portrait import portray
from app.clock import HOLIDAYS
from app.config import get_settings
from app.db import app_role, make_engine
from app.embedded import EmbeddedPostgres
from app.kinds import KINDS
from tests.conftest import Owner
from tests.security.test_chain import broken

SOURCE, TARGET = "backed_up", "brought_back"


@pytest.fixture(scope="module")
def source(postgres: EmbeddedPostgres, peopled: str) -> Iterator[str]:
    """The owner's URL of a database with some demo cases in it."""
    yield from filled(postgres, peopled, SOURCE, 25)


def filled(postgres: EmbeddedPostgres, peopled: str, name: str, cases: int) -> Iterator[str]:
    postgres.psql("postgres", f"create database {name} template {peopled}")
    asyncio.run(play(postgres.dsn(name, app_role(get_settings().schema)), cases))
    yield postgres.dsn(name)
    postgres.psql("postgres", f"drop database {name} with (force)")


async def play(url: str, cases: int) -> None:
    engine = make_engine(url, get_settings())
    await demo.play(engine, KINDS, HOLIDAYS, cases=cases)
    await engine.dispose()


@pytest.fixture
def target(postgres: EmbeddedPostgres) -> Iterator[str]:
    """The owner's URL of an empty database."""
    postgres.psql("postgres", f"create database {TARGET}")
    yield postgres.dsn(TARGET)
    postgres.psql("postgres", f"drop database {TARGET} with (force)")


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """A private key for backups; its public key is in the settings of `anlan`."""
    assert anlan("backup-key", str(tmp_path / "key")).exit_code == 0
    return tmp_path / "key"


def anlan(*arguments: str, owner: str = "", key: Path | None = None, **more: str) -> Result:
    environment = {"OWNER_DATABASE_URL": owner, **more}
    if key is not None:
        environment["ANLAN_BACKUP_RECIPIENTS"] = key.read_text().split()[1]
    get_settings.cache_clear()
    try:
        return CliRunner().invoke(cli.app, arguments, env=environment)
    finally:
        get_settings.cache_clear()


def refusal(result: Result) -> str:
    assert result.exit_code == 1, result.output
    (line,) = [line for line in result.stderr.splitlines() if "✗" in line]
    return line


def as_owner(url: str) -> Owner:
    return lambda: migrate.as_owner(url, get_settings())


async def chains(url: str) -> list[str]:
    """The cases whose chain cannot be made again from their rows."""
    async with migrate.as_owner(url, get_settings()) as connection:
        cases = (await connection.execute(text('select id from "case"'))).scalars().all()
    assert len(cases) >= 20
    return [str(case) for case in cases if await broken(as_owner(url), str(case))]


def test_what_was_backed_up_comes_back_whole(
    postgres: EmbeddedPostgres, source: str, target: str, key: Path, tmp_path: Path
) -> None:
    file = tmp_path / "anlan.backup"
    made = anlan("backup", str(file), owner=source, key=key)
    assert made.exit_code == 0, made.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_bytes().startswith(b"age-encryption.org/v1\n")
    done = anlan("restore", str(file), "--identity", str(key), owner=target)
    assert done.exit_code == 0, done.output
    # Digests and walls were compared by the command; here is another look at the same.
    for asked in (
        "select relname, relrowsecurity, relforcerowsecurity from pg_class"
        " where relnamespace = 'd441802'::regnamespace and relkind = 'r' order by 1",
        "select tablename, policyname, roles, qual, with_check from pg_policies order by 1, 2",
        "select grantee, table_name, privilege_type from information_schema.role_table_grants"
        " where table_schema = 'd441802' order by 1, 2, 3",
        "select grantee, table_name, column_name, privilege_type"
        " from information_schema.role_column_grants where table_schema = 'd441802'"
        " order by 1, 2, 3, 4",
        "select last_value from d441802.holder_id",
        "select md5(string_agg(e::text, '' order by id)) from d441802.event e",
        "select version_num from d441802.alembic_version",
    ):
        assert postgres.psql(SOURCE, asked) == postgres.psql(TARGET, asked)
    assert asyncio.run(chains(target)) == []
    noted = "select what from d441802.audit_entry where what like 'backup%'"
    assert postgres.psql(TARGET, noted) == "backup_restored\n"
    assert "backup_made" in postgres.psql(SOURCE, noted)
    migrate.check(target)
    again = anlan("restore", str(file), "--identity", str(key), owner=target)
    assert "恢复到一个新的数据库" in refusal(again)
    twice = anlan("backup", str(file), owner=source, key=key)
    assert "已存在" in refusal(twice)


def test_a_backup_comes_back_on_a_machine_that_has_no_database_yet(
    source: str, key: Path, tmp_path: Path
) -> None:
    """With no URL at all: into the PostgreSQL that arrives as a package, in an empty folder, which
    then goes on as if nothing had been."""
    file = tmp_path / "anlan.backup"
    assert anlan("backup", str(file), owner=source, key=key).exit_code == 0
    data = Path(tempfile.mkdtemp(prefix="anlan-test-"))
    data.chmod(0o711)
    try:

        def here(*arguments: str) -> Result:
            return anlan(*arguments, ANLAN_DATA=str(data), DATABASE_URL="")

        restore = ("restore", str(file), "--identity", str(key))
        done = here(*restore)
        assert done.exit_code == 0, done.output
        assert here("migrate").exit_code == 0
        assert "梁建锋" in here("admin", "list", "梁建").stderr
        with EmbeddedPostgres(data / "postgres") as server:
            assert asyncio.run(chains(server.dsn("anlan"))) == []
        assert "已有本区数据" in refusal(here(*restore)), "nothing is written over"
    finally:
        shutil.rmtree(data, ignore_errors=True)


def test_a_backup_opens_with_its_key_only_and_whole_only(
    postgres: EmbeddedPostgres, source: str, target: str, key: Path, tmp_path: Path
) -> None:
    file, other = tmp_path / "anlan.backup", tmp_path / "other"
    assert anlan("backup", str(file), owner=source, key=key).exit_code == 0
    sealed = file.read_bytes()
    assert "林".encode() not in sealed
    assert b"d441802" not in sealed
    other.write_text(str(Identity.generate()))
    (tmp_path / "cut").write_bytes(sealed[: len(sealed) // 2])
    (tmp_path / "short").write_bytes(sealed[:-9])
    (tmp_path / "changed").write_bytes(
        sealed[:90_000] + bytes([sealed[90_000] ^ 1]) + sealed[90_001:]
    )
    (tmp_path / "none").write_bytes(b"nothing")
    public = Identity.from_str(key.read_text().splitlines()[1]).to_public()
    (tmp_path / "strange").write_bytes(pyrage.encrypt(b"{}\nxx", [public]))
    head = json.dumps({"format": 1, "schema": "d000000"}).encode()
    (tmp_path / "elsewhere").write_bytes(pyrage.encrypt(head + b"\nxx", [public]))
    for name, identity, told in (
        ("anlan.backup", other, "私钥"), ("cut", key, "损坏"), ("short", key, "损坏"),
        ("changed", key, "损坏"), ("none", key, "损坏"), ("strange", key, "不是安澜"),
        ("elsewhere", key, "d000000"),
    ):  # fmt: skip
        done = anlan("restore", str(tmp_path / name), "--identity", str(identity), owner=target)
        assert told in refusal(done), name
        tables = "select count(*) from pg_class where relnamespace = to_regnamespace('d441802')"
        assert postgres.psql(TARGET, tables) == "0\n", name
    assert anlan("restore", str(file), "--identity", str(key), owner=target).exit_code == 0


def test_a_backup_that_fails_leaves_no_file_and_one_without_a_key_is_refused(
    source: str, key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "anlan.backup"
    assert "ANLAN_BACKUP_RECIPIENTS" in refusal(anlan("backup", str(file), owner=source))
    wrong = anlan("backup", str(file), "--to", "age1wrong", owner=source)
    assert "age1" in refusal(wrong)
    monkeypatch.setattr("app.backup.programs.embedded.programs", lambda: tmp_path)
    (tmp_path / "pg_dump").write_text("#!/bin/sh\necho half\necho broken >&2\nexit 3\n")
    (tmp_path / "pg_dump").chmod(0o755)
    assert "broken" in refusal(anlan("backup", str(file), owner=source, key=key))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["key", "pg_dump"]


def test_keys_that_are_not_here_are_named(
    postgres: EmbeddedPostgres, source: str, target: str, key: Path, tmp_path: Path
) -> None:
    file = tmp_path / "anlan.backup"
    assert anlan("backup", str(file), owner=source, key=key).exit_code == 0
    other = json.dumps({"7": "A" * 43 + "="})
    crypto.keyring.cache_clear()
    try:
        done = anlan(
            "restore", str(file), "--identity", str(key), owner=target, ANLAN_DATA_KEYS=other
        )
    finally:
        crypto.keyring.cache_clear()
    assert done.exit_code == 1
    assert "person" in done.stderr
    assert "缺少密钥" in done.stderr


@pytest.mark.parametrize(
    "change",
    [
        "delete from outbox where id = (select min(id) from outbox)",
        "update event set recorded_at = recorded_at + interval '1 microsecond' where seq = 1",
        "drop policy sight on person", "alter table person no force row level security",
        "grant update on event to d441802_app", "grant update (name) on event to d441802_app",
        "alter function session_check(uuid, integer) security invoker",
    ],
)  # fmt: skip
async def test_no_difference_goes_unseen(source: str, change: str) -> None:
    async with migrate.as_owner(source, get_settings()) as connection:
        before = await portray(connection, lambda *_: None)
        await connection.execute(text(change))
        after = await portray(connection, lambda *_: None)
        assert before.differences(after)
        await connection.execute(text("rollback and chain"))


@pytest.mark.prove
def test_how_long_a_year_takes(
    postgres: EmbeddedPostgres, peopled: str, target: str, key: Path, tmp_path: Path
) -> None:
    cases = int(os.environ.get("ANLAN_BACKUP_CASES", "3000"))
    for source in filled(postgres, peopled, "year", cases):
        file = tmp_path / "anlan.backup"
        begun = time.monotonic()
        assert anlan("backup", str(file), owner=source, key=key).exit_code == 0
        backed_up = time.monotonic() - begun
        begun = time.monotonic()
        done: Any = anlan("restore", str(file), "--identity", str(key), owner=target)
        restored = time.monotonic() - begun
        assert done.exit_code == 0, done.output
        rows = postgres.psql("year", "select sum(n_live_tup) from pg_stat_user_tables").strip()
        print(  # noqa: T201 - make prove shows its figures
            f"\n{rows} rows, {file.stat().st_size / 1e6:.1f} MB: backed up in {backed_up:.1f} s,"
            f" restored and compared (RTO) in {restored:.1f} s; what was written since the"
            f" backup began is not in it (RPO = the time between two backups)"
        )
