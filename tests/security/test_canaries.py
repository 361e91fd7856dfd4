"""What is secret leaves by no door: typed in through the front door, sought behind every other."""

import base64
import logging
import time
from collections.abc import Iterable
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from app.embedded import EmbeddedPostgres
from app.kinds import KINDS
from app.kinds.forms import S2, S3, S4
from app.roles import Role
from tests.conftest import Client, Owner
from tests.kinds.test_every_kind import WALKS, ids
from tests.kinds.walks import Walk
from tests.security.canaries import Aviary, Canary, Planting, vault_answers
from tests.security.doors import DOORS, Sweep
from tests.stories.files import attached, jpeg

__all__ = ["ids"]

ACCOUNTS = [role.value for role in Role] + ["grid_worker_2", "police_2"]


async def seed(client: Client, ids: dict[str, Any], walks: Iterable[Walk]) -> Aviary:
    """Walk the cases, typing canaries in wherever text is asked for. A walk ends where what another
    one did to the same people stands against it."""
    aviary = Aviary()
    for walk in walks:
        journey = Planting(client, walk.kind, ids, aviary=aviary)
        for step in walk.steps:
            answer = await journey.take(step)
            assert answer.status_code in (200, 201, 403, 409), (step.action, answer.text)
            if answer.is_error and not step.refused:
                break
    return aviary


async def plant_files(client: Client, owner: Owner, aviary: Aviary) -> None:
    """A photo in a case of each kind, with canaries in its title and in what the camera noted."""
    boss = await client("women_fed_district")
    asked = text('select distinct on (kind) id, kind from "case" order by kind, opened_at desc')
    async with owner() as connection:
        cases = (await connection.execute(asked)).all()
    for case_id, kind in cases:
        title, place = (aviary.token(S3, f"{kind}.attached.{name}") for name in ("title", "exif"))
        sent = attached(jpeg(note=place), "evidence", title=title)
        answer = await boss.post(f"/cases/{case_id}/attachments", json=sent)
        assert answer.status_code == 201, answer.text


async def stored_ids(owner: Owner) -> tuple[dict[str, list[str]], list[tuple[str, str]]]:
    """One of each kind of what a path may name, and who is in which case."""
    asked = {
        "case_id": 'select distinct on (kind) id from "case" order by kind, opened_at desc',
        "person_id": "select distinct on (role) person_id from case_party order by role",
        "organisation_id": "select min(id) from organisation where kind = 'shelter'",
        "code": "select 'DV-01'",
        "attachment_id": "select id from attachment order by id limit 2",
    }
    async with owner() as connection:
        found = {
            name: [str(value) for value in await connection.scalars(text(sql))]
            for name, sql in asked.items()
        }
        pairs = await connection.execute(text("select case_id, person_id from case_party"))
        return found | {"other_id": found["person_id"][:1]}, [(str(c), str(p)) for c, p in pairs]


async def swept(
    app: FastAPI, client: Client, owner: Owner, postgres: EmbeddedPostgres,
    log: pytest.LogCaptureFixture, ids: dict[str, Any], walks: Iterable[Walk], share: float,
) -> Sweep:  # fmt: skip
    log.set_level(logging.DEBUG, "anlan")
    aviary = await seed(client, ids, walks)
    await plant_files(client, owner, aviary)
    known, parties = await stored_ids(owner)
    sweep = Sweep(app, client, aviary, postgres, log, known, parties, ACCOUNTS, share)
    for door in DOORS:
        await door(sweep)
    return sweep


def figures(sweep: Sweep, seconds: float) -> str:
    birds = ", ".join(f"{sweep.aviary.count(sight)} {sight}" for sight in (S4, S3, S2))
    return (
        f"\ncanaries: {birds}; {len(DOORS)} doors, {len(ACCOUNTS)} accounts, {sweep.requests}"
        f" requests, {sweep.scanned / 1e6:.1f} MB: {len(sweep.leaks)} leaks, {seconds:.0f} s"
    )


async def test_a_sample_of_every_door_shows_no_canary(
    app: FastAPI, client: Client, owner: Owner, postgres: EmbeddedPostgres,
    caplog: pytest.LogCaptureFixture, ids: dict[str, Any],
) -> None:  # fmt: skip
    walks = [max((w for w in WALKS if w.kind == k), key=lambda w: len(w.steps)) for k in KINDS]
    sweep = await swept(app, client, owner, postgres, caplog, ids, walks, 0.06)
    assert sweep.leaks == set()
    assert sweep.requests > 400
    assert sweep.aviary.count(S4) > 20


@pytest.mark.prove
async def test_every_door_shows_no_canary(
    app: FastAPI, client: Client, owner: Owner, postgres: EmbeddedPostgres,
    caplog: pytest.LogCaptureFixture, ids: dict[str, Any],
) -> None:  # fmt: skip
    begun = time.monotonic()
    sweep = await swept(app, client, owner, postgres, caplog, ids, WALKS, 1)
    print(figures(sweep, time.monotonic() - begun))  # noqa: T201 - make prove shows its figures
    assert sweep.leaks == set()
    planted = {c.where for c in sweep.aviary.known.values()}
    assert vault_answers() <= planted


def test_a_canary_is_known_in_every_spelling() -> None:
    aviary = Aviary()
    token, phone = aviary.token(S4, "token"), aviary.phone(S2, "phone")
    for value, where in ((token, "token"), (phone, "phone")):
        raw = value.encode()
        for spelled in (
            raw,
            value.encode("utf-16-le"),
            raw.hex().encode(),
            raw.hex().upper().encode(),
        ):
            assert aviary.stored(b"\x00ab" + spelled + b"cd", text=True) == [where]
        for before in range(3):
            wrapped = base64.b64encode(b"x" * before + raw + b"yz")
            assert aviary.stored(wrapped, text=True) == [where]
    assert [c.where for c in aviary.seen(b'{"a": "' + token.encode() + b'"}')] == ["token"]
    assert Canary("x", S3, "x").hidden_from("grid_worker")
    assert not Canary("x", S3, "x").hidden_from("police")
