"""What one case knows from another, though its people were typed in anew and not picked."""

from datetime import timedelta
from typing import Any

from tests.conftest import Client
from tests.kinds.journey import Journey
from tests.kinds.walks import Step, dv_warning
from tests.kinds.walks.mediation import steps as mediation

PLACE = {"village": 441802103201}


async def walked(journey: Journey, *steps: Step) -> None:
    for step in steps:
        answer = await journey.take(step)
        assert answer.is_success, f"{step.action}: {answer.text}"


async def refused(journey: Journey, step: Step) -> str:
    answer = await journey.take(step)
    assert answer.status_code in (409, 422), answer.text
    problem: dict[str, Any] = answer.json()
    return str(problem["type"]).removeprefix("/problems/")


async def test_who_was_warned_before_is_not_warned_instead_of_punished(client: Client) -> None:
    """34号 20(三)；粤办法 25(三): by the ID number, whatever name is written."""
    first = Journey(client, "dv_warning", PLACE)
    await walked(first, *dv_warning.WARNED)
    second = Journey(client, "dv_warning", PLACE, first.moment + timedelta(days=40))
    again = {"name": "贺长根", "id_number": dv_warning.HUSBAND["id_number"], "relation": "spouse"}
    known = dv_warning.KNOWN | {"perpetrator": again}
    await walked(second, dv_warning.opened(answers=known), dv_warning.accept())
    assert await refused(second, dv_warning.criticise()) == "must-issue-warning"
    assert await refused(second, dv_warning.warn()) == "no-substitute"
    await walked(second, Step("record_penalty", dv_warning.P, dv_warning.PENALTY))


async def test_high_danger_known_elsewhere_stands_against_mediation(client: Client) -> None:
    """妇联规程 11: no reconciling where life is in danger, wherever that was found out."""
    first = Journey(client, "dv_warning", PLACE)
    couple = {"victim": mediation.WIFE, "perpetrator": mediation.HUSBAND}
    scale = mediation.assess("suffocated")
    await walked(
        first,
        dv_warning.opened(answers=dv_warning.KNOWN | couple),
        Step("assess_danger", dv_warning.W, scale.answers),
    )
    second = Journey(client, "mediation", PLACE, first.moment)
    await walked(
        second,
        mediation.opened(**mediation.COUPLE),
        mediation.apply(),
        *mediation.BOTH_SCREENED,
    )
    assert await refused(second, mediation.accept()) == "mediation-too-dangerous"
