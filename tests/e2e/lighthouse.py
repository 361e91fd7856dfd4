"""What Lighthouse says of a page."""

import asyncio
import json
import os
import statistics
import sys
from pathlib import Path
from typing import Any

from tests.e2e.conftest import CHROMIUM

FRONTEND = Path(__file__).parents[2] / "frontend"
CATEGORIES = ("performance", "accessibility", "best-practices")


async def marks(url: str, folder: Path, *flags: str, runs: int = 3) -> dict[str, float]:
    """The median marks of some runs, of 100. `flags` are Lighthouse's own."""
    found = [await _judged(url, folder, flags) for _ in range(runs)]
    return {name: statistics.median(run[name] for run in found) for name in CATEGORIES}


async def _judged(url: str, folder: Path, flags: tuple[str, ...]) -> dict[str, float]:
    report = folder / "report.json"
    node = Path(sys.executable).with_name("node")
    running = await asyncio.create_subprocess_exec(
        str(node), str(FRONTEND / "node_modules/lighthouse/cli/index.js"), url, "--quiet",
        "--output=json", f"--output-path={report}", f"--only-categories={','.join(CATEGORIES)}",
        "--chrome-flags=--headless=new --no-sandbox --disable-gpu", *flags,
        env=os.environ | {"CHROME_PATH": str(CHROMIUM)}, cwd=folder,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, said = await running.communicate()
    assert running.returncode == 0, said.decode()[-2000:]
    found: dict[str, Any] = json.loads(await asyncio.to_thread(report.read_text))
    assert found["finalDisplayedUrl"] == url, found["finalDisplayedUrl"]
    return {name: 100 * found["categories"][name]["score"] for name in CATEGORIES}
