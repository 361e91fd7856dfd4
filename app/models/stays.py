from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint
from sqlmodel import Field, Index

from app.models.columns import Placed, cipher, moment, table_of


class BedStay(Placed, table=True):
    """Who has which bed from when to when. Two stays of one bed cannot overlap: the database
    refuses the second, whatever the app believed. The bed stands there as a keyed index: whoever
    has the rows alone learns that somebody has a bed, not where a woman sleeps."""

    __tablename__ = "bed_stay"
    id: UUID = Field(primary_key=True)
    bed_index: bytes = cipher()
    case_id: UUID = Field(foreign_key="case.id")
    started_at: datetime = moment()
    ended_at: datetime | None = moment(default=None)

    __table_args__ = (Index("ix_bed_stay_case", "case_id"),)


_columns = table_of(BedStay).c
table_of(BedStay).append_constraint(
    ExcludeConstraint(
        (_columns.bed_index, "="),
        (func.tstzrange(_columns.started_at, _columns.ended_at, "[)", type_=TSTZRANGE), "&&"),
        name="ex_bed_stay_one_at_a_time",
        using="gist",
    )
)
