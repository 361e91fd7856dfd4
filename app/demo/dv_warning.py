"""Warnings in the demo year: from the 110 call to the third clean visit, and every way aside."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from app.demo import words
from app.demo.common import (
    DISTRICT,
    TOWN,
    VILLAGE,
    assess,
    assign,
    exempted,
    flagged,
    note,
    report_to_police,
)
from app.demo.people import Household, Invented, person
from app.demo.story import Step, Story
from app.roles import Role

POLICE: Final = Role.POLICE
_TYPES: Final = ("physical", "threat", "psychological", "stalking_harassment", "economic_control")
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
        violence_types=story.some(_TYPES),
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


def finding(story: Story) -> dict[str, Any]:
    """What every decision states."""
    spot = story.chance(0.25)
    return {
        "decided_at": story.at,
        "officers": words.pair(story.rng),
        "facts": story.one(words.FACTS),
        "violence_types": story.some(_TYPES),
        "perpetrator_admits": True,
        "statements": ["perpetrator", "victim"],
        "corroboration": story.some(("injury_opinion", "testimony", "recording")),
        "on_the_spot": spot,
        "recording_ref": f"ZF{story.day:%y%m%d}{story.rng.randint(100, 999)}" if spot else None,
        "live_together": True,
    }


def warn(story: Story, *, again: bool = False, within: tuple[float, float] | None = None) -> Step:
    """A warning is issued, as a rule within the day."""
    low, high = within or story.pick(((1, 20), 76), ((25, 68), 17), ((74, 140), 7))
    story.later(low, high)
    forgives = not again and story.chance(0.15)
    reasons = "双方已分居，受害人坚持不要求处罚，情节较轻，仍以告诫处理"
    return story.do(
        "issue_warning",
        POLICE,
        **finding(story),
        victim_wish=story.pick(("warning", 80), ("punishment", 10), ("undecided", 10)),
        victim_forgives=forgives,
        must_issue=["warned_before"] if again else [],
        document_no=f"清公家告字〔{story.day.year}〕{story.rng.randint(1, 9999)}号",
        issuing_unit=story.year.cast.station(story.place),
        consequences_stated=True,
        justification=reasons if again else None,
    )


def deliver(story: Story) -> Step:
    """The warning reaches him, then her and everybody who must know."""
    low, high = story.pick(((0.5, 20), 88), ((25, 70), 12))
    story.later(low, high)
    refused = story.chance(0.07)
    given = story.chance(0.85)
    step = story.do(
        "deliver_warning",
        POLICE,
        delivered_at=story.at,
        place=story.one(("派出所", "家中", "村（居）委会")),
        officers=words.pair(story.rng),
        read_aloud=True,
        signature="refused" if refused else "signed",
        refusal_note="当场拒绝签名，已录音录像并注明" if refused else None,
        recording_ref=f"SD{story.day:%y%m%d}{story.rng.randint(100, 999)}",
        victim_copy=given,
        present="村（居）妇联主席、网格员",
    )
    if not given:
        story.aside(lambda: give_copy(story), 0.8)
    story.aside(lambda: _notify(story))
    story.aside(lambda: educate(story), 0.86)
    return step


def give_copy(story: Story) -> None:
    story.later(1, 30).do("give_victim_copy", POLICE, given_at=story.at, safely_given=True)


def _notify(story: Story) -> None:
    everyone = ["village_committee", "women_fed", "zongzhi", "community_officer"]
    told = everyone if story.chance(0.82) else everyone[: story.rng.randint(1, 3)]
    low, high = story.pick(((0.5, 16), 90), ((26, 80), 10))
    for recipients in (told[:2], told[2:]) if story.chance(0.1) else (told,):
        if recipients:
            story.later(low, high).do(
                "record_notice",
                POLICE,
                recipients=recipients,
                notified_at=story.at,
                method=story.pick(("system", 6), ("written", 2), ("phone", 2)),
            )


def educate(story: Story) -> None:
    """He is taught the law, some in a programme."""
    kind = story.pick(("legal_education", 6), ("programme", 2), ("perpetrator_counselling", 1))
    more = {"sessions_planned": 8, "sessions_attended": 8, "completed": True}
    story.days(3, 80 if story.chance(0.85) else 130).do(
        "record_education",
        TOWN,
        kind=kind,
        held_on=story.day,
        provider=f"{story.year.cast.town_name(story.place)}妇女联合会",
        **(more if kind == "programme" else {}),
    )


def visit(story: Story, outcome: str = "none", action: str = "record_visit") -> Step:
    """The police, often with the village, look how things stand."""
    reached = outcome != "not_reached"
    violent = outcome in ("suspected", "confirmed")
    by = POLICE if action == "record_visit" else story.one((TOWN, VILLAGE))
    return story.do(
        action,
        by,
        TOWN,
        visited_at=story.at,
        mode=story.pick(("visit", 7), ("appointment", 2), ("phone", 1)),
        visitors=["police", "village_committee"] if by is POLICE else ["women_fed"],
        outcome=outcome,
        victim_safe_to_speak=True if reached else None,
        victim_condition="情绪平稳，表示近期没有再被打" if outcome == "none" else None,
        violence_types=["physical"] if violent else None,
        danger=story.pick(("low", 8), ("medium", 2)) if reached and not violent else None,
    )


def visits(story: Story, *, rounds: int = 9, punctual: float = 0.85) -> None:
    """The first visit within the week, then one every three months."""
    last = story.at
    for number in range(rounds):
        late = not story.chance(punctual if number else (1 + punctual) / 2)
        if number == 0:
            gap = story.rng.uniform(1, 6) if not late else story.rng.uniform(8, 16)
        else:
            gap = story.rng.uniform(76, 88) if not late else story.rng.uniform(93, 118)
        story.at = max(story.at, last + timedelta(days=gap - 2))
        if story.chance(0.08):
            story.office()
            visit(story, "not_reached")
        story.at = max(story.at, last + timedelta(days=gap))
        story.office()
        last = story.at
        visit(story)
        if story.chance(0.07):
            story.days(10, 30)
            visit(story, action="record_extra_visit")


def begun(story: Story, *, minor: bool = False, danger: str | None = None) -> Violence:
    """A case up to the acceptance, with what is done beside it."""
    told = Violence(story, minor=minor)
    report(story, told)
    accept(story, told)
    story.aside(lambda: assess(story.later(0.5, 30), danger), 1 if danger else 0.4)
    story.aside(lambda: inform(story), 0.92)
    story.aside(lambda: note(story.days(1, 30), POLICE, TOWN), 0.15)
    story.aside(lambda: assign(story.later(0.5, 5), "police", POLICE), 0.12)
    story.aside(lambda: witnessed(story), 0.04)
    return told


def witnessed(story: Story) -> None:
    """A neighbour is entered as a witness."""
    address = story.year.cast.address(story.rng, story.place)
    neighbour = person(story.rng, story.day, (30, 65), female=story.chance(0.5), address=address)
    story.later(2, 30).do("add_party", POLICE, role="witness", person=neighbour.answer())


def monitored(story: Story) -> Violence:
    """A case up to the delivered warning."""
    told = begun(story)
    warn(story)
    deliver(story)
    return told
