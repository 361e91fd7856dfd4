"""The real server and a real browser: `anlan`'s app on the worker's database, and Chromium."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from playwright.async_api import (
    Browser,
    BrowserContext,
    Playwright,
    async_playwright,
    expect,
)

from app import demo
from app.clock import HOLIDAYS
from app.config import get_settings
from app.db import app_role, make_engine
from app.embedded import EmbeddedPostgres
from app.kinds import KINDS
from app.routers.frontends import BUILT
from tests.e2e.desk import Desk
from tests.e2e.phone import Phone

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=zh-CN",
)
"""A browser that asks nobody but our server, and writes dates as here."""

SCREEN = {
    "viewport": {"width": 360, "height": 640},
    "is_mobile": True,
    "has_touch": True,
    "locale": "zh-CN",
    "timezone_id": "Asia/Shanghai",
    "service_workers": "allow",
}


CASES = 1200
"""Of the demo year in which proofs and pictures are taken."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser, or without the built pages, these stories are skipped, and say so."""
    missing = (
        "没有找到 Chromium，跳过浏览器测试"
        if CHROMIUM is None
        else None
        if all((BUILT / shell / "index.html").is_file() for shell in "md")
        else "前端尚未构建（make frontend），跳过浏览器测试"
    )
    if missing:
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.skip(reason=missing))


@contextmanager
def serving(url: str) -> Iterator[str]:
    """The app in a process of its own, on the database of that URL."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "app.main:create_app", "--factory"]
    running = subprocess.Popen(
        [*command, "--port", str(port), "--log-level", "warning"],
        env=os.environ | {"DATABASE_URL": url},
    )
    try:
        until = time.monotonic() + 180
        while time.monotonic() < until and running.poll() is None:
            try:
                if httpx.get(f"http://127.0.0.1:{port}/api/health").status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.1)
        else:
            pytest.fail("the server did not come up")
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait(30)


@pytest.fixture(scope="session")
def server(postgres: EmbeddedPostgres, engine: object) -> Iterator[str]:
    """The app on the worker's database, which is emptied after each story."""
    with serving(postgres.dsn("anlan", app_role(get_settings().schema))) as url:
        yield url


@pytest.fixture(scope="session")
def district(postgres: EmbeddedPostgres, peopled: str) -> Iterator[str]:
    """The app on a database of its own in which a demo year was played: a district as it is
    worked in. Playing takes its time; what asks for it is marked `prove`."""
    postgres.psql("postgres", f"create database district template {peopled}")
    url = postgres.dsn("district", app_role(get_settings().schema))
    asyncio.run(_play(url))
    with serving(url) as address:
        yield address


async def _play(url: str) -> None:
    engine = make_engine(url, get_settings())
    try:
        assert (await demo.play(engine, KINDS, HOLIDAYS, cases=CASES)).refused == ()
    finally:
        await engine.dispose()


@pytest.fixture(scope="session")
async def playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as made:
        yield made


@pytest.fixture(scope="session")
async def browser(playwright: Playwright) -> AsyncIterator[Browser]:
    made = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
    yield made
    await made.close()


expect.set_options(timeout=20_000)  # a machine with much else to do is slow, not wrong

Desks = Callable[..., Awaitable[Desk]]
Phones = Callable[..., Awaitable[Phone]]
Pockets = Callable[[], Awaitable[Phone]]


@pytest.fixture
async def pocket(
    app: FastAPI, server: str, playwright: Playwright, tmp_path: Path
) -> AsyncIterator[Pockets]:
    """`await pocket()`: the same phone each time, with what it keeps on its disk."""
    opened: list[BrowserContext] = []

    async def open_() -> Phone:
        context = await playwright.chromium.launch_persistent_context(
            tmp_path / "profile", executable_path=CHROMIUM, args=list(FLAGS), base_url=server,
            **SCREEN,  # type: ignore[arg-type]
        )  # fmt: skip
        opened.append(context)
        context.set_default_timeout(30_000)
        return Phone(context, context.pages[0], tmp_path / "profile")

    yield open_
    for context in opened:
        await context.close()


@pytest.fixture
async def phone(app: FastAPI, server: str, browser: Browser) -> AsyncIterator[Phones]:
    """`await phone("grid_worker")`: a phone of 360 × 640, signed in, with a PIN; without a name,
    one that nobody signed in on yet."""
    async with AsyncExitStack() as stack:

        async def make(username: str | None = None) -> Phone:
            context: BrowserContext = await browser.new_context(base_url=server, **SCREEN)  # type: ignore[arg-type]
            stack.push_async_callback(context.close)
            context.set_default_timeout(30_000)
            made = Phone(context, await context.new_page())
            if username:
                await made.sign_in(username)
            return made

        yield make


@pytest.fixture
async def desk(app: FastAPI, server: str, browser: Browser) -> AsyncIterator[Desks]:
    """`await desk("court")`: a screen of 1440 x 900 with somebody signed in; without a name,
    nobody."""
    async with AsyncExitStack() as stack:

        async def make(username: str | None = None, **more: Any) -> Desk:
            context: BrowserContext = await browser.new_context(
                locale="zh-CN", timezone_id="Asia/Shanghai",
                **{"base_url": server, "viewport": {"width": 1440, "height": 900}, **more},
            )  # fmt: skip
            stack.push_async_callback(context.close)
            context.set_default_timeout(30_000)
            made = Desk(context, await context.new_page())
            if username:
                await made.sign_in(username)
            return made

        yield make
