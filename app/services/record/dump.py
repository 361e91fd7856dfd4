"""Reading a dump without a database: the rows of some tables, each value as PostgreSQL spells it.

A dump is what `pg_dump` makes (plain, plain and gzipped, or its custom format), or what
`anlan audit export` writes.
"""

import gzip
import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from app import embedded, posix

Row = dict[str, str | None]

_COPY: Final = re.compile(r'COPY (?:\S+\.)?"?(\w+)"? \(([^)]*)\) FROM stdin;\n')
_ESCAPE: Final = re.compile(r"\\(.)")
_MEANT: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def rows(
    path: Path, tables: Collection[str], told: Callable[[int], None]
) -> Iterator[tuple[str, Row]]:
    """Table and row, in the order of the dump. `told` hears now and then how many bytes were read
    since, as the file counts them (nothing for the custom format). Raises OSError, ProgramError."""
    with _opened(path) as (lines, position):
        table, columns, seen = None, [], 0
        for number, raw in enumerate(lines):
            if number % 4096 == 0:
                told(position() - seen)
                seen = position()
            line = raw.decode()
            if table is None:
                if found := _COPY.fullmatch(line):
                    table = found[1]
                    columns = [name.strip(' "') for name in found[2].split(",")]
            elif line == "\\.\n":
                table = None
            elif table in tables:
                values = map(_value, line[:-1].split("\t"))
                yield table, dict(zip(columns, values, strict=True))
        told(position() - seen)


def _value(field: str) -> str | None:
    if field == "\\N":
        return None
    return _ESCAPE.sub(lambda m: _MEANT.get(m[1], m[1]), field) if "\\" in field else field


@contextmanager
def _opened(path: Path) -> Iterator[tuple[IO[bytes], Callable[[], int]]]:
    with path.open("rb") as file:
        magic = file.read(5)
        file.seek(0)
        if magic == b"PGDMP":
            restore: list[str | Path] = [
                embedded.program("pg_restore"),
                "--data-only",
                "--file=-",
                path,
            ]
            with posix.output(restore) as text:
                yield text, lambda: 0
        elif magic.startswith(b"\x1f\x8b"):
            with gzip.open(file) as plain:
                yield plain, file.tell  # type: ignore[misc]
        else:
            yield file, file.tell
