"""Sealed values, their keys, blind indexes and the keyed chain of a case.

A key-encryption key (KEK) of the keyring wraps one random data key (DEK) per case, person or vault
entry; the data key seals values. A sealed value opens only with its own key and only in the table,
column and row it was sealed for. Needs ``cryptography`` with OpenSSL for SM4-GCM (RFC 8998).
"""

import base64
import enum
import hmac
import json
import os
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any, Final, Literal, NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from app.config import KEY_BYTES, VERSIONS, Keys, get_settings

Ring = Literal["data", "vault"]
IndexColumn = Literal["id_number", "phone", "name"]

INDEX_BYTES: Final = 16
GENESIS: Final = bytes(32)  # what the first link of every case follows
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
class Keyring:
    """The long-lived secrets of one deployment.

    ``data`` wraps the keys of cases and people, ``vault`` those of S4 facts; both map a version
    (1-255) to a 32-byte KEK, and the highest version wraps new keys. ``algorithm`` seals new
    values; values of either algorithm stay readable. Raises ValueError on keys of another shape.
    """

    data: Mapping[int, bytes] = field(repr=False)
    vault: Mapping[int, bytes] = field(repr=False)
    index: bytes = field(repr=False)
    chain: bytes = field(repr=False)
    algorithm: Algorithm = Algorithm.AES_256_GCM

    def __post_init__(self) -> None:
        for ring in (self.data, self.vault):
            if not ring or not all(version in VERSIONS for version in ring):
                raise ValueError("a ring needs keys with versions 1-255")
        secrets = (*self.data.values(), *self.vault.values(), self.index, self.chain)
        if any(len(secret) != KEY_BYTES for secret in secrets):
            raise ValueError(f"every key has {KEY_BYTES} bytes")


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
        return Sm4Gcm(_derive(self.secret, "sm4-gcm", Sm4Gcm.KEY_BYTES))


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


# Keys


def build_keyring(keys: Keys, algorithm: Algorithm = Algorithm.AES_256_GCM) -> Keyring:
    """The keyring of the settings' ``keys``, sealing with ``algorithm``."""
    return Keyring(keys.data, keys.vault, keys.index, keys.chain, algorithm)


def new_key(keyring: Keyring, ring: Ring = "data") -> bytes:
    """A new random data key to be stored: version byte of the newest KEK, key wrap (RFC 3394)."""
    return _wrap(keyring, os.urandom(KEY_BYTES), ring)


def open_key(keyring: Keyring, wrapped: bytes, ring: Ring = "data") -> DataKey:
    """The data key inside ``wrapped``; Unreadable if it is not a key of this ring."""
    kek = _keks(keyring, ring).get(wrapped[0]) if wrapped else None
    if kek is None:
        raise Unreadable("the key was wrapped by a version this ring does not hold")
    try:
        return DataKey(aes_key_unwrap(kek, wrapped[1:]), keyring.algorithm)
    except InvalidUnwrap:
        raise Unreadable("the wrapped key was changed or belongs to another ring") from None


def rewrap(keyring: Keyring, wrapped: bytes, ring: Ring = "data") -> bytes:
    """The same data key under the newest KEK; sealed values need no change. Unreadable as above."""
    return _wrap(keyring, open_key(keyring, wrapped, ring).secret, ring)


def _wrap(keyring: Keyring, secret: bytes, ring: Ring) -> bytes:
    keks = _keks(keyring, ring)
    newest = max(keks)
    return bytes([newest]) + aes_key_wrap(keks[newest], secret)


def _keks(keyring: Keyring, ring: Ring) -> Mapping[int, bytes]:
    return keyring.vault if ring == "vault" else keyring.data


def _derive(secret: bytes, purpose: str, length: int) -> bytes:
    info = f"anlan v1 {purpose}".encode()
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(secret)


@lru_cache(maxsize=1024)
def _subkey(secret: bytes, purpose: str) -> bytes:
    return _derive(secret, purpose, KEY_BYTES)


# Sealed values


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


# Canonical form


def canonical(value: object) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces: one value, one spelling.

    Aware moments become UTC, decimals lose trailing zeros, bytes become base64, sets are sorted.
    Reading the bytes back and encoding them again changes nothing. Raises TypeError on other types
    and ValueError on naive moments and numbers that are not finite.
    """
    return _JSON.encode(value).encode()


def _json_form(value: object) -> object:
    if isinstance(value, datetime):
        return _utc(value)
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Decimal):
        return _shortest(value)
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, (bytes, memoryview)):
        return base64.b64encode(value).decode()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=canonical)
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _utc(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _shortest(number: Decimal) -> str:
    if not number.is_finite():
        raise ValueError("a number must be finite")
    digits = format(number, "f")
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return digits if number else "0"


_JSON: Final = json.JSONEncoder(
    ensure_ascii=False,
    allow_nan=False,
    sort_keys=True,
    separators=(",", ":"),
    default=_json_form,
)


# Blind indexes

# White space, and the marks that copying from chat windows and web pages leaves behind.
_INVISIBLE: Final = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\u2060\ufeff]+")
_NAME_DOTS: Final = re.compile(r"[·•・‧∙⋅.]")
_CHINA_CODE: Final = re.compile(r"^(?:\+86|0086|86(?=1[3-9][0-9]{9}$))")


def normalise_id_number(value: str) -> str:
    """Full width to half width, no spaces, X in upper case."""
    return _squeezed(value).upper()


def normalise_phone(value: str) -> str:
    """Digits only, without +86, 0086, or the 86 before a mobile number; 00852 reads as 852."""
    dialled = re.sub(r"[^0-9+]", "", _squeezed(value))
    return re.sub(r"^00|[+]", "", _CHINA_CODE.sub("", dialled))


def normalise_name(value: str) -> str:
    """One spelling of a name: no spaces, no name dots (阿依·买买提), one letter case."""
    return _NAME_DOTS.sub("", _squeezed(value)).casefold()


def index(keyring: Keyring, column: IndexColumn, value: str) -> bytes:
    """The 16-byte blind index by which equal values of ``column`` are found.

    The value is normalised first. Raises ValueError if nothing is left of it: a shared index for
    "no value" would tie strangers together.
    """
    normal = _NORMALISE[column](value)
    if not normal:
        raise ValueError("a blank value has no index")
    return _mac(_subkey(keyring.index, f"index {column}"), normal)


def grams(keyring: Keyring, name: str) -> list[bytes]:
    """What is stored of a name for search: its keyed characters and bigrams, each once."""
    normal = normalise_name(name)
    return _keyed(keyring, {*normal, *_bigrams(normal)})


def query_grams(keyring: Keyring, part: str) -> list[bytes]:
    """The grams a name must all have to contain ``part``; a hit still needs a look at the name.

    Raises ValueError if ``part`` is blank: no condition would find everyone.
    """
    normal = normalise_name(part)
    if not normal:
        raise ValueError("a blank query has no grams")
    return _keyed(keyring, _bigrams(normal) or {normal})


def _squeezed(value: str) -> str:
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", value))


def _bigrams(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}


def _keyed(keyring: Keyring, texts: set[str]) -> list[bytes]:
    key = _subkey(keyring.index, "grams name")
    return sorted(_mac(key, text) for text in texts)


def _mac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")[:INDEX_BYTES]


_NORMALISE: Final[Mapping[IndexColumn, Callable[[str], str]]] = {
    "id_number": normalise_id_number,
    "phone": normalise_phone,
    "name": normalise_name,
}


# Chain and fingerprint


def link(
    keyring: Keyring, case_id: UUID, previous: bytes, seq: int, body: Mapping[str, Any]
) -> bytes:
    """The 32-byte chain value of event ``seq`` of a case, after ``previous`` (GENESIS at first).

    Sealed answers go in as their sealed bytes, so deleting a key does not break the chain. Raises
    ValueError if ``previous`` is not a chain value.
    """
    if len(previous) != len(GENESIS):
        raise ValueError("the previous chain value has 32 bytes")
    key = _subkey(keyring.chain, f"chain {case_id}")
    return hmac.digest(key, previous + seq.to_bytes(8, "big") + canonical(body), "sha256")


def fingerprint(keyring: Keyring, actor_id: int, operation: str, body: Mapping[str, Any]) -> bytes:
    """32 bytes that are equal only for the same actor, operation and body: tells a repeat."""
    key = _subkey(keyring.chain, "fingerprint")
    return hmac.digest(key, canonical([actor_id, operation, body]), "sha256")


@lru_cache(maxsize=1)
def keyring() -> Keyring:
    """The keyring of this process, from its settings."""
    return build_keyring(get_settings().keys)
