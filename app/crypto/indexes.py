"""Blind indexes: equal values are found without being read, names by their parts."""

import hmac
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final, Literal

from app.crypto.derived import subkey
from app.crypto.keys import Keyring

IndexColumn = Literal["id_number", "phone", "name"]

INDEX_BYTES: Final = 16

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
    return _mac(subkey(keyring.index, f"index {column}"), normal)


def bed_index(keyring: Keyring, bed_id: int) -> bytes:
    """What a stay names its bed by, so that nobody learns from the rows alone which bed it is."""
    return _mac(subkey(keyring.index, "index bed"), str(bed_id))


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
    key = subkey(keyring.index, "grams name")
    return sorted(_mac(key, text) for text in texts)


def _mac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")[:INDEX_BYTES]


_NORMALISE: Final[Mapping[IndexColumn, Callable[[str], str]]] = {
    "id_number": normalise_id_number,
    "phone": normalise_phone,
    "name": normalise_name,
}
