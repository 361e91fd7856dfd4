"""Has a file looked into by a process of its own (files/inspecting), few at a time."""

import asyncio
import hashlib
import json
import sys
from dataclasses import dataclass, field
from typing import Final

from app.errors import FileRefused, TooLarge

MOST: Final = 10 * 1024 * 1024
"""Bytes of a file: a scan of some pages, ten minutes of speech."""

SECONDS: Final = 40
AT_ONCE: Final = 2
"""A file that is looked into may take its process a gigabyte."""

_turns = asyncio.Semaphore(AT_ONCE)


@dataclass(frozen=True, kw_only=True)
class File:
    """A file that may be kept. `picture` is what is shown of it, a JPEG; none of what is no
    picture."""

    content: bytes = field(repr=False)
    sha256: str
    media_type: str
    width: int | None
    height: int | None
    picture: bytes | None = field(repr=False)


async def inspect(content: bytes) -> File:
    """The file that these bytes are. Raises FileRefused for what is not taken, TooLarge.

    Waits for its turn: nobody should hold a connection to the database meanwhile.
    """
    if len(content) > MOST:
        raise TooLarge(f"文件太大，最多 {MOST // 1024 // 1024} MB")
    async with _turns:
        told, picture = await _asked(content)
    found = json.loads(told or b"{}")
    if "media_type" not in found:
        detail = found.get("detail", "文件太复杂，无法检查，请拆分或重新导出后提交")
        raise FileRefused(found.get("refused", "file-too-complex"), detail)
    return File(
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        media_type=found["media_type"],
        width=found.get("width"),
        height=found.get("height"),
        picture=picture or None,
    )


async def _asked(content: bytes) -> tuple[bytes, bytes]:
    """Both parts of the answer; empty ones from a process that died or took too long. It is given
    no environment: what it might leak it does not have."""
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-m", "app.services.files.inspecting",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL, env={},
    )  # fmt: skip
    try:
        async with asyncio.timeout(SECONDS):
            answer, _ = await running.communicate(content)
    except TimeoutError:
        return b"", b""
    finally:
        if running.returncode is None:
            running.kill()
            await running.wait()
    told, _, picture = answer.partition(b"\n")
    return (told, picture) if running.returncode == 0 else (b"", b"")
