"""Writing an export: the list page by page, in the name of whoever asked, then sealed."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, update

from app import clock
from app.access import Work
from app.kinds.forms import Sight
from app.logs import frames
from app.models import Export
from app.models.columns import TZ, table_of
from app.services.district import areas
from app.services.exports import lists, sheet
from app.services.exports.asking import KEPT, Purpose
from app.services.exports.lists import Wished
from app.services.exports.sheet import Sheet
from app.services.seeing import looks
from app.services.seeing.looks import Listed

log = logging.getLogger("anlan")

Working = Callable[[], AbstractAsyncContextManager[Work]]
"""One more transaction in the name of whoever asked."""

PAGE = 500
"""Rows at a time: some hundredths of a second, in which others are served."""

_table = table_of(Export)
_row = _table.c
_SEEN = (
    update(_table)
    .where(_row.id == bindparam("key"))
    .values(written=bindparam("n"), seen_at=bindparam("at", type_=TZ))
)
_FAILED = update(_table).where(_row.id == bindparam("key")).values(failed=True)


async def write(working: Working, id: UUID, wished: Wished, asked: Mapping[str, Any]) -> None:
    """Write the file of an export and leave it to be taken. `asked` has its `purpose` and
    `password`. Whatever goes wrong is noted with it; whoever asked asks again."""
    try:
        content, written = await _written(working, id, wished, asked)
        now = clock.now()
        done = {
            "content": content,
            "sha256": sha256(content).hexdigest(),
            "written": written,
            "finished_at": now,
            "expires_at": now + KEPT,
        }
        async with working() as work:
            await work.connection.execute(update(_table).where(_row.id == id).values(**done))
    except Exception as error:
        # Nobody waits for this: it is told in the log, without values, and where it is asked for.
        log.error("%s in an export: %s", type(error).__name__, frames(error.__traceback__))
        async with working() as work:
            await work.connection.execute(_FAILED, {"key": id})


async def _written(
    working: Working, id: UUID, wished: Wished, asked: Mapping[str, Any]
) -> tuple[bytes, int]:
    shown: list[UUID] = []
    with TemporaryDirectory(prefix="anlan-") as folder:
        async with working() as work:
            mark = f"{work.actor.display_name} {sheet.moment(clock.now())} {id}"
            made = Sheet(Path(folder), mark, lists.header(wished))
            names = await _places(work)
            cursor: str | None = None
            while True:
                rows, cursor = await lists.found(work, wished, cursor, PAGE)
                lines = await lists.lines(work, wished, rows, names)
                await asyncio.to_thread(made.add, lines)
                shown += [row.id for row in rows] if wished.plain else []
                await _tell(working, id, made.written)
                if cursor is None:
                    break
            if wished.plain:
                listed = Listed(asked={"export": id}, shown=shown)
                await looks.log(work, "export", Sight.S3, listed=listed)
            about = _about(work, id, wished, asked, made.written)
        path = await asyncio.to_thread(made.close, about)
        return await asyncio.to_thread(sheet.sealed, path, asked["password"]), made.written


async def _tell(working: Working, id: UUID, written: int) -> None:
    async with working() as work:
        await work.connection.execute(_SEEN, {"key": id, "n": written, "at": clock.now()})


async def _places(work: Work) -> Mapping[int, str]:
    found = await areas.list_areas(work.connection, clock.local_day(clock.now()))
    return {area.code: area.name for area in found}


def _about(
    work: Work, id: UUID, wished: Wished, asked: Mapping[str, Any], rows: int
) -> list[tuple[str, str]]:
    return [
        ("导出人", f"{work.actor.display_name}（{work.actor.username}）"),
        ("导出时间", sheet.moment(clock.now()) or ""),
        ("用途", Purpose(asked["purpose"]).label),
        ("内容", "明文" if wished.plain else "脱敏"),
        ("行数", str(rows)),
        ("编号", str(id)),
        ("提示", "含个人信息，仅限所填用途使用，用后删除（个保法 6、47）"),
    ]
