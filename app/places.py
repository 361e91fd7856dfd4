"""Area codes: 12 digits, district 441802000000, town 441802103000, village 441802103201."""

from typing import NamedTuple


class Place(NamedTuple):
    """A place down to the level that is known."""

    district: int
    town: int | None = None
    village: int | None = None

    @property
    def code(self) -> int:
        return self.village or self.town or self.district


def place_of(code: int) -> Place:
    """The place an area code stands for, with the areas above it.

    Raises ValueError if the code has not 12 digits.
    """
    if not 10**11 <= code < 10**12:
        raise ValueError("an area code has 12 digits")
    district, town = code // 10**6 * 10**6, code // 10**3 * 10**3
    if code == district:
        return Place(district)
    if code == town:
        return Place(district, town)
    return Place(district, town, code)
