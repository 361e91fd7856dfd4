"""The danger scale: 《家庭暴力危险性预测量表》 (annex of 妇联规程, 2018), as data.

A reference tool, not a finding of law. Developers: 麻超、李洪涛、苏英、毋嫘、洪炜.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.kinds.forms import Choice


class Danger(Choice):
    LOW = "low", "低危"
    MEDIUM = "medium", "中危"
    HIGH = "high", "高危（致命危险）"

    @property
    def rank(self) -> int:
        return list(Danger).index(self)


@dataclass(frozen=True, kw_only=True)
class Instrument:
    """Yes/no items that score one each, veto items that decide alone, and the bands.

    `bands` are (lowest score, level), ascending.
    """

    name: str
    title: str
    version: str
    source: str
    items: Mapping[str, str]
    vetoes: Mapping[str, str]
    bands: tuple[tuple[int, Danger], ...]
    note: str = "参考，不作为认定依据"

    def score(self, answers: Mapping[str, bool]) -> int:
        """How many scored items were answered yes."""
        return sum(answers[item] for item in self.items)

    def level(self, answers: Mapping[str, bool]) -> Danger:
        """The level of a complete answer sheet; a veto item answered yes is always high."""
        if any(answers[veto] for veto in self.vetoes):
            return Danger.HIGH
        score = self.score(answers)
        return [level for lowest, level in self.bands if score >= lowest][-1]


DANGER_SCALE = Instrument(
    name="danger_scale",
    title="家庭暴力危险性预测量表",
    version="2018",
    source="妇联规程 附件",
    items={
        "threatened_to_kill": "他曾威胁要杀您",
        "able_to_kill": "您相信他能杀您",
        "controls_life": "他控制您大部分的生活",
        "nobody_else": "他曾说，他若不能拥有您，其他人也不能",
        "suicide_threat": "他曾威胁要自杀，或尝试要自杀",
        "die_together": "他有没有对您说过“要离婚或分手就一起死”或“要死一起死”",
        "threatened_family": "他曾威胁您，要伤害您娘家的人，以阻止您离开他",
        "will_hurt_soon": "您是否认为在未来的两个月内他一定会对您进行身体上的伤害",
        "stalked": "在您与他的关系变得不好后，他是否曾经监视您（如查您手机、电脑或跟踪）",
    },
    vetoes={
        "suffocated": "曾有使您不能呼吸的行为（如勒脖子、压头入水、用枕头闷或开瓦斯等）",
        "other_lethal": "曾有除了使您不能呼吸以外的其它明显的致命行为"
        "（如推下楼、灌毒药、泼硫酸、泼汽油或利器刺入致命部位）",
    },
    bands=((0, Danger.LOW), (4, Danger.MEDIUM), (6, Danger.HIGH)),
)
