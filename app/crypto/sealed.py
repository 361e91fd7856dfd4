"""Sealed values. Needs ``cryptography`` with OpenSSL for SM4-GCM (RFC 8998)."""

import enum
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM

from app.crypto.canonical import canonical
from app.crypto.derived import derive

_FORMAT: Final = 1
_NONCE: Final = 12
_TAG: Final = 16
_HEAD: Final = 2 + _NONCE


class Unreadable(Exception):
    """A sealed value or wrapped key was moved, changed, cut, or belongs to another key."""


class Algorithm(enum.IntEnum):
    """The second byte of a sealed value."""

    AES_256_GCM = 1
    SM4_GCM = 2


@dataclass(frozen=True, eq=False)
class DataKey:
    """An opened data key. Seals with ``algorithm``, opens values of both."""

    secret: bytes = field(repr=False)
    algorithm: Algorithm = Algorithm.AES_256_GCM

    def cipher(self, algorithm: Algorithm) -> "AESGCM | Sm4Gcm":
        """The cipher of this key for ``algorithm``."""
        return self._sm4 if algorithm is Algorithm.SM4_GCM else self._aes

    @cached_property
    def _aes(self) -> AESGCM:
        return AESGCM(self.secret)

    @cached_property
    def _sm4(self) -> "Sm4Gcm":
        return Sm4Gcm(derive(self.secret, "sm4-gcm", Sm4Gcm.KEY_BYTES))


class Sm4Gcm:
    """SM4-GCM (RFC 8998) with the interface of AESGCM, which the library has for AES only."""

    KEY_BYTES: Final = 16

    def __init__(self, secret: bytes) -> None:
        self._key = SM4(secret)

    def encrypt(self, nonce: bytes, plain: bytes, bound: bytes) -> bytes:
        """Ciphertext and tag of ``plain``, tied to the associated data ``bound``."""
        encryptor = Cipher(self._key, GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(bound)
        return encryptor.update(plain) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
        """The plaintext of ciphertext and tag; raises InvalidTag."""
        decryptor = Cipher(self._key, GCM(nonce, sealed[-_TAG:])).decryptor()
        decryptor.authenticate_additional_data(bound)
        return decryptor.update(sealed[:-_TAG]) + decryptor.finalize()


class Place(NamedTuple):
    """Where a sealed value lives. The row id must exist before the value is sealed."""

    table: str
    column: str
    row: UUID | int

    def bound(self) -> bytes:
        """The associated data that ties a value to this place."""
        return f"v{_FORMAT}|{self.table}|{self.column}|{self.row}".encode()


def seal(key: DataKey, values: Mapping[str, Any] | bytes | str, place: Place) -> bytes:
    """Encrypt ``values`` for ``place``: format byte, algorithm byte, nonce, ciphertext and tag.

    A mapping is sealed in its canonical form.
    """
    if isinstance(values, Mapping):
        plain = canonical(values)
    else:
        plain = values.encode() if isinstance(values, str) else values
    nonce = os.urandom(_NONCE)
    ciphertext = key.cipher(key.algorithm).encrypt(nonce, plain, place.bound())
    return bytes([_FORMAT, key.algorithm]) + nonce + ciphertext


def unseal(key: DataKey, sealed: bytes, place: Place) -> bytes:
    """The bytes that were sealed for ``place``; Unreadable in every other case."""
    algorithm = _ALGORITHMS.get(sealed[:2])
    if algorithm is None or len(sealed) < _HEAD + _TAG:
        raise Unreadable("not a sealed value of a known format")
    try:
        return key.cipher(algorithm).decrypt(sealed[2:_HEAD], sealed[_HEAD:], place.bound())
    except InvalidTag:
        raise Unreadable("the value was changed, moved or sealed by another key") from None


def unseal_text(key: DataKey, sealed: bytes, place: Place) -> str:
    """The text that was sealed for ``place``; Unreadable as in ``unseal``."""
    plain = unseal(key, sealed, place)
    try:
        return plain.decode()
    except UnicodeDecodeError:
        pass  # raised below, outside, because this error carries the plaintext
    raise Unreadable("the sealed value is not text")


def unseal_values(key: DataKey, sealed: bytes, place: Place) -> dict[str, Any]:
    """The mapping that was sealed for ``place``, its values in JSON form; Unreadable as above."""
    plain = unseal(key, sealed, place)
    try:
        values = json.loads(plain)
    except ValueError:
        values = None  # raised below, outside, because this error carries the plaintext
    if not isinstance(values, dict):
        raise Unreadable("the sealed value is not a mapping")
    return values


_ALGORITHMS: Final = {bytes([_FORMAT, algorithm]): algorithm for algorithm in Algorithm}
