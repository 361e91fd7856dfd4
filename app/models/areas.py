from datetime import date, datetime

from sqlalchemy import text
from sqlmodel import Field, Index, SQLModel

from app.models.columns import BIG, Versioned, moment


class Area(SQLModel, table=True):
    """An administrative area for a span of time: 12-digit statistical code, names may change."""

    code: int = Field(primary_key=True, sa_type=BIG)
    valid_from: date = Field(primary_key=True)
    valid_to: date | None = None
    name: str
    level: str
    parent: int | None = Field(default=None, sa_type=BIG)
    is_virtual: bool = False
    is_rural: bool = False

    __table_args__ = (Index("ix_area_parent", "parent"),)


class Organisation(Versioned, table=True):
    """An office, station, committee or shelter that serves an area; also an indicator's base."""

    id: int | None = Field(
        default=None,
        primary_key=True,
        sa_type=BIG,
        sa_column_kwargs={"server_default": text("nextval('holder_id')")},
    )
    kind: str
    name: str
    district: int = Field(sa_type=BIG)
    town: int | None = Field(default=None, sa_type=BIG)
    village: int | None = Field(default=None, sa_type=BIG)
    opened_on: date
    closed_on: date | None = None

    __table_args__ = (Index("ix_organisation_place", "district", "kind"),)


class Bed(SQLModel, table=True):
    """A bed of a shelter. Which woman sleeps where is in bed_stay, under the case's own policy."""

    id: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    shelter_id: int = Field(sa_type=BIG, foreign_key="organisation.id")
    label: str
    zone: str


class Holiday(SQLModel, table=True):
    """A day the district marks as holiday or make-up working day, over the shipped calendar, until
    it takes the mark back."""

    day: date = Field(primary_key=True)
    is_working: bool
    name: str
    source: str
    removed_at: datetime | None = moment(default=None)


class SurveyRound(SQLModel, table=True):
    """One village's signed 摸底排查 of left-behind women in a round."""

    __tablename__ = "survey_round"

    id: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    district: int = Field(sa_type=BIG)
    town: int = Field(sa_type=BIG)
    village: int = Field(sa_type=BIG)
    signed_on: date
    recorded_at: datetime = moment(now=True)

    __table_args__ = (Index("ix_survey_round_place", "district", "signed_on"),)
