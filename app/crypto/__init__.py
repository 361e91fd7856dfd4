"""Sealed values, their keys, blind indexes and the keyed chain of a case.

A key-encryption key (KEK), which only the key module holds, wraps one random data key (DEK) per
case, person or vault entry; the key of a case wraps one key per event; the innermost key seals
values. A sealed value opens only with its own key and only in the table, column and row it was
sealed for.
"""

from app.crypto.canonical import canonical
from app.crypto.chain import GENESIS, fingerprint, link, link_by
from app.crypto.indexes import (
    INDEX_BYTES,
    IndexColumn,
    bed_index,
    grams,
    index,
    normalise_id_number,
    normalise_name,
    normalise_phone,
    query_grams,
)
from app.crypto.keys import (
    DESTROYED,
    KeyModule,
    Keyring,
    LocalKeys,
    Ring,
    build_keyring,
    keyring,
    new_key,
    new_key_under,
    open_key,
    open_key_under,
    rewrap,
    rewrap_under,
)
from app.crypto.letters import LetterKey, letter_keys, open_letter, seal_letter
from app.crypto.sealed import (
    Algorithm,
    DataKey,
    Place,
    Sm4Gcm,
    Unreadable,
    seal,
    unseal,
    unseal_text,
    unseal_values,
)

__all__ = [
    "DESTROYED",
    "GENESIS",
    "INDEX_BYTES",
    "Algorithm",
    "DataKey",
    "IndexColumn",
    "KeyModule",
    "Keyring",
    "LetterKey",
    "LocalKeys",
    "Place",
    "Ring",
    "Sm4Gcm",
    "Unreadable",
    "bed_index",
    "build_keyring",
    "canonical",
    "fingerprint",
    "grams",
    "index",
    "keyring",
    "letter_keys",
    "link",
    "link_by",
    "new_key",
    "new_key_under",
    "normalise_id_number",
    "normalise_name",
    "normalise_phone",
    "open_key",
    "open_key_under",
    "open_letter",
    "query_grams",
    "rewrap",
    "rewrap_under",
    "seal",
    "seal_letter",
    "unseal",
    "unseal_text",
    "unseal_values",
]
