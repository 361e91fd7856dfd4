"""Warnings in the demo year: from the 110 call to the third clean visit, and every way aside."""

from typing import Final

from app.demo.dv_warning.again import (
    protected,
    recurred,
    recurred_criminal,
    recurred_punished,
    recurred_unfounded,
    recurred_warned,
    recurrence_waiting,
    repeated,
)
from app.demo.dv_warning.courses import (
    accepted,
    clean,
    clean_now,
    corrected,
    criminal,
    criticised,
    died,
    moved,
    neglected,
    not_established,
    punished,
    reopened,
    reported,
    revoked,
    supervised,
    transferred,
    warned,
)
from app.demo.year import BEFORE, DAYS, Course, Script

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
        Course(not_established, 25),
        Course(reopened, 0.6, DAYS, 20),
        Course(criticised, 36),
        Course(warned, 1.2, 7),
        Course(supervised, 6),
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
        Course(transferred, 2),
        Course(revoked, 0.6),
        Course(died, 0.5, DAYS, 100),
        Course(corrected, 0.8),
        Course(moved, 0.8, DAYS, 90),
        Course(protected, 1.3, _LONG, 30),
        Course(repeated, 2.2, _LONG, 60),
    ),
)
