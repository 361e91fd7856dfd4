"""A record as it is hashed, made from a row of a dump: what `leaf_digest` does in the database."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Final

from sqlalchemy import ARRAY, BigInteger, DateTime, Integer, LargeBinary, Numeric, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from app.crypto import merkle
from app.models import AccessLog, AuditEntry, Event, SQLModel
from app.models.columns import table_of
from app.services.record.dump import Row
from app.services.record.seals import CHANGES

MODELS: Final[Mapping[str, type[SQLModel]]] = {
    "event": Event,
    "access_log": AccessLog,
    "audit_entry": AuditEntry,
}
_ELEMENT: Final = re.compile(r'"((?:[^"\\]|\\.)*)"|([^,{}]+)')


def digest(source: str, row: Row) -> bytes:
    """The leaf of a row, as its seal must have it."""
    kinds, outside = _kinds(source), CHANGES[source]
    parts = []
    for name in sorted(row):
        value = row[name]
        if value is not None and name not in outside:
            spelled = _SPELLED.get(kinds.get(name, ""), str)(value).encode()
            parts.append(b"%s:%d:%s" % (name.encode(), len(spelled), spelled))
    return merkle.leaf(source.encode() + b"\n" + b"\n".join(parts))


def typed(source: str, row: Row) -> dict[str, Any]:
    """The values of a row as the app had them when it wrote them."""
    kinds = _kinds(source)
    return {
        name: None if value is None else _TYPED.get(kinds.get(name, ""), str)(value)
        for name, value in row.items()
    }


@cache
def _kinds(source: str) -> Mapping[str, str]:
    """Column → the kind of its type, as far as the two spellings differ."""
    found = {}
    for column in table_of(MODELS[source]).c:
        for type_, kind in _TYPES:
            if isinstance(column.type, type_):
                found[column.name] = kind
                break
    return found


_TYPES: Final = (
    (DateTime, "moment"),
    (ARRAY, "list"),
    (JSONB, "json"),
    (LargeBinary, "bytes"),
    (Numeric, "number"),
    ((Integer, BigInteger), "integer"),
    (Uuid, "uuid"),
)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _spelled_moment(text: str) -> str:
    moment = _moment(text)
    fraction = f".{moment.microsecond:06}".rstrip("0") if moment.microsecond else ""
    return f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}+00:00"


def _list(text: str) -> list[str]:
    return [
        re.sub(r"\\(.)", r"\1", quoted) if quoted or not bare else bare
        for quoted, bare in _ELEMENT.findall(text)
    ]


def _spelled_list(text: str) -> str:
    return json.dumps(_list(text), ensure_ascii=False)


_SPELLED: Final[Mapping[str, Callable[[str], str]]] = {
    "moment": _spelled_moment,
    "list": _spelled_list,
}
_TYPED: Final[Mapping[str, Callable[[str], Any]]] = {
    "moment": _moment,
    "list": _list,
    "json": json.loads,
    "bytes": lambda text: bytes.fromhex(text[2:]),
    "number": Decimal,
    "integer": int,
}
