"""Walking a case over HTTP, step by step, under the demo clock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from app import clock
from app.ids import uuid7
from tests.conftest import Client
from tests.kinds.walks import Step

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""A Monday morning in Qingcheng."""


@dataclass
class Journey:
    """A case on its way. `ids` are what the placeholders in a walk's answers stand for."""

    client: Client
    kind: str
    ids: Mapping[str, Any]
    moment: datetime = START
    case_id: str = ""
    state: str = ""
    receipts: list[dict[str, Any]] = field(default_factory=list)
    sent: dict[str, Any] = field(default_factory=dict)

    async def take(self, step: Step) -> httpx.Response:
        """Send one step as the step's role at the step's moment."""
        self.moment += step.after
        people = await self._people(step)
        body = {
            "id": str(uuid7()),
            "happened_at": self.moment.isoformat(),
            "answers": self._filled(step.answers, people),
        }
        self.sent = body
        sender = await self.client(step.by.value)
        with clock.at(self.moment):
            if step.action == "opened":
                body["area"] = self.ids["village"]
                answer = await self.send(sender, f"/cases/{self.kind}", body)
            else:
                path = f"/cases/{self.kind}/{self.case_id}/{step.action}"
                answer = await self.send(sender, path, body)
        if answer.status_code in (200, 201):
            self.case_id, self.state = answer.json()["case_id"], answer.json()["state"]
            self.receipts.append(answer.json())
        return answer

    async def send(
        self, sender: httpx.AsyncClient, url: str, body: Mapping[str, Any]
    ) -> httpx.Response:
        """Post the step's body."""
        return await sender.post(url, json=body)

    async def _people(self, step: Step) -> Mapping[str, str]:
        if "@person:" not in str(step.answers):
            return {}
        watcher = await self.client("women_fed_district")
        parties = (await watcher.get(f"/cases/{self.case_id}/parties")).json()
        return {party["role"]: party["person_id"] for party in parties["items"]}

    def _filled(self, answer: Any, people: Mapping[str, str]) -> Any:
        if isinstance(answer, Callable):  # type: ignore[arg-type]
            return self._filled(answer(self.moment), people)
        if isinstance(answer, Mapping):
            return {name: self._filled(value, people) for name, value in answer.items()}
        if isinstance(answer, list | tuple):
            return [self._filled(value, people) for value in answer]
        if isinstance(answer, str) and answer.startswith("@"):
            name = answer[1:]
            known = people if name.startswith("person:") else self.ids
            return known[name.removeprefix("person:")]
        return answer.isoformat() if hasattr(answer, "isoformat") else answer
