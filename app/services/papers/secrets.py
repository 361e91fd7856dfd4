"""What leaves as a paper holds nothing of the vault, whoever typed it there."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.errors import Refused

SHORTEST = 4
"""Characters of a secret below which it may stand in any sentence."""


def refuse(secrets: Sequence[str], told: Any, *, paper: str, basis: str) -> None:
    """Raises Refused if one of the secrets stands in what a paper is told, however it is spaced."""
    whole = _bare("\n".join(_texts(told)))
    if any(len(_bare(s)) >= SHORTEST and _bare(s) in whole for s in secrets):
        raise Refused(
            "secret-in-paper",
            f"{paper}里写有保密信息（如现住所、安全联系电话），不能制作文书；请先“更正”，删去后再制作",
            basis=basis,
        )


def _texts(value: Any) -> Iterator[str]:
    match value:
        case Mapping():
            for inner in value.values():
                yield from _texts(inner)
        case list():
            for inner in value:
                yield from _texts(inner)
        case str():
            yield value


def _bare(text: str) -> str:
    """A text without what people put between the parts of an address or number."""
    return re.sub(r"[\W_]+", "", text)
