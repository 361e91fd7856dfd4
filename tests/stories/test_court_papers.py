"""The court pushes its papers in the codes of its data standard (保护令业务标准)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app import clock
from app.ids import uuid7
from tests.conftest import Client, Owner
from tests.kinds.journey import Journey
from tests.kinds.walks.mediation import steps as mediation
from tests.stories.answers import NOW, command
from tests.stories.partner_papers import (
    CASE_NO,
    HUSBAND,
    RULING,
    SERVICE,
    WIFE,
    at,
    order,
    push,
    stage,
)

TOWN = 441802103000


async def filed(client: Client, number_known: bool = True) -> str:
    """An application that the women's federation helped to file; the case's id."""
    fed = await client("women_fed_town")
    man = HUSBAND if number_known else {"name": HUSBAND["name"]}
    told = {"danger_now": False, "applicant": WIFE, "respondent": man | {"relation": "spouse"}}
    application = {
        "filed_by": "self", "manner": "written", "venue": "place_of_violence", "urgent": False,
        "filed_at": at(0.5), "facts": "多次被殴打", "requests": ["no_violence"],
    }  # fmt: skip
    with clock.at(NOW + timedelta(hours=1)):
        answer = await fed.post("/cases/protection_order", json=command(told, area=TOWN))
        case_id = str(answer.json()["case_id"])
        url = f"/cases/protection_order/{case_id}/file"
        assert (await fed.post(url, json=command(application))).is_success
    return case_id


async def details(owner: Owner) -> dict[str, dict[str, Any]]:
    async with owner() as connection:
        rows = await connection.execute(text("select name, details from event order by seq"))
        return {row.name: row.details for row in rows}


async def test_an_order_from_acceptance_to_service(client: Client, owner: Owner) -> None:
    court = await client("court")
    first = await push(court, "court/orders", order())
    assert first.status_code == 201, first.text
    receipt = first.json()["receipt"]
    assert (receipt["state"], receipt["version"]) == ("accepted", 3)
    states = []
    for news in ({"ruling": RULING}, {"service": SERVICE}):
        answer = await push(court, "court/orders", stage(**news))
        assert answer.status_code == 201, answer.text
        assert answer.json()["receipt"]["case_id"] == receipt["case_id"]
        states.append(answer.json()["receipt"]["state"])
    assert states == ["granted", "served"]
    said = await details(owner)
    assert list(said) == ["opened", "file", "register", "decide", "serve"]
    assert said["file"]["requests"] == ["no_violence", "no_contact", "other"]
    assert said["register"]["case_source"] == "application"
    assert said["decide"]["result"] == "granted"
    assert said["decide"]["measures"] == ["no_violence", "no_harassment", "stay_away"]
    assert (said["decide"]["valid_for"], said["decide"]["valid_unit"]) == (6, "months")
    async with owner() as connection:
        card = (await connection.execute(text('select * from "case"'))).one()
    assert clock.local_day(card.valid_until).isoformat() == "2026-09-03"


async def test_all_of_an_order_may_come_at_once_and_comes_once(client: Client) -> None:
    court = await client("court")
    body = order(ruling=RULING, service=SERVICE)
    first = await push(court, "court/orders", body)
    assert first.status_code == 201, first.text
    assert (first.json()["receipt"]["state"], first.json()["receipt"]["version"]) == ("served", 5)
    again = await push(court, "court/orders", body | {"id": str(uuid7())})
    assert again.status_code == 200
    assert again.json()["receipt"]["id"] == first.json()["receipt"]["id"]
    other = body | {"id": str(uuid7()), "ruling": RULING | {"valid_months": 3}}
    refused = await push(court, "court/orders", other)
    assert (refused.status_code, refused.json()["type"]) == (
        409, "/problems/document-number-taken",
    )  # fmt: skip


@pytest.mark.parametrize("number_known", [True, False])
async def test_an_application_that_was_helped_with_is_found_by_its_people(
    client: Client, number_known: bool
) -> None:
    case_id = await filed(client, number_known)
    body = order(ruling=RULING)
    del body["application"]
    answer = await push(await client("court"), "court/orders", body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["receipt"]["case_id"] == case_id


async def test_two_applications_are_left_to_a_person(client: Client, owner: Owner) -> None:
    court = await client("court")
    ids = [await filed(client), await filed(client)]
    before = await details(owner)
    answer = await push(court, "court/orders", order())
    assert answer.status_code == 202, answer.text
    assert sorted(c["id"] for c in answer.json()["candidates"]) == sorted(ids)
    assert await details(owner) == before
    decided = await push(court, "court/orders", order(case_id=ids[0]))
    assert decided.json()["receipt"]["case_id"] == ids[0]


async def test_a_case_number_of_other_people_is_left_to_a_person(client: Client) -> None:
    court = await client("court")
    await push(court, "court/orders", order())
    stranger = {"name": "罗晓岚", "id_number": "441802199004120027"}
    answer = await push(court, "court/orders", stage(applicant=stranger, ruling=RULING))
    assert answer.status_code == 202, answer.text


async def test_a_case_the_court_was_not_given_is_not_seen(client: Client) -> None:
    fed, court = await client("women_fed_town"), await client("court")
    told = {"danger_now": False, "applicant": WIFE}
    with clock.at(NOW):
        drafted = await fed.post("/cases/protection_order", json=command(told, area=TOWN))
    hidden = await push(court, "court/orders", order(case_id=drafted.json()["case_id"]))
    assert hidden.status_code == 404
    answer = await push(court, "court/orders", order())
    assert answer.status_code == 201, answer.text
    assert answer.json()["receipt"]["case_id"] != drafted.json()["case_id"]


async def test_what_does_not_fit_stores_nothing(client: Client, owner: Owner) -> None:
    court = await client("court")
    partly = SERVICE | {"progress": "partial"}
    refused = await push(court, "court/orders", order(ruling=RULING, service=partly))
    assert (refused.status_code, refused.json()["type"]) == (
        409, "/problems/service-already-complete",
    )  # fmt: skip
    bare = order(ruling=RULING | {"measures": []})
    assert (await push(court, "court/orders", bare)).json()["problems"] == [
        {"field": "ruling.measures", "message": "请填写“措施”"}
    ]
    without = order()
    del without["application"]
    assert (await push(court, "court/orders", without)).json()["problems"] == [
        {"field": "application", "message": "必填"}
    ]
    assert await details(owner) == {}
    police = await push(await client("police"), "court/orders", order())
    assert police.status_code == 403


@pytest.mark.parametrize(
    ("ruling", "field", "message"),
    [
        ({"disposal": 6}, "ruling.disposal", "“结案方式”没有这个代码"),
        ({"disposal": True}, "ruling.disposal", "应为整数"),
        ({"measures": [8]}, "ruling.measures.0", "“措施种类”没有这个代码"),
        ({"valid_days": 30}, "ruling", "保护有效期只能按月或者按天填写一项"),
        ({"valid_months": 7}, "ruling.valid_months", "不能大于 6"),
    ],
)
async def test_codes_are_those_of_the_standard(
    client: Client, ruling: dict[str, Any], field: str, message: str
) -> None:
    body = order(ruling=RULING | ruling)
    answer = await push(await client("court"), "court/orders", body)
    assert answer.status_code == 422
    assert answer.json()["problems"] == [{"field": field, "message": message}]


DISMISSED = {"document_no": CASE_NO, "made_at": at(20), "disposal": 2, "reason": "证据不足"}


async def test_a_dismissal_is_served_too(client: Client) -> None:
    court = await client("court")
    served = SERVICE | {"recipients": ["applicant"]}
    answer = await push(court, "court/orders", order(ruling=DISMISSED, service=served))
    assert answer.status_code == 201, answer.text
    assert answer.json()["receipt"]["state"] == "dismissed"


ASKED = {"applied_at": at(40), "own_wish": True, "reason": "仍受骚扰"}


def change(item: int, **more: Any) -> dict[str, Any]:
    about = {"id": str(uuid7()), "original_case_no": CASE_NO, "case_no": "（2026）粤1802民保更1号"}
    return about | {"item": item} | more


def ruled(**more: Any) -> dict[str, Any]:
    return {"result": "allowed", "made_at": at(50), "document_no": "民保更1号"} | more


TERMS = {"measures": [1, 5], "valid_to": "2026-08-31"}


@pytest.mark.parametrize(
    ("item", "ruling", "state", "last"),
    [
        (1, ruled(), "revoked", "revoke_order"),
        (2, ruled(**TERMS), "granted", "change_order"),
        (3, ruled(**TERMS | {"valid_to": "2026-09-04"}), "granted", "change_order"),
        (3, ruled(result="refused"), "served", "keep_ruling"),
        (1, ruled(result="withdrawn"), "served", "keep_ruling"),
    ],
)
async def test_an_order_is_changed_when_asked(
    client: Client, owner: Owner, item: int, ruling: dict[str, Any], state: str, last: str
) -> None:
    court = await client("court")
    await push(court, "court/orders", order(ruling=RULING, service=SERVICE))
    asked = await push(court, "court/changes", change(item, application=ASKED))
    assert asked.status_code == 201, asked.text
    body = change(item, application=ASKED, ruling=ruling)
    answer = await push(court, "court/changes", body)
    assert answer.status_code == 201, answer.text
    receipt = answer.json()["receipt"]
    assert (receipt["state"], receipt["version"]) == (state, 7)
    assert list(await details(owner))[-2:] == ["request_change", last]
    again = await push(court, "court/changes", body | {"id": str(uuid7())})
    assert (again.status_code, again.json()["receipt"]["repeated"]) == (200, True)


async def test_no_order_changes_unasked_or_unknown(client: Client) -> None:
    court = await client("court")
    unknown = await push(court, "court/changes", change(1, application=ASKED))
    assert unknown.status_code == 404
    await push(court, "court/orders", order(ruling=RULING, service=SERVICE))
    unasked = await push(court, "court/changes", change(1, ruling=ruled()))
    assert unasked.json()["type"] == "/problems/nothing-requested"
    both = await push(court, "court/changes", change(1, application=ASKED, ruling=ruled()))
    assert both.status_code == 201, both.text


AGREED = (
    mediation.opened(**mediation.COUPLE),
    mediation.apply(),
    *mediation.BOTH_SCREENED,
    mediation.accept(),
    mediation.session(),
    mediation.agree(),
)


def confirmation(day: str) -> dict[str, Any]:
    return {
        "id": str(uuid7()),
        "agreement_no": "凤调协〔2026〕8号",
        "receipt": {
            "decision": "accepted", "decided_on": day, "court_case_no": "（2026）粤1802调确字8号",
        },
        "decision": {
            "decision": "confirmed", "decided_on": day, "document_no": "（2026）粤1802民特8号",
        },
    }  # fmt: skip


async def test_a_confirmation_goes_to_its_agreement(client: Client) -> None:
    court = await client("court")
    journey = Journey(client, "mediation", {"village": 441802103201})
    for step in AGREED:
        assert (await journey.take(step)).is_success
    day = clock.local_day(journey.moment + timedelta(days=4)).isoformat()
    when, body = journey.moment + timedelta(days=5), confirmation(day)
    unasked = await push(court, "court/confirmations", body, when)
    assert unasked.status_code == 404
    assert (await journey.take(mediation.confirm())).is_success
    answer = await push(court, "court/confirmations", body, when)
    assert answer.status_code == 201, answer.text
    receipt = answer.json()["receipt"]
    assert (receipt["case_id"], receipt["state"]) == (journey.case_id, "confirmed")
    again = await push(court, "court/confirmations", body | {"id": str(uuid7())}, when)
    assert again.json()["receipt"]["id"] == receipt["id"]
