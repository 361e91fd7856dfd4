"""Requests made from our own OpenAPI, as every role: each answer is one that it promises.

Schemathesis makes the requests and checks the answers; we send them, in process.
"""

import asyncio
import random
from typing import Any

import httpx
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.roles import Role
from tests.conftest import Client

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ENDS_SESSION = {"sign_out"}
"""Whoever sends it is signed out for the stories that follow."""

SAMPLE = 40
ROLES = ("grid_worker", "women_fed_district", "police", "system_admin")


class Asked:
    """Requests sent so far, and answers by status."""

    def __init__(self) -> None:
        self.answers: dict[int, int] = {}

    def note(self, status: int) -> None:
        self.answers[status] = self.answers.get(status, 0) + 1


async def ask(
    client: Client, app: FastAPI, role: str, wanted: list[str], examples: int, asked: Asked
) -> None:
    """Send so many generated requests of every wanted operation as the role's demo account."""
    sender, loop = await client(role), asyncio.get_running_loop()
    schema = schemathesis.openapi.from_dict(app.openapi())
    operations = [o.ok() for o in schema.get_all_operations() if isinstance(o, Ok)]

    def send(case: Any) -> None:
        made = case.as_transport_kwargs(base_url="http://test")
        if isinstance(made.get("data"), str | bytes):
            made["content"] = made.pop("data")
        request = httpx.Request(**made)
        request.headers["authorization"] = sender.headers["authorization"]
        answer = asyncio.run_coroutine_threadsafe(sender.send(request), loop).result(30)
        asked.note(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    def run() -> None:
        for operation in operations:
            name = operation.definition.raw["operationId"]
            if name not in wanted:
                continue
            both = st.one_of(*(operation.as_strategy(generation_mode=m) for m in GenerationMode))
            rules = settings(
                max_examples=examples,
                phases=[Phase.generate],
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            )
            seed(1)(rules(given(case=both)(send)))()

    await asyncio.to_thread(run)


def named(app: FastAPI) -> list[str]:
    """The operations that may be sent, by name."""
    return sorted(
        operation["operationId"]
        for methods in app.openapi()["paths"].values()
        for operation in methods.values()
        if operation["operationId"] not in ENDS_SESSION
    )


@pytest.mark.parametrize("role", ROLES)
async def test_a_sample_of_operations(client: Client, whole_app: FastAPI, role: str) -> None:
    chosen = random.Random(role).sample(named(whole_app), SAMPLE)
    asked = Asked()
    await ask(client, whole_app, role, chosen, 2, asked)
    assert sum(asked.answers.values()) >= SAMPLE


@pytest.mark.prove
async def test_every_operation_as_every_role(client: Client, whole_app: FastAPI) -> None:
    asked, wanted = Asked(), named(whole_app)
    for role in Role:
        await ask(client, whole_app, role.value, wanted, 4, asked)
    print(  # noqa: T201 - make prove shows its figures
        f"\n{len(wanted)} operations as {len(Role)} roles, {sum(asked.answers.values())} requests:"
        f" {dict(sorted(asked.answers.items()))}"
    )
