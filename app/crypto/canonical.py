"""One spelling of a value, for everything that is keyed or chained."""

import base64
import enum
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Final
from uuid import UUID


def canonical(value: object) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces: one value, one spelling.

    Aware moments become UTC, decimals lose trailing zeros, bytes become base64, sets are sorted.
    Reading the bytes back and encoding them again changes nothing. Raises TypeError on other types
    and ValueError on naive moments and numbers that are not finite.
    """
    return _JSON.encode(value).encode()


def _json_form(value: object) -> object:
    if isinstance(value, datetime):
        return _utc(value)
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Decimal):
        return _shortest(value)
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, (bytes, memoryview)):
        return base64.b64encode(value).decode()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=canonical)
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _utc(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _shortest(number: Decimal) -> str:
    if not number.is_finite():
        raise ValueError("a number must be finite")
    digits = format(number, "f")
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return digits if number else "0"


_JSON: Final = json.JSONEncoder(
    ensure_ascii=False,
    allow_nan=False,
    sort_keys=True,
    separators=(",", ":"),
    default=_json_form,
)
