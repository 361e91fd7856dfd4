"""A photo comes from a phone in a letter of its own, after the words it belongs to."""

import base64
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from app import crypto
from tests.conftest import Client, Owner
from tests.stories.answers import command
from tests.stories.files import jpeg
from tests.stories.test_attachments import url
from tests.stories.test_sync import counted, me, opening, send, statuses


async def photo_letter(
    phone: httpx.AsyncClient, account_id: int, case_id: str, content: bytes
) -> dict[str, Any]:
    """The photo as a phone sends it: what is said of it, the end of the line, its bytes."""
    point = base64.b64decode((await phone.get("/sync/key")).json()["point"])
    made = command({"what": "injury"}, datetime.now(UTC))
    said = {"account_id": account_id, "kind": "dv_warning", "name": "attached",
            "case_id": case_id, "command": made}  # fmt: skip
    plain = json.dumps(said).encode() + b"\n" + content
    letter = crypto.seal_letter(point, plain, made["id"].encode())
    return {"id": made["id"], "sealed": base64.b64encode(letter).decode()}


async def test_it_arrives_once_with_the_words_it_belongs_to(client: Client, owner: Owner) -> None:
    phone, police = await client("grid_worker"), await client("police")
    first = opening()
    photo = await photo_letter(phone, await me(phone), first["id"], jpeg())
    for _ in range(2):
        assert statuses(await send(phone, first, photo)) == ["done", "done"]
    assert await counted(owner, "attachment") == 1
    shown = await police.get(url(first["id"], photo["id"], "picture"))
    assert shown.status_code == 200
    async with owner() as connection:
        event = (await connection.execute(text("select * from event where seq = 2"))).one()
    assert (event.name, event.channel) == ("attached", "phone")


async def test_one_of_half_a_megabyte_gets_through_the_door(client: Client, owner: Owner) -> None:
    phone = await client("grid_worker")
    first = opening()
    content = jpeg() + bytes(500_000 - len(jpeg()))
    photo = await photo_letter(phone, await me(phone), first["id"], content)
    assert statuses(await send(phone, first, photo)) == ["done", "done"]
    assert await counted(owner, "attachment") == 1


async def test_what_is_no_photo_comes_back(client: Client, owner: Owner) -> None:
    phone = await client("grid_worker")
    first = opening()
    for content in (b"", b"<html>"):
        photo = await photo_letter(phone, await me(phone), first["id"], content)
        verdicts = await send(phone, first, photo)
        assert statuses(verdicts) == ["done", "invalid"]
        assert verdicts[1]["problem"]["type"].endswith("/file-type-not-allowed")
    assert await counted(owner, "attachment") == 0


async def test_a_photo_of_a_case_out_of_reach_is_kept_whole_for_the_supervisor(
    client: Client, owner: Owner
) -> None:
    phone, other = await client("grid_worker"), await client("grid_worker_2")
    first = opening()
    assert statuses(await send(other, first)) == ["done"]
    photo = await photo_letter(phone, await me(phone), first["id"], jpeg())
    assert statuses(await send(phone, photo)) == ["conflict"]
    async with owner() as connection:
        row = (await connection.execute(text("select * from phone_conflict"))).one()
    key = crypto.open_key(crypto.keyring(), row.key, "vault")
    place = crypto.Place("phone_conflict", "sealed", UUID(photo["id"]))
    kept = crypto.unseal_values(key, row.sealed, place)
    assert base64.b64decode(kept["content"]) == jpeg()
    assert await counted(owner, "attachment") == 0
