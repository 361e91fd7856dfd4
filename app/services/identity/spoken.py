"""Codes that are read from paper or told over a counter: letters and digits nobody mistakes."""

import secrets
import string
from typing import Final

from app import crypto

LENGTH: Final = 16
_LETTERS: Final = (string.ascii_lowercase + string.digits).translate({ord(c): None for c in "01lo"})


def code() -> str:
    """A new one of 80 bits, in groups of four."""
    made = "".join(secrets.choice(_LETTERS) for _ in range(LENGTH))
    return "-".join(made[at : at + 4] for at in range(0, LENGTH, 4))


def index(account_id: int, kind: str, code: str) -> bytes:
    """How a code of an account's is kept, however it was typed."""
    plain = code.replace("-", "").replace(" ", "").casefold()
    return crypto.fingerprint(crypto.keyring(), account_id, kind, {"code": plain})
