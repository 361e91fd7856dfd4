"""The ways an order goes while it holds."""

from datetime import timedelta
from typing import Any

from app import clock
from app.demo.common import TOWN, assess, note
from app.demo.protection_order.application import COMMITTEE, COURT, POLICE, paper
from app.demo.protection_order.applying import kept
from app.demo.protection_order.enforcement import (
    checked,
    closed,
    expire,
    follow_up,
    in_force,
    runs_out,
    serve,
    served,
)
from app.demo.story import Story


def standing(story: Story) -> None:
    """In force, visited, asked about renewal near its end, over, and closed."""
    made = in_force(story, valid_for=6)
    story.aside(lambda: note(story.days(5, 40), TOWN), 0.2)
    expire(story, made)


def brief(story: Story) -> None:
    made = in_force(story, valid_for=3)
    expire(story, made, months=3)


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
        last = runs_out(made, 3)
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
        closed(story, "revoked_on_application")


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
        valid_to=clock.local_day(runs_out(made, 3)) + timedelta(days=20),
    )
    served(story, again=True)
    story.aside(lambda: serve(story.days(1, 3), ["women_fed"], "complete", "serve_more"), 0.6)
    checked(story)


def by_proxy(proxy: str) -> Any:
    def tell(story: Story) -> None:
        expire(story, in_force(story, proxy, valid_for=6))

    return tell
