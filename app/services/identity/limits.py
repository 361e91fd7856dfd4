"""How often somebody may guess. Counted in the database, so that all processes count together."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app import crypto
from app.errors import TooManyAttempts


@dataclass(frozen=True)
class Limit:
    """`burst` guesses at once; each comes back after a `pause`."""

    what: str
    burst: int
    pause: timedelta


Turn = tuple[Limit, str]
"""A limit, and whose: an account, an address. Kept as a keyed index."""

_TAKE: Final = text("select take_turns(:buckets, :bursts, :pauses)")
_GIVE_BACK: Final = text("select give_back_turns(:buckets, :pauses)")


async def take(connection: AsyncConnection, *turns: Turn) -> None:
    """Take one turn of each, narrow ones first; raises TooManyAttempts, and takes none, if one has
    none left. The turns are spent only if the transaction commits."""
    asked = {
        "buckets": [_bucket(turn) for turn in turns],
        "bursts": [limit.burst for limit, _ in turns],
        "pauses": [limit.pause for limit, _ in turns],
    }
    wait: int = (await connection.execute(_TAKE, asked)).scalar_one()
    if wait:
        raise TooManyAttempts("尝试过于频繁，请稍后再试", retry_after=wait)


async def give_back(connection: AsyncConnection, *turns: Turn) -> None:
    """What was no wrong guess costs nothing."""
    given = {
        "buckets": [_bucket(turn) for turn in turns],
        "pauses": [limit.pause for limit, _ in turns],
    }
    await connection.execute(_GIVE_BACK, given)


def _bucket(turn: Turn) -> bytes:
    limit, whose = turn
    return crypto.fingerprint(crypto.keyring(), 0, f"guess {limit.what}", {"whose": whose})
