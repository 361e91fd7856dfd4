"""Requests without a stay, and stays that go on."""

from datetime import timedelta

from app.demo.common import TOWN
from app.demo.shelter_placement.after import left
from app.demo.shelter_placement.arriving import (
    SHELTER,
    Guest,
    admitted,
    assessed,
    of_her_own_mind,
    refer_elsewhere,
    registered,
    requested,
)
from app.demo.shelter_placement.inside import cared_for, extend, housed
from app.demo.story import Story


def asked(story: Story) -> None:
    requested(story, Guest(story))


def looked_at(story: Story) -> None:
    requested(story, Guest(story))
    assessed(story)


def unwilling(story: Story) -> None:
    requested(story, of_her_own_mind(Guest(story)))
    assessed(story)
    story.later(0.5, 5).do(
        "decline", TOWN, reason=story.pick(("other_housing", 7), ("returns_home", 3)),
        told_of_rights=True, safety_plan="住姐姐家，手机设紧急联系人",
    )  # fmt: skip


def returned(story: Story) -> None:
    """She did not want to come, and came after all."""
    unwilling(story)
    story.days(1, 6).do("reopen", TOWN, reason="再次受到威胁，请求入住")
    assessed(story)


def refused(story: Story) -> None:
    requested(story, of_her_own_mind(Guest(story)))
    assessed(story, threatened=False, homeless=False)
    story.later(0.5, 8).do(
        "refuse", SHELTER, reason=story.pick(("not_threatened", 5), ("has_housing", 5)),
        explanation="现住处安全，加害人不知情", told_of_help=True,
    )  # fmt: skip


def sent_on(story: Story) -> None:
    requested(story, Guest(story))
    assessed(story)
    refer_elsewhere(story.later(0.5, 10))


def arrived(story: Story) -> None:
    """In a bed, the papers still to be signed."""
    guest = Guest(story)
    requested(story, guest)
    assessed(story)
    admitted(story, guest)


def staying(story: Story) -> None:
    guest = Guest(story)
    requested(story, guest)
    assessed(story)
    if admitted(story, guest):
        registered(story, pending=story.chance(0.5))
        cared_for(story)


def staying_on(story: Story) -> None:
    guest = Guest(story)
    requested(story, guest)
    assessed(story)
    if admitted(story, guest):
        registered(story)
        story.at = guest.arrived + timedelta(days=8.5)
        extend(story)


def leaving(story: Story) -> None:
    if guest := housed(story):
        story.at = guest.arrived + timedelta(days=4)
        story.do(
            "apply_to_leave", SHELTER, signed_on=story.day, reason="投靠亲属", departure="relatives"
        )


def gone(story: Story) -> None:
    """Left, and nobody has yet asked."""
    if guest := housed(story):
        story.at = guest.arrived + timedelta(days=5)
        left(story, guest)
