from fastapi import APIRouter
from sqlalchemy import text

from app.db import transaction
from app.deps import EngineDep
from app.kinds.forms import S0
from app.routers.problems import PROBLEMS
from app.routers.shown import Shown, shown

router = APIRouter(prefix="/api", tags=["系统"])


class Health(Shown):
    status: str = shown(S0, "状态")


@router.get("/health", response_model=Health, responses={503: PROBLEMS[503]})
async def health(engine: EngineDep) -> Health:
    """Whether the app answers and reaches its database."""
    async with transaction(engine) as connection:
        await connection.execute(text("select 1"))
    return Health(status="ok")
