"""The ways a stay in the shelter goes."""

from datetime import timedelta

from app.demo.common import TOWN
from app.demo.people import Invented, person
from app.demo.shelter_placement.after import ask_after, followed, left
from app.demo.shelter_placement.arriving import (
    SHELTER,
    Guest,
    admitted,
    assessed,
    registered,
    requested,
)
from app.demo.shelter_placement.inside import cared_for, extend, housed, referred
from app.demo.story import Story


def sheltered(story: Story) -> None:
    """A stay of a few days."""
    if guest := housed(story, pending=story.chance(0.12)):
        story.at = guest.arrived + timedelta(days=story.rng.uniform(3, 9.3))
        left(story, guest)
        followed(story)


def known_guest(story: Story, victim: Invented, abuser: Invented) -> None:
    """A stay of somebody known from another case."""
    guest = Guest(story, known=(victim, abuser))
    requested(story, guest)
    assessed(story)
    if admitted(story, guest, days=15):
        registered(story)
        cared_for(story)
        story.at = guest.arrived + timedelta(days=story.rng.uniform(3, 9))
        left(story, guest)
        followed(story)


def child(story: Story) -> None:
    if guest := housed(story, days=32, minor=True):
        story.at = guest.arrived + timedelta(days=story.rng.uniform(4, 25))
        left(story, guest)
        followed(story)


def to_the_limit(story: Story) -> None:
    if guest := housed(story):
        story.at = guest.arrived + timedelta(days=10.2)
        left(story, guest, "time_limit")
        followed(story)


def extended(story: Story) -> None:
    """Ten days are not enough."""
    if guest := housed(story, days=34):
        story.at = guest.arrived + timedelta(days=story.rng.uniform(8, 9.6))
        extend(story)
        story.days(4, 12)
        left(story, guest)
        followed(story)


def another_bed(story: Story) -> None:
    """The first bed was too noisy for her."""
    if guest := housed(story):
        story.days(0.5, 2)
        days = timedelta(days=20)
        beds = (story.year.bed(zone, story.at, story.at + days) for zone in guest.zones)
        bed = next((b for b in beds if b is not None), None)
        if bed is not None:
            story.do("change_bed", SHELTER, bed_id=bed, reason="原房间靠近马路，影响孩子休息")
        story.at = guest.arrived + timedelta(days=story.rng.uniform(5, 8))
        left(story, guest)
        followed(story)


def fetched(story: Story) -> None:
    """The grandmother takes the children meanwhile."""
    guest = housed(story)
    if guest is None:
        return
    if guest.children:
        story.days(1, 2)
        grandmother = person(
            story.rng, story.day, (56, 68), female=True, address=guest.person.home_address
        )
        story.do(
            "hand_over_child",
            SHELTER,
            child=guest.children[0].answer("child"),
            receiver=grandmother.answer("grandparent"),
            receiver_kind="near_relative",
            not_perpetrator=True,
            confirmed_by="village_committee",
            confirmed_on=story.day,
            signed_on=story.day,
        )
    story.at = guest.arrived + timedelta(days=story.rng.uniform(6, 9))
    left(story, guest)
    followed(story)


def aided(story: Story) -> None:
    """A stay with a referral to legal aid."""
    if guest := housed(story):
        story.aside(lambda: referred(story, "legal_aid"))
        story.at = guest.arrived + timedelta(days=story.rng.uniform(6, 9.5))
        left(story, guest)
        followed(story)


def slipped_away(story: Story) -> None:
    """She left without a word; three calls in vain end the attempt."""
    if guest := housed(story):
        story.at = guest.arrived + timedelta(days=story.rng.uniform(1, 5))
        left(story, guest, "left_without_notice")
        for _ in range(3):
            ask_after(story.days(4, 9), "not_reached")
        story.days(2, 8).do("close", TOWN, summary="多次联系未果，转网格关注")


def changed_mind(story: Story) -> None:
    if guest := housed(story):
        story.at = guest.arrived + timedelta(days=3)
        story.do(
            "apply_to_leave", SHELTER, signed_on=story.day, reason="想回家", departure="relatives"
        )
        story.later(2, 20).do("withdraw_leave", SHELTER, reason="家属反映男方仍在找人")
        story.later(48, 96)  # the house is open on holidays, too: her bed is hers for 15 days
        left(story, guest)
        followed(story, close=False)
