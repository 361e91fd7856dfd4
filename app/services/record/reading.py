"""Reading the record: who looked at a case, and what befell the system. Reading it is kept too."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, bindparam, or_, select, tuple_
from sqlmodel import col

from app import access, crypto
from app.access import Work
from app.errors import NotAllowed
from app.kinds.forms import Sight
from app.models import AccessLog, Account, AuditEntry, Organisation
from app.models.columns import TZ, table_of
from app.services.record import audit
from app.services.record.audit import What
from app.services.rows import cursors
from app.services.seeing import looks
from app.services.seeing.listing import Page

LOOKED: Final[Mapping[str, str]] = {
    "case_page": "案件",
    "case_paper": "制作申请文书",
    "case_papers": "制作过的文书",
    "case_parties": "当事人",
    "case_timeline": "案件经过",
    "case_deadlines": "期限",
    "case_axis": "时间轴",
    "case_privacy": "告知和同意",
    "case_referrals": "转介",
    "agreement": "调解协议",
    "attachment": "附件",
    "attachments": "附件目录",
    "case_disclosures": "个人信息提供记录",
    "case_looks": "查看记录",
    "contact_phone": "联系电话",
    "export": "导出明文清单",
    "glass": "紧急查阅",
    "legal_hold": "保留",
    "match_different": "判定不是同一人",
    "match_same": "判定为同一人",
    "people_matches": "可能是同一人",
    "person_changes": "人员信息变更经过",
    "people_search": "查找人员",
    "person_page": "人员",
    "recusals": "回避",
    "retention": "保留期限",
    "subject_request": "个人信息请求",
    "original": "附件原件",
    "phone_conflict": "手机冲突记录",
    "reveal": "查阅保密信息",
    "vault": "保密信息目录",
}
"""What was looked at; behind a colon may stand which of them."""


ABOUT: Final[Mapping[str, str]] = {
    "account": "账号",
    "backup": "备份",
    "bed": "床位",
    "case": "案件",
    "deadline": "期限",
    "export": "导出",
    "glass": "紧急查阅",
    "holiday": "节假日",
    "machine_client": "接口用户",
    "machine_key": "接口密钥",
    "notice": "通知",
    "organisation": "单位",
    "paper_template": "文书模板",
    "person": "人员",
    "phone_conflict": "手机冲突记录",
    "recusal": "回避",
    "records": "审计记录",
    "ring": "密钥",
    "room": "调解室",
    "second_factor": "第二验证方式",
    "session": "登录",
    "survey_round": "摸底轮次",
}
"""To what something was done, by the word before the colon."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which part of the record is wanted; what is None narrows nothing. `what` is a word of the
    list, and covers those that say behind a colon which of them."""

    what: str | None = None
    account_id: int | None = None
    case_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None

    def question(self, list_: str) -> dict[str, Any]:
        """The same question, for the cursor."""
        return {"record": list_, **vars(self)}


_look, _entry = table_of(AccessLog).c, table_of(AuditEntry).c
_LOOKS = (
    select(
        _look.id,
        _look.looked_at,
        _look.account_id,
        col(Account.display_name).label("account"),
        col(Organisation.name).label("organisation"),
        _look.operator,
        _look.case_id,
        _look.person_id,
        _look.what,
        _look.sight,
        _look.found,
        _look.key,
        _look.reason,
    )
    .outerjoin(Account, col(Account.id) == _look.account_id)
    .outerjoin(Organisation, col(Organisation.id) == _look.organisation_id)
    .order_by(_look.looked_at.desc(), _look.id.desc())
)
_ENTRIES = (
    select(*table_of(AuditEntry).c, col(Account.display_name).label("account"))
    .outerjoin(Account, col(Account.id) == _entry.account_id)
    .order_by(_entry.recorded_at.desc(), _entry.id.desc())
)


async def looks_at(work: Work, case_id: UUID, cursor: str | None, limit: int) -> Page:
    """Who looked at a case, newest first, for whoever supervises where it is, with the reasons
    given as far as she reads that deep. Raises NotFound, NotAllowed, Invalid for a cursor of
    another list."""
    opened = await looks.open_for(work, case_id, "case_looks")
    if not looks.supervised(work, opened):
        raise NotAllowed("查看记录由该地区的主管人员查看")
    await access.enter_case(work, case_id)
    asked = Asked(case_id=case_id)
    page = await _page(
        work, _LOOKS, asked, "case_looks", (_look.looked_at, _look.id), cursor, limit
    )
    deep = opened.sight >= Sight.S3
    return Page(
        items=[_shown_look(row) | {"reason": _reason("access_log", row) if deep else None}
               for row in page.items],
        next=page.next,
    )  # fmt: skip


async def all_looks(work: Work, asked: Asked, cursor: str | None, limit: int) -> Page:
    """Every look, newest first, without what it showed or why. Raises Invalid as above."""
    about = f"case:{asked.case_id}" if asked.case_id else None
    await audit.note_of(work, What.RECORD_READ, about=about)
    page = await _page(work, _LOOKS, asked, "looks", (_look.looked_at, _look.id), cursor, limit)
    return Page(items=[_shown_look(row) for row in page.items], next=page.next)


async def entries(work: Work, asked: Asked, cursor: str | None, limit: int) -> Page:
    """What befell the system, newest first. A reason that speaks of a case stays closed here.
    Raises Invalid as above."""
    await audit.note_of(work, What.RECORD_READ)
    page = await _page(
        work, _ENTRIES, asked, "entries", (_entry.recorded_at, _entry.id), cursor, limit
    )
    return Page(items=[_shown_entry(row) for row in page.items], next=page.next)


async def _page(
    work: Work,
    wanted: Select[Any],
    asked: Asked,
    list_: str,
    key: tuple[Any, Any],
    cursor: str | None,
    limit: int,
) -> Page:
    at, id_ = key
    columns, question = at.table.c, asked.question(list_)
    for name in ("account_id", "case_id"):
        if (value := getattr(asked, name)) is not None:
            wanted = wanted.where(columns[name] == value)
    if asked.what is not None:
        which = columns.what.startswith(f"{asked.what}:", autoescape=True)
        wanted = wanted.where(or_(columns.what == asked.what, which))
    if asked.since is not None:
        wanted = wanted.where(at >= asked.since)
    if asked.until is not None:
        wanted = wanted.where(at < asked.until)
    values: dict[str, Any] = {}
    if cursor is not None:
        values["at"], values["id"] = cursors.read(cursor, question, "tu")
        wanted = wanted.where(tuple_(at, id_) < tuple_(bindparam("at", type_=TZ), bindparam("id")))
    rows = (await work.connection.execute(wanted.limit(limit + 1), values)).all()
    more, rows = len(rows) > limit, rows[:limit]
    last = rows[-1]._mapping if rows else {}
    following = cursors.write((last[at.name], last["id"]), question) if more else None
    return Page(items=list(rows), next=following)


def _shown_look(row: Any) -> dict[str, Any]:
    what, _, which = row.what.partition(":")
    return {
        **{name: row._mapping[name] for name in _SHOWN},
        "what_title": LOOKED.get(what if which else row.what, row.what),
    }


_SHOWN: Final = (
    "id", "looked_at", "account_id", "account", "organisation", "operator", "case_id", "what",
    "sight", "found",
)  # fmt: skip


def _shown_entry(row: Any) -> dict[str, Any]:
    # Why somebody stepped back from a case says who is in it.
    of_case = (row.about or "").startswith("case:") or row.what == What.CONFLICT_CHANGED
    return {
        "id": row.id,
        "recorded_at": row.recorded_at,
        "what": row.what,
        "what_title": What(row.what).label,
        "account_id": row.account_id,
        "account": row.account,
        "operator": row.operator,
        "about": row.about,
        "about_title": row.about and _about(row.about),
        "reason": None if of_case else _reason("audit_entry", row),
    }


def _about(about: str) -> str:
    word, _, id_ = about.partition(":")
    return f"{ABOUT.get(word, word)} {id_}"


def _reason(table: str, row: Any) -> str | None:
    """The reason somebody gave, as she typed it; None too where its key was destroyed by law."""
    if row.reason is None or not row.key:
        return None
    key = crypto.open_key(crypto.keyring(), row.key)
    return crypto.unseal_text(key, row.reason, crypto.Place(table, "reason", row.id))
