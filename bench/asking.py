"""Single requests to a running server, and the load generator."""

import json
import subprocess
import sys
import urllib.request
from typing import Any

from app.services import seed
from bench.scenarios import PREFIX
from bench.servers import ROOT


def token(port: int, user: str) -> str:
    """The access token of a demo account."""
    typed = json.dumps({"username": user, "password": seed.PASSWORD}).encode()
    return str(ask(port, "POST", "/auth/login", "", typed)["access_token"])


def ask(port: int, method: str, path: str, access: str, body: bytes | None = None) -> Any:
    """The JSON of an answer; raises urllib's HTTPError if it is not 2xx."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{PREFIX}{path}",
        body,
        {"content-type": "application/json", "authorization": f"Bearer {access}"},
        method=method,
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        return json.load(answer)


def load(job: dict[str, Any]) -> dict[str, Any]:
    """What the load generator measured. Raises RuntimeError if an answer was not 2xx."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.client"],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the load generator failed:\n{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    if found["failed"]:
        raise RuntimeError(f"answers that were not 2xx: {found['failed']}\n{done.stderr[-2000:]}")
    return found
