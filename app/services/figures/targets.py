"""The plan's own indicators and their targets (data/plan_indicators.csv)."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_FILE = Path(__file__).parents[2] / "data" / "plan_indicators.csv"
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?![\d:])")
_OURS = frozenset({"社会保障", "法律"})


@dataclass(frozen=True)
class Target:
    """What the plan demands by 2030. `text` carries the unit; `direction` is ↑, ↓, ≈, = or –."""

    code: str
    title: str
    text: str
    direction: str
    unit: str
    department: str
    from_cases: bool
    domain: str


def _read() -> dict[str, Target]:
    with _FILE.open(encoding="utf-8", newline="") as file:
        return {row["code"]: _target(row) for row in csv.DictReader(file)}


def _target(row: dict[str, str]) -> Target:
    wanted, unit = row["target"], row["unit"]
    return Target(
        code=row["code"],
        title=row["name"],
        text=_NUMBER.sub(lambda number: number[0] + unit, wanted, count=1),
        direction=row["direction"],
        unit=unit,
        department=row["department"],
        from_cases=row["computed_from_cases"] != "N",
        domain=row["domain"],
    )


TARGETS: Mapping[str, Target] = _read()

REPORTED = tuple(t for t in TARGETS.values() if t.domain in _OURS and not t.from_cases)
"""Indicators of law and social security that only departments can report."""
