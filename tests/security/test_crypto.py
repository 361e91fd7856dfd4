"""Sealing, keys, blind indexes and chains: what opens, what is refused, what is never told."""

import dataclasses
import os
import traceback
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given, settings
from hypothesis import strategies as st

from app import crypto
from app.config import get_settings
from app.crypto import Algorithm, DataKey, Keyring, LocalKeys, Place, Unreadable
from app.errors import Shredded
from app.keyrings import KekRing, KekRings, development_keys

quick = settings(deadline=None, max_examples=60)
algorithms = st.sampled_from(Algorithm)
SECRET = "她现在住在城南旧巷九号"


def keyring(algorithm: Algorithm = Algorithm.AES_256_GCM) -> Keyring:
    return crypto.build_keyring(development_keys(), algorithm)


def with_data(ring: KekRing) -> Keyring:
    """The development keyring with another data ring."""
    rings = development_keys().keks
    assert isinstance(rings, KekRings)
    return dataclasses.replace(keyring(), module=LocalKeys(ring, rings.vault))


def data_key(algorithm: Algorithm = Algorithm.AES_256_GCM) -> DataKey:
    ring = keyring(algorithm)
    return crypto.open_key(ring, crypto.new_key(ring))


def place() -> Place:
    return Place("event", "sealed", uuid4())


def json_values() -> st.SearchStrategy[dict[str, Any]]:
    leaves = st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False)
    finite = leaves.filter(lambda leaf: leaf not in (float("inf"), float("-inf")))
    values = st.recursive(
        finite, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
    )
    return st.dictionaries(st.text(), values, max_size=6)


# Published vectors


def test_sm4_gcm_matches_rfc_8998_appendix_a1() -> None:
    cipher = crypto.Sm4Gcm(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
    nonce = bytes.fromhex("00001234567800000000ABCD")
    bound = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
    plain = b"".join(bytes([0x11 * letter]) * 8 for letter in (*range(0xA, 0x10), 0xE, 0xA))
    sealed = bytes.fromhex(
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
        "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
        "83DE3541E4C2B58177E065A9BF7B62EC"
    )
    assert cipher.encrypt(nonce, plain, bound) == sealed
    assert cipher.decrypt(nonce, sealed, bound) == plain
    with pytest.raises(InvalidTag):
        cipher.decrypt(nonce, sealed, bound[:-1])


def test_key_wrap_matches_rfc_3394_section_4_6() -> None:
    kek = bytes(range(32))
    secret = bytes.fromhex("00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F")
    wrapped = bytes.fromhex(
        "28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21"
    )
    old = with_data(KekRing({7: kek}, 7))
    assert crypto.open_key(old, b"\x07" + wrapped).secret == secret
    assert crypto.rewrap(old, b"\x07" + wrapped) == b"\x07" + wrapped


# Keys


def test_the_keyring_of_the_process_is_that_of_its_settings() -> None:
    ring, keys = crypto.keyring(), get_settings().keys
    assert isinstance(ring.module, LocalKeys)
    assert KekRings(ring.module.data, ring.module.vault) == keys.keks
    assert (ring.index, ring.chain) == (keys.index, keys.chain)
    assert ring.algorithm is Algorithm.AES_256_GCM


def test_new_keys_stand_under_the_newest_version_and_old_ones_still_open() -> None:
    one, two = os.urandom(32), os.urandom(32)
    first = with_data(KekRing({1: one}, 1))
    stored = crypto.new_key(first)
    assert stored[0] == 1

    both = with_data(KekRing({1: one, 9: two}, 9))
    assert crypto.new_key(both)[0] == 9
    moved = crypto.rewrap(both, stored)
    assert moved[0] == 9
    assert crypto.open_key(both, moved).secret == crypto.open_key(first, stored).secret

    with pytest.raises(Unreadable):
        crypto.open_key(first, moved)

    waiting = with_data(KekRing({1: one, 9: two}, 1))
    assert crypto.new_key(waiting)[0] == 1
    assert crypto.open_key(waiting, moved).secret == crypto.open_key(both, moved).secret


def test_an_events_key_hangs_on_its_cases_key_and_moves_to_the_next() -> None:
    old, new, other = data_key(), data_key(), data_key()
    wrapped = crypto.new_key_under(old)
    inner = crypto.open_key_under(old, wrapped).secret
    moved = crypto.rewrap_under(old, new, wrapped)
    assert crypto.open_key_under(new, moved).secret == inner
    for outer, key in ((other, wrapped), (old, moved), (old, wrapped + bytes(8)), (old, b"1")):
        with pytest.raises(Unreadable):
            crypto.open_key_under(outer, key)


def test_a_destroyed_key_says_so() -> None:
    for attempt in (
        lambda: crypto.open_key(keyring(), crypto.DESTROYED),
        lambda: crypto.rewrap(keyring(), crypto.DESTROYED, "vault"),
        lambda: crypto.open_key_under(data_key(), crypto.DESTROYED),
    ):
        with pytest.raises(Shredded, match="依法删除"):
            attempt()


def test_no_two_keys_are_equal() -> None:
    ring = keyring()
    secrets = {crypto.open_key(ring, crypto.new_key(ring)).secret for _ in range(500)}
    assert len(secrets) == 500


def test_the_two_rings_do_not_open_each_other() -> None:
    ring = keyring()
    assert crypto.open_key(ring, crypto.new_key(ring, "vault"), "vault")
    with pytest.raises(Unreadable):
        crypto.open_key(ring, crypto.new_key(ring, "vault"))
    with pytest.raises(Unreadable):
        crypto.open_key(ring, crypto.new_key(ring), "vault")


@quick
@given(flip=st.integers(1, 255))
def test_a_wrapped_key_changed_in_any_byte_is_refused(flip: int) -> None:
    ring = keyring()
    wrapped = crypto.new_key(ring)
    for at in range(len(wrapped)):
        with pytest.raises(Unreadable):
            crypto.open_key(ring, flipped(wrapped, at, flip))


def test_a_wrapped_key_of_any_other_length_is_refused() -> None:
    ring = keyring()
    wrapped = crypto.new_key(ring)
    for length in range(1, len(wrapped)):
        with pytest.raises(Unreadable):
            crypto.open_key(ring, wrapped[:length])
    with pytest.raises(Unreadable):
        crypto.open_key(ring, wrapped + bytes(8))


@pytest.mark.parametrize(
    ("keys", "wraps"),
    [({}, 1), ({1: bytes(32)}, 2), ({0: bytes(32)}, 0), ({256: bytes(32)}, 256), ({1: b""}, 1)],
    ids=str,
)
def test_a_ring_of_another_shape_is_refused(keys: dict[int, bytes], wraps: int) -> None:
    with pytest.raises(ValueError, match="key"):
        with_data(KekRing(keys, wraps))


@pytest.mark.parametrize("wrong", [{"index": b""}, {"chain": bytes(33)}], ids=str)
def test_a_keyring_of_another_shape_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="key"):
        dataclasses.replace(keyring(), **wrong)


# Sealed values


@quick
@given(algorithm=algorithms, values=json_values(), text=st.text(), raw=st.binary())
def test_what_was_sealed_opens_unchanged(
    algorithm: Algorithm, values: dict[str, Any], text: str, raw: bytes
) -> None:
    key, where = data_key(algorithm), place()
    assert crypto.unseal_values(key, crypto.seal(key, values, where), where) == values
    assert crypto.unseal_text(key, crypto.seal(key, text, where), where) == text
    assert crypto.unseal(key, crypto.seal(key, raw, where), where) == raw


@quick
@given(text=st.text())
def test_after_a_change_of_algorithm_the_values_of_both_open(text: str) -> None:
    stored, where = crypto.new_key(keyring()), place()
    keys = [crypto.open_key(keyring(algorithm), stored) for algorithm in Algorithm]
    assert [key.algorithm for key in keys] == list(Algorithm)
    for key in keys:
        sealed = crypto.seal(key, text, where)
        assert sealed[:2] == bytes([1, key.algorithm])
        assert [crypto.unseal_text(other, sealed, where) for other in keys] == [text, text]


def test_the_algorithm_byte_is_true_and_the_format_open_to_other_programs() -> None:
    where = Place("event", "sealed", 7)
    bound = b"v1|event|sealed|7"
    for algorithm in Algorithm:
        key = data_key(algorithm)
        sealed = crypto.seal(key, SECRET, where)
        expand = HKDF(SHA256(), length=16, salt=None, info=b"anlan v1 sm4-gcm")
        cipher = (
            crypto.Sm4Gcm(expand.derive(key.secret))
            if algorithm is Algorithm.SM4_GCM
            else AESGCM(key.secret)
        )
        assert cipher.decrypt(sealed[2:14], sealed[14:], bound).decode() == SECRET


@pytest.mark.parametrize("algorithm", Algorithm)
@quick
@given(flip=st.integers(1, 255))
def test_a_value_changed_in_any_byte_is_refused(algorithm: Algorithm, flip: int) -> None:
    key, where = data_key(algorithm), place()
    sealed = crypto.seal(key, SECRET, where)
    for at in range(len(sealed)):
        with pytest.raises(Unreadable):
            crypto.unseal(key, flipped(sealed, at, flip), where)


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_value_cut_short_or_prolonged_is_refused(algorithm: Algorithm) -> None:
    key, where = data_key(algorithm), place()
    sealed = crypto.seal(key, SECRET, where)
    for length in range(len(sealed)):
        with pytest.raises(Unreadable):
            crypto.unseal(key, sealed[:length], where)
    with pytest.raises(Unreadable):
        crypto.unseal(key, sealed + b"\0", where)


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_value_opens_nowhere_else_and_with_no_other_key(algorithm: Algorithm) -> None:
    key, where = data_key(algorithm), place()
    sealed = crypto.seal(key, SECRET, where)
    for moved in (
        where._replace(table="person"),
        where._replace(column="name"),
        where._replace(row=uuid4()),
        where._replace(row=1),
    ):
        with pytest.raises(Unreadable):
            crypto.unseal(key, sealed, moved)
    with pytest.raises(Unreadable):
        crypto.unseal(data_key(algorithm), sealed, where)
    assert crypto.unseal_text(key, sealed, where) == SECRET


@pytest.mark.parametrize("algorithm", Algorithm)
def test_no_nonce_comes_twice(algorithm: Algorithm) -> None:
    key, where = data_key(algorithm), place()
    nonces = {crypto.seal(key, b"", where)[2:14] for _ in range(20_000)}
    assert len(nonces) == 20_000


def test_neither_errors_nor_representations_tell_a_secret() -> None:
    ring, where = keyring(), place()
    key = crypto.open_key(ring, crypto.new_key(ring))
    sealed = crypto.seal(key, SECRET, where)
    broken = crypto.seal(key, SECRET.encode("gb18030"), where)
    attempts: list[Callable[[], object]] = [
        lambda: crypto.unseal(data_key(), sealed, where),
        lambda: crypto.unseal_values(key, sealed, where),
        lambda: crypto.unseal_values(key, broken, where),
        lambda: crypto.unseal_text(key, broken, where),
    ]
    for attempt in attempts:
        with pytest.raises(Unreadable) as caught:
            attempt()
        told = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
        assert SECRET not in told
        assert not hasattr(caught.value.__context__, "object")
        assert not hasattr(caught.value.__context__, "doc")

    shown = repr(ring) + repr(key)
    shown += repr(ring.module)
    rings = development_keys().keks
    assert isinstance(rings, KekRings)
    keks = (*rings.data.keys.values(), *rings.vault.keys.values())
    for secret in (*keks, ring.index, ring.chain, key.secret):
        assert repr(secret) not in shown
        assert secret.hex() not in shown


def test_the_ciphertext_shows_nothing_of_the_plaintext() -> None:
    key, where = data_key(), place()
    sealed = crypto.seal(key, {"address": SECRET}, where)
    assert SECRET.encode() not in sealed
    assert sealed != crypto.seal(key, {"address": SECRET}, where)


def flipped(value: bytes, at: int, mask: int) -> bytes:
    changed = bytearray(value)
    changed[at] ^= mask
    return bytes(changed)
