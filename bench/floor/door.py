"""Sign-in, identity and transaction, as in the app, on asyncpg alone."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import Depends, Request

from app.access import Actor, Held
from app.config import get_settings
from app.deps import SessionIdDep
from app.errors import SignInNeeded
from app.roles import Role


@dataclass(frozen=True)
class Door:
    """A connection inside a transaction, and whose it is."""

    driver: Any
    actor: Actor


class Pool:
    """A few connections, handed out in turn, without the reset that asyncpg's own pool sends."""

    def __init__(self) -> None:
        self.free: asyncio.LifoQueue[Any] = asyncio.LifoQueue()
        self.actors: dict[UUID, Actor] = {}

    async def open(self) -> None:
        """Connect as the app does."""
        settings = get_settings()
        for _ in range(settings.pool_size):
            driver = await asyncpg.connect(
                settings.database_url,
                server_settings={
                    "search_path": f"{settings.schema},public",
                    "timezone": "UTC",
                    "jit": "off",
                },
            )
            # In binary, because that is how it comes inside a record; a version byte stands first.
            await driver.set_type_codec(
                "jsonb",
                encoder=lambda value: b"\x01" + json.dumps(value).encode(),
                decoder=lambda value: json.loads(value[1:]),
                schema="pg_catalog",
                format="binary",
            )
            self.free.put_nowait(driver)


async def door(request: Request, session_id: SessionIdDep) -> AsyncIterator[Door]:
    """One request, one transaction; committed before the answer leaves."""
    pool: Pool = request.app.state.pool
    driver = await pool.free.get()
    try:
        actor = pool.actors.get(session_id)
        if actor is None:
            actor = pool.actors[session_id] = await _identify(driver, session_id)
        await driver.execute(f"BEGIN;{actor.opening}")
        try:
            yield Door(driver, actor)
            await driver.execute("COMMIT")
        except BaseException:
            await driver.execute("ROLLBACK")
            raise
    finally:
        pool.free.put_nowait(driver)


async def _identify(driver: Any, session_id: UUID) -> Actor:
    found = await driver.fetchrow("select * from session_identity($1)", session_id)
    if found is None:
        raise SignInNeeded("请先登录")
    grants = tuple(Held(Role(g["role"]), g["area"], g["supervisor"]) for g in found["grants"])
    return Actor(
        account_id=found["account_id"],
        organisation_id=found["organisation_id"],
        session_id=session_id,
        version=found["version"],
        username=found["username"],
        display_name=found["display_name"],
        grants=grants,
    )


DoorDep = Annotated[Door, Depends(door, scope="function")]
