"""The application: routes, refusals, lifespan, API docs with our own assets."""

import asyncio
import gc
import importlib.util
import logging
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import copy
from pathlib import Path

import asyncpg
from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles
from fastapi.utils import generate_unique_id
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.routing import compile_path

from app import clock
from app.config import SettingsError, get_settings
from app.db import away, make_engine, refuse_strong_role
from app.deps import Actors, ours
from app.kinds import KINDS, Kinds
from app.rates import Rate
from app.routers import (
    account_grants,
    account_register,
    accounts,
    agreement,
    areas,
    attachments,
    cases,
    clients,
    docket,
    door,
    exports,
    frontends,
    glass,
    health,
    indicators,
    ledger,
    notices,
    oauth,
    papers,
    partners,
    passwords,
    people,
    phone_conflicts,
    privacy,
    problems,
    record,
    recusals,
    referrals,
    registers,
    retention,
    second_factors,
    sessions,
    subject_requests,
    sync,
    typed,
    vault,
    views,
    worklist,
)
from app.routers import (
    kinds as definitions,
)
from app.routers.permitted import check_permitted
from app.routers.shown import check_classified, routes
from app.services.district import calendar

PREFIX = "/api/v1"
TRY_AGAIN_SECONDS = 1
CALENDAR_SECONDS = 60

log = logging.getLogger("anlan")


def create_app(kinds: Kinds = KINDS, engine: AsyncEngine | None = None) -> FastAPI:
    """The app for a set of kinds. Without an engine it connects as the settings say."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        settings = get_settings()
        if settings.production:
            clock.refuse_demo_clock()
        made = engine or make_engine(_url(), settings)
        waiting = await _reach(app, made)
        app.state.jobs.add(asyncio.create_task(_keep_calendar(app)))
        # Everything built at start lives as long as the process: keep the collector off it.
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 50, 50)
        yield
        if waiting is not None:
            waiting.cancel()
        for job in app.state.jobs:
            job.cancel()
        if engine is None:
            await made.dispose()

    app = FastAPI(
        title="安澜 Anlan",
        summary="妇女权益保护案件与服务管理",
        version="1",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        separate_input_output_schemas=False,
    )
    app.state.kinds = kinds
    app.state.actors = Actors()
    app.state.jobs = set()
    app.state.engine = None
    settings = get_settings()
    app.state.accounts = Rate(settings.account_rate)
    app.state.addresses = addresses = Rate(settings.address_rate)
    problems.install(app)
    app.add_middleware(door.Door, production=settings.production, addresses=addresses, known=ours)
    app.state.bodies = bodies = typed.bodies(kinds)
    routers = (
        accounts.router,
        account_register.router,
        account_grants.router,
        sessions.router,
        passwords.router,
        second_factors.router,
        worklist.router,
        cases.router,
        typed.make_router(kinds, bodies),
        sync.router,
        phone_conflicts.router,
        people.router,
        vault.router,
        attachments.router,
        agreement.router,
        privacy.router,
        subject_requests.router,
        retention.router,
        notices.router,
        referrals.router,
        papers.router,
        exports.router,
        docket.router,
        views.router,
        record.router,
        indicators.router,
        ledger.router,
        definitions.make_router(kinds),
        areas.router,
        registers.router,
        recusals.router,
        glass.router,
        partners.router,
        oauth.router,
        clients.router,
    )
    app.router.routes += routes(health.router)
    app.router.routes += (_under_prefix(route) for router in routers for route in routes(router))
    _serve_docs(app)
    frontends.install(app)
    check_classified((health.router, *routers))
    check_permitted((health.router, *routers))
    return app


def _under_prefix(route: APIRoute) -> APIRoute:
    """The route, under PREFIX. Routes stand side by side: `include_router` would build each a
    second time at the first request, and try them anew at every level."""
    placed = copy(route)
    placed.path = PREFIX + route.path
    placed.path_regex, placed.path_format, placed.param_convertors = compile_path(placed.path)
    placed.unique_id = route.operation_id or generate_unique_id(placed)
    return placed


async def _reach(app: FastAPI, engine: AsyncEngine) -> asyncio.Task[None] | None:
    """Let requests in once the database answers, and only as the app's own role. While it is away
    everybody is told to come back, and the task that is returned goes on trying."""
    try:
        await _let_in(app, engine)
    except (OSError, DBAPIError, asyncpg.PostgresError) as error:
        if not away(error):
            raise
        log.warning("waiting for the database: %s", type(error).__name__)
        return asyncio.create_task(_keep_trying(app, engine))
    return None


async def _let_in(app: FastAPI, engine: AsyncEngine) -> None:
    await refuse_strong_role(engine)
    app.state.holidays = await calendar.load(engine)
    app.state.engine = engine


async def _keep_trying(app: FastAPI, engine: AsyncEngine) -> None:
    while app.state.engine is None:
        await asyncio.sleep(TRY_AGAIN_SECONDS)
        try:
            await _let_in(app, engine)
        except Exception as error:
            if not away(error):
                # What would have stopped the start stops it now: a wrong role, no tables.
                log.critical("%s", error if isinstance(error, SettingsError) else type(error))
                signal.raise_signal(signal.SIGTERM)
                return


async def _keep_calendar(app: FastAPI) -> None:
    """Read again what was marked through another process: all reckon by one calendar."""
    while True:
        await asyncio.sleep(CALENDAR_SECONDS)
        try:
            if app.state.engine is not None:
                app.state.holidays = await calendar.load(app.state.engine)
        except Exception as error:
            if not away(error):
                raise


def _url() -> str:
    url = get_settings().database_url
    if url is None:
        raise SettingsError("DATABASE_URL 未设置，请用 anlan serve 启动", "DATABASE_URL is not set")
    return url


def _serve_docs(app: FastAPI) -> None:
    """Swagger UI from the installed package: the docs work without the internet."""
    spec = importlib.util.find_spec("fastapi_swagger")
    if spec is None or spec.origin is None:
        raise RuntimeError("fastapi-swagger is not installed")
    assets = Path(spec.origin).parent / "resources"
    app.mount(f"{door.DOCS}/assets", StaticFiles(directory=assets), name="docs-assets")

    page = get_swagger_ui_html(
        openapi_url="/api/openapi.json",
        title="安澜 API",
        swagger_js_url=f"{door.DOCS}/assets/swagger-ui-bundle.js",
        swagger_css_url=f"{door.DOCS}/assets/swagger-ui.css",
        swagger_favicon_url=f"{door.DOCS}/assets/favicon-32x32.png",
        swagger_ui_parameters={"docExpansion": "none", "persistAuthorization": False},
    )
    page.headers["content-security-policy"] = door.docs_policy(bytes(page.body))

    @app.get(door.DOCS, include_in_schema=False)
    async def docs() -> HTMLResponse:
        return page
