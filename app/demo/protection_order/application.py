"""Applications up to the ruling."""

from typing import Any, Final

from app.demo import words
from app.demo.common import (
    DISTRICT,
    TOWN,
    VILLAGE,
    asked_the_district,
    assess,
    flagged,
    informed,
    report_to_police,
)
from app.demo.people import Household, Invented, person
from app.demo.story import Step, Story
from app.kinds.protection_order.codes import FiledBy
from app.roles import Role

COURT: Final = Role.COURT

POLICE: Final = Role.POLICE

COMMITTEE: Final = Role.VILLAGE_COMMITTEE

MEASURES: Final = ("no_harassment", "no_stalking", "no_contact", "stay_away", "no_insult")

PROXIES: Final = tuple(f.value for f in FiledBy if f is not FiledBy.SELF)

_CAPABLE: Final = frozenset({"near_relative", "police", "women_fed", "village_committee",
                             "relief_station"})  # fmt: skip


def told(story: Story, known: tuple[Invented, Invented] | None = None) -> None:
    """She is told of her right; she and he may be known from another case."""
    family = story.family(children=story.pick((0, 6), (1, 3), (2, 1)), ages=(23, 50))
    if known:
        family = Household(*known)
    children = family.children if story.chance(0.5) else ()
    who = story.pick(((TOWN,), 40), ((DISTRICT,), 18), ((POLICE,), 24), ((COURT,), 10),
                     ((VILLAGE, TOWN), 8))  # fmt: skip
    story.open(
        *((TOWN,) if known else who),
        danger_now=story.chance(0.35),
        applicant=(family.wife if known else flagged(story, family.wife, 0.08)).answer(),
        respondent=family.husband.answer(story.pick(("spouse", 8), ("former_spouse", 2))),
        children=[c.answer("child") for c in children] or None,
        wish=story.pick(("apply", 7), ("undecided", 3)),
        facts=story.one(words.VIOLENCE),
    )
    if children and POLICE not in who:
        story.aside(lambda: report_to_police(story), 0.85)
    story.aside(lambda: assess(story.later(0.5, 24)), 0.45)
    story.aside(lambda: informed(story, "applicant"), 0.2)
    story.aside(lambda: asked_the_district(story), 0.06)


def drafted(story: Story) -> None:
    story.days(0.1, 4).do(
        "draft",
        TOWN,
        own_wish=True,
        grounds=["violence"],
        facts=story.one(words.VIOLENCE),
        requests=["no_violence", *story.some(MEASURES)],
        evidence=story.some(("police_record", "medical", "messages", "warning_or_penalty"), 3),
        relation="spouse",
    )


def filed(
    story: Story, proxy: str | None = None, known: tuple[Invented, Invented] | None = None
) -> Step:
    """The application reaches the court; some are made for her."""
    told(story, known)
    if story.chance(0.5):
        drafted(story)
    story.days(0.2, 6)
    by = proxy or story.pick(("self", 80), *((p, 2.5) for p in PROXIES))
    more: dict[str, Any] = {}
    if by != "self":
        capable = by in _CAPABLE
        more |= {"proxy_ground": "coerced" if capable else "disabled"}
        more |= {} if capable else {"her_will": True}
    if by == "near_relative":
        address = story.year.cast.address(story.rng, story.place)
        mother = person(story.rng, story.day, (50, 68), female=True, address=address)
        more |= {"proxy": mother.answer("parent")}
    return story.do(
        "file",
        TOWN,
        filed_by=by,
        manner=story.pick(("written", 8), ("oral", 2)),
        venue=story.pick(("applicant_residence", 7), ("place_of_violence", 3)),
        urgent=story.chance(0.2),
        filed_at=story.at,
        requests=["no_violence", *story.some(MEASURES)],
        facts=story.one(words.VIOLENCE),
        grounds=["violence"],
        relation="spouse",
        **more,
    )


def registered(story: Story, result: str = "accepted") -> None:
    """The court looks at the application."""
    story.days(0.05, 1)
    more: dict[str, Any] = (
        {
            "case_no": f"（{story.day.year}）粤1802民保令{story.rng.randint(1, 600)}号",
            "urgency": story.pick(("ordinary", 8), ("urgent", 2)),
            "case_source": "application",
        }
        if result == "accepted"
        else {"reason": "缺少明确的请求或者管辖依据，请补充"}
    )
    story.do("register", COURT, result=result, registered_at=story.at, **more)


def decided(story: Story, result: str = "granted", **more: Any) -> None:
    """The ruling, as a rule within three days."""
    low, high = story.pick(((3, 23), 45), ((24, 70), 48), ((75, 110), 7))
    story.later(low, high)
    if result == "granted":
        months = story.pick((6, 7), (3, 3))
        more = {
            "measures": ["no_violence", *story.some(MEASURES)],
            "valid_for": months,
            "valid_unit": "months",
        } | more
    if result in ("dismissed", "terminated"):
        more |= {"reason": "现有证据不足以证明遭受家庭暴力或者面临现实危险"}
    if result == "withdrawn":
        more |= {"own_wish": True}
    story.do("decide", COURT, result=result, made_at=story.at, document_no=paper(story), **more)


def paper(story: Story) -> str:
    return f"（{story.day.year}）粤1802民保令{story.rng.randint(1, 600)}号之一"
