"""What an account that is shut leaves behind: open cases of which nobody has charge any more.

Administrators see no case; the database tells them a number, and tells the supervisors the rest.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ARRAY, BigInteger, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from app import clock
from app.errors import CasesInHand
from app.kinds.base import CaseKind
from app.roles import Role

_CASES: Final = text("select account_id, cases from account_cases(:whose)").bindparams(
    bindparam("whose", type_=ARRAY(BigInteger))
)
_LEFT: Final = text("select account_left(:whose, :words, :present)").bindparams(
    bindparam("words", type_=JSONB)
)


async def counts(connection: AsyncConnection, whose: Sequence[int]) -> dict[int, int]:
    """How many open cases each of the accounts has in hand; who has none is left out."""
    found = await connection.execute(_CASES, {"whose": list(whose)})
    return {row.account_id: row.cases for row in found}


async def check_none(connection: AsyncConnection, account_id: int) -> None:
    """Raises CasesInHand where the account has open cases in hand."""
    cases = (await counts(connection, [account_id])).get(account_id, 0)
    if cases:
        raise CasesInHand(
            f"这个账号还承办 {cases} 件未结案件。请其主管人员在“案件”页按承办人账号 {account_id} "
            "查出，逐件另行指定承办人后再停用；账号被盗用、人员失联的，可以立即停用",
            basis="粤办法 20",
        )


async def tell(connection: AsyncConnection, account_id: int, kinds: Mapping[str, CaseKind]) -> int:
    """Tell the supervisors of each case that somebody else has to take it; of how many cases."""
    words: dict[str, Any] = {name: _told(kind) for name, kind in kinds.items()}
    words |= {"text": "承办人账号已停用，请另行指定承办人", "basis": "粤办法 20；妇联规程 11"}
    asked = {"whose": account_id, "words": words, "present": clock.now()}
    told: int = (await connection.execute(_LEFT, asked)).scalar_one()
    return told


def _told(kind: CaseKind) -> Mapping[str, Any]:
    fed = {Role.WOMEN_FED_DISTRICT} & kind.read_by
    return {"carried_by": sorted(kind.carried_by), "told": sorted(fed)}
