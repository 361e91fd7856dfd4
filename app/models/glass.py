from datetime import datetime
from uuid import UUID

from sqlmodel import Field, Index, SQLModel

from app.models.columns import BIG, moment


class Glass(SQLModel, table=True):
    """One emergency reading: who broke the glass to which case, and what was thought of it.

    Its reason is in the log of looks, sealed, under the same id.
    """

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="case.id")
    account_id: int = Field(sa_type=BIG, foreign_key="account.id")
    organisation_id: int | None = Field(default=None, sa_type=BIG)
    role: str
    broken_at: datetime = moment()
    ends_at: datetime = moment()
    verdict: str | None = None
    reviewed_by: int | None = Field(default=None, sa_type=BIG, foreign_key="account.id")
    reviewed_at: datetime | None = moment(default=None)
    district: int = Field(sa_type=BIG)
    town: int | None = Field(default=None, sa_type=BIG)
    village: int | None = Field(default=None, sa_type=BIG)

    __table_args__ = (
        Index("ix_glass_account", "account_id", "ends_at"),
        Index("ix_glass_district", "district", "broken_at"),
    )
