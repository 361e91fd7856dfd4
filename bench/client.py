"""The load generator: a process of its own, plain sockets, no HTTP library.

Reads a job as JSON from standard input, sends its requests over and over, writes what it measured
as JSON to standard output. Every body gets its own @id (UUIDv7), @woman, @man and @phone.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import cycle
from random import Random
from typing import Any

import uvloop

from app.ids import uuid7

WARM_SECONDS = 1.0
_WEIGHTS, _CHECK = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"
_random = Random()

Send = Callable[[], bytes]


def id_number(*, woman: bool) -> str:
    """A well-formed ID number of nobody."""
    rng = _random
    day = f"{rng.randint(1960, 1999)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}"
    begin = f"441802{day}{rng.randint(0, 99):02}{rng.randint(0, 4) * 2 + (not woman)}"
    return begin + _CHECK[sum(int(c) * w for c, w in zip(begin, _WEIGHTS, strict=True)) % 11]


def filled(body: str) -> str:
    """The body with new ids, and numbers of two more people."""
    text = body.replace("@id", str(uuid7()))
    if "@woman" in text:
        text = text.replace("@woman", id_number(woman=True))
        text = text.replace("@man", id_number(woman=False))
        text = text.replace("@phone", f"138{_random.randrange(10**8):08}")
    return text


def sender(request: dict[str, Any]) -> Send:
    """What makes the bytes of a request, anew for each sending."""
    headers = "".join(f"{name}: {value}\r\n" for name, value in request["headers"].items())
    head = f"{request['method']} {request['path']} HTTP/1.1\r\nhost: bench\r\n{headers}"
    body = request.get("body")
    if body is None:
        whole = f"{head}\r\n".encode()
        return lambda: whole

    def made() -> bytes:
        data = filled(str(body)).encode()
        return f"{head}content-length: {len(data)}\r\n\r\n".encode() + data

    return made


@dataclass
class Seen:
    """Latencies in seconds by the kind of request, the answers that were not 2xx, and how many
    requests warmed the server up."""

    taken: dict[str, list[float]] = field(default_factory=dict)
    failed: Counter[str] = field(default_factory=Counter)
    warm: int = 0


class Connection(asyncio.Protocol):
    """One connection that waits for an answer before it sends again."""

    def __init__(self, free: "Callable[[Connection], None]", seen: Seen) -> None:
        self._free, self._seen = free, seen
        self._got = b""
        self._name, self._begun = "", 0.0
        self._transport: Any = None

    @property
    def open(self) -> bool:
        """Whether it can be written to."""
        return self._transport is not None and not self._transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._free(self)

    def ask(self, name: str, data: bytes, begun: float) -> None:
        """Send a request; its latency counts from `begun`."""
        self._name, self._begun = name, begun
        self._transport.write(data)

    def data_received(self, data: bytes) -> None:
        self._got = self._got + data if self._got else data
        end = self._got.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._got[:end].lower()
        at = head.find(b"content-length:")
        if at < 0:
            raise RuntimeError(f"an answer without its length: {head[:200]!r}")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0])
        if len(self._got) < end + 4 + length:
            return
        if self._got[9:10] == b"2":
            taken = time.perf_counter() - self._begun
            self._seen.taken.setdefault(self._name, []).append(taken)
        else:
            self._seen.failed[f"{self._name} {self._got[9:12].decode()}"] += 1
            print(self._got[end + 4 :][:300].decode(errors="replace"), file=sys.stderr)
        self._got = b""
        self._free(self)

    def close(self) -> None:
        if self.open:
            self._transport.close()


async def _closed(job: dict[str, Any]) -> tuple[Seen, float]:
    """So many connections, each with a request under way at any moment."""
    requests = cycle([(r["name"], sender(r)) for r in job["requests"]])
    ends = time.perf_counter() + WARM_SECONDS + job["seconds"]
    seen, warm = Seen(), Seen()
    over, left = asyncio.Event(), job["connections"]
    begun = time.perf_counter() + WARM_SECONDS

    def free(connection: Connection) -> None:
        nonlocal left
        now = time.perf_counter()
        if now >= ends:
            left -= 1
            if left == 0:
                over.set()
            return
        if now >= begun and connection._seen is warm:
            connection._seen = seen
        name, make = next(requests)
        data = make()
        connection.ask(name, data, time.perf_counter())

    opened = await _connect(job, free, warm)
    await asyncio.wait_for(over.wait(), WARM_SECONDS + job["seconds"] + 60)
    for connection in opened:
        connection.close()
    seen.failed.update(warm.failed)
    seen.warm = sum(map(len, warm.taken.values()))
    return seen, job["seconds"]


async def _random_arrivals(job: dict[str, Any]) -> tuple[Seen, float]:
    """Requests arrive when they like (Poisson), whether or not the last ones were answered; each
    waits from its arrival, for a connection, too."""
    rng = Random(job["seed"])
    requests = [(r["name"], sender(r)) for r in job["requests"]]
    weights = [r["weight"] for r in job["requests"]]
    idle: list[Connection] = []
    seen = Seen()
    under_way: set[asyncio.Task[None]] = set()

    async def ask(name: str, data: bytes, due: float) -> None:
        # The server closes connections that were idle for a while.
        while idle and not idle[-1].open:
            idle.pop()
        if not idle:
            await _connect(job | {"connections": 1}, idle.append, seen)
        idle.pop().ask(name, data, due)

    due = time.perf_counter()
    ends = due + job["seconds"]
    while (due := due + rng.expovariate(job["rate"])) < ends:
        await asyncio.sleep(due - time.perf_counter())
        name, make = rng.choices(requests, weights)[0]
        task = asyncio.create_task(ask(name, make(), due))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
    await asyncio.gather(*under_way)
    await asyncio.sleep(2)  # the last answers
    for connection in idle:
        connection.close()
    return seen, job["seconds"]


async def _connect(
    job: dict[str, Any], free: Callable[[Connection], None], seen: Seen
) -> list[Connection]:
    loop = asyncio.get_running_loop()
    opened = []
    for _ in range(job["connections"]):
        _, connection = await loop.create_connection(
            lambda: Connection(free, seen), "127.0.0.1", job["port"]
        )
        opened.append(connection)
    return opened


def main() -> None:
    """One job: `rate` gives random arrivals, without it every connection is kept busy."""
    job = json.load(sys.stdin)
    seen, seconds = uvloop.run(_random_arrivals(job) if "rate" in job else _closed(job))
    sent = seen.warm + sum(map(len, seen.taken.values()))
    found = {"taken": seen.taken, "failed": seen.failed, "seconds": seconds, "sent": sent}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
