"""Rows of one piece of work, written together in an order that foreign keys allow."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Insert, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import IdReused
from app.models import (
    AccessLog,
    Case,
    CaseLink,
    CaseParty,
    CaseVault,
    Deadline,
    Event,
    Notice,
    Outbox,
    PartyGram,
    Person,
    PersonMatch,
    PersonVault,
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
    CaseVault,
    PersonMatch,
    CaseLink,
    Deadline,
    Notice,
    Outbox,
    AccessLog,
)

INSERTS: Mapping[type[SQLModel], Insert] = {
    table: insert(table_of(table)).inline() for table in ORDER
}


COMMAND_KEYS = ("case_pkey", "event_pkey")


class Batch:
    """Collects new rows; `write` sends one statement a table and starts afresh."""

    def __init__(self) -> None:
        self._rows: dict[type[SQLModel], list[dict[str, Any]]] = {}

    def add(self, table: type[SQLModel], **row: Any) -> None:
        """Put a row on the list. All rows of a table name the same columns."""
        self._rows.setdefault(table, []).append(row)

    async def write(self, connection: AsyncConnection) -> None:
        """Insert what was added. Raises IdReused if a command's id is taken by a row out of sight."""
        for table in ORDER:
            if rows := self._rows.get(table):
                try:
                    await connection.execute(INSERTS[table], rows)
                except IntegrityError as error:
                    if any(f'"{key}"' in str(error.orig) for key in COMMAND_KEYS):
                        raise IdReused("这个编号已用于另一次提交，请重新填写后提交") from None
                    raise
        self._rows = {}
