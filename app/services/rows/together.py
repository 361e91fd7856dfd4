"""Several selects sent as one statement: one round trip instead of many."""

from collections import namedtuple
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db import rows


class Together:
    """Selects that share their values, by name. Each gives its rows, in its order, as it would
    alone."""

    def __init__(self, **parts: Select[Any]) -> None:
        whole = {name: part.subquery(name) for name, part in parts.items()}
        self._statement = select(
            *(
                func.array(select(func.row(*map(_plain, part.c))).scalar_subquery()).label(name)
                for name, part in whole.items()
            )
        )
        self._rows: dict[str, Any] = {
            name: namedtuple(name, part.selected_columns.keys()) for name, part in parts.items()
        }

    async def read(
        self, connection: AsyncConnection, values: Mapping[str, Any]
    ) -> dict[str, list[Any]]:
        """The rows of every part."""
        (found,) = await rows(connection, self._statement, values)
        return {
            name: [row._make(record) for record in getattr(found, name)]
            for name, row in self._rows.items()
        }


def _plain(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The driver knows no lists inside a record."""
    return func.to_jsonb(column) if isinstance(column.type, ARRAY) else column
