"""The servers that are compared, each with two worker processes on a port of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from app.config import get_settings

ROOT = Path(__file__).parents[1]
WORKERS = 2
LIMITS_OFF: Final = {"ANLAN_ACCOUNT_RATE": "0", "ANLAN_ADDRESS_RATE": "0"}
"""A few accounts ask for everybody here."""

PEER_THREADS = 4
COMMANDS: Final[Mapping[str, Sequence[str]]] = {
    "ours": (str(Path(sys.executable).with_name("anlan")), "serve", "--workers", str(WORKERS)),
    "floor": (
        sys.executable, "-m", "uvicorn", "--factory", "--workers", str(WORKERS), "--no-access-log",
        "--log-level", "warning", "--no-server-header", "--host", "127.0.0.1", "--port", "{port}",
        "bench.floor.main:create_app",
    ),
    "peer": (
        str(ROOT / ".venv-bench/bin/gunicorn"), "bench.peer.project:application", "-k", "gthread",
        "-w", str(WORKERS), "--no-control-socket", "--threads", str(PEER_THREADS),
        "--keep-alive", "60", "-b", "127.0.0.1:{port}",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Memory:
    """What a process takes, in bytes: `together` its part of what is shared, too (PSS), `own` what
    no other process shares."""

    command: str
    together: int
    own: int

    @classmethod
    def of(cls, pid: int) -> Self:
        """From the kernel's own account."""
        process = Path("/proc", str(pid))
        command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        sizes = {}
        for line in (process / "smaps_rollup").read_text().splitlines()[1:]:
            name, size = line.split()[:2]
            sizes[name] = int(size) * 1024
        own = sizes["Private_Clean:"] + sizes["Private_Dirty:"]
        return cls(command.strip(), sizes["Pss:"], own)


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int
    pid: int

    def processes(self) -> list[int]:
        """Itself and what it started."""
        parents = {int(p.name): _parent(p) for p in Path("/proc").iterdir() if p.name.isdigit()}
        found = [self.pid]
        for pid in found:
            found += [child for child, parent in parents.items() if parent == pid]
        return found

    def memory(self) -> Mapping[int, Memory]:
        """What each of its processes takes; of PostgreSQL's, none."""
        found = {pid: Memory.of(pid) for pid in self.processes()}
        return {pid: memory for pid, memory in found.items() if "postgres" not in memory.command}

    def cpu(self) -> float:
        """Seconds of processor time used so far."""
        return sum(_cpu(pid) for pid in self.processes())


def _parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running(app_dsn: str, log: Path) -> Iterator[Mapping[str, Server]]:
    """All three, ready to answer; `log` is a folder for what they print."""
    log.mkdir(exist_ok=True)
    settings = get_settings()
    key = load_pem_private_key(settings.keys.token_pem.encode(), password=None).public_key()
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    environment = {
        **os.environ,
        "DATABASE_URL": app_dsn,
        **LIMITS_OFF,
        "TOKEN_KEY": pem,
        "SCHEMA": settings.schema,
        "PYTHONPATH": str(ROOT),
    }
    with ExitStack() as stack:
        found = {}
        for name, command in COMMANDS.items():
            port = free_port()
            placed = [part.format(port=port) for part in command]
            at = environment | {"PORT": str(port)}
            found[name] = stack.enter_context(started(placed, port, at, log / f"{name}.log"))
        yield found


@contextmanager
def started(
    command: Sequence[str], port: int, environment: Mapping[str, str], log: Path
) -> Iterator[Server]:
    """A server that answers on the port, while the block runs."""
    with log.open("w") as out:
        process = subprocess.Popen(
            command, env=environment, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT
        )
        try:
            _await(process, port, log)
            yield Server(port, process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _await(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    patience = time.monotonic() + 200
    while process.poll() is None and time.monotonic() < patience:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
            continue
        time.sleep(2)  # the workers open their connections to the database
        return
    raise RuntimeError(f"a server did not start:\n{log.read_text()[-2000:]}")


def free_port() -> int:
    """One that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
