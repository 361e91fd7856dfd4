"""The police push their papers: into the right case, once, whole or not at all."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from app import clock
from app.ids import uuid7
from app.services.agencies.partners import step_id
from tests.conftest import Client, Owner
from tests.stories.answers import NOW, REPORT, command
from tests.stories.partner_papers import (
    DELIVERY,
    FATHER,
    FINDING,
    HUSBAND,
    LATER,
    WIFE,
    at,
    incident,
    push,
    visit,
    warning,
)

VILLAGE = 441802103201


async def report(client: Client, **more: Any) -> str:
    """A report of the same violence by the women's federation; the case's id."""
    fed = await client("women_fed_district")
    with clock.at(NOW):
        body = command(REPORT | more, area=VILLAGE)
        answer = await fed.post("/cases/dv_warning", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["case_id"])


async def names(owner: Owner, case_id: str | None = None) -> list[str]:
    """The events of a case, or of all cases, in their order."""
    async with owner() as connection:
        found = await connection.execute(
            text("select name from event where case_id = :id or cast(:id as uuid) is null"
                 " order by case_id, seq"),
            {"id": case_id},
        )  # fmt: skip
        return list(found.scalars())


async def test_a_warning_nobody_told_of_opens_its_case_and_runs_its_course(
    client: Client, owner: Owner
) -> None:
    police = await client("police")
    body = warning()
    answer = await push(police, "police/warnings", body)
    assert answer.status_code == 201, answer.text
    receipt = answer.json()["receipt"]
    assert receipt["id"] == body["id"]
    assert receipt["number"] == "告诫〔2026〕00001号"
    assert (receipt["state"], receipt["version"]) == ("monitoring", 4)
    assert await names(owner) == ["opened", "accept", "issue_warning", "deliver_warning"]
    async with owner() as connection:
        rows = await connection.execute(text("select channel, happened_at from event order by seq"))
        found = rows.all()
        due = await connection.execute(
            text("select count(*) from deadline where met_at is null and dropped_at is null")
        )
    assert {row.channel for row in found} == {"police"}
    assert [row.happened_at.isoformat() for row in found] == [at(1), at(1), at(5), at(6)]
    assert due.scalar_one() > 0


async def test_the_same_paper_again_is_the_same_receipt_and_another_is_refused(
    client: Client, owner: Owner
) -> None:
    police = await client("police")
    body = warning()
    first = await push(police, "police/warnings", body)
    for again in (body, body | {"id": str(uuid7())}):
        answer = await push(police, "police/warnings", again)
        assert answer.status_code == 200, answer.text
        assert answer.json()["receipt"] == first.json()["receipt"] | {"repeated": True}
    other = await push(police, "police/warnings", warning(delivery=None))
    assert (other.status_code, other.json()["type"]) == (409, "/problems/document-number-taken")
    spaced = body["warning"] | {"document_no": "清城公(源)告〔2026〕 12号"}
    other = await push(police, "police/warnings", warning(warning=spaced))
    assert other.json()["type"] == "/problems/document-number-taken"
    renamed = body["warning"] | {"document_no": "清城公（源）告〔2026〕13号"}
    other = await push(police, "police/warnings", body | {"warning": renamed})
    assert other.json()["type"] == "/problems/id-reused"
    assert len(await names(owner)) == 4


async def test_ten_equal_papers_at_once_leave_one_case(client: Client, owner: Owner) -> None:
    police = await client("police")
    body = warning()
    answers = await asyncio.gather(*(push(police, "police/warnings", body) for _ in range(10)))
    assert sorted(a.status_code for a in answers) == [200] * 9 + [201]
    assert len(await names(owner)) == 4


async def test_two_papers_about_one_pair_at_once_do_not_open_two_cases(
    client: Client, owner: Owner
) -> None:
    police = await client("police")
    second = warning(incident_no="J4418022026000013")
    second["warning"] = second["warning"] | {"document_no": "清城公（源）告〔2026〕13号"}
    answers = await asyncio.gather(
        *(push(police, "police/warnings", body) for body in (warning(), second))
    )
    assert sorted(a.status_code for a in answers) == [201, 409]
    assert len(await names(owner)) == 4


async def test_a_warning_goes_on_in_the_open_case_of_the_same_two_people(
    client: Client, owner: Owner
) -> None:
    case_id = await report(client)
    answer = await push(await client("police"), "police/warnings", warning(area=None))
    assert answer.status_code == 201, answer.text
    assert answer.json()["receipt"]["case_id"] == case_id
    steps = ["opened", "accept", "issue_warning", "deliver_warning"]
    assert await names(owner, case_id) == steps


async def test_who_the_case_knows_by_name_only_is_told_by_the_name(client: Client) -> None:
    named = {"name": HUSBAND["name"], "relation": "spouse"}
    case_id = await report(client, perpetrator=named)
    answer = await push(await client("police"), "police/warnings", warning())
    assert answer.json()["receipt"]["case_id"] == case_id


async def test_another_perpetrator_is_another_case(client: Client) -> None:
    case_id = await report(client, perpetrator=FATHER | {"relation": "parent"})
    answer = await push(await client("police"), "police/warnings", warning())
    assert answer.status_code == 201, answer.text
    assert answer.json()["receipt"]["case_id"] != case_id


async def test_two_candidates_are_left_to_a_person(client: Client, owner: Owner) -> None:
    police = await client("police")
    ids = [await report(client), await report(client)]
    before = await names(owner)
    body = warning()
    answer = await push(police, "police/warnings", body)
    assert answer.status_code == 202, answer.text
    outcome = answer.json()
    assert (outcome["result"], outcome["receipt"]) == ("needs_decision", None)
    assert sorted(c["id"] for c in outcome["candidates"]) == sorted(ids)
    assert all(c["number"] and c["state"] == "reported" for c in outcome["candidates"])
    assert WIFE["name"] not in answer.text
    assert await names(owner) == before
    both = await push(police, "police/warnings", body | {"case_id": ids[1], "open_new": True})
    assert both.status_code == 422
    decided = await push(police, "police/warnings", body | {"case_id": ids[1]})
    assert decided.status_code == 201, decided.text
    assert decided.json()["receipt"]["case_id"] == ids[1]
    again = await push(police, "police/warnings", body)
    assert again.status_code == 200
    assert again.json()["receipt"]["case_id"] == ids[1]


async def test_a_person_may_decide_for_a_case_of_its_own(client: Client) -> None:
    ids = [await report(client), await report(client)]
    answer = await push(await client("police"), "police/warnings", warning(open_new=True))
    assert answer.status_code == 201, answer.text
    assert answer.json()["receipt"]["case_id"] not in ids


async def test_who_is_missing_in_the_case_a_person_chose_joins_it(
    client: Client, owner: Owner
) -> None:
    police = await client("police")
    case_id = await report(client, perpetrator=None)
    doubt = await push(police, "police/warnings", warning())
    assert [c["id"] for c in doubt.json()["candidates"]] == [case_id]
    answer = await push(police, "police/warnings", warning(case_id=case_id))
    assert answer.status_code == 201, answer.text
    assert (await names(owner, case_id))[1:3] == ["add_party", "accept"]


async def test_nothing_is_done_by_halves(client: Client, owner: Owner) -> None:
    police = await client("police")
    silent = DELIVERY | {"read_aloud": False}
    refused = await push(police, "police/warnings", warning(delivery=silent))
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/not-read-aloud")
    early = DELIVERY | {"delivered_at": at(4)}
    disordered = await push(police, "police/warnings", warning(delivery=early))
    assert disordered.status_code == 422
    future = await push(police, "police/warnings", warning(), when=NOW)
    assert future.status_code == 422
    assert await names(owner) == []
    async with owner() as connection:
        left = await connection.execute(text("select count(*) from partner_document"))
        assert left.scalar_one() == 0
    assert (await push(police, "police/warnings", warning())).status_code == 201


async def test_a_warning_somebody_typed_in_is_not_taken_twice(client: Client) -> None:
    police = await client("police")
    body = warning(delivery=None)
    receipt = (await push(police, "police/warnings", body)).json()["receipt"]
    case_id, paper = receipt["case_id"], body["warning"] | {"document_no": "清城公告 2 号"}
    with clock.at(LATER):
        undone = {
            "revoked_at": at(20), "document_no": "撤1号", "reason": "procedure",
            "explanation": "重新出具", "victim_told_at": at(20),
        }  # fmt: skip
        url = f"/cases/dv_warning/{case_id}"
        assert (await police.post(f"{url}/revoke_warning", json=command(undone))).is_success
        assert (await police.post(f"{url}/reopen", json=command({"reason": "重办"}))).is_success
        typed = await police.post(f"{url}/issue_warning", json=command(paper))
    assert typed.is_success, typed.text
    answer = await push(police, "police/warnings", warning(warning=paper))
    assert answer.json()["type"] == "/problems/document-number-taken"


@pytest.mark.parametrize(
    ("disposal", "state"),
    [
        ({"criticised": FINDING | {"victim_wish": "criticism", "victim_forgives": True,
                                   "ground": "forgiven"}}, "criticised"),
        ({"punished": {"decided_at": at(5), "document_no": "罚〔2026〕31号", "ground": "beating",
                       "penalties": ["fine"], "fine": "500.00"}}, "punished"),
        ({"criminal": {"decided_at": at(5), "case_no": "A20260007",
                       "charge": "intentional_injury"}}, "criminal"),
        ({"not_established": {"decided_at": at(5), "reason": "not_domestic_violence",
                              "explanation": "邻里纠纷", "victim_told": True}}, "not_established"),
    ],
)  # fmt: skip
async def test_an_incident_comes_first_and_its_disposal_later(
    client: Client, owner: Owner, disposal: dict[str, Any], state: str
) -> None:
    police = await client("police")
    first = await push(police, "police/incidents", incident())
    assert first.status_code == 201, first.text
    assert first.json()["receipt"]["state"] == "accepted"
    body = incident(**disposal)
    second = await push(police, "police/incidents", body)
    assert second.status_code == 201, second.text
    receipt = second.json()["receipt"]
    assert receipt["case_id"] == first.json()["receipt"]["case_id"]
    assert receipt["state"] == state
    assert len(await names(owner)) == 3
    assert (await push(police, "police/incidents", body)).json()["receipt"]["repeated"]
    changed = await push(police, "police/incidents", body | {"what_happened": "另一经过"})
    assert changed.json()["type"] == "/problems/document-number-taken"


async def test_an_incident_has_one_disposal(client: Client) -> None:
    criminal = {"decided_at": at(5), "case_no": "A7", "charge": "other"}
    nothing = {"decided_at": at(5), "reason": "duplicate", "explanation": "同", "victim_told": True}
    body = incident(criminal=criminal, not_established=nothing)
    answer = await push(await client("police"), "police/incidents", body)
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["message"] == "处理结果只能有一种"


async def test_an_incident_number_finds_the_case_that_knows_nobody(client: Client) -> None:
    grid, police = await client("grid_worker"), await client("police")
    quick = {"immediate_danger": True, "what_happened": "隔壁传出打骂声和哭声"}
    with clock.at(NOW):
        case_id = (await grid.post("/cases/dv_warning", json=command(quick))).json()["case_id"]
    accepted = {
        "accepted_at": at(1), "incident_no": "J4418022026000012", "officers": "周明",
        "victim_wish": "undecided",
    }  # fmt: skip
    with clock.at(LATER):
        url = f"/cases/dv_warning/{case_id}/accept"
        assert (await police.post(url, json=command(accepted))).is_success
    answer = await push(police, "police/warnings", warning())
    assert answer.status_code == 201, answer.text
    assert answer.json()["receipt"]["case_id"] == case_id


async def test_a_visit_goes_to_its_warning(client: Client, owner: Owner) -> None:
    police = await client("police")
    assert (await push(police, "police/visits", visit())).status_code == 404
    await push(police, "police/warnings", warning())
    body = visit(document_no="清城公(源)告〔2026〕12号")
    first, again = [await push(police, "police/visits", body) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 200), first.text
    assert first.json()["receipt"]["state"] == "monitoring"
    other = body | {"visit": body["visit"] | {"outcome": "not_reached"}}
    del other["visit"]["victim_safe_to_speak"]
    reused = await push(police, "police/visits", other)
    assert reused.json()["type"] == "/problems/id-reused"
    assert (await push(police, "police/visits", visit(extra=True))).status_code == 201
    assert (await names(owner))[-2:] == ["record_visit", "record_extra_visit"]


async def test_the_door_is_for_the_police_in_their_own_area(client: Client, owner: Owner) -> None:
    for other in ("court", "women_fed_district", "system_admin"):
        answer = await push(await client(other), "police/warnings", warning())
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-allowed")
    town = await client("police_2")
    outside = await push(town, "police/warnings", warning(area=441802106000))
    assert outside.status_code == 403
    await push(await client("police"), "police/warnings", warning(area=441802106000))
    hidden = await push(town, "police/visits", visit())
    unknown = await push(town, "police/visits", visit(document_no="没有这份"))
    assert hidden.status_code == 404
    assert hidden.json() == unknown.json()
    taken = await push(town, "police/warnings", warning())
    assert taken.json()["type"] == "/problems/document-number-taken"
    assert set(taken.json()) == {"type", "title", "status", "detail"}
    assert len(await names(owner)) == 4


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"secret": 1}, "secret", "没有这一项"),
        ({"open_new": "yes"}, "open_new", "应为是或否"),
        ({"area": "441802103000"}, "area", "应为整数"),
        ({"victim": WIFE | {"id_number": "441802198805120023"}}, "victim.id_number",
         "身份证号有误，请核对（末位为校验码）"),
        ({"victim": {"name": "林秋禾"}}, "victim.id_number", "必填"),
        ({"accepted_at": "2026-03-02T10:00:00"}, "accepted_at", "时间须带时区"),
        ({"id": "5d1b8f2e-6d0f-4e0a-9b55-111111111111"}, "id", "编号须为 UUIDv7"),
    ],
)  # fmt: skip
async def test_a_wrong_body_is_refused_in_words(
    client: Client, change: dict[str, Any], field: str, message: str
) -> None:
    answer = await push(await client("police"), "police/warnings", warning() | change)
    assert answer.status_code == 422
    assert answer.json()["problems"] == [{"field": field, "message": message}]


def test_steps_have_ids_of_their_own_that_stay_the_same() -> None:
    command_id = uuid7()
    ids = [step_id(command_id, n) for n in range(1, 100)]
    assert ids == [step_id(command_id, n) for n in range(1, 100)]
    assert len({command_id, *ids}) == 100
    assert {(i.version, i.variant, i.time_low) for i in ids} == {
        (7, command_id.variant, command_id.time_low)
    }
