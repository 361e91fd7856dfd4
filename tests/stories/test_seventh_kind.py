"""A seventh kind of case: this file, and nothing else, knows of it.

职场性骚扰投诉 (妇保法 23, 25, 80): an employer's duty to handle a complaint and answer in writing.
"""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from app import clock
from app.clock import WorkDays, end_of_day
from app.kinds import KINDS, kinds_of
from app.kinds.base import OPENED, Action, Branch, CaseKind, DeadlineRule, Matter, Notify
from app.kinds.forms import S1, S2, S3, Choice, Form, Yes, ask, when
from app.kinds.guards import Fact, Facts, Refusal, guard
from app.kinds.measures import Clocks, Count, Events, Indicator, OnTime, Share
from app.kinds.people import PartyRole, PersonAnswer, party
from app.kinds.rights import Kept
from app.main import create_app
from app.roles import WOMEN_FED, Role
from app.services.seed import DISTRICT, TOWN, VILLAGE
from tests.conftest import Client, serve
from tests.stories.answers import NOW, command

CARERS = WOMEN_FED | {Role.JUSTICE_BUREAU, Role.POLICE}


class Conduct(Choice):
    WORDS = "words", "言语"
    IMAGES = "images", "文字、图像"
    BODY = "body", "肢体行为"


class Result(Choice):
    FOUND = "found", "查实"
    NOT_FOUND = "not_found", "未查实"


class Complaint(Form):
    complainant: PersonAnswer = party("投诉人", PartyRole.APPLICANT, source="妇保法 23")
    employer: str = ask("用人单位", S2, source="妇保法 25", max_length=100)
    conduct: list[Conduct] = ask("行为方式", S3, source="妇保法 23", min_length=1)
    account: str = ask("事情经过", S3, source="妇保法 23", widget="long_text", max_length=4000)


class Inquiry(Form):
    heard_complainant: Yes = ask("已听取投诉人陈述", S1, source="妇保法 25(五)")
    privacy_kept: Yes = ask("已采取保密措施", S1, source="妇保法 25(五)")


class Answer(Form):
    result: Result = ask("处理结果", S1, source="妇保法 23")
    told_in_writing_on: date = ask("书面告知日期", S1, source="妇保法 23")
    discipline: str | None = ask(
        "处分情况",
        S2,
        source="妇保法 80",
        default=None,
        visible_if=when("result", Result.FOUND),
        required_if=when("result", Result.FOUND),
        max_length=500,
    )


@guard("妇保法 25(五)", Fact.ANSWERS)
def complainant_heard(facts: Facts, form: Answer) -> Refusal | None:
    if not any(a["heard_complainant"] for a in facts.answers.get("inquire", ())):
        return Refusal(type="complainant-not-heard", detail="尚未听取投诉人陈述，不能作出处理结果")
    return None


KIND = CaseKind(
    name="workplace_harassment",
    title="职场性骚扰投诉",
    prefix="职场",
    basis="妇保法 23, 25, 80",
    matter=Matter.AID,
    form=Complaint,
    subject="complainant",
    opened_by=CARERS,
    read_by=CARERS,
    carried_by=CARERS,
    states={"received": "已受理", "upheld": "查实，待整改", "closed": "已结案"},
    initial="received",
    final=frozenset({"closed"}),
    reopens_to="received",
    kept=Kept(years=3, source="设计"),
    in_charge="设计",
    actions=(
        Action(
            name="inquire",
            title="调查",
            source=frozenset({"received"}),
            target=None,
            by=WOMEN_FED,
            basis="妇保法 25(五)",
            form=Inquiry,
        ),
        Action(
            name="answer",
            title="书面告知处理结果",
            source=frozenset({"received"}),
            target=Branch("result", {Result.FOUND: "upheld", Result.NOT_FOUND: "closed"}),
            by=WOMEN_FED,
            basis="妇保法 23",
            form=Answer,
            guards=(complainant_heard,),
            effects=(
                Notify(
                    to=(Role.POLICE,),
                    text="有一件投诉已查实，请依法处理",
                    basis="妇保法 80",
                    only_if=when("result", Result.FOUND),
                ),
            ),
            counted_from="told_in_writing_on",
        ),
        Action(
            name="confirm_remedy",
            title="确认整改",
            source=frozenset({"upheld"}),
            target="closed",
            by=WOMEN_FED,
            basis="妇保法 80",
        ),
    ),
    deadlines=(
        DeadlineRule(
            name="written_answer",
            title="书面告知处理结果",
            basis="妇保法 23（及时）",
            owner=Role.WOMEN_FED_TOWN,
            starts_on=frozenset({OPENED}),
            met_by=frozenset({"answer"}),
            alert=WorkDays(5, source="设计", region="区"),
            due=WorkDays(10, source="设计：妇保法 23“及时”", region="区"),
        ),
    ),
    indicators=(
        Indicator(
            code="SEV-01",
            title="职场性骚扰投诉件数",
            unit="件",
            rule="本期受理的投诉件数",
            clause="二(八)",
            measure=Count(of=Events(names=frozenset({OPENED}))),
        ),
        Indicator(
            code="SEV-02",
            title="投诉按期书面告知率",
            unit="%",
            rule="按期书面告知 ÷ 本期到期的投诉",
            clause="二(八)",
            measure=OnTime(of=Clocks(rule="written_answer", by="due")),
        ),
        Indicator(
            code="SEV-03",
            title="投诉查实率",
            unit="%",
            rule="查实 ÷ 作出处理结果的投诉",
            clause="二(八)",
            measure=Share(
                part=Events(names=frozenset({"answer"}), outcomes=frozenset({Result.FOUND})),
                whole=Events(names=frozenset({"answer"})),
            ),
        ),
    ),
)

COMPLAINT = {
    "complainant": {"name": "方静怡", "sex": "female", "birth_on": "1996-04-02"},
    "employer": "某电子厂",
    "conduct": ["words", "images"],
    "account": "主管多次发送不当图片",
}
HEARD = {"heard_complainant": True, "privacy_kept": True}
OPEN = f"/cases/{KIND.name}"


@pytest.fixture(scope="module")
async def larger(engine: AsyncEngine) -> AsyncIterator[FastAPI]:
    """An app that has one kind more."""
    made = create_app(kinds={**KINDS, **kinds_of(KIND)}, engine=engine)
    async with made.router.lifespan_context(made):
        yield made


@pytest.fixture
async def client(app: FastAPI, larger: FastAPI) -> AsyncIterator[Client]:
    """Clients of the larger app; the usual one only empties the tables afterwards."""
    async with serve(larger) as made:
        yield made


async def opened(client: Client) -> str:
    fed = await client("women_fed_town")
    with clock.at(NOW):
        answer = await fed.post(OPEN, json=command(COMPLAINT, area=VILLAGE))
    assert answer.status_code == 201, answer.text
    assert answer.json()["number"] == "职场〔2026〕00001号"
    return str(answer.json()["case_id"])


async def test_it_is_opened_acted_on_corrected_and_closed(client: Client) -> None:
    case_id = await opened(client)
    fed, village = await client("women_fed_town"), await client("village_committee")
    url = f"{OPEN}/{case_id}"
    found = {"result": "found", "told_in_writing_on": "2026-03-02", "discipline": "记过"}
    with clock.at(NOW):
        unheard = await fed.post(f"{url}/answer", json=command(found))
        assert unheard.json()["type"] == "/problems/complainant-not-heard"
        assert unheard.json()["basis"] == "妇保法 25(五)"
        assert (await fed.post(f"{url}/inquire", json=command(HEARD))).status_code == 200
        hidden = await fed.post(f"{url}/answer", json=command({**found, "result": "not_found"}))
        assert hidden.status_code == 422
        done = await fed.post(f"{url}/answer", json=command(found))
        assert done.json()["state"] == "upheld"
        change = command({"discipline": "记大过"}) | {
            "event_id": done.json()["id"],
            "reason": "登记有误",
        }
        assert (await fed.post(f"{url}/correct", json=change)).status_code == 200
        assert (await village.get(f"/cases/{case_id}")).status_code == 404
        assert (await village.post(OPEN, json=command(COMPLAINT))).status_code == 403
        assert (await fed.post(f"{url}/note", json=command({"text": "已回访"}))).status_code == 200
        assert (await fed.post(f"{url}/confirm_remedy", json=command({}))).status_code == 200
        card = (await fed.get(f"/cases/{case_id}")).json()["card"]
    assert (card["kind"], card["state"], card["state_title"]) == (KIND.name, "closed", "已结案")


async def test_its_clock_is_in_the_worklist_and_stops_there(client: Client) -> None:
    case_id = await opened(client)
    fed = await client("women_fed_town")
    due_at = end_of_day(date(2026, 3, 16))
    for moment, late in ((due_at, False), (due_at + timedelta(microseconds=1), True)):
        with clock.at(moment):
            items = (await fed.get("/worklist", params={"kind": KIND.name})).json()["items"]
        assert [(i["rule"], i["title"], i["basis"], i["overdue"]) for i in items] == [
            ("written_answer", "书面告知处理结果", "妇保法 23（及时）", late)
        ]
    url = f"{OPEN}/{case_id}"
    with clock.at(due_at):
        answer = {"result": "not_found", "told_in_writing_on": "2026-03-13"}
        assert (await fed.post(f"{url}/inquire", json=command(HEARD, due_at))).status_code == 200
        assert (await fed.post(f"{url}/answer", json=command(answer, due_at))).status_code == 200
        assert (await fed.get("/worklist", params={"kind": KIND.name})).json()["items"] == []


async def test_its_indicators_count_it(client: Client) -> None:
    case_id = await opened(client)
    fed = await client("women_fed_district")
    url = f"{OPEN}/{case_id}"
    found = {"result": "found", "told_in_writing_on": "2026-03-04", "discipline": "记过"}
    later = NOW + timedelta(days=2)
    with clock.at(later):
        assert (await fed.post(f"{url}/inquire", json=command(HEARD, later))).status_code == 200
        assert (await fed.post(f"{url}/answer", json=command(found, later))).status_code == 200
        board = await fed.get("/indicators", params={"area": DISTRICT, "period": "2026-03"})
        assert board.status_code == 200, board.text
        lines = {i["code"]: i for i in board.json()["items"] if i["code"].startswith("SEV")}
        behind = await fed.get("/indicators/SEV-01/cases", params={"area": TOWN, "period": "2026"})
    assert {code: line["value"] for code, line in lines.items()} == {
        "SEV-01": 1,
        "SEV-02": 100,
        "SEV-03": 100,
    }
    assert lines["SEV-01"]["kind"] == KIND.name
    assert [row["case_id"] for row in behind.json()["items"]] == [case_id]


async def test_it_is_told_to_frontends_and_partners(client: Client) -> None:
    fed = await client("women_fed_town")
    told = (await fed.get("/kinds")).json()
    mine: dict[str, Any] = next(k for k in told["kinds"] if k["name"] == KIND.name)
    assert mine["states"] == KIND.states
    assert [a["name"] for a in mine["actions"]][:3] == ["inquire", "answer", "confirm_remedy"]
    clocks = [d["name"] for d in mine["deadlines"]]
    assert clocks == ["written_answer", "mandatory_report", "tell_later", "referral_reply"]
    asked = told["schemas"][mine["form"]]["properties"]
    assert asked["account"]["x-sight"] == "S3"
    assert asked["employer"]["x-source"] == "妇保法 25"

    described = (await fed.get("http://test/api/openapi.json")).json()
    operation = described["paths"][f"/api/v1{OPEN}/{{case_id}}/answer"]["post"]
    assert operation["operationId"] == "workplace_harassment_answer"
    body = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    answers = described["components"]["schemas"][body.rpartition("/")[2]]["properties"]["answers"]
    form = described["components"]["schemas"][answers["$ref"].rpartition("/")[2]]
    assert set(form["properties"]) == {"result", "told_in_writing_on", "discipline"}
    assert form["additionalProperties"] is False


def test_the_others_do_not_know_of_it() -> None:
    assert KIND.name not in KINDS
