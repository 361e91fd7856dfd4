"""The ways a dispute goes in the demo year."""

from datetime import timedelta
from typing import Any, Final

from app.demo import dv_courses, words
from app.demo.common import TOWN, assess, assign, note, report_to_police, transfer
from app.demo.mediation import (
    COURT,
    MATTERS,
    MEDIATOR,
    Dispute,
    accept,
    agree,
    mediated,
    opened,
    return_visit,
    screen,
    screened,
    session,
    taken_up,
)
from app.demo.story import Story
from app.demo.year import Course, Script

_TALKED: Final = ["application", "rights_notice", "identity", "record"]
_ITEMS: Final = ["application", "rights_notice", "identity", "record", "agreement", "return_visit"]


def discovered(story: Story) -> None:
    opened(story)


def dangerous_opening(story: Story) -> None:
    """Danger on the spot is reported at once."""
    opened(story, danger=True, children=True)
    story.aside(lambda: report_to_police(story), 0.6)
    report_risk(story.later(0.3, 20))
    taken_up(story)
    screened(story)


def report_risk(story: Story, action: str = "report_risk", to: str = "police") -> None:
    story.do(
        action,
        MEDIATOR,
        reported_to=to,
        reported_at=story.at,
        receipt_no=f"回执{story.day:%y%m%d}{story.rng.randint(100, 999)}"
        if to == "police"
        else None,
        situation="双方情绪激动，有动手的苗头",
        precautions="已分开双方，联系亲属陪同，村（居）干部留守",
    )


def applied(story: Story) -> None:
    opened(story)
    taken_up(story)


def waiting(story: Story) -> None:
    opened(story)
    taken_up(story)
    screened(story)


def accepted(story: Story) -> None:
    dispute = opened(story)
    taken_up(story)
    screened(story)
    accept(story, dispute)


def agreed(story: Story, procedure: str = "none") -> None:
    """Most agree, keep to it, and the file is closed."""
    agree(story, mediated(story, procedure))
    story.aside(lambda: note(story.days(1, 20), MEDIATOR), 0.1)
    story.aside(lambda: assign(story, "mediation_committee", MEDIATOR), 0.1)
    if story.chance(0.12):
        story.days(8, 15)
        perform(story, "partial")
    story.days(15, 70 if story.chance(0.9) else 100)
    perform(story, "performed")
    story.days(70, 110)
    file(story, "agreed_performed")


def agreed_of_court(story: Story) -> None:
    agreed(story, "court_referral_prefiling")


def agreed_ordinary(story: Story) -> None:
    agreed(story, "court_referral_ordinary")


def agreed_summary(story: Story) -> None:
    agreed(story, "court_referral_summary")


def perform(story: Story, progress: str) -> None:
    more: dict[str, Any] = {} if progress == "performed" else {"urged": True}
    more |= {"remedy_told": True} if progress == "breached" else {}
    story.do("record_performance", MEDIATOR, progress=progress, seen_on=story.day, **more)


def file(story: Story, result: str, items: list[str] | None = None) -> None:
    """The file is closed; after an agreement somebody was reached before."""
    if result.startswith("agreed"):
        story.do(
            "return_visit",
            MEDIATOR,
            visited="both",
            manner="phone",
            reached=True,
            safe_place=True,
            satisfaction="satisfied",
            may_escalate=False,
            dv_found=False,
        )
    story.later(0.2, 5).do(
        "file_dossier",
        MEDIATOR,
        result=result,
        dossier_no=f"（{story.day.year}）清人调字第{story.rng.randint(1, 99999)}号",
        closed_on=story.day,
        handler="值班调解员",
        brief_facts="纠纷已按程序办结，材料齐备",
        items=items or _ITEMS,
    )


def breached(story: Story) -> None:
    agree(story, mediated(story))
    story.days(40, 90)
    perform(story, "breached")
    story.days(20, 50)
    file(story, "agreed_not_performed")


def extended(story: Story) -> None:
    """Both want more time."""
    dispute = opened(story)
    taken_up(story)
    screened(story)
    accept(story, dispute)
    session(story.days(8, 18))
    until = story.day + timedelta(days=story.rng.randint(36, 45))
    story.later(0.2, 1).do("extend_time", MEDIATOR, both_agree=True, until=until)
    session(story.days(10, 20))
    agree(story, dispute)


def confirmed(story: Story) -> None:
    """The court confirms what they agreed."""
    _filed(story)
    _received(story)
    story.aside(
        lambda: story.days(2, 6).do(
            "extend_confirmation", COURT, approved_on=story.day, reason="需向登记机关核实产权"
        ),
        0.15,
    )
    _ruled(story.days(4, 14 if story.chance(0.85) else 22), "confirmed")
    story.days(20, 60)
    perform(story, "performed")
    story.days(40, 70)
    file(story, "agreed_performed")


def _filed(story: Story) -> None:
    dispute = mediated(story)
    while dispute.topic not in MATTERS:
        dispute = Dispute(dispute.a, dispute.b, "property_division")
    matters = agree(story, dispute, confirm=True)
    story.days(2, 20).do(
        "file_confirmation",
        MEDIATOR,
        filed_on=story.day,
        joint=True,
        by_proxy=False,
        matters=matters,
        materials=["application", "agreement", "identity", "addresses"],
    )


def _received(story: Story) -> None:
    story.days(0.5, 2 if story.chance(0.88) else 8).do(
        "receive_confirmation",
        COURT,
        decision="accepted",
        decided_on=story.day,
        court_case_no=f"（{story.day.year}）粤1802民特{story.rng.randint(1, 900)}号",
    )


def _ruled(story: Story, decision: str) -> None:
    story.do(
        "decide_confirmation",
        COURT,
        decision=decision,
        decided_on=story.day,
        document_no=f"（{story.day.year}）粤1802民特{story.rng.randint(1, 900)}号之一",
        ground="unclear" if decision == "not_confirmed" else None,
    )


def confirmation_filed(story: Story) -> None:
    _filed(story)


def confirmation_accepted(story: Story) -> None:
    _filed(story)
    _received(story)


def confirmation_wanted(story: Story) -> None:
    """They want it confirmed and have not yet gone."""
    agree(story, mediated(story), confirm=True)


def confirmation_rejected(story: Story) -> None:
    _filed(story)
    story.days(0.5, 2).do(
        "receive_confirmation", COURT, decision="rejected", decided_on=story.day, ground="scope"
    )
    story.days(20, 40)
    perform(story, "performed")


def confirmation_withdrawn(story: Story) -> None:
    _filed(story)
    story.days(1, 2).do(
        "withdraw_confirmation", MEDIATOR, withdrawn_by="both", withdrawn_on=story.day, deemed=False
    )


def not_confirmed(story: Story) -> None:
    """Too vague to confirm: some talk again, some are told of the court."""
    _filed(story)
    _received(story)
    _ruled(story.days(5, 14), "not_confirmed")
    if story.chance(0.5):
        session(story.days(5, 12))
        agree(story, Dispute(story.family().wife, story.family().husband, "property_division"))
    elif story.chance(0.5):
        terminate(story.days(3, 10), "failed")


def terminate(story: Story, cause: str) -> None:
    story.do("terminate", MEDIATOR, cause=cause, routes_told=["court"], told_on=story.day)


def failed(story: Story) -> None:
    """No agreement: they are told of the other ways."""
    mediated(story)
    story.later(0.5, 4).do("fail", MEDIATOR, reason="双方对财产分割和抚养意见分歧较大")
    if story.chance(0.93):
        terminate(story.days(0.2, 3), "failed")
        story.days(5, 40)
        file(story, "failed_informed", _TALKED)


def failed_now(story: Story) -> None:
    mediated(story)
    story.later(0.5, 4).do("fail", MEDIATOR, reason="一方坚持起诉")


def called_off(story: Story) -> None:
    """A party ends it."""
    dispute = opened(story)
    taken_up(story)
    screened(story)
    accept(story, dispute)
    terminate(story.days(2, 15), story.pick(("party_asked", 6), ("withdrawn", 2), ("to_court", 2)))
    if story.chance(0.8):
        story.days(5, 28)
        file(story, "failed_informed", _TALKED)


def escalating(story: Story) -> None:
    """A session shows that it may come to blows: reported, then calmed."""
    dispute = opened(story)
    taken_up(story)
    screened(story)
    accept(story, dispute)
    session(story.days(2, 6), escalating=True)
    report_risk(story.later(0.2, 20), "report_escalation", story.pick(("police", 7), ("other", 3)))
    if story.chance(0.7):
        session(story.days(3, 9))
        agree(story, dispute)


def uneasy(story: Story) -> None:
    """A visit after the agreement finds new tension."""
    agree(story, mediated(story))
    return_visit(story.days(4, 6.5), escalating=True)
    report_risk(story.later(0.5, 30))


def diverted(story: Story) -> None:
    """One of them is in danger: no mediation, but the police and what protects."""
    child = story.chance(0.4)
    opened(story, children=child)
    taken_up(story)
    signs = story.pick((("safety_threat",), 5), (("suffocated",), 2), (("severe_violence",), 3))
    screen(story.days(0.2, 2), "party_a", violence=True, signs=signs)
    if child:
        story.aside(lambda: report_to_police(story), 0.8)
    story.aside(lambda: assess(story.later(0.2, 2), "high", MEDIATOR), 0.6)
    story.later(0.3, 0.9 if story.chance(0.6) else 30)
    step = story.do(
        "divert",
        MEDIATOR,
        reason="danger",
        instead=["police", "protection_order", *story.some(("shelter", "legal_aid"))],
        reported_at=story.at,
        receipt_no=f"回执{story.day:%y%m%d}{story.rng.randint(100, 999)}",
        victim="party_a",
        immediate_danger=story.chance(0.3),
        account=story.one(words.VIOLENCE),
    )
    dv_courses.follow(story.linked(step, "dv_warning"))
    story.days(8, 38)
    file(story, "diverted_dv", ["application"])


def unsafe_waiting(story: Story) -> None:
    """Danger is known and nobody has yet diverted the case."""
    opened(story)
    taken_up(story)
    screen(story.later(1, 8), "party_a", violence=True, signs=("safety_threat",))


def diverted_otherwise(story: Story) -> None:
    opened(story)
    taken_up(story)
    story.days(0.5, 4).do(
        "divert",
        MEDIATOR,
        reason=story.pick(("refusal", 5), ("not_mediable", 5)),
        instead=["suit", "legal_aid"],
    )
    if story.chance(0.8):
        story.days(5, 28)
        file(story, "refused", ["application"])


def declined(story: Story) -> None:
    """One of them does not want it."""
    opened(story)
    taken_up(story)
    screen(story.days(0.3, 2), "party_b", willing=False)
    story.later(0.3, 3).do("decline", MEDIATOR, refused_by="party_b", routes_told=["court"])


def reconsidered(story: Story) -> None:
    """Declined, and some weeks later wanted after all."""
    declined(story)
    story.days(15, 40).do("reopen", MEDIATOR, reason="双方冷静后均表示愿意调解")
    screened(story)
    dispute = Dispute(story.family().wife, story.family().husband, "divorce")
    accept(story, dispute)
    session(story.days(3, 12))
    agree(story, dispute)


def moved(story: Story) -> None:
    """The parties live elsewhere: the other town's committee goes on."""
    opened(story)
    taken_up(story)
    transfer(story.days(0.3, 2), MEDIATOR, "mediation_committee")
    note(story.days(1, 3), TOWN)


def closed(story: Story) -> None:
    opened(story)
    story.days(0.3, 2.5).do(
        "close", MEDIATOR, TOWN, reason=story.pick(("withdrawn", 6), ("transferred_court", 2),
                                                  ("duplicated", 2)),
    )  # fmt: skip


SCRIPT: Final = Script(
    kind="mediation",
    share=0.3,
    # Offices are quiet at 春节; after it, and before the end of the year, they are not.
    months=(0.9, 0.6, 1.3, 1.1, 1.0, 1.0, 1.0, 0.95, 1.05, 0.9, 1.1, 1.1),
    weekdays=(1.3, 1.2, 1.15, 1.1, 1.0, 0.15, 0.1),
    hours=((8.5, 12, 55), (14, 17.5, 42), (19, 22, 3)),
    courses=(
        Course(discovered, 1.5, 6),
        Course(dangerous_opening, 0.7),
        Course(applied, 1, 8),
        Course(waiting, 1, 10),
        Course(accepted, 1.5, 50),
        Course(agreed, 9),
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
        Course(closed, 30),
    ),
)
