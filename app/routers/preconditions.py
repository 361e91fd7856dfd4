"""Edits name the version they were made on (RFC 9110 13.1), so that nobody overwrites anybody."""

import re
from typing import Annotated

from fastapi import Header, Response

from app.errors import PreconditionNeeded, Stale

IfMatch = Annotated[str | None, Header(max_length=40, description='读取时 ETag 的值，如 "3"')]
IfNoneMatch = Annotated[str | None, Header(max_length=40, description="还没有时填 *")]


def version_of(if_match: str | None) -> int:
    """The version the client read. Raises PreconditionNeeded, or Stale for no version of ours."""
    if if_match is None:
        raise PreconditionNeeded("请先读取最新内容，再带 If-Match 修改")
    given = re.fullmatch(r'"([1-9][0-9]{0,8})"', if_match.strip())
    if given is None:
        raise Stale("版本号与现有内容不符，请刷新后再改")
    return int(given[1])


def tag_or_none(if_match: str | None, if_none_match: str | None) -> str | None:
    """The tag the client read, where an edit may also be the first: then None, which is said by
    `If-None-Match: *`. Raises PreconditionNeeded without either."""
    if if_match is None and if_none_match == "*":
        return None
    if if_match is None:
        raise PreconditionNeeded("请先读取最新内容，再带 If-Match 修改；第一次带 If-None-Match: *")
    return if_match.strip().strip('"')


def tag(response: Response, version: int | str) -> None:
    """Say which version this answer shows."""
    response.headers["ETag"] = f'"{version}"'
