"""What was measured, as a Markdown table, against what was promised."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Self

from bench.scenarios import Scenario

STACKS = {
    "ours": "Anlan",
    "floor": "framework floor",
    "peer": "Django REST framework",
    "pgbench": "SQL floor (pgbench)",
    "bare": "SQL floor, no row-level security",
}
READS, WRITES, PEER, WALLED = 0.70, 0.60, 2.0, 0.80
BOARD_SECONDS, MIXED_P99, MEMORY = 1.0, 0.100, 300 * 2**20


@dataclass(frozen=True)
class Result:
    """Requests a second; p50 and p99 in seconds; processor seconds a request."""

    rate: float
    p50: float
    p99: float
    cpu: float | None

    @classmethod
    def of(cls, taken: Sequence[float], seconds: float, cpu: float | None = None) -> Self:
        """From latencies."""
        return cls(len(taken) / seconds, quantile(taken, 0.5), quantile(taken, 0.99), cpu)


@dataclass(frozen=True)
class Measured:
    """One scenario on one stack in one round."""

    scenario: str
    stack: str
    result: Result


def quantile(taken: Sequence[float], share: float) -> float:
    """The latency that this share of the requests did not exceed."""
    ordered = sorted(taken)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def markdown(
    wanted: Sequence[Scenario],
    measured: Sequence[Measured],
    memory: Mapping[str, int],
    mixed: Mapping[str, Sequence[float]],
    statements: Mapping[str, int],
    *,
    cases: int,
    size: int,
    rate: int,
    seconds: float,
    rounds: int,
) -> str:
    """The whole report."""
    lines = [
        f"# {cases:,} cases ({size / 2**30:.1f} GiB), {rounds} rounds of {seconds:g} s",
        "",
        "| scenario | stack | req/s (range) | p50 ms | p99 ms | CPU ms/req | Anlan ÷ it |",
        "|---|---|---|---|---|---|---|",
    ]
    for scenario in wanted:
        for stack, title in STACKS.items():
            found = _of(measured, scenario.name, stack)
            if found:
                lines.append(_line(scenario, title, found, _ratio(measured, scenario.name, stack)))
    lines += ["", *_memory(memory), "", *_mixed(mixed, rate), ""]
    lines += ["Statements a request, BEGIN and COMMIT included: "]
    lines[-1] += ", ".join(f"{name} {n}" for name, n in statements.items())
    return "\n".join([*lines, "", *_goals(wanted, measured, memory, mixed)]) + "\n"


def _of(measured: Sequence[Measured], scenario: str, stack: str) -> list[Result]:
    return [m.result for m in measured if (m.scenario, m.stack) == (scenario, stack)]


def _line(scenario: Scenario, title: str, found: Sequence[Result], ratio: float | None) -> str:
    rates = [r.rate for r in found]
    cpus = [r.cpu for r in found if r.cpu is not None]
    return (
        f"| {scenario.title}, {scenario.connections} conn. | {title} | {median(rates):,.0f}"
        f" ({min(rates):,.0f}–{max(rates):,.0f}) | {_ms(median(r.p50 for r in found))}"
        f" | {_ms(median(r.p99 for r in found))} | {_ms(median(cpus)) if cpus else ''}"
        f" | {'' if ratio is None else f'{ratio:.2f}'} |"
    )


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f}"


def _ratio(
    measured: Sequence[Measured], scenario: str, stack: str, of: str = "ours"
) -> float | None:
    """Ours to theirs, round by round, the middle one."""
    if stack == of:
        return None
    pairs = zip(_of(measured, scenario, of), _of(measured, scenario, stack), strict=True)
    return median(ours.rate / theirs.rate for ours, theirs in pairs)


def _memory(memory: Mapping[str, int]) -> list[str]:
    parts = ", ".join(f"{STACKS[name]} {size / 2**20:.0f} MiB" for name, size in memory.items())
    return [f"Memory of all app processes after the load (PSS): {parts}"]


def _mixed(mixed: Mapping[str, Sequence[float]], rate: int) -> list[str]:
    if not mixed:
        return []
    every = [t for taken in mixed.values() for t in taken]
    rows = {**mixed, "all": every}
    return [
        f"Mixed load, {rate} requests a second arriving at random:",
        "",
        "| scenario | requests | p50 ms | p99 ms | longest ms |",
        "|---|---|---|---|---|",
        *(
            f"| {name} | {len(taken)} | {_ms(quantile(taken, 0.5))} | {_ms(quantile(taken, 0.99))}"
            f" | {_ms(max(taken))} |"
            for name, taken in rows.items()
        ),
    ]


def _goals(
    wanted: Sequence[Scenario],
    measured: Sequence[Measured],
    memory: Mapping[str, int],
    mixed: Mapping[str, Sequence[float]],
) -> list[str]:
    rows = []
    for scenario in wanted:
        if scenario.peer:
            goal = WRITES if scenario.writes else READS
            floor = _ratio(measured, scenario.name, "floor")
            peer = _ratio(measured, scenario.name, "peer")
            rows.append(_goal(f"{scenario.title}: share of the framework floor", goal, floor))
            rows.append(_goal(f"{scenario.title}: times the peer", PEER, peer))
        if scenario.hot:
            walled = _ratio(measured, scenario.name, "bare", of="pgbench")
            rows.append(_goal(f"{scenario.title}: SQL left by row-level security", WALLED, walled))
    village, district = (
        [r.rate for r in _of(measured, f"worklist_{level}", "ours")]
        for level in ("village", "district")
    )
    if village and district:
        ratio = median(v / d for v, d in zip(village, district, strict=True))
        rows.append(_goal("worklist: village ÷ district", 1.0, ratio))
    board = [r.p50 for r in _of(measured, "board", "ours")]
    if board:
        rows.append(_goal("board of a year, alone, seconds", BOARD_SECONDS, median(board), -1))
    every = [t for taken in mixed.values() for t in taken]
    if every:
        rows.append(_goal("mixed load, p99 ms", MIXED_P99 * 1e3, quantile(every, 0.99) * 1e3, -1))
    rows.append(_goal("app processes together, MiB", MEMORY / 2**20, memory["ours"] / 2**20, -1))
    return ["| goal | wanted | measured | |", "|---|---|---|---|", *rows]


def _goal(title: str, wanted: float, measured: float | None, sign: int = 1) -> str:
    if measured is None:
        return f"| {title} | {wanted:g} | | not measured |"
    met = (measured - wanted) * sign >= 0
    return f"| {title} | {wanted:g} | {measured:.2f} | {'met' if met else 'MISSED'} |"
