"""How long mediation and judicial confirmation may take."""

from collections.abc import Mapping

from app.clock import Days, Hours, Months, Term, WorkDays
from app.kinds.mediation.choices import CourtProcedure

CONCLUSION: Mapping[str, Term] = {
    CourtProcedure.NONE: Months(1, source="司法部令75 33"),
    CourtProcedure.PREFILING: Days(30, source="特邀调解 27；在线调解 24"),
    CourtProcedure.ORDINARY: Days(15, source="特邀调解 27；在线调解 24"),
    CourtProcedure.SUMMARY: Days(7, source="特邀调解 27；在线调解 24"),
}
"""By `CourtProcedure`; from acceptance, or the signature for the court's papers, to the result."""

JOINT_APPLICATION = Days(30, source="调解法 33")
COURT_ACCEPTANCE = Days(3, source="法释5 4")
COURT_DECISION = Days(15, source="法释5 5")
COURT_DECISION_EXTENDED = Days(25, source="法释5 5（十五日，经院长批准延长十日）")

AT_ONCE = Hours(1, source="设计：调解法 25、粤办法 17“及时”", region="区")
WITHIN_A_DAY = Hours(24, source="设计：调解法 25、粤办法 17“及时”", region="区")

TAKEN_UP = WorkDays(3, source="设计：调解法 21“及时”", region="区")
SCREENED = WorkDays(3, source="设计：调解法 21“及时”", region="区")
FILED = Days(30, source="设计：调解法 27", region="区")

# Visits protect: a holiday does not put them off.
RETURN_VISITS = tuple(
    Days(n, source="设计：调解法 31；妇联规程 13", region="区", rolls=False) for n in (7, 30, 90)
)
