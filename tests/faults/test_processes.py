"""Several processes that answer requests: they share what they are made of, one that is killed is
replaced, and none outlives the one that started them."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.running import Running, running


@pytest.fixture(scope="module")
def system() -> Iterator[Running]:
    with running() as made:
        made.serve(None, "--workers", "2")
        yield made


def test_the_processes_share_the_app(system: Running) -> None:
    assert len(system.processes()) == 2
    for pid in system.processes():
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
        memory = {line.split()[0]: int(line.split()[1]) for line in lines}
        assert memory["Shared_Dirty:"] > memory["Rss:"] / 2


def test_a_killed_process_is_replaced(system: Running) -> None:
    former = system.processes()
    os.kill(former[0], signal.SIGKILL)
    _await(lambda: len(system.processes()) == 2 and former[0] not in system.processes())
    assert former[1] in system.processes()
    system.await_status(200)


def test_a_killed_parent_takes_its_processes_along(system: Running) -> None:
    former = system.processes()
    system.kill_server()
    _await(lambda: not any(Path(f"/proc/{pid}").exists() for pid in former))


def test_a_process_that_cannot_start_ends_them_all(system: Running) -> None:
    owner = system.postgres.dsn("anlan")
    system.serve({"DATABASE_URL": owner, "DATABASE_URL_FILE": ""}, "--workers", "2", wait=False)
    _await(lambda: system.ended() == 3)
    assert "owner or superuser" in system.log.read_text()


def _await(held: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not held():
        assert time.monotonic() < until
        time.sleep(0.05)
