"""What they agree, whether they keep it, and the closing of the file."""

from datetime import timedelta
from typing import Any, Final

from app.demo import words
from app.demo.common import TOWN
from app.demo.mediation.talks import MEDIATOR, Dispute
from app.demo.story import Step, Story

MATTERS: Final = {
    "divorce": ["child_care", "child_support", "property"],
    "property_division": ["property"],
    "custody_visitation": ["child_care", "child_support"],
    "support": ["support"],
    "inheritance": ["inheritance"],
    "betrothal_gift": ["compensation"],
}

TALKED: Final = ["application", "rights_notice", "identity", "record"]

_ITEMS: Final = ["application", "rights_notice", "identity", "record", "agreement", "return_visit"]


def agree(story: Story, dispute: Dispute, *, confirm: bool = False) -> list[str]:
    """They agree; returns what about."""
    story.later(0.3, 3)
    written = confirm or story.chance(0.8)
    matters = MATTERS.get(dispute.topic, ["conduct", "other"])
    days = story.rng.randint(20, 75)
    money = dispute.topic in ("support", "betrothal_gift", "property_division")
    answers: dict[str, Any] = {
        "agreement_form": "written" if written else "oral",
        "effective_on": story.day,
        "facts": words.DISPUTES[dispute.topic],
        "issues": "如何妥善处理上述争议",
        "matters": matters,
        "content": "双方自愿达成一致，按约定履行，互相尊重，不再争吵",
        "method": "按约定期限自行履行",
        "perform_by": story.day + timedelta(days=days),
        "amount": story.rng.randint(2, 80) * 1000 if money else None,
        "voluntary": True,
        "wants_confirmation": confirm,
    }
    if written:
        answers |= {"signed": True, "copies": 3}
    story.do("reach_agreement", MEDIATOR, **answers)
    story.aside(lambda: _return_visits(story))
    return matters


def _return_visits(story: Story) -> None:
    """After a week, a month and three months."""
    begun = story.at
    for days in (7, 30, 90):
        late = story.chance(0.14)
        share = story.rng.uniform(1.1, 1.4) if late else story.rng.uniform(0.5, 0.95)
        story.at = begun + timedelta(days=days * share)
        return_visit(story.office())


def return_visit(story: Story, *, escalating: bool = False) -> Step:
    reached = story.chance(0.95)
    more: dict[str, Any] = {
        "safe_place": True,
        "progress": "partial",
        "satisfaction": story.pick(("satisfied", 7), ("fair", 2), ("dissatisfied", 1)),
        "may_escalate": escalating,
        "dv_found": False,
    }
    return story.do(
        "return_visit",
        story.pick((MEDIATOR, 8), (TOWN, 2)),
        visited=story.pick(("both", 5), ("party_a", 5)),
        manner=story.pick(("phone", 6), ("home", 3), ("appointment", 1)),
        reached=reached or escalating,
        **(more if reached or escalating else {}),
    )


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


def terminate(story: Story, cause: str) -> None:
    story.do("terminate", MEDIATOR, cause=cause, routes_told=["court"], told_on=story.day)
