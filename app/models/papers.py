from datetime import date, datetime
from uuid import UUID

from sqlmodel import Field, Index, SQLModel

from app.models.columns import BIG, cipher, moment


class PaperTemplate(SQLModel, table=True):
    """A district's own template of a paper; of those in force the latest counts. It holds nothing
    personal."""

    __tablename__ = "paper_template"
    id: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    district: int = Field(sa_type=BIG)
    paper: str
    content: bytes = cipher()
    sha256: str
    uploaded_by: int = Field(sa_type=BIG)
    uploaded_at: datetime = moment(now=True)
    effective_on: date

    __table_args__ = (Index("ix_paper_template_newest", "district", "paper", "id"),)


class CasePaper(SQLModel, table=True):
    """That a paper was made of a case: by whom, of which template, and the digest of what left."""

    __tablename__ = "case_paper"
    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="case.id")
    paper: str
    sha256: str
    template_sha256: str
    case_version: int
    account_id: int = Field(sa_type=BIG)
    organisation_id: int | None = Field(default=None, sa_type=BIG)
    made_at: datetime = moment()

    __table_args__ = (Index("ix_case_paper_case", "case_id", "made_at"),)
