"""Mediation in the demo year: disputes found, screened, talked over, agreed and kept, or not."""

from typing import Final

from app.demo.mediation.confirming import (
    confirmation_accepted,
    confirmation_filed,
    confirmation_rejected,
    confirmation_wanted,
    confirmation_withdrawn,
    confirmed,
    not_confirmed,
)
from app.demo.mediation.courses import (
    accepted,
    agreed,
    agreed_of_court,
    agreed_ordinary,
    agreed_summary,
    applied,
    breached,
    dangerous_opening,
    discovered,
    escalating,
    extended,
    moved,
    uneasy,
    waiting,
)
from app.demo.mediation.ending import (
    called_off,
    closed,
    declined,
    diverted,
    diverted_otherwise,
    failed,
    failed_now,
    reconsidered,
    unsafe_waiting,
)
from app.demo.year import Course, Script

SCRIPT: Final = Script(
    kind="mediation",
    share=0.3,
    # Offices are quiet at 春节; after it, and before the end of the year, they are not.
    months=(0.9, 0.6, 1.3, 1.1, 1.0, 1.0, 1.0, 0.95, 1.05, 0.9, 1.1, 1.1),
    weekdays=(1.3, 1.2, 1.15, 1.1, 1.0, 0.15, 0.1),
    hours=((8.5, 12, 55), (14, 17.5, 42), (19, 22, 3)),
    courses=(
        Course(discovered, 2, 6),
        Course(dangerous_opening, 0.7),
        Course(applied, 1, 8),
        Course(waiting, 1, 10),
        Course(accepted, 1.5, 50),
        Course(agreed, 6),
        Course(agreed_of_court, 3),
        Course(agreed_ordinary, 2.5),
        Course(agreed_summary, 1.5),
        Course(breached, 2.5),
        Course(extended, 2),
        Course(confirmed, 2),
        Course(confirmation_filed, 0.4, 45),
        Course(confirmation_accepted, 0.4, 55),
        Course(confirmation_wanted, 0.7, 60),
        Course(confirmation_rejected, 0.4),
        Course(confirmation_withdrawn, 0.4),
        Course(not_confirmed, 0.8),
        Course(failed, 6),
        Course(failed_now, 0.5, 45),
        Course(called_off, 2),
        Course(escalating, 2),
        Course(uneasy, 0.7),
        Course(diverted, 3.5),
        Course(unsafe_waiting, 0.5, 8),
        Course(diverted_otherwise, 5),
        Course(declined, 18),
        Course(reconsidered, 0.5),
        Course(moved, 0.4),
        Course(closed, 42),
    ),
)
