"""One sabotage."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sabotage:
    """In `file`, the text `old`, which stands there once, becomes `new`; `test` must then fail."""

    name: str
    file: str
    old: str
    new: str
    test: str
