"""PostgreSQL's own programs at work, with our pipe at one end."""

import contextlib
import subprocess
import tempfile

from sqlalchemy.engine import make_url

from app import embedded
from app.posix import ENVIRONMENT, ProgramError


class Program:
    """A program of PostgreSQL at work on a database; killed if we leave before its end."""

    def __init__(
        self,
        name: str,
        url: str,
        *options: str,
        stdin: int | None = None,
        stdout: int | None = None,
    ) -> None:
        given = make_url(url)
        password = {"PGPASSWORD": str(given.password)} if given.password else {}
        where = given.set(drivername="postgresql", password=None)
        self.name = name
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed at our own end
        self.process: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603 - our own program
            [embedded.programs() / name, *options, f"--dbname={where.render_as_string()}"],
            stderr=self._errors,
            # Not in the arguments, which everybody on the machine can read.
            env={**ENVIRONMENT, **password},
            stdin=stdin,
            stdout=stdout,
        )

    def finish(self) -> None:
        """Wait for its end; raises ProgramError with its own words."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        if self.process.wait() != 0:
            self._errors.seek(0)
            said = self._errors.read().decode(errors="replace").strip().splitlines()
            raise ProgramError(f"{self.name}: {said[0] if said else self.process.returncode}")

    def __enter__(self) -> "Program":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None and not pipe.closed:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        self.process.wait()
        self._errors.close()
