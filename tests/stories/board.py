"""What the stories about figures do: move cases on, and ask the board."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from app import clock
from tests.conftest import Client
from tests.stories.answers import NOW, REPORT, command

DISTRICT, TOWN, VILLAGE = 441802000000, 441802103000, 441802103201
OTHER_TOWN, OTHER_VILLAGE = 441802106000, 441802106202
ACCEPTED = {"incident_no": "J20260012", "officers": "周明、郑立", "victim_wish": "undecided"}
LATER = datetime(2028, 1, 15, 4, 0, tzinfo=UTC)
"""After every walk."""


async def ask(
    client: httpx.AsyncClient, path: str = "", *, at: datetime = LATER, **query: Any
) -> dict[str, Any]:
    """An answer of the board at a moment."""
    with clock.at(at):
        answer = await client.get(f"/indicators{path}", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def board(client: httpx.AsyncClient, **query: Any) -> dict[str, dict[str, Any]]:
    """Code → line of the board."""
    return {line["code"]: line for line in (await ask(client, **query))["items"]}


async def whole_list(client: httpx.AsyncClient, code: str, **query: Any) -> dict[str, Any]:
    """All pages of a list as one; `total` and `yours` of the first."""
    page = await ask(client, f"/{code}/cases", limit=7, **query)
    first, items = page, list(page["items"])
    while page["next_cursor"]:
        more = query | {"cursor": page["next_cursor"]}
        page = await ask(client, f"/{code}/cases", limit=7, **more)
        items += page["items"]
    return first | {"items": items}


async def send(client: httpx.AsyncClient, path: str, answers: Any, at: datetime) -> dict[str, Any]:
    """Carry out a command at a moment; the opening of a case in the second village names it."""
    more = {"area": OTHER_VILLAGE} if path.endswith("@other") else {}
    with clock.at(at):
        body = command(answers, at, **more)
        answer = await client.post(f"/cases/{path.removesuffix('@other')}", json=body)
    assert answer.status_code in (200, 201), answer.text
    found: dict[str, Any] = answer.json()
    return found


async def accepted(client: Client, at: datetime = NOW, **report: Any) -> str:
    """A report that the police accepted an hour later."""
    grid, police = await client("grid_worker"), await client("police")
    case_id = (await send(grid, "dv_warning", REPORT | report, at))["case_id"]
    later = at + timedelta(hours=1)
    answers = ACCEPTED | {"accepted_at": later.isoformat()}
    await send(police, f"dv_warning/{case_id}/accept", answers, later)
    return str(case_id)
