"""Signatures that others can check: who signs, and what is accepted as signed."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

ES256: Final = "ES256"
_ECDSA: Final = ec.ECDSA(SHA256())


class Signer(Protocol):
    """What holds a signing key: the key of the settings, or a 密码机 that signs with SM2 and SM3
    under an `algorithm` of its own, which CHECKS must then know."""

    @property
    def algorithm(self) -> str:
        """The name under which CHECKS finds how to check."""

    @property
    def key_id(self) -> str:
        """Which public key checks it."""

    def sign(self, message: bytes) -> bytes:
        """The signature of `message`."""


class Es256:
    """ECDSA on P-256 with SHA-256, by an unencrypted PEM key."""

    algorithm = ES256

    def __init__(self, pem: str) -> None:
        key = load_pem_private_key(pem.encode(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError("an EC private key")
        self._key = key
        self.public = public_key(
            key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        )
        self.key_id = self.public.id

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message, _ECDSA)


@dataclass(frozen=True)
class PublicKey:
    """A key that checks signatures; its id is worked out from it."""

    id: str
    pem: bytes
    key: Any


def public_key(pem: bytes) -> PublicKey:
    """The key of a PEM text; ValueError if it is none."""
    key = load_pem_public_key(pem)
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return PublicKey(id=hashlib.sha256(der).hexdigest()[:16], pem=pem, key=key)


def signed(key: PublicKey, algorithm: str, message: bytes, signature: bytes) -> bool:
    """Whether the owner of `key` signed `message`."""
    check = CHECKS.get(algorithm)
    return check is not None and check(key.key, message, signature)


def _es256(key: Any, message: bytes, signature: bytes) -> bool:
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        return False
    try:
        key.verify(signature, message, _ECDSA)
    except InvalidSignature:
        return False
    return True


CHECKS: Final[Mapping[str, Callable[[Any, bytes, bytes], bool]]] = {ES256: _es256}
