"""What people ask about their own data (个保法 44–50): taken down, and answered with reasons."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Uuid, bindparam, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from app import access, clock, crypto
from app.access import Work
from app.crypto import Place
from app.errors import Conflict, IdReused, Invalid, NotAllowed, NotFound, Shredded, Stale
from app.kinds.forms import Sight
from app.kinds.rights import ANSWERED_WITHIN, ARTICLES, REFUSALS, Asked, AskedBy, Refusing
from app.models import Case, SubjectRequest
from app.models.columns import TZ, table_of
from app.permissions import HOLDERS, Permission
from app.services.acting import answers
from app.services.data_rights import retention
from app.services.persons import people
from app.services.rows import cursors
from app.services.seeing import looks
from app.services.seeing.listing import Page
from app.services.seeing.looks import Opened

_table = table_of(SubjectRequest)
_row = _table.c
_SHOWN = ("id", "case_id", "person_id", "asked", "asked_by", "received_at", "due_at", "granted",
          "refusing", "answered_at", "version")  # fmt: skip


async def take_down(
    work: Work,
    id: UUID,
    case_id: UUID,
    person_id: UUID,
    asked: Asked,
    asked_by: AskedBy,
    received_at: datetime,
    wish: str,
) -> tuple[dict[str, Any], bool]:
    """Note what a person of a case asks; the request, and whether it is new.

    Its term begins at `received_at` (个保法 50). Raises NotFound for a case out of sight, Invalid
    for somebody who is no party of it or a moment to come, IdReused, Shredded for a new request
    about what was erased: there is nothing left to ask about.
    """
    await answers.keep_key(work, case_id)
    opened = await looks.open_for(work, case_id, "subject_request")
    if received_at > clock.now():
        raise Invalid("收到时间不能晚于现在", [{"field": "received_at", "message": "不能晚于现在"}])
    body = {"case": case_id, "person": person_id, "asked": asked, "by": asked_by, "wish": wish}
    print_ = crypto.fingerprint(
        crypto.keyring(), work.actor.account_id, "subject_request", body | {"at": received_at}
    )
    await access.enter_case(work, case_id)
    if person_id not in {p.person_id for p in await access.parties_of(work, case_id)}:
        raise Invalid("所选人员不是本案当事人", [{"field": "person_id", "message": "请重新选择"}])
    place = access.place_in(opened.row)
    try:
        sealed = _seal(opened, "wish", id, wish)
    except Shredded:
        if await _find(work, id) is None:
            detail = "这件案件的个人信息已依法删除，不能再提出请求"
            raise Shredded(detail, basis="个保法 47") from None
        return await _repeated(work, id, print_), False
    made = insert(_table).values(
        id=id,
        case_id=case_id,
        person_id=person_id,
        asked=asked.value,
        asked_by=asked_by.value,
        wish=sealed,
        received_at=received_at,
        due_at=clock.due(ANSWERED_WITHIN, received_at, work.holidays),
        account_id=work.actor.account_id,
        fingerprint=print_,
        **place._asdict(),
    )
    new = made.on_conflict_do_nothing().returning(*_row)
    row = (await work.connection.execute(new)).one_or_none()
    if row is not None:
        return _shown(row), True
    return await _repeated(work, id, print_), False


async def _repeated(work: Work, id: UUID, print_: bytes) -> dict[str, Any]:
    """The request that was taken down before by that id, which may be sent again for ever."""
    known = await _find(work, id)
    if known is None or known.fingerprint != print_:
        raise IdReused("这个编号已用于另一次提交，请重新提交")
    return _shown(known)


_AFTER = tuple_(_row.due_at, _row.id) > tuple_(
    bindparam("due_at", type_=TZ), bindparam("id", type_=Uuid)
)
_PAGE = select(_table).order_by(_row.due_at, _row.id).limit(bindparam("limit", type_=BigInteger))


async def page(work: Work, open_only: bool, cursor: str | None, limit: int) -> Page:
    """Requests of the actor's areas, in cases of kinds that the actor reads, the earliest due
    first. Invalid for a foreign cursor."""
    question = {"open": open_only}
    values: dict[str, Any] = {"limit": limit + 1}
    readable = access.visible_cases(work.actor, work.kinds, col(Case.id))
    wanted = _PAGE.where(access.area_scope(SubjectRequest, work.actor), _row.case_id.in_(readable))
    if open_only:
        wanted = wanted.where(_row.granted.is_(None))
    if cursor is not None:
        values["due_at"], values["id"] = cursors.read(cursor, question, "tu")
        wanted = wanted.where(_AFTER)
    rows = (await work.connection.execute(wanted, values)).all()
    more, rows = len(rows) > limit, rows[:limit]
    return Page(
        items=[_shown(row) for row in rows],
        next=cursors.write((rows[-1].due_at, rows[-1].id), question) if more else None,
    )


async def read(work: Work, id: UUID) -> dict[str, Any]:
    """One request with its words. NotFound if the case is out of sight."""
    row, opened = await _load(work, id)
    return _shown(row) | {
        "wish": _open(opened, "wish", id, row.wish),
        "answer": _open(opened, "answer", id, row.answer) if row.answer else None,
    }


async def answer(
    work: Work,
    id: UUID,
    version: int,
    granted: bool,
    refusing: Refusing | None,
    words: str,
) -> dict[str, Any]:
    """Grant or refuse, with words that the person is told (个保法 50).

    A granted deletion erases the case, and is refused by law while the case must be kept. Raises
    NotFound, NotAllowed for anybody but a supervisor of the place, Stale, Conflict for one already
    answered, Invalid for a ground that does not fit, Refused.
    """
    row, opened = await _load(work, id)
    if not work.actor.supervises(access.place_in(row), HOLDERS[Permission.RIGHTS_KEEP]):
        raise NotAllowed("个人信息请求由该地区的主管人员答复", basis="个保法 50")
    if row.version != version:
        raise Stale("这项请求已被他人修改，请刷新后再办")
    if row.granted is not None:
        raise Conflict("这项请求已经答复")
    asked = Asked(row.asked)
    if granted is (refusing is not None) or (refusing and refusing not in REFUSALS[asked]):
        problem = {"field": "refusing", "message": "请按请求事项选择理由；同意的不填"}
        raise Invalid("不予办理的，须选择适用于该项请求的理由", [problem])
    values = {
        "granted": granted,
        "refusing": refusing.value if refusing else None,
        "answer": _seal(opened, "answer", id, words),
        "answered_at": clock.now(),
        "answered_by": work.actor.account_id,
        "version": version + 1,
        "changed_at": func.now(),
    }
    changed = update(_table).where(_row.id == id).values(**values).returning(*_row)
    done = (await work.connection.execute(changed)).one()
    if granted and asked is Asked.DELETE:
        await retention.erase(work, opened, ARTICLES[asked])
    return _shown(done)


async def copy(work: Work, id: UUID) -> dict[str, Any]:
    """What is kept about the person who asked, to be handed to her: her own facts, and in what
    capacity she stands in which case. Nothing about anybody else, and no secret place (妇保法 28;
    10号 4). Raises NotFound, NotAllowed below S3, Conflict unless a copy was granted."""
    row, opened = await _load(work, id)
    if opened.sight < Sight.S3:
        raise NotAllowed("副本含身份证号和住址，由可以查看这些内容的人员制作", basis="个保法 6")
    if row.asked != Asked.COPY or not row.granted:
        raise Conflict("只有同意查阅、复制后才能制作副本")
    found = (await access.people_of(work, [row.person_id]))[row.person_id]
    mine = [p for p in await access.parties_of(work, row.case_id) if p.person_id == row.person_id]
    return {
        "person": {name: people.opened(found).get(name) for name in OWN},
        "sex": found.sex,
        "case_number": opened.row.number,
        "kind": opened.kind.name,
        "kind_title": opened.kind.title,
        "opened_at": opened.row.opened_at,
        "roles": sorted({p.role for p in mine}),
    }


OWN = ("name", "id_number", "birth_on", "phone", "home_address")
"""What the person told about herself and may have a copy of; S4 is handed out by reveal only."""


async def _find(work: Work, id: UUID) -> Any | None:
    return (await work.connection.execute(select(_table).where(_row.id == id))).one_or_none()


async def _load(work: Work, id: UUID) -> tuple[Any, Opened]:
    row = await _find(work, id)
    if row is None:
        raise NotFound("没有这项请求")
    await answers.keep_key(work, row.case_id)
    opened = await looks.open_for(work, row.case_id, "subject_request")
    await access.enter_case(work, row.case_id)
    return row, opened


def _seal(opened: Opened, column: str, id: UUID, words: str) -> bytes:
    key = crypto.open_key(crypto.keyring(), opened.row.key)
    return crypto.seal(key, words, Place("subject_request", column, id))


def _open(opened: Opened, column: str, id: UUID, sealed: bytes) -> str | None:
    try:
        key = crypto.open_key(crypto.keyring(), opened.row.key)
    except Shredded:
        return None
    return crypto.unseal_text(key, sealed, Place("subject_request", column, id))


def _shown(row: Any) -> dict[str, Any]:
    now = clock.now()
    return {name: getattr(row, name) for name in _SHOWN} | {
        "asked_title": Asked(row.asked).label,
        "basis": ARTICLES[Asked(row.asked)],
        "refusing_title": Refusing(row.refusing).label if row.refusing else None,
        "overdue": row.granted is None and row.due_at < now,
    }
