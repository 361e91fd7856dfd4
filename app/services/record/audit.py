"""What happened to the system itself: an entry an event, in the transaction of what happened."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app import crypto
from app.access import Work
from app.ids import uuid7
from app.models import AuditEntry
from app.models.columns import table_of

ABOUT: Final = re.compile(r"[a-z_]+:[0-9A-Za-z._-]{1,64}")


class What(StrEnum):
    """What may happen (网安法 23；等保三级 L3-CES1-12). A new one needs its label below."""

    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGN_IN_BLOCKED = "sign_in_blocked"
    SIGNED_OUT = "signed_out"
    SESSION_ENDED = "session_ended"
    TOKEN_REUSED = "token_reused"  # noqa: S105 - a word
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a word
    PASSWORD_RESET = "password_reset"  # noqa: S105 - a word
    SECOND_FACTOR_ADDED = "second_factor_added"
    SECOND_FACTOR_REMOVED = "second_factor_removed"
    SECOND_FACTOR_RENAMED = "second_factor_renamed"
    SECOND_FACTOR_RESET = "second_factor_reset"
    SECOND_FACTOR_FAILED = "second_factor_failed"
    START_CODE_MADE = "start_code_made"
    START_CODE_USED = "start_code_used"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    RECOVERY_CODE_USED = "recovery_code_used"
    STEPPED_UP = "stepped_up"
    ACCOUNT_MADE = "account_made"
    ACCOUNT_CHANGED = "account_changed"
    ACCOUNT_DISABLED = "account_disabled"
    ACCOUNT_ENABLED = "account_enabled"
    ID_NUMBERS_CHANGED = "id_numbers_changed"
    GRANTS_CHANGED = "grants_changed"
    CONFLICT_CHANGED = "conflict_changed"
    CLIENT_REGISTERED = "client_registered"
    CLIENT_REVOKED = "client_revoked"
    CLIENT_KEY_ADDED = "client_key_added"
    CLIENT_KEY_CONFIRMED = "client_key_confirmed"
    CLIENT_KEY_REVOKED = "client_key_revoked"
    CLIENT_SIGNED_IN = "client_signed_in"
    CLIENT_REFUSED = "client_refused"
    GLASS_BROKEN = "glass_broken"
    GLASS_REVIEWED = "glass_reviewed"
    KEY_ROTATED = "key_rotated"
    KEY_DESTROYED = "key_destroyed"
    HOLD_CHANGED = "hold_changed"
    PHONE_CONFLICT_SETTLED = "phone_conflict_settled"
    DEVICES_LOST = "devices_lost"
    CLOCK_MOVED = "clock_moved"
    REGISTER_CHANGED = "register_changed"
    PERSON_CHANGED = "person_changed"
    EXPORT_MADE = "export_made"
    EXPORT_TAKEN = "export_taken"
    BACKUP_MADE = "backup_made"
    BACKUP_RESTORED = "backup_restored"
    NOTICE_READ = "notice_read"
    RECORD_READ = "record_read"
    RECORD_SWEPT = "record_swept"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS: Final[dict[What, str]] = {
    What.SIGNED_IN: "登录",
    What.SIGN_IN_FAILED: "登录失败",
    What.SIGN_IN_BLOCKED: "登录受限",
    What.SIGNED_OUT: "退出登录",
    What.SESSION_ENDED: "结束其他登录",
    What.TOKEN_REUSED: "刷新令牌被重复使用",
    What.PASSWORD_CHANGED: "修改密码",
    What.PASSWORD_RESET: "重置密码",
    What.SECOND_FACTOR_ADDED: "添加第二验证方式",
    What.SECOND_FACTOR_REMOVED: "移除第二验证方式",
    What.SECOND_FACTOR_RENAMED: "更改第二验证方式的名称",
    What.SECOND_FACTOR_RESET: "重置第二验证方式",
    What.SECOND_FACTOR_FAILED: "第二验证失败",
    What.START_CODE_MADE: "发放启用码",
    What.START_CODE_USED: "使用启用码",
    What.RECOVERY_CODES_MADE: "生成恢复码",
    What.RECOVERY_CODE_USED: "使用恢复码",
    What.STEPPED_UP: "再次验证身份",
    What.ACCOUNT_MADE: "新建账号",
    What.ACCOUNT_CHANGED: "修改账号",
    What.ACCOUNT_DISABLED: "停用账号",
    What.ACCOUNT_ENABLED: "恢复账号",
    What.ID_NUMBERS_CHANGED: "登记本人及近亲属身份证号",
    What.GRANTS_CHANGED: "变更角色",
    What.CONFLICT_CHANGED: "变更回避",
    What.CLIENT_REGISTERED: "登记接口用户",
    What.CLIENT_REVOKED: "停用接口用户",
    What.CLIENT_KEY_ADDED: "提交接口用户密钥",
    What.CLIENT_KEY_CONFIRMED: "确认接口用户密钥",
    What.CLIENT_KEY_REVOKED: "停用接口用户密钥",
    What.CLIENT_SIGNED_IN: "接口用户登录",
    What.CLIENT_REFUSED: "接口用户登录被拒绝",
    What.GLASS_BROKEN: "紧急查阅",
    What.GLASS_REVIEWED: "复核紧急查阅",
    What.KEY_ROTATED: "轮换密钥",
    What.KEY_DESTROYED: "销毁密钥",
    What.HOLD_CHANGED: "变更案件保留",
    What.PHONE_CONFLICT_SETTLED: "处理手机冲突记录",
    What.DEVICES_LOST: "登记设备遗失",
    What.CLOCK_MOVED: "期限因节假日改期",
    What.REGISTER_CHANGED: "修改登记信息",
    What.PERSON_CHANGED: "修改人员信息",
    What.EXPORT_MADE: "导出",
    What.EXPORT_TAKEN: "下载导出文件",
    What.BACKUP_MADE: "备份",
    What.BACKUP_RESTORED: "从备份恢复",
    What.NOTICE_READ: "阅读通知",
    What.RECORD_READ: "查阅审计记录",
    What.RECORD_SWEPT: "到期清除审计记录",
}

_ENTRY = insert(table_of(AuditEntry)).inline()


async def note(
    connection: AsyncConnection,
    what: What,
    *,
    account_id: int | None = None,
    operator: str | None = None,
    about: str | None = None,
    reason: str | None = None,
) -> None:
    """Add an entry to the record, in the caller's transaction: both are kept, or neither.

    `account_id` is who did it, None before sign-in or from the command line; `operator` the code
    by which a partner, or this machine, knows the human behind it; `about` what it was done to,
    `table:id` and nothing else. `reason`, as somebody typed it, is sealed. Raises ValueError for
    an `about` of another shape: it is shown, and must name nobody.
    """
    if about is not None and not ABOUT.fullmatch(about):
        raise ValueError("about is table:id")
    row = {"id": uuid7(), "what": what, "account_id": account_id, "operator": operator}
    await connection.execute(_ENTRY, row | {"about": about} | _sealed(row["id"], reason))


@dataclass(frozen=True, kw_only=True)
class By:
    """Who keeps a register: an administrator's account, or who works at the command line."""

    account_id: int | None = None
    operator: str | None = None


async def note_by(
    connection: AsyncConnection, what: What, by: By, about: str, reason: str | None = None
) -> None:
    """As `note`, of what was done to a register."""
    who: dict[str, Any] = {"account_id": by.account_id, "operator": by.operator}
    await note(connection, what, about=about, reason=reason, **who)


async def note_of(
    work: Work, what: What, *, about: str | None = None, reason: str | None = None
) -> None:
    """As `note`, of a piece of work: by whom it is done is known."""
    actor = work.actor
    by: dict[str, Any] = {"account_id": actor.account_id, "operator": work.operator}
    await note(work.connection, what, about=about, reason=reason, **by)


def _sealed(id_: Any, reason: str | None) -> dict[str, bytes | None]:
    if reason is None:
        return {"key": None, "reason": None}
    ring = crypto.keyring()
    wrapped = crypto.new_key(ring)
    place = crypto.Place("audit_entry", "reason", id_)
    return {"key": wrapped, "reason": crypto.seal(crypto.open_key(ring, wrapped), reason, place)}
