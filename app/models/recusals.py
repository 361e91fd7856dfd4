from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Field, Index, SQLModel

from app.models.columns import BIG, moment


class Recusal(SQLModel, table=True):
    """An account that a case is hidden from: she is in it, or it touches her interests.

    The database adds those who are parties. Why else, as somebody typed it, is in the record.
    """

    id: UUID = Field(
        primary_key=True, sa_column_kwargs={"server_default": text("gen_random_uuid()")}
    )
    account_id: int = Field(sa_type=BIG, foreign_key="account.id")
    case_id: UUID = Field(foreign_key="case.id")
    why: str
    recorded_by: int | None = Field(default=None, sa_type=BIG, foreign_key="account.id")
    recorded_at: datetime = moment(now=True)
    ended_by: int | None = Field(default=None, sa_type=BIG, foreign_key="account.id")
    ended_at: datetime | None = moment(default=None)

    __table_args__ = (
        Index(
            "uq_recusal_standing",
            "account_id",
            "case_id",
            unique=True,
            postgresql_where=text("ended_at is null"),
        ),
        Index("ix_recusal_case", "case_id"),
    )
