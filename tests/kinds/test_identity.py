"""Identity and telephone numbers: the vectors are shared with the frontends."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kinds.identity import birth_and_sex, id_number_valid, phone_valid

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "identity.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", VECTORS["id_numbers"], ids=lambda case: repr(case["value"]))
def test_identity_numbers_of_the_shared_vectors(case: dict[str, Any]) -> None:
    if case["birth"] is None:
        assert not id_number_valid(case["value"]), case["why"]
        with pytest.raises(ValueError, match="not an identity number"):
            birth_and_sex(case["value"])
    else:
        assert id_number_valid(case["value"])
        assert birth_and_sex(case["value"]) == (date.fromisoformat(case["birth"]), case["sex"])


@pytest.mark.parametrize("case", VECTORS["phones"], ids=lambda case: repr(case["value"]))
def test_phones_of_the_shared_vectors(case: dict[str, Any]) -> None:
    assert phone_valid(case["value"]) is case["valid"]


@given(
    birth=st.dates(date(1800, 1, 1), date(2099, 12, 31)),
    order=st.integers(0, 999),
    at=st.integers(0, 17),
    step=st.integers(1, 9),
)
def test_every_number_has_one_check_digit_and_no_digit_can_be_mistyped(
    birth: date, order: int, at: int, step: int
) -> None:
    body = f"441802{birth:%Y%m%d}{order:03d}"
    whole = [body + last for last in "0123456789X" if id_number_valid(body + last)]
    assert len(whole) == 1
    digits = [10 if character == "X" else int(character) for character in whole[0]]
    assert sum(digit * 2 ** (17 - place) for place, digit in enumerate(digits)) % 11 == 1
    assert birth_and_sex(whole[0]) == (birth, "male" if order % 2 else "female")

    digit = whole[0][at]
    other = str((int(digit) + step) % 10) if digit != "X" else str(step)
    assert not id_number_valid(whole[0][:at] + other + whole[0][at + 1 :])
