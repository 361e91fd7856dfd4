"""The kinds of case, one line each."""

from collections.abc import Mapping

from app.kinds import (
    dv_warning,
    left_behind_visit,
    legal_aid_referral,
    mediation,
    protection_order,
    shelter_placement,
)
from app.kinds.base import CaseKind
from app.kinds.common import completed

Kinds = Mapping[str, CaseKind]


def kinds_of(*definitions: CaseKind) -> Kinds:
    """The definitions by name, each completed with what every kind has."""
    return {kind.name: completed(kind) for kind in definitions}


KINDS: Kinds = kinds_of(
    dv_warning.KIND,
    protection_order.KIND,
    shelter_placement.KIND,
    legal_aid_referral.KIND,
    left_behind_visit.KIND,
    mediation.KIND,
)
