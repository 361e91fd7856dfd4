"""Protection orders in the demo year, up to the ruling and the service of it."""

from datetime import datetime, timedelta
from typing import Any, Final

from app import clock
from app.demo import words
from app.demo.common import DISTRICT, TOWN, VILLAGE, assess, flagged, report_to_police
from app.demo.people import Household, Invented, person
from app.demo.story import Step, Story
from app.kinds.protection_order.codes import FiledBy
from app.roles import Role

COURT: Final = Role.COURT
POLICE: Final = Role.POLICE
COMMITTEE: Final = Role.VILLAGE_COMMITTEE
MEASURES: Final = ("no_harassment", "no_stalking", "no_contact", "stay_away", "no_insult")
MUST: Final = ["applicant", "respondent", "police_station", "village_committee"]
_PROXIES: Final = tuple(f.value for f in FiledBy if f is not FiledBy.SELF)
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
    by = proxy or story.pick(("self", 80), *((p, 2.5) for p in _PROXIES))
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
