"""The file of seals outside the database. It only grows; where it can, it lies on a medium that
lets nobody change it.

A line that a crash cut short is passed over: its seal stands again, whole, on the next line.
"""

import fcntl
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from app.services.record.seals import Seal, read_line

ENOUGH: Final = 16384
"""Bytes that hold several lines."""


def read(path: Path) -> Iterator[Seal]:
    """The seals of the file, in the order of its lines."""
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if (seal := _seal(line)) is not None:
                yield seal


def last(path: Path) -> Seal | None:
    """The last seal of the file; None if it has none."""
    if not path.exists():
        return None
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - ENOUGH))
        lines = file.read().decode(errors="replace").splitlines()
    return next((seal for line in reversed(lines) if (seal := _seal(line)) is not None), None)


def append(path: Path, seals: Sequence[Seal]) -> None:
    """Write seals at the end and see them onto the disk, but for those that another worker wrote
    since the file was read. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        fcntl.flock(written, fcntl.LOCK_EX)
        known = last(path)
        new = [seal for seal in seals if known is None or seal.no > known.no]
        size = os.fstat(written).st_size
        torn = size > 0 and os.pread(written, 1, size - 1) != b"\n"
        text = ("\n" if torn else "") + "".join(f"{seal.line()}\n" for seal in new)
        with os.fdopen(os.dup(written), "ab") as file:
            file.write(text.encode())
        os.fsync(written)
    finally:
        os.close(written)


def _seal(line: str) -> Seal | None:
    try:
        return read_line(line)
    except ValueError:
        return None
