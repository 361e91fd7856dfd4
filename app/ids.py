"""UUIDv7 (RFC 9562): ids made by whoever makes the row, in the order of their making."""

import os
import time
from uuid import UUID


def uuid7() -> UUID:
    """A new id: 48 bits of Unix milliseconds, the rest random."""
    milliseconds = time.time_ns() // 10**6
    value = int.from_bytes(milliseconds.to_bytes(6) + os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)
