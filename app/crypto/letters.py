"""Letters that only the server opens: what a phone recorded, sealed before it was stored there.

A letter is ECIES with P-256: version (1 byte), key id (8), the sender's one-time public point (65,
uncompressed), nonce (12), AES-256-GCM ciphertext with its tag. The key comes from the shared secret
by HKDF-SHA256, salted with both points. The command's id is bound in, so that no letter can be put
in the place of another.
"""

import hashlib
import os
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from app.crypto.sealed import Unreadable

_VERSION: Final = b"\x01"
_KEY_ID, _POINT, _NONCE, _TAG = 8, 65, 12, 16
_HEAD: Final = 1 + _KEY_ID + _POINT + _NONCE
_INFO: Final = b"anlan letter 1"


@dataclass(frozen=True, eq=False)
class LetterKey:
    """The private key that opens letters; its public point is what phones seal to."""

    private: EllipticCurvePrivateKey = field(repr=False)

    @cached_property
    def point(self) -> bytes:
        """The public key, 65 bytes uncompressed."""
        return _point(self.private.public_key())

    @cached_property
    def id(self) -> bytes:
        return hashlib.sha256(self.point).digest()[:_KEY_ID]


def letter_keys(pems: str) -> dict[bytes, LetterKey]:
    """Key id → key, for one or more P-256 keys in PEM. The first is what phones are told."""
    blocks = pems.split("-----BEGIN ")[1:]
    found = [load_pem_private_key(f"-----BEGIN {b}".encode(), None) for b in blocks]
    keys = [LetterKey(k) for k in found if isinstance(k, EllipticCurvePrivateKey)]
    return {key.id: key for key in keys}


def seal_letter(point: bytes, plain: bytes, bound: bytes) -> bytes:
    """A letter to whoever holds the private key of `point`, bound to `bound`."""
    public = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
    once = generate_private_key(SECP256R1())
    own, nonce = _point(once.public_key()), os.urandom(_NONCE)
    key = _key(once.exchange(ECDH(), public), own, point)
    key_id = hashlib.sha256(point).digest()[:_KEY_ID]
    return _VERSION + key_id + own + nonce + AESGCM(key).encrypt(nonce, plain, bound)


def open_letter(keys: dict[bytes, LetterKey], letter: bytes, bound: bytes) -> bytes:
    """What was written; Unreadable for a letter to somebody else, changed, or bound elsewhere."""
    key = keys.get(letter[1 : 1 + _KEY_ID])
    if letter[:1] != _VERSION or key is None or len(letter) < _HEAD + _TAG:
        raise Unreadable("not a letter to this server")
    own = letter[1 + _KEY_ID : 1 + _KEY_ID + _POINT]
    try:
        public = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), own)
        secret = _key(key.private.exchange(ECDH(), public), own, key.point)
        nonce = letter[_HEAD - _NONCE : _HEAD]
        return AESGCM(secret).decrypt(nonce, letter[_HEAD:], bound)
    except (InvalidTag, ValueError):
        raise Unreadable("the letter was changed or bound elsewhere") from None


def _key(shared: bytes, own: bytes, point: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=own + point, info=_INFO).derive(shared)


def _point(public: EllipticCurvePublicKey) -> bytes:
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
