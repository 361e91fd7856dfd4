"""The keyed chain of a case's events, and the fingerprint that tells a repeat."""

import hmac
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from app.crypto.canonical import canonical
from app.crypto.derived import subkey
from app.crypto.keys import Keyring

GENESIS: Final = bytes(32)  # what the first link of every case follows


def link(
    keyring: Keyring, case_id: UUID, previous: bytes, seq: int, body: Mapping[str, Any]
) -> bytes:
    """The 32-byte chain value of event ``seq`` of a case, after ``previous`` (GENESIS at first).

    Sealed answers go in as their sealed bytes, so deleting a key does not break the chain. What is
    None is left out, so a column that comes later does not either. Raises ValueError if
    ``previous`` is not a chain value.
    """
    return link_by(keyring.chain, case_id, previous, seq, body)


def link_by(
    chain: bytes, case_id: UUID, previous: bytes, seq: int, body: Mapping[str, Any]
) -> bytes:
    """As `link`, for whoever holds the chain key and no other."""
    if len(previous) != len(GENESIS):
        raise ValueError("the previous chain value has 32 bytes")
    key = subkey(chain, f"chain {case_id}")
    stated = canonical({name: value for name, value in body.items() if value is not None})
    return hmac.digest(key, previous + seq.to_bytes(8, "big") + stated, "sha256")


def fingerprint(keyring: Keyring, actor_id: int, operation: str, body: Mapping[str, Any]) -> bytes:
    """32 bytes that are equal only for the same actor, operation and body: tells a repeat."""
    key = subkey(keyring.chain, "fingerprint")
    return hmac.digest(key, canonical([actor_id, operation, body]), "sha256")
