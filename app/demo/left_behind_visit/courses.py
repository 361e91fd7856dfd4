"""The ways a woman comes on the list, is visited, and leaves it."""

from datetime import timedelta
from typing import Any

from app.demo.common import DISTRICT, TOWN, VILLAGE, note, report_to_police, transfer
from app.demo.dv_warning import courses as dv_courses
from app.demo.left_behind_visit.listing import enrolled, listed, nominated, surveyed, verified
from app.demo.left_behind_visit.visiting import resolve, visit, visits
from app.demo.story import Story
from app.kinds.left_behind_visit.choices import Need


def new(story: Story) -> None:
    surveyed(story)


def candidate(story: Story) -> None:
    surveyed(story)
    nominated(story)


def checked(story: Story) -> None:
    surveyed(story)
    nominated(story)
    verified(story)


def on_the_list(level: str) -> Any:
    def tell(story: Story) -> None:
        listed(story, level)
        visits(story, level)
        note(story, TOWN)

    return tell


def forgotten(story: Story) -> None:
    """Nobody came for months."""
    listed(story, "b")


def ruled_out(story: Story) -> None:
    surveyed(story)
    if story.chance(0.5):
        nominated(story)
    story.days(2, 20).do(
        "rule_out",
        VILLAGE,
        reason=story.pick(("husband_home", 6), ("lives_elsewhere", 2), ("duplicate", 1)),
    )


def deferred(story: Story) -> None:
    """Not yet half a year away; looked at again when it is."""
    surveyed(story)
    nominated(story)
    since = story.day - timedelta(days=story.rng.randint(30, 100))
    story.days(1, 10).do("defer", VILLAGE, husband_away_since=since, lives_in_village=True)
    story.days(160, 185).do("verify", VILLAGE, husband_away_since=since, lives_in_village=True)
    enrolled(story, "c")
    visit(story.days(3, 12), method="home")
    visits(story, "c")


def suspended(story: Story) -> None:
    """He is back for the harvest."""
    listed(story, "b")
    visits(story, "b", rounds=1)
    story.days(5, 30)
    since = story.day - timedelta(days=3)
    story.do("suspend", VILLAGE, reason="husband_back", since=since)


def resumed(story: Story) -> None:
    suspended(story)
    story.days(20, 60)
    away = story.day - timedelta(days=2)
    story.do("resume", TOWN, level="b", away_again_on=away)
    visits(story, "b")


def left(story: Story) -> None:
    """She leaves the list: he came home for good, or the family moved to him."""
    listed(story, "c")
    visits(story, "c", rounds=story.rng.randint(0, 1))
    story.days(100, 130)
    reason = story.pick(("husband_returned", 5), ("moved_away", 4), ("declined", 1))
    back = story.day - timedelta(days=98) if reason == "husband_returned" else None
    story.do("exit", TOWN, reason=reason, husband_back_since=back)


def back_again(story: Story) -> None:
    """He came home, and left again: she is verified anew."""
    left(story)
    story.days(60, 70).do("reopen", TOWN, reason="丈夫再次外出务工已满半年")
    verified(story)
    enrolled(story, "c")
    visit(story.days(2, 10), method="home")


def married_away(story: Story) -> None:
    """She moves to another village of the district, and stays on the list."""
    listed(story, "c")
    transfer(story.days(20, 60), TOWN, "women_fed_village")
    visit(story.days(30, 90))


def regraded(story: Story) -> None:
    """A need makes her a case of first care."""
    listed(story, "c")
    story.days(20, 60)
    story.do("change_level", TOWN, level="a", reasons=["seriously_ill"])
    story.aside(
        lambda: story.do("update_ledger", VILLAGE, health="serious", difficulties=["medical"])
    )
    visits(story, "a", rounds=5)


def raised(story: Story) -> None:
    """She asks for help herself."""
    listed(story, "b")
    needs = [n.value for n in story.rng.sample(list(Need), 2)]
    story.days(10, 40).do("raise_need", VILLAGE, needs=needs, needs_term="normal")
    for need in needs:
        resolve(story, need)
    visits(story, "b")


def hurt(story: Story) -> None:
    """A visit finds signs of violence: a case of its own opens, the police are told."""
    _, husband = surveyed(story)
    nominated(story)
    verified(story)
    enrolled(story, "b")
    visit(story.days(2, 12), method="home")
    story.days(15, 80)
    step = visit(
        story,
        method="home",
        dv_suspected=True,
        immediate_danger=story.chance(0.25),
        what_happened="手臂有淤青，不敢多说，孩子说爸爸回来打了妈妈",
        risks=["injuries", "fearful"],
    )
    story.aside(lambda: report_to_police(story, VILLAGE), 0.8)
    again = story.linked(step, "dv_warning")
    again.aside(lambda: dv_courses.follow(again, perpetrator=husband.answer("spouse", brief=True)))
    story.days(1, 5).do("change_level", TOWN, level="a", reasons=["dv"])
    visits(story, "a", rounds=4)


def named(story: Story) -> None:
    """Violence is named at the door already: level A from the start."""
    surveyed(story, dv=True)
    story.aside(lambda: report_to_police(story, VILLAGE), 0.7)
    nominated(story)
    verified(story)
    enrolled(story, "a")
    visit(story.days(1, 6), method="home")
    visits(story, "a", rounds=3)
    story.aside(lambda: note(story, DISTRICT))
