"""The built frontends as a browser meets them: what it may keep, and what it must ask for again."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from app.routers import frontends

PAGE = "<!doctype html><title>工作台</title>"
DESK = "<!doctype html><title>工作台</title><p>desk</p>"


def build(folder: Path) -> None:
    shell = folder / "m"
    (shell / "assets").mkdir(parents=True)
    (shell / "index.html").write_text(PAGE, encoding="utf-8")
    (shell / "sw.js").write_text("self.skipWaiting", encoding="utf-8")
    (shell / "manifest.webmanifest").write_text("{}", encoding="utf-8")
    script = b"console.log(1)" * 100
    (shell / "assets" / "index-abc.js").write_bytes(script)
    (shell / "assets" / "index-abc.js.gz").write_bytes(gzip.compress(script))
    (folder / "d" / "assets").mkdir(parents=True)
    (folder / "d" / "index.html").write_text(DESK, encoding="utf-8")
    (folder / "d" / "assets" / "index-def.js").write_bytes(script)


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    build(tmp_path)
    app = FastAPI()
    frontends.install(app, tmp_path)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as made:
        yield made


async def test_the_page_is_asked_for_again_and_its_assets_are_kept(
    browser: httpx.AsyncClient,
) -> None:
    for path in ("/m/", "/m/index.html", "/m/sw.js", "/m/manifest.webmanifest"):
        answer = await browser.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["cache-control"] == "no-cache", path
    kept = await browser.get("/m/assets/index-abc.js")
    assert "immutable" in kept.headers["cache-control"]
    assert kept.headers["content-encoding"] == "gzip"
    assert kept.text.startswith("console.log(1)")
    plain = await browser.get("/m/assets/index-abc.js", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == kept.text


async def test_a_page_of_the_shell_opens_by_its_address(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/m/tasks/018f0000-0000-7000-8000-000000000000")
    assert page.text == PAGE
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    # What a stale page asks for is gone, and must not be answered with the page.
    assert (await browser.get("/m/assets/index-old.js")).status_code == 404
    assert (await browser.get("/m/other.png")).status_code == 404


async def test_the_desk_is_everywhere_else_but_under_the_api(browser: httpx.AsyncClient) -> None:
    for path in ("/", "/cases/018f0000-0000-7000-8000-000000000000", "/apiary"):
        page = await browser.get(path)
        assert page.text == DESK, path
        assert page.headers["cache-control"] == "no-cache", path
    assert "immutable" in (await browser.get("/assets/index-def.js")).headers["cache-control"]
    for path in ("/assets/index-old.js", "/other.png", "/api", "/api/v1/elsewhere"):
        assert (await browser.get(path)).status_code == 404, path
    assert (await browser.post("/api/v1/elsewhere")).status_code == 404
    assert (await browser.post("/")).status_code == 404


async def test_nothing_outside_the_build_is_served(browser: httpx.AsyncClient) -> None:
    for path in ("/m/../m/../secret", "/m/..%2f..%2fpyproject.toml", "/m//etc/hostname"):
        answer = await browser.get(path)
        assert answer.status_code == 404 or answer.text in (PAGE, DESK), path


async def test_without_a_build_a_page_says_how_to_make_one(tmp_path: Path) -> None:
    app = FastAPI()
    frontends.install(app, tmp_path / "none")
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as browser:
        answer = await browser.get("/m/")
    assert answer.status_code == 503
    assert "make frontend" in answer.text
