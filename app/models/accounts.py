from datetime import datetime
from uuid import UUID

from sqlalchemy import false, text
from sqlmodel import Field, Index, SQLModel

from app.models.columns import BIG, Placed, Versioned, cipher, moment


class Account(Versioned, table=True):
    """One person who works here. `version` changes with every change of what she may do."""

    id: int | None = Field(
        default=None,
        primary_key=True,
        sa_type=BIG,
        sa_column_kwargs={"server_default": text("nextval('holder_id')")},
    )
    username: str
    display_name: str
    organisation_id: int | None = Field(default=None, sa_type=BIG, foreign_key="organisation.id")
    disabled_at: datetime | None = moment(default=None)
    id_index: bytes | None = cipher(default=None)
    """The keyed index of her own ID number: a case she is a party of is hidden from her."""

    __table_args__ = (
        Index("uq_account_username", "username", unique=True),
        Index("ix_account_id_index", "id_index"),
    )


class Credential(SQLModel, table=True):
    """Password hashes, apart from accounts so that no list can carry one."""

    account_id: int = Field(primary_key=True, sa_type=BIG, foreign_key="account.id")
    password_hash: str
    changed_at: datetime = moment(now=True)
    seen_by_others: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Whether somebody else knows it, who set it for her; then it only serves to be changed."""


class Grant(SQLModel, table=True):
    """A role in an area. One account may hold several."""

    __tablename__ = "account_grant"
    account_id: int = Field(primary_key=True, sa_type=BIG, foreign_key="account.id")
    role: str = Field(primary_key=True)
    area: int = Field(primary_key=True, sa_type=BIG)
    supervisor: bool = False


class AccountKin(SQLModel, table=True):
    """The keyed index of a relative's ID number (公务员法 76): a case she or he is a party of is
    hidden from the account, too."""

    __tablename__ = "account_kin"
    account_id: int = Field(primary_key=True, sa_type=BIG, foreign_key="account.id")
    id_index: bytes = cipher(primary_key=True)

    __table_args__ = (Index("ix_account_kin_id_index", "id_index"),)


class AccessLog(SQLModel, table=True):
    """Every look at S3 and S4, in the transaction of the look; its reason, if it needs one, sealed
    under `key`."""

    __tablename__ = "access_log"
    id: UUID = Field(primary_key=True)
    account_id: int = Field(sa_type=BIG)
    organisation_id: int | None = Field(default=None, sa_type=BIG)
    operator: str | None = None
    case_id: UUID | None = None
    person_id: UUID | None = None
    what: str
    sight: str
    key: bytes | None = cipher(default=None)
    reason: bytes | None = cipher(default=None)
    query_digest: bytes | None = cipher(default=None)
    found: int | None = None
    found_digest: bytes | None = cipher(default=None)
    """A list that was looked at: what was asked, how many rows were shown, and which."""

    looked_at: datetime = moment(now=True)

    __table_args__ = (
        Index("ix_access_log_looked", "looked_at", "id"),
        Index("ix_access_log_case", "case_id", "looked_at"),
        Index("ix_access_log_account", "account_id", "looked_at"),
    )


UNREAD_FIRST = text("(read_at is not null)"), text("sent_at desc"), text("id desc")
GIVEN = text("seen_by <> '{}'")


class Notice(Placed, table=True):
    """A neutral notice in the app for a role in an area, or for its `supervisors` only. Its text
    names nobody."""

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="case.id")
    event_id: UUID
    role: str
    text: str
    basis: str
    sent_at: datetime = moment()
    read_at: datetime | None = moment(default=None)
    supervisors: bool = Field(default=False, sa_column_kwargs={"server_default": false()})

    __table_args__ = (
        *(
            Index(
                f"ix_notice_{level}",
                level,
                "role",
                *UNREAD_FIRST,
            )
            for level in ("district", "town", "village")
        ),
        Index(
            "ix_notice_given",
            "seen_by",
            postgresql_using="gin",
            postgresql_where=GIVEN,
        ),
    )


class Outbox(Placed, table=True):
    """What partners are told: that a case moved, never what is in it.

    Readers stop before the oldest transaction still running (`xid`), so that no row that commits
    late is skipped.
    """

    id: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    case_id: UUID = Field(foreign_key="case.id")
    event_id: UUID
    kind: str
    name: str
    state: str
    happened_at: datetime = moment()
    xid: int = Field(
        sa_type=BIG, sa_column_kwargs={"server_default": text("pg_current_xact_id()::text::bigint")}
    )

    __table_args__ = (
        Index("ix_outbox_district", "district", "id"),
        Index("ix_outbox_feed", "xid", "id"),
    )
