from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Interval, text
from sqlmodel import Field, Index, SQLModel

from app.models.columns import BIG, cipher, moment


class Session(SQLModel, table=True):
    """A signed-in session. Every request checks that it still stands and what it stands for.

    It ends at `ends_at`, or when nothing was asked in it for as long as `idle`.
    """

    id: UUID = Field(primary_key=True)
    account_id: int = Field(sa_type=BIG, foreign_key="account.id")
    opened_at: datetime = moment(now=True)
    seen_at: datetime = moment(now=True)
    ends_at: datetime = moment()
    revoked_at: datetime | None = moment(default=None)
    verified_at: datetime | None = moment(default=None)
    """When this session last showed a second factor."""

    started_at: datetime | None = moment(default=None)
    """When it showed a start code: it may then enrol the first second factor."""

    idle: timedelta = Field(
        sa_type=Interval, sa_column_kwargs={"server_default": text("'15 minutes'")}
    )
    user_agent: str = Field(default="", sa_column_kwargs={"server_default": text("''")})

    __table_args__ = (Index("ix_session_account", "account_id"),)


class RefreshToken(SQLModel, table=True):
    """What keeps a session going, used once for the next. Kept as a SHA-256 of 256 random bits."""

    __tablename__ = "refresh_token"
    token_hash: bytes = cipher(primary_key=True)
    session_id: UUID = Field(foreign_key="session.id")
    made_at: datetime = moment(now=True)
    used_at: datetime | None = moment(default=None)
    voided_at: datetime | None = moment(default=None)
    successor: bytes | None = cipher(default=None)

    __table_args__ = (Index("ix_refresh_token_session", "session_id"),)


class KnownDevice(SQLModel, table=True):
    """A device from which an account has signed in before. Kept as a keyed index."""

    __tablename__ = "known_device"
    account_id: int = Field(primary_key=True, sa_type=BIG, foreign_key="account.id")
    device_index: bytes = cipher(primary_key=True)
    since: datetime = moment(now=True)
    ended_at: datetime | None = moment(default=None)
    lost_at: datetime | None = moment(default=None)
