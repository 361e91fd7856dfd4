"""Backups: one file that only the holder of an identity (a private key) can open, and its way back.

A backup is the portrait of the database and the archive of pg_dump, both of one moment, in an age
file (age-encryption.org) for one or more recipients: the machine that makes it cannot read it. Any
`age` and `pg_restore` open it, too: its first line is the portrait, the rest the archive.
"""

import asyncio
import io
import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pyrage
from pyrage.x25519 import Identity, Recipient
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app import migrate
from app.backup.portrait import Portrait, Told, portray
from app.backup.programs import Program
from app.config import Settings
from app.db import make_engine, owner_role, transaction
from app.errors import Conflict, Invalid
from app.ids import uuid7
from app.services import keys
from app.services.record import audit
from app.services.record.audit import What

FORMAT: Final = 1
CHUNK: Final = 1 << 20
LONGEST_HEAD: Final = 4 << 20


@dataclass(frozen=True)
class Made:
    """A backup: its id, its moment, what it holds, its size in bytes."""

    id: UUID
    made_at: datetime
    portrait: Portrait
    size: int


def new_identity(path: Path) -> str:
    """Write a new private key to a file for its owner alone; the public key. Raises OSError if
    there is such a file."""
    identity = Identity.generate()
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"# {identity.to_public()}\n{identity}\n")
    return str(identity.to_public())


async def make(
    owner_url: str, settings: Settings, path: Path, recipients: Sequence[str], told: Told
) -> Made:
    """Back the database up into a file that must not exist yet; readers and writers go on.

    Raises Invalid without recipients or for one that is none, Conflict if the file exists,
    ProgramError when pg_dump fails. A file that was not finished is not left behind.
    """
    public = _recipients(recipients)
    _refuse_to_overwrite(path)
    id_, made_at = uuid7(), datetime.now(UTC)
    engine = make_engine(owner_url, settings, patient=True)
    opening = (
        "set transaction isolation level repeatable read, read only;"
        f'set local role "{owner_role(settings.schema)}";'
    )
    try:
        async with transaction(engine, opening) as connection:
            portrait = await portray(connection, told)
            head = {"format": FORMAT, "id": str(id_), "made_at": made_at.isoformat(),
                    "schema": settings.schema, **portrait.stored()}  # fmt: skip
            snapshot = (await connection.execute(text("select pg_export_snapshot()"))).scalar_one()
            size = await asyncio.to_thread(
                _write, owner_url, settings.schema, snapshot, head, path, public, told
            )
        async with migrate.as_owner(owner_url, settings) as connection:
            await audit.note(
                connection, What.BACKUP_MADE, operator=getuser(), about=f"backup:{id_}"
            )
    finally:
        await engine.dispose()
    return Made(id_, made_at, portrait, size)


def _refuse_to_overwrite(path: Path) -> None:
    if path.exists():
        raise Conflict(f"文件 {path} 已存在")


def _recipients(given: Sequence[str]) -> list[Recipient]:
    if not given:
        raise Invalid("请指定备份的公钥（--to 或 ANLAN_BACKUP_RECIPIENTS）")
    try:
        return [Recipient.from_str(one) for one in given]
    except pyrage.RecipientError:
        raise Invalid("备份的公钥有误，应形如 age1…") from None


def _write(
    owner_url: str, schema: str, snapshot: str, head: Mapping[str, Any], path: Path,
    recipients: Sequence[Recipient], told: Told,
) -> int:  # fmt: skip
    half = path.with_name(f"{path.name}.half")
    options = (
        "--format=custom", "--compress=gzip:3", f"--snapshot={snapshot}", f"--schema={schema}",
        # Everything is seen because the owner has a policy of her own, not because she passes by.
        f"--role={owner_role(schema)}", "--enable-row-security", "--no-password",
    )  # fmt: skip
    try:
        with (
            Program("pg_dump", owner_url, *options, stdout=subprocess.PIPE) as dump,
            open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file,
        ):
            first = json.dumps(head, separators=(",", ":")).encode() + b"\n"
            pyrage.encrypt_io(_Reading(first, dump.process.stdout, told), file, list(recipients))
            dump.finish()
            os.fsync(file.fileno())
        half.rename(path)
    finally:
        half.unlink(missing_ok=True)
    return path.stat().st_size


async def restore(
    owner_url: str, settings: Settings, path: Path, identity: Path, told: Told
) -> Made:
    """Bring a backup into a database that holds nothing of the district yet; what it held.

    Raises Conflict if the database holds something, Invalid for a file that is no backup, of
    another schema, damaged, or not for this identity, or if what came back is not what went in;
    ProgramError when pg_restore fails. All or nothing comes back. Unreadable keys are reported
    by `keys_missing`.
    """
    engine = make_engine(owner_url, settings, patient=True)
    try:
        async with transaction(engine) as connection:
            await _refuse_full(connection, settings.schema)
            await connection.run_sync(migrate.make_roles, settings.schema)
        head, size = await asyncio.to_thread(
            _read, owner_url, settings.schema, path, _identities(identity), told
        )
        async with migrate.as_owner(owner_url, settings) as connection:
            found = await portray(connection, told)
            wanted = Portrait.read(head)
            if wrong := wanted.differences(found):
                raise Invalid(f"恢复后的数据与备份不一致：{'、'.join(wrong[:5])}")
            await connection.execute(text("analyze"))
            about = f"backup:{head['id']}"
            await audit.note(connection, What.BACKUP_RESTORED, operator=getuser(), about=about)
        await migrate.set_logins(owner_url, settings)
    finally:
        await engine.dispose()
    return Made(UUID(head["id"]), datetime.fromisoformat(head["made_at"]), wanted, size)


def _identities(path: Path) -> list[Identity]:
    lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    try:
        found = [Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except pyrage.IdentityError:
        found = []
    if not found:
        raise Invalid(f"{path} 中没有备份的私钥")
    return found


async def _refuse_full(connection: AsyncConnection, schema: str) -> None:
    known = await connection.execute(
        text("select count(*) from pg_class where relnamespace = to_regnamespace(:schema)"),
        {"schema": schema},
    )
    if known.scalar_one():
        raise Conflict("数据库中已有本区数据，请恢复到一个新的数据库")
    await connection.exec_driver_sql(f'drop schema if exists "{schema}"')


def _read(
    owner_url: str, schema: str, path: Path, identities: Sequence[Identity], told: Told
) -> tuple[dict[str, Any], int]:
    size = path.stat().st_size
    options = ("--single-transaction", "--exit-on-error", "--no-password")
    with (
        path.open("rb") as file,
        Program("pg_restore", owner_url, *options, stdin=subprocess.PIPE) as restoring,
    ):
        writing = _Writing(schema, restoring.process.stdin, lambda: told("file", file.tell(), size))
        try:
            pyrage.decrypt_io(file, writing, list(identities))
        except (pyrage.DecryptError, OSError) as error:
            restoring.process.kill()
            if writing.refusal is not None:
                raise writing.refusal from None
            if restoring.process.wait() > 0:
                restoring.finish()
            raise Invalid("备份文件已损坏，或不是用这把私钥的公钥加密的") from error
        restoring.finish()
    return writing.head, size


class _Reading(io.RawIOBase):
    """The head, then what a program writes."""

    def __init__(self, head: bytes, pipe: Any, told: Told) -> None:
        self._head, self._pipe, self._told, self._done = io.BytesIO(head), pipe, told, 0

    def read(self, size: int = -1) -> bytes:
        part: bytes = self._head.read(size) or self._pipe.read1(size if size > 0 else CHUNK)
        self._done += len(part)
        self._told("archive", self._done, 0)
        return part


class _Writing(io.RawIOBase):
    """Takes the head off what comes, and gives the rest to a program."""

    def __init__(self, schema: str, pipe: Any, told: Any) -> None:
        self.head: dict[str, Any] = {}
        self.refusal: Invalid | None = None
        self._schema, self._pipe, self._told, self._first = schema, pipe, told, bytearray()

    def write(self, part: Any) -> int:
        given = bytes(part)
        self._told()
        if self.head:
            self._pipe.write(given)
            return len(given)
        self._first += given
        line, end, rest = bytes(self._first).partition(b"\n")
        if end:
            self._begin(line)
            self._pipe.write(rest)
        elif len(line) > LONGEST_HEAD:
            self._refuse("这不是安澜的备份文件")
        return len(given)

    def flush(self) -> None:
        if self.head and not self._pipe.closed:
            self._pipe.flush()

    def _begin(self, line: bytes) -> None:
        try:
            head = json.loads(line)
            known = head["format"] == FORMAT
        except (ValueError, TypeError, KeyError):
            known = False
        if not known:
            self._refuse("这不是安澜的备份文件，或来自另一个版本")
        if head["schema"] != self._schema:
            self._refuse(f"备份属于 {head['schema']}，与 ANLAN_SCHEMA 不同")
        self.head = head

    def _refuse(self, why: str) -> None:
        self.refusal = Invalid(why)
        raise OSError(why)


async def keys_missing(owner_url: str, settings: Settings) -> list[str]:
    """The master keys that the stored keys hang on and that are not here, by one stored key each:
    without them what was restored cannot be read."""
    async with migrate.as_owner(owner_url, settings) as connection:
        return await keys.unreadable(connection)
