from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Field, Index, SQLModel

from app.models.columns import BIG, cipher, moment


class AuditEntry(SQLModel, table=True):
    """An event of the system itself: who signed in, whose rights changed, which key was renewed.

    Names nobody: accounts, clients and cases by number, the reason sealed under `key`.
    """

    __tablename__ = "audit_entry"
    id: UUID = Field(primary_key=True)
    what: str
    account_id: int | None = Field(default=None, sa_type=BIG)
    operator: str | None = None
    about: str | None = None
    key: bytes | None = cipher(default=None)
    reason: bytes | None = cipher(default=None)
    recorded_at: datetime = moment(now=True)

    __table_args__ = (
        Index("ix_audit_entry_recorded", "recorded_at", "id"),
        Index("ix_audit_entry_account", "account_id", "recorded_at"),
    )


class SealWaiting(SQLModel, table=True):
    """A record that waits for its seal. The database puts it here as it is written."""

    __tablename__ = "seal_waiting"
    row_id: UUID = Field(primary_key=True)
    source: str = Field(primary_key=True)
    since: datetime = moment(now=True)


class SealRow(SQLModel, table=True):
    """A signed statement about all records since the one before."""

    __tablename__ = "seal"
    no: int = Field(primary_key=True, sa_type=BIG, sa_column_kwargs={"autoincrement": False})
    sealed_at: datetime = moment()
    previous: bytes = cipher()
    root: bytes = cipher()
    events: int
    looks: int
    entries: int
    algorithm: str
    key_id: str
    signature: bytes = cipher()


class SealLeaf(SQLModel, table=True):
    """One record under a seal: which, in what place, and its hash."""

    __tablename__ = "seal_leaf"
    seal: int = Field(primary_key=True, sa_type=BIG)
    position: int = Field(primary_key=True)
    source: str
    row_id: UUID
    digest: bytes = cipher()
    swept_by: UUID | None = None
    """The entry that says that the record was taken away at the end of its term."""

    __table_args__ = (
        Index("uq_seal_leaf_row", "row_id", "source", unique=True),
        Index(
            "ix_seal_leaf_kept",
            "seal",
            "position",
            postgresql_where=text("swept_by is null and source <> 'event'"),
        ),
    )
