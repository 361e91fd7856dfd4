"""The app of the framework floor, for uvicorn."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI

from bench.floor import lists, page, writes
from bench.floor.door import Pool


def create_app() -> FastAPI:
    """Three readings, two writings."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.pool = Pool()
        await app.state.pool.open()
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 50, 50)
        yield

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None)
    api = APIRouter(prefix="/api/v1")
    for router in (writes.router, lists.router, page.router):
        api.include_router(router)
    app.include_router(api)
    return app
