"""Whoever does whatever in whatever order: a case goes where its definition says, or stays."""

import asyncio
import os
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from app.kinds import KINDS
from app.kinds.base import ANYWHERE, OPENED, Action, Branch, CaseKind
from app.roles import Role
from tests.conftest import Client
from tests.kinds.journey import Journey
from tests.kinds.test_every_kind import WALKS, ids
from tests.kinds.walks import Step

__all__ = ["ids"]

EXAMPLES, STEPS = 4, 25
MANY_EXAMPLES, MANY_STEPS = int(os.environ.get("ANLAN_WALKS", "60")), 50
READER = "women_fed_district"

TAKEN: dict[str, dict[str, list[Step]]] = {name: {} for name in KINDS}
for _walk in WALKS:
    for _step in _walk.steps:
        TAKEN[_walk.kind].setdefault(_step.action, []).append(_step)
"""Kind → step → answers that somebody gave to it in some walk, right or wrong."""


def possible(kind: CaseKind, action: Action) -> frozenset[str]:
    """The states in which the definition has an action."""
    return kind.open_states if action.source == ANYWHERE else action.source


Wait = Callable[[Coroutine[Any, Any, Any]], Any]


class Walk(RuleBasedStateMachine):
    """One case of one kind. What a client sees of it is compared with the definition."""

    client: Client
    ids: dict[str, Any]
    wait: Wait
    counted: dict[str, int]

    @initialize(kind=st.sampled_from(sorted(KINDS)), data=st.data())
    def open(self, kind: str, data: st.DataObject) -> None:
        self.kind: CaseKind = KINDS[kind]
        right = [s for s in TAKEN[kind][OPENED] if s.refused is None]
        self.case = Journey(self.client, kind, self.ids)
        answer = self.wait(self.case.take(data.draw(st.sampled_from(right))))
        assert answer.status_code == 201, answer.text
        self.number, self.state, self.version = answer.json()["number"], self.kind.initial, 1

    @rule(data=st.data())
    def go_on(self, data: st.DataObject) -> None:
        """A step that the definition has here, by whom it names, with answers that were right."""
        known = TAKEN[self.kind.name]
        here = [a for a in self.kind.actions if self.state in possible(self.kind, a)]
        steps = [s for a in here for s in known.get(a.name, ()) if s.refused is None]
        if steps:
            self.take(data.draw(st.sampled_from(steps)))

    @rule(data=st.data())
    def try_anything(self, data: st.DataObject) -> None:
        """Any step in any state, by anybody, with whatever was once said to it."""
        known = TAKEN[self.kind.name]
        name = data.draw(st.sampled_from(sorted(set(known) - {OPENED})))
        step = data.draw(st.sampled_from(known[name]))
        by = data.draw(st.sampled_from(sorted(Role)))
        self.take(Step(step.action, Role(by), step.answers, after=step.after))

    def take(self, step: Step) -> None:
        answer = self.wait(self._send(step))
        if answer is None:
            return
        self.counted["steps"] += 1
        action = self.kind.action(step.action)
        assert action is not None
        if answer.status_code != 200:
            assert answer.status_code in (403, 404, 409, 422), answer.text
            return
        self.counted["taken"] += 1
        assert self.state in possible(self.kind, action), (action.name, self.state)
        assert step.by in action.by, (action.name, step.by)
        match action.target:
            case str() as target:
                self.state = target
            case Branch(field=field, to=to):
                self.state = to[str(self.case.sent["answers"][field])]
            case None:
                pass
        self.version += 1
        assert answer.json()["state"] == self.state
        assert answer.json()["version"] == self.version

    async def _send(self, step: Step) -> Any:
        try:
            return await self.case.take(step)
        except KeyError:
            return None  # the answers name somebody whom this case does not have

    @invariant()
    def what_is_read_is_what_was_done(self) -> None:
        if not hasattr(self, "case"):
            return
        card = self.wait(self._card())
        assert (card["state"], card["version"]) == (self.state, self.version)
        assert card["number"] == self.number
        assert (card["closed_at"] is not None) == (self.state in self.kind.final)
        if self.state in self.kind.final:
            going_on = {r.name for r in self.kind.deadlines if r.outlives_case}
            assert {c["rule"] for c in self.running} <= going_on

    async def _card(self) -> dict[str, Any]:
        reader = await self.client(READER)
        page = (await reader.get(f"/cases/{self.case.case_id}")).json()
        self.running = [d for d in page["deadlines"] if d["status"] == "running"]
        card: dict[str, Any] = page["card"]
        return card


async def walked(client: Client, ids: dict[str, Any], examples: int, steps: int) -> dict[str, int]:
    """Walk so many cases so many steps; how many steps were tried and how many were taken."""
    loop, counted = asyncio.get_running_loop(), {"steps": 0, "taken": 0}

    def wait(work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(60)

    made = type("Walk", (Walk,), {"client": staticmethod(client), "ids": ids})
    made.wait, made.counted = staticmethod(wait), counted  # type: ignore[attr-defined]
    rules = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=examples == EXAMPLES,
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, made, settings=rules)
    return counted


async def test_random_walks(client: Client, ids: dict[str, Any]) -> None:
    counted = await walked(client, ids, EXAMPLES, STEPS)
    assert counted["taken"] > 0


@pytest.mark.prove
async def test_many_random_walks(client: Client, ids: dict[str, Any]) -> None:
    counted = await walked(client, ids, MANY_EXAMPLES, MANY_STEPS)
    print(  # noqa: T201 - make prove shows its figures
        f"\n{counted['steps']} steps tried, {counted['taken']} taken: 0 broken invariants"
    )
