"""Who is asked first accepts, follows and refers; nobody pushes her on (粤办法 20)."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from app import clock
from tests.conftest import Client
from tests.kinds.test_every_kind import ids
from tests.stories.answers import NOW, REPORT, command

__all__ = ["ids"]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Case:
    """A warning case in 源潭镇 in the hands of its 妇联, and its steps."""

    def __init__(self, id: str) -> None:
        self.id = id

    async def step(
        self, who: httpx.AsyncClient, name: str, at: datetime = NOW + HOUR, **answers: Any
    ) -> httpx.Response:
        with clock.at(at + timedelta(minutes=1)):
            url = f"/cases/dv_warning/{self.id}/{name}"
            return await who.post(url, json=command(answers, at=at))

    async def refer(
        self, who: httpx.AsyncClient, to: int, at: datetime = NOW + HOUR
    ) -> httpx.Response:
        by_law = {"ground": "law", "legal_basis": "legal_aid", "needs": ["legal_aid"]}
        return await self.step(who, "refer_on", at, organisation_id=to, **by_law)


@pytest.fixture
async def case(client: Client) -> Case:
    fed = await client("women_fed_town")
    with clock.at(NOW + timedelta(minutes=1)):
        opened = await fed.post("/cases/dv_warning", json=command(REPORT))
    assert opened.status_code == 201, opened.text
    return Case(str(opened.json()["case_id"]))


async def items(who: httpx.AsyncClient, url: str) -> list[dict[str, Any]]:
    answer = await who.get(url)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def organisation(who: httpx.AsyncClient) -> int:
    found: int = (await who.get("/me")).json()["organisation"]["id"]
    return found


async def test_both_sides_see_it_and_the_reply_has_a_clock(
    client: Client, case: Case, ids: dict[str, Any]
) -> None:
    fed, aid = await client("women_fed_town"), await client("legal_aid")
    assert (await aid.get(f"/cases/{case.id}")).status_code == 404
    sent = await case.refer(fed, ids["legal_aid"])
    assert sent.status_code == 200, sent.text
    (received,) = await items(aid, "/referrals?open=true")
    (known,) = await items(fed, "/referrals?side=sent")
    assert received["to_answer"]
    assert not known["to_answer"]
    assert {**received, "to_answer": False} == known
    assert received["needs"] == ["法律援助"]
    assert received["basis"] == "提供法律援助（反家暴法 19）"
    # A Monday morning and three working days: until midnight on Thursday (法定节假日除外).
    due = clock.end_of_day(clock.local_day(NOW + 3 * DAY))
    assert datetime.fromisoformat(received["due_at"]) == due
    waiting = [c for c in await items(aid, "/worklist") if c["rule"] == "referral_reply"]
    assert [c["case_id"] for c in waiting] == [case.id]
    page = (await aid.get(f"/cases/{case.id}")).json()
    assert {"accept_referral", "decline_referral"} <= {a["name"] for a in page["actions"]}
    own = (await fed.get(f"/cases/{case.id}")).json()
    assert "accept_referral" not in {a["name"] for a in own["actions"]}
    accepted = await case.step(
        aid, "accept_referral", NOW + 2 * HOUR, organisation_id=ids["legal_aid"]
    )
    assert accepted.status_code == 200, accepted.text
    (known,) = await items(fed, f"/cases/{case.id}/referrals")
    assert (known["status"], known["late"]) == ("accepted", False)
    assert [c for c in await items(aid, "/worklist") if c["rule"] == "referral_reply"] == []
    told = [n["text"] for n in await items(fed, "/notices")]
    assert "您单位转介的一件情况已被接收" in told
    given = await items(fed, f"/cases/{case.id}/disclosures")
    assert any(d["step"] == "refer_on" for d in given)


async def test_without_her_consent_it_takes_a_duty(
    client: Client, case: Case, ids: dict[str, Any]
) -> None:
    fed, to = await client("women_fed_town"), ids["hospital"]
    asked = {"organisation_id": to, "needs": ["medical"], "ground": "consent"}
    refused = await case.step(fed, "refer_on", **asked)
    assert refused.json()["type"] == "/problems/referral-without-consent", refused.text
    parties = await items(fed, f"/cases/{case.id}/parties")
    her = next(p["person_id"] for p in parties if p["role"] == "victim")
    texts = (await fed.get("/privacy-texts")).json()["items"]
    text = next(t["version"] for t in texts if t["consent"])
    consent = {"person_id": her, "matter": "provide", "answer": "agreed", "text": text,
               "manner": "paper", "given_by": "self"}  # fmt: skip
    other = await case.step(fed, "record_consent", **consent, recipient_id=ids["school"])
    assert other.status_code == 200, other.text
    refused = await case.step(fed, "refer_on", **asked)
    assert refused.status_code == 409, "a consent to another recipient is none to this"
    await case.step(fed, "record_consent", **consent, recipient_id=to)
    sent = await case.step(fed, "refer_on", **asked)
    assert sent.status_code == 200, sent.text
    again = await case.step(fed, "refer_on", **asked)
    assert again.json()["type"] == "/problems/referral-open"
    (known,) = await items(fed, "/referrals?side=sent")
    assert known["basis"] == "本人单独同意（个保法 23）"


async def test_who_declines_names_the_right_body_and_lets_the_case_go(
    client: Client, case: Case, ids: dict[str, Any]
) -> None:
    fed, hospital = await client("women_fed_town"), await client("hospital")
    to = await organisation(hospital)
    await case.refer(fed, to)
    assert (await hospital.get(f"/cases/{case.id}")).status_code == 200
    no = {"organisation_id": to, "why": "not_ours", "reason": "本院没有相应科室"}
    late = NOW + 5 * DAY
    unnamed = await case.step(hospital, "decline_referral", late, **no)
    assert unnamed.status_code == 422
    oneself = await case.step(hospital, "decline_referral", late, **no, right_organisation_id=to)
    assert oneself.json()["type"] == "/problems/right-body-is-oneself"
    stranger = await case.step(
        fed, "decline_referral", late, **no, right_organisation_id=ids["court"]
    )
    assert stranger.status_code == 403
    right = ids["legal_aid"]
    done = await case.step(hospital, "decline_referral", late, **no, right_organisation_id=right)
    assert done.status_code == 200, done.text
    assert (await hospital.get(f"/cases/{case.id}")).status_code == 404
    assert await items(hospital, "/cases") == []
    (mine,) = await items(hospital, "/referrals")
    (known,) = await items(fed, f"/cases/{case.id}/referrals")
    for seen in (mine, known):
        assert (seen["status"], seen["late"], seen["why"]) == ("declined", True, "不属于本单位职责")
        assert seen["right_body"] is not None
    assert (await fed.get(f"/cases/{case.id}")).status_code == 200
    told = [n["text"] for n in await items(fed, "/notices")]
    assert "您单位转介的一件情况未被接收，请继续跟进" in told

    # What an organisation said to another is put otherwise by itself, not even by who supervises.
    boss = await client("women_fed_district")
    for who, may in ((fed, {"refer_on"}), (boss, set[str]())):
        events = (await who.get(f"/cases/{case.id}")).json()["events"]
        said = {e["name"]: e for e in events if e["name"] in ("refer_on", "decline_referral")}
        assert {name for name, event in said.items() if event["correctable"]} == may
        for name, answers in (("decline_referral", {"reason": "改"}), ("refer_on", {"note": "改"})):
            body = command(answers, at=late) | {"event_id": said[name]["id"], "reason": "笔误"}
            answer = await who.post(f"/cases/dv_warning/{case.id}/correct", json=body)
            assert answer.status_code == (200 if name in may else 403), answer.text


async def test_what_is_pushed_on_comes_before_the_supervisors(
    client: Client, case: Case, ids: dict[str, Any]
) -> None:
    fed, boss = await client("women_fed_town"), await client("women_fed_district")
    for number, name in enumerate(("hospital", "school"), 1):
        who = await client(name)
        to = await organisation(who)
        at = NOW + number * 3 * HOUR
        assert (await case.refer(fed, to, at)).status_code == 200
        no = {"organisation_id": to, "why": "not_ours", "reason": "不归我们管"}
        await case.step(
            who, "decline_referral", at + HOUR, **no, right_organisation_id=ids["legal_aid"]
        )
    log = await items(boss, "/referrals?side=declined")
    assert [r["declined_before"] for r in log] == [1, 0]
    told = [n["text"] for n in await items(boss, "/notices")]
    assert told.count("有一件情况被多次拒绝接收，请主管协调落实办理单位") == 1
    assert (await fed.get("/referrals?side=declined")).status_code == 403


async def test_nobody_is_asked_who_does_not_read_such_cases(
    client: Client, case: Case, ids: dict[str, Any]
) -> None:
    fed = await client("women_fed_town")
    for name in ("justice_bureau", "wcwc_office"):
        refused = await case.refer(fed, ids[name])
        assert refused.status_code == 422, (name, refused.text)
    own = await organisation(fed)
    assert (await case.refer(fed, own)).json()["type"] == "/problems/referred-to-oneself"
    assert (await case.refer(fed, 2**40)).status_code == 422
