"""What the worker seals: everything that was recorded since, each record once.

Whatever is recorded waits in `seal_waiting`, put there by the database in the same transaction. A
seal takes what waits and is committed with it, so a worker that is killed, or runs twice, loses
nothing and seals nothing twice. The file of anchors is written after the commit, and whatever it
lacks is written at the next turn.
"""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import bindparam, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.crypto import merkle
from app.crypto.signing import Signer
from app.db import transaction
from app.models import SealRow
from app.models.columns import table_of
from app.services.record import anchors
from app.services.record.seals import FIRST, SOURCES, Seal, Statement, sign

MOST: Final = 10_000
"""Records under one seal; what is left has the next one at once."""

QUIET: Final = timedelta(hours=1)
"""So long may nothing happen before nothing is sealed, which says that nothing was taken away."""

LOCK: Final = 5270401122  # any number that is nobody else's


class RolledBack(Exception):
    """The database lacks seals that the file of anchors has: it is older than it was, or another
    one."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"数据库缺少 {path} 中已有的封存：可能被恢复到过去。核实后另设锚定文件，原文件须保留"
            " / the database lacks seals that the anchor file has: it went back in time"
        )


async def seal_all(
    engine: AsyncEngine, signer: Signer, path: Path, quiet: timedelta = QUIET
) -> int:
    """Seal whatever waits, and bring the file of anchors up to date; how many records were sealed.

    Raises RolledBack, OSError for the file, and what the database raises.
    """
    total = 0
    await write_anchors(engine, path)
    while (sealed := await _seal_once(engine, signer, quiet)) is not None:
        await write_anchors(engine, path)
        total += sealed
        if sealed < MOST:
            break
    return total


_ROW = table_of(SealRow)
_LAST = select(_ROW).order_by(_ROW.c.no.desc()).limit(1)
_AFTER = select(_ROW).where(_ROW.c.no >= bindparam("no")).order_by(_ROW.c.no).limit(MOST)
_TAKE = text("select position, source, row_id, digest from seal_take(:most) order by position")
_ALONE = text("select pg_try_advisory_xact_lock(:lock) as alone, now() as now")


async def _seal_once(engine: AsyncEngine, signer: Signer, quiet: timedelta) -> int | None:
    """Seal up to MOST records; None if there was nothing to seal, or another worker is at it."""
    async with transaction(engine) as connection:
        turn = (await connection.execute(_ALONE, {"lock": LOCK})).one()
        if not turn.alone:
            return None
        last = await _last(connection)
        taken = (await connection.execute(_TAKE, {"most": MOST})).all()
        if not taken and (last is None or turn.now - last.sealed_at < quiet):
            return None
        counted = Counter(row.source for row in taken)
        events, looks, entries = (counted[source] for source in SOURCES)
        statement = Statement(
            no=last.no + 1 if last else 1,
            sealed_at=turn.now,
            previous=last.digest if last else FIRST,
            root=merkle.root([row.digest for row in taken]),
            events=events,
            looks=looks,
            entries=entries,
        )
        await connection.execute(insert(_ROW).inline(), vars(sign(statement, signer)))
        return len(taken)


async def _last(connection: AsyncConnection) -> Seal | None:
    row = (await connection.execute(_LAST)).one_or_none()
    return None if row is None else _seal(row)


def _seal(row: Any) -> Seal:
    return Seal(**row._mapping)


async def write_anchors(engine: AsyncEngine, path: Path) -> None:
    """Append to the file of anchors every seal of the database that it lacks.

    Raises RolledBack if the file knows a seal that the database does not.
    """
    while True:
        known = anchors.last(path)
        async with transaction(engine) as connection:
            rows = (await connection.execute(_AFTER, {"no": known.no if known else 0})).all()
        seals = [_seal(row) for row in rows]
        if known is not None and (not seals or seals.pop(0).message != known.message):
            raise RolledBack(path)
        if not seals:
            return
        anchors.append(path, seals)
