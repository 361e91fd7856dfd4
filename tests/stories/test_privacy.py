"""What people are told about their data, what they are asked, and who was given their case."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

import httpx
import pytest

from app import clock
from app.kinds.privacy_texts import NOTICES, WORDINGS
from tests.conftest import Client
from tests.kinds.journey import Journey
from tests.kinds.test_every_kind import ids
from tests.kinds.walks import DAY, dv_warning, legal_aid_referral, mediation
from tests.stories.answers import NOW, REPORT, command

__all__ = ["ids"]

CHILD = {"name": "贺小满", "sex": "female", "birth_on": "2017-05-20", "relation": "child"}
NOTICE = {"informed": "given", "text": "notice_2026_1", "manner": "read_out"}
CONSENT = {
    "matter": "recording", "answer": "agreed", "text": "consent_2026_1", "manner": "paper",
    "given_by": "self",
}  # fmt: skip


class Family:
    """An opened case and its people by role."""

    def __init__(self, fed: httpx.AsyncClient, case_id: str, people: dict[str, str]) -> None:
        self.fed, self.case_id, self.people = fed, case_id, people

    async def say(self, step: str, **answers: Any) -> httpx.Response:
        url = f"/cases/dv_warning/{self.case_id}/{step}"
        return await self.fed.post(url, json=command(answers))

    async def refused(self, step: str, **answers: Any) -> str:
        answer = await self.say(step, **answers)
        assert answer.status_code == 409, answer.text
        return str(answer.json()["type"]).removeprefix("/problems/")

    async def person(self, role: str) -> dict[str, Any]:
        shown = (await self.fed.get(f"/cases/{self.case_id}/privacy")).json()["items"]
        return next(p for p in shown if p["person_id"] == self.people[role])


@pytest.fixture
async def family(client: Client) -> Family:
    fed = await client("women_fed_town")
    report = REPORT | {"children_present": True, "children": [CHILD]}
    opened = await fed.post("/cases/dv_warning", json=command(report))
    assert opened.status_code == 201, opened.text
    case_id = opened.json()["case_id"]
    found = (await fed.get(f"/cases/{case_id}/parties")).json()["items"]
    return Family(fed, case_id, {p["role"]: p["person_id"] for p in found})


async def test_everybody_can_be_told_with_a_text_that_is_kept(family: Family) -> None:
    texts = (await family.fed.get("/privacy-texts")).json()["items"]
    notice = next(t for t in texts if t["version"] == "notice_2026_1")
    assert not notice["consent"]
    assert notice["basis"] == "个保法 17, 30, 35"
    assert sum(map(len, notice["paragraphs"])) > 200
    victim = family.people["victim"]
    assert (await family.person("victim"))["informed"] is None
    assert await family.refused(
        "inform", people=[victim], **NOTICE | {"text": "consent_2026_1"}
    ) == ("not-a-notice")
    stranger = "01970000-0000-7000-8000-000000000000"
    assert await family.refused("inform", people=[stranger], **NOTICE) == "not-a-party"
    told = await family.say("inform", people=[victim], **NOTICE)
    assert told.status_code == 200, told.text
    shown = await family.person("victim")
    assert (shown["informed"], shown["text"]) == ("given", "notice_2026_1")
    titles = ("已告知", "个人信息处理告知书（2026 年第 1 版）")
    assert (shown["informed_title"], shown["text_title"]) == titles
    assert (await family.person("perpetrator"))["informed"] is None


async def test_who_could_not_be_told_in_an_emergency_is_told_later(
    client: Client, family: Family
) -> None:
    """个保法 18: afterwards, without delay; a clock says so until somebody has done it."""
    waiting = {"informed": "later", "reason": "送医抢救，无法告知"}
    with clock.at(NOW):
        assert (
            await family.say("inform", people=[family.people["victim"]], **waiting)
        ).status_code == 200
    due = NOW + 7 * DAY

    async def clocks() -> list[dict[str, Any]]:
        found = (await family.fed.get(f"/cases/{family.case_id}/deadlines")).json()["items"]
        return [c for c in found if c["rule"] == "tell_later"]

    assert [c["due_at"][:10] for c in await clocks()] == [due.date().isoformat()]
    with clock.at(NOW + timedelta(days=1)):
        people = [family.people["victim"]]
        url = f"/cases/dv_warning/{family.case_id}/inform"
        later = command({"people": people, **NOTICE}, NOW + timedelta(hours=20))
        assert (await family.fed.post(url, json=later)).status_code == 200
        assert [c["status"] for c in await clocks()] == ["running"], "others may still wait"
        last = command(
            {"people": people, "nobody_waits": True, **NOTICE}, NOW + timedelta(hours=21)
        )
        assert (await family.fed.post(url, json=last)).status_code == 200
        assert [c["status"] for c in await clocks()] == ["met"]


@pytest.mark.parametrize("informed", ["secret", "hinders"])
async def test_not_telling_needs_a_reason(family: Family, informed: str) -> None:
    victim = [family.people["victim"]]
    bare = await family.say("inform", people=victim, informed=informed)
    assert bare.status_code == 422
    given = await family.say("inform", people=victim, informed=informed, reason="告知将危及其安全")
    assert given.status_code == 200, given.text


@pytest.mark.parametrize("matter", ["statutory_report", "statutory_duty"])
async def test_nobody_is_asked_where_the_law_decides(family: Family, matter: str) -> None:
    asked = {"person_id": family.people["victim"], **CONSENT, "matter": matter}
    assert await family.refused("record_consent", **asked) == "consent-not-asked"


async def test_a_consent_is_given_once_and_withdrawn_as_easily(family: Family) -> None:
    victim = family.people["victim"]
    asked = {"person_id": victim, **CONSENT}
    taken_back = {"person_id": victim, "matter": "recording", "manner": "telephone"}
    assert await family.refused("withdraw_consent", **taken_back) == "no-consent-to-withdraw"
    assert await family.refused("record_consent", **asked | {"text": "notice_2026_1"}) == (
        "not-a-consent"
    )
    no = await family.say("record_consent", **asked | {"answer": "refused"})
    assert no.status_code == 200, "a no is a fact, too"
    assert (await family.person("victim"))["consents"] == []
    assert (await family.say("record_consent", **asked)).status_code == 200
    assert await family.refused("record_consent", **asked) == "consent-stands"
    [standing] = (await family.person("victim"))["consents"]
    assert (standing["matter"], standing["text"]) == ("recording", "consent_2026_1")
    assert (standing["matter_title"], standing["recipient"]) == ("录音、录像或者拍照", None)
    assert (await family.say("withdraw_consent", **taken_back)).status_code == 200
    assert (await family.person("victim"))["consents"] == []
    assert (await family.say("record_consent", **asked)).status_code == 200
    fed = (await family.fed.get("/me")).json()["organisation"]
    provide = asked | {"matter": "provide", "recipient_id": fed["id"]}
    assert (await family.say("record_consent", **provide)).status_code == 200
    standing = (await family.person("victim"))["consents"][-1]
    assert standing["recipient"] == fed["name"]


async def test_a_child_is_asked_through_a_guardian_who_is_not_the_abuser(
    client: Client, family: Family
) -> None:
    """个保法 31; 9号强报 14: an abusing father is not asked for his daughter's data."""
    child = {"person_id": family.people["child"], **CONSENT}
    assert await family.refused("record_consent", **child) == "guardian-consent-needed"
    father = {"given_by": "guardian", "guardian_id": family.people["perpetrator"]}
    assert await family.refused("record_consent", **child | father) == "guardian-is-the-abuser"
    mother = {"given_by": "guardian", "guardian_id": family.people["victim"]}
    assert (await family.say("record_consent", **child | mother)).status_code == 200


async def test_rights_and_duties_outlive_the_case(client: Client, ids: dict[str, Any]) -> None:
    walk = next(w for w in dv_warning.WALKS if w.ends == "closed_no_recurrence")
    case = Journey(client, "dv_warning", ids)
    for step in walk.steps:
        await case.take(step)
    assert case.state == "closed_no_recurrence"
    fed = await client("women_fed_town")
    parties = (await fed.get(f"/cases/{case.case_id}/parties")).json()["items"]
    victim = next(p["person_id"] for p in parties if p["role"] == "victim")
    told = command({"people": [victim], **NOTICE}, case.moment)
    url = f"/cases/dv_warning/{case.case_id}"
    with clock.at(case.moment + DAY):
        assert (await fed.post(f"{url}/inform", json=told)).status_code == 200
        late = command({"person_id": victim, **CONSENT}, case.moment)
        asked = await fed.post(f"{url}/record_consent", json=late)
    assert asked.json()["type"] == "/problems/wrong-state", "nothing new is asked for"


async def test_whoever_was_given_a_case_is_on_record(client: Client, ids: dict[str, Any]) -> None:
    case = Journey(client, "legal_aid_referral", ids)
    for step in (
        legal_aid_referral.opened(),
        legal_aid_referral.consent(),
        legal_aid_referral.refer(),
    ):
        answer = await case.take(step)
        assert answer.status_code in (200, 201), answer.text
    fed, boss = await client("women_fed_town"), await client("women_fed_district")
    listed = (await fed.get(f"/cases/{case.case_id}/disclosures")).json()["items"]
    [given] = [d for d in listed if d["step"] == "refer" and d["recipient"] == "清城区法律援助处"]
    assert given["step_title"] == "转介申请"
    assert given["basis"] == "法援法 35, 38；34号 17；粤办法 42"
    assert given["recipient_area"] is None
    area = {"area": 441802000000}
    assert (await fed.get("/disclosures", params=area)).status_code == 403
    first = (await boss.get("/disclosures", params=area | {"limit": 1})).json()
    seen = [first["items"][0]["id"]]
    while first["next"]:
        again = {"limit": 1, "cursor": first["next"]}
        first = (await boss.get("/disclosures", params=area | again)).json()
        seen += [d["id"] for d in first["items"]]
    assert len(seen) == len(set(seen))
    assert {d["id"] for d in listed} <= set(seen)


async def test_what_was_shared_is_told_to_those_who_read_such_cases(
    client: Client, ids: dict[str, Any]
) -> None:
    case = Journey(client, "mediation", ids)
    for step in mediation.WALKS[0].steps:
        await case.take(step)
    area = {"area": 441802000000}
    fed, police = await client("women_fed_district"), await client("police")
    told = [(await who.get("/disclosures", params=area)).json()["items"] for who in (fed, police)]
    assert {d["kind"] for d in told[0]} == {"mediation"}
    assert told[1] == []


async def test_a_case_that_moves_away_leaves_its_record_of_sharing(
    client: Client, family: Family, ids: dict[str, Any]
) -> None:
    moved = await family.say("transfer", area=ids["other_village"], reason="受害人搬回娘家居住")
    assert moved.status_code == 200, moved.text
    boss = await client("women_fed_district")
    listed = (await boss.get(f"/cases/{family.case_id}/disclosures")).json()["items"]
    assert ids["other_village"] in [d["recipient_area"] for d in listed]


def test_every_version_has_its_text_and_keeps_it() -> None:
    """A text that somebody was told is never edited: a new wording is a new version."""
    digests = {v.value: _digest(w.paragraphs) for v, w in WORDINGS.items()}
    assert digests == {
        "notice_2026_1": "8e3ac2a319e46151",
        "consent_2026_1": "3078c04263f178e5",
    }
    assert {v for v in WORDINGS if v in NOTICES} == set(NOTICES)


def _digest(paragraphs: tuple[str, ...]) -> str:
    return sha256("\n".join(paragraphs).encode()).hexdigest()[:16]
