"""The steps by which the police decide, deliver and tell."""

from app.kinds.base import Action, Notify
from app.kinds.dv_warning import decisions, guards
from app.kinds.dv_warning.report import Acceptance
from app.kinds.dv_warning.words import Recipient
from app.kinds.forms import when
from app.kinds.guards import entered_once
from app.roles import Role

POLICE = frozenset({Role.POLICE})
SUPERVISED = frozenset({"monitoring", "recurred"})

_DECIDING = frozenset({"accepted", "recurred"})
_SANCTIONING = frozenset({"accepted", "warned", "recurred"})
_EVIDENCED = (
    guards.parties_are_known,
    guards.they_live_as_a_family,
    guards.evidence_suffices,
)


def _tell(recipient: Recipient, *to: Role) -> Notify:
    return Notify(
        to=to,
        text="公安机关通知：有一件新的告诫事项，请按职责配合",
        basis="反家暴法 17；粤办法 27；34号 11",
        only_if=when("recipients", recipient),
    )


DECIDING = (
    Action(
        name="accept",
        title="受理",
        source=frozenset({"reported"}),
        target="accepted",
        by=POLICE,
        basis="反家暴法 15；粤办法 23",
        form=Acceptance,
        guards=(entered_once,),
        effects=(
            Notify(
                to=(Role.CIVIL_AFFAIRS,),
                text="有人员需要紧急安置，请立即与公安派出所联系",
                basis="反家暴法 15；34号 14",
                only_if=when("placement_needed", True),
            ),
        ),
        counted_from="accepted_at",
    ),
    Action(
        name="criticise",
        title="批评教育",
        source=frozenset({"accepted"}),
        target="criticised",
        by=POLICE,
        basis="反家暴法 16；34号 7",
        form=decisions.Criticism,
        guards=(
            *_EVIDENCED,
            guards.criticism_is_not_enough,
            guards.criticism_is_no_substitute,
        ),
        outcome="check",
        counted_from="decided_at",
    ),
    Action(
        name="issue_warning",
        title="出具告诫书",
        source=_DECIDING,
        target="warned",
        by=POLICE,
        basis="反家暴法 16；粤办法 25, 26；34号 6, 8, 9",
        form=decisions.WrittenWarning,
        guards=(
            *_EVIDENCED,
            guards.contents_are_complete,
            guards.warning_is_no_substitute,
        ),
        counted_from="decided_at",
    ),
    Action(
        name="record_penalty",
        title="登记治安处罚",
        source=_SANCTIONING,
        target="punished",
        by=POLICE,
        basis="反家暴法 33；粤办法 46；34号 20",
        form=decisions.PenaltyDecision,
        guards=(guards.defiance_follows_a_warning,),
        outcome="ground",
        counted_from="decided_at",
    ),
    Action(
        name="open_criminal",
        title="登记刑事立案",
        source=_SANCTIONING,
        target="criminal",
        by=POLICE,
        basis="反家暴法 33；粤办法 24, 46；34号 20",
        form=decisions.CriminalCase,
        counted_from="decided_at",
    ),
    Action(
        name="not_establish",
        title="不予认定",
        source=frozenset({"reported", "accepted"}),
        target="not_established",
        by=POLICE,
        basis="34号 3",
        form=decisions.NotEstablished,
        outcome="reason",
    ),
)

DELIVERING = (
    Action(
        name="deliver_warning",
        title="送交告诫书",
        source=frozenset({"warned"}),
        target="monitoring",
        by=POLICE,
        basis="反家暴法 17；粤办法 27；34号 10",
        form=decisions.Delivery,
        guards=(guards.read_to_his_face,),
        outcome="signature",
        counted_from="delivered_at",
    ),
    Action(
        name="give_victim_copy",
        title="将告诫书交受害人",
        source=SUPERVISED,
        target=None,
        by=POLICE,
        basis="反家暴法 17；粤办法 27；34号 9",
        form=decisions.VictimCopy,
        counted_from="given_at",
    ),
    Action(
        name="record_notice",
        title="通知有关单位",
        source=SUPERVISED,
        target=None,
        by=POLICE,
        basis="反家暴法 17；粤办法 27；34号 11",
        form=decisions.Notice,
        effects=(
            _tell(Recipient.VILLAGE_COMMITTEE, Role.VILLAGE_COMMITTEE),
            _tell(Recipient.WOMEN_FED, Role.WOMEN_FED_VILLAGE, Role.WOMEN_FED_TOWN),
            _tell(Recipient.ZONGZHI, Role.ZONGZHI),
            _tell(Recipient.COMMUNITY_OFFICER, Role.POLICE),
        ),
        counted_from="notified_at",
    ),
    Action(
        name="revoke_warning",
        title="撤销告诫书",
        source=frozenset({"warned", "monitoring", "recurred"}),
        target="revoked",
        by=POLICE,
        basis="设计",
        form=decisions.Revocation,
        outcome="reason",
        counted_from="revoked_at",
    ),
)
