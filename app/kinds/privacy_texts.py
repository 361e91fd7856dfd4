"""What is read or handed to a person about her data: one entry a version, never changed again.

A later wording is a new member and a new text; what was said under an old one stays provable.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.kinds.forms import Choice


class PrivacyText(Choice):
    """The versions in use; the code names text, year and number of the edition."""

    NOTICE_2026_1 = "notice_2026_1", "个人信息处理告知书（2026 年第 1 版）"
    CONSENT_2026_1 = "consent_2026_1", "个人信息单独同意书（2026 年第 1 版）"


NOTICES = frozenset({PrivacyText.NOTICE_2026_1})
CONSENTS = frozenset({PrivacyText.CONSENT_2026_1})


@dataclass(frozen=True)
class Wording:
    """A text as it is read out: paragraphs, and the articles that ask for each of them."""

    paragraphs: tuple[str, ...]
    basis: str


WORDINGS: Mapping[PrivacyText, Wording] = {
    PrivacyText.NOTICE_2026_1: Wording(
        basis="个保法 17, 30, 35",
        paragraphs=(
            "为依法保护您的人身安全和合法权益，受理您事项的单位（名称、电话见本页下方盖章处）"
            "需要记录您的姓名、联系方式、所反映的情况以及办理经过。",
            "其中伤情、遭受暴力的经过、身份证号、未成年人的信息属于敏感个人信息。不了解这些情况，"
            "就无法判断危险程度、及时制止暴力和依法处置；泄露可能危及您的安全，因此加密保存，"
            "只有承办您事项的人员可以查看，每次查看都有记录。",
            "您现在的住处、安全联系电话、庇护场所、孩子就读的学校单独加密保存，"
            "不写入任何文书，不告知对方当事人。",
            "依照法律规定必须报告公安机关、通知有关单位的，按照规定办理，不以您的同意为前提；"
            "其他情形向别的单位提供您的信息，须先告诉您并取得您的单独同意。",
            "信息保存至办结后法律法规和档案管理规定的期限届满为止，期满删除或者去除身份信息。",
            "您可以要求查阅、复制、更正、补充您的信息，依法要求删除，或者撤回您的同意。"
            "不予办理的，会书面告诉您理由；您可以依法向人民法院起诉。",
        ),
    ),
    PrivacyText.CONSENT_2026_1: Wording(
        basis="个保法 14, 15, 23, 29",
        paragraphs=(
            "我已知晓：本次需要我同意的事项、接收单位的名称和联系方式、使用目的、"
            "提供的信息种类，以及对我可能产生的影响。",
            "我可以不同意；不同意不影响我获得法律规定的保护和帮助。",
            "我可以随时当面或者打电话撤回同意，手续与同意时一样简便；"
            "撤回之前已经进行的处理仍然有效。",
        ),
    ),
}
