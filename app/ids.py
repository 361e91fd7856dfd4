"""UUIDv7 (RFC 9562): ids made by whoever makes the row, in the order of their making."""

import os
import time
from uuid import UUID


def uuid7() -> UUID:
    """A new id: 48 bits of Unix milliseconds, 12 bits of their fraction, the rest random.

    The fraction (RFC 9562, 6.2, method 3) keeps two rows of one millisecond in their order.
    """
    milliseconds, rest = divmod(time.time_ns(), 10**6)
    fraction = (rest << 12) // 10**6
    random = int.from_bytes(os.urandom(8)) >> 2
    return UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0x2 << 62 | random)
