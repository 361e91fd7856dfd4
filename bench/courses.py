"""The courses that invented cases take: real steps, states and clocks of the kinds, shortened to
four events and two clocks a case. A word that a kind does not know stops the load."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.kinds import Kinds
from app.kinds.base import OPENED


@dataclass(frozen=True)
class Step:
    """One event: its name, the state after it, its outcome."""

    name: str
    state: str
    outcome: str | None = None


@dataclass(frozen=True)
class Clock:
    """One clock: its rule, started by one step, and met by another unless the case is open."""

    rule: str
    started: int
    met: int = -1


@dataclass(frozen=True)
class Course:
    """Four steps and two clocks."""

    steps: tuple[Step, Step, Step, Step]
    clocks: tuple[Clock, Clock]


@dataclass(frozen=True)
class Part:
    """A kind's part of all cases: slots of 50, its parties, what its opening says, its courses.

    `holder` is the kind of organisation that is given every case, if there is one.
    """

    slots: int
    subject: str
    other: str
    relation: str
    open: Mapping[str, Any]
    sealed: Mapping[str, Any]
    closed: tuple[Course, ...]
    running: Course
    holder: str | None = None


STORY = "当事人夫妻因家庭开支、子女照料发生争吵，男方动手推搡，邻居听到后报告；现双方情绪平稳。"

PARTS: Mapping[str, Part] = {
    "dv_warning": Part(
        slots=15,
        subject="victim",
        other="perpetrator",
        relation="spouse",
        open={"immediate_danger": False, "channel": "110"},
        sealed={"what_happened": STORY, "injury": "none", "reporter": "neighbour"},
        closed=(
            Course(
                (
                    Step(OPENED, "reported"),
                    Step("accept", "accepted"),
                    Step("assess_danger", "accepted", "low"),
                    Step("criticise", "criticised", "proper"),
                ),
                (Clock("acceptance", 0, 1), Clock("warning", 1, 3)),
            ),
            Course(
                (
                    Step(OPENED, "reported"),
                    Step("accept", "accepted"),
                    Step("issue_warning", "warned"),
                    Step("record_penalty", "punished", "beating"),
                ),
                (Clock("acceptance", 0, 1), Clock("warning", 1, 2)),
            ),
        ),
        running=Course(
            (
                Step(OPENED, "reported"),
                Step("accept", "accepted"),
                Step("issue_warning", "warned"),
                Step("deliver_warning", "monitoring", "signed"),
            ),
            (Clock("visit", 3), Clock("education", 2)),
        ),
    ),
    "mediation": Part(
        slots=15,
        subject="party_a",
        other="party_b",
        relation="spouse",
        open={"immediate_danger": False, "dispute": "divorce", "found_by": "patrol"},
        sealed={"summary": STORY},
        closed=(
            Course(
                (
                    Step(OPENED, "discovered", "divorce"),
                    Step("accept", "accepted", "none"),
                    Step("reach_agreement", "agreed", "written"),
                    Step("file_dossier", "filed", "agreed_performed"),
                ),
                (Clock("conclude", 1, 2), Clock("performance", 2, 3)),
            ),
            Course(
                (
                    Step(OPENED, "discovered", "divorce"),
                    Step("accept", "accepted", "none"),
                    Step("fail", "failed"),
                    Step("file_dossier", "filed", "failed_informed"),
                ),
                (Clock("taking_up", 0, 1), Clock("conclude", 1, 2)),
            ),
        ),
        running=Course(
            (
                Step(OPENED, "discovered", "divorce"),
                Step("apply", "applied", "both"),
                Step("screen_party", "screened", "none_found"),
                Step("accept", "accepted", "none"),
            ),
            (Clock("screening", 1), Clock("conclude", 3)),
        ),
        holder="mediation_committee",
    ),
    "left_behind_visit": Part(
        slots=10,
        subject="left_behind_woman",
        other="husband",
        relation="spouse",
        open={"channel": "survey", "husband_away_since": "2016-01-01"},
        sealed={"remarks": STORY},
        closed=(
            Course(
                (
                    Step(OPENED, "surveyed", "survey"),
                    Step("nominate", "candidate"),
                    Step("verify", "verified"),
                    Step("exit", "exited", "declined"),
                ),
                (Clock("verification", 0, 2), Clock("enrolment", 2, 3)),
            ),
        ),
        running=Course(
            (
                Step(OPENED, "surveyed", "survey"),
                Step("nominate", "candidate"),
                Step("verify", "verified"),
                Step("enrol", "active", "b"),
            ),
            (Clock("visits_b", 3), Clock("status_check", 3)),
        ),
    ),
    "protection_order": Part(
        slots=5,
        subject="applicant",
        other="respondent",
        relation="spouse",
        open={},
        sealed={"facts": STORY},
        closed=(
            Course(
                (
                    Step(OPENED, "informed"),
                    Step("register", "accepted", "accepted"),
                    Step("decide", "granted", "granted"),
                    Step("close", "closed", "expired_no_breach"),
                ),
                (Clock("ruling", 1, 2), Clock("service", 2, 3)),
            ),
        ),
        running=Course(
            (
                Step(OPENED, "informed"),
                Step("register", "accepted", "accepted"),
                Step("decide", "granted", "granted"),
                Step("police_check", "in_force", "in_person"),
            ),
            (Clock("follow_up", 2), Clock("renewal", 2)),
        ),
        holder="court",
    ),
    "shelter_placement": Part(
        slots=2,
        subject="victim",
        other="perpetrator",
        relation="spouse",
        open={},
        sealed={"facts": STORY},
        closed=(
            Course(
                (
                    Step(OPENED, "requested", "self"),
                    Step("admit", "admitted", "adult"),
                    Step("leave", "left", "moved_to_relatives"),
                    Step("close", "closed"),
                ),
                (Clock("placement", 0, 1), Clock("stay_limit", 1, 2)),
            ),
        ),
        running=Course(
            (
                Step(OPENED, "requested", "self"),
                Step("assess", "assessed"),
                Step("admit", "admitted", "adult"),
                Step("register", "staying", "verified"),
            ),
            (Clock("stay_limit", 2), Clock("stay", 2)),
        ),
        holder="shelter",
    ),
    "legal_aid_referral": Part(
        slots=3,
        subject="aid_recipient",
        other="respondent",
        relation="spouse",
        open={},
        sealed={"facts": STORY},
        closed=(
            Course(
                (
                    Step(OPENED, "identified", "women_fed"),
                    Step("acknowledge", "received"),
                    Step("decide", "rejected", "rejected"),
                    Step("close", "closed"),
                ),
                (Clock("acknowledgement", 0, 1), Clock("decision", 1, 2)),
            ),
        ),
        running=Course(
            (
                Step(OPENED, "identified", "women_fed"),
                Step("consent", "consented"),
                Step("refer", "referred", "divorce"),
                Step("acknowledge", "received"),
            ),
            (Clock("decision", 3), Clock("provisional_aid", 3)),
        ),
        holder="legal_aid",
    ),
}


def check(kinds: Kinds) -> None:
    """Raises ValueError if a course uses a word that its kind does not know."""
    wrong = [f"{name}: {word}" for name in PARTS for word in _unknown(kinds, name)]
    if wrong or sum(part.slots for part in PARTS.values()) != 50:
        raise ValueError(f"bench/courses.py: {', '.join(wrong) or 'the slots are not 50'}")


def _unknown(kinds: Kinds, name: str) -> Iterator[str]:
    kind, part = kinds[name], PARTS[name]
    rules = {rule.name for rule in kind.deadlines}
    for course in (*part.closed, part.running):
        yield from (s.state for s in course.steps if s.state not in kind.states)
        yield from (s.name for s in course.steps if kind.form_of(s.name) is None)
        yield from (c.rule for c in course.clocks if c.rule not in rules)
    yield from (f for f in (*part.open, *part.sealed) if f not in kind.form.model_fields)
