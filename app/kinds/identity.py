"""Checks of resident identity numbers (GB 11643-1999) and telephone numbers."""

import re
from datetime import date
from typing import Final, Literal

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS: Final = "10X98765432"
_ID_NUMBER: Final = re.compile(r"[1-9][0-9]{5}(?:18|19|2[0-9])[0-9]{9}[0-9Xx]")

# Mobile and fixed numbers of the mainland, and numbers of Hong Kong (852) and Macau (853).
_PHONE: Final = re.compile(
    r"(?:(?:\+|00)?86)?1[3-9][0-9]{9}"
    r"|0(?:10|2[0-9]|[3-9][0-9]{2})[2-8][0-9]{6,7}"
    r"|(?:\+|00)85[23][2-9][0-9]{7}"
)


def id_number_valid(value: str) -> bool:
    """Whether the 18 characters hold a real date and the right check digit (GB 11643 4.2)."""
    if not _ID_NUMBER.fullmatch(value) or _birth(value) is None:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(value[:17], _WEIGHTS, strict=True))
    return value[17].upper() == _CHECK_DIGITS[total % 11]


def birth_and_sex(id_number: str) -> tuple[date, Literal["female", "male"]]:
    """Birthday and sex (17th digit odd: male) of a valid identity number, else ValueError."""
    birth = _birth(id_number)
    if birth is None or not id_number_valid(id_number):
        raise ValueError("not an identity number")
    return birth, "male" if int(id_number[16]) % 2 else "female"


def phone_valid(value: str) -> bool:
    """Whether this is a number one can call; spaces and hyphens may stand between the digits."""
    return _PHONE.fullmatch(re.sub(r"[ -]", "", value)) is not None


def _birth(value: str) -> date | None:
    try:
        return date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        return None
