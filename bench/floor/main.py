"""The app of the framework floor, for uvicorn."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app.config import get_settings
from app.rates import Rate
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
    app.state.accounts = Rate(get_settings().account_rate)
    app.router.routes += [*lists.router.routes, *page.router.routes, *writes.router.routes]
    return app
