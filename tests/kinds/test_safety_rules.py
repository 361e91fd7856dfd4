"""Rules on which somebody's safety hangs, judged alone: who is the same human, who hands on."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.clock import HOLIDAYS
from app.kinds import KINDS
from app.kinds.base import Matter
from app.kinds.forms import Sight
from app.kinds.guards import Facts, PartyFact
from app.kinds.people import REPORT_FLAGS, Flag, PartyRole, Relation, Sex
from app.kinds.shelter_placement.leaving import HandOver
from app.kinds.shelter_placement.leaving_guards import receiver_is_not_the_perpetrator
from app.policy import POLICIES
from app.roles import Role

FATHER_NO, UNCLE_NO = "441802198603080317", "441802198607250117"
KNOWN: dict[str, Any] = {"relation": Relation.PARENT, "sex": Sex.MALE, "age": 39}


def somebody(role: PartyRole, row: UUID | None = None, **more: Any) -> PartyFact:
    unknown = {"relation": None, "sex": None, "age": None, "flags": frozenset[Flag]()}
    return PartyFact(person_id=row or uuid4(), role=role, **(unknown | more))


ROW = uuid4()
ABUSER = somebody(PartyRole.PERPETRATOR, ROW, id_number=FATHER_NO, **KNOWN)


@pytest.mark.parametrize(
    ("one", "same"),
    [
        (somebody(PartyRole.GUARDIAN, ROW), True),
        (somebody(PartyRole.GUARDIAN, id_number=FATHER_NO), True),
        (somebody(PartyRole.GUARDIAN, id_number=UNCLE_NO, **KNOWN), False),
        (somebody(PartyRole.GUARDIAN, **KNOWN | {"relation": Relation.SIBLING}), True),
        (somebody(PartyRole.GUARDIAN, relation=Relation.PARENT), True),
        (somebody(PartyRole.GUARDIAN, **KNOWN | {"sex": Sex.FEMALE}), False),
        (somebody(PartyRole.GUARDIAN, **KNOWN | {"age": 67}), False),
        (somebody(PartyRole.GUARDIAN, relation=Relation.GRANDPARENT), False),
    ],
    ids=[
        "picked",
        "same number typed in anew",
        "another number",
        "same sex and age under another relation",
        "nothing but the relation",
        "a woman",
        "another age",
        "another relation",
    ],
)
def test_who_may_be_the_same_human(one: PartyFact, same: bool) -> None:
    assert one.could_be(ABUSER) is same
    assert ABUSER.could_be(one) is same


@pytest.mark.parametrize(
    ("receiver", "refused"),
    [
        ({"id_number": FATHER_NO, **KNOWN, "relation": Relation.OTHER}, "minor-to-perpetrator"),
        ({"id_number": UNCLE_NO, **KNOWN, "relation": Relation.OTHER}, None),
    ],
    ids=["the father under another relation", "an uncle of his age"],
)
def test_a_child_is_not_handed_to_the_abuser_typed_in_anew(
    receiver: dict[str, Any], refused: str | None
) -> None:
    facts = Facts(
        at=datetime(2026, 3, 2, tzinfo=UTC),
        holidays=HOLIDAYS,
        state="staying",
        roles=frozenset({Role.SHELTER}),
        parties=[ABUSER, somebody(PartyRole.GUARDIAN, **receiver)],
    )
    form = HandOver.model_validate(
        {
            "receiver": {"name": "某人"},
            "receiver_kind": "near_relative",
            "not_perpetrator": True,
            "confirmed_by": "police",
            "confirmed_on": "2026-03-02",
            "signed_on": "2026-03-02",
        }
    )
    refusal = receiver_is_not_the_perpetrator.check(facts, form)
    assert (refusal.type if refusal else None) == refused


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_only_those_in_charge_of_a_kind_hand_its_cases_on(kind: Any) -> None:
    for name in ("assign", "transfer"):
        assert kind.action(name).by == kind.carried_by
        if kind.matter in (Matter.VIOLENCE, Matter.SHELTER, Matter.DISPUTE):
            assert all(POLICIES[role].reads(kind.matter) >= Sight.S3 for role in kind.carried_by)
    assert kind.action("link").by <= kind.read_by - {Role.GRID_WORKER}
    assert kind.action("reopen").by <= kind.read_by
    assert kind.action("mandatory_report").by >= kind.opened_by


def test_who_cannot_report_is_reported_for() -> None:
    """粤办法 22(三): 因年老、残疾、重病、受到强制、受到威吓等原因无法报案的人."""
    assert {Flag.CANNOT_REPORT, Flag.COERCED} <= REPORT_FLAGS
