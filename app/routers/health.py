import asyncio

import asyncpg
from fastapi import APIRouter
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.db import transaction
from app.deps import EngineDep
from app.errors import Degraded
from app.kinds.forms import S0
from app.routers.shown import Shown, shown

router = APIRouter(prefix="/api", tags=["系统"])

SECONDS = 1.5
"""Whoever asks for our health does not wait as long as others do for a connection."""


class Health(Shown):
    status: str = shown(S0, "状态")


@router.get("/health", response_model=Health)
async def health(engine: EngineDep) -> Health:
    """Whether the app answers and reaches its database; if not, a problem of type `degraded`."""
    try:
        async with asyncio.timeout(SECONDS), transaction(engine) as connection:
            await connection.execute(text("select 1"))
    except (OSError, PoolTimeout, DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError):
        raise Degraded("数据库暂时无法使用") from None
    return Health(status="ok")
