"""The steps after an agreement: confirmation by the court, performance, visits, the file."""

from app.kinds.base import Action, Branch, Notify, Share
from app.kinds.forms import when
from app.kinds.mediation import agreement_forms, agreement_guards
from app.kinds.mediation.forms import FILE_FORMAT
from app.roles import WOMEN_FED, Role

MEDIATE = frozenset({Role.MEDIATOR})
HANDLE = MEDIATE | WOMEN_FED
COURT = MEDIATE | {Role.COURT}
"""The court itself, or the mediator from the court's paper."""

IN_COURT = frozenset({"confirmation_filed", "confirmation_accepted"})
SETTLED = frozenset({"agreed", "confirmed", "rejected", "performing", "breached"})
AGREED = SETTLED | IN_COURT | {"not_confirmed", "performed"}


AFTER_AGREEMENT = (
    Action(
        name="file_confirmation",
        title="共同申请司法确认",
        source=frozenset({"agreed", "performing", "breached", "rejected"}),
        target="confirmation_filed",
        by=COURT,
        basis="调解法 33；法释5 1–4",
        form=agreement_forms.ConfirmationFiling,
        guards=(agreement_guards.confirmable, agreement_guards.filed_as_the_law_asks),
        effects=(Share(role=Role.COURT),),
        counted_from="filed_on",
    ),
    Action(
        name="receive_confirmation",
        title="法院决定是否受理",
        source=frozenset({"confirmation_filed"}),
        target=Branch("decision", {"accepted": "confirmation_accepted", "rejected": "rejected"}),
        by=COURT,
        basis="法释5 4",
        form=agreement_forms.ConfirmationReceipt,
        counted_from="decided_on",
    ),
    Action(
        name="extend_confirmation",
        title="延长司法确认审查期限",
        source=frozenset({"confirmation_accepted"}),
        target=None,
        by=COURT,
        basis="法释5 5",
        form=agreement_forms.ConfirmationExtension,
    ),
    Action(
        name="decide_confirmation",
        title="法院决定是否确认",
        source=IN_COURT,
        target=Branch("decision", {"confirmed": "confirmed", "not_confirmed": "not_confirmed"}),
        by=COURT,
        basis="法释5 4, 5, 7, 8",
        form=agreement_forms.ConfirmationDecision,
    ),
    Action(
        name="withdraw_confirmation",
        title="撤回司法确认申请",
        source=IN_COURT,
        target="agreed",
        by=COURT,
        basis="法释5 5, 6",
        form=agreement_forms.ConfirmationWithdrawal,
    ),
    Action(
        name="record_performance",
        title="登记履行情况",
        source=SETTLED,
        target=Branch(
            "progress",
            {"partial": "performing", "performed": "performed", "breached": "breached"},
        ),
        by=HANDLE,
        basis="调解法 31, 32",
        form=agreement_forms.Performance,
    ),
    Action(
        name="return_visit",
        title="回访",
        source=AGREED,
        target=None,
        by=HANDLE,
        basis="调解法 31；妇联规程 13",
        form=agreement_forms.ReturnVisit,
        effects=(
            Notify(
                to=(Role.WOMEN_FED_TOWN, Role.WOMEN_FED_DISTRICT),
                text="有一次回访需要立即关注",
                basis="粤办法 17；妇联规程 11, 13",
                only_if=when("dv_found", True),
            ),
        ),
    ),
    Action(
        name="file_dossier",
        title="结案归档",
        source=frozenset({"performed", "breached", "terminated", "diverted"}),
        target="filed",
        by=MEDIATE,
        basis="调解法 27；" + FILE_FORMAT,
        form=agreement_forms.Dossier,
        guards=(agreement_guards.dossier_complete, agreement_guards.visited_before_filing),
        outcome="result",
    ),
)
