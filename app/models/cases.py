from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Numeric, Text, text
from sqlmodel import Field, Index, SQLModel

from app.models.columns import BIG, Placed, cipher, moment, open_json

RUNNING = text("met_at is null and dropped_at is null and paused_at is null")
UNASSIGNED = text("closed_at is null and account_id is null")


class Case(Placed, table=True):
    """The index card of a case. What was said is in its events."""

    id: UUID = Field(primary_key=True)
    moved: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    number: str | None = None
    kind: str
    state: str
    subject: UUID | None = Field(default=None, foreign_key="person.id")
    sex: str | None = None
    birth_year: int | None = None
    flags: list[str] = Field(
        default_factory=list, sa_type=ARRAY(Text), sa_column_kwargs={"server_default": text("'{}'")}
    )
    organisation_id: int | None = Field(default=None, sa_type=BIG)
    account_id: int | None = Field(default=None, sa_type=BIG)
    danger: str | None = None
    opened_at: datetime = moment()
    recorded_at: datetime = moment()
    closed_at: datetime | None = moment(default=None)
    outcome: str | None = None
    valid_until: datetime | None = moment(default=None)
    version: int = 1
    key: bytes = cipher()
    head: bytes = cipher()

    __table_args__ = (
        Index("uq_case_number", "number", unique=True),
        Index("ix_case_district", "district", text("opened_at desc"), text("id desc")),
        Index("ix_case_town", "town", text("opened_at desc"), text("id desc")),
        Index("ix_case_village", "village", text("opened_at desc"), text("id desc")),
        Index("ix_case_kind", "district", "kind", "state", text("opened_at desc"), text("id desc")),
        Index(
            "ix_case_open",
            "district",
            "kind",
            text("opened_at desc"),
            text("id desc"),
            postgresql_where=text("closed_at is null"),
        ),
        *(
            Index(
                name,
                level,
                text("opened_at desc"),
                text("id desc"),
                "kind",
                postgresql_where=UNASSIGNED,
            )
            for name, level in (
                ("ix_case_unassigned", "district"),
                ("ix_case_unassigned_town", "town"),
                ("ix_case_unassigned_village", "village"),
            )
        ),
        Index("ix_case_seen_by", "seen_by", postgresql_using="gin"),
        Index("ix_case_subject", "subject", "closed_at"),
        Index("ix_case_subject_town", "town", "subject", "closed_at"),
        Index("ix_case_subject_village", "village", "subject", "closed_at"),
        Index("ix_case_account", "account_id", postgresql_where=text("closed_at is null")),
        Index(
            "ix_case_closed",
            "district",
            "closed_at",
            "id",
            postgresql_where=text("closed_at is not null"),
        ),
    )


class CaseLink(Placed, table=True):
    """Why one case grew out of another, or belongs with it."""

    __tablename__ = "case_link"
    case_id: UUID = Field(primary_key=True, foreign_key="case.id")
    other_id: UUID = Field(primary_key=True, foreign_key="case.id")
    event_id: UUID
    why: str
    linked_at: datetime = moment()

    __table_args__ = (Index("ix_case_link_other", "other_id"),)


class Event(Placed, table=True):
    """What happened, append-only. Lists and figures ask the typed columns only.

    `sealed` opens with `key`, which hangs on the key of the case; the chain covers all but `key`,
    so that keys can change and be destroyed. `locked` counts the answers put into the vault.
    """

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="case.id")
    seq: int
    kind: str
    name: str
    outcome: str | None = None
    amount: Decimal | None = Field(default=None, sa_type=Numeric)
    subject: UUID | None = None
    sex: str | None = None
    age_band: str | None = None
    flags: list[str] = Field(
        default_factory=list, sa_type=ARRAY(Text), sa_column_kwargs={"server_default": text("'{}'")}
    )
    happened_at: datetime = moment()
    claimed_at: datetime = moment()
    recorded_at: datetime = moment()
    account_id: int = Field(sa_type=BIG)
    organisation_id: int | None = Field(default=None, sa_type=BIG)
    channel: str
    operator: str | None = None
    replaces: UUID | None = None
    replaced_by: UUID | None = None
    details: dict[str, Any] = open_json()
    key: bytes | None = cipher(default=None)
    sealed: bytes | None = cipher(default=None)
    locked: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    fingerprint: bytes = cipher()
    state: str
    version: int
    hash: bytes = cipher()

    __table_args__ = (
        Index("uq_event_case_seq", "case_id", "seq", unique=True),
        Index(
            "ix_event_figures",
            "district",
            "happened_at",
            postgresql_include=["kind", "name", "outcome", "sex", "town", "village"],
            postgresql_where=text("replaced_by is null"),
        ),
        Index(
            "ix_event_stock",
            "district",
            "kind",
            "name",
            "happened_at",
            postgresql_include=[
                "case_id",
                "seq",
                "outcome",
                "town",
                "village",
                "id",
                "sex",
                "subject",
            ],
            postgresql_where=text("replaced_by is null"),
        ),
        Index(
            "ix_event_women",
            "case_id",
            text("seq desc"),
            postgresql_include=[
                "name",
                "outcome",
                "happened_at",
                "district",
                "town",
                "village",
                "seen_by",
            ],
            postgresql_where=text(
                "replaced_by is null and name in"
                " ('enrol', 'change_level', 'resume', 'record_visit')"
            ),
        ),
        Index(
            "ix_event_flags",
            "district",
            "happened_at",
            postgresql_include=[
                "kind",
                "name",
                "outcome",
                "sex",
                "town",
                "village",
                "flags",
                "case_id",
            ],
            postgresql_where=text("replaced_by is null and flags <> '{}'"),
        ),
    )


class Referral(Placed, table=True):
    """That an organisation was asked to help in a case, and what it answered.

    `seen_by` are the two organisations: both see it to the end, whoever has the case by then.
    `declined_before` counts how often the case had been declined until it was sent.
    """

    id: UUID = Field(primary_key=True, foreign_key="event.id")
    case_id: UUID = Field(foreign_key="case.id")
    kind: str
    from_id: int = Field(sa_type=BIG)
    to_id: int = Field(sa_type=BIG)
    needs: list[str] = Field(sa_type=ARRAY(Text))
    ground: str
    legal_basis: str | None = None
    had: bool
    declined_before: int
    sent_at: datetime = moment()
    due_at: datetime = moment()
    answered_at: datetime | None = moment(default=None)
    answered_by: UUID | None = None
    accepted: bool | None = None
    why: str | None = None
    right_id: int | None = Field(default=None, sa_type=BIG)

    __table_args__ = (
        Index("ix_referral_case", "case_id"),
        Index(
            "uq_referral_open",
            "case_id",
            "to_id",
            unique=True,
            postgresql_where=text("accepted is null"),
        ),
        Index("ix_referral_from", "from_id", text("sent_at desc"), text("id desc")),
        Index("ix_referral_to", "to_id", text("sent_at desc"), text("id desc")),
        Index(
            "ix_referral_declined",
            "district",
            text("sent_at desc"),
            text("id desc"),
            postgresql_where=text("accepted is false"),
        ),
    )


class Deadline(Placed, table=True):
    """One running, met or dropped clock. Lateness is never stored.

    `ends_on` is the day on which a term ends that a day off moves on to `due_at`, None for others.
    """

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="case.id")
    kind: str
    rule: str
    each: str | None = None
    round: int = 1
    started_by: UUID
    started_at: datetime = moment()
    alert_at: datetime | None = moment(default=None)
    due_at: datetime = moment()
    ends_on: date | None = None
    met_at: datetime | None = moment(default=None)
    met_by: UUID | None = None
    met_outcome: str | None = None
    dropped_at: datetime | None = moment(default=None)
    dropped_reason: str | None = None
    paused_at: datetime | None = moment(default=None)
    owner: str
    organisation_id: int | None = Field(default=None, sa_type=BIG)
    basis: str
    sex: str | None = None

    __table_args__ = (
        Index("ix_deadline_case", "case_id"),
        Index(
            "ix_deadline_district", "district", "owner", "due_at", "id", postgresql_where=RUNNING
        ),
        Index("ix_deadline_town", "town", "owner", "due_at", "id", postgresql_where=RUNNING),
        Index("ix_deadline_village", "village", "owner", "due_at", "id", postgresql_where=RUNNING),
        Index("ix_deadline_all", "district", "due_at", "id", postgresql_where=RUNNING),
        Index("ix_deadline_town_all", "town", "due_at", "id", postgresql_where=RUNNING),
        Index("ix_deadline_village_all", "village", "due_at", "id", postgresql_where=RUNNING),
        Index("ix_deadline_seen_by", "seen_by", postgresql_using="gin", postgresql_where=RUNNING),
        Index("ix_deadline_started", "district", "started_at"),
        Index("ix_deadline_due", "district", "due_at"),
        Index("ix_deadline_met", "district", "met_at"),
    )


class CaseVault(SQLModel, table=True):
    """S4 answers of a case: reporter, shelter and bed. Own keys, own policy."""

    __tablename__ = "case_vault"
    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="case.id")
    event_id: UUID = Field(foreign_key="event.id")
    name: str
    key: bytes = cipher()
    sealed: bytes = cipher()
    recorded_at: datetime = moment(now=True)

    __table_args__ = (Index("ix_case_vault_case", "case_id"),)


class CaseCounter(SQLModel, table=True):
    """The last case number given, by kind, district and year; taken last before commit."""

    __tablename__ = "case_counter"
    kind: str = Field(primary_key=True)
    district: int = Field(primary_key=True, sa_type=BIG)
    year: int = Field(primary_key=True)
    last: int


class PartnerDocument(SQLModel, table=True):
    """A partner's own document number, once: the same paper cannot come in twice."""

    __tablename__ = "partner_document"
    partner: str = Field(primary_key=True)
    number: str = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="case.id")
    event_id: UUID = Field(foreign_key="event.id")
    recorded_at: datetime = moment(now=True)
