"""Orders served, enforced and visited, until they run out."""

from datetime import datetime, timedelta
from typing import Any, Final

from app import clock
from app.demo.common import TOWN, VILLAGE
from app.demo.people import Invented
from app.demo.protection_order.application import (
    COMMITTEE,
    COURT,
    POLICE,
    decided,
    filed,
    registered,
)
from app.demo.story import Story

MUST: Final = ["applicant", "respondent", "police_station", "village_committee"]


def served(story: Story, *, again: bool = False) -> None:
    """Everybody who must have the order gets it, as a rule within the day."""
    low, high = story.pick(((1, 20), 86), ((26, 70), 14))
    more = ["women_fed"] if story.chance(0.6) else []
    if not again and story.chance(0.2):
        serve(story.later(0.5, 10), MUST[:2], "partial")
        serve(story.later(1, 12 if story.chance(0.7) else 40), [*MUST[2:], *more], "complete")
    else:
        serve(story.later(low, high), [*MUST, *more], "complete")


def serve(story: Story, recipients: list[str], progress: str, action: str = "serve") -> None:
    story.do(
        action,
        COURT,
        recipients=recipients,
        served_at=story.at,
        progress=progress,
        method=story.pick(("direct", 6), ("electronic", 3), ("left", 1)),
        explained=True if "respondent" in recipients else None,
    )


def checked(story: Story) -> None:
    """The police know where he is and have told him to keep to the order."""
    low, high = story.pick(((1, 22), 88), ((25, 60), 12))
    story.later(low, high).do(
        "police_check",
        POLICE,
        checked_at=story.at,
        told=story.pick(("in_person", 8), ("by_phone", 2)),
        situation="已当面告知遵守保护令，本人表示知晓",
    )


def in_force(
    story: Story,
    proxy: str | None = None,
    known: tuple[Invented, Invented] | None = None,
    **more: Any,
) -> datetime:
    """An order that is served and enforced; returns when it was made."""
    filed(story, proxy, known)
    registered(story)
    decided(story, **more)
    made = story.at
    served(story)
    story.aside(lambda: follow_ups(story, made))
    checked(story)
    return made


def follow_ups(story: Story, made: datetime, *, rounds: int = 3) -> None:
    """Visits during the order: within a week, then every month or so."""
    story.at = max(story.at, made)
    for number in range(rounds):
        late = story.chance(0.15)
        if number:
            story.days(31 if late else 20, 45 if late else 28)
        else:
            story.days(7.2 if late else 0.5, 12 if late else 5.5)
        if clock.local_day(story.at) > clock.local_day(made + timedelta(days=84)):
            return
        follow_up(story)


def follow_up(story: Story, compliance: str | None = None) -> None:
    reached = compliance is not None or story.chance(0.94)
    known = compliance or story.pick(("complied", 9), ("unclear", 1))
    seen: dict[str, Any] = {
        "contact": story.pick(("visited", 7), ("phoned", 3)),
        "alone": True,
        "compliance": known,
        "danger": story.pick(("medium", 8), ("low", 2)) if known != "breached" else "high",
    }
    story.do(
        "follow_up",
        story.one((COMMITTEE, TOWN, VILLAGE)),
        visited_on=story.day,
        **(seen if reached else {"contact": "not_reached"}),
    )


def expire(story: Story, made: datetime, *, months: int = 6, breached: bool = False) -> None:
    """The order runs out: renewal is asked about, the form goes back, the case is closed."""
    last = runs_out(made, months)
    story.at = max(story.at, last - timedelta(days=story.rng.uniform(16, 28)))
    story.office()
    story.aside(lambda: story.do("ask_renewal", TOWN, asked_at=story.at, answer="no_need"), 0.85)
    story.at = max(story.at, last + timedelta(days=2))
    closed(story, "expired_with_breach" if breached else "expired_no_breach")


def runs_out(made: datetime, months: int) -> datetime:
    return made + timedelta(days=31 * months)


def closed(story: Story, reason: str) -> None:
    story.days(1, 9).do(
        "return_form", COMMITTEE, returned_on=story.day, signed="signed", summary="期间情况平稳"
    )
    story.days(0.5, 6).do("close", TOWN, reason=reason)
