"""tables"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("create sequence holder_id")
    op.create_table(
        "access_log",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("sight", sa.String(), nullable=False),
        sa.Column(
            "looked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_access_log_account", "access_log", ["account_id", "looked_at"], unique=False
    )
    op.create_index("ix_access_log_case", "access_log", ["case_id", "looked_at"], unique=False)
    op.create_table(
        "area",
        sa.Column("code", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("parent", sa.BigInteger(), nullable=True),
        sa.Column("is_virtual", sa.Boolean(), nullable=False),
        sa.Column("is_rural", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", "valid_from"),
    )
    op.create_index("ix_area_parent", "area", ["parent"], unique=False)
    op.create_table(
        "case_counter",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("district", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "district", "year"),
    )
    op.create_table(
        "holiday",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_working", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("day"),
    )
    op.create_table(
        "organisation",
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "id", sa.BigInteger(), server_default=sa.text("nextval('holder_id')"), nullable=False
        ),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("district", sa.BigInteger(), nullable=False),
        sa.Column("town", sa.BigInteger(), nullable=True),
        sa.Column("village", sa.BigInteger(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_organisation_place", "organisation", ["district", "kind"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id_index", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("name_index", sa.LargeBinary(), nullable=True),
        sa.Column("sex", sa.String(), nullable=True),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("flags", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("same_as", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["same_as"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_person_id_index", "person", ["id_index"], unique=False)
    op.create_index("ix_person_phone_index", "person", ["phone_index", "name_index"], unique=False)
    op.create_index("ix_person_same_as", "person", ["same_as"], unique=False)
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name_index", sa.LargeBinary(), nullable=False),
        sa.Column(
            "tried_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_sign_in_attempt_name", "sign_in_attempt", ["name_index", "tried_at"], unique=False
    )
    op.create_table(
        "survey_round",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("district", sa.BigInteger(), nullable=False),
        sa.Column("town", sa.BigInteger(), nullable=False),
        sa.Column("village", sa.BigInteger(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_survey_round_place", "survey_round", ["district", "signed_on"], unique=False
    )
    op.create_table(
        "account",
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "id", sa.BigInteger(), server_default=sa.text("nextval('holder_id')"), nullable=False
        ),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("display_name", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uq_account_username", "account", ["username"], unique=True)
    op.create_table(
        "bed",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("shelter_id", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shelter_id"],
            ["organisation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "case",
        sa.Column("district", sa.BigInteger(), nullable=False),
        sa.Column("town", sa.BigInteger(), nullable=True),
        sa.Column("village", sa.BigInteger(), nullable=True),
        sa.Column(
            "seen_by",
            postgresql.ARRAY(sa.BigInteger()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("moved", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=True),
        sa.Column("sex", sa.String(), nullable=True),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("flags", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("danger", sa.String(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_case_account",
        "case",
        ["account_id"],
        unique=False,
        postgresql_where=sa.text("closed_at is null"),
    )
    op.create_index(
        "ix_case_district",
        "case",
        ["district", sa.literal_column("opened_at desc"), sa.literal_column("id desc")],
        unique=False,
    )
    op.create_index(
        "ix_case_kind",
        "case",
        [
            "district",
            "kind",
            "state",
            sa.literal_column("opened_at desc"),
            sa.literal_column("id desc"),
        ],
        unique=False,
    )
    op.create_index("ix_case_seen_by", "case", ["seen_by"], unique=False, postgresql_using="gin")
    op.create_index("ix_case_subject", "case", ["subject"], unique=False)
    op.create_index(
        "ix_case_town",
        "case",
        ["town", sa.literal_column("opened_at desc"), sa.literal_column("id desc")],
        unique=False,
    )
    op.create_index(
        "ix_case_village",
        "case",
        ["village", sa.literal_column("opened_at desc"), sa.literal_column("id desc")],
        unique=False,
    )
    op.create_index("uq_case_number", "case", ["number"], unique=True)
    op.create_table(
        "person_match",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column(
            "found_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["other_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("person_id", "other_id"),
    )
    op.create_table(
        "person_vault",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_person_vault_person", "person_vault", ["person_id"], unique=False)
    op.create_table(
        "account_grant",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("area", sa.BigInteger(), nullable=False),
        sa.Column("supervisor", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("account_id", "role", "area"),
    )
    op.create_table(
        "bed_stay",
        sa.Column("district", sa.BigInteger(), nullable=False),
        sa.Column("town", sa.BigInteger(), nullable=True),
        sa.Column("village", sa.BigInteger(), nullable=True),
        sa.Column(
            "seen_by",
            postgresql.ARRAY(sa.BigInteger()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bed_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("bed_id"), "="),
            (sa.text("tstzrange(started_at, ended_at, '[)')"), "&&"),
            using="gist",
            name="ex_bed_stay_one_at_a_time",
        ),
        sa.ForeignKeyConstraint(
            ["bed_id"],
            ["bed.id"],
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_bed_stay_case", "bed_stay", ["case_id"], unique=False)
    op.create_table(
        "case_link",
        sa.Column("district", sa.BigInteger(), nullable=False),
        sa.Column("town", sa.BigInteger(), nullable=True),
        sa.Column("village", sa.BigInteger(), nullable=True),
        sa.Column(
            "seen_by",
            postgresql.ARRAY(sa.BigInteger()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["other_id"],
            ["case.id"],
        ),
        sa.PrimaryKeyConstraint("case_id", "other_id"),
    )
    op.create_index("ix_case_link_other", "case_link", ["other_id"], unique=False)
    op.create_table(
        "case_party",
        sa.Column("district", sa.BigInteger(), nullable=False),
        sa.Column("town", sa.BigInteger(), nullable=True),
        sa.Column("village", sa.BigInteger(), nullable=True),
        sa.Column(
            "seen_by",
            postgresql.ARRAY(sa.BigInteger()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("relation", sa.String(), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("id_index", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("case_id", "person_id", "role"),
    )
    op.create_index("ix_case_party_id_index", "case_party", ["id_index"], unique=False)
    op.create_index("ix_case_party_person", "case_party", ["person_id"], unique=False)
    op.create_index("ix_case_party_phone_index", "case_party", ["phone_index"], unique=False)
    op.create_table(
        "credential",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("account_id"),
    )
    op.create_table(
        "deadline",
        sa.Column("district", sa.BigInteger(), nullable=False),
        sa.Column("town", sa.BigInteger(), nullable=True),
        sa.Column("village", sa.BigInteger(), nullable=True),
        sa.Column(
            "seen_by",
            postgresql.ARRAY(sa.BigInteger()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("each", sa.String(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("started_by", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("alert_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("met_by", sa.Uuid(), nullable=True),
        sa.Column("met_outcome", sa.String(), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_reason", sa.String(), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("sex", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_deadline_all",
        "deadline",
        ["district", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("met_at is null and dropped_at is null and paused_at is null"),
    )
    op.create_index("ix_deadline_case", "deadline", ["case_id"], unique=False)
    op.create_index(
        "ix_deadline_district",
        "deadline",
        ["district", "owner", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("met_at is null and dropped_at is null and paused_at is null"),
    )
    op.create_index("ix_deadline_due", "deadline", ["district", "due_at"], unique=False)
    op.create_index("ix_deadline_met", "deadline", ["district", "met_at"], unique=False)
    op.create_index(
        "ix_deadline_seen_by",
        "deadline",
        ["seen_by"],
        unique=False,
        postgresql_using="gin",
        postgresql_where=sa.text("met_at is null and dropped_at is null and paused_at is null"),
    )
    op.create_index("ix_deadline_started", "deadline", ["district", "started_at"], unique=False)
    op.create_index(
        "ix_deadline_town",
        "deadline",
        ["town", "owner", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("met_at is null and dropped_at is null and paused_at is null"),
    )
    op.create_index(
        "ix_deadline_town_all",
        "deadline",
        ["town", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("met_at is null and dropped_at is null and paused_at is null"),
    )
    op.create_index(
        "ix_deadline_village",
        "deadline",
        ["village", "owner", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("met_at is null and dropped_at is null and paused_at is null"),
    )
    op.create_index(
        "ix_deadline_village_all",
        "deadline",
        ["village", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("met_at is null and dropped_at is null and paused_at is null"),
    )
    op.create_table(
        "event",
        sa.Column("district", sa.BigInteger(), nullable=False),
        sa.Column("town", sa.BigInteger(), nullable=True),
        sa.Column("village", sa.BigInteger(), nullable=True),
        sa.Column(
            "seen_by",
            postgresql.ARRAY(sa.BigInteger()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("amount", sa.Numeric(), nullable=True),
        sa.Column("subject", sa.Uuid(), nullable=True),
        sa.Column("sex", sa.String(), nullable=True),
        sa.Column("age_band", sa.String(), nullable=True),
        sa.Column("flags", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("replaces", sa.Uuid(), nullable=True),
        sa.Column("replaced_by", sa.Uuid(), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_event_figures",
        "event",
        ["district", "happened_at"],
        unique=False,
        postgresql_include=["kind", "name", "outcome", "sex", "town", "village"],
        postgresql_where=sa.text("replaced_by is null"),
    )
    op.create_index(
        "ix_event_stock",
        "event",
        ["district", "kind", "name", "happened_at"],
        unique=False,
        postgresql_include=["case_id", "seq", "outcome", "town", "village"],
        postgresql_where=sa.text("replaced_by is null"),
    )
    op.create_index("uq_event_case_seq", "event", ["case_id", "seq"], unique=True)
    op.create_table(
        "notice",
        sa.Column("district", sa.BigInteger(), nullable=False),
        sa.Column("town", sa.BigInteger(), nullable=True),
        sa.Column("village", sa.BigInteger(), nullable=True),
        sa.Column(
            "seen_by",
            postgresql.ARRAY(sa.BigInteger()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_notice_place", "notice", ["district", "role", "sent_at"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("district", sa.BigInteger(), nullable=False),
        sa.Column("town", sa.BigInteger(), nullable=True),
        sa.Column("village", sa.BigInteger(), nullable=True),
        sa.Column(
            "seen_by",
            postgresql.ARRAY(sa.BigInteger()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "xid",
            sa.BigInteger(),
            server_default=sa.text("pg_current_xact_id()::text::bigint"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_outbox_district", "outbox", ["district", "id"], unique=False)
    op.create_index("ix_outbox_feed", "outbox", ["xid", "id"], unique=False)
    op.create_table(
        "party_gram",
        sa.Column("district", sa.BigInteger(), nullable=False),
        sa.Column("town", sa.BigInteger(), nullable=True),
        sa.Column("village", sa.BigInteger(), nullable=True),
        sa.Column(
            "seen_by",
            postgresql.ARRAY(sa.BigInteger()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("gram", sa.LargeBinary(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("gram", "case_id", "person_id"),
    )
    op.create_index("ix_party_gram_case", "party_gram", ["case_id"], unique=False)
    op.create_table(
        "session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_session_account", "session", ["account_id"], unique=False)
    op.create_table(
        "case_vault",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["event.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_case_vault_case", "case_vault", ["case_id"], unique=False)
    op.create_table(
        "partner_document",
        sa.Column("partner", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["event.id"],
        ),
        sa.PrimaryKeyConstraint("partner", "number"),
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_table("partner_document")
    op.drop_index("ix_case_vault_case", table_name="case_vault")
    op.drop_table("case_vault")
    op.drop_index("ix_session_account", table_name="session")
    op.drop_table("session")
    op.drop_index("ix_party_gram_case", table_name="party_gram")
    op.drop_table("party_gram")
    op.drop_index("ix_outbox_feed", table_name="outbox")
    op.drop_index("ix_outbox_district", table_name="outbox")
    op.drop_table("outbox")
    op.drop_index("ix_notice_place", table_name="notice")
    op.drop_table("notice")
    op.drop_index("uq_event_case_seq", table_name="event")
    op.drop_index(
        "ix_event_stock",
        table_name="event",
        postgresql_include=["case_id", "seq", "outcome", "town", "village"],
        postgresql_where=sa.text("replaced_by is null"),
    )
    op.drop_index(
        "ix_event_figures",
        table_name="event",
        postgresql_include=["kind", "name", "outcome", "sex", "town", "village"],
        postgresql_where=sa.text("replaced_by is null"),
    )
    op.drop_table("event")
    op.drop_index(
        "ix_deadline_village_all",
        table_name="deadline",
        postgresql_where=sa.text("met_at is null and dropped_at is null and paused_at is null"),
    )
    op.drop_index(
        "ix_deadline_village",
        table_name="deadline",
        postgresql_where=sa.text("met_at is null and dropped_at is null and paused_at is null"),
    )
    op.drop_index(
        "ix_deadline_town_all",
        table_name="deadline",
        postgresql_where=sa.text("met_at is null and dropped_at is null and paused_at is null"),
    )
    op.drop_index(
        "ix_deadline_town",
        table_name="deadline",
        postgresql_where=sa.text("met_at is null and dropped_at is null and paused_at is null"),
    )
    op.drop_index("ix_deadline_started", table_name="deadline")
    op.drop_index(
        "ix_deadline_seen_by",
        table_name="deadline",
        postgresql_using="gin",
        postgresql_where=sa.text("met_at is null and dropped_at is null and paused_at is null"),
    )
    op.drop_index("ix_deadline_met", table_name="deadline")
    op.drop_index("ix_deadline_due", table_name="deadline")
    op.drop_index(
        "ix_deadline_district",
        table_name="deadline",
        postgresql_where=sa.text("met_at is null and dropped_at is null and paused_at is null"),
    )
    op.drop_index("ix_deadline_case", table_name="deadline")
    op.drop_index(
        "ix_deadline_all",
        table_name="deadline",
        postgresql_where=sa.text("met_at is null and dropped_at is null and paused_at is null"),
    )
    op.drop_table("deadline")
    op.drop_table("credential")
    op.drop_index("ix_case_party_phone_index", table_name="case_party")
    op.drop_index("ix_case_party_person", table_name="case_party")
    op.drop_index("ix_case_party_id_index", table_name="case_party")
    op.drop_table("case_party")
    op.drop_index("ix_case_link_other", table_name="case_link")
    op.drop_table("case_link")
    op.drop_index("ix_bed_stay_case", table_name="bed_stay")
    op.drop_table("bed_stay")
    op.drop_table("account_grant")
    op.drop_index("ix_person_vault_person", table_name="person_vault")
    op.drop_table("person_vault")
    op.drop_table("person_match")
    op.drop_index("uq_case_number", table_name="case")
    op.drop_index("ix_case_village", table_name="case")
    op.drop_index("ix_case_town", table_name="case")
    op.drop_index("ix_case_subject", table_name="case")
    op.drop_index("ix_case_seen_by", table_name="case", postgresql_using="gin")
    op.drop_index("ix_case_kind", table_name="case")
    op.drop_index("ix_case_district", table_name="case")
    op.drop_index(
        "ix_case_account", table_name="case", postgresql_where=sa.text("closed_at is null")
    )
    op.drop_table("case")
    op.drop_table("bed")
    op.drop_index("uq_account_username", table_name="account")
    op.drop_table("account")
    op.drop_index("ix_survey_round_place", table_name="survey_round")
    op.drop_table("survey_round")
    op.drop_index("ix_sign_in_attempt_name", table_name="sign_in_attempt")
    op.drop_table("sign_in_attempt")
    op.drop_index("ix_person_same_as", table_name="person")
    op.drop_index("ix_person_phone_index", table_name="person")
    op.drop_index("ix_person_id_index", table_name="person")
    op.drop_table("person")
    op.drop_index("ix_organisation_place", table_name="organisation")
    op.drop_table("organisation")
    op.drop_table("holiday")
    op.drop_table("case_counter")
    op.drop_index("ix_area_parent", table_name="area")
    op.drop_table("area")
    op.drop_index("ix_access_log_case", table_name="access_log")
    op.drop_index("ix_access_log_account", table_name="access_log")
    op.drop_table("access_log")
    op.execute("drop sequence holder_id")
