"""Lists as somebody likes to ask them: her own, and those her organisation shares."""

import re
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from app import clock
from app.access import Work
from app.errors import Conflict, IdReused, Invalid, NotFound
from app.kinds.forms import Choice
from app.models import Account, SavedView
from app.models.columns import table_of
from app.services.rows.commands import REUSED

MOST: Final = 50
"""Of one's own: who keeps more finds none again."""

PLAIN: Final = re.compile("[a-z_]{1,40}=([a-z_][a-z0-9_]{0,59}|[0-9]{1,9}|[0-9]{12})")
"""A filter in the address of a list: words of the definitions, ids, an area's code. No telephone
number and no ID number has such a length."""


class Page(Choice):
    WORKLIST = "worklist", "工作台"
    CASES = "cases", "案件"
    LEDGER = "ledger", "台账"
    WOMEN = "women", "留守妇女台账"


_table = table_of(SavedView)
_row = _table.c
_LISTED = (
    select(*_row, col(Account.display_name).label("account"))
    .join(Account, col(Account.id) == _row.account_id)
    .where(_row.removed_at.is_(None))
    .order_by(_row.name, _row.id)
    .limit(4 * MOST)
)


async def find(work: Work, page: Page) -> list[dict[str, Any]]:
    """The views of a page that the actor sees, by name."""
    rows = (await work.connection.execute(_LISTED.where(_row.page == page.value))).all()
    return [_shown(work, row) for row in rows]


async def save(work: Work, id: UUID, page: Page, name: str, asked: str, *, shared: bool) -> bool:
    """Keep the query of a list's address under a name; whether it is new.

    Raises Invalid for what is no such query, or for whoever shares without an organisation;
    Conflict beyond MOST, IdReused.
    """
    if asked and not all(PLAIN.fullmatch(pair) for pair in asked.split("&")):
        problem = {"field": "asked", "message": "只能保存筛选条件"}
        raise Invalid("筛选条件有误，不要写入个人信息", [problem])
    if shared and work.actor.organisation_id is None:
        raise Invalid("没有所属单位", [{"field": "shared", "message": "没有可以共享的单位"}])
    mine = select(_row.id).where(
        _row.account_id == work.actor.account_id, _row.removed_at.is_(None)
    )
    if len((await work.connection.execute(mine)).all()) >= MOST:
        raise Conflict(f"最多保存 {MOST} 个，请先删去不用的")
    values = {
        "account_id": work.actor.account_id,
        "organisation_id": work.actor.organisation_id,
        "page": page.value,
        "name": name,
        "asked": asked,
        "shared": shared,
    }
    made = insert(_table).values(id=id, **values).on_conflict_do_nothing().returning(_row.id)
    if (await work.connection.execute(made)).first() is not None:
        return True
    known = (await work.connection.execute(select(_table).where(_row.id == id))).one_or_none()
    if known is None or any(getattr(known, n) != value for n, value in values.items()):
        raise IdReused(REUSED)
    return False


async def remove(work: Work, id: UUID) -> None:
    """Take a view of one's own off the list. Raises NotFound."""
    own = (_row.id == bindparam("key"), _row.account_id == bindparam("own"))
    gone = update(_table).where(*own, _row.removed_at.is_(None)).values(removed_at=clock.now())
    asked = {"key": id, "own": work.actor.account_id}
    if (await work.connection.execute(gone.returning(_row.id), asked)).first() is None:
        raise NotFound("没有这个视图")


def _shown(work: Work, row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "asked": row.asked,
        "shared": row.shared,
        "own": row.account_id == work.actor.account_id,
        "account": row.account,
    }
