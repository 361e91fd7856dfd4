from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, String
from sqlmodel import Field, Index, SQLModel

from app.models.columns import BIG, cipher, moment

WORDS = ARRAY(String())


class MachineClient(SQLModel, table=True):
    """A partner's system: an account with grants of its own, and what limits it beside them.

    `purposes` are the kinds of case it is let in for, `highest` the highest class it reads,
    `addresses` the networks it may call from (none: any).
    """

    __tablename__ = "machine_client"
    account_id: int = Field(primary_key=True, sa_type=BIG, foreign_key="account.id")
    scopes: list[str] = Field(sa_type=WORDS)
    purposes: list[str] = Field(sa_type=WORDS)
    highest: str
    per_minute: int
    per_day: int
    addresses: list[str] = Field(sa_type=WORDS)
    valid_from: datetime = moment()
    valid_until: datetime = moment()
    registered_by: int | None = Field(default=None, sa_type=BIG, foreign_key="account.id")
    registered_at: datetime = moment(now=True)


class MachineKey(SQLModel, table=True):
    """A public key of a partner's system. It opens once somebody else than who added it confirmed
    it, until it is revoked. Nobody stands in `added_by` where an operator used the command line."""

    __tablename__ = "machine_key"
    kid: str = Field(primary_key=True)
    account_id: int = Field(sa_type=BIG, foreign_key="machine_client.account_id")
    public_pem: str
    added_by: int | None = Field(default=None, sa_type=BIG, foreign_key="account.id")
    added_at: datetime = moment(now=True)
    confirmed_by: int | None = Field(default=None, sa_type=BIG, foreign_key="account.id")
    confirmed_at: datetime | None = moment(default=None)
    revoked_by: int | None = Field(default=None, sa_type=BIG, foreign_key="account.id")
    revoked_at: datetime | None = moment(default=None)

    __table_args__ = (
        CheckConstraint("confirmed_by <> added_by", "ck_machine_key_two_people"),
        Index("ix_machine_key_account", "account_id"),
    )


class MachineToken(SQLModel, table=True):
    """What a session of a partner's system was given for: the assertion, used once, the key that
    signed it, the scopes asked for."""

    __tablename__ = "machine_token"
    session_id: UUID = Field(primary_key=True, foreign_key="session.id")
    account_id: int = Field(sa_type=BIG, foreign_key="machine_client.account_id")
    kid: str = Field(foreign_key="machine_key.kid")
    assertion: bytes = cipher()
    scopes: list[str] = Field(sa_type=WORDS)
    issued_at: datetime = moment(now=True)

    __table_args__ = (
        Index("uq_machine_token_assertion", "account_id", "assertion", unique=True),
        Index("ix_machine_token_key", "kid", "issued_at"),
    )
