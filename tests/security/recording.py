"""An auditor beside the stories: has the record sealed, takes dumps, checks them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app import embedded, posix
from app.config import get_settings, read_worker_settings
from app.crypto.signing import Es256
from app.db import transaction
from app.embedded import EmbeddedPostgres
from app.keyrings import development_keys
from app.services.record import sealing
from app.services.record.verify import Flaw, Report, verify

SIGNER = Es256(read_worker_settings({}).seal_pem)
KEYS = {SIGNER.key_id: SIGNER.public}
CHAIN_KEY = development_keys().chain


@dataclass
class Auditor:
    """What an auditor holds: the file of anchors and a folder for dumps."""

    postgres: EmbeddedPostgres
    owner_engine: AsyncEngine
    worker_engine: AsyncEngine
    folder: Path

    @property
    def anchors(self) -> Path:
        return self.folder / "anchors.jsonl"

    async def seal(self, **given: Any) -> int:
        return await sealing.seal_all(self.worker_engine, SIGNER, self.anchors, **given)

    def dump(self, *options: str) -> Path:
        path = self.folder / "dump"
        url, schema = self.postgres.dsn("anlan"), get_settings().schema
        program = embedded.program("pg_dump")
        posix.run([program, f"--dbname={url}", f"--schema={schema}", f"--file={path}", *options])
        return path

    def check(self, *, chain_key: bytes | None = None, path: Path | None = None) -> Report:
        return verify(path or self.dump(), KEYS, self.anchors, lambda _: None, chain_key)

    def flaws(self, **given: Any) -> set[Flaw]:
        return {finding.flaw for finding in self.check(**given).findings}

    async def tamper(self, *statements: str, quietly: bool = True) -> None:
        """As superuser, with the triggers off."""
        off = "set local session_replication_role = replica;" if quietly else ""
        async with transaction(self.owner_engine, off) as connection:
            for statement in statements:
                await connection.execute(text(statement))
