"""The visits after a warning, and cases as far as them."""

from datetime import timedelta

from app.demo.common import TOWN, VILLAGE, assess, assign, note
from app.demo.dv_warning.report import POLICE, Violence, accept, inform, report
from app.demo.dv_warning.warning import deliver, warn
from app.demo.people import person
from app.demo.story import Step, Story


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
