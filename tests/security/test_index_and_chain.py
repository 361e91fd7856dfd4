"""The canonical form, and what stands on it: blind indexes, name grams, chains, fingerprints."""

import dataclasses
import json
import os
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import crypto
from app.crypto import Keyring
from app.keyrings import development_keys

quick = settings(deadline=None, max_examples=60)


def keyring() -> Keyring:
    return crypto.build_keyring(development_keys())


# Canonical form


class Outcome(Enum):
    WARNED = "warned"


class Mode(StrEnum):
    VISIT = "visit"


def test_every_type_has_one_spelling() -> None:
    shanghai = timezone(timedelta(hours=8))
    value = MappingProxyType(
        {
            "z": datetime(2026, 3, 1, 8, 30, tzinfo=shanghai),
            "y": date(2026, 3, 1),
            "x": time(8, 30),
            "w": UUID(int=1),
            "v": [Decimal("100.00"), Decimal("0.50"), Decimal("-0.0"), Decimal("1E+2")],
            "u": (Outcome.WARNED, Mode.VISIT),
            "t": b"\x00\xff",
            "s": set("癸壬辛庚己戊丁丙乙甲"),
            "r": None,
        }
    )
    assert crypto.canonical(value).decode() == (
        '{"r":null,"s":["丁","丙","乙","壬","己","庚","戊","甲","癸","辛"],"t":"AP8=","u":["warned","visit"],'
        '"v":["100","0.5","0","100"],"w":"00000000-0000-0000-0000-000000000001",'
        '"x":"08:30:00","y":"2026-03-01","z":"2026-03-01T00:30:00Z"}'
    )


@quick
@given(
    value=st.dictionaries(
        st.text(),
        st.text()
        | st.integers()
        | st.decimals(allow_nan=False, allow_infinity=False)
        | st.datetimes(timezones=st.just(UTC))
        | st.dates()
        | st.uuids()
        | st.binary()
        | st.frozensets(st.text()),
    )
)
def test_reading_back_and_encoding_again_changes_nothing(value: dict[str, Any]) -> None:
    once = crypto.canonical(value)
    assert crypto.canonical(json.loads(once)) == once
    assert crypto.canonical(dict(reversed(value.items()))) == once


@quick
@given(number=st.decimals(-(10**12), 10**12, places=4))
def test_equal_decimals_are_spelled_alike_and_keep_their_value(number: Decimal) -> None:
    spelled = json.loads(crypto.canonical(number))
    assert Decimal(spelled) == number
    assert crypto.canonical(number * Decimal("1.000")) == crypto.canonical(number)


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (datetime(2026, 3, 1), ValueError),  # noqa: DTZ001 - the mistake under test
        (float("nan"), ValueError),
        (Decimal("Infinity"), ValueError),
        (object(), TypeError),
    ],
    ids=["naive moment", "nan", "infinity", "object"],
)
def test_what_has_no_single_spelling_is_refused(value: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        crypto.canonical({"value": value})


# Blind indexes

FORMS: dict[crypto.IndexColumn, list[str]] = {
    "id_number": [
        "11010519491231002X",
        "11010519491231002x",
        " 110105 19491231 002x\u200b",
        "１１０１０５１９４９１２３１００２Ｘ",
        "\u202d11010519491231002X\u202c\n",
    ],
    "phone": [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+86 138 0013 8000",
        "＋８６１３８００１３８０００",
        "008613800138000",
        "8613800138000",
        "\u202d138\u200b00138000",
    ],
    "name": ["阿依·买买提", "阿依•买买提", " 阿依 买买提", "阿依・买买提", "阿依买买提\u3000"],
}


@pytest.mark.parametrize("column", FORMS)
def test_all_spellings_of_a_value_are_found(column: crypto.IndexColumn) -> None:
    found = {crypto.index(keyring(), column, form) for form in FORMS[column]}
    assert len(found) == 1
    assert len(found.pop()) == crypto.INDEX_BYTES


def test_a_name_in_latin_letters_has_no_letter_case() -> None:
    ring = keyring()
    assert crypto.index(ring, "name", "Ana LIMA") == crypto.index(ring, "name", "ana lima")
    assert set(crypto.query_grams(ring, "lim")) <= set(crypto.grams(ring, "Ana LIMA"))


def test_a_number_outside_the_mainland_keeps_its_country() -> None:
    assert crypto.normalise_phone("00852 2345 0000") == "85223450000"
    assert crypto.normalise_phone("+852 2345 0000") == "85223450000"
    assert crypto.normalise_phone("0763-8600000") == "07638600000"
    assert crypto.normalise_phone("8600000") == "8600000"


@quick
@given(
    digits=st.text("0123456789", min_size=17, max_size=17),
    other=st.text("0123456789", min_size=17, max_size=17),
    spaces=st.lists(st.integers(0, 17), max_size=4),
)
def test_index_finds_every_form_and_no_other_number(
    digits: str, other: str, spaces: list[int]
) -> None:
    value = digits + "X"
    form = "".join((" " if at in spaces else "") + character for at, character in enumerate(value))
    full_width = form.lower().translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    exact = crypto.index(keyring(), "id_number", value)
    assert crypto.index(keyring(), "id_number", full_width) == exact
    assert (crypto.index(keyring(), "id_number", other + "X") == exact) == (other == digits)


def test_an_index_is_worth_nothing_in_another_column_or_with_another_key() -> None:
    ring = keyring()
    other = dataclasses.replace(ring, index=os.urandom(32))
    same = {
        crypto.index(ring, "phone", "13800138000"),
        crypto.index(ring, "id_number", "13800138000"),
        crypto.index(ring, "name", "13800138000"),
        crypto.index(other, "phone", "13800138000"),
    }
    assert len(same) == 4


@pytest.mark.parametrize(("column", "blank"), [("phone", "无"), ("name", " ·"), ("id_number", "")])
def test_a_blank_value_has_no_index(column: crypto.IndexColumn, blank: str) -> None:
    with pytest.raises(ValueError, match="blank"):
        crypto.index(keyring(), column, blank)


@quick
@given(data=st.data(), name=st.text("张王李赵兰芳秀英一二", min_size=1, max_size=6))
def test_a_name_is_found_by_every_part_of_it(data: st.DataObject, name: str) -> None:
    start = data.draw(st.integers(0, len(name) - 1))
    end = data.draw(st.integers(start + 1, len(name)))
    stored = crypto.grams(keyring(), name)
    assert set(crypto.query_grams(keyring(), name[start:end])) <= set(stored)
    assert len(stored) == len(set(stored))


def test_a_name_is_not_found_by_what_it_does_not_contain() -> None:
    ring = keyring()
    stored = set(crypto.grams(ring, "王小兰"))
    assert len(stored) == 5
    for part in ("李", "小王", "王兰", "兰小"):
        assert not set(crypto.query_grams(ring, part)) <= stored
    assert stored.isdisjoint(crypto.grams(dataclasses.replace(ring, index=bytes(32)), "王小兰"))
    assert crypto.grams(ring, " ") == []
    with pytest.raises(ValueError, match="blank"):
        crypto.query_grams(ring, " ")


# Chain and fingerprint


def chain(ring: Keyring, case_id: UUID, bodies: list[Mapping[str, Any]]) -> list[bytes]:
    links = [crypto.GENESIS]
    for seq, body in enumerate(bodies, start=1):
        links.append(crypto.link(ring, case_id, links[-1], seq, body))
    return links[1:]


def test_a_change_anywhere_in_a_case_changes_every_later_link() -> None:
    ring, case_id = keyring(), uuid4()
    bodies: list[Mapping[str, Any]] = [{"name": "open"}, {"name": "warn"}, {"name": "close"}]
    honest = chain(ring, case_id, bodies)
    assert honest == chain(ring, case_id, [dict(body) for body in bodies])

    edited = chain(ring, case_id, [bodies[0], {"name": "drop"}, bodies[2]])
    assert [a == b for a, b in zip(honest, edited, strict=True)] == [True, False, False]
    swapped = chain(ring, case_id, [bodies[1], bodies[0], bodies[2]])
    assert [a == b for a, b in zip(honest, swapped, strict=True)] == [False, False, False]
    assert chain(ring, case_id, [bodies[0], bodies[2]])[-1] not in honest


def test_a_link_depends_on_the_case_the_number_the_forerunner_and_the_key() -> None:
    ring, case_id, body = keyring(), uuid4(), {"name": "open"}
    other = dataclasses.replace(ring, chain=os.urandom(32))
    links = {
        crypto.link(ring, case_id, crypto.GENESIS, 1, body),
        crypto.link(ring, uuid4(), crypto.GENESIS, 1, body),
        crypto.link(ring, case_id, crypto.GENESIS, 2, body),
        crypto.link(ring, case_id, bytes([1]) * 32, 1, body),
        crypto.link(other, case_id, crypto.GENESIS, 1, body),
    }
    assert len(links) == 5
    with pytest.raises(ValueError, match="32 bytes"):
        crypto.link(ring, case_id, b"", 1, body)


def test_a_fingerprint_tells_a_repeat_from_another_command() -> None:
    ring = keyring()
    body = {"answers": {"place": "家中", "injured": True}}
    repeat = {"answers": {"injured": True, "place": "家中"}}
    original = crypto.fingerprint(ring, 7, "dv_warning.open", body)
    assert crypto.fingerprint(ring, 7, "dv_warning.open", repeat) == original
    others = {
        crypto.fingerprint(ring, 8, "dv_warning.open", body),
        crypto.fingerprint(ring, 7, "dv_warning.close", body),
        crypto.fingerprint(ring, 7, "dv_warning.open", {"answers": {"injured": False}}),
        crypto.fingerprint(dataclasses.replace(ring, chain=bytes(32)), 7, "dv_warning.open", body),
    }
    assert len(others | {original}) == 5
