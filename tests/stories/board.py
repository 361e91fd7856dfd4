"""Asking the board, in the stories about figures."""

from datetime import UTC, datetime
from typing import Any

import httpx

from app import clock

DISTRICT, TOWN, VILLAGE = 441802000000, 441802103000, 441802103201
OTHER_TOWN, OTHER_VILLAGE = 441802106000, 441802106202
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
