from datetime import datetime
from uuid import UUID

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
