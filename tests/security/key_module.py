"""A stand-in for a 密码机: a process of its own that holds the master keys, and what asks it.

Run as a program it serves one client after the other over a socket. `of_environment` is what
ANLAN_KEY_MODULE names.
"""

import os
import socket
import struct
import sys
from typing import Any

from app.crypto import LocalKeys, Ring, Unreadable
from app.keyrings import KekRing

WRAP, UNWRAP, WRAPS, REFUSED = b"W", b"U", b"V", b"!"
RINGS: tuple[Ring, ...] = ("data", "vault")


def of_environment() -> "RemoteKeys":
    """The module behind the socket that ANLAN_TEST_MODULE names."""
    return RemoteKeys(os.environ["ANLAN_TEST_MODULE"])


class RemoteKeys:
    """The key module as the app sees it: three questions over a socket, and never a master key."""

    def __init__(self, path: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(path)

    def close(self) -> None:
        self._socket.close()

    def wrap(self, ring: Ring, secret: bytes) -> bytes:
        return self._ask(WRAP, ring, secret)

    def unwrap(self, ring: Ring, wrapped: bytes) -> bytes:
        return self._ask(UNWRAP, ring, wrapped)

    def wraps(self, ring: Ring) -> int:
        return self._ask(WRAPS, ring, b"")[0]

    def _ask(self, what: bytes, ring: Ring, data: bytes) -> bytes:
        send(self._socket, what + bytes([RINGS.index(ring)]) + data)
        answer = receive(self._socket)
        if answer[:1] == REFUSED:
            raise Unreadable("the key module refused the key")
        return answer[1:]


def send(to: socket.socket, message: bytes) -> None:
    to.sendall(struct.pack(">H", len(message)) + message)


def receive(source: socket.socket) -> bytes:
    (length,) = struct.unpack(">H", _exactly(source, 2))
    return _exactly(source, length)


def _exactly(source: socket.socket, length: int) -> bytes:
    found = b""
    while len(found) < length:
        more = source.recv(length - len(found))
        if not more:
            raise ConnectionError("the key module is gone")
        found += more
    return found


def serve(path: str) -> None:
    """Make new master keys and answer one client after the other; the keys end with the process."""
    rings = [KekRing({1: os.urandom(32), 2: os.urandom(32)}, 2) for _ in RINGS]
    keys = LocalKeys(*rings)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(path)
        door.listen()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            client, _ = door.accept()
            with client:
                answer_all(client, keys)


def answer_all(client: socket.socket, keys: LocalKeys) -> None:
    while True:
        try:
            message = receive(client)
        except ConnectionError:
            return
        what, ring, data = message[:1], RINGS[message[1]], message[2:]
        try:
            send(client, what + answer(keys, what, ring, data))
        except Unreadable:
            send(client, REFUSED)


def answer(keys: LocalKeys, what: bytes, ring: Ring, data: bytes) -> bytes:
    asked: dict[bytes, Any] = {
        WRAP: lambda: keys.wrap(ring, data),
        UNWRAP: lambda: keys.unwrap(ring, data),
        WRAPS: lambda: bytes([keys.wraps(ring)]),
    }
    found: bytes = asked[what]()
    return found


if __name__ == "__main__":
    serve(sys.argv[1])
