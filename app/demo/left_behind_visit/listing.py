"""Women surveyed, verified and enrolled."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from app.demo import words
from app.demo.common import TOWN, VILLAGE, asked_the_district, informed
from app.demo.left_behind_visit.visiting import VISITORS, visit
from app.demo.people import Invented
from app.demo.story import Story

_REASONS: Final = ("poor", "disabled", "seriously_ill", "mental_distress", "single_carer")


def surveyed(story: Story, *, dv: bool = False) -> tuple[Invented, Invented]:
    """The survey at the door."""
    family = story.family(ages=(25, 54), children=story.pick((0, 2), (1, 4), (2, 4)))
    woman = family.wife
    if story.chance(0.4):
        woman = replace(woman, safe_contact=story.one(words.SAFE_CONTACT))
    story.open(
        story.one(VISITORS),
        woman=woman.answer(),
        channel=story.pick(("survey", 70), ("grid", 16), ("self", 6), ("relatives", 5),
                           ("referral", 3)),
        husband=family.husband.answer("spouse", brief=True),
        children=[c.answer("child", brief=True) for c in family.children] or None,
        difficulties=["dv"] if dv else story.some(("livelihood", "care_burden", "medical")),
    )  # fmt: skip
    story.aside(lambda: informed(story, "left_behind_woman"), 0.2)
    story.aside(lambda: asked_the_district(story), 0.06)
    return woman, family.husband


def nominated(story: Story) -> None:
    """The village puts her on the list."""
    story.days(1, 12).do(
        "nominate",
        VILLAGE,
        education=story.pick(("primary", 3), ("junior", 5), ("senior", 2)),
        health=story.pick(("good", 7), ("chronic", 3)),
        marriage="married",
        husband_returns=story.pick(("half_yearly", 4), ("yearly", 4), ("quarterly", 2)),
        children_count=story.rng.randint(0, 3),
        elders_cared_for=story.rng.randint(0, 2),
        employment=story.pick(("farming", 5), ("homework", 3), ("none", 2)),
        housing=story.pick(("safe", 8), ("repair", 2)),
        medical_insurance=True,
    )


def verified(story: Story) -> None:
    story.days(2, 14 if story.chance(0.9) else 40).do(
        "verify",
        VILLAGE,
        husband_away_since=story.day - timedelta(days=story.rng.randint(200, 1500)),
        lives_in_village=True,
        away_for=story.pick(("work", 8), ("business", 2)),
    )


def enrolled(story: Story, level: str) -> None:
    """The town opens her file and sets the level."""
    story.days(1, 11 if story.chance(0.9) else 24).do(
        "enrol",
        TOWN,
        level=level,
        reasons=story.some(_REASONS) if level == "a" else None,
        consent=True,
        ledger_no=f"LS{story.day.year}{story.rng.randint(1, 9999):04}",
        in_national_system=story.chance(0.9),
    )


def listed(story: Story, level: str) -> None:
    """From the survey to the first visit at home."""
    surveyed(story)
    nominated(story)
    verified(story)
    enrolled(story, level)
    story.aside(lambda: check_status(story.days(150, 182)), 0.85)
    story.aside(lambda: resurvey(story.days(335, 362)), 0.9)
    story.days(2, 12 if story.chance(0.88) else 25)
    visit(story, method="home")


def check_status(story: Story) -> None:
    story.do(
        "check_status", VILLAGE, husband_away=True, lives_in_village=True,
        method=story.pick(("home", 6), ("phone", 4)),
    )  # fmt: skip


def resurvey(story: Story) -> None:
    story.do("resurvey", VILLAGE, health="good", found="家庭情况与去年相比变化不大")
