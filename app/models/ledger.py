from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, Index

from app.models.columns import BIG, Located, moment


class LedgerEntry(Located, table=True):
    """A woman's line in the ledger of a town, or what the district did with that line.

    `act` is `signed` (the town), `taken` or `returned` (the district, which `answers` a signed
    line). `facts` is what stood there, None for who has left the ledger: no name, no number, only
    what the index card of her case says openly. Append-only: the latest of a town and a case holds.
    """

    __tablename__ = "ledger_entry"
    id: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    case_id: UUID = Field(foreign_key="case.id")
    act: str
    facts: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    answers: int | None = Field(default=None, sa_type=BIG, foreign_key="ledger_entry.id")
    why: str | None = None
    account_id: int = Field(sa_type=BIG)
    recorded_at: datetime = moment()

    __table_args__ = (
        Index(
            "ix_ledger_entry_latest",
            "district",
            "act",
            "town",
            "case_id",
            text("recorded_at desc"),
            text("id desc"),
        ),
        Index("ix_ledger_entry_case", "case_id"),
        Index("uq_ledger_entry_answer", "answers", "act", unique=True),
    )
