"""What Lighthouse says of the phone's first page, on the phone and the network that it imagines."""

import asyncio
import json
import os
import statistics
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import CHROMIUM

FRONTEND = Path(__file__).parents[2] / "frontend"
CATEGORIES = ("performance", "accessibility", "best-practices")


async def judged(url: str, folder: Path) -> dict[str, float]:
    """The marks of one run, of 100."""
    report = folder / "report.json"
    node = Path(sys.executable).with_name("node")
    running = await asyncio.create_subprocess_exec(
        str(node), str(FRONTEND / "node_modules/lighthouse/cli/index.js"), url, "--quiet",
        "--output=json", f"--output-path={report}", f"--only-categories={','.join(CATEGORIES)}",
        "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
        env=os.environ | {"CHROME_PATH": str(CHROMIUM)}, cwd=folder,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, said = await running.communicate()
    assert running.returncode == 0, said.decode()[-2000:]
    found: dict[str, Any] = json.loads(await asyncio.to_thread(report.read_text))
    return {name: 100 * found["categories"][name]["score"] for name in CATEGORIES}


@pytest.mark.prove
async def test_the_marks_of_the_first_page(app: object, server: str, tmp_path: Path) -> None:
    runs = [await judged(f"{server}/m/", tmp_path) for _ in range(3)]
    marks = {name: statistics.median(run[name] for run in runs) for name in CATEGORIES}
    print(f"\nlighthouse, phone, median of 3: {marks}")  # noqa: T201 - make prove shows its figures
    assert marks["performance"] >= 95
    assert marks["accessibility"] == 100
    assert marks["best-practices"] >= 95
