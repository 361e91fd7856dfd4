"""Files attached to cases: what they may be, how secret each is, what their events say."""

from collections.abc import Mapping
from typing import Annotated, Final, NamedTuple
from uuid import UUID

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from app.kinds.forms import S1, S2, S3, Choice, Form, Sight, Whole, ask

ATTACHED, WITHDRAWN = "attached", "attachment_withdrawn"
SIGNED = "agreement_signed"


class Attachment(Choice):
    """What a file shows."""

    EVIDENCE = "evidence", "证据材料"
    INJURY = "injury", "伤情、现场照片"
    PAPER = "paper", "文书"
    VISIT = "visit", "探访、回访照片"
    SIGNATURE = "signature", "协议签名"


SIGHTS: Final[Mapping[Attachment, Sight]] = {
    Attachment.EVIDENCE: S3,
    Attachment.INJURY: S3,
    # A paper names people with their ID numbers.
    Attachment.PAPER: S3,
    Attachment.VISIT: S2,
    # A handwriting can be forged by whoever has it.
    Attachment.SIGNATURE: S3,
}
"""How far what a file shows travels."""


def _plain(text: str) -> str:
    """Raises ValueError for what cannot be seen: a mark that turns the direction of writing makes
    one name look like another."""
    if not text.isprintable():
        raise ValueError("说明中有看不见的字符，请删去")
    return text


def _brought(what: Attachment) -> Attachment:
    """A signature is given under its text (services/papers/signing), never brought as a file."""
    if what is Attachment.SIGNATURE:
        raise PydanticCustomError("signature", "签名请在协议页面当场签署")
    return what


class FileAnswers(Form):
    """What whoever attaches a file says of it. What the file was called is not kept."""

    what: Annotated[Attachment, AfterValidator(_brought)] = ask("类别", S1, source="法释17-6；设计")
    title: Annotated[str | None, AfterValidator(lambda text: text and _plain(text))] = ask(
        "说明", S3, source="设计", default=None, max_length=100
    )


class Attached(FileAnswers):
    """What the event says: the digest shows for ever what the original was."""

    media_type: str = ask("文件类型", S1, source="设计")
    size: Whole = ask("字节数", S1, source="设计")
    sha256: str = ask("原件 SHA-256", S2, source="法释17-6；民诉法 66（原件核对）")


class Signer(Choice):
    """Who signs a mediation agreement (调解法 29); the sides by their `PartyRole`."""

    PARTY_A = "party_a", "当事人甲"
    PARTY_B = "party_b", "当事人乙"
    MEDIATOR = "mediator", "调解员"


class SignatureAnswers(Form):
    """Who signs, and the digest of exactly that text which lies before the signer."""

    signer: Signer = ask("签名人", S1, source="调解法 29")
    text_sha256: str = ask(
        "所签文本的 SHA-256", S2, source="调解法 29；设计", pattern="^[0-9a-f]{64}$"
    )


class Signed(SignatureAnswers):
    """What the event says: which strokes stand under which text."""

    sha256: str = ask("签名笔迹的 SHA-256", S2, source="设计")


class AttachmentWithdrawn(Form):
    attachment_id: UUID = ask("撤回的附件", S1, source="设计")
    reason: str = ask("撤回理由", S3, source="设计", min_length=5, max_length=500)


class Step(NamedTuple):
    """An event of the record that is no action of a kind."""

    title: str
    form: type[Form]


STEPS: Final[Mapping[str, Step]] = {
    ATTACHED: Step("提交附件", Attached),
    WITHDRAWN: Step("撤回附件", AttachmentWithdrawn),
    SIGNED: Step("签署调解协议", Signed),
}
"""Every case can have them, in every state: evidence may come late."""
