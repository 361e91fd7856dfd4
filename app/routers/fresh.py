"""Answers that are asked for again and again: a tag over what they say, and nothing where that is
what the client has (RFC 9110 13.1.2)."""

import hashlib
from typing import Annotated, Any

from fastapi import Header, Response
from pydantic import BaseModel

IfNoneMatch = Annotated[str | None, Header(max_length=400, description="上次回答的 ETag")]
UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "没有变化"}}


def answer(shown: BaseModel, if_none_match: str | None) -> Response:
    """The answer with its tag, or a 304 without a body where that tag was named."""
    body = shown.model_dump_json().encode()
    headers = {"etag": f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'}
    if if_none_match is not None and headers["etag"] in if_none_match:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)
