"""The Merkle tree of RFC 6962: many records under one value, each provable on its own."""

import hashlib
from collections.abc import Sequence
from typing import Final

LEAF: Final = b"\0"
NODE: Final = b"\1"


def leaf(data: bytes) -> bytes:
    """The 32-byte hash of one record."""
    return hashlib.sha256(LEAF + data).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The 32-byte value above these leaf hashes, in their order; also of none."""
    if not leaves:
        return hashlib.sha256().digest()
    level = list(leaves)
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        above = [hashlib.sha256(NODE + left + right).digest() for left, right in pairs]
        level = above + level[len(above) * 2 :]
    return level[0]
