"""What people may ask about their own data, on what grounds they are refused, how long cases are
kept, and what keeps one longer."""

from dataclasses import dataclass

from app.clock import Days, Months
from app.kinds.forms import Choice


@dataclass(frozen=True, kw_only=True)
class Kept:
    """How many years a case of a kind is kept after it was closed, and who says so."""

    years: int
    source: str

    @property
    def term(self) -> Months:
        """To the end of the corresponding day (民法典 202), a holiday or not."""
        return Months(12 * self.years, source=self.source, region="区", rolls=False)


ANSWERED_WITHIN = Days(15, source="设计：个保法 45、46、50“及时”", region="区")
"""The law says without delay (及时); the district gives itself a number."""


class Asked(Choice):
    COPY = "copy", "查阅、复制"
    CORRECT = "correct", "更正、补充"
    DELETE = "delete", "删除"
    EXPLAIN = "explain", "解释说明"


ARTICLES = {
    Asked.COPY: "个保法 45",
    Asked.CORRECT: "个保法 46",
    Asked.DELETE: "个保法 47",
    Asked.EXPLAIN: "个保法 48",
}


class AskedBy(Choice):
    SELF = "self", "本人"
    AGENT = "agent", "受委托的代理人"
    GUARDIAN = "guardian", "父母或者其他监护人"
    KIN = "kin", "死者的近亲属"


class Refusing(Choice):
    """Why a wish is refused (个保法 50: the reason is told), each with its article."""

    NOT_ENTITLED = "not_entitled", "请求人不是本人或者有权代为行使的人（个保法 44、49）"
    SECRET = "secret", "依法应当保密（个保法 18、45）"
    HINDERS = "hinders", "将妨碍履行法定职责（个保法 35、45）"
    OTHERS = "others", "涉及受害人或者其他人的信息（妇保法 28；10号 4）"
    ACCURATE = "accurate", "经核实，信息准确完整（个保法 46）"
    STILL_NEEDED = "still_needed", "处理目的尚未实现，仍需办理（个保法 47）"
    KEPT_BY_LAW = "kept_by_law", "保存期限尚未届满，已停止其他处理（个保法 47）"


REFUSALS = {
    Asked.COPY: frozenset(
        {Refusing.NOT_ENTITLED, Refusing.SECRET, Refusing.HINDERS, Refusing.OTHERS}
    ),
    Asked.CORRECT: frozenset({Refusing.NOT_ENTITLED, Refusing.ACCURATE}),
    Asked.DELETE: frozenset({Refusing.NOT_ENTITLED, Refusing.STILL_NEEDED, Refusing.KEPT_BY_LAW}),
    Asked.EXPLAIN: frozenset({Refusing.NOT_ENTITLED}),
}
"""Which wish may be refused on which ground: no ground of one law serves for another."""


class HoldGround(Choice):
    LAWSUIT = "lawsuit", "涉及诉讼、仲裁或者复议"
    CRIMINAL = "criminal", "涉及刑事案件"
    SUPERVISION = "supervision", "监察、检察或者信访要求"
    ARCHIVES = "archives", "档案部门要求"
