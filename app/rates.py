"""How fast one account, or one address, may ask: kept in memory, so in each process by itself.

This guards the machine against floods and costs no round trip. What guards people against guessing
is counted in the database, by all processes together (services/limits.py).
"""

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

BURST_SECONDS = 10
"""Whoever was quiet may ask for as much as ten seconds allow at once: a page, a phone's backlog."""

REMEMBERED = 20_000


class Rate:
    """At most `per_second` requests a key in the long run; 0 for no limit.

    Of every key only the moment is kept at which it will have paid for all it asked (GCRA); keys
    that paid long ago make room for others.
    """

    def __init__(self, per_second: float, now: Callable[[], float] = time.monotonic) -> None:
        self._each = 1 / per_second if per_second else 0.0
        self._now = now
        self._paid: OrderedDict[Hashable, float] = OrderedDict()

    def wait(self, key: Hashable) -> int:
        """Count a request. 0 if it may go on, else the whole seconds after which one may."""
        if not self._each:
            return 0
        now = self._now()
        paid = max(self._paid.get(key, now), now) + self._each
        over = paid - now - max(BURST_SECONDS, self._each)
        if over > 1e-6:  # the sum of many small steps
            return math.ceil(over)
        self._paid[key] = paid
        self._paid.move_to_end(key)
        if len(self._paid) > REMEMBERED:
            self._paid.popitem(last=False)
        return 0


def network(address: str) -> str:
    """Whom an address belongs to: of IPv6 the first 64 bits, since anybody has all of the rest."""
    if ":" not in address:
        return address
    try:
        return str(ipaddress.IPv6Network((address, 64), strict=False).network_address)
    except ValueError:
        return address
