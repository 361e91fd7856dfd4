"""The key pair of a partner's system. The private key never leaves the partner."""

import hashlib
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)


def make(private: Path, public: Path) -> str:
    """A new key pair in two files; gives the key's id. Raises FileExistsError rather than write
    over a key that may still be in use."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    private.touch(mode=0o600, exist_ok=False)
    private.write_bytes(pem)
    public.write_bytes(
        key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    return kid(pem.decode())


def kid(private_pem: str) -> str:
    """The key's id: the first 16 hexadecimal digits of SHA-256 over its public part in DER."""
    key = load_pem_private_key(private_pem.encode(), password=None)
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()[:16]
