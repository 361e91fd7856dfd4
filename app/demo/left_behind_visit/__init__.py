"""Care visits in the demo year: women surveyed, enrolled, visited, and helped in their needs."""

from typing import Final

from app.demo.left_behind_visit.courses import (
    back_again,
    candidate,
    checked,
    deferred,
    forgotten,
    hurt,
    left,
    married_away,
    named,
    new,
    on_the_list,
    raised,
    regraded,
    resumed,
    ruled_out,
    suspended,
)
from app.demo.year import BEFORE, DAYS, Course, Script

SCRIPT: Final = Script(
    kind="left_behind_visit",
    share=0.2,
    # Surveys in spring after the men have left, and again in autumn.
    months=(0.6, 0.4, 2.2, 1.8, 1.0, 0.7, 0.6, 0.7, 1.3, 1.2, 0.9, 0.7),
    weekdays=(1.2, 1.2, 1.2, 1.1, 1.0, 0.4, 0.25),
    hours=((8.5, 12, 50), (14, 18, 42), (18, 20, 8)),
    rural=True,
    courses=(
        Course(new, 16, 75),
        Course(candidate, 4, 45),
        Course(checked, 1.5, 30),
        Course(on_the_list("a"), 5, DAYS + BEFORE, 30),
        Course(on_the_list("b"), 12, DAYS + BEFORE, 30),
        Course(on_the_list("c"), 30),
        Course(forgotten, 3, 320, 120),
        Course(ruled_out, 20),
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
