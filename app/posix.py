"""Programs run as another account, and children that do not outlive us (POSIX)."""

import ctypes
import gc
import os
import pwd
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import IO, Any, Final, TypedDict

Account = pwd.struct_passwd

# Settings of the user (PGOPTIONS, PGSERVICE, locales) would change what the programs do.
ENVIRONMENT: Mapping[str, str] = {"LC_ALL": "C", "PGCLIENTENCODING": "UTF8"}
SET_PARENT_DEATH_SIGNAL = 1  # prctl(2)
FORK: Final = get_context("fork")


class ProgramError(RuntimeError):
    """A program failed; the message is its own."""


class _Identity(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


def _identity(account: Account | None) -> _Identity:
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def run(command: Sequence[str | Path], *, text: str = "", account: Account | None = None) -> str:
    """Run a program to its end with `text` as input; returns its output, raises ProgramError."""
    done = subprocess.run(
        command,
        input=text,
        capture_output=True,
        encoding="utf-8",
        check=False,
        cwd="/",
        env=ENVIRONMENT,
        **_identity(account),
    )
    if done.returncode != 0:
        raise ProgramError(f"{Path(command[0]).name}: {done.stderr.strip()}")
    return done.stdout


@contextmanager
def output(command: Sequence[str | Path]) -> Iterator[IO[bytes]]:
    """What a program writes, while it writes it. Raises ProgramError if it failed."""
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=ENVIRONMENT,
        ) as program,
    ):
        assert program.stdout is not None  # noqa: S101 - a pipe was asked for
        try:
            yield program.stdout
        except BaseException:
            program.kill()
            raise
        if program.wait():
            errors.seek(0)
            raise ProgramError(f"{Path(command[0]).name}: {errors.read().decode().strip()}")


def spawn(
    command: Sequence[str | Path], *, log: Path, account: Account | None
) -> subprocess.Popen[bytes]:
    """Start a server that writes to `log`, away from our terminal.

    On Linux it gets SIGINT when the thread that starts it ends, in whatever way: use the main one.
    """
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            env=ENVIRONMENT,
            start_new_session=True,
            preexec_fn=_tied_to_this_thread(signal.SIGINT),
            **_identity(account),
        )


def fork(work: Callable[..., None], *given: Any) -> ForkProcess:
    """Do work in a process of its own, which begins as a copy of this one: what neither changes
    lies in memory once. For the main thread, while it is the only one.

    SIGTERM ends it, unless the work says otherwise; on Linux it gets one when we end, be it by
    SIGKILL. Ctrl-C reaches the whole group: here it does nothing, for we decide when work stops.
    """
    # The collector writes to every object it looks at, and what is written to is copied.
    gc.collect()
    gc.freeze()
    child = FORK.Process(target=_forked, args=(_tied_to_this_thread(signal.SIGTERM), work, *given))
    child.start()
    return child


def _forked(tie: Callable[[], None], work: Callable[..., None], *given: Any) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tie()
    work(*given)


@contextmanager
def beside(work: Callable[..., None], *given: Any) -> Iterator[None]:
    """`fork` for as long as the block runs."""
    child = fork(work, *given)
    try:
        yield
    finally:
        child.terminate()
        child.join()


def _tied_to_this_thread(last: signal.Signals) -> Callable[[], None]:
    """What a child calls so that it gets a last signal when the thread that started it ends."""
    if sys.platform != "linux":
        return lambda: None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def tie() -> None:
        prctl(SET_PARENT_DEATH_SIGNAL, last)
        if os.getppid() != parent:
            os._exit(1)

    return tie


def first_account(names: Sequence[str]) -> Account | None:
    """The first of these accounts that exists here."""
    accounts = {account.pw_name: account for account in pwd.getpwall()}
    return next((accounts[name] for name in names if name in accounts), None)


def may_enter(account: Account, folder: Path) -> bool:
    """Whether the account may pass this folder and every one above it."""

    def passes(path: Path) -> bool:
        status = path.stat()
        if status.st_uid == account.pw_uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == account.pw_gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)

    return all(passes(path) for path in (folder, *folder.parents))


def make_private(folder: Path, account: Account | None) -> None:
    """A folder for one account alone (None: us); refuses one that somebody else made."""
    owner = os.geteuid() if account is None else account.pw_uid
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid not in (os.geteuid(), owner):
        raise PermissionError(f"{folder} belongs to somebody else")
    folder.chmod(0o700)
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)


def command_of(pid: int) -> str | None:
    """The command line of a process: empty when it has just died, None when there is none."""
    proc = Path("/proc")
    if (proc / "self").exists():
        try:
            command = (proc / str(pid) / "cmdline").read_bytes()
            return command.replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return None
    shown = subprocess.run(
        ["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return shown.stdout.strip() or None
