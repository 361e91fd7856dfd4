"""The real thing, to be killed: PostgreSQL that keeps what it is told, `anlan serve` beside it."""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractAsyncContextManager, contextmanager
from datetime import date
from pathlib import Path

import httpx
from sqlalchemy.ext.asyncio import AsyncConnection

from app import migrate
from app.config import get_settings
from app.db import app_role, worker_role
from app.embedded import EmbeddedPostgres
from app.services import seed
from app.services.district import areas

DATABASE = "anlan"


class Running:
    """A database and a server, each of which may be killed and started again alone."""

    def __init__(self, folder: Path, postgres: EmbeddedPostgres) -> None:
        self.postgres = postgres
        # As production gives it: a secret in a file, not in the environment.
        self._secret = folder / "database_url"
        self._secret.write_text(postgres.dsn(DATABASE, app_role(get_settings().schema)))
        self.log = folder / "server.log"
        self._port = _free_port()
        self.anchors = folder / "anchors.jsonl"
        self._server: subprocess.Popen[bytes] | None = None
        self._worker: subprocess.Popen[bytes] | None = None
        self.base = f"http://127.0.0.1:{self._port}"
        self.url = f"{self.base}/api/v1"

    def owner(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A transaction as the owner of the tables."""
        return migrate.as_owner(self.postgres.dsn(DATABASE), get_settings())

    def serve(
        self,
        environment: Mapping[str, str] | None = None,
        *options: str,
        wait: bool = True,
    ) -> None:
        """Start the server; it is up when it says that it is well, or without `wait` at once."""
        given = {
            "DATABASE_URL_FILE": str(self._secret),
            "PORT": str(self._port),
        }
        with self.log.open("ab") as log:
            self._server = subprocess.Popen(
                [Path(sys.executable).with_name("anlan"), "serve", *options],
                env=os.environ | given | dict(environment or {}),
                stdout=log,
                stderr=log,
            )
        if wait:
            self.await_status(200)

    def await_status(self, status: int, seconds: float = 200) -> float:
        """Wait until the server's health has this status; how many seconds it took."""
        begun = time.monotonic()
        while time.monotonic() < begun + seconds:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.base}/api/health", timeout=5).status_code == status:
                    return time.monotonic() - begun
            time.sleep(0.02)
        raise AssertionError(f"no {status} in {seconds} s: {self.log.read_text()[-2000:]}")

    def kill_server(self) -> None:
        assert self._server is not None
        self._server.kill()
        self._server.wait()

    def stop_server(self) -> None:
        if self._server is not None and self._server.poll() is None:
            self._server.terminate()
            self._server.wait(40)

    def ended(self) -> int | None:
        """The server's exit code, once it has one."""
        assert self._server is not None
        return self._server.poll()

    def processes(self) -> list[int]:
        """What the server started to answer requests."""
        assert self._server is not None
        return _children(self._server.pid)

    def work(self) -> None:
        """Start the worker, which does all its chores at once."""
        given = {
            "WORKER_DATABASE_URL": self.postgres.dsn(DATABASE, worker_role(get_settings().schema)),
            "ANLAN_ANCHORS": str(self.anchors),
        }
        with self.log.open("ab") as log:
            self._worker = subprocess.Popen(
                [Path(sys.executable).with_name("anlan"), "worker"],
                env=os.environ | given,
                stdout=log,
                stderr=log,
            )

    def kill_worker(self) -> None:
        """As `kill -9` does: nothing is said to it, and it cannot do anything any more."""
        if self._worker is not None:
            self._worker.kill()
            self._worker.wait()

    def kill_database(self) -> None:
        """SIGKILL to the postmaster and to every process of its, so that none ends in order."""
        postmaster = self._postmaster()
        # Stopped first, so that it starts nothing new meanwhile.
        os.kill(postmaster, signal.SIGSTOP)
        for pid in (*_children(postmaster), postmaster):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.postgres.stop()

    def stop_database_immediately(self) -> None:
        """What `pg_ctl stop -m immediate` does: no checkpoint, sessions cut off."""
        os.kill(self._postmaster(), signal.SIGQUIT)
        self.postgres.stop()

    def _postmaster(self) -> int:
        pid_file = self.postgres.data / "cluster" / "postmaster.pid"
        return int(pid_file.read_text().split("\n")[0])


def _children(parent: int) -> list[int]:
    found = []
    for process in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError, IndexError):
            if int((process / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(process.name))
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def running(settings: Mapping[str, str | int | float] | None = None) -> Iterator[Running]:
    """Both, with the tables, the areas and the demo accounts; the server not yet started."""
    folder = Path(tempfile.mkdtemp(prefix="anlan-test-"))
    folder.chmod(0o711)
    postgres = EmbeddedPostgres(folder / "pg", settings=settings).start()
    made = Running(folder, postgres)
    try:
        postgres.psql("postgres", f"create database {DATABASE}")
        migrate.upgrade(postgres.dsn(DATABASE))
        asyncio.run(_seed(made))
        yield made
    finally:
        made.kill_worker()
        made.stop_server()
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def _seed(made: Running) -> None:
    async with made.owner() as connection:
        await areas.import_areas(connection, areas.SHIPPED, date(2021, 1, 1))
        await seed.seed(connection)
