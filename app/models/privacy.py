from datetime import datetime
from uuid import UUID

from sqlmodel import Field, Index

from app.models.columns import BIG, Located, Versioned, cipher, moment


class Disclosure(Located, table=True):
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

    __table_args__ = (
        Index("ix_disclosure_case", "case_id", "disclosed_at"),
        Index("ix_disclosure_district", "district", "disclosed_at", "id"),
    )


class SubjectRequest(Located, Versioned, table=True):
    """What somebody asks about her own data (个保法 44–50), and the answer. The words of both are
    sealed under the case's key."""

    __tablename__ = "subject_request"
    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="case.id")
    person_id: UUID = Field(foreign_key="person.id")
    asked: str
    asked_by: str
    wish: bytes = cipher()
    received_at: datetime = moment()
    due_at: datetime = moment()
    account_id: int = Field(sa_type=BIG)
    fingerprint: bytes = cipher()
    granted: bool | None = None
    refusing: str | None = None
    answer: bytes | None = cipher(default=None)
    answered_at: datetime | None = moment(default=None)
    answered_by: int | None = Field(default=None, sa_type=BIG)

    __table_args__ = (
        Index("ix_subject_request_case", "case_id"),
        Index("ix_subject_request_district", "district", "due_at", "id"),
    )


class LegalHold(Versioned, table=True):
    """Why a case is kept longer than its kind says."""

    __tablename__ = "legal_hold"
    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="case.id")
    ground: str
    reason: bytes = cipher()
    placed_at: datetime = moment()
    placed_by: int = Field(sa_type=BIG)
    lifted_at: datetime | None = moment(default=None)
    lifted_by: int | None = Field(default=None, sa_type=BIG)

    __table_args__ = (Index("ix_legal_hold_case", "case_id"),)
