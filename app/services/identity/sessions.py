"""Sessions: opened, kept going, seen by who they belong to, ended."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app import tokens
from app.access import Work
from app.config import get_settings
from app.db import transaction
from app.errors import NotFound, SignInNeeded
from app.ids import uuid7
from app.models import RefreshToken, Session
from app.models.columns import table_of
from app.services.record import audit
from app.services.record.audit import What
from app.tokens import TokenKeys

ISSUER: Final = "anlan"
LIFE: Final = timedelta(hours=12)
IDLE_DESK: Final = timedelta(minutes=15)
IDLE_PHONE: Final = timedelta(hours=2)
"""A phone locks itself after five minutes, by its own PIN. The session behind lasts through a round
of visits: what was recorded on the way is sent without a password typed at every door."""

GRACE: Final = timedelta(seconds=10)
"""How long an answer may be lost: within it, who used a refresh token may use it once more."""

_SESSIONS: Final = table_of(Session)
_REFRESH: Final = text("select * from session_refresh(:shown, :following, :grace)")


@dataclass(frozen=True)
class Opened:
    """What a client holds of a session: an access token, and what gets it the next."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)


@lru_cache(maxsize=1)
def keys() -> TokenKeys:
    """The keys of this process for access tokens, from its settings."""
    return tokens.token_keys(get_settings().keys.token_pem, ISSUER)


async def open_session(
    connection: AsyncConnection,
    account_id: int,
    *,
    phone: bool,
    user_agent: str,
    verified: bool = False,
    started: bool = False,
) -> Opened:
    """A new session of LIFE, on a transaction that is the account's own: `verified` by a second
    factor, or `started` with a start code."""
    now, refresh_token = datetime.now(UTC), secrets.token_urlsafe(32)
    session_id = uuid7()
    await connection.execute(
        insert(_SESSIONS).inline(),
        {
            "id": session_id,
            "account_id": account_id,
            "ends_at": now + LIFE,
            "verified_at": now if verified else None,
            "started_at": now if started else None,
            "idle": IDLE_PHONE if phone else IDLE_DESK,
            "user_agent": user_agent,
        },
    )
    first = {"token_hash": _hash(refresh_token), "session_id": session_id}
    await connection.execute(insert(table_of(RefreshToken)).inline(), first)
    return Opened(_access_token(account_id, session_id), refresh_token)


async def refresh(engine: AsyncEngine, shown: str) -> Opened:
    """The next tokens of a session that still stands, for its refresh token; that is used up.

    Raises SignInNeeded for an unknown or ended one. One that was used before, but for a lost
    answer, is in two hands: the session ends.
    """
    following = secrets.token_urlsafe(32)
    asked = {"shown": _hash(shown), "following": _hash(following), "grace": GRACE}
    async with transaction(engine) as connection:
        found = (await connection.execute(_REFRESH, asked)).one()
        if found.outcome == "reused":
            about = f"session:{found.session_id}"
            await audit.note(
                connection, What.TOKEN_REUSED, account_id=found.account_id, about=about
            )
    if found.outcome != "next":
        raise SignInNeeded("登录已失效，请重新登录")
    return Opened(_access_token(found.account_id, found.session_id), following)


async def listed(work: Work) -> Sequence[Any]:
    """One's own sessions that still stand, the latest used first."""
    live = (
        select(_SESSIONS)
        .where(
            _SESSIONS.c.account_id == work.actor.account_id,
            _SESSIONS.c.revoked_at.is_(None),
            _SESSIONS.c.ends_at > func.now(),
            _SESSIONS.c.seen_at > func.now() - _SESSIONS.c.idle,
        )
        .order_by(_SESSIONS.c.seen_at.desc(), _SESSIONS.c.id)
    )
    return (await work.connection.execute(live)).all()


async def end(work: Work, session_id: UUID | None) -> None:
    """End a session of one's own; its tokens open nothing from then on. Else NotFound."""
    if not await _end(work, _SESSIONS.c.id == session_id):
        raise NotFound("没有这次登录，或已退出")
    here = session_id == work.actor.session_id
    await audit.note(
        work.connection,
        What.SIGNED_OUT if here else What.SESSION_ENDED,
        account_id=work.actor.account_id,
        about=None if here else f"session:{session_id}",
    )


async def end_others(work: Work) -> None:
    """End all of one's sessions but this."""
    await _end(work, _SESSIONS.c.id != work.actor.session_id)
    account_id = work.actor.account_id
    await audit.note(
        work.connection, What.SESSION_ENDED, account_id=account_id, about=f"account:{account_id}"
    )


async def _end(work: Work, which: Any) -> int:
    ended = (
        update(_SESSIONS)
        .where(
            which,
            _SESSIONS.c.account_id == work.actor.account_id,
            _SESSIONS.c.revoked_at.is_(None),
        )
        .values(revoked_at=func.now())
    )
    return (await work.connection.execute(ended)).rowcount


def _access_token(account_id: int, session_id: UUID) -> str:
    return tokens.issue(keys(), account_id=account_id, session_id=session_id, now=datetime.now(UTC))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
