"""The app's tables, as far as the requests touch them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Placed(models.Model):
    district = models.BigIntegerField()
    town = models.BigIntegerField(null=True)
    village = models.BigIntegerField(null=True)
    seen_by = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        abstract = True


class Person(models.Model):
    id = models.UUIDField(primary_key=True)
    key = models.BinaryField()
    sealed = models.BinaryField()
    id_index = models.BinaryField(null=True)
    phone_index = models.BinaryField(null=True)
    name_index = models.BinaryField(null=True)
    sex = models.TextField(null=True)
    birth_year = models.IntegerField(null=True)
    flags = ArrayField(models.TextField(), default=list)
    version = models.IntegerField(default=1)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        managed = False
        db_table = "person"


class Case(Placed):
    id = models.UUIDField(primary_key=True)
    number = models.TextField(null=True)
    kind = models.TextField()
    state = models.TextField()
    subject = models.ForeignKey(Person, models.DO_NOTHING, db_column="subject", null=True)
    sex = models.TextField(null=True)
    birth_year = models.IntegerField(null=True)
    flags = ArrayField(models.TextField(), default=list)
    organisation_id = models.BigIntegerField(null=True)
    account_id = models.BigIntegerField(null=True)
    danger = models.TextField(null=True)
    opened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    outcome = models.TextField(null=True)
    valid_until = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)
    key = models.BinaryField()
    head = models.BinaryField()

    class Meta:
        managed = False
        db_table = "case"


class Event(Placed):
    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey(Case, models.DO_NOTHING, related_name="events")
    seq = models.IntegerField()
    kind = models.TextField()
    name = models.TextField()
    outcome = models.TextField(null=True)
    subject = models.UUIDField(null=True)
    sex = models.TextField(null=True)
    age_band = models.TextField(null=True)
    flags = ArrayField(models.TextField(), default=list)
    happened_at = models.DateTimeField()
    claimed_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    account_id = models.BigIntegerField()
    organisation_id = models.BigIntegerField(null=True)
    channel = models.TextField()
    details = models.JSONField(default=dict)
    sealed = models.BinaryField(null=True)
    fingerprint = models.BinaryField()
    state = models.TextField()
    version = models.IntegerField()
    hash = models.BinaryField()

    class Meta:
        managed = False
        db_table = "event"


class Deadline(Placed):
    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey(Case, models.DO_NOTHING, related_name="deadlines")
    kind = models.TextField()
    rule = models.TextField()
    each = models.TextField(null=True)
    round = models.IntegerField(default=1)
    started_by = models.UUIDField()
    started_at = models.DateTimeField()
    alert_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True)
    met_by = models.UUIDField(null=True)
    met_outcome = models.TextField(null=True)
    dropped_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    owner = models.TextField()
    basis = models.TextField()

    class Meta:
        managed = False
        db_table = "deadline"


class CaseParty(Placed):
    pk = models.CompositePrimaryKey("case_id", "person_id", "role")
    case = models.ForeignKey(Case, models.DO_NOTHING, related_name="parties")
    person = models.ForeignKey(Person, models.DO_NOTHING)
    role = models.TextField()
    relation = models.TextField(null=True)
    event_id = models.UUIDField()
    id_index = models.BinaryField(null=True)
    phone_index = models.BinaryField(null=True)
    joined_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "case_party"


class PartyGram(Placed):
    pk = models.CompositePrimaryKey("gram", "case_id", "person_id")
    gram = models.BinaryField()
    case_id = models.UUIDField()
    person_id = models.UUIDField()

    class Meta:
        managed = False
        db_table = "party_gram"


class Notice(Placed):
    id = models.UUIDField(primary_key=True)
    case_id = models.UUIDField()
    event_id = models.UUIDField()
    role = models.TextField()
    text = models.TextField()
    basis = models.TextField()
    sent_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "notice"


class Outbox(Placed):
    case_id = models.UUIDField()
    event_id = models.UUIDField()
    kind = models.TextField()
    name = models.TextField()
    state = models.TextField()
    happened_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "outbox"


class AccessLog(models.Model):
    id = models.UUIDField(primary_key=True)
    account_id = models.BigIntegerField()
    organisation_id = models.BigIntegerField(null=True)
    case_id = models.UUIDField(null=True)
    what = models.TextField()
    sight = models.TextField()
    looked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        managed = False
        db_table = "access_log"
