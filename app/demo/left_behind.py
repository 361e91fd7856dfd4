"""Care visits in the demo year: women surveyed, enrolled, visited, and helped in their needs."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from app.demo import dv_courses, words
from app.demo.common import DISTRICT, TOWN, VILLAGE, note, report_to_police, transfer
from app.demo.people import Invented
from app.demo.story import Step, Story
from app.demo.year import BEFORE, DAYS, Course, Script
from app.kinds.left_behind_visit.choices import Need
from app.roles import Role

_VISITORS: Final = (VILLAGE, VILLAGE, VILLAGE, Role.GRID_WORKER, Role.VILLAGE_COMMITTEE)
_MONTHS: Final = {"a": 1, "b": 3, "c": 6}
_REASONS: Final = ("poor", "disabled", "seriously_ill", "mental_distress", "single_carer")
_RESULTS: Final = (
    ("met", 55), ("temporary_assistance", 14), ("legal_aid", 6), ("employment", 9), ("medical", 8),
    ("counselling", 4), ("judicial_relief", 2), ("declined", 3),
)  # fmt: skip


def surveyed(story: Story, *, dv: bool = False) -> tuple[Invented, Invented]:
    """The survey at the door."""
    family = story.family(ages=(25, 54), children=story.pick((0, 2), (1, 4), (2, 4)))
    woman = family.wife
    if story.chance(0.4):
        woman = replace(woman, safe_contact=story.one(words.SAFE_CONTACT))
    story.open(
        story.one(_VISITORS),
        woman=woman.answer(),
        channel=story.pick(("survey", 70), ("grid", 16), ("self", 6), ("relatives", 5),
                           ("referral", 3)),
        husband=family.husband.answer("spouse", brief=True),
        children=[c.answer("child", brief=True) for c in family.children] or None,
        difficulties=["dv"] if dv else story.some(("livelihood", "care_burden", "medical")),
    )  # fmt: skip
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


def visit(
    story: Story, *, method: str | None = None, needs: list[str] | None = None, **more: Any
) -> Step:
    """A visit at which, mostly, all is well."""
    well = not needs and not more
    return story.do(
        "record_visit",
        story.one(_VISITORS),
        method=method or story.pick(("home", 7), ("phone", 2), ("video", 1)),
        dv_suspected=more.pop("dv_suspected", False),
        needs=needs,
        needs_term=story.pick(("normal", 7), ("urgent", 1), ("long", 2)) if needs else None,
        health_well=True if well else None,
        mood_well=True if well else None,
        livelihood_well=True if well else None,
        help_given=story.some(("rights", "comfort", "livelihood")) if story.chance(0.5) else None,
        **more,
    )


def visits(story: Story, level: str, *, rounds: int = 12, punctual: float = 0.88) -> None:
    """The series of her level: some planned and missed, some with needs."""
    months = _MONTHS[level]
    last = story.at
    for _ in range(rounds):
        late = not story.chance(punctual)
        share = story.rng.uniform(1.05, 1.35) if late else story.rng.uniform(0.75, 0.95)
        story.at = max(story.at, last + timedelta(days=30.4 * months * share))
        if story.chance(0.06):
            plan(story)
        if story.chance(0.05):
            miss(story)
        story.office()
        last = story.at
        if story.chance(0.13):
            needs = [n.value for n in story.rng.sample(list(Need), story.pick((1, 8), (2, 2)))]
            visit(story, needs=needs)
            for need in needs:
                resolve(story, need)
        else:
            visit(story)


def plan(story: Story) -> None:
    story.office()
    on = story.day + timedelta(days=2)
    story.do("plan_visit", story.one(_VISITORS), planned_on=on, method="home")
    story.later(40, 60)


def miss(story: Story) -> None:
    story.office()
    on = story.day + timedelta(days=3)
    story.do(
        "miss_visit",
        story.one(_VISITORS),
        reason=story.pick(("nobody_home", 6), ("no_answer", 2), ("declined", 2), ("prevented", 1)),
        planned_on=on,
    )
    story.later(60, 80)


def resolve(story: Story, need: str) -> None:
    """Most needs are met, some are passed on; help in money is answered later."""

    def done() -> None:
        result = story.pick(*_RESULTS)
        story.days(2, 25 if story.chance(0.88) else 50)
        story.do("resolve_need", TOWN, need=need, result=result)
        if result in ("temporary_assistance", "judicial_relief") and story.chance(0.85):
            relief(story, result)

    story.aside(done, 0.9)


def relief(story: Story, kind: str) -> None:
    story.days(8, 28)
    if story.chance(0.85):
        money = story.rng.randint(5, 40) * 100
        story.do("record_relief", TOWN, relief=kind, result="granted", amount=money)
    else:
        story.do("record_relief", TOWN, relief=kind, result="refused", reason="不符合救助条件")


def check_status(story: Story) -> None:
    story.do(
        "check_status", VILLAGE, husband_away=True, lives_in_village=True,
        method=story.pick(("home", 6), ("phone", 4)),
    )  # fmt: skip


def resurvey(story: Story) -> None:
    story.do("resurvey", VILLAGE, health="good", found="家庭情况与去年相比变化不大")


# Courses


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


SCRIPT: Final = Script(
    kind="left_behind_visit",
    share=0.2,
    # Surveys in spring after the men have left, and again in autumn.
    months=(0.6, 0.4, 2.2, 1.8, 1.0, 0.7, 0.6, 0.7, 1.3, 1.2, 0.9, 0.7),
    weekdays=(1.2, 1.2, 1.2, 1.1, 1.0, 0.4, 0.25),
    hours=((8.5, 12, 50), (14, 18, 42), (18, 20, 8)),
    rural=True,
    courses=(
        Course(new, 12, 60),
        Course(candidate, 4, 45),
        Course(checked, 1.5, 30),
        Course(on_the_list("a"), 5, DAYS + BEFORE, 30),
        Course(on_the_list("b"), 12, DAYS + BEFORE, 30),
        Course(on_the_list("c"), 38),
        Course(forgotten, 3, 320, 120),
        Course(ruled_out, 16),
        Course(deferred, 3, DAYS, 20),
        Course(suspended, 1.5, 260, 100),
        Course(resumed, 1.5, DAYS, 180),
        Course(left, 3.5, DAYS, 120),
        Course(back_again, 0.5, DAYS, 300),
        Course(married_away, 0.7, DAYS, 100),
        Course(regraded, 1.5, DAYS, 90),
        Course(raised, 2, DAYS, 60),
        Course(hurt, 1.5, DAYS, 40),
        Course(named, 1, DAYS, 40),
    ),
)
