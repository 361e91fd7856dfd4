"""`python -m bench`: load, measure, report. The environment may set BENCH_DATA (a folder),
BENCH_CASES, BENCH_SECONDS and BENCH_ROUNDS, BENCH_ONLY (names of scenarios), BENCH_WRITE=1."""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from app.config import get_settings
from app.db import app_role, make_engine
from app.embedded import EmbeddedPostgres
from bench import asking, load, pgbench, report
from bench.record import Recorded, record
from bench.report import Measured, Result
from bench.scenarios import Scenario, scenarios
from bench.servers import ROOT, Server, running

MIXED_RATE, MIXED_SECONDS = 50, 30
RECORDED = 4


@dataclass(frozen=True)
class Options:
    """What the environment says."""

    data: Path
    cases: int
    seconds: int
    rounds: int
    only: Sequence[str]
    write: bool


def options() -> Options:
    """Read the environment."""
    env = os.environ
    return Options(
        data=Path(env.get("BENCH_DATA") or "var/bench"),
        cases=int(env.get("BENCH_CASES") or 1_000_000),
        seconds=int(env.get("BENCH_SECONDS") or 4),
        rounds=int(env.get("BENCH_ROUNDS") or 3),
        only=(env.get("BENCH_ONLY") or "").split(),
        write=env.get("BENCH_WRITE") == "1",
    )


def main() -> None:
    """The whole run; ends with a table."""
    asked = options()
    # SIGTERM unwinds like Ctrl-C, so that the servers and the database end with us.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with EmbeddedPostgres(asked.data) as postgres:
        print(f"{asked.cases:,} cases in {asked.data}", flush=True)
        loaded = load.prepare(postgres, asked.cases)
        database = load.copy(postgres, loaded)
        app_dsn = postgres.dsn(database, app_role(get_settings().schema))
        dsns = {"pgbench": app_dsn, "bare": postgres.dsn(database, pgbench.BARE)}
        wanted, recorded, met = asyncio.run(_prepared(postgres.dsn(database), app_dsn, asked))
        with tempfile.TemporaryDirectory(prefix="anlan-bench-") as folder:
            files = {
                s.name: pgbench.scripts(Path(folder), s.name, recorded[s.name], met, len(s.targets))
                for s in wanted
            }
            with running(app_dsn, asked.data / "logs") as servers:
                _check(servers["ours"], servers["floor"], wanted)
                measured = []
                for round_ in range(asked.rounds):
                    measured += [
                        _measure(s, stack, servers, files, dsns, asked.seconds)
                        for s in wanted
                        for stack in _turn(s, round_)
                    ]
                    print(f"  round {round_ + 1} of {asked.rounds}", flush=True)
                memory = {
                    name: sum(process.together for process in server.memory().values())
                    for name, server in servers.items()
                }
                mixed = _mixed(servers["ours"], wanted)
        statements = {s.name: len(recorded[s.name][0].statements) for s in wanted}
        size = postgres.psql("postgres", f"select pg_database_size('{database}')")
    text = report.markdown(
        wanted, measured, memory, mixed, statements, cases=asked.cases, size=int(size),
        rate=MIXED_RATE, seconds=asked.seconds, rounds=asked.rounds,
    )  # fmt: skip
    print(text)
    if asked.write:
        _write(ROOT / "bench/results.md", text)


def _write(path: Path, text: str) -> None:
    """What is written by hand begins with the first heading of the second rank, and stays."""
    _, heading, by_hand = path.read_text().partition("\n## ")
    path.write_text(text + heading + by_hand)


async def _prepared(
    dsn: str, app_dsn: str, asked: Options
) -> tuple[list[Scenario], dict[str, list[Recorded]], dict[str, str]]:
    """The scenarios, the app's own SQL for them, and the clocks that the recorded actions met."""
    schema = get_settings().schema
    connection = await asyncpg.connect(dsn, server_settings={"search_path": schema})
    engine = make_engine(app_dsn, get_settings())
    try:
        await pgbench.make_bare(connection)
        wanted = [s for s in await scenarios(connection) if not asked.only or s.name in asked.only]
        for scenario in wanted:
            if scenario.targets:
                await pgbench.targets(connection, scenario.targets)
        recorded = await record(engine, wanted, RECORDED)
        met = await pgbench.met_clocks(connection, recorded.get("act", []))
        return wanted, recorded, met
    finally:
        await engine.dispose()
        await connection.close()


def _turn(scenario: Scenario, round_: int) -> list[str]:
    """All stacks, another one first in each round."""
    stacks = ["ours", "floor", "peer", "pgbench"] if scenario.peer else ["ours", "pgbench"]
    stacks += ["bare"] if scenario.hot else []
    first = round_ % len(stacks)
    return stacks[first:] + stacks[:first]


def _measure(
    scenario: Scenario, stack: str, servers: Any, files: Any, dsns: Mapping[str, str], seconds: int
) -> Measured:
    if stack in dsns:
        taken = pgbench.run(dsns[stack], files[scenario.name], scenario.connections, seconds)
        return Measured(scenario.name, stack, Result.of(taken, seconds))
    server = servers[stack]
    token = asking.token(servers["ours"].port, scenario.user)
    requests = scenario.requests(token, strange=stack == "peer")
    job = {"port": server.port, "connections": scenario.connections, "seconds": seconds}
    begun = server.cpu()
    found = asking.load(job | {"requests": requests})
    used = server.cpu() - begun
    taken = found["taken"].get(scenario.name, [])
    # The warm-up is in the processor time, but not among the measured requests.
    cpu = used / max(1, found["sent"])
    return Measured(scenario.name, stack, Result.of(taken, found["seconds"], cpu))


def _mixed(server: Server, wanted: Sequence[Scenario]) -> dict[str, list[float]]:
    """Latencies of all kinds of requests arriving at random."""
    requests = [
        r for s in wanted if s.weight for r in s.requests(asking.token(server.port, s.user))
    ]
    if not requests:
        return {}
    job = {
        "port": server.port, "seconds": MIXED_SECONDS,
        "rate": MIXED_RATE, "seed": 1, "requests": requests,
    }  # fmt: skip
    taken: dict[str, list[float]] = asking.load(job)["taken"]
    return taken


def _check(ours: Server, floor: Server, wanted: Sequence[Scenario]) -> None:
    """Raises RuntimeError unless the framework floor gives the very answers that the app gives."""
    for scenario in wanted:
        if scenario.writes or not scenario.peer:
            continue
        token = asking.token(ours.port, scenario.user)
        for path in scenario.paths[:20]:
            asked = (scenario.method, path, token)
            if asking.ask(ours.port, *asked) != asking.ask(floor.port, *asked):
                raise RuntimeError(f"the framework floor answers otherwise: {path}")


if __name__ == "__main__":
    main()
