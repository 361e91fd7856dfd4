from datetime import datetime
from uuid import UUID

from sqlmodel import Field, Index, SQLModel

from app.models.columns import BIG, moment


class Disclosure(SQLModel, table=True):
    """That somebody else was given a case, or told of it: to whom, in which step, on what ground.

    Stays in the area where it happened. Kept at least three years (网数条例 12).
    """

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="case.id")
    event_id: UUID = Field(foreign_key="event.id")
    kind: str
    step: str
    recipient_id: int | None = Field(default=None, sa_type=BIG)
    recipient_role: str | None = None
    recipient_area: int | None = Field(default=None, sa_type=BIG)
    basis: str
    disclosed_at: datetime = moment()
    district: int = Field(sa_type=BIG)
    town: int | None = Field(default=None, sa_type=BIG)
    village: int | None = Field(default=None, sa_type=BIG)

    __table_args__ = (
        Index("ix_disclosure_case", "case_id", "disclosed_at"),
        Index("ix_disclosure_district", "district", "disclosed_at", "id"),
    )
