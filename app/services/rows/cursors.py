"""Keyset cursors: where a page ended, opaque to clients, and good only for the same question."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from app import crypto
from app.errors import Invalid

Key = Sequence[datetime | UUID | int]
"""The sort key of the last row of a page."""

LARGEST = 2**63 - 1
YEARS = range(1900, 2200)
DIGEST_BYTES = 6


def write(key: Key, question: Mapping[str, Any]) -> str:
    """The cursor after the row with this key, among the answers to this question."""
    parts = [_written(value) for value in key]
    packed = json.dumps([_digest(question), *parts], separators=(",", ":"))
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def read(cursor: str, question: Mapping[str, Any], shape: str) -> list[Any]:
    """The key in a cursor; `shape` spells its types: t moment (UTC), u UUID, i whole number.

    Raises Invalid for anything that was not written for this question.
    """
    try:
        packed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars="-_", validate=True)
        digest, *parts = json.loads(packed)
        if digest != _digest(question) or "".join(p[0] for p in parts) != shape:
            raise ValueError("another question")
        return [READERS[p[0]](p[1:]) for p in parts]
    except (ValueError, TypeError, IndexError, KeyError):
        problem = {"field": "cursor", "message": "请从第一页重新查看"}
    raise Invalid("翻页标记无效，请从第一页重新查看", [problem])


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or moment.year not in YEARS:
        raise ValueError("no moment of ours")
    return moment


def _number(text: str) -> int:
    number = int(text)
    if not 0 <= number <= LARGEST:
        raise ValueError("no number of ours")
    return number


READERS: Mapping[str, Callable[[str], Any]] = {"t": _moment, "u": UUID, "i": _number}


def _written(value: datetime | UUID | int) -> str:
    if isinstance(value, datetime):
        return f"t{value.astimezone(UTC).isoformat()}"
    return f"u{value}" if isinstance(value, UUID) else f"i{value}"


def _digest(question: Mapping[str, Any]) -> str:
    asked = crypto.canonical({k: v for k, v in question.items() if v is not None})
    return hashlib.sha256(asked).hexdigest()[: 2 * DIGEST_BYTES]
