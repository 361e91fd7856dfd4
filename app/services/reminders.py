"""Notices that only time brings: a clock that is to be watched, or has run out.

One notice per clock, level and addressee. What has run out is also told to the supervisors, of the
role that owes it and of the district's women's federation, where that reads the kind.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db import transaction
from app.kinds import Kinds
from app.kinds.base import CaseKind
from app.roles import Role

MOST: Final = 500
"""Notices sent in one transaction; what is left follows in the next."""

_SEND = text("select notices_send(cast(:words as jsonb), :present, :most)")


async def send(engine: AsyncEngine, kinds: Kinds, present: datetime) -> int:
    """Send what is due at a moment and was not sent; how many. May run twice."""
    words = json.dumps({name: _words(kind) for name, kind in kinds.items()}, ensure_ascii=False)
    total, sent = 0, MOST
    while sent == MOST:
        async with transaction(engine) as connection:
            asked = {"words": words, "present": present, "most": MOST}
            sent = (await connection.execute(_SEND, asked)).scalar_one()
        total += sent
    return total


def _words(kind: CaseKind) -> Mapping[str, Any]:
    told = [Role.WOMEN_FED_DISTRICT.value] if Role.WOMEN_FED_DISTRICT in kind.read_by else []
    return {"titles": {rule.name: rule.title for rule in kind.deadlines}, "told": told}
