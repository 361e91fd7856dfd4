"""Serializers and views: what a developer of Django REST framework would write for the same."""

import os
import time
import uuid
from datetime import timedelta

from django.db import connection
from django.db.models import Prefetch
from django.urls import path
from django.utils import timezone
from rest_framework import generics, serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from bench.peer.models import (
    AccessLog,
    Case,
    CaseParty,
    Deadline,
    Event,
    Notice,
    Outbox,
    PartyGram,
    Person,
)

RUNS = {"met_at": None, "dropped_at": None, "paused_at": None}


def uuid7():
    value = int.from_bytes((time.time_ns() // 10**6).to_bytes(6) + os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76
    return uuid.UUID(int=value & ~(0x3 << 62) | 0x2 << 62)


def open_people(ids):
    """Row-level security shows people only by name of their ids."""
    with connection.cursor() as cursor:
        cursor.execute(f"set local app.people = '{','.join(map(str, ids))}'")


class CaseBrief(serializers.ModelSerializer):
    class Meta:
        model = Case
        fields = (
            "id", "number", "kind", "state", "village", "danger", "opened_at", "closed_at",
            "valid_until",
        )  # fmt: skip


class ClockRow(serializers.ModelSerializer):
    class Meta:
        model = Deadline
        fields = (
            "id", "kind", "rule", "each", "round", "owner", "basis", "started_at", "alert_at",
            "due_at", "met_at",
        )  # fmt: skip


class WorklistRow(ClockRow):
    case = CaseBrief()

    class Meta(ClockRow.Meta):
        fields = (*ClockRow.Meta.fields, "case")


class PersonRow(serializers.ModelSerializer):
    class Meta:
        model = Person
        fields = ("id", "sex", "birth_year", "flags")


class CaseRow(CaseBrief):
    subject = PersonRow()
    deadlines = ClockRow(many=True)

    class Meta(CaseBrief.Meta):
        fields = (*CaseBrief.Meta.fields, "subject", "deadlines")


class PartyRow(serializers.ModelSerializer):
    person = PersonRow()

    class Meta:
        model = CaseParty
        fields = ("person", "role", "relation", "joined_at")


class EventRow(serializers.ModelSerializer):
    class Meta:
        model = Event
        fields = (
            "id", "seq", "name", "outcome", "state", "happened_at", "recorded_at", "account_id",
            "organisation_id", "channel", "details",
        )  # fmt: skip


class CasePage(CaseBrief):
    parties = PartyRow(many=True)
    events = EventRow(many=True)
    deadlines = ClockRow(many=True)

    class Meta(CaseBrief.Meta):
        fields = (
            *CaseBrief.Meta.fields, "outcome", "recorded_at", "version", "parties", "events",
            "deadlines",
        )  # fmt: skip


class Worklist(generics.ListAPIView):
    serializer_class = WorklistRow

    def get_queryset(self):
        user = self.request.user
        area = {"village": user.village} if user.village else {"district": user.district}
        limit = int(self.request.query_params["limit"])
        found = Deadline.objects.filter(**RUNS, **area).select_related("case")
        return found.order_by("due_at", "id")[: limit + 1]


class Cases(generics.ListAPIView):
    serializer_class = CaseRow

    def get_queryset(self):
        asked = self.request.query_params
        found = Case.objects.filter(
            district=self.request.user.district, kind=asked["kind"], closed_at=None
        ).order_by("-opened_at", "-id")[: int(asked["limit"]) + 1]
        running = Deadline.objects.filter(**RUNS).order_by("due_at")
        cases = list(found.prefetch_related(Prefetch("deadlines", running)))
        open_people({case.subject_id for case in cases})
        people = Person.objects.in_bulk([case.subject_id for case in cases])
        for case in cases:
            case.subject = people[case.subject_id]
        return cases


class Page(generics.RetrieveAPIView):
    serializer_class = CasePage

    def get_object(self):
        user = self.request.user
        case = generics.get_object_or_404(
            Case.objects.prefetch_related("events", "deadlines", "parties"),
            district=user.district,
            pk=self.kwargs["pk"],
        )
        ids = [party.person_id for party in case.parties.all()]
        open_people(ids)
        people = Person.objects.in_bulk(ids)
        for party in case.parties.all():
            party.person = people[party.person_id]
        AccessLog.objects.create(
            id=uuid7(), account_id=user.id, organisation_id=user.organisation_id,
            case_id=case.id, what="case_page", sight="S3",
        )  # fmt: skip
        return case


class PersonAnswer(serializers.Serializer):
    name = serializers.CharField(max_length=50)
    id_number = serializers.RegexField(r"^\d{17}[\dX]$")
    phone = serializers.CharField(max_length=20, required=False)
    relation = serializers.CharField(required=False)


class Report(serializers.Serializer):
    immediate_danger = serializers.BooleanField()
    what_happened = serializers.CharField(max_length=4000)
    victim = PersonAnswer()
    perpetrator = PersonAnswer()
    channel = serializers.CharField(required=False)


class Visit(serializers.Serializer):
    method = serializers.ChoiceField(["home", "phone", "video"])
    dv_suspected = serializers.BooleanField()
    health_well = serializers.BooleanField(required=False)
    mood_well = serializers.BooleanField(required=False)
    livelihood_well = serializers.BooleanField(required=False)
    remarks = serializers.CharField(max_length=2000, required=False)


class Opening(serializers.Serializer):
    id = serializers.UUIDField()
    happened_at = serializers.DateTimeField()
    answers = Report()


class Visited(Opening):
    answers = Visit()


class Open(APIView):
    def post(self, request):
        asked = Opening(data=request.data)
        asked.is_valid(raise_exception=True)
        return Response(open_case(request.user, asked.validated_data), status=201)


class Act(APIView):
    def post(self, request, pk):
        asked = Visited(data=request.data)
        asked.is_valid(raise_exception=True)
        return Response(act(request.user, pk, asked.validated_data))


def open_case(user, asked):
    now, at, id_ = timezone.now(), asked["happened_at"], asked["id"]
    placed = {
        "district": user.village // 10**6 * 10**6,
        "town": user.village // 10**3 * 10**3,
        "village": user.village,
    }
    if Event.objects.filter(pk=id_).exists():
        raise serializers.ValidationError("id-reused")
    people, parties, grams = [], [], []
    for role in ("victim", "perpetrator"):
        answer = asked["answers"][role]
        person = Person(
            id=uuid7(), key=os.urandom(41), sealed=os.urandom(110), id_index=os.urandom(16),
            phone_index=os.urandom(16), name_index=os.urandom(16), sex="female",
            birth_year=int(answer["id_number"][6:10]),
        )  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(
                "select id, reason from same_people(%s, %s, %s, %s)",
                [person.id, person.id_index, person.phone_index, person.name_index],
            )
            cursor.fetchall()
        people.append(person)
        parties.append(
            CaseParty(
                case_id=id_, person_id=person.id, role=role, relation=answer.get("relation"),
                event_id=id_, id_index=person.id_index, joined_at=now, **placed,
            )
        )  # fmt: skip
        grams += [
            PartyGram(gram=os.urandom(16), case_id=id_, person_id=person.id, **placed)
            for _ in range(5)
        ]
    Person.objects.bulk_create(people)
    case = Case.objects.create(
        id=id_, kind="dv_warning", state="reported", subject_id=people[0].id, sex="female",
        birth_year=people[0].birth_year, opened_at=at, recorded_at=now, version=1,
        key=os.urandom(41), head=os.urandom(32), **placed,
    )  # fmt: skip
    write_event(user, case, "opened", asked, now, placed)
    CaseParty.objects.bulk_create(parties)
    PartyGram.objects.bulk_create(grams)
    Deadline.objects.bulk_create(
        Deadline(
            id=uuid7(), case_id=id_, kind=case.kind, rule=rule, started_by=id_, started_at=at,
            due_at=at + timedelta(hours=hours), owner="police", basis="反家暴法 15", **placed,
        )
        for rule, hours in (("acceptance", 24), ("inform_of_order", 72))
    )  # fmt: skip
    Notice.objects.create(
        id=uuid7(), case_id=id_, event_id=id_, role="police", text="有一件新的报告",
        basis="反家暴法 15", sent_at=at, **placed,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "update case_counter set last = last + 1 where kind = 'dv_warning'"
            " and district = %s and year = %s returning last",
            [placed["district"], now.year],
        )
        (last,) = cursor.fetchone()
    case.number = f"告诫〔{now.year}〕{last:05}号"
    case.save(update_fields=["number"])
    return receipt(case, id_, now)


def act(user, pk, asked):
    now, at = timezone.now(), asked["happened_at"]
    case = generics.get_object_or_404(
        Case.objects.select_for_update(), district=user.district, pk=pk
    )
    if Event.objects.filter(pk=asked["id"]).exists():
        raise serializers.ValidationError("id-reused")
    placed = {"district": case.district, "town": case.town, "village": case.village}
    case.version += 1
    case.head = os.urandom(32)
    write_event(user, case, "record_visit", asked, now, placed)
    met = Deadline.objects.get(case=case, rule="visits_b", **RUNS)
    met.met_at, met.met_by, met.met_outcome = at, asked["id"], "all_well"
    met.save(update_fields=["met_at", "met_by", "met_outcome"])
    Deadline.objects.create(
        id=uuid7(), case=case, kind=case.kind, rule="visits_b", round=met.round + 1,
        started_by=asked["id"], started_at=at, due_at=at + timedelta(days=92), owner=met.owner,
        basis=met.basis, **placed,
    )  # fmt: skip
    case.save(update_fields=["version", "head"])
    return receipt(case, asked["id"], now)


def write_event(user, case, name, asked, now, placed):
    Event.objects.create(
        id=asked["id"], case=case, seq=case.version, kind=case.kind, name=name,
        subject=case.subject_id, sex=case.sex, age_band="30-39", happened_at=asked["happened_at"],
        claimed_at=asked["happened_at"], recorded_at=now, account_id=user.id,
        organisation_id=user.organisation_id, channel="web", sealed=os.urandom(160),
        fingerprint=os.urandom(32), state=case.state, version=case.version, hash=os.urandom(32),
        **placed,
    )  # fmt: skip
    Outbox.objects.create(
        case_id=case.id, event_id=asked["id"], kind=case.kind, name=name, state=case.state,
        happened_at=asked["happened_at"], **placed,
    )  # fmt: skip


def receipt(case, id_, now):
    return {
        "id": id_, "case_id": case.id, "number": case.number, "kind": case.kind,
        "state": case.state, "version": case.version, "recorded_at": now,
    }  # fmt: skip


urlpatterns = [
    path("api/v1/worklist", Worklist.as_view()),
    path("api/v1/cases", Cases.as_view()),
    path("api/v1/cases/dv_warning", Open.as_view()),
    path("api/v1/cases/left_behind_visit/<uuid:pk>/record_visit", Act.as_view()),
    path("api/v1/cases/<uuid:pk>", Page.as_view()),
]
