"""`python -m bench.memory`: what the processes of `anlan serve --workers 2` take, started on an
empty data folder as an operator would, after some thousand requests. PostgreSQL apart."""

import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bench import asking
from bench.scenarios import DISTRICT, REPORT, Scenario, command
from bench.servers import LIMITS_OFF, WORKERS, Server, free_port, started

SECONDS, CONNECTIONS = 6, 16
USER = "women_fed_district"
READS = (
    "/me",
    "/kinds",
    "/areas",
    "/worklist?scope=area&limit=20",
    "/cases?closed=false&limit=20",
    f"/indicators?area={DISTRICT}&period=2026",
)


def main() -> None:
    """Start, ask, print a line a process and their sum."""
    anlan = str(Path(sys.executable).with_name("anlan"))
    with tempfile.TemporaryDirectory(prefix="anlan-memory-") as name:
        folder, port = Path(name), free_port()
        folder.chmod(0o711)
        more = {"PORT": str(port), "ANLAN_DATA": str(folder / "data")}
        environment = {**os.environ, **LIMITS_OFF, **more}
        subprocess.run([anlan, "demo", "--cases", "20"], env=environment, check=True)
        command_ = [anlan, "serve", "--workers", str(WORKERS)]
        with started(command_, port, environment, folder / "log") as server:
            _settle(server)
            _warm_up(server.port)
            found = server.memory()
    for memory in found.values():
        print(f"{_mib(memory.together)} MiB, {_mib(memory.own)} its own: {memory.command}")
    print(f"{_mib(sum(memory.together for memory in found.values()))} MiB together")


def _settle(server: Server) -> None:
    """Until all its processes have started."""
    used = -1.0
    while server.cpu() - used > 0.05:
        used = server.cpu()
        time.sleep(1)


def _warm_up(port: int) -> None:
    """Reads and writes, to every process."""
    now = datetime.now(UTC).isoformat()
    asked = (
        Scenario("open", "", USER, "POST", ("/cases/dv_warning",), command(now, REPORT)),
        Scenario("read", "", USER, "GET", READS),
    )
    access = asking.token(port, USER)
    requests = [request for scenario in asked for request in scenario.requests(access)]
    job = {"port": port, "connections": CONNECTIONS, "seconds": SECONDS, "requests": requests}
    print(f"{asking.load(job)['sent']} requests")


def _mib(size: int) -> str:
    return f"{size / 2**20:5.0f}"


if __name__ == "__main__":
    main()
