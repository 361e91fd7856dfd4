from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Text
from sqlmodel import Field, Index, SQLModel

from app.models.columns import BIG, Placed, cipher, moment


class Person(SQLModel, table=True):
    """One person, across cases. Names and numbers are sealed under the person's own key."""

    id: UUID = Field(primary_key=True)
    key: bytes = cipher()
    sealed: bytes = cipher()
    id_index: bytes | None = cipher(default=None)
    phone_index: bytes | None = cipher(default=None)
    name_index: bytes | None = cipher(default=None)
    sex: str | None = None
    birth_year: int | None = None
    flags: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    same_as: UUID | None = Field(default=None, foreign_key="person.id")
    version: int = 1
    recorded_at: datetime = moment(now=True)

    __table_args__ = (
        Index("ix_person_id_index", "id_index"),
        Index("ix_person_phone_index", "phone_index", "name_index"),
        Index("ix_person_same_as", "same_as"),
    )


class PersonVault(SQLModel, table=True):
    """S4 facts of a person: present address, safe phone, school. Own keys, own policy."""

    __tablename__ = "person_vault"
    id: UUID = Field(primary_key=True)
    person_id: UUID = Field(foreign_key="person.id")
    name: str
    key: bytes = cipher()
    sealed: bytes = cipher()
    recorded_at: datetime = moment(now=True)

    __table_args__ = (Index("ix_person_vault_person", "person_id"),)


class PersonChange(SQLModel, table=True):
    """What was said of a person, and what was known until then: for ever, under a key of its own.
    What was not `taken` stands only here."""

    __tablename__ = "person_change"
    id: UUID = Field(primary_key=True)
    person_id: UUID = Field(foreign_key="person.id")
    event_id: UUID
    account_id: int = Field(sa_type=BIG)
    organisation_id: int | None = Field(default=None, sa_type=BIG)
    taken: bool
    key: bytes = cipher()
    sealed: bytes = cipher()
    recorded_at: datetime = moment(now=True)

    __table_args__ = (Index("ix_person_change_person", "person_id", "recorded_at"),)


class CaseParty(Placed, table=True):
    """A person's part in a case. Search goes through here, so that it ends where sight ends."""

    __tablename__ = "case_party"
    case_id: UUID = Field(primary_key=True, foreign_key="case.id")
    person_id: UUID = Field(primary_key=True, foreign_key="person.id")
    role: str = Field(primary_key=True)
    relation: str | None = None
    event_id: UUID
    id_index: bytes | None = cipher(default=None)
    phone_index: bytes | None = cipher(default=None)
    joined_at: datetime = moment()

    __table_args__ = (
        Index("ix_case_party_person", "person_id"),
        Index("ix_case_party_id_index", "id_index"),
        Index("ix_case_party_phone_index", "phone_index"),
    )


class PartyGram(Placed, table=True):
    """Keyed bigrams of a party's name, for name search under row-level security."""

    __tablename__ = "party_gram"
    gram: bytes = Field(primary_key=True)
    case_id: UUID = Field(primary_key=True, foreign_key="case.id")
    person_id: UUID = Field(primary_key=True, foreign_key="person.id")

    __table_args__ = (Index("ix_party_gram_case", "case_id"),)


class PersonMatch(SQLModel, table=True):
    """Two rows that may be one person, for somebody to decide. Never merged in silence."""

    __tablename__ = "person_match"
    person_id: UUID = Field(primary_key=True, foreign_key="person.id")
    other_id: UUID = Field(primary_key=True, foreign_key="person.id")
    reason: str
    found_at: datetime = moment(now=True)
    verdict: str | None = None
    decided_by: int | None = None
    decided_at: datetime | None = moment(default=None)
