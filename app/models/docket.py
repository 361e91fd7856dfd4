from datetime import datetime
from uuid import UUID

from sqlalchemy import func, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint
from sqlmodel import Field, Index, SQLModel

from app.models.columns import BIG, Placed, moment, table_of


class Room(SQLModel, table=True):
    """A room in which a committee mediates."""

    id: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    organisation_id: int = Field(sa_type=BIG, foreign_key="organisation.id")
    name: str
    closed_at: datetime | None = moment(default=None)

    __table_args__ = (Index("uq_room_name", "organisation_id", "name", unique=True),)


class Sitting(Placed, table=True):
    """When, where and by whom a dispute is mediated, and when each side arrives.

    Neither a room, nor a mediator, nor a case is in two of them at once: the database refuses it.
    """

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="case.id")
    kind: str
    room_id: int = Field(sa_type=BIG, foreign_key="room.id")
    mediator_id: int = Field(sa_type=BIG, foreign_key="account.id")
    starts_at: datetime = moment()
    ends_at: datetime = moment()
    arrives_a: datetime = moment()
    arrives_b: datetime = moment()
    apart: bool
    account_id: int = Field(sa_type=BIG)
    fingerprint: bytes
    cancelled_at: datetime | None = moment(default=None)

    __table_args__ = (
        Index("ix_sitting_case", "case_id"),
        Index("ix_sitting_district", "district", "starts_at"),
        Index("ix_sitting_seen_by", "seen_by", postgresql_using="gin"),
    )


STANDS = text("cancelled_at is null")
_columns = table_of(Sitting).c
for _name in ("room_id", "mediator_id", "case_id"):
    table_of(Sitting).append_constraint(
        ExcludeConstraint(
            (_columns[_name], "="),
            (func.tstzrange(_columns.starts_at, _columns.ends_at, "[)", type_=TSTZRANGE), "&&"),
            name=f"ex_sitting_{_name.removesuffix('_id')}",
            using="gist",
            where=STANDS,
        )
    )
