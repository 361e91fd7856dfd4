"""The ledger of people: one line each, as far as one sees her cases."""

from datetime import datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import text

from app import clock
from app.clock import local_day
from app.services import seed
from app.services.exports.lists import PEOPLE, PLAIN
from tests.conftest import Client, Owner, step_up
from tests.e2e.woman import WELL, WOMAN
from tests.stories.answers import NOW, REPORT, WIFE
from tests.stories.board import DISTRICT, OTHER_TOWN, TOWN, VILLAGE, send
from tests.stories.test_exports import exported, heads, order
from tests.stories.test_reading import opened

DAY = timedelta(days=1)
VISITS = "left_behind_visit"


async def listed(who: httpx.AsyncClient, **query: Any) -> dict[str, Any]:
    answer = await who.get("/people", params=query)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


async def names(who: httpx.AsyncClient, **query: Any) -> list[str]:
    return [one["name"] for one in (await listed(who, **query))["items"]]


async def visited(client: Client) -> str:
    """Her case: on the ledger, seen ten days after she was found."""
    village, town = await client("women_fed_village"), await client("women_fed_town")
    survey = {"woman": WOMAN, "channel": "survey"}
    case_id = str((await send(village, VISITS, survey, NOW))["case_id"])
    verified = {
        "husband_away_since": (NOW - 300 * DAY).date().isoformat(),
        "lives_in_village": True,
    }
    for who, name, answers, days in (
        (village, "nominate", {}, 1),
        (village, "verify", verified, 2),
        (town, "enrol", {"level": "c", "consent": True}, 3),
        (village, "record_visit", WELL, 10),
    ):
        await send(who, f"{VISITS}/{case_id}/{name}", answers, NOW + days * DAY)
    return case_id


async def counted(who: httpx.AsyncClient, **query: Any) -> Any:
    return (await who.get("/exports/count/people", params=query)).json()


JUSTICE_TOO = text(
    "insert into account_grant (account_id, role, area, supervisor)"
    " select account_id, 'justice_bureau', area / 1000000 * 1000000, false from account_grant g"
    " join account a on a.id = g.account_id where a.username = 'mediator'"
)
JUSTICE_NO_MORE = text(
    "delete from account_grant g using account a"
    " where a.id = g.account_id and a.username = 'mediator' and g.role = 'justice_bureau'"
)


async def test_one_person_is_one_line_with_all_her_cases_and_the_last_contact(
    client: Client, owner: Owner
) -> None:
    fed, village = await client("women_fed_district"), await client("women_fed_village")
    visits = await visited(client)
    (person,) = (await listed(fed))["items"]
    hurt = REPORT | {"victim": {"person_id": person["id"]}, "perpetrator": None}
    with clock.at(NOW + 20 * DAY):
        violence = await opened(fed, hurt, area=VILLAGE)
        other = await opened(
            fed, REPORT | {"victim": WIFE, "perpetrator": None}, area=seed.SECOND_VILLAGE
        )
    page = await listed(fed, area=DISTRICT)
    assert [one["name"] for one in page["items"]] == ["林*", "梁*"]
    line = page["items"][1]
    assert [one["id"] for one in line["cases"]] == [violence, visits]
    assert (line["open"], line["area"], line["birth_year"]) == (2, VILLAGE, 1987)
    assert datetime.fromisoformat(line["last_contact"]) == NOW + 10 * DAY
    assert [one["id"] for one in page["items"][0]["cases"]] == [other]
    assert page["items"][0]["last_contact"] is None
    assert WOMAN["name"] not in str(page)

    # As far as one sees: her village both cases, the grid worker no violence, elsewhere nobody.
    assert await names(village) == ["梁*"]
    # A committee that is asked to help in a violence case has it on its list, without her name.
    mediator, town = await client("mediator"), await client("women_fed_town")
    committee = (await mediator.get("/me")).json()["organisation"]["id"]
    asked = {"organisation_id": committee, "needs": ["other"], "ground": "law",
             "legal_basis": "joint"}  # fmt: skip
    await send(town, f"dv_warning/{violence}/refer_on", asked, NOW + 21 * DAY)
    (given,) = (await mediator.get("/cases")).json()["items"]
    assert (given["id"], given["subject"]) == (violence, None)
    assert await names(mediator) == []
    (seen,) = (await listed(await client("grid_worker")))["items"]
    assert [one["id"] for one in seen["cases"]] == [visits]
    assert await names(await client("grid_worker_2")) == []
    assert (await (await client("zongzhi")).get("/people")).status_code == 403

    assert await names(fed, area=TOWN) == ["梁*"]
    assert await names(fed, area=OTHER_TOWN) == ["林*"]
    first = await listed(fed, limit=1)
    rest = await listed(fed, limit=1, cursor=first["next"])
    assert [one["name"] for one in first["items"] + rest["items"]] == ["林*", "梁*"]
    assert rest["next"] is None
    foreign = await fed.get("/people", params={"cursor": first["next"], "open": True})
    assert foreign.status_code == 422

    # It leaves as a file with as many lines, and in the columns that are shown.
    await step_up(fed)
    assert await counted(fed) == {"count": 2}
    assert await counted(fed, area=TOWN, open=True) == {"count": 1}
    both = (await exported(fed, people={}))["台账"]
    assert both[0] == heads(PEOPLE)
    assert [(row[0], row[1], row[2], row[5], row[8]) for row in both[1:]] == [
        ("林*", "女", str(page["items"][0]["birth_year"]), "1", None),
        ("梁*", "女", "1987", "2", str(local_day(NOW + 10 * DAY))),
    ]
    hers = await exported(fed, people={"area": TOWN}, columns=["subject", "cases"], plain=True)
    head, *lines = hers["台账"]
    assert head == ("姓名", "案件", *PLAIN)
    (written,) = lines
    assert (written[0], *written[2:]) == (WOMAN["name"], WOMAN["id_number"], WOMAN["phone"])
    assert all(case["number"] in written[1] for case in line["cases"])
    twice = order(people={}, ledger={})
    assert (await fed.post("/exports", json=twice)).status_code == 422
    # Who may export by one office, and reads no name by the other, has nobody to count.
    try:
        async with owner() as connection:
            await connection.execute(JUSTICE_TOO)
        await step_up(mediator)
        assert await names(mediator) == []
        assert await counted(mediator) == {"count": 0}
    finally:
        async with owner() as connection:
            await connection.execute(JUSTICE_NO_MORE)

    left = {"reason": "moved_away"}
    await send(await client("women_fed_town"), f"{VISITS}/{visits}/exit", left, NOW + 30 * DAY)
    (line,) = (await listed(fed, area=TOWN, open=True))["items"]
    assert line["open"] == 1
    # What is open is the violence, of which a grid worker learns nothing this way either.
    grid = await client("grid_worker")
    assert (await names(grid), await names(grid, open=True)) == (["梁*"], [])
