"""Shelter in the demo year: requests, stays, services, and what becomes of those who leave."""

from typing import Final

from app.demo.shelter_placement.courses import (
    aided,
    another_bed,
    changed_mind,
    child,
    extended,
    fetched,
    sheltered,
    slipped_away,
    to_the_limit,
)
from app.demo.shelter_placement.waiting import (
    arrived,
    asked,
    gone,
    leaving,
    looked_at,
    refused,
    returned,
    sent_on,
    staying,
    staying_on,
    unwilling,
)
from app.demo.year import DAYS, Course, Script

SCRIPT: Final = Script(
    kind="shelter_placement",
    share=0.04,
    months=(1.0, 1.3, 0.9, 0.9, 1.0, 1.1, 1.2, 1.2, 1.0, 1.0, 0.9, 0.9),
    weekdays=(0.9, 0.9, 0.9, 0.9, 1.1, 1.2, 1.2),
    hours=((0, 7, 15), (7, 18, 35), (18, 24, 50)),
    courses=(
        Course(asked, 2, 2),
        Course(looked_at, 1, 2),
        Course(arrived, 1, 1.5),
        Course(staying, 3, 9, 2),
        Course(staying_on, 1.5, 18, 11),
        Course(leaving, 1, 6.5, 5),
        Course(gone, 2, 16, 8),
        Course(sheltered, 28),
        Course(child, 7),
        Course(to_the_limit, 4),
        Course(extended, 10),
        Course(aided, 5),
        Course(another_bed, 1.5),
        Course(fetched, 3),
        Course(returned, 1),
        Course(slipped_away, 3),
        Course(changed_mind, 1.5, DAYS, 60),
        Course(unwilling, 14),
        Course(refused, 3),
        Course(sent_on, 7),
    ),
)
