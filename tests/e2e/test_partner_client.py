"""The example that partners start from, run against a live server over real sockets."""

import asyncio
import json
import socket
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import text
from starlette.types import Message, Receive, Scope, Send

from app import tokens
from app.access import Held
from app.config import get_settings
from app.permissions import Permission
from app.roles import Role
from app.services.seed import DISTRICT, TOWN
from examples.partner_client import keys, papers
from examples.partner_client.client import Partner, Refused
from tests.conftest import Owner
from tests.partner_system import forget_all, register

ROOT = Path(__file__).parents[2]


class Lossy:
    """The app behind a bad line: answers whose number is in `lost` do not arrive."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.lost: set[int] = set()
        self.answered = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not scope["path"].startswith("/api/v1/partners/"):
            await self.app(scope, receive, send)
            return
        self.answered += 1
        if self.answered not in self.lost:
            await self.app(scope, receive, send)
            return

        async def swallow(message: Message) -> None:
            pass

        await self.app(scope, receive, swallow)
        headers = [(b"content-length", b"9")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        # Too short for what was announced: the server cuts the connection.


@pytest.fixture
async def line(
    app: FastAPI, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[str, Lossy]]:
    """A served app, its address, and the line to it."""
    lossy = Lossy(app)
    config = uvicorn.Config(lossy, lifespan="off", log_level="critical", access_log=False)
    server = uvicorn.Server(config)
    # Listening before it serves: whoever comes early waits.
    listening = socket.create_server(("127.0.0.1", 0))
    serving = asyncio.create_task(server.serve([listening]))
    origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
    monkeypatch.setenv("ANLAN_ORIGIN", origin)
    get_settings.cache_clear()
    yield origin, lossy
    server.should_exit = True
    await serving
    monkeypatch.undo()
    get_settings.cache_clear()
    await forget_all(owner)


async def partner(
    owner: Owner, folder: Path, origin: str, client_id: str, **more: Any
) -> Callable[..., Partner]:
    """Make a key as the example does, have it registered, and give what makes a client of it."""
    private, public = folder / f"{client_id}.pem", folder / f"{client_id}.pub"
    kid = keys.make(private, public)
    key = tokens.public_key(public.read_text("ascii"))
    assert key.kid == kid
    await register(owner, client_id, key=key, **more)
    pem = private.read_text("ascii")
    return lambda **said: Partner(origin, client_id, pem, operator="440018", **said)


COURT = {
    "grants": [Held(Role.COURT, DISTRICT)],
    "scopes": [Permission.COURT_PAPERS, Permission.CHANGES_READ],
    "purposes": ["protection_order", "mediation"],
}


async def run(*arguments: str) -> list[dict[str, Any]]:
    """The example from the command line, as a developer tries it first; the lines it shows."""
    command = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "examples.partner_client", *arguments,
        cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    shown, _ = await command.communicate()
    assert command.returncode == 0
    return [json.loads(line) for line in shown.decode().splitlines()]


async def test_a_warning_and_an_order_go_in_and_what_moved_comes_out(
    line: tuple[str, Lossy], owner: Owner, tmp_path: Path
) -> None:
    origin, _ = line
    await partner(owner, tmp_path, origin, "police-system")
    await partner(owner, tmp_path, origin, "court-system", **COURT)

    def calling(client_id: str) -> list[str]:
        private = str(tmp_path / f"{client_id}.pem")
        return ["--origin", origin, "--client-id", client_id, "--private", private,
                "--operator", "440018"]  # fmt: skip

    place = ["--area", str(TOWN), "--number", "7"]
    (warned,) = await run("push", "warning", *place, *calling("police-system"))
    assert (warned["result"], warned["receipt"]["state"]) == ("recorded", "monitoring")
    about = ["--purpose", "protection_order"]
    (ordered,) = await run("push", "order", *place, *calling("court-system"), *about)
    assert (ordered["result"], ordered["receipt"]["state"]) == ("recorded", "granted")
    cursor = tmp_path / "cursor.txt"
    follow = ["changes", "--cursor", str(cursor), *calling("police-system")]
    moved = [row["name"] for row in await run(*follow)]
    assert moved == ["opened", "accept", "issue_warning", "deliver_warning"]
    assert cursor.read_text("ascii")
    assert await run(*follow) == []


async def test_an_answer_that_is_lost_is_asked_for_again_and_nothing_is_done_twice(
    line: tuple[str, Lossy], owner: Owner, tmp_path: Path
) -> None:
    origin, lossy = line
    made = await partner(owner, tmp_path, origin, "police-system")
    lossy.lost = {1, 2}
    with made() as police:
        answer = await asyncio.to_thread(police.push, "police/warnings", papers.warning(TOWN, "8"))
    assert lossy.answered == 3
    assert answer["receipt"]["repeated"] is True
    async with owner() as connection:
        assert await connection.scalar(text("select count(*) from event")) == 4


async def test_a_token_that_ends_is_renewed_and_a_refusal_is_not_repeated(
    line: tuple[str, Lossy], owner: Owner, tmp_path: Path
) -> None:
    origin, lossy = line
    made = await partner(owner, tmp_path, origin, "police-system")
    with made() as police:
        await asyncio.to_thread(police.push, "police/warnings", papers.warning(TOWN, "9"))
        async with owner() as connection:
            await connection.execute(
                text(
                    "update session set revoked_at = now() from machine_token t"
                    " where t.session_id = id"
                )
            )
        pages = await asyncio.to_thread(lambda: list(police.changes()))
        assert len(pages[0][0]) == 4
        before = lossy.answered
        again = papers.warning(TOWN, "10")
        with pytest.raises(Refused, match="wrong-state") as refused:
            await asyncio.to_thread(police.push, "police/warnings", again)
        assert (refused.value.status, lossy.answered) == (409, before + 1)
        async with owner() as connection:
            given = await connection.scalar(text("select count(*) from machine_token"))
        assert given == 2
    with made(purpose="mediation") as lost, pytest.raises(Refused, match="purpose-not-allowed"):
        await asyncio.to_thread(lambda: list(lost.changes()))
