"""Agreements before the court."""

from app.demo.mediation.agreement import MATTERS, agree, file, perform, terminate
from app.demo.mediation.talks import COURT, MEDIATOR, Dispute, mediated, session
from app.demo.story import Story


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
