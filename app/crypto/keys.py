"""Keys: who wraps them, how they are made and opened, what a destroyed one is."""

import os
import pkgutil
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Literal, Protocol

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from app.config import get_settings
from app.crypto.sealed import Algorithm, DataKey, Unreadable
from app.errors import Shredded
from app.keyrings import KEY_BYTES, VERSIONS, KekRing, Keys

Ring = Literal["data", "vault"]

DESTROYED: Final = b""
"""What stands where a key was that was destroyed by law. Nothing opens with it ever again."""


class KeyModule(Protocol):
    """What holds the key-encryption keys and lets none of them out: a 密码机, a KMS, or the keys
    of the settings.

    ``data`` wraps the keys of cases and people, ``vault`` those of S4 facts. A wrapped key begins
    with one byte, the version (1-255) of the KEK it hangs on. Calls are short and block.
    """

    def wrap(self, ring: Ring, secret: bytes) -> bytes:
        """``secret`` under the version that wraps now."""

    def unwrap(self, ring: Ring, wrapped: bytes) -> bytes:
        """The secret; Unreadable if it was changed, or hangs on a version that is not here."""

    def wraps(self, ring: Ring) -> int:
        """The version that wraps now."""


@dataclass(frozen=True, eq=False)
class LocalKeys:
    """The key-encryption keys of the settings: 32 bytes each, RFC 3394.

    Raises ValueError on keys of another shape.
    """

    data: KekRing
    vault: KekRing

    def __post_init__(self) -> None:
        for ring in (self.data, self.vault):
            if ring.wraps not in ring.keys or not all(v in VERSIONS for v in ring.keys):
                raise ValueError("a ring needs keys with versions 1-255, and one that wraps")
            if any(len(key) != KEY_BYTES for key in ring.keys.values()):
                raise ValueError(f"every key has {KEY_BYTES} bytes")

    def wrap(self, ring: Ring, secret: bytes) -> bytes:
        held = self._ring(ring)
        return bytes([held.wraps]) + aes_key_wrap(held.keys[held.wraps], secret)

    def unwrap(self, ring: Ring, wrapped: bytes) -> bytes:
        kek = self._ring(ring).keys.get(wrapped[0]) if wrapped else None
        if kek is None:
            raise Unreadable("the key was wrapped by a version this ring does not hold")
        try:
            return aes_key_unwrap(kek, wrapped[1:])
        except InvalidUnwrap:
            raise Unreadable("the wrapped key was changed or belongs to another ring") from None

    def wraps(self, ring: Ring) -> int:
        return self._ring(ring).wraps

    def _ring(self, ring: Ring) -> KekRing:
        return self.vault if ring == "vault" else self.data


@dataclass(frozen=True, eq=False)
class Keyring:
    """The long-lived secrets of one deployment.

    ``module`` wraps data keys, ``index`` and ``chain`` are keys of 32 bytes. ``algorithm`` seals
    new values; values of either algorithm stay readable. Raises ValueError on keys of another
    shape.
    """

    module: KeyModule = field(repr=False)
    index: bytes = field(repr=False)
    chain: bytes = field(repr=False)
    algorithm: Algorithm = Algorithm.AES_256_GCM

    def __post_init__(self) -> None:
        if any(len(secret) != KEY_BYTES for secret in (self.index, self.chain)):
            raise ValueError(f"every key has {KEY_BYTES} bytes")


def build_keyring(keys: Keys, algorithm: Algorithm = Algorithm.AES_256_GCM) -> Keyring:
    """The keyring of the settings' ``keys``, sealing with ``algorithm``."""
    return Keyring(_module(keys), keys.index, keys.chain, algorithm)


def _module(keys: Keys) -> KeyModule:
    if isinstance(keys.keks, str):
        module: KeyModule = pkgutil.resolve_name(keys.keks)()
        return module
    return LocalKeys(keys.keks.data, keys.keks.vault)


def new_key(keyring: Keyring, ring: Ring = "data") -> bytes:
    """A new random data key to be stored, wrapped by the key module."""
    return keyring.module.wrap(ring, os.urandom(KEY_BYTES))


def open_key(keyring: Keyring, wrapped: bytes, ring: Ring = "data") -> DataKey:
    """The data key inside ``wrapped``. Shredded if it was destroyed, Unreadable if it is not a
    key of this ring."""
    _check_alive(wrapped)
    return DataKey(keyring.module.unwrap(ring, wrapped), keyring.algorithm)


def rewrap(keyring: Keyring, wrapped: bytes, ring: Ring = "data") -> bytes:
    """The same data key under the version that wraps now; sealed values need no change. Raises
    as ``open_key``."""
    return keyring.module.wrap(ring, open_key(keyring, wrapped, ring).secret)


def new_key_under(outer: DataKey) -> bytes:
    """A new random key to be stored, wrapped by another data key (RFC 3394)."""
    return aes_key_wrap(outer.secret, os.urandom(KEY_BYTES))


def open_key_under(outer: DataKey, wrapped: bytes) -> DataKey:
    """The key that ``outer`` wraps. Shredded if it was destroyed, else Unreadable."""
    _check_alive(wrapped)
    try:
        return DataKey(aes_key_unwrap(outer.secret, wrapped), outer.algorithm)
    except InvalidUnwrap:
        raise Unreadable("the wrapped key was changed or hangs on another key") from None


def rewrap_under(old: DataKey, new: DataKey, wrapped: bytes) -> bytes:
    """The same key, taken from under ``old`` and put under ``new``. Raises as above."""
    return aes_key_wrap(new.secret, open_key_under(old, wrapped).secret)


def _check_alive(wrapped: bytes) -> None:
    if wrapped == DESTROYED:
        raise Shredded("有关资料已依法删除")


@lru_cache(maxsize=1)
def keyring() -> Keyring:
    """The keyring of this process, from its settings."""
    settings = get_settings()
    return build_keyring(settings.keys, Algorithm[settings.algorithm.upper().replace("-", "_")])
