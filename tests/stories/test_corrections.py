"""Corrections: everything that hung on the wrong words follows the right ones, or stands firm."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app import clock
from tests.conftest import Client, Owner
from tests.kinds.journey import Journey
from tests.kinds.test_every_kind import ids
from tests.kinds.walks import DAY, dv_warning
from tests.kinds.walks.protection_order import WALKS as ORDERS
from tests.stories.answers import NOW, REPORT, command

__all__ = ["ids"]

CALM = dict.fromkeys(
    (
        "threatened_to_kill", "able_to_kill", "controls_life", "nobody_else", "suicide_threat",
        "die_together", "threatened_family", "will_hurt_soon", "stalked", "suffocated",
        "other_lethal",
    ),
    False,
)  # fmt: skip


async def corrected(
    who: httpx.AsyncClient, kind: str, case_id: str, event_id: str, answers: dict[str, Any]
) -> httpx.Response:
    body = command(answers) | {"event_id": event_id, "reason": "登记有误"}
    return await who.post(f"/cases/{kind}/{case_id}/correct", json=body)


@pytest.fixture
async def case_id(client: Client) -> str:
    fed = await client("women_fed_town")
    answer = await fed.post("/cases/dv_warning", json=command(REPORT))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["case_id"])


async def test_danger_is_not_lowered_by_correcting(client: Client, case_id: str) -> None:
    """Anyone raises it; lowering it is a supervisor's, whatever the door (妇联规程 9–11)."""
    fed, boss = await client("women_fed_town"), await client("women_fed_district")
    url = f"/cases/dv_warning/{case_id}"
    rated = await fed.post(f"{url}/assess_danger", json=command(CALM | {"suffocated": True}))
    event = rated.json()["id"]
    lower = await corrected(fed, "dv_warning", case_id, event, {"suffocated": False})
    assert lower.json()["type"] == "/problems/danger-lowered-by-supervisor-only"
    told = {"suffocated": False, "judged": "low", "judged_reason": "受害人称系误记"}
    fixed = await corrected(boss, "dv_warning", case_id, event, told)
    assert fixed.status_code == 200, fixed.text
    page = (await fed.get(f"/cases/{case_id}")).json()
    assert page["card"]["danger"] == "low"
    assert {e["name"]: e["outcome"] for e in page["events"]}["assess_danger"] == "low"


async def test_the_duty_to_report_is_not_lifted_by_correcting(client: Client) -> None:
    committee = await client("village_committee")
    child = {"name": "贺小满", "sex": "female", "birth_on": "2017-05-20"}
    report = REPORT | {"children_present": True, "children": [child]}
    opened = (await committee.post("/cases/dv_warning", json=command(report))).json()
    done = {
        "outcome": "reported",
        "harm": "domestic_violence",
        "receipt_no": "440000202600012",
        "reported_at": NOW.isoformat(),
    }
    url = f"/cases/dv_warning/{opened['case_id']}/mandatory_report"
    told = await committee.post(url, json=command(done))
    assert told.status_code == 200, told.text
    excuse = {"outcome": "not_required", "reason": "孩子不在场", "receipt_no": None,
              "reported_at": None}  # fmt: skip
    refused = await corrected(committee, "dv_warning", opened["case_id"], told.json()["id"], excuse)
    assert refused.json()["type"] == "/problems/report-duty-exempted-by-supervisor-only"


async def test_what_had_effects_is_done_anew_not_corrected(client: Client, case_id: str) -> None:
    fed = await client("women_fed_town")
    own = (await fed.get("/me")).json()["organisation"]["id"]
    url = f"/cases/dv_warning/{case_id}/assign"
    done = await fed.post(url, json=command({"organisation_id": own}))
    assert done.status_code == 200, done.text
    refused = await corrected(
        fed, "dv_warning", case_id, done.json()["id"], {"organisation_id": own + 1}
    )
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/wrong-state")


VISITS = (
    "select round, started_at, due_at, met_at, met_outcome, dropped_reason from deadline"
    " where rule = 'visit' order by round, due_at, dropped_reason nulls last"
)


async def rounds(owner: Owner) -> list[Any]:
    async with owner() as connection:
        return list((await connection.execute(text(VISITS))).all())


@pytest.fixture
async def journey(client: Client, ids: dict[str, Any]) -> Journey:
    """A warning delivered, and two visits that found nothing."""
    made = Journey(client, "dv_warning", ids)
    for step in (*dv_warning.WARNED, dv_warning.visit(5 * DAY), dv_warning.visit(85 * DAY)):
        answer = await made.take(step)
        assert answer.status_code in (200, 201), answer.text
    return made


async def test_a_corrected_visit_keeps_its_round_and_moves_the_next(
    client: Client, owner: Owner, journey: Journey
) -> None:
    """34号 12: each visit is due three months after the last one was made."""
    police, before = await client("police"), await rounds(owner)
    assert [row.met_at is None for row in before] == [False, False, True]
    earlier = before[1].met_at - 3 * DAY
    with clock.at(journey.moment):
        fixed = await corrected(
            police, "dv_warning", journey.case_id, journey.receipts[-1]["id"],
            {"visited_at": earlier.isoformat()},
        )  # fmt: skip
        assert fixed.status_code == 200, fixed.text
    after = await rounds(owner)
    assert [row.round for row in after] == [1, 2, 3, 3]
    assert after[1].met_at == earlier
    gone, running = sorted(after[2:], key=lambda row: row.dropped_reason is None)
    assert (gone.dropped_reason, gone.due_at) == ("corrected", before[2].due_at)
    assert (running.started_at, running.dropped_reason) == (earlier, None)
    assert running.due_at < before[2].due_at


async def test_a_visit_that_reached_nobody_after_all_is_still_owed(
    client: Client, owner: Owner, journey: Journey
) -> None:
    police, before = await client("police"), await rounds(owner)
    page = (await police.get(f"/cases/{journey.case_id}/timeline")).json()["items"]
    answers = next(e for e in page if e["id"] == journey.receipts[-1]["id"])["answers"]
    keep = {"outcome": "not_reached"} | {
        n: None for n in answers if n not in ("visited_at", "outcome", "mode", "visitors")
    }
    with clock.at(journey.moment):
        fixed = await corrected(
            police, "dv_warning", journey.case_id, journey.receipts[-1]["id"], keep
        )
    assert fixed.status_code == 200, fixed.text
    after = await rounds(owner)
    assert [(row.round, row.met_at is None, row.dropped_reason) for row in after] == [
        (1, False, None), (2, True, None), (3, True, "corrected"),
    ]  # fmt: skip
    assert after[1].due_at == before[1].due_at


async def test_an_earlier_visit_corrected_does_not_become_the_latest(
    client: Client, journey: Journey
) -> None:
    police = await client("police")
    first, second = [r["id"] for r in journey.receipts[-2:]]
    with clock.at(journey.moment):
        fixed = await corrected(
            police, "dv_warning", journey.case_id, first, {"visitor_names": "周明、郑力"}
        )
        assert fixed.status_code == 200, fixed.text
    events = (await police.get(f"/cases/{journey.case_id}")).json()["events"]
    assert next(e["id"] for e in events if e["name"] == "record_visit") == second


async def test_an_orders_term_corrected_moves_its_end(
    client: Client, owner: Owner, ids: dict[str, Any]
) -> None:
    walk = next(w for w in ORDERS if any(s.action == "serve" for s in w.steps))
    journey = Journey(client, walk.kind, ids)
    decided: dict[str, Any] = {}
    for step in walk.steps:
        answer = await journey.take(step)
        if step.action == "decide" and answer.status_code == 200:
            decided = answer.json()
            break
    assert decided["state"] == "granted"
    ends = 'select valid_until from "case"'
    async with owner() as connection:
        before = await connection.scalar(text(ends))
    court = await client("court")
    with clock.at(journey.moment + timedelta(hours=1)):
        fixed = await corrected(
            court, walk.kind, journey.case_id, decided["id"],
            {"valid_for": 1, "valid_unit": "months"},
        )  # fmt: skip
    assert fixed.status_code == 200, fixed.text
    async with owner() as connection:
        after = await connection.scalar(text(ends))
    assert before is not None
    assert after is not None
    assert after < before


async def test_an_answer_taken_back_leaves_no_word_none(client: Client, case_id: str) -> None:
    """An optional outcome without an answer is none, not the word."""
    fed = await client("women_fed_town")
    note = await fed.post(f"/cases/dv_warning/{case_id}/note", json=command({"text": "已电话联系"}))
    fixed = await corrected(fed, "dv_warning", case_id, note.json()["id"], {"text": "已上门"})
    assert fixed.status_code == 200, fixed.text
    events = (await fed.get(f"/cases/{case_id}/timeline")).json()["items"]
    assert {e["outcome"] for e in events if e["name"] == "note"} == {None}


async def test_another_reason_is_another_command(client: Client, case_id: str) -> None:
    fed = await client("women_fed_town")
    note = await fed.post(f"/cases/dv_warning/{case_id}/note", json=command({"text": "甲"}))
    body = command({"text": "乙"}) | {"event_id": note.json()["id"], "reason": "笔误"}
    url = f"/cases/dv_warning/{case_id}/correct"
    assert (await fed.post(url, json=body)).status_code == 200
    assert (await fed.post(url, json=body)).json()["repeated"] is True
    again = await fed.post(url, json=body | {"reason": "另一理由"})
    assert again.json()["type"] == "/problems/id-reused"


async def test_half_a_character_is_a_wrong_answer(client: Client, case_id: str) -> None:
    """Browsers cut emoji in two."""
    fed = await client("women_fed_town")
    answers = {"what_happened": "他又来了\ud83d"}
    body = command(answers) | {"event_id": case_id, "reason": "登记有误"}
    answer = await fed.post(
        f"/cases/dv_warning/{case_id}/correct",
        content=json.dumps(body),
        headers={"content-type": "application/json"},
    )
    assert answer.status_code == 422, answer.text
    assert answer.json()["problems"] == [{"field": "answers", "message": "填写有误"}]


async def test_the_page_is_told_what_may_be_corrected_and_whom_numbers_mean(
    client: Client,
) -> None:
    fed, committee = await client("women_fed_town"), await client("village_committee")
    case_id = (await committee.post("/cases/dv_warning", json=command(REPORT))).json()["case_id"]
    url, own = f"/cases/dv_warning/{case_id}", (await fed.get("/me")).json()["organisation"]
    await fed.post(f"{url}/assign", json=command({"organisation_id": own["id"]}))
    note = (await fed.post(f"{url}/note", json=command({"text": "甲"}))).json()["id"]
    empty = await corrected(fed, "dv_warning", case_id, note, {})
    assert (empty.status_code, empty.json()["problems"][0]["field"]) == (422, "answers")
    assert (await corrected(fed, "dv_warning", case_id, note, {"text": "乙"})).status_code == 200

    async def told(who: httpx.AsyncClient) -> list[tuple[str, bool]]:
        page = (await who.get(f"/cases/{case_id}/timeline")).json()["items"]
        return [(event["name"], event["correctable"]) for event in page]

    assert await told(fed) == [
        ("note", True), ("note", False), ("assign", True), ("opened", True),
    ]  # fmt: skip
    assert dict(await told(committee))["assign"] is False
    page = (await fed.get(f"/cases/{case_id}")).json()
    assign = next(event for event in page["events"] if event["name"] == "assign")
    assert assign["names"] == {"organisation_id": own["name"]}
    kind = next(k for k in (await fed.get("/kinds")).json()["kinds"] if k["name"] == "dv_warning")
    settled = {action["name"]: action["settled"] for action in kind["actions"]}
    assert (settled["assign"], settled["note"]) == (["account_id", "organisation_id"], [])
