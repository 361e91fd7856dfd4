"""The new and changed rows of one piece of work, sent in one statement."""

from functools import lru_cache
from typing import Any

import asyncpg
from pydantic_core import to_json
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db import say
from app.errors import IdReused
from app.models import (
    AccessLog,
    Case,
    CaseLink,
    CaseParty,
    CaseVault,
    Deadline,
    Disclosure,
    Event,
    Notice,
    Outbox,
    PartyGram,
    Person,
    PersonChange,
    PersonMatch,
    PersonVault,
    Referral,
    SQLModel,
)
from app.models.columns import table_of

ORDER: tuple[type[SQLModel], ...] = (
    Person,
    Case,
    Event,
    CaseParty,
    PartyGram,
    PersonVault,
    PersonChange,
    CaseVault,
    PersonMatch,
    CaseLink,
    Deadline,
    Referral,
    Notice,
    Disclosure,
    Outbox,
    AccessLog,
)
AGAIN = frozenset({CaseParty, PartyGram, PersonMatch, CaseLink})
"""Tables in which a row that is there already is no news: she is picked a second time, or two
cases are linked again."""

COMMAND_KEYS = ("case_pkey", "event_pkey")


class Batch:
    """Collects new and changed rows; `write` sends them together and starts afresh."""

    def __init__(self) -> None:
        self._rows: dict[type[SQLModel], list[dict[str, Any]]] = {}
        self._changed: dict[type[SQLModel], list[dict[str, Any]]] = {}

    def change(self, table: type[SQLModel], **row: Any) -> None:
        """Put new values of a row on the list, with its `id`. All name the same columns."""
        self._changed.setdefault(table, []).append(row)

    def add(self, table: type[SQLModel], **row: Any) -> None:
        """Put a row on the list. All rows of a table name the same columns."""
        self._rows.setdefault(table, []).append(row)

    async def write(self, connection: AsyncConnection) -> None:
        """Write what was collected. IdReused if a command's id belongs to a row out of sight; what
        else the database refuses is raised as the driver says it."""
        new, changed = _shape(self._rows), _shape(self._changed)
        if not new and not changed:
            return
        rows = [_json(self._rows[table]) for table, _ in new]
        rows += [_json(self._changed[table]) for table, _ in changed]
        try:
            await say(connection, _statement(new, changed), *rows)
        except asyncpg.UniqueViolationError as error:
            if error.constraint_name in COMMAND_KEYS:
                raise IdReused("这个编号已用于另一次提交，请重新填写后提交") from None
            raise
        self._rows, self._changed = {}, {}


Shape = tuple[tuple[type[SQLModel], tuple[str, ...]], ...]


def _shape(rows: dict[type[SQLModel], list[dict[str, Any]]]) -> Shape:
    return tuple((table, tuple(rows[table][0])) for table in ORDER if table in rows)


@lru_cache(maxsize=512)
def _statement(new: Shape, changed: Shape) -> str:
    """One statement for all tables: its parts see one snapshot, foreign keys are checked at its
    end. The database reads each table's rows from JSON by the table's own row type."""
    parts: list[str] = []
    for table, columns in new:
        name = table_of(table).name
        listed = ", ".join(f'"{column}"' for column in columns)
        again = " on conflict do nothing" if table in AGAIN else ""
        parts.append(  # only names of our own tables and columns go in
            f'new_{name} as (insert into "{name}" ({listed}) select {listed}'  # noqa: S608
            f" from {_read(name, len(parts))}{again})"
        )
    for table, columns in changed:
        name = table_of(table).name
        values = ", ".join(f'"{column}" = r."{column}"' for column in columns if column != "id")
        parts.append(
            f'old_{name} as (update "{name}" t set {values}'  # noqa: S608
            f" from {_read(name, len(parts))} r where t.id = r.id)"
        )
    return f"with {', '.join(parts)} select"


def _read(table: str, before: int) -> str:
    return f'jsonb_populate_recordset(null::"{table}", ${before + 1}::jsonb)'


def _json(rows: list[dict[str, Any]]) -> str:
    return to_json([_plain(row) for row in rows]).decode()


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """JSON has no bytes: PostgreSQL reads them from their hex spelling."""
    return {
        name: f"\\x{value.hex()}" if isinstance(value, bytes) else value
        for name, value in row.items()
    }
