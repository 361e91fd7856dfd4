"""The ways an application for a protection order goes in the demo year."""

from datetime import datetime, timedelta
from typing import Any, Final

from app import clock
from app.demo.common import TOWN, assess, note
from app.demo.protection_order import (
    COMMITTEE,
    COURT,
    MUST,
    POLICE,
    checked,
    decided,
    drafted,
    filed,
    follow_up,
    in_force,
    paper,
    registered,
    serve,
    served,
    told,
)
from app.demo.story import Story
from app.demo.year import BEFORE, DAYS, Course, Script
from app.kinds.protection_order.codes import FiledBy


def informed(story: Story) -> None:
    told(story)


def drafting(story: Story) -> None:
    told(story)
    drafted(story)


def not_applied(story: Story) -> None:
    told(story)
    story.days(1, 15).do("decline", TOWN, own_wish=True, reason="暂不愿申请，已约定随时可再申请")


def waiting(story: Story) -> None:
    filed(story)


def withdrawn_early(story: Story) -> None:
    filed(story)
    story.later(2, 20).do("withdraw", TOWN, own_wish=True, reason="已搬到外地亲属处")


def not_accepted(story: Story) -> None:
    filed(story)
    registered(story, "not_accepted")


def returned(story: Story) -> None:
    """Sent back for more papers; some come again."""
    filed(story)
    registered(story, "returned")
    if story.chance(0.7):
        drafted(story.days(1, 4))
        story.days(1, 3).do(
            "file",
            TOWN,
            filed_by="self",
            manner="written",
            venue="applicant_residence",
            urgent=False,
            filed_at=story.at,
        )
        registered(story)
        decided(story)
        served(story)
        checked(story)


def pending(story: Story) -> None:
    filed(story)
    registered(story)


def dismissed(story: Story) -> None:
    """Refused; most let it rest, some ask again."""
    filed(story)
    registered(story)
    decided(story, "dismissed")
    story.aside(lambda: serve(story.later(2, 20), ["applicant"], "complete", "serve_ruling"))
    waived = story.chance(0.4)
    story.days(*((7, 14) if waived else (15, 22)))
    story.do("close", TOWN, reason="dismissed", waived=waived)


def dismissed_now(story: Story) -> None:
    filed(story)
    registered(story)
    decided(story, "dismissed")


def asked_again(story: Story) -> None:
    """Reconsideration: sometimes the order is made after all."""
    filed(story)
    registered(story)
    decided(story, "dismissed")
    made = clock.local_day(story.at)
    story.later(20, 70).do(
        "request_reconsideration", TOWN, by_party="applicant", effective_on=made,
        applied_at=story.at, reason="补充了报警记录和伤情照片",
    )  # fmt: skip
    story.days(1, 5)
    if story.chance(0.5):
        decided(story)
        served(story)
        checked(story)
    else:
        kept(story, "reconsideration")
        story.days(1, 5).do("close", COURT, reason="dismissed")


def kept(story: Story, ground: str) -> None:
    story.do(
        "keep_ruling", COURT, ground=ground, withdrawn=False, ruled_at=story.at,
        document_no=paper(story),
    )  # fmt: skip


def ended_by_court(result: str) -> Any:
    def tell(story: Story) -> None:
        filed(story)
        registered(story)
        decided(story, result)

    return tell


def granted_now(story: Story) -> None:
    """Made, and not yet with everybody."""
    filed(story)
    registered(story)
    decided(story)
    if story.chance(0.6):
        serve(story.later(1, 15), MUST[:2], "partial")


def served_now(story: Story) -> None:
    filed(story)
    registered(story)
    decided(story)
    served(story)


def standing(story: Story) -> None:
    """In force, visited, asked about renewal near its end, over, and closed."""
    made = in_force(story, valid_for=6)
    story.aside(lambda: note(story.days(5, 40), TOWN), 0.2)
    expire(story, made)


def brief(story: Story) -> None:
    made = in_force(story, valid_for=3)
    expire(story, made, months=3)


def expire(story: Story, made: datetime, *, months: int = 6, breached: bool = False) -> None:
    """The order runs out: renewal is asked about, the form goes back, the case is closed."""
    last = _end(made, months)
    story.at = max(story.at, last - timedelta(days=story.rng.uniform(16, 28)))
    story.office()
    story.aside(lambda: story.do("ask_renewal", TOWN, asked_at=story.at, answer="no_need"), 0.85)
    story.at = max(story.at, last + timedelta(days=2))
    _closed(story, "expired_with_breach" if breached else "expired_no_breach")


def _end(made: datetime, months: int) -> datetime:
    return made + timedelta(days=31 * months)


def _closed(story: Story, reason: str) -> None:
    story.days(1, 9).do(
        "return_form", COMMITTEE, returned_on=story.day, signed="signed", summary="期间情况平稳"
    )
    story.days(0.5, 6).do("close", TOWN, reason=reason)


def breach(story: Story, *, answered: bool = True) -> None:
    """He does not keep to it: the police come, the court answers."""
    story.do(
        "report_breach",
        story.one((TOWN, COMMITTEE, POLICE)),
        occurred_at=story.ago(0.3, 4),
        facts="多次发信息辱骂，并到单位门口等候纠缠",
        measures=["no_harassment"],
        police_called=True,
    )
    story.aside(lambda: assess(story.later(1, 30), "high"), 0.6)
    story.aside(lambda: _attended(story), 0.93 if answered else 0.3)
    if answered:
        story.days(1, 6 if story.chance(0.85) else 15)
        result = story.pick(("reprimanded", 8), ("crime", 1))
        story.do(
            "court_response",
            COURT,
            dealt_at=story.at,
            result=result,
            fine=500 if result == "reprimanded" and story.chance(0.4) else None,
            detention_days=5 if result == "reprimanded" and story.chance(0.2) else None,
        )


def _attended(story: Story) -> None:
    story.later(0.2, 5 if story.chance(0.9) else 40)
    story.do(
        "police_response",
        POLICE,
        arrived_at=story.at,
        result=story.pick(("stopped", 7), ("penalised", 3)),
        evidence_kept=True,
        court_told_at=story.at,
    )


def breached(story: Story) -> None:
    made = in_force(story, valid_for=6)
    story.days(10, 80)
    if story.chance(0.4):
        follow_up(story, "breached")
        story.later(1, 8)
    breach(story)
    expire(story, made, breached=True)


def breached_now(story: Story) -> None:
    in_force(story, valid_for=6)
    story.days(5, 25)
    breach(story, answered=False)


def changed(item: str, result: str) -> Any:
    """She asks the court for more time, or for other measures."""

    def tell(story: Story) -> None:
        made = in_force(story, valid_for=3)
        last = _end(made, 3)
        story.at = max(story.at, last - timedelta(days=story.rng.uniform(18, 30)))
        story.office().do("ask_renewal", TOWN, asked_at=story.at, answer="wants")
        _ask(story.later(2, 20), item)
        story.days(0.5, 4).do(
            "change_order",
            COURT,
            result=result,
            ground="application",
            made_at=story.at,
            document_no=paper(story),
            measures=["no_violence", "no_harassment"],
            valid_to=clock.local_day(last) + timedelta(days=60),
        )
        served(story, again=True)
        checked(story)

    return tell


def _ask(story: Story, item: str) -> None:
    story.do(
        "request_change", TOWN, item=item, applied_at=story.at, own_wish=True,
        reason="对方近期仍有纠缠" if item != "revoke" else "双方已和好，本人单独确认后申请撤销",
    )  # fmt: skip


def change_waiting(story: Story) -> None:
    in_force(story, valid_for=6)
    _ask(story.days(10, 40), "extend")


def change_refused(story: Story) -> None:
    in_force(story, valid_for=6)
    _ask(story.days(10, 40), "vary")
    kept(story.days(1, 5), "application")


def revoked(story: Story, *, close: bool = True) -> None:
    in_force(story, valid_for=6)
    _ask(story.days(15, 60), "revoke")
    story.days(1, 4).do(
        "revoke_order", COURT, ground="application", made_at=story.at, document_no=paper(story)
    )
    if close:
        _closed(story, "revoked_on_application")


def revoked_now(story: Story) -> None:
    revoked(story, close=False)


def more_measures(story: Story) -> None:
    """The urgent measures first, the others a little later."""
    made = in_force(story, valid_for=3)
    story.days(2, 8).do(
        "add_measures",
        COURT,
        made_at=story.at,
        document_no=paper(story),
        measures=["move_out"],
        valid_to=clock.local_day(_end(made, 3)) + timedelta(days=20),
    )
    served(story, again=True)
    story.aside(lambda: serve(story.days(1, 3), ["women_fed"], "complete", "serve_more"), 0.6)
    checked(story)


def by_proxy(proxy: str) -> Any:
    def tell(story: Story) -> None:
        expire(story, in_force(story, proxy, valid_for=6))

    return tell


_PROXIES: Final = tuple(f.value for f in FiledBy if f is not FiledBy.SELF)

SCRIPT: Final = Script(
    kind="protection_order",
    share=0.1,
    months=(1.0, 1.0, 1.2, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.9, 1.0, 1.0),
    weekdays=(1.3, 1.2, 1.1, 1.1, 1.0, 0.4, 0.3),
    hours=((8.5, 12, 50), (14, 18, 42), (18, 22, 8)),
    courses=(
        Course(informed, 2, 8),
        Course(drafting, 1.5, 10),
        Course(not_applied, 24),
        Course(waiting, 1, 7),
        Course(withdrawn_early, 2),
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
        Course(standing, 16, DAYS + BEFORE),
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
        *(Course(by_proxy(proxy), 0.5, DAYS, 30) for proxy in _PROXIES),
    ),
)
