"""Violence again: after a warning, and against somebody known."""

from app.demo import words
from app.demo.common import TOWN, VILLAGE, assess, lower
from app.demo.dv_warning.courses import penalise, prosecute
from app.demo.dv_warning.report import POLICE, inform
from app.demo.dv_warning.visiting import begun, monitored, visit, visits
from app.demo.dv_warning.warning import deliver, warn
from app.demo.protection_order import enforcement as order_courses
from app.demo.shelter_placement import courses as shelter
from app.demo.story import Story


def recurs(story: Story, *, seen: bool = True) -> None:
    """Violence again: somebody tells of it, the police record it."""
    monitored(story)
    visits(story, rounds=story.rng.randint(1, 3))
    story.later(200, 1400)
    if seen and story.chance(0.6):
        story.do(
            "report_recurrence",
            story.one((TOWN, VILLAGE)),
            outcome=story.pick(("suspected", 6), ("confirmed", 4)),
            discovered_at=story.at,
            what_happened=story.one(words.VIOLENCE),
            immediate_danger=story.chance(0.3),
        )
    elif seen:
        story.days(5, 30)
        visit(story, "suspected", "record_extra_visit")
    story.later(0.4, 18 if story.chance(0.85) else 40)
    story.do(
        "record_recurrence",
        POLICE,
        discovered_at=story.at,
        incident_no=f"J4418{story.day:%y%m%d}{story.rng.randint(1000, 9999)}",
        facts=story.one(words.FACTS),
        violence_types=["physical"],
        occurred_at=story.ago(1, 10),
        victim_wish=True,
    )
    story.aside(lambda: assess(story.later(1, 40), "high"), 0.6)


def recurred(story: Story) -> None:
    recurs(story)


def recurred_unfounded(story: Story) -> None:
    """The word of new violence is checked and not confirmed; the supervision goes on."""
    monitored(story)
    visits(story, rounds=1)
    story.later(200, 900).do(
        "report_recurrence",
        VILLAGE,
        outcome="suspected",
        discovered_at=story.at,
        what_happened="邻居反映夜里有争吵声，未见动手",
        immediate_danger=False,
    )
    story.later(1, 30).do(
        "dismiss_recurrence",
        POLICE,
        reason="经单独询问和走访，未发生殴打",
        victim_heard=True,
        settled_at=story.at,
    )
    story.days(75, 86)
    visit(story)


def recurrence_waiting(story: Story) -> None:
    monitored(story)
    visits(story, rounds=1)
    story.later(20, 200).do(
        "report_recurrence",
        VILLAGE,
        outcome="suspected",
        discovered_at=story.at,
        what_happened=story.one(words.VIOLENCE),
        immediate_danger=False,
    )


def recurred_punished(story: Story) -> None:
    recurs(story)
    penalise(story, "defies_warning")


def recurred_criminal(story: Story) -> None:
    recurs(story)
    prosecute(story)


def recurred_warned(story: Story) -> None:
    """Not yet a case for punishment: a second warning, its reasons written down."""
    recurs(story, seen=False)
    warn(story, again=True)
    deliver(story)
    visits(story)


def repeated(story: Story) -> None:
    """The same two people again, in a case of its own; some are typed anew instead of picked."""
    told = monitored(story)
    visits(story, rounds=1)
    story.aside(lambda: lower(story.days(60, 100)), 0.3)
    victim, abuser = told.victim, told.perpetrator
    if story.chance(0.75):
        victim = story.knows(victim, "victim")
        abuser = story.knows(abuser, "perpetrator")
    second = story.another("dv_warning", 20, 120)
    second.open(
        TOWN,
        immediate_danger=second.chance(0.4),
        what_happened=second.one(words.VIOLENCE),
        victim=victim.answer(),
        perpetrator=abuser.answer(told.relation),
        violence_types=["physical"],
        earlier_violence="此前已被出具告诫书",
        channel="walk_in",
        reporter="victim",
    )
    second.later(0.2, 2).do(
        "accept",
        POLICE,
        accepted_at=second.at,
        incident_no=f"J4418{second.day:%y%m%d}{second.rng.randint(1000, 9999)}",
        officers=words.pair(second.rng),
        victim_wish="punishment",
    )
    second.aside(lambda: assess(second.later(1, 20), "high"), 0.7)
    second.aside(lambda: inform(second))
    second.aside(
        lambda: second.later(2, 30).do("link", TOWN, case_id=story.case, why="同一加害人再次施暴")
    )
    if second.chance(0.6):
        penalise(second, "beating")
    else:
        warn(second, again=True)
        deliver(second)
        visits(second)


def protected(story: Story) -> None:
    """The warning is not enough: she asks the court for an order, some go to the shelter too."""
    told = begun(story, minor=True)
    warn(story)
    deliver(story)
    story.aside(lambda: visits(story))
    known = story.knows(told.victim, "victim"), story.knows(told.perpetrator, "perpetrator")
    if story.chance(0.4):
        story.aside(lambda: shelter.known_guest(story.another("shelter_placement", 8, 12), *known))
    order = story.another("protection_order", 8, 30)
    made = order_courses.in_force(order, known=known, valid_for=6)
    order.aside(lambda: order.do("link", TOWN, case_id=story.case, why="同一当事人的家庭暴力告诫"))
    order_courses.expire(order, made)
