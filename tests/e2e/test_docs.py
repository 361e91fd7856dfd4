"""The API's documentation in a real browser, served as a newcomer starts it, without internet."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=8000",
)


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="anlan-e2e-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def server(folder: Path) -> Iterator[str]:
    """`anlan serve` on a data folder and a port of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    running = subprocess.Popen(
        [Path(sys.executable).with_name("anlan"), "serve"],
        env=os.environ | {"PORT": str(port), "ANLAN_DATA": str(folder / "data")},
    )
    base = f"http://127.0.0.1:{port}"
    try:
        _await(base, running)
        yield base
    finally:
        running.terminate()
        running.wait(30)


def _await(base: str, running: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and running.poll() is None:
        try:
            if httpx.get(f"{base}/api/health").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail("the server did not come up")


@pytest.mark.skipif(CHROMIUM is None, reason="没有找到 Chromium，跳过浏览器测试")
def test_the_docs_render_with_our_own_assets(server: str, folder: Path) -> None:
    assert CHROMIUM is not None
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={folder / 'browser'}", "--dump-dom"]
    page = subprocess.run(
        [*command, f"{server}/api/docs"], capture_output=True, text=True, timeout=120, check=True
    ).stdout
    assert "家庭暴力告诫" in page
    assert 'class="opblock-tag' in page
    assert "https://" not in httpx.get(f"{server}/api/docs").text
