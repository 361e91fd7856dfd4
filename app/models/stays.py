from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint
from sqlmodel import Field, Index

from app.models.columns import BIG, Placed, moment, table_of


class BedStay(Placed, table=True):
    """Who has which bed from when to when. Two stays of one bed cannot overlap: the database
    refuses the second, whatever the app believed."""

    __tablename__ = "bed_stay"
    id: UUID = Field(primary_key=True)
    bed_id: int = Field(sa_type=BIG, foreign_key="bed.id")
    case_id: UUID = Field(foreign_key="case.id")
    started_at: datetime = moment()
    ended_at: datetime | None = moment(default=None)

    __table_args__ = (Index("ix_bed_stay_case", "case_id"),)


_columns = table_of(BedStay).c
table_of(BedStay).append_constraint(
    ExcludeConstraint(
        (_columns.bed_id, "="),
        (func.tstzrange(_columns.started_at, _columns.ended_at, "[)", type_=TSTZRANGE), "&&"),
        name="ex_bed_stay_one_at_a_time",
        using="gist",
    )
)
