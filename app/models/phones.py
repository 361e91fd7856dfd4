from datetime import datetime
from uuid import UUID

from sqlmodel import Field, Index

from app.models.columns import BIG, Placed, Versioned, cipher, moment


class PhoneConflict(Placed, Versioned, table=True):
    """What somebody recorded on a phone and the server would not apply: kept whole, for the
    supervisor to settle. The id is the command's; `sealed` opens with `key` of the vault ring."""

    __tablename__ = "phone_conflict"
    id: UUID = Field(primary_key=True)
    account_id: int = Field(sa_type=BIG)
    recorded_by: int = Field(sa_type=BIG)
    case_id: UUID | None = None
    kind: str
    name: str
    problem: str
    fingerprint: bytes = cipher()
    key: bytes = cipher()
    sealed: bytes = cipher()
    received_at: datetime = moment(now=True)
    settled_at: datetime | None = moment(default=None)
    settled_by: int | None = Field(default=None, sa_type=BIG)
    verdict: str | None = None

    __table_args__ = (
        Index("ix_phone_conflict_place", "district", "settled_at", "received_at"),
        Index("ix_phone_conflict_account", "account_id", "settled_at"),
    )
