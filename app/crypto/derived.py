"""Keys made from keys, one for each purpose."""

from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.keyrings import KEY_BYTES


def derive(secret: bytes, purpose: str, length: int) -> bytes:
    """`length` bytes for one purpose (HKDF, RFC 5869), which say nothing about the secret."""
    info = f"anlan v1 {purpose}".encode()
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(secret)


@lru_cache(maxsize=1024)
def subkey(secret: bytes, purpose: str) -> bytes:
    """A key of the usual length for one purpose; remembered."""
    return derive(secret, purpose, KEY_BYTES)
