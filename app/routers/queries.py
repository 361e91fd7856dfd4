"""Query parameters that several lists share."""

from typing import Annotated

from fastapi import Query

WORD = "^[a-z0-9_]{1,60}$"
"""The name of a kind or a state."""

Area = Annotated[int | None, Query(title="地区（12 位代码，区、镇街或村居）", ge=10**11, lt=10**12)]
Cursor = Annotated[str | None, Query(title="上一页给出的翻页标记", max_length=400)]
Limit = Annotated[int, Query(title="每页条数", ge=1, le=100)]
