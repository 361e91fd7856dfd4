"""Mediation up to the last session."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

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
from app.demo.people import Invented, person
from app.demo.story import Step, Story
from app.roles import Role

MEDIATOR: Final = Role.MEDIATOR

COURT: Final = Role.COURT

_BETWEEN_KIN: Final = frozenset({"support", "inheritance", "in_law_conflict", "collective_share"})

_FOUND: Final = (
    ((Role.GRID_WORKER, TOWN), "dispute_sweep", 30),
    ((MEDIATOR,), "application", 28),
    ((VILLAGE, TOWN), "women_fed", 12),
    ((TOWN,), "women_fed", 8),
    ((DISTRICT,), "hotline", 6),
    ((Role.VILLAGE_COMMITTEE, TOWN), "dispute_sweep", 8),
    ((Role.POLICE,), "police", 5),
    ((Role.CIVIL_AFFAIRS,), "marriage_registry", 3),
)

PROCEDURES: Final = {
    "court_referral_prefiling": 26,
    "court_referral_ordinary": 13,
    "court_referral_summary": 6,
    "none": 27,
}
"""Court procedure → days within which mediation is usually done."""


@dataclass
class Dispute:
    """Who disputes, about what, sent by which court procedure."""

    a: Invented
    b: Invented
    topic: str
    procedure: str = "none"


def opened(
    story: Story, *, procedure: str = "none", children: bool | None = None, danger: bool = False
) -> Dispute:
    """A dispute comes to somebody's ears."""
    topic = story.pick(
        ("divorce", 30), ("property_division", 14), ("custody_visitation", 12), ("support", 10),
        ("in_law_conflict", 10), ("betrothal_gift", 7), ("inheritance", 6), ("affair", 5),
        ("collective_share", 3), ("cohabitation", 2), ("other", 1),
    )  # fmt: skip
    family = story.family(children=1 if children else 0, ages=(24, 50))
    a, b = flagged(story, family.wife, 0.05), family.husband
    if topic in _BETWEEN_KIN:
        b = person(story.rng, story.day, (58, 75), female=True, address=family.wife.home_address)
    roles, found_by, _ = story.rng.choices(_FOUND, [f[2] for f in _FOUND])[0]
    if procedure != "none":
        roles, found_by = (COURT,), "court"
    story.open(
        *roles,
        immediate_danger=danger,
        dispute=topic,
        party_a=a.answer(),
        party_b=b.answer("spouse" if topic not in _BETWEEN_KIN else "other"),
        children=[c.answer("child") for c in family.children] or None,
        summary=words.DISPUTES[topic],
        found_by=found_by,
    )
    story.aside(lambda: informed(story, "party_a"), 0.14)
    story.aside(lambda: asked_the_district(story), 0.06)
    return Dispute(a, b, topic, procedure)


def taken_up(story: Story) -> None:
    """The parties ask, or the committee offers."""
    story.days(0.1, 2.5 if story.chance(0.9) else 8)
    if story.chance(0.75):
        story.do(
            "apply",
            MEDIATOR,
            applicant=story.pick(("party_a", 5), ("both", 4), ("party_b", 1)),
            applied_on=story.day,
            oral=story.chance(0.4),
            requests="请求调解，妥善解决纠纷",
            voluntary=True,
        )
    else:
        story.do("propose", MEDIATOR, reason="矛盾公开、邻里反映较多，主动上门了解")


def screen(
    story: Story, side: str, *, violence: bool = False, signs: tuple[str, ...] = (),
    willing: bool = True,
) -> Step:  # fmt: skip
    """One party is asked alone."""
    return story.do(
        "screen_party",
        MEDIATOR,
        party=side,
        alone=True,
        willing=willing,
        afraid=bool(signs),
        dv_found=violence,
        unsafe_signs=list(signs),
        account=story.one(words.VIOLENCE) if violence else None,
        informed_of_order=True if violence else None,
    )


def screened(story: Story) -> None:
    """Both are asked; now and then minor violence shows and its danger is assessed."""
    story.days(0.2, 2)
    violence = story.chance(0.09)
    screen(story, "party_a", violence=violence)
    if violence:
        story.aside(lambda: report_to_police(story), 0.5)
        assess(story.later(0.3, 2), story.pick(("low", 7), ("medium", 3)), MEDIATOR)
    screen(story.days(0.05, 1.5 if story.chance(0.9) else 6), "party_b")


def accept(story: Story, dispute: Dispute) -> None:
    """The committee accepts."""
    story.days(0.1, 1.5)
    court = dispute.procedure != "none"
    number = story.rng.randint(1, 4000)
    story.do(
        "accept",
        MEDIATOR,
        accepted_on=story.day,
        court_procedure=dispute.procedure,
        court_case_no=f"（{story.day.year}）粤1802诉前调{number}号" if court else None,
        rights_notice_given=True,
        mediators=story.rng.choice("陈李黄张梁林") + "调解员",
        mediators_by=story.pick(("designated", 8), ("chosen", 2)),
        public=False,
    )


def session(story: Story, *, escalating: bool = False) -> Step:
    """They are brought together, or talked to one by one."""
    return story.do(
        "hold_session",
        MEDIATOR,
        manner=story.pick(("face_to_face", 6), ("back_to_back", 3), ("online", 1)),
        place=f"{story.year.cast.town_name(story.place)}调解室",
        public=False,
        statements="双方各自陈述了意见和要求",
        result="经释明法律和劝导，双方意见逐步接近",
        dv_found=False,
        may_escalate=escalating,
    )


def talked(story: Story, dispute: Dispute, *, late: bool | None = None) -> None:
    """From acceptance to the last session, as a rule within the term."""
    term = PROCEDURES[dispute.procedure]
    slow = story.chance(0.1) if late is None else late
    sessions = story.pick((1, 8), (2, 2))
    story.aside(lambda: _ask_around(story), 0.2)
    begun = story.at
    for number in range(sessions):
        share = (number + 1) / sessions
        low, high = (0.2, 0.8) if not slow else (1.2, 1.6)
        story.at = max(
            story.at, begun + timedelta(days=term * share * story.rng.uniform(low, high))
        )
        session(story.office())


def _ask_around(story: Story) -> None:
    story.days(0.1, 1).do(
        "investigate", MEDIATOR, asked="邻居、村（居）干部", place="村（居）委会",
        record="了解双方平时相处和纠纷起因",
    )  # fmt: skip


def mediated(story: Story, procedure: str = "none") -> Dispute:
    """A dispute up to its last session."""
    dispute = opened(story, procedure=procedure)
    taken_up(story)
    screened(story)
    accept(story, dispute)
    talked(story, dispute)
    return dispute
