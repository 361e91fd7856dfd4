"""Signatures under a mediation agreement: each bound to the digest of exactly the text it was given
under, sealed with the case, on record in its chain (调解法 29)."""

import json
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from app import access, crypto
from app.access import Work
from app.errors import AgreementChanged, Conflict, NotAllowed, WrongState
from app.kinds.attachments import SIGNED, Attachment, SignatureAnswers, Signed, Signer
from app.services.acting import sittings
from app.services.files import attachments
from app.services.files.apart import File
from app.services.files.attachments import Signature, Step
from app.services.papers import agreement
from app.services.papers.agreement import Text
from app.services.rows import commands
from app.services.rows.cards import card_of
from app.services.rows.commands import Command, Receipt

AGREE: Final = "reach_agreement"
AGREED: Final = "agreed"
"""While the agreement waits to be carried out or confirmed, it can be signed."""


async def read(work: Work, case_id: UUID) -> dict[str, Any]:
    """The agreement with the signatures under it; one that was given under another text is shown
    as no longer holding. Raises as `agreement.text`, Refused where nobody may mediate."""
    text = await agreement.text(work, case_id)
    apart = await sittings.judge(work, card_of(text.opened.row))
    found = await attachments.signatures(work, text.opened)
    return {
        "sections": [{"title": title, "text": words} for title, words in text.sections],
        "sha256": text.sha256,
        "apart": apart,
        "open": text.opened.row.state == AGREED,
        "signers": [_signer(text, signer, found) for signer in Signer],
    }


def _signer(text: Text, signer: Signer, found: Sequence[Signature]) -> dict[str, Any]:
    theirs = [s for s in found if s.about["signer"] == signer]
    return {
        "signer": signer.value,
        "title": signer.label,
        "name": text.names[signer],
        "signatures": [_shown(text, signature) for signature in theirs],
    }


def _shown(text: Text, signature: Signature) -> dict[str, Any]:
    return {
        "id": signature.id,
        "signed_at": signature.recorded_at,
        "taken_by": signature.account,
        "text_sha256": signature.about["text_sha256"],
        "sha256": signature.about["sha256"],
        "holds": signature.about["text_sha256"] == text.sha256,
        "strokes": json.loads(signature.strokes),
    }


async def sign(work: Work, case_id: UUID, command: Command, strokes: Any) -> Receipt:
    """Put somebody's strokes under the text as it stands. The mediator signs last: by that the
    agreement takes effect (调解法 29).

    The command's answers are SignatureAnswers. Raises NotFound, NotAllowed for who does not
    mediate, WrongState, Refused where nobody may mediate, AgreementChanged for the digest of
    another text, Conflict for who signed already, for strokes that stand there for somebody else
    and for a mediator before both parties, IdReused, Shredded.
    """
    said = command.answers
    assert isinstance(said, SignatureAnswers)  # noqa: S101 - the routes make no other
    content = crypto.canonical(strokes)
    digest = sha256(content).hexdigest()
    command = replace(command, body={**command.body, "sha256": digest})
    row = await attachments.held(work, case_id)
    print_ = commands.fingerprint(work, f"{SIGNED}/{case_id}", command)
    if known := await commands.repeated(work, command, print_):
        return known
    text = await agreement.text(work, case_id)
    _check_may(work, text, row)
    await sittings.judge(work, card_of(row))
    standing = await attachments.signatures(work, text.opened)
    _check_turn(text, said, digest, standing)
    answers = Signed(signer=said.signer, text_sha256=said.text_sha256, sha256=digest)
    about = answers.model_dump(mode="json") | {"title": f"{said.signer.label}签名"}
    step = Step(name=SIGNED, command=command, fingerprint=print_, answers=answers)
    file = File(
        content=content, sha256=digest, media_type="application/json",
        width=None, height=None, picture=None,
    )  # fmt: skip
    return await attachments.keep(work, row, step, Attachment.SIGNATURE, file, about)


def _check_may(work: Work, text: Text, row: Any) -> None:
    action = text.opened.kind.action(AGREE)
    roles = work.actor.roles_in(access.place_in(row), row.seen_by)
    if action is None or not roles & action.by:
        raise NotAllowed("协议由主持调解的人民调解员组织签署", basis="调解法 29")
    if row.state != AGREED:
        raise WrongState("协议达成后、履行完毕前签署；案件现在的状态不能签署")


def _check_turn(
    text: Text, said: SignatureAnswers, digest: str, standing: Sequence[Signature]
) -> None:
    if said.text_sha256 != text.sha256:
        raise AgreementChanged("协议内容已改动，请刷新后请当事人重新阅读再签名")
    holding = {s.about["signer"]: s for s in standing if s.about["text_sha256"] == text.sha256}
    if said.signer in holding:
        raise Conflict(f"{said.signer.label}已经签过名；签错的，先撤回原来的签名")
    if any(s.about["sha256"] == digest for s in standing):
        raise Conflict("这个签名与已有的完全相同，请本人重新签名")
    parties = {Signer.PARTY_A, Signer.PARTY_B}
    if said.signer is Signer.MEDIATOR and not parties <= set(holding):
        raise Conflict("双方当事人都签名以后，调解员再签名", basis="调解法 29")
