"""What people ask about their own data, what keeps a case, and how one ends for good."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app import clock
from app.ids import uuid7
from app.services.seed import SECOND_VILLAGE, VILLAGE
from tests.conftest import Client, Owner, step_up
from tests.kinds.journey import Journey
from tests.kinds.test_every_kind import ids
from tests.kinds.walks import DAY, mediation
from tests.stories.answers import NOW, REPORT, command, wish

__all__ = ["ids"]

YEAR = timedelta(days=365)
HERS: Any = REPORT["victim"]
HIS: Any = REPORT["perpetrator"]


async def people(who: httpx.AsyncClient, case_id: str) -> dict[str, str]:
    found = (await who.get(f"/cases/{case_id}/parties")).json()["items"]
    return {p["role"]: p["person_id"] for p in found}


async def answered(who: httpx.AsyncClient, made: dict[str, Any], **verdict: Any) -> httpx.Response:
    return await who.post(
        f"/subject-requests/{made['id']}/answer",
        json={"words": "已按规定办理", **verdict},
        headers={"If-Match": f'"{made["version"]}"'},
    )


@pytest.fixture
async def case_id(client: Client) -> str:
    fed = await client("women_fed_town")
    opened = await fed.post("/cases/dv_warning", json=command(REPORT))
    assert opened.status_code == 201, opened.text
    return str(opened.json()["case_id"])


async def test_she_gets_a_copy_of_what_is_hers(client: Client, case_id: str) -> None:
    fed, boss = await client("women_fed_town"), await client("women_fed_district")
    her = (await people(fed, case_id))["victim"]
    asked = wish(case_id, her)
    with clock.at(NOW + timedelta(hours=1)):
        made = await fed.post("/subject-requests", json=asked)
        again = await fed.post("/subject-requests", json=asked)
        other = await fed.post("/subject-requests", json=asked | {"asked": "delete"})
    assert (made.status_code, again.status_code) == (201, 200), made.text
    assert other.json()["type"] == "/problems/id-reused"
    request = made.json()
    assert clock.local_day(datetime.fromisoformat(request["due_at"])) == clock.local_day(
        NOW + 15 * DAY
    )
    assert (await fed.post(f"/subject-requests/{request['id']}/copy")).status_code == 409
    refused = await answered(fed, request, granted=True)
    assert refused.status_code == 403, "a supervisor answers"
    done = await answered(boss, request, granted=True)
    assert done.status_code == 200, done.text
    copied = (await fed.post(f"/subject-requests/{request['id']}/copy")).json()
    assert copied["person"]["name"] == HERS["name"]
    assert copied["person"]["id_number"] == HERS["id_number"]
    assert copied["roles"] == ["victim"]
    whole = (await fed.get(f"/subject-requests/{request['id']}")).json()
    assert (whole["wish"], whole["answer"]) == ("想知道你们记了我什么", "已按规定办理")


async def test_who_reads_no_id_number_makes_no_copy(client: Client) -> None:
    """Such a look would not even be on record."""
    boss, village = await client("women_fed_district"), await client("women_fed_village")
    opened = await boss.post("/cases/dv_warning", json=command(REPORT, area=VILLAGE))
    case_id = opened.json()["case_id"]
    her = (await people(boss, case_id))["victim"]
    made = (await boss.post("/subject-requests", json=wish(case_id, her))).json()
    await answered(boss, made, granted=True)
    refused = await village.post(f"/subject-requests/{made['id']}/copy")
    assert refused.status_code == 403
    assert HERS["id_number"] not in refused.text


async def test_who_reads_no_such_case_does_not_learn_what_is_asked_in_it(
    client: Client, case_id: str
) -> None:
    boss, justice = await client("women_fed_district"), await client("justice_bureau")
    her = (await people(boss, case_id))["victim"]
    await boss.post("/subject-requests", json=wish(case_id, her))
    assert len((await boss.get("/subject-requests")).json()["items"]) == 1
    assert (await justice.get("/subject-requests")).json()["items"] == []


async def test_an_id_used_out_of_sight_is_used(client: Client, case_id: str) -> None:
    """As any other: what somebody else keeps under it does not show."""
    boss, elsewhere = await client("women_fed_district"), await client("women_fed_fengcheng")
    other = await elsewhere.post("/cases/dv_warning", json=command(REPORT))
    there = other.json()["case_id"]
    hers, theirs = await people(boss, case_id), await people(elsewhere, there)
    asked = wish(case_id, hers["victim"])
    assert (await boss.post("/subject-requests", json=asked)).status_code == 201
    again = wish(there, theirs["victim"], id=asked["id"])
    answer = await elsewhere.post("/subject-requests", json=again)
    assert answer.json()["type"] == "/problems/id-reused", answer.text
    hold = {"id": str(uuid7()), "ground": "lawsuit", "reason": "已起诉离婚"}
    first, second = [
        await boss.post(f"/cases/{case}/holds", json=hold) for case in (case_id, there)
    ]
    assert (first.status_code, second.status_code) == (201, 409), second.text


async def test_the_abuser_gets_nothing_about_her(client: Client, case_id: str) -> None:
    """妇保法 28; 10号 4: his copy has his own facts, whatever he asks for."""
    boss = await client("women_fed_district")
    him = (await people(boss, case_id))["perpetrator"]
    made = (await boss.post("/subject-requests", json=wish(case_id, him))).json()
    await answered(boss, made, granted=True)
    copied = (await boss.post(f"/subject-requests/{made['id']}/copy")).text
    assert HIS["name"] in copied
    for hers in HERS.values():
        assert hers not in copied
    assert str(REPORT["what_happened"]) not in copied


@pytest.mark.parametrize(
    ("asked", "ground", "fits"),
    [
        ("copy", "others", True),
        ("copy", "accurate", False),
        ("correct", "accurate", True),
        ("correct", "secret", False),
        ("delete", "kept_by_law", True),
        ("delete", "others", False),
    ],
)
async def test_a_refusal_names_a_ground_that_the_law_has_for_it(
    client: Client, case_id: str, asked: str, ground: str, fits: bool
) -> None:
    boss = await client("women_fed_district")
    her = (await people(boss, case_id))["victim"]
    made = (await boss.post("/subject-requests", json=wish(case_id, her, asked=asked))).json()
    assert (await answered(boss, made, granted=False)).status_code == 422, "no ground"
    assert (await answered(boss, made, granted=True, refusing=ground)).status_code == 422
    answer = await answered(boss, made, granted=False, refusing=ground)
    assert answer.status_code == (200 if fits else 422), answer.text
    if fits:
        assert answer.json()["refusing_title"]
        assert (await answered(boss, answer.json(), granted=True)).status_code == 409
        stale = await answered(boss, made, granted=True)
        assert stale.json()["type"] == "/problems/stale"


async def test_what_waits_longest_is_answered_first(client: Client, case_id: str) -> None:
    boss = await client("women_fed_district")
    her = (await people(boss, case_id))["victim"]
    for days in (2, 0, 1):
        at = (NOW - days * DAY).isoformat()
        made = await boss.post("/subject-requests", json=wish(case_id, her, received_at=at))
        assert made.status_code == 201, made.text
    seen, cursor = [], None
    while True:
        asked = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await boss.get("/subject-requests", params=asked)).json()
        seen += [r["due_at"] for r in page["items"]]
        if (cursor := page["next"]) is None:
            break
    assert seen == sorted(seen)
    assert len(seen) == 3
    elsewhere = await client("women_fed_fengcheng")
    assert (await elsewhere.get("/subject-requests")).json()["items"] == []
    hidden = await elsewhere.get(f"/subject-requests/{made.json()['id']}")
    assert hidden.status_code == 404


async def test_a_request_goes_with_its_case(
    client: Client, case_id: str, ids: dict[str, Any]
) -> None:
    """Or its term would pass where nobody can answer it any more."""
    fed = await client("women_fed_town")
    her = (await people(fed, case_id))["victim"]
    assert (await fed.post("/subject-requests", json=wish(case_id, her))).status_code == 201
    away = {"area": SECOND_VILLAGE, "reason": "搬回娘家居住"}
    moved = await fed.post(f"/cases/dv_warning/{case_id}/transfer", json=command(away))
    assert moved.status_code == 200, moved.text
    assert (await fed.get("/subject-requests")).json()["items"] == []
    there = await client("women_fed_shijiao")
    [waiting] = (await there.get("/subject-requests")).json()["items"]
    assert waiting["case_id"] == case_id


async def test_nobody_asks_for_a_stranger(client: Client, case_id: str) -> None:
    boss = await client("women_fed_district")
    her = (await people(boss, case_id))["victim"]
    stranger = await boss.post("/subject-requests", json=wish(case_id, str(uuid7())))
    assert stranger.status_code == 422
    ahead = (datetime.now(UTC) + DAY).isoformat()
    early = await boss.post("/subject-requests", json=wish(case_id, her, received_at=ahead))
    assert early.status_code == 422


class Closed:
    """A mediation that ended, and its supervisor, who just showed a second factor."""

    def __init__(self, case: Journey, boss: httpx.AsyncClient) -> None:
        self.case_id, self.boss, self.ended = case.case_id, boss, case.moment

    async def erase(self) -> httpx.Response:
        return await self.boss.post(f"/cases/{self.case_id}/erase")


@pytest.fixture
async def closed(client: Client, ids: dict[str, Any]) -> Closed:
    walk = next(w for w in mediation.WALKS if w.ends in {"closed", "withdrawn", "not_accepted"})
    case = Journey(client, walk.kind, ids)
    for step in walk.steps:
        await case.take(step)
    assert case.state == walk.ends
    boss = await client("women_fed_district")
    return Closed(case, boss)


async def test_a_case_is_kept_its_years_to_the_day(client: Client, closed: Closed) -> None:
    listed = {"area": 441802000000}
    end = clock.local_day(closed.ended).replace(year=closed.ended.year + 5)
    last = clock.end_of_day(end)
    with clock.at(last):
        assert (await closed.erase()).json()["type"] == "/problems/still-kept"
        assert (await closed.boss.get("/retention/expired", params=listed)).json()["items"] == []
    with clock.at(last + timedelta(seconds=1)):
        [item] = (await closed.boss.get("/retention/expired", params=listed)).json()["items"]
        assert (item["id"], item["years"]) == (closed.case_id, 5)
        # The police read no mediation.
        others = await (await client("police")).get("/retention/expired", params=listed)
        assert others.json()["items"] == []
        assert (await closed.erase()).json()["type"] == "/problems/second-factor-needed"


async def test_what_is_held_is_not_erased(closed: Closed) -> None:
    await step_up(closed.boss)
    url = f"/cases/{closed.case_id}/holds"
    body = {"id": str(uuid7()), "ground": "lawsuit", "reason": "双方就协议效力提起诉讼"}
    with clock.at(closed.ended + 6 * YEAR):
        placed = await closed.boss.post(url, json=body)
        assert placed.status_code == 201, placed.text
        assert (await closed.boss.post(url, json=body)).status_code == 200
        assert (await closed.erase()).json()["type"] == "/problems/held"
        listed = {"area": 441802000000}
        assert (await closed.boss.get("/retention/expired", params=listed)).json()["items"] == []
        lift = f"{url}/{placed.json()['id']}/lift"
        assert (await closed.boss.post(lift)).status_code == 428
        lifted = await closed.boss.post(lift, headers={"If-Match": '"1"'})
        assert lifted.status_code == 200, lifted.text
        assert (await closed.boss.get(url)).json()["items"][0]["lifted_at"] is not None
        assert (await closed.erase()).status_code == 204


async def test_an_erased_case_says_so_and_names_nobody(
    client: Client, closed: Closed, owner: Owner
) -> None:
    fed = await client("women_fed_town")
    before = (await fed.get(f"/cases/{closed.case_id}")).json()
    names = {p["name"] for p in before["parties"] if p["name"]}
    assert names
    asked = wish(closed.case_id, before["parties"][0]["person_id"])
    taken = await closed.boss.post("/subject-requests", json=asked)
    assert taken.status_code == 201, taken.text
    await step_up(closed.boss)
    with clock.at(closed.ended + 6 * YEAR):
        assert (await closed.erase()).json()["type"] == "/problems/held", "she waits for an answer"
        assert (await answered(closed.boss, taken.json(), granted=True)).status_code == 200
        assert (await closed.erase()).status_code == 204
        assert (await closed.erase()).status_code == 409
        page = await fed.get(f"/cases/{closed.case_id}")
        assert page.status_code == 200, page.text
        assert page.json()["card"]["erased"]
        assert not [name for name in names if name in page.text]
        note = await fed.post(
            f"/cases/mediation/{closed.case_id}/reopen", json=command({"reason": "再起纠纷"})
        )
        assert note.json()["type"] == "/problems/shredded"
        again = await closed.boss.post("/subject-requests", json=asked)
        assert (again.status_code, again.json()["id"]) == (200, asked["id"]), "a repeat is a repeat"
        other = asked | {"wish": "另一项请求"}
        reused = await closed.boss.post("/subject-requests", json=other)
        assert reused.json()["type"] == "/problems/id-reused"
        new = await closed.boss.post("/subject-requests", json=other | {"id": str(uuid7())})
        assert (new.status_code, new.json()["type"]) == (410, "/problems/shredded")
    async with owner() as connection:
        left = await connection.execute(
            text(
                "select (select count(*) from party_gram where case_id = :id),"
                " (select count(*) from event where case_id = :id and key <> ''),"
                " (select count(*) from case_party p join person_change c using (person_id)"
                "  where p.case_id = :id and c.key <> ''),"
                " (select count(*) from case_party p join person q on q.id = p.person_id"
                "  where p.case_id = :id and (q.key <> '' or q.name_index is not null))"
            ),
            {"id": closed.case_id},
        )
        assert tuple(left.one()) == (0, 0, 0, 0)


async def test_what_a_phone_recorded_of_an_erased_case_goes_with_it(
    client: Client, closed: Closed, owner: Owner
) -> None:
    fed, note = await client("women_fed_town"), command({"text": "双方已分开居住"})
    left = {"id": note["id"], "kind": "mediation", "name": "gone", "case_id": closed.case_id}
    sent = await fed.post("/sync", json={"items": [left | {"command": note}]})
    assert sent.json()["items"][0]["status"] == "conflict", sent.text
    await step_up(closed.boss)
    with clock.at(closed.ended + 6 * YEAR):
        assert (await closed.erase()).status_code == 204
    async with owner() as connection:
        assert await connection.scalar(text("select key from phone_conflict")) == b""


async def test_whoever_is_in_another_case_stays_known_there(
    client: Client, closed: Closed, ids: dict[str, Any], owner: Owner
) -> None:
    fed = await client("women_fed_town")
    both = await people(fed, closed.case_id)
    report = REPORT | {"victim": {"person_id": both["party_a"]}, "perpetrator": None}
    report.pop("perpetrator")
    other = await fed.post("/cases/dv_warning", json=command(report, closed.ended))
    assert other.status_code == 201, other.text
    name = (await fed.get(f"/cases/{other.json()['case_id']}")).json()["parties"][0]["name"]
    await step_up(closed.boss)
    with clock.at(closed.ended + 6 * YEAR):
        assert (await closed.erase()).status_code == 204
        kept = (await fed.get(f"/cases/{other.json()['case_id']}")).json()["parties"][0]["name"]
    assert kept == name


async def test_a_granted_deletion_erases_and_an_early_one_is_refused_by_law(
    client: Client, closed: Closed, case_id: str
) -> None:
    boss = closed.boss
    await step_up(boss)
    her = (await people(boss, case_id))["victim"]
    open_ = (await boss.post("/subject-requests", json=wish(case_id, her, asked="delete"))).json()
    refused = await answered(boss, open_, granted=True)
    assert refused.json()["type"] == "/problems/case-still-open"
    one = (await people(boss, closed.case_id))["party_a"]
    with clock.at(closed.ended + 6 * YEAR):
        at = clock.now().isoformat()
        asked = wish(closed.case_id, one, asked="delete", received_at=at)
        made = (await boss.post("/subject-requests", json=asked)).json()
        done = await answered(boss, made, granted=True)
        assert done.status_code == 200, done.text
        read = (await boss.get(f"/subject-requests/{made['id']}")).json()
        assert (read["granted"], read["wish"]) == (True, None)
