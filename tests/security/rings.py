"""Master keys that change, and what every stored key opens."""

import asyncio
import base64
import json
import os
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from app import cli, crypto
from app.config import get_settings
from app.crypto import Keyring, Place, Unreadable
from app.embedded import EmbeddedPostgres
from app.errors import Shredded
from app.keyrings import KekRings, development_keys
from tests.conftest import Owner
from tests.stories.answers import REPORT, command

AREA = 441802103201
SECRET = REPORT | {
    "reporter_name": "知情人甲",
    "reporter_phone": "13800000099",
    "victim": {**REPORT["victim"], "present_address": "某巷九号"},  # type: ignore[dict-item]
}
SEALED = {
    "case": "data", "audit_entry": "data", "access_log": "data", "person": "data",
    "person_change": "data", "second_factor": "data", "person_vault": "vault",
    "case_vault": "vault", "phone_conflict": "vault", "event": "", "attachment": "",
}  # fmt: skip
"""Every table with a key, cases before their events, and the ring of its key."""


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


async def sent(who: httpx.AsyncClient, url: str, body: dict[str, Any]) -> httpx.Response:
    """The answer to a command, which is sent again while somebody keeps the tables busy."""
    answer = await who.post(url, json=body)
    while answer.status_code == 503:
        answer = await who.post(url, json=body)
    return answer


async def opened(fed: httpx.AsyncClient) -> str:
    answer = await sent(fed, "/cases/dv_warning", command(SECRET, area=AREA))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["case_id"])


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
                except Shredded:
                    continue
                except (Unreadable, KeyError):
                    wrong.append(f"{name} {row.id}")
    return read, wrong
