from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Field, Index, SQLModel

from app.models.columns import BIG, cipher, moment, open_json


class Export(SQLModel, table=True):
    """A list on its way out as a file, for whoever asked and nobody else.

    `content` is sealed with a password that is kept nowhere; it goes at the first download, or
    when its time is over. `seen_at` is when whoever writes the file was last at work.
    """

    __tablename__ = "export"
    id: UUID = Field(primary_key=True)
    account_id: int = Field(sa_type=BIG, foreign_key="account.id")
    asked: dict[str, Any] = open_json()
    plain: bool
    purpose: str
    fingerprint: bytes = cipher()
    total: int
    written: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    asked_at: datetime = moment()
    seen_at: datetime = moment()
    finished_at: datetime | None = moment(default=None)
    failed: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    sha256: str | None = None
    content: bytes | None = cipher(default=None)
    expires_at: datetime | None = moment(default=None)
    fetched_at: datetime | None = moment(default=None)

    __table_args__ = (Index("ix_export_account", "account_id", "asked_at"),)
