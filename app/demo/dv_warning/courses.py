"""The ways a report of violence goes."""

from datetime import timedelta

from app.demo import words
from app.demo.common import transfer
from app.demo.dv_warning.report import POLICE, Violence, accept, inform, report
from app.demo.dv_warning.visiting import begun, monitored, visit, visits
from app.demo.dv_warning.warning import deliver, finding, warn
from app.demo.story import Story


def follow(story: Story, *, perpetrator: dict[str, object] | None = None) -> None:
    """A case that grew out of another one: the police accept it, and go on."""
    story.later(0.3, 6).do(
        "accept",
        POLICE,
        accepted_at=story.at,
        incident_no=f"J4418{story.day:%y%m%d}{story.rng.randint(1000, 9999)}",
        officers=words.pair(story.rng),
        victim_wish="warning",
        perpetrator=perpetrator,
    )
    story.aside(lambda: inform(story), 0.9)
    if story.chance(0.25):
        _dismiss(story)
    else:
        warn(story)
        deliver(story)
        visits(story)


def reported(story: Story) -> None:
    report(story, Violence(story))


def accepted(story: Story) -> None:
    begun(story)


def not_established(story: Story) -> None:
    begun(story, minor=True)
    _dismiss(story)


def _dismiss(story: Story) -> None:
    story.later(2, 60).do(
        "not_establish",
        POLICE,
        reason=story.pick(
            ("insufficient_evidence", 5), ("not_domestic_violence", 4), ("duplicate", 1)
        ),
        explanation="经调查，现有证据不足以认定实施家庭暴力，已告知可补充证据",
        victim_told=True,
    )


def reopened(story: Story) -> None:
    not_established(story)
    reason = "受害人补充了伤情照片和邻居证言"
    story.later(40, 200).do("reopen", POLICE, reason=reason)
    warn(story)
    deliver(story)
    visits(story)


def criticised(story: Story) -> None:
    begun(story, minor=True)
    story.later(0.5, 20).do(
        "criticise",
        POLICE,
        **finding(story),
        victim_wish=story.pick(("criticism", 7), ("no_handling", 2), ("undecided", 1)),
        victim_forgives=True,
        ground=story.pick(("negligible", 6), ("forgiven", 4)),
    )


def warned(story: Story) -> None:
    begun(story)
    warn(story)


def supervised(story: Story) -> None:
    monitored(story)
    visits(story)


def neglected(story: Story) -> None:
    """Visits fall behind."""
    monitored(story)
    visits(story, rounds=story.rng.randint(0, 2), punctual=0.3)


def clean(story: Story) -> None:
    """Four visits without new violence; the police end the supervision."""
    monitored(story)
    visits(story, rounds=4, punctual=0.97)
    story.later(2, 60).do("confirm_no_recurrence", POLICE, remark="连续三次查访未发现再次施暴")


def clean_now(story: Story) -> None:
    """Three clean visits, proposed for closing."""
    monitored(story)
    visits(story, rounds=4, punctual=0.97)


def penalise(story: Story, ground: str = "beating") -> None:
    low, high = story.pick(((2, 20), 70), ((25, 70), 22), ((75, 120), 8))
    fined = story.chance(0.3)
    story.later(low, high).do(
        "record_penalty",
        POLICE,
        decided_at=story.at,
        document_no=f"清公行罚决字〔{story.day.year}〕{story.rng.randint(1, 9999)}号",
        ground=ground,
        penalties=["detention", "fine"] if fined else ["detention"],
        fine=500 if fined else None,
        detention_days=story.one((3, 5, 7, 10)),
        facts=story.one(words.FACTS),
    )


def prosecute(story: Story) -> None:
    story.later(4, 60).do(
        "open_criminal",
        POLICE,
        decided_at=story.at,
        case_no=f"A4418{story.day:%y%m%d}{story.rng.randint(100, 999)}",
        charge=story.pick(("intentional_injury", 7), ("abuse", 3)),
        facts="致人轻伤，依法立案侦查",
    )


def punished(story: Story) -> None:
    begun(story)
    penalise(story)


def criminal(story: Story) -> None:
    begun(story, danger="high")
    prosecute(story)


def transferred(story: Story) -> None:
    begun(story)
    story.later(5, 60).do(
        "transfer_out",
        POLICE,
        reason=story.one(("out_of_district", "no_jurisdiction", "party_moved")),
        to_unit="佛冈县公安局",
        document_no=f"移字〔{story.day.year}〕{story.rng.randint(1, 900)}号",
        received=True,
    )


def revoked(story: Story) -> None:
    monitored(story)
    story.days(2, 20).do(
        "revoke_warning",
        POLICE,
        revoked_at=story.at,
        document_no=f"撤字〔{story.day.year}〕{story.rng.randint(1, 90)}号",
        reason=story.one(("facts_wrong", "procedure")),
        explanation="复核发现告诫程序有误，撤销后重新调查",
        victim_told_at=story.at,
    )


def died(story: Story) -> None:
    monitored(story)
    story.days(20, 120).do(
        "close_party_died",
        POLICE,
        who="perpetrator",
        died_on=story.day - timedelta(days=1),
        violence_ruled_out=True,
        explanation="因病去世，有死亡证明",
    )


def corrected(story: Story) -> None:
    """A date was mistyped: the correction moves the clocks that ran from it."""
    told = Violence(story)
    report(story, told)
    accept(story, told)
    step = warn(story, within=(2, 20))
    delivered = deliver(story)
    when = delivered.answers["delivered_at"]
    story.later(3, 20)
    story.correct(delivered, "送交时间误填", delivered_at=when - timedelta(minutes=50))
    story.correct(step, "文号误填", document_no=f"清公家告字〔{story.day.year}〕{8000}号")
    visits(story)


def moved(story: Story) -> None:
    """The family moves to another town, and the case with them."""
    monitored(story)
    visits(story, rounds=1)
    story.days(5, 40)
    transfer(story, POLICE, "police")
    story.days(62, 75)
    visit(story)
