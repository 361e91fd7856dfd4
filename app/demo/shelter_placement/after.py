"""Leaving, and what is asked afterwards."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from app.demo.common import TOWN, note
from app.demo.people import person
from app.demo.shelter_placement.arriving import SHELTER, Guest
from app.demo.story import Story


def left(story: Story, guest: Guest, reason: str | None = None) -> None:
    """She goes: as she wishes, or because the time is over."""
    reason = reason or story.pick(
        ("moved_to_relatives", 4), ("independent_housing", 3), ("returned_after_order", 2),
        ("returned_home_voluntarily", 2),
    )  # fmt: skip
    if guest.minor:
        reason = "handed_to_guardian"
        _handed_over(story, guest)
    elif reason not in ("left_without_notice", "time_limit"):
        story.do(
            "apply_to_leave",
            SHELTER,
            signed_on=story.day,
            reason="已有安全住处，申请离站",
            departure=story.pick(("relatives", 5), ("women_fed", 3), ("alone", 2)),
        )
        story.later(1, 20)
    story.do(
        "leave",
        SHELTER,
        reason=reason,
        left_at=story.at,
        order_no="（2026）粤1802民保令1号" if reason == "returned_after_order" else None,
        circumstances="早上发现本人已离开，电话联系确认安全"
        if reason == "left_without_notice"
        else None,
        belongings_returned=True,
        exit_signed=True,
    )


def _handed_over(story: Story, guest: Guest) -> None:
    grandmother = person(
        story.rng, story.day, (56, 68), female=True, address=guest.person.home_address
    )
    story.do(
        "hand_over",
        SHELTER,
        receiver=replace(grandmother, safe_contact=None).answer("grandparent"),
        receiver_kind="near_relative",
        not_perpetrator=True,
        confirmed_by="police",
        confirmed_on=story.day,
        signed_on=story.day,
    )
    story.later(1, 4)


def followed(story: Story, *, close: bool = True) -> None:
    """Asked after a week and a month how she is."""
    begun = story.at
    for days in (7, 30):
        late = story.chance(0.15)
        share = story.rng.uniform(1.1, 1.4) if late else story.rng.uniform(0.5, 0.9)
        story.at = begun + timedelta(days=days * share)
        story.office()
        result = story.pick(("safe", 85), ("at_risk", 10), ("violence_again", 5))
        ask_after(story, result)
        if result == "violence_again":
            story.aside(lambda: note(story.later(1, 5), TOWN))
    if close:
        story.days(1, 10).do("close", TOWN, summary="回访正常，结案")


def ask_after(story: Story, result: str) -> None:
    more: dict[str, Any] = {} if result == "not_reached" else {"spoke_safely": True}
    story.do(
        "follow_up", TOWN, result=result, met_on=story.day,
        by_means=story.pick(("phone", 7), ("visit", 3)), **more,
    )  # fmt: skip
