"""Every role, in every relation to a case, at every door: what the oracle says, no more."""

import random

import pytest
from sqlalchemy import true

from app import access
from app.access import Actor, Work
from app.roles import Role
from app.services import seed
from app.services.seeing import reach
from app.services.seeing.reach import Part
from tests.conftest import Owner
from tests.kinds.test_every_kind import ids as ids
from tests.security.attempts import (
    SAMPLE,
    WHOLE,
    Attempt,
    Scene,
    attempts,
    failing_tabs,
    tried,
)
from tests.security.attempts import scene as scene


async def test_a_sample_of_all_attempts(scene: Scene, owner: Owner) -> None:
    chosen = random.Random(7).sample(list(attempts(scene)), SAMPLE)
    assert await tried(owner, chosen) == []
    # No tab that the desk shows to a role leads it to an error.
    failing, tabs = await failing_tabs(scene)
    assert failing == []
    assert tabs > 250


@pytest.mark.prove
async def test_all_attempts(scene: Scene, owner: Owner) -> None:
    every = list(attempts(scene))
    found = await tried(owner, every)
    print(f"\naccess matrix: {len(every)} attempts, {len(found)} wrong")  # noqa: T201
    assert found == []
    assert len(every) >= WHOLE


FILTERED = {"read", "list", "find", "beside", "person", "reveal"}


def _only_the_app_hides(attempt: Attempt) -> bool:
    """Broken glass opens a case to be read in both walls. That no list and no search shows it is a
    matter of the app: it shows nothing that may not be read."""
    what, who, *_ = attempt
    return who.relation == "glass" and what in ("list", "find", "person")


def _whole_district(work: Work, roles: frozenset[Role] = frozenset()) -> list[Part]:
    kinds = tuple(name for name, kind in work.kinds.items() if kind.read_by & work.actor.roles)
    return [Part("district", seed.DISTRICT, work.actor.roles, kinds)]


def unfiltered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The app believes that everybody may see everything: only the database is left."""
    everything = {
        "districts": [seed.DISTRICT], "towns": [], "villages": [], "holders": [], "barred": [],
    }  # fmt: skip
    monkeypatch.setattr(access, "scope", lambda table, actor: true())
    monkeypatch.setattr(Actor, "reach", property(lambda self: everything))
    monkeypatch.setattr(reach, "areas", _whole_district)
    monkeypatch.setattr(reach, "given", lambda work: [])


@pytest.mark.parametrize(
    "size",
    [pytest.param(600, id="sample"), pytest.param(None, id="all", marks=pytest.mark.prove)],
)
async def test_with_the_apps_filter_off_nothing_leaks(
    scene: Scene, owner: Owner, monkeypatch: pytest.MonkeyPatch, size: int | None
) -> None:
    every = [a for a in attempts(scene) if a[0] in FILTERED and not _only_the_app_hides(a)]
    chosen = random.Random(11).sample(every, size) if size else every
    unfiltered(monkeypatch)
    found = await tried(owner, chosen)
    if size is None:
        print(f"\nthe app's filter off: {len(chosen)} attempts, {len(found)} wrong")  # noqa: T201
    assert found == []
