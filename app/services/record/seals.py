"""A seal: what it says, how that is signed, and how it is written down outside the database."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, Final

from app.crypto import canonical
from app.crypto.signing import PublicKey, Signer, signed

SOURCES: Final = ("event", "access_log", "audit_entry")
"""The tables that are sealed: what happened in cases, who looked, what befell the system."""

CHANGES: Final[Mapping[str, frozenset[str]]] = {
    "event": frozenset({"seen_by", "replaced_by", "key"}),
    "access_log": frozenset({"key"}),
    "audit_entry": frozenset({"key"}),
}
"""Columns that rightly change later: who has a case now, that a step was corrected, and the wrap
of a key, which rotation renews."""

FIRST: Final = bytes(32)
"""What the first seal follows."""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What a seal says: which records, after which seal. `root` is the Merkle root of its leaves,
    `previous` the digest of the statement before it, the counts are by source."""

    no: int
    sealed_at: datetime
    previous: bytes
    root: bytes
    events: int
    looks: int
    entries: int

    @property
    def message(self) -> bytes:
        """The bytes that are signed."""
        return b"anlan seal v1\n" + canonical({name: getattr(self, name) for name in STATED})

    @property
    def digest(self) -> bytes:
        """What the next seal follows."""
        return hashlib.sha256(self.message).digest()


STATED: Final = tuple(field.name for field in fields(Statement))


@dataclass(frozen=True, kw_only=True)
class Seal(Statement):
    """A signed statement."""

    algorithm: str
    key_id: str
    signature: bytes

    def genuine(self, keys: Mapping[str, PublicKey]) -> bool:
        """Whether one of the keys (by id) signed it."""
        key = keys.get(self.key_id)
        return key is not None and signed(key, self.algorithm, self.message, self.signature)

    def line(self) -> str:
        """The seal as one line of JSON, without the end of the line."""
        return canonical(asdict(self) | {n: getattr(self, n).hex() for n in _BYTES}).decode()


_BYTES: Final = ("previous", "root", "signature")


def sign(statement: Statement, signer: Signer) -> Seal:
    """The statement, signed."""
    return Seal(
        **asdict(statement),
        algorithm=signer.algorithm,
        key_id=signer.key_id,
        signature=signer.sign(statement.message),
    )


def read_line(line: str) -> Seal:
    """The seal of a line; ValueError for anything else."""
    try:
        given: dict[str, Any] = json.loads(line)
        given["sealed_at"] = datetime.fromisoformat(given["sealed_at"])
        return Seal(**given | {name: bytes.fromhex(given[name]) for name in _BYTES})
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError("not a seal") from error
