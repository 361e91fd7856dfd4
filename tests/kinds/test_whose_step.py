"""A step is for those whom the definition names: nobody else takes it, whatever she may see."""

from typing import Any

import pytest

from app.kinds import KINDS
from app.kinds.base import OPENED
from app.roles import CASE_ROLES
from tests.conftest import Client
from tests.kinds.journey import Journey
from tests.kinds.test_every_kind import ids
from tests.kinds.test_random_walks import TAKEN
from tests.kinds.walks import Step

__all__ = ["ids"]


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
async def test_a_step_is_for_whom_it_names(client: Client, ids: dict[str, Any], kind: Any) -> None:
    """Right answers, in a case she reads or has in her area: it is the step that is not hers."""
    known = TAKEN[kind.name]
    case = Journey(client, kind.name, ids)
    opening = next(s for s in known[OPENED] if s.refused is None)
    assert (await case.take(opening)).status_code == 201
    tried = 0
    for action in kind.actions:
        right = next((s for s in known.get(action.name, ()) if s.refused is None), None)
        others = sorted(CASE_ROLES & kind.read_by - action.by)
        if right is None or not others:
            continue
        try:
            answer = await case.take(Step(action.name, others[0], right.answers))
        except KeyError:
            continue  # the answers name somebody whom this case does not have
        assert answer.status_code in (403, 404), (action.name, others[0], answer.text)
        assert answer.json()["type"] in ("/problems/not-allowed", "/problems/not-found")
        tried += 1
    assert tried >= 5
