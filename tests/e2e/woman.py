"""A left-behind woman on the ledger, with a visit and a check overdue. All people are invented."""

from datetime import UTC, datetime, timedelta
from typing import Any

from app.clock import local_day
from tests.conftest import Client
from tests.stories.answers import command

WOMAN = {
    "name": "梁秋云",
    "id_number": "441802198703150028",
    "phone": "13500000021",
    "safe_contact": "白天可致电，称村委会；不要在电话里提家事",
}
WELL = {"method": "home", "dv_suspected": False, "livelihood_well": True, "house_safe": False}


async def on_the_ledger(client: Client) -> str:
    """Her case: enrolled 220 days ago, visited once 100 days ago."""
    now = datetime.now(UTC)
    village, town = await client("women_fed_village"), await client("women_fed_town")

    def before(days: int, answers: dict[str, Any]) -> dict[str, Any]:
        return command(answers, now - timedelta(days=days))

    opened = await village.post(
        "/cases/left_behind_visit", json=before(250, {"woman": WOMAN, "channel": "survey"})
    )
    assert opened.status_code == 201, opened.text
    case_id: str = opened.json()["case_id"]
    away = local_day(now - timedelta(days=600)).isoformat()
    verified = {"husband_away_since": away, "lives_in_village": True}
    for who, name, days, answers in (
        (village, "nominate", 249, {}),
        (village, "verify", 240, verified),
        (town, "enrol", 220, {"level": "c", "consent": True}),
        (village, "record_visit", 200, WELL),
    ):
        done = await who.post(
            f"/cases/left_behind_visit/{case_id}/{name}", json=before(days, answers)
        )
        assert done.status_code == 200, done.text
    return case_id
