"""Requests for shelter up to the registration."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from app.demo import words
from app.demo.common import DISTRICT, TOWN, asked_the_district, flagged, informed, report_to_police
from app.demo.people import Invented, person
from app.demo.story import Story
from app.kinds.shelter_placement.intake import Service
from app.roles import Role

SHELTER: Final = Role.SHELTER

_ESCORTS: Final = (
    ((Role.POLICE,), "police", 45), ((TOWN,), "women_fed", 22), ((DISTRICT,), "self", 14),
    ((Role.VILLAGE_COMMITTEE, TOWN), "village_committee", 8), ((SHELTER,), "self", 6),
    ((Role.HOSPITAL,), "hospital", 5),
)  # fmt: skip

_OPEN: Final = 400
"""Days for which the bed of somebody who stays on is not given again."""


class Guest:
    """Who asks for shelter, and who comes along."""

    def __init__(
        self,
        story: Story,
        *,
        minor: bool = False,
        known: tuple[Invented, Invented] | None = None,
    ) -> None:
        family = story.family(children=story.pick((0, 5), (1, 3), (2, 1)), ages=(22, 50))
        self.person: Invented = flagged(story, family.wife, 0.1)
        self.abuser, self.relation = family.husband, "spouse"
        self.children = family.children
        self.minor, self.known = minor, known is not None
        if known:
            (self.person, self.abuser), self.children = known, ()
        elif minor:
            self.person = person(
                story.rng, story.day, (5, 16), female=True, address=family.wife.home_address,
                surname=family.husband.name[0],
            )  # fmt: skip
            self.children, self.relation = (), "parent"
        elif story.chance(0.05):
            man = person(
                story.rng, story.day, (62, 78), female=False, address=family.wife.home_address
            )
            self.person, self.children, self.relation = man, (), "child"
        self.arrived = story.at

    @property
    def zones(self) -> tuple[str, ...]:
        """Where she may sleep, the best first."""
        if self.minor:
            return ("minors",)
        own = "women" if self.person.female else "men"
        return ("family", own) if self.children else (own,)


def requested(story: Story, guest: Guest) -> None:
    """Somebody asks for shelter, or is brought."""
    roles, by, _ = story.rng.choices(_ESCORTS, [e[2] for e in _ESCORTS])[0]
    if guest.minor:
        roles, by = (Role.POLICE,), "police"
    if guest.known:
        roles, by = (TOWN,), "women_fed"
    police = Role.POLICE in roles
    story.open(
        *roles,
        in_danger=story.chance(0.12),
        victim=guest.person.answer(),
        no_place_to_stay=True,
        requested_by=by,
        residence=story.pick(("resident", 7), ("floating", 3)),
        perpetrator=guest.abuser.answer(guest.relation),
        children=[c.answer("child") for c in guest.children] or None,
        facts=story.one(words.VIOLENCE),
        vouchers=["police_receipt"] if police else ["self_statement"],
        police_notice_no=f"AZ{story.day:%y%m%d}{story.rng.randint(10, 99)}" if police else None,
    )
    if not police and guest.children:
        story.aside(lambda: report_to_police(story), 0.85)
    story.aside(lambda: informed(story, "victim", asked=not guest.minor), 0.3)
    story.aside(lambda: asked_the_district(story), 0.06)


def assessed(story: Story, *, threatened: bool = True, homeless: bool = True) -> None:
    low, high = story.pick(((0.3, 8), 85), ((13, 22), 9), ((26, 40), 6))
    story.later(low, high).do(
        "assess",
        SHELTER,
        threatened=threatened,
        no_place_to_stay=homeless,
        threat=story.pick(("medium", 6), ("high", 2), ("low", 2)),
        tracking=story.chance(0.2),
        needs=story.some(list(Service), 3),
    )


def admitted(story: Story, guest: Guest, *, days: int = _OPEN) -> bool:
    """A bed of her zone, free for so many days; without one she is brought elsewhere.

    Returns whether she stays.
    """
    story.later(0.3, 6 if story.chance(0.9) else 30)
    start, end = story.at, story.at + timedelta(days=days)
    beds = (story.year.bed(zone, start, end) for zone in guest.zones)
    bed = next((b for b in beds if b is not None), None)
    if bed is None:
        refer_elsewhere(story)
        return False
    guest.arrived = story.at
    story.do(
        "admit",
        SHELTER,
        age_group="minor" if guest.minor else "adult",
        shelter_id=story.year.cast.organisation("shelter", story.year.cast.district),
        bed_id=bed,
        arrived_at=story.at,
        children_along=len(guest.children),
        escorted_by=story.pick(("police", 6), ("women_fed", 4)),
        police_notice_no=f"AZ{story.day:%y%m%d}" if guest.minor else None,
        reported_at=story.at if guest.person.flags else None,
    )
    story.aside(lambda: planned(story), 0.9)
    return True


def planned(story: Story) -> None:
    story.later(10, 60 if story.chance(0.9) else 96).do(
        "plan_services",
        SHELTER,
        services=story.some(list(Service), 3),
        goals="保障安全、稳定情绪，协助办理法律手续，规划离站后的住处",
        agreed=True,
    )


def registered(story: Story, *, pending: bool = False) -> None:
    story.later(0.5, 20 if story.chance(0.9) else 30).do(
        "register",
        SHELTER,
        identity="pending" if pending else "verified",
        rules_signed=True,
        confidentiality_signed=True,
        signed_on=story.day,
        consents=["follow_up", *story.some(("share_with_police", "share_with_services"))],
        location_off=True,
    )
    if pending:
        story.aside(lambda: identified(story), 0.7)


def identified(story: Story) -> None:
    story.days(0.5, 3).do("verify_identity", SHELTER, verified=True, document="居民身份证")


def refer_elsewhere(story: Story) -> None:
    story.do(
        "refer_elsewhere", SHELTER, to=story.pick(("other_shelter", 6), ("relief_station", 4)),
        reason="本站床位已满，已联系转送", received_by="值班人员",
    )  # fmt: skip


def of_her_own_mind(guest: Guest) -> Guest:
    """An adult who decides for herself."""
    guest.person = replace(guest.person, flags=())
    return guest
