"""The mediation agreement: read, signed by one after the other, each bound to what was read."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app import clock
from tests.conftest import Client
from tests.kinds.journey import Journey
from tests.kinds.test_every_kind import ids
from tests.kinds.walks.mediation import steps
from tests.stories.answers import command
from tests.stories.files import photo

__all__ = ["ids"]


def strokes(start: int) -> list[list[dict[str, Any]]]:
    """A signature that begins somewhere."""
    return [[{"x": start + n, "y": 40.5 + n % 5, "pressure": 0.5, "time": n} for n in range(30)]]


class Table:
    """Those who sit over one agreement."""

    def __init__(self, journey: Journey, mediator: httpx.AsyncClient) -> None:
        self.journey, self.mediator = journey, mediator
        self.url = f"/cases/{journey.case_id}/agreement"

    async def read(self, who: httpx.AsyncClient | None = None) -> dict[str, Any]:
        answer = await (who or self.mediator).get(self.url)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def body(self, signer: str, text_sha256: str, start: int) -> dict[str, Any]:
        asked = command({"signer": signer, "text_sha256": text_sha256})
        return {**asked, "strokes": strokes(start)}

    async def sign(self, signer: str, digest: str, start: int) -> httpx.Response:
        return await self.mediator.post(
            f"{self.url}/signatures", json=self.body(signer, digest, start)
        )

    async def correct(self, **changed: Any) -> None:
        page = (await self.mediator.get(f"/cases/{self.journey.case_id}")).json()
        event = next(e for e in page["events"] if e["name"] == "reach_agreement")
        url = f"/cases/mediation/{self.journey.case_id}/correct"
        more = {"event_id": event["id"], "reason": "录入有误"}
        answer = await self.mediator.post(url, json=command(changed) | more)
        assert answer.status_code == 200, answer.text


def holding(read: dict[str, Any]) -> dict[str, list[bool]]:
    return {s["signer"]: [one["holds"] for one in s["signatures"]] for s in read["signers"]}


@pytest.fixture
async def table(client: Client, ids: dict[str, Any]) -> Table:
    journey = Journey(client, "mediation", ids, moment=clock.now() - timedelta(days=20))
    for step in (
        steps.opened(**steps.COUPLE), steps.apply(), *steps.BOTH_SCREENED, steps.accept(),
        steps.session(), steps.agree(),
    ):  # fmt: skip
        answer = await journey.take(step)
        assert answer.status_code in (200, 201), answer.text
    return Table(journey, await client("mediator"))


async def test_each_signs_what_lies_before_them_and_the_mediator_last(
    client: Client, table: Table, engine: AsyncEngine
) -> None:
    read = await table.read()
    said = {section["title"]: section["text"] for section in read["sections"]}
    assert said["当事人甲"] == "黎婉清，女，1988年3月12日出生"
    assert said["协议内容"] == "乙方每月十日前支付抚养费一千五百元"
    lines = "\n".join(f"{s['title']}：{s['text']}" for s in read["sections"])
    assert sha256(lines.encode()).hexdigest() == read["sha256"]
    for secret in (steps.WIFE["present_address"], steps.WIFE["phone"], steps.WIFE["safe_contact"]):
        assert secret not in str(read)
    early = await table.sign("mediator", read["sha256"], 300)
    assert "双方当事人都签名以后" in early.json()["detail"]
    body = table.body("party_a", read["sha256"], 10)
    for status in (201, 200):
        answer = await table.mediator.post(f"{table.url}/signatures", json=body)
        assert answer.status_code == status, answer.text
    twice = await table.sign("party_a", read["sha256"], 11)
    assert "已经签过名" in twice.json()["detail"]
    same_hand = await table.sign("party_b", read["sha256"], 10)
    assert "完全相同" in same_hand.json()["detail"]
    for signer, start in (("party_b", 100), ("mediator", 200)):
        assert (await table.sign(signer, read["sha256"], start)).status_code == 201
    read = await table.read()
    assert holding(read) == {"party_a": [True], "party_b": [True], "mediator": [True]}
    first = read["signers"][0]["signatures"][0]
    assert first["strokes"] == strokes(10)
    page = (await table.mediator.get(f"/cases/{table.journey.case_id}/timeline")).json()
    signed = [e for e in page["items"] if e["name"] == "agreement_signed"]
    assert [e["title"] for e in signed] == ["签署调解协议"] * 3
    assert {e["answers"]["text_sha256"] for e in signed} == {read["sha256"]}
    async with engine.connect() as connection:
        kept = await connection.execute(text("select count(*) from attachment"))
        assert kept.scalar_one() == 0, "outside a case that was opened nobody sees one"
    grid = await client("grid_worker")
    assert (await grid.get(table.url)).status_code in (403, 404)
    town = await client("women_fed_town")
    answer = await town.post(f"{table.url}/signatures", json=table.body("party_a", "0" * 64, 1))
    assert answer.status_code in (403, 409)


async def test_a_changed_text_is_signed_anew(table: Table) -> None:
    before = (await table.read())["sha256"]
    for signer, start in (("party_a", 10), ("party_b", 100)):
        assert (await table.sign(signer, before, start)).status_code == 201
    await table.correct(content="乙方每月五日前支付抚养费一千六百元")
    read = await table.read()
    assert read["sha256"] != before
    assert holding(read) == {"party_a": [False], "party_b": [False], "mediator": []}
    old = await table.sign("party_a", before, 20)
    assert old.json()["type"] == "/problems/agreement-changed", old.text
    assert (await table.sign("mediator", read["sha256"], 30)).status_code == 409
    assert (await table.sign("party_a", read["sha256"], 40)).status_code == 201
    read = await table.read()
    assert holding(read)["party_a"] == [False, True]
    given = read["signers"][0]["signatures"][1]["id"]
    url = f"/cases/{table.journey.case_id}/attachments/{given}/withdraw"
    asked = {name: value for name, value in command({}).items() if name != "answers"}
    taken = await table.mediator.post(url, json=asked | {"reason": "签错了位置"})
    assert taken.status_code == 200, taken.text
    assert holding(await table.read())["party_a"] == [False]


async def test_what_cannot_be_signed(client: Client, table: Table) -> None:
    read = await table.read()
    body = table.body("party_a", read["sha256"], 1)
    wrongs: tuple[dict[str, Any], ...] = (
        {"strokes": []},
        {"strokes": [strokes(1)[0][:3]]},
        {"strokes": [[{"x": -1, "y": 0, "pressure": 0, "time": 0}] * 20]},
        {"answers": {"signer": "witness", "text_sha256": read["sha256"]}},
        {"answers": {"signer": "party_a", "text_sha256": "short"}},
    )
    for wrong in wrongs:
        answer = await table.mediator.post(f"{table.url}/signatures", json=body | wrong)
        assert answer.status_code == 422, (wrong, answer.text)
    url = f"/cases/{table.journey.case_id}/attachments"
    brought = await table.mediator.post(url, json=photo("signature"))
    assert brought.json()["problems"][0]["field"] == "answers.what", brought.text
    await table.correct(content=f"甲方住{steps.WIFE['present_address']}，乙方不得前往")
    hidden = await table.mediator.get(table.url)
    assert hidden.json()["type"] == "/problems/secret-in-paper", hidden.text
    refused = await table.sign("party_a", read["sha256"], 1)
    assert refused.json()["type"] == "/problems/secret-in-paper", refused.text
    await table.correct(content="乙方不得前往甲方工作单位")
    fed = await client("women_fed_town")
    levels = ("threatened_to_kill", "able_to_kill", "controls_life", "nobody_else",
              "suicide_threat", "die_together", "threatened_family", "will_hurt_soon", "stalked",
              "suffocated", "other_lethal")  # fmt: skip
    danger = f"/cases/mediation/{table.journey.case_id}/assess_danger"
    high = await fed.post(danger, json=command(dict.fromkeys(levels, True)))
    assert high.status_code == 200, high.text
    stopped = await table.sign("party_a", read["sha256"], 1)
    assert stopped.json()["type"] == "/problems/mediation-too-dangerous", stopped.text
