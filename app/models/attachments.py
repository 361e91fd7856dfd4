from datetime import datetime
from uuid import UUID

from sqlmodel import Field, Index, SQLModel

from app.models.columns import BIG, cipher, moment


class Attachment(SQLModel, table=True):
    """A file of a case; its id is that of the event by which it came.

    `key` hangs on the key of the case. It seals what is said of the file (`sealed`), the `original`
    byte by byte, and the `picture` that is shown of it.
    """

    id: UUID = Field(primary_key=True, foreign_key="event.id")
    case_id: UUID = Field(foreign_key="case.id")
    account_id: int = Field(sa_type=BIG)
    what: str
    media_type: str
    size: int
    width: int | None = None
    height: int | None = None
    key: bytes = cipher()
    sealed: bytes = cipher()
    original: bytes = cipher()
    picture: bytes | None = cipher(default=None)
    recorded_at: datetime = moment()
    withdrawn_at: datetime | None = moment(default=None)
    withdrawn_by: UUID | None = Field(default=None, foreign_key="event.id")

    __table_args__ = (Index("ix_attachment_case", "case_id", "recorded_at", "id"),)
