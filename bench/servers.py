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

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from app.config import get_settings

ROOT = Path(__file__).parents[1]
PEER = ROOT / ".venv-bench/bin/gunicorn"
WORKERS = 2
PEER_THREADS = 4


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

    def memory(self) -> int:
        """Bytes of all its processes together; what they share counts once (PSS)."""
        return sum(_pss(pid) for pid in self.processes())

    def cpu(self) -> float:
        """Seconds of processor time used so far."""
        return sum(_cpu(pid) for pid in self.processes())


def _parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _pss(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running(app_dsn: str, log: Path) -> Iterator[Mapping[str, Server]]:
    """All three, ready to answer; `log` is a folder for what they print."""
    uvicorn = (
        sys.executable, "-m", "uvicorn", "--factory", "--workers", str(WORKERS), "--no-access-log",
        "--log-level", "warning", "--no-server-header", "--host", "127.0.0.1", "--port",
    )  # fmt: skip
    gunicorn = (
        str(PEER), "bench.peer.project:application", "-k", "gthread", "-w", str(WORKERS),
        "--no-control-socket", "--threads", str(PEER_THREADS), "--keep-alive", "60", "-b",
    )  # fmt: skip
    log.mkdir(exist_ok=True)
    settings = get_settings()
    key = load_pem_private_key(settings.keys.token_pem.encode(), password=None).public_key()
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    environment = {
        **os.environ,
        "DATABASE_URL": app_dsn,
        # A few accounts ask for everybody here.
        "ANLAN_ACCOUNT_RATE": "0",
        "ANLAN_ADDRESS_RATE": "0",
        "TOKEN_KEY": pem,
        "SCHEMA": settings.schema,
        "PYTHONPATH": str(ROOT),
    }
    with ExitStack() as stack:
        found = {}
        for name, begin, target in (
            ("ours", uvicorn, "app.main:create_app"),
            ("floor", uvicorn, "bench.floor.main:create_app"),
            ("peer", gunicorn, None),
        ):
            port = _free_port()
            where = [str(port), target] if target else [f"127.0.0.1:{port}"]
            found[name] = stack.enter_context(
                _started([*begin, *where], port, environment, log / f"{name}.log")
            )
        yield found


@contextmanager
def _started(
    command: Sequence[str], port: int, environment: Mapping[str, str], log: Path
) -> Iterator[Server]:
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
    patience = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < patience:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
            continue
        time.sleep(2)  # the workers open their connections to the database
        return
    raise RuntimeError(f"a server did not start:\n{log.read_text()[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
