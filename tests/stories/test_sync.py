"""A phone comes back to the network: what it recorded arrives once, in order, and none is lost."""

import asyncio
import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app import crypto
from app.crypto import Place
from app.db import transaction
from tests.conftest import Client, Owner
from tests.stories.answers import QUICK, REPORT, command

VILLAGE = 441802103201
Note = dict[str, Any]


def opening(answers: Note = QUICK, **more: Any) -> Note:
    made = command(answers, datetime.now(UTC), **more)
    return {"id": made["id"], "kind": "dv_warning", "name": "opened", "command": made}


def step(case_id: str, name: str, answers: Note) -> Note:
    made = command(answers, datetime.now(UTC))
    return {"id": made["id"], "kind": "dv_warning", "name": name, "case_id": case_id,
            "command": made}  # fmt: skip


async def send(phone: httpx.AsyncClient, *notes: Note, **more: Any) -> list[Note]:
    answer = await phone.post("/sync", json={"items": notes, **more})
    assert answer.status_code == 200, answer.text
    found: list[Note] = answer.json()["items"]
    assert [v["id"] for v in found] == [n["id"] for n in notes]
    return found


def statuses(verdicts: list[Note]) -> list[str]:
    return [v["status"] for v in verdicts]


async def sealed(phone: httpx.AsyncClient, account_id: int, note: Note) -> Note:
    """The note as a phone sends it: in a letter that only the server opens."""
    point = base64.b64decode((await phone.get("/sync/key")).json()["point"])
    written = {"account_id": account_id} | {k: v for k, v in note.items() if k != "id"}
    letter = crypto.seal_letter(point, json.dumps(written).encode(), note["id"].encode())
    return {"id": note["id"], "sealed": base64.b64encode(letter).decode()}


async def me(phone: httpx.AsyncClient) -> int:
    found: int = (await phone.get("/me")).json()["id"]
    return found


async def counted(owner: Owner, table: str) -> int:
    async with owner() as connection:
        found = await connection.scalar(text(f'select count(*) from "{table}"'))  # noqa: S608
        return int(found or 0)


async def test_a_case_and_its_next_step_go_through_in_one_batch(client: Client) -> None:
    phone = await client("grid_worker")
    first = opening()
    second = step(first["id"], "note", {"text": "已上门查看，暂时平静"})
    verdicts = await send(phone, first, second)
    assert statuses(verdicts) == ["done", "done"]
    assert verdicts[0]["receipt"]["number"].startswith("告诫〔")
    assert verdicts[1]["receipt"]["version"] == 2


async def test_what_was_sent_again_and_again_is_there_once(client: Client, owner: Owner) -> None:
    phone = await client("grid_worker")
    notes = [opening() for _ in range(5)]
    answers = await asyncio.gather(*(send(phone, *notes) for _ in range(4)))
    assert {s for verdicts in answers for s in statuses(verdicts)} == {"done"}
    assert await counted(owner, "case") == 5
    again = await send(phone, *notes)
    assert all(v["receipt"]["repeated"] for v in again)


async def test_a_letter_is_opened_by_the_server_alone(client: Client, owner: Owner) -> None:
    phone = await client("grid_worker")
    note = opening()
    letter = await sealed(phone, await me(phone), note)
    assert str(QUICK["what_happened"]).encode() not in base64.b64decode(letter["sealed"])
    assert statuses(await send(phone, letter)) == ["done"]
    # The same command in the open is the same command.
    assert (await send(phone, note))[0]["receipt"]["repeated"]
    moved = letter | {"id": opening()["id"]}
    broken = letter | {"sealed": letter["sealed"][:-8] + "AAAAAAA="}
    for wrong in (moved, broken, letter | {"sealed": "AAAA"}):
        verdict = (await send(phone, wrong))[0]
        assert verdict["status"] == "invalid", verdict
        assert verdict["problem"]["type"].endswith("/unreadable-letter")
    assert await counted(owner, "case") == 1


async def test_a_wrong_answer_comes_back_and_holds_up_its_case_only(client: Client) -> None:
    phone = await client("grid_worker")
    wrong = opening(REPORT | {"victim": {"name": "林秋禾", "phone": "1380000"}})
    waiting = step(wrong["id"], "note", {"text": "补充"})
    other = opening()
    verdicts = await send(phone, wrong, waiting, other)
    assert statuses(verdicts) == ["invalid", "later", "done"]
    assert verdicts[0]["problem"]["problems"] == [
        {"field": "answers.victim.phone", "message": "电话号码有误，请核对"}
    ]
    mended = wrong | {"command": wrong["command"] | {"answers": REPORT}}
    assert statuses(await send(phone, mended, waiting)) == ["done", "done"]


async def test_what_cannot_be_applied_is_kept_sealed_for_the_supervisor(
    client: Client, owner: Owner
) -> None:
    phone = await client("women_fed_village")
    first = opening()
    await send(phone, first)
    closing = step(first["id"], "reopen", {"reason": "对方又来骚扰，要求重新处理"})
    verdict = await send(phone, closing, step(first["id"], "note", {"text": "她在娘家"}))
    assert statuses(verdict) == ["conflict", "done"]
    assert verdict[0]["problem"]["type"].endswith("/wrong-state")
    assert statuses(await send(phone, closing)) == ["conflict"]
    async with owner() as connection:
        row = (await connection.execute(text("select * from phone_conflict"))).one()
    assert (row.name, row.problem, str(row.case_id)) == ("reopen", "wrong-state", first["id"])
    assert "重新处理".encode() not in bytes(row.sealed)
    key = crypto.open_key(crypto.keyring(), row.key, "vault")
    kept = crypto.unseal_values(key, row.sealed, Place("phone_conflict", "sealed", row.id))
    assert kept == closing["command"]


async def test_a_case_out_of_reach_and_a_form_of_another_account_are_kept_too(
    client: Client, owner: Owner
) -> None:
    here, there = await client("grid_worker"), await client("grid_worker_2")
    first = opening()
    await send(here, first)
    assert statuses(await send(there, step(first["id"], "note", {"text": "路过"}))) == ["conflict"]
    found = await sealed(there, await me(here), opening())
    verdict = (await send(there, found))[0]
    assert verdict["status"] == "conflict"
    assert verdict["problem"]["type"].endswith("/other-account")
    assert await counted(owner, "phone_conflict") == 2
    assert await counted(owner, "case") == 1


async def test_what_is_recorded_in_a_barred_case_is_kept_and_not_shown(
    client: Client, owner: Owner, engine: AsyncEngine
) -> None:
    phone = await client("women_fed_village")
    first = opening()
    await send(phone, first)
    recuse = {"case_id": first["id"], "reason": "当事人是本人亲属"}
    assert (await phone.post("/recusals", json=recuse)).status_code == 204
    late = step(first["id"], "note", {"text": "她在娘家"})
    for _ in range(2):
        assert statuses(await send(phone, late)) == ["conflict"]
    assert await counted(owner, "phone_conflict") == 1
    about = f"set local app.account = '{await me(phone)}';"
    for barred, seen in (("", 1), (f"set local app.barred = '{first['id']}';", 0)):
        async with transaction(engine, about + barred) as connection:
            found = await connection.scalar(text("select count(*) from phone_conflict"))
            assert found == seen


async def test_the_server_judges_the_time(client: Client, owner: Owner) -> None:
    phone = await client("grid_worker")
    ahead = timedelta(days=400)
    made = command(QUICK, datetime.now(UTC) + ahead - timedelta(hours=2))
    note = {"id": made["id"], "kind": "dv_warning", "name": "opened", "command": made}
    await send(phone, note, clock_offset=int(ahead.total_seconds()))
    async with owner() as connection:
        row = (await connection.execute(text("select happened_at, recorded_at from event"))).one()
    assert timedelta(hours=1, minutes=59) < row.recorded_at - row.happened_at < timedelta(hours=2.1)


async def test_a_batch_has_a_limit(client: Client) -> None:
    phone = await client("grid_worker")
    refused = await phone.post("/sync", json={"items": [opening() for _ in range(51)]})
    assert refused.status_code == 422
    assert (await phone.post("/sync", json={"items": []})).status_code == 422


async def test_the_tasks_since_the_last_time(client: Client) -> None:
    fed, phone = await client("women_fed_town"), await client("village_committee")
    own = (await phone.get("/me")).json()
    first = opening(REPORT, area=VILLAGE)
    await send(phone, first)
    empty = (await phone.get("/sync/tasks")).json()
    assert (empty["items"], empty["ids"]) == ([], [])
    assigned = step(
        first["id"],
        "assign",
        {"organisation_id": own["organisation"]["id"], "account_id": own["id"]},
    )
    assert statuses(await send(fed, assigned)) == ["done"]
    tasks = (await phone.get("/sync/tasks", params={"since": empty["cursor"]})).json()
    assert "acceptance" in {t["rule"] for t in tasks["items"]}
    later = (await phone.get("/sync/tasks", params={"since": tasks["cursor"]})).json()
    assert later["ids"] == [t["id"] for t in tasks["items"]]
    task = tasks["items"][0]
    assert task["subject"] == "林*"
    assert "note" in task["others"]
    told = json.dumps(tasks, ensure_ascii=False)
    for secret in ("林秋禾", "441802198805120022", "13800000021", "耳光"):
        assert secret not in told
