"""Passwords: which may be, and how one changes one's own.

Two rules disagree, so a setting chooses. `nist` (NIST SP 800-63B-4): long, not guessable, never
changed for age. `dengbao` (等保三级, GB/T 22239-2019 8.1.4.1): beside that, several kinds of
characters, and a new one every so many days.
"""

import asyncio
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import text
from zxcvbn import zxcvbn

from app import tokens
from app.access import Work
from app.config import get_settings
from app.errors import Invalid, WrongPassword
from app.services.identity import limits
from app.services.identity.limits import Limit
from app.services.record import audit
from app.services.record.audit import What

SHORTEST, SHORTEST_ALONE, LONGEST = 12, 15, 128
LEAST_SCORE: Final = 3
"""Of zxcvbn's 0 to 4: at least a hundred million guesses."""

KINDS: Final = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^a-zA-Z0-9]")
KINDS_NEEDED: Final = 3
_LOCAL: Final = (
    "anlan", "qingcheng", "qingyuan", "guangdong", "fulian", "funv", "woaini", "mima", "ceshi",
    "admin", "demo", "password",
)  # fmt: skip
"""Words that here many would think of. The lists that come with zxcvbn know the world's."""

_READ_AHEAD: Final = 72  # characters: beyond them guessing gets no easier, and estimating slow
_GUESSES: Final = Limit("own password", 5, timedelta(minutes=3))
_OWN: Final = text("select own_password()")
_CHANGE: Final = text("select own_password_change(:hash, :staying)")


@dataclass(frozen=True)
class Rules:
    """What a password has to be: lengths in characters; after `days` (None: never) a new one."""

    profile: str
    shortest: int
    shortest_alone: int
    longest: int
    kinds: int
    days: int | None


def rules() -> Rules:
    """The rules of this installation."""
    settings = get_settings()
    strict = settings.passwords == "dengbao"
    return Rules(
        profile=settings.passwords,
        shortest=SHORTEST,
        shortest_alone=SHORTEST_ALONE,
        longest=LONGEST,
        kinds=KINDS_NEEDED if strict else 1,
        days=settings.password_days if strict else None,
    )


def too_old(since: datetime) -> bool:
    """Whether a password set at a moment must be changed by now."""
    days = rules().days
    return days is not None and datetime.now(UTC) - since > timedelta(days=days)


async def check(password: str, *about: str, alone: bool) -> None:
    """Raises Invalid for a password too short (`alone`: without a second factor), too long, easily
    guessed, or made of what is known `about` its owner."""
    wanted, typed = rules(), unicodedata.normalize("NFKC", password)
    shortest = wanted.shortest_alone if alone else wanted.shortest
    if not shortest <= len(typed) <= wanted.longest:
        raise Invalid(f"密码须为 {shortest} 至 {wanted.longest} 个字符")
    known = [word.casefold() for word in about if word]
    if any(word in typed.casefold() for word in known):
        raise Invalid("密码不得包含用户名或姓名")
    if sum(bool(re.search(kind, typed)) for kind in KINDS) < wanted.kinds:
        raise Invalid(f"密码须含大写字母、小写字母、数字、其他字符中的至少 {wanted.kinds} 种")
    guessed = await asyncio.to_thread(zxcvbn, typed[:_READ_AHEAD], user_inputs=[*known, *_LOCAL])
    if guessed["score"] < LEAST_SCORE:
        raise Invalid("密码太容易被猜到，请换一个更长、不常见的密码")


async def change(work: Work, old: str, new: str, *, alone: bool) -> None:
    """Change one's own password. All other sessions end; known devices are strangers again.

    Raises WrongPassword for a wrong old one, TooManyAttempts, Invalid for a new one that may not
    be.
    """
    actor, connection = work.actor, work.connection
    turn = (_GUESSES, f"{actor.account_id} {actor.session_id}")
    await limits.take(connection, turn)
    stored: str | None = (await connection.execute(_OWN)).scalar_one()
    if not await tokens.verify_password_async(stored, old):
        raise WrongPassword("原密码不正确")
    await limits.give_back(connection, turn)
    if await tokens.verify_password_async(stored, new):
        raise Invalid("新密码不得与原密码相同")
    await check(new, actor.username, actor.display_name, alone=alone)
    hashed = await tokens.hash_password_async(new)
    await connection.execute(_CHANGE, {"hash": hashed, "staying": actor.session_id})
    await audit.note(connection, What.PASSWORD_CHANGED, account_id=actor.account_id)
