"""A report of violence, and the police who take it up."""

from collections.abc import Mapping
from typing import Any, Final

from app.demo import words
from app.demo.common import (
    DISTRICT,
    TOWN,
    VILLAGE,
    asked_the_district,
    exempted,
    flagged,
    informed,
    report_to_police,
)
from app.demo.people import Household, Invented, person
from app.demo.story import Step, Story
from app.roles import Role

POLICE: Final = Role.POLICE

TYPES: Final = ("physical", "threat", "psychological", "stalking_harassment", "economic_control")

_REPORTS: Final[tuple[tuple[tuple[Role, ...], str, str, int], ...]] = (
    ((POLICE,), "110", "victim", 42),
    ((POLICE,), "110", "neighbour", 8),
    ((DISTRICT,), "12338", "victim", 9),
    ((TOWN,), "walk_in", "victim", 12),
    ((VILLAGE, TOWN), "patrol", "women_fed", 8),
    ((Role.GRID_WORKER, TOWN), "patrol", "grid_worker", 11),
    ((Role.VILLAGE_COMMITTEE, TOWN), "walk_in", "village_committee", 5),
    ((Role.HOSPITAL,), "referral", "hospital", 3),
    ((Role.SCHOOL,), "referral", "school", 2),
)  # fmt: skip


def household(story: Story, *, protected: bool | None = None) -> tuple[Invented, Invented, str]:
    """A victim, a perpetrator, and what he or she is to the victim."""
    shape = story.pick(("wife", 84), ("parent", 5), ("girl", 5), ("husband", 4), ("former", 2))
    if protected is False:
        shape = "wife"
    family = story.family(children=0, ages=(22, 56))
    if shape == "wife" or protected is False:
        victim = family.wife if protected is False else flagged(story, family.wife)
        return victim, family.husband, "spouse"
    address = family.wife.home_address
    if shape == "parent":
        old = person(story.rng, story.day, (62, 80), female=story.chance(0.7), address=address)
        return old, family.husband, "child"
    if shape == "girl":
        girl = person(
            story.rng, story.day, (6, 16), female=True, address=address,
            surname=family.husband.name[0],
        )  # fmt: skip
        return girl, family.husband, "parent"
    if shape == "husband":
        return family.husband, family.wife, "spouse"
    return family.wife, family.husband, "former_spouse"


class Violence:
    """The people of a case and what was told of them."""

    def __init__(self, story: Story, *, minor: bool = False) -> None:
        self.victim, self.perpetrator, self.relation = household(
            story, protected=False if minor else None
        )
        self.children: Household | None = None
        if not minor and self.relation == "spouse" and story.chance(0.24):
            self.children = story.family(children=story.rng.randint(1, 2), ages=(28, 44))
        self.missing = not minor and self.relation == "spouse" and story.chance(0.08)

    def owed(self, story: Story) -> bool:
        """Whether she is one of those whose harm must be reported to the police."""
        return self.victim.age(story.day) < 18 or "coerced" in self.victim.flags


def report(story: Story, told: Violence, by: tuple[Role, ...] | None = None) -> Step:
    """Violence is reported; whoever finds a child in it reports to the police at once."""
    roles, channel, reporter, _ = story.rng.choices(_REPORTS, [r[3] for r in _REPORTS])[0]
    roles = by or roles
    present = told.children is not None
    named = not told.missing
    step = story.open(
        *roles,
        immediate_danger=story.chance(0.18),
        what_happened=story.one(words.VIOLENCE),
        victim=told.victim.answer(brief=story.chance(0.1) and told.relation == "spouse"),
        perpetrator=told.perpetrator.answer(told.relation) if named else None,
        children_present=present,
        children=[c.answer("child") for c in told.children.children] if told.children else None,
        violence_types=story.some(TYPES),
        occurred_at=story.ago(0.2, 20),
        weapon=story.chance(0.06),
        injury=story.pick(("none", 40), ("minor", 42), ("slight", 16), ("light", 2)),
        victim_wish=story.pick(("warning", 45), ("undecided", 30), ("punishment", 15)),
        channel=channel,
        reporter=reporter,
        reporter_name="热心邻居" if reporter == "neighbour" else None,
        discovered_at=story.ago(0.1, 1),
    )
    if POLICE not in roles and (present or told.owed(story)):
        high = 10 if story.chance(0.9) else 60
        tell = exempted if story.chance(0.03) else lambda s: report_to_police(s, TOWN, high=high)
        story.aside(lambda: tell(story), 0.88)
    story.aside(lambda: informed(story, "victim", asked=told.victim.age(story.day) >= 14), 0.14)
    story.aside(lambda: asked_the_district(story), 0.06)
    return step


def accept(story: Story, told: Violence, *, within: tuple[float, float] | None = None) -> Step:
    """The police accept; who was not yet named is named now."""
    low, high = within or story.pick(((0.1, 0.9), 86), ((1, 20), 9), ((25, 60), 5))
    story.later(low, high)
    more: Mapping[str, Any] = (
        {"perpetrator": told.perpetrator.answer(told.relation)} if told.missing else {}
    )
    told.missing = False
    return story.do(
        "accept",
        POLICE,
        accepted_at=story.at,
        incident_no=f"J4418{story.day:%y%m%d}{story.rng.randint(1000, 9999)}",
        officers=words.pair(story.rng),
        victim_wish=story.pick(("warning", 55), ("undecided", 25), ("punishment", 20)),
        arrived_at=story.ago(0.05, 0.5),
        violence_stopped=True,
        scene_danger=story.pick(("low", 60), ("medium", 32), ("high", 8)),
        medical_help=story.chance(0.2),
        **more,
    )


def inform(story: Story) -> None:
    """She is told of the protection order, as a rule the same day."""
    low, high = story.pick(((0.5, 8), 85), ((25, 70), 10), ((80, 150), 5))
    story.later(low, high).do(
        "inform_of_order",
        story.pick((POLICE, 7), (TOWN, 3)),
        told_at=story.at,
        rights=["protection_order", *story.some(("shelter", "legal_aid"))],
        manner=story.pick(("oral", 6), ("written", 3), ("phone", 1)),
        order_wish=story.pick(("declines", 50), ("undecided", 35), ("wants", 15)),
    )
