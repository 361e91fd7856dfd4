from datetime import datetime
from uuid import UUID

from sqlmodel import Field, Index, SQLModel

from app.models.columns import BIG, cipher, moment


class SecondFactor(SQLModel, table=True):
    """A device by which somebody shows that it is she; it counts once confirmed.

    `counter` only grows: of an authenticator the time step of the last code used, so that none is
    used twice; of a passkey how often it says it was used, so that a copy shows.
    """

    __tablename__ = "second_factor"
    id: UUID = Field(primary_key=True)
    account_id: int = Field(sa_type=BIG, foreign_key="account.id")
    kind: str
    name: str
    key: bytes = cipher()
    sealed: bytes = cipher()
    counter: int = Field(sa_type=BIG)
    begun_at: datetime = moment(now=True)
    confirmed_at: datetime | None = moment(default=None)
    removed_at: datetime | None = moment(default=None)

    __table_args__ = (Index("ix_second_factor_account", "account_id"),)


class PasskeyChallenge(SQLModel, table=True):
    """What a passkey is asked to sign: once, within minutes."""

    __tablename__ = "passkey_challenge"
    challenge: bytes = cipher(primary_key=True)
    account_id: int = Field(sa_type=BIG, foreign_key="account.id")
    made_at: datetime = moment(now=True)
    used_at: datetime | None = moment(default=None)


class RecoveryCode(SQLModel, table=True):
    """A code on paper for who lost her device; each opens once. Kept as a keyed index."""

    __tablename__ = "recovery_code"
    account_id: int = Field(primary_key=True, sa_type=BIG, foreign_key="account.id")
    code_index: bytes = cipher(primary_key=True)
    made_at: datetime = moment(now=True)
    used_at: datetime | None = moment(default=None)


class StartCode(SQLModel, table=True):
    """What an administrator hands to whose account is new or was reset: until it is used, once, a
    password that others know opens nothing. Kept as a keyed index."""

    __tablename__ = "start_code"
    account_id: int = Field(primary_key=True, sa_type=BIG, foreign_key="account.id")
    code_index: bytes = cipher()
    made_at: datetime = moment(now=True)
    made_by: int | None = Field(default=None, sa_type=BIG, foreign_key="account.id")
    ends_at: datetime = moment()
    used_at: datetime | None = moment(default=None)


class GuessTurn(SQLModel, table=True):
    """How far a bucket of guesses is used up: it is as before from `free_at` on."""

    __tablename__ = "guess_turn"
    bucket: bytes = cipher(primary_key=True)
    free_at: datetime = moment()
