"""Every indicator there is, by its code."""

from collections.abc import Mapping

from app.kinds import Kinds
from app.kinds.across import INDICATORS as ACROSS
from app.services.figures.rules import Bound


def catalogue(kinds: Kinds) -> Mapping[str, Bound]:
    """Code → indicator, with the kinds it counts."""
    every = frozenset(kinds)
    bound = [Bound(i, frozenset({k.name}), k.name) for k in kinds.values() for i in k.indicators]
    bound += [Bound(i, every, None) for i in ACROSS]
    return {b.indicator.code: b for b in sorted(bound, key=lambda b: b.indicator.code)}
