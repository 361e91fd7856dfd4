"""The chain of a case can be made again from what is stored, and shows every change to it."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlmodel import col

from app import clock, crypto
from app.models import Case, Event
from app.models.columns import table_of
from tests.conftest import Client, Owner
from tests.kinds.journey import Journey
from tests.kinds.test_every_kind import WALKS, ids
from tests.stories.answers import NOW, REPORT, command

__all__ = ["ids"]

OUTSIDE = {"seq", "seen_by", "replaced_by", "hash", "key"}
"""What changes later, or is in the link beside the row."""
SECRET = {"reporter_name": "知情人甲", "reporter_phone": "13800000099"}
CALM = dict.fromkeys(
    (
        "threatened_to_kill", "able_to_kill", "controls_life", "nobody_else", "suicide_threat",
        "die_together", "threatened_family", "will_hurt_soon", "stalked", "suffocated",
        "other_lethal",
    ),
    False,
)  # fmt: skip


async def broken(owner: Owner, case_id: str) -> list[int]:
    """The numbers of the case's events whose link is not what their row gives, and 0 if the case
    does not end with its last link."""
    events, heads = table_of(Event), table_of(Case)
    async with owner() as connection:
        asked = select(events).where(col(Event.case_id) == UUID(case_id)).order_by(events.c.seq)
        rows = (await connection.execute(asked)).all()
        vault: dict[UUID, dict[str, bytes]] = {}
        for locked in await connection.execute(
            text("select event_id, name, sealed from case_vault where case_id = :c"),
            {"c": UUID(case_id)},
        ):
            vault.setdefault(locked.event_id, {})[locked.name] = locked.sealed
        head = await connection.scalar(select(heads.c.head).where(heads.c.id == UUID(case_id)))
    previous, wrong = crypto.GENESIS, []
    for seq, row in enumerate(rows, start=1):
        body = {n: v for n, v in row._mapping.items() if n not in OUTSIDE}
        body |= {"seq": row.seq, "vault": vault.get(row.id, {})}
        made = crypto.link(crypto.keyring(), UUID(case_id), previous, seq, body)
        wrong += [] if made == row.hash else [seq]
        previous = row.hash
    return wrong + ([] if head == previous else [0])


@pytest.fixture
async def case_id(client: Client) -> str:
    """A case whose events have numbers, moments, corrections and answers of every class."""
    fed, police = await client("women_fed_district"), await client("police")
    with clock.at(NOW):
        area = 441802103201
        opened = await fed.post("/cases/dv_warning", json=command(REPORT | SECRET, area=area))
        case_id = str(opened.json()["case_id"])
        url = f"/cases/dv_warning/{case_id}"
        rated = await fed.post(f"{url}/assess_danger", json=command(CALM))
        assert rated.status_code == 200, rated.text
        accepted = {
            "accepted_at": "2026-03-02T08:59:59.120000+08:00",
            "incident_no": "J20260012",
            "officers": "周明、郑立",
            "victim_wish": "undecided",
        }
        done = await police.post(f"{url}/accept", json=command(accepted))
        fix: dict[str, Any] = command({"officers": "周明、郑力"}) | {
            "event_id": done.json()["id"],
            "reason": "姓名有误",
        }
        fixed = await police.post(f"{url}/correct", json=fix)
        assert fixed.status_code == 200, fixed.text
        moved = {"area": 441802106202, "reason": "受害人已搬至该村"}
        answer = await fed.post(f"{url}/transfer", json=command(moved))
        assert answer.status_code == 200, answer.text
    return case_id


async def test_the_chain_is_made_again_from_the_rows(owner: Owner, case_id: str) -> None:
    assert await broken(owner, case_id) == []


@pytest.mark.parametrize("walk", {w.kind: w for w in WALKS}.values(), ids=lambda w: w.kind)
async def test_every_kinds_chain_is_made_again(
    client: Client, owner: Owner, ids: dict[str, Any], walk: Any
) -> None:
    journey = Journey(client, walk.kind, ids)
    for step in walk.steps:
        await journey.take(step)
    assert await broken(owner, journey.case_id) == []


@pytest.mark.parametrize(
    "change",
    [
        "details = '{}'", "sealed = '\\x00'", "happened_at = now()", "recorded_at = now()",
        "claimed_at = now()", "amount = 1", "account_id = 1", "organisation_id = 99",
        "outcome = 'x'", "name = 'note'", "channel = 'x'", "village = 1", "flags = '{x}'",
        "sex = 'male'", "age_band = '60+'", "fingerprint = '\\x00'", "state = 'x'",
        "replaces = id", "subject = id", "version = 99", "kind = 'x'", "locked = 9",
    ],
)  # fmt: skip
async def test_no_change_goes_unseen(owner: Owner, case_id: str, change: str) -> None:
    async with owner() as connection:
        await connection.execute(
            text(f"update event set {change} where case_id = :c and seq = 3"),  # noqa: S608
            {"c": UUID(case_id)},
        )
    assert 3 in await broken(owner, case_id)


async def test_a_secret_put_in_anothers_place_is_seen(owner: Owner, case_id: str) -> None:
    async with owner() as connection:
        await connection.execute(text("update case_vault set sealed = '\\x00'"))
    assert await broken(owner, case_id) == [1]


async def test_a_cut_off_end_is_seen(owner: Owner, case_id: str) -> None:
    async with owner() as connection:
        await connection.execute(text("delete from disclosure"))
        await connection.execute(
            text("delete from event where seq = 5 and case_id = :c"), {"c": UUID(case_id)}
        )
    assert await broken(owner, case_id) == [0]
