"""Column types that many tables share."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, LargeBinary, Table, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

TZ = DateTime(timezone=True)
BIG = BigInteger()
MANY = ARRAY(BigInteger())
BYTES = LargeBinary()
NOW = {"server_default": text("now()")}


def moment(*, now: bool = False, **rules: Any) -> Any:
    """A timestamptz column; with `now` the database fills it in."""
    if now:
        return Field(sa_type=TZ, sa_column_kwargs=NOW, **rules)
    return Field(sa_type=TZ, **rules)


class Located(SQLModel):
    """Where a row belongs, so that every scope is one equality on an indexed column."""

    district: int = Field(sa_type=BIG)
    town: int | None = Field(default=None, sa_type=BIG)
    village: int | None = Field(default=None, sa_type=BIG)


class Placed(Located):
    """A row of a case, seen by whoever sees the case.

    `seen_by` holds organisations and accounts (one id space) that were given the case.
    """

    seen_by: list[int] = Field(
        default_factory=list, sa_type=MANY, sa_column_kwargs={"server_default": text("'{}'")}
    )


class Versioned(SQLModel):
    """A row edited with If-Match: the version grows with every change."""

    version: int = Field(default=1, sa_column_kwargs={"server_default": text("1")})
    changed_at: datetime = moment(now=True)


def open_json(**rules: Any) -> Any:
    """A JSONB column for open answers (S0, S1)."""
    return Field(sa_type=JSONB, **rules)


def cipher(**rules: Any) -> Any:
    """Ciphertext; its first byte is the format version."""
    return Field(sa_type=BYTES, **rules)


def table_of(model: type[SQLModel]) -> Table:
    """The table behind a model, for statements that need no entities."""
    table: Table = getattr(model, "__table__")  # noqa: B009 - SQLModel does not declare it
    return table
