"""Telling a person about her data, and asking her where the law leaves it to her: shared actions.

Most of what happens in a case is a statutory duty and needs no consent (个保法 13(三)); it is not
asked then, so that nobody believes that protection hangs on it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from app.clock import Days
from app.kinds.base import DeadlineRule
from app.kinds.forms import S1, S2, Choice, Form, Whole, Yes, ask, when
from app.kinds.guards import Fact, Facts, PartyFact, Refusal, guard
from app.kinds.people import Flag, PartyRole
from app.kinds.privacy_texts import CONSENTS, NOTICES, PrivacyText
from app.roles import Role

INFORM, CONSENT, WITHDRAW = "inform", "record_consent", "withdraw_consent"
CHILD_BELOW = 14


class Informed(Choice):
    GIVEN = "given", "已告知"
    LATER = "later", "情况紧急，待紧急情况消除后告知"
    SECRET = "secret", "依法应当保密或者不需要告知"
    HINDERS = "hinders", "告知将妨碍履行法定职责"


class Manner(Choice):
    PAPER = "paper", "书面（交付或签字）"
    READ_OUT = "read_out", "当面宣读"
    TELEPHONE = "telephone", "电话"
    SCREEN = "screen", "在设备上阅读"


_GIVEN = when("informed", Informed.GIVEN)
_NOT_GIVEN = when("informed", Informed.LATER, Informed.SECRET, Informed.HINDERS)


class Informing(Form):
    people: list[UUID] = ask(
        "被告知人", S1, source="个保法 17", widget="party", min_length=1, max_length=20
    )
    informed: Informed = ask("告知情况", S1, source="个保法 17, 18, 35")
    text: PrivacyText | None = ask(
        "告知书版本",
        S1,
        source="个保法 17, 30",
        default=None,
        visible_if=_GIVEN,
        required_if=_GIVEN,
    )
    manner: Manner | None = ask(
        "告知方式", S1, source="个保法 17", default=None, visible_if=_GIVEN, required_if=_GIVEN
    )
    reason: str | None = ask(
        "未告知的理由",
        S2,
        source="个保法 18, 35",
        default=None,
        visible_if=_NOT_GIVEN,
        required_if=_NOT_GIVEN,
        max_length=500,
    )
    nobody_waits: Yes | None = ask(
        "此前因情况紧急未告知的人员均已告知",
        S1,
        source="个保法 18",
        default=None,
        visible_if=_GIVEN,
    )


class ConsentMatter(Choice):
    """What may be asked for. The last two never are: the law has decided."""

    PROVIDE = "provide", "向其他单位提供个人信息"
    SENSITIVE = "sensitive", "在法定职责之外处理敏感个人信息"
    RECORDING = "recording", "录音、录像或者拍照"
    PUBLISH = "publish", "去除身份信息后作为案例公开"
    STATUTORY_REPORT = "statutory_report", "依法报案或者强制报告"
    STATUTORY_DUTY = "statutory_duty", "履行法定职责所必需的处理"


NEVER_ASKED = frozenset({ConsentMatter.STATUTORY_REPORT, ConsentMatter.STATUTORY_DUTY})


class GivenBy(Choice):
    SELF = "self", "本人"
    GUARDIAN = "guardian", "父母或者其他监护人"


class ConsentAnswer(Choice):
    AGREED = "agreed", "同意"
    REFUSED = "refused", "不同意"


_GUARDIAN = when("given_by", GivenBy.GUARDIAN)
_PROVIDE = when("matter", ConsentMatter.PROVIDE)


class Consent(Form):
    person_id: UUID = ask("征求谁的同意", S1, source="个保法 14", widget="party")
    matter: ConsentMatter = ask("同意事项", S1, source="个保法 14, 23, 29")
    recipient_id: Whole | None = ask(
        "接收单位",
        S1,
        source="个保法 23",
        default=None,
        widget="organisation",
        visible_if=_PROVIDE,
        required_if=_PROVIDE,
    )
    answer: ConsentAnswer = ask("答复", S1, source="个保法 14, 16")
    text: PrivacyText = ask("同意书版本", S1, source="个保法 14, 29")
    manner: Manner = ask("方式", S1, source="个保法 14")
    given_by: GivenBy = ask("由谁答复", S1, source="个保法 14, 31")
    guardian_id: UUID | None = ask(
        "监护人",
        S1,
        source="个保法 31",
        default=None,
        widget="party",
        visible_if=_GUARDIAN,
        required_if=_GUARDIAN,
    )


class Withdrawal(Form):
    person_id: UUID = ask("谁撤回同意", S1, source="个保法 15", widget="party")
    matter: ConsentMatter = ask("撤回的事项", S1, source="个保法 15")
    recipient_id: Whole | None = ask(
        "接收单位",
        S1,
        source="个保法 15, 23",
        default=None,
        widget="organisation",
        visible_if=_PROVIDE,
        required_if=_PROVIDE,
    )
    manner: Manner = ask("方式", S1, source="个保法 15")


@guard("个保法 17", Fact.PARTIES)
def informed_are_parties(facts: Facts, form: Informing) -> Refusal | None:
    return _stranger(facts, form.people)


@guard("个保法 17, 30")
def told_by_a_notice(_facts: Facts, form: Informing) -> Refusal | None:
    if form.text is None or form.text in NOTICES:
        return None
    return Refusal(type="not-a-notice", detail="请选择告知书；同意书不能代替告知")


@guard("个保法 14", Fact.PARTIES)
def consenting_are_parties(facts: Facts, form: Consent) -> Refusal | None:
    asked = [form.person_id, *([form.guardian_id] if form.guardian_id else [])]
    return _stranger(facts, asked)


@guard("个保法 13(三)(四)；反家暴法 14；未保法 11")
def never_asked_where_the_law_decides(_facts: Facts, form: Consent) -> Refusal | None:
    """Who is asked believes that she may say no."""
    if form.matter not in NEVER_ASKED:
        return None
    return Refusal(
        type="consent-not-asked",
        detail="这是法定职责，不以同意为前提，不得征求同意；请用“告知”告诉当事人即可",
    )


@guard("个保法 14, 29")
def asked_by_a_consent(_facts: Facts, form: Consent) -> Refusal | None:
    if form.text in CONSENTS:
        return None
    return Refusal(type="not-a-consent", detail="请选择同意书；告知书不能代替单独同意")


@guard("个保法 31, 13(三)(四)；9号强报 14", Fact.PARTIES)
def a_child_is_asked_through_its_guardian(facts: Facts, form: Consent) -> Refusal | None:
    """And never through a guardian who is the abuser."""
    if form.given_by is GivenBy.SELF:
        below = any(_below_14(p) for p in facts.parties if p.person_id == form.person_id)
        return (
            Refusal(
                type="guardian-consent-needed",
                detail="不满十四周岁的，须征求其父母或者其他监护人的同意",
            )
            if below
            else None
        )
    abusers = [p for r in (PartyRole.PERPETRATOR, PartyRole.RESPONDENT) for p in facts.of(r)]
    guardians = [p for p in facts.parties if p.person_id == form.guardian_id]
    if any(g.could_be(a) for g in guardians for a in abusers):
        return Refusal(
            type="guardian-is-the-abuser",
            detail="该监护人是加害人或者被申请人，不得征求其同意；确需处理的，以法定职责或者紧急情况为依据",
        )
    return None


@guard("个保法 15", Fact.ANSWERS)
def there_is_a_consent(facts: Facts, form: Withdrawal) -> Refusal | None:
    if (str(form.person_id), form.matter, form.recipient_id) in consents_in_force(facts.answers):
        return None
    return Refusal(type="no-consent-to-withdraw", detail="没有这项仍然有效的同意")


@guard("个保法 14, 15", Fact.ANSWERS)
def asked_once(facts: Facts, form: Consent) -> Refusal | None:
    """A consent stands until it is withdrawn: so it is clear at any moment whether one stands."""
    if (str(form.person_id), form.matter, form.recipient_id) not in consents_in_force(
        facts.answers
    ):
        return None
    return Refusal(
        type="consent-stands",
        detail="这项同意仍然有效，无需再次征求；当事人改变主意的，请办理“撤回同意”",
    )


Given = tuple[str, str, int | None]
"""Who agreed (person id), to what, for which organisation."""


def consents_in_force(answers: Mapping[str, Sequence[Mapping[str, Any]]]) -> set[Given]:
    """The consents of a case that were given and not withdrawn, from its current answers."""
    given = Counter(
        _given(a) for a in answers.get(CONSENT, ()) if a["answer"] == ConsentAnswer.AGREED
    )
    given.subtract(_given(a) for a in answers.get(WITHDRAW, ()))
    return {consent for consent, times in given.items() if times > 0}


def _given(answers: Mapping[str, Any]) -> Given:
    return str(answers["person_id"]), str(answers["matter"]), answers.get("recipient_id")


def _stranger(facts: Facts, people: Iterable[UUID]) -> Refusal | None:
    if set(people) <= {p.person_id for p in facts.parties}:
        return None
    return Refusal(type="not-a-party", detail="所选人员不是本案当事人，请先用“补登当事人”登记")


def _below_14(person: PartyFact) -> bool:
    return Flag.GIRL_UNDER14 in person.flags or (
        person.age is not None and person.age < CHILD_BELOW
    )


TELL_LATER = DeadlineRule(
    name="tell_later",
    title="紧急情况消除后告知",
    basis="个保法 18（及时）",
    owner=Role.WOMEN_FED_TOWN,
    starts_on=frozenset({INFORM}),
    only_if=when("informed", Informed.LATER),
    met_by=frozenset({INFORM}),
    met_if=when("nobody_waits", True),
    due=Days(7, source="设计：个保法 18“紧急情况消除后及时告知”", region="区"),
    restarts=False,
    outlives_case=True,
)
"""One clock a case: whoever tells the last of those who had to wait says so."""
