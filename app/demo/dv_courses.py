"""The ways a report of violence goes in the demo year."""

from datetime import timedelta
from typing import Final

from app.demo import order_courses, shelter, words
from app.demo.common import TOWN, VILLAGE, assess, lower, transfer
from app.demo.dv_warning import (
    POLICE,
    Violence,
    accept,
    begun,
    deliver,
    finding,
    inform,
    monitored,
    report,
    visit,
    visits,
    warn,
)
from app.demo.story import Story
from app.demo.year import BEFORE, DAYS, Course, Script


def follow(story: Story, *, perpetrator: dict[str, object] | None = None) -> None:
    """A case that grew out of another one: the police accept it, and go on."""
    story.later(0.3, 6).do(
        "accept",
        POLICE,
        accepted_at=story.at,
        incident_no=f"J4418{story.day:%y%m%d}{story.rng.randint(1000, 9999)}",
        officers=words.pair(story.rng),
        victim_wish="warning",
        perpetrator=perpetrator,
    )
    story.aside(lambda: inform(story), 0.9)
    if story.chance(0.25):
        _dismiss(story)
    else:
        warn(story)
        deliver(story)
        visits(story)


def reported(story: Story) -> None:
    report(story, Violence(story))


def accepted(story: Story) -> None:
    begun(story)


def not_established(story: Story) -> None:
    begun(story, minor=True)
    _dismiss(story)


def _dismiss(story: Story) -> None:
    story.later(2, 60).do(
        "not_establish",
        POLICE,
        reason=story.pick(
            ("insufficient_evidence", 5), ("not_domestic_violence", 4), ("duplicate", 1)
        ),
        explanation="经调查，现有证据不足以认定实施家庭暴力，已告知可补充证据",
        victim_told=True,
    )


def reopened(story: Story) -> None:
    not_established(story)
    reason = "受害人补充了伤情照片和邻居证言"
    story.later(40, 200).do("reopen", POLICE, reason=reason)
    warn(story)
    deliver(story)
    visits(story)


def criticised(story: Story) -> None:
    begun(story, minor=True)
    story.later(0.5, 20).do(
        "criticise",
        POLICE,
        **finding(story),
        victim_wish=story.pick(("criticism", 7), ("no_handling", 2), ("undecided", 1)),
        victim_forgives=True,
        ground=story.pick(("negligible", 6), ("forgiven", 4)),
    )


def warned(story: Story) -> None:
    begun(story)
    warn(story)


def supervised(story: Story) -> None:
    monitored(story)
    visits(story)


def neglected(story: Story) -> None:
    """Visits fall behind."""
    monitored(story)
    visits(story, rounds=story.rng.randint(0, 2), punctual=0.3)


def clean(story: Story) -> None:
    """Four visits without new violence; the police end the supervision."""
    monitored(story)
    visits(story, rounds=4, punctual=0.97)
    story.later(2, 60).do("confirm_no_recurrence", POLICE, remark="连续三次查访未发现再次施暴")


def clean_now(story: Story) -> None:
    """Three clean visits, proposed for closing."""
    monitored(story)
    visits(story, rounds=4, punctual=0.97)


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
        "dismiss_recurrence", POLICE, reason="经单独询问和走访，未发生殴打", victim_heard=True
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


def penalise(story: Story, ground: str = "beating") -> None:
    low, high = story.pick(((2, 20), 70), ((25, 70), 22), ((75, 120), 8))
    fined = story.chance(0.3)
    story.later(low, high).do(
        "record_penalty",
        POLICE,
        decided_at=story.at,
        document_no=f"清公行罚决字〔{story.day.year}〕{story.rng.randint(1, 9999)}号",
        ground=ground,
        penalties=["detention", "fine"] if fined else ["detention"],
        fine=500 if fined else None,
        detention_days=story.one((3, 5, 7, 10)),
        facts=story.one(words.FACTS),
    )


def prosecute(story: Story) -> None:
    story.later(4, 60).do(
        "open_criminal",
        POLICE,
        decided_at=story.at,
        case_no=f"A4418{story.day:%y%m%d}{story.rng.randint(100, 999)}",
        charge=story.pick(("intentional_injury", 7), ("abuse", 3)),
        facts="致人轻伤，依法立案侦查",
    )


def punished(story: Story) -> None:
    begun(story)
    penalise(story)


def criminal(story: Story) -> None:
    begun(story, danger="high")
    prosecute(story)


def transferred(story: Story) -> None:
    begun(story)
    story.later(5, 60).do(
        "transfer_out",
        POLICE,
        reason=story.one(("out_of_district", "no_jurisdiction", "party_moved")),
        to_unit="佛冈县公安局",
        document_no=f"移字〔{story.day.year}〕{story.rng.randint(1, 900)}号",
        received=True,
    )


def revoked(story: Story) -> None:
    monitored(story)
    story.days(2, 20).do(
        "revoke_warning",
        POLICE,
        revoked_at=story.at,
        document_no=f"撤字〔{story.day.year}〕{story.rng.randint(1, 90)}号",
        reason=story.one(("facts_wrong", "procedure")),
        explanation="复核发现告诫程序有误，撤销后重新调查",
        victim_told_at=story.at,
    )


def died(story: Story) -> None:
    monitored(story)
    story.days(20, 120).do(
        "close_party_died",
        POLICE,
        who="perpetrator",
        died_on=story.day - timedelta(days=1),
        violence_ruled_out=True,
        explanation="因病去世，有死亡证明",
    )


def corrected(story: Story) -> None:
    """A date was mistyped: the correction moves the clocks that ran from it."""
    told = Violence(story)
    report(story, told)
    accept(story, told)
    step = warn(story, within=(2, 20))
    delivered = deliver(story)
    when = delivered.answers["delivered_at"]
    story.later(3, 20)
    story.correct(delivered, "送交时间误填", delivered_at=when - timedelta(minutes=50))
    story.correct(step, "文号误填", document_no=f"清公家告字〔{story.day.year}〕{8000}号")
    visits(story)


def moved(story: Story) -> None:
    """The family moves to another town, and the case with them."""
    monitored(story)
    visits(story, rounds=1)
    story.days(5, 40)
    transfer(story, POLICE, "police")
    story.days(62, 75)
    visit(story)


def repeated(story: Story) -> None:
    """The same two people again, in a case of its own; the first is over."""
    told = monitored(story)
    visits(story, rounds=1)
    story.aside(lambda: lower(story.days(60, 100)), 0.3)
    victim = story.knows(told.victim, "victim")
    abuser = story.knows(told.perpetrator, "perpetrator")
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


_LONG = DAYS + BEFORE

SCRIPT: Final = Script(
    kind="dv_warning",
    share=0.29,
    # Festivals and summer nights are the worst; evenings and weekends.
    months=(1.1, 1.35, 0.9, 0.9, 1.0, 1.1, 1.2, 1.2, 1.0, 1.05, 0.9, 0.95),
    weekdays=(0.9, 0.85, 0.85, 0.9, 1.05, 1.3, 1.3),
    hours=((0, 7, 12), (7, 12, 16), (12, 18, 24), (18, 24, 48)),
    courses=(
        Course(reported, 1.5, 5),
        Course(accepted, 1.5, 6),
        Course(not_established, 22),
        Course(reopened, 0.6, DAYS, 20),
        Course(criticised, 33),
        Course(warned, 1.2, 7),
        Course(supervised, 9),
        Course(supervised, 3, _LONG, 366),
        Course(neglected, 5, DAYS, 20),
        Course(clean, 3, _LONG, 330),
        Course(clean_now, 1.5, 330, 290),
        Course(recurred, 1, 120, 60),
        Course(recurred, 0.6, 300, 100),
        Course(recurred_unfounded, 1, DAYS, 60),
        Course(recurrence_waiting, 0.7, 60, 15),
        Course(recurred_punished, 2, _LONG, 150),
        Course(recurred_criminal, 0.7, _LONG, 150),
        Course(recurred_warned, 0.8, _LONG, 150),
        Course(punished, 5),
        Course(criminal, 1.2),
        Course(transferred, 1.2),
        Course(revoked, 0.6),
        Course(died, 0.5, DAYS, 100),
        Course(corrected, 0.8),
        Course(moved, 0.8, DAYS, 90),
        Course(protected, 1.3, _LONG, 30),
        Course(repeated, 2.2, _LONG, 60),
    ),
)
