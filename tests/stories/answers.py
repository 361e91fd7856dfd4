"""Answers that several stories give; the people in them are invented."""

from datetime import UTC, datetime
from typing import Any

from app.ids import uuid7
from app.kinds.identity import id_number_valid

WIFE = {"name": "林秋禾", "id_number": "441802198805120022", "phone": "13800000021"}
HUSBAND = {"name": "贺长庚", "id_number": "441802198603180019", "relation": "spouse"}
REPORT = {
    "immediate_danger": False,
    "what_happened": "丈夫酒后打了妻子两个耳光",
    "victim": WIFE,
    "perpetrator": HUSBAND,
}
QUICK = {"immediate_danger": True, "what_happened": "隔壁传出打骂声和哭声"}
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""A Monday morning in Qingcheng."""


def command(answers: dict[str, Any], at: datetime = NOW, **more: Any) -> dict[str, Any]:
    """A command as a client sends it, with an id of its own."""
    return {"id": str(uuid7()), "happened_at": at.isoformat(), "answers": answers, **more}


def id_number(n: int, sex: int) -> str:
    """The number of invented person `n`: right in form, and nobody's: there is no area 441899."""
    first = f"441899{1950 + n % 50}{1 + n // 50 % 12:02}{1 + n // 600 % 28:02}{n // 16800:02}{sex}"
    return next(first + last for last in "0123456789X" if id_number_valid(first + last))


def wish(case_id: str, person_id: str, **more: Any) -> dict[str, Any]:
    """What a person of a case asks about her own data."""
    return {
        "id": str(uuid7()), "case_id": case_id, "person_id": person_id, "asked": "copy",
        "asked_by": "self", "received_at": NOW.isoformat(), "wish": "想知道你们记了我什么", **more,
    }  # fmt: skip
