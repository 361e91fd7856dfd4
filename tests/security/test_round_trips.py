"""What a reader gets masked and sends back unchanged overwrites nothing, whoever she is."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.kinds.people import PersonAnswer
from app.services import seed
from tests.conftest import Client
from tests.security.test_golden_sight import RICH
from tests.stories.answers import REPORT, command

READERS = (
    "police", "women_fed_district", "women_fed_town", "women_fed_village", "village_committee",
)  # fmt: skip
ASKED = sorted(set(PersonAnswer.model_fields) - {"person_id", "relation"})


async def stored(boss: httpx.AsyncClient, case_id: str) -> dict[str, Any]:
    """All that is kept of the victim, read as deep as anybody reads, her number whole."""
    parties = (await boss.get(f"/cases/{case_id}/parties")).json()["items"]
    kept: dict[str, Any] = next(p for p in parties if p["role"] == "victim")
    return {name: value for name, value in kept.items() if name != "joined_at"}


def as_answer(seen: dict[str, Any]) -> dict[str, Any]:
    """What a form would send of what the page showed."""
    said = {n: seen[n] for n in ASKED if seen.get(n) not in (None, [], "")}
    if "flags" in said:
        said["flags"] = [flag["code"] for flag in said["flags"]]
    return said


@pytest.mark.parametrize("reader", READERS)
async def test_a_page_sent_back_as_it_was_shown_changes_nothing(
    client: Client, reader: str
) -> None:
    """A masked number is no number (422); all the rest is what it was."""
    boss, who = await client("women_fed_district"), await client(reader)
    body = command(REPORT | {"victim": RICH}, area=seed.VILLAGE)
    case_id = (await boss.post("/cases/dv_warning", json=body)).json()["case_id"]
    before = await stored(boss, case_id)
    parties = (await who.get(f"/cases/{case_id}/parties")).json()["items"]
    seen = next(p for p in parties if p["role"] == "victim")
    said = as_answer(seen)
    assert "*" in said["phone"]
    found = await who.post("/people/search", json={"name": RICH["name"]})
    (brief,) = found.json()["items"]
    url = f"/cases/dv_warning/{case_id}/add_party"
    for wrong in ({"phone": said["phone"]}, {"id_number": brief["id_number"]}):
        person = {"person_id": seen["person_id"]} | said | wrong
        answer = await who.post(url, json=command({"role": "witness", "person": person}))
        assert answer.status_code == 422, answer.text
    del said["phone"]

    for names in _halves(sorted(said)):
        person = {"person_id": seen["person_id"]} | {n: said[n] for n in names}
        answer = await who.post(url, json=command({"role": "witness", "person": person}))
        assert answer.status_code == 200, answer.text
        assert await stored(boss, case_id) == before
    changes = await boss.get(f"/people/{seen['person_id']}/changes")
    assert changes.json()["items"] == []


def _halves(names: list[str]) -> list[list[str]]:
    """All of them, and each alone."""
    return [names, *([name] for name in names)]


async def test_no_body_takes_a_field_it_does_not_name(app: FastAPI) -> None:
    """What the answer shows beside, version, state, class, cannot be sent along."""
    spec = app.openapi()
    open_, closed = [], 0
    for path, methods in spec["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {})
            for name in _models(spec, content.get("application/json", {}).get("schema", {}), set()):
                schema = spec["components"]["schemas"][name]
                if schema.get("type") == "object" and "properties" in schema:
                    closed += 1
                    if schema.get("additionalProperties") is not False:
                        open_.append((method, path, name))
    assert open_ == []
    assert closed > 300


def _models(spec: dict[str, Any], schema: Any, seen: set[str]) -> set[str]:
    """The names of all schemas that a body is made of."""
    if isinstance(schema, list):
        for one in schema:
            _models(spec, one, seen)
    if isinstance(schema, dict):
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        if name and name not in seen:
            seen.add(name)
            _models(spec, spec["components"]["schemas"][name], seen)
        for one in schema.values():
            _models(spec, one, seen)
    return seen
