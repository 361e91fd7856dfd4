"""Start codes: what another administrator than who set the password hands to its owner.

A password that somebody else set, or that was stolen before its owner enrolled a second factor,
must not be enough to come in as her: she brings the code, once, within its days.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import func, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import SecondFactorNeeded
from app.models import StartCode
from app.models.columns import table_of
from app.services.identity import spoken
from app.services.record import audit
from app.services.record.audit import What

KIND: Final = "start_code"
LIFE: Final = timedelta(days=7)

_CODES: Final = table_of(StartCode)
_ASKED: Final = text("select own_start_code_asked()")


def made(account_id: int) -> tuple[str, bytes, datetime]:
    """A new code of an account's, as it is kept, and until when it is good (UTC)."""
    code = spoken.code()
    return code, _index(account_id, code), datetime.now(UTC) + LIFE


async def asked(connection: AsyncConnection) -> SecondFactorNeeded | None:
    """What whoever the transaction belongs to, and has no second factor, is asked for beside her
    password: None if nobody else knows it and no code waits for her."""
    if not (await connection.execute(_ASKED)).scalar_one():
        return None
    return SecondFactorNeeded("请填写启用码；还没有的，请向安全管理员领取", accepted=[KIND])


async def spend(connection: AsyncConnection, account_id: int, code: str) -> bool:
    """Use the code up; whether it was the account's, unused and still good."""
    spent = (
        update(_CODES)
        .where(
            _CODES.c.account_id == account_id,
            _CODES.c.code_index == _index(account_id, code),
            _CODES.c.used_at.is_(None),
            _CODES.c.ends_at > func.now(),
        )
        .values(used_at=func.now())
    )
    if (await connection.execute(spent)).rowcount != 1:
        return False
    await audit.note(connection, What.START_CODE_USED, account_id=account_id)
    return True


def _index(account_id: int, code: str) -> bytes:
    return spoken.index(account_id, KIND, code)
