"""Protection orders in the demo year, from telling her of the right to the closed case."""

from typing import Final

from app.demo.protection_order.application import PROXIES
from app.demo.protection_order.applying import (
    asked_again,
    dismissed,
    dismissed_now,
    drafting,
    ended_by_court,
    granted_now,
    informed,
    not_accepted,
    not_applied,
    pending,
    returned,
    served_now,
    waiting,
    withdrawn_early,
)
from app.demo.protection_order.holding import (
    breached,
    breached_now,
    brief,
    by_proxy,
    change_refused,
    change_waiting,
    changed,
    more_measures,
    revoked,
    revoked_now,
    standing,
)
from app.demo.year import BEFORE, DAYS, Course, Script

SCRIPT: Final = Script(
    kind="protection_order",
    share=0.1,
    months=(1.0, 1.0, 1.2, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.9, 1.0, 1.0),
    weekdays=(1.3, 1.2, 1.1, 1.1, 1.0, 0.4, 0.3),
    hours=((8.5, 12, 50), (14, 18, 42), (18, 22, 8)),
    courses=(
        Course(informed, 2, 8),
        Course(drafting, 1.5, 10),
        Course(not_applied, 32),
        Course(waiting, 1, 7),
        Course(withdrawn_early, 4),
        Course(not_accepted, 1.5),
        Course(returned, 2.5),
        Course(pending, 1, 8),
        Course(dismissed, 6),
        Course(dismissed_now, 0.6, 10),
        Course(asked_again, 2),
        Course(ended_by_court("withdrawn"), 3),
        Course(ended_by_court("deemed_withdrawn"), 0.7),
        Course(ended_by_court("terminated"), 0.5),
        Course(granted_now, 1, 9),
        Course(served_now, 0.7, 11),
        Course(standing, 11, DAYS + BEFORE),
        Course(brief, 6, DAYS + BEFORE),
        Course(breached, 5),
        Course(breached_now, 1, 55, 20),
        Course(changed("extend", "extended"), 3, DAYS, 60),
        Course(changed("vary", "varied"), 1.2, DAYS, 60),
        Course(change_waiting, 0.7, 80, 30),
        Course(change_refused, 0.7),
        Course(revoked, 1.2),
        Course(revoked_now, 0.5, 120, 60),
        Course(more_measures, 1.2),
        *(Course(by_proxy(proxy), 0.5, DAYS, 30) for proxy in PROXIES),
    ),
)
