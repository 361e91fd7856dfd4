"""The tests are tested: every sabotage of the switchboard is noticed by the test that should.

A copy of the tree is sabotaged, never the tree itself. A sample a day here, all by `make prove`.
"""

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.sabotage.switch import Sabotage
from tests.sabotage.switchboard import SWITCHES

ROOT = Path(__file__).parents[2]
COPIED = ("app", "migrations", "tests", "docs", "examples", "frontend/src")
FILES = ("pyproject.toml", "alembic.ini", "Makefile", "README.md", "README.zh-CN.md")
TODAY = datetime.now(UTC).timetuple().tm_yday
SAMPLE = [SWITCHES[(TODAY * 2 + n) % len(SWITCHES)] for n in range(2)]


@pytest.mark.parametrize("switch", SWITCHES, ids=lambda s: s.name)
def test_every_switch_still_has_its_place(switch: Sabotage) -> None:
    """A sabotage that changes nothing proves nothing."""
    assert (ROOT / switch.file).read_text(encoding="utf-8").count(switch.old) == 1
    assert (ROOT / switch.test.partition("::")[0]).is_file()


def noticed(switch: Sabotage, folder: Path) -> str:
    """Sabotage a copy in an empty folder and run the test there; its output if it noticed."""
    for name in COPIED:
        if (ROOT / name).exists():
            ignored = shutil.ignore_patterns("__pycache__", "node_modules")
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in FILES:
        shutil.copy(ROOT / name, folder / name)
    file = folder / switch.file
    file.write_text(file.read_text("utf-8").replace(switch.old, switch.new), "utf-8")
    run = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", switch.test]
    # The copy's app, not the one that is installed.
    own = {**os.environ, "PYTHONPATH": str(folder), "PYTEST_ADDOPTS": ""}
    own.pop("PYTEST_XDIST_WORKER", None)
    done = subprocess.run(run, cwd=folder, env=own, capture_output=True, text=True, timeout=300)
    said = done.stdout[-3000:] + done.stderr[-1000:]
    assert done.returncode == 1, f"“{switch.name}” was not noticed by {switch.test}:\n{said}"
    return said


@pytest.mark.parametrize("switch", SAMPLE, ids=lambda s: s.name)
def test_todays_sabotages_are_noticed(switch: Sabotage, tmp_path: Path) -> None:
    noticed(switch, tmp_path)


@pytest.mark.prove
@pytest.mark.parametrize("switch", SWITCHES, ids=lambda s: s.name)
def test_every_sabotage_is_noticed(switch: Sabotage, tmp_path: Path) -> None:
    noticed(switch, tmp_path)
