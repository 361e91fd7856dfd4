"""Expected refusals. Each becomes an RFC 9457 problem with a stable `type` and a Chinese detail."""

from collections.abc import Iterator, Mapping, Sequence


class AppError(Exception):
    """A refusal the caller can act on. `type` is stable for clients; `detail` is for people."""

    status = 400
    type = "bad-request"
    title = "请求无法处理"
    retry_after: int | None = None
    """Seconds after which it may be worth trying again."""

    def __init__(self, detail: str, *, basis: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.basis = basis


class SignInNeeded(AppError):
    status, type, title = 401, "sign-in-needed", "请先登录"


class DeviceLost(SignInNeeded):
    """The device has to forget all that it keeps."""

    type, title = "device-lost", "这部设备已登记遗失"


class NotAllowed(AppError):
    status, type, title = 403, "not-allowed", "没有权限"


class SecondFactorNeeded(AppError):
    """The person has to show a second factor first. `accepted` are the kinds she has; without any
    she has to enrol one. `passkey` is what a browser needs to show hers."""

    status, type, title = 403, "second-factor-needed", "请用第二验证方式确认本人"

    def __init__(self, detail: str, *, accepted: Sequence[str] = ()) -> None:
        super().__init__(detail)
        self.accepted = list(accepted)
        self.passkey: Mapping[str, object] | None = None


class Kept(Exception):
    """Marks refusals of what must not be forgotten: what was written until then is kept."""


class WrongPassword(Kept, AppError):
    status, type, title = 403, "wrong-password", "密码不正确"


class PasswordDue(AppError):
    """The session can do nothing else before the password is changed."""

    status, type, title = 403, "password-due", "请先修改密码"


class EnrolmentNeeded(AppError):
    """The session can do nothing else before a second factor is enrolled."""

    status, type, title = 403, "enrolment-needed", "请先绑定第二验证方式"


class StartCodeNeeded(AppError):
    """A password alone does not enrol the first second factor."""

    status, type, title = 403, "start-code-needed", "须有启用码"


class WrongSecondFactor(Kept, AppError):
    status, type, title = 403, "wrong-second-factor", "验证码不正确"


class NotFound(AppError):
    """Also for what exists but may not be seen: the two must look the same."""

    status, type, title = 404, "not-found", "没有找到"


class Conflict(AppError):
    status, type, title = 409, "conflict", "与现有数据冲突"


class IdReused(Conflict):
    type, title = "id-reused", "编号已用于另一次提交"


class WrongState(Conflict):
    type, title = "wrong-state", "案件当前状态不能这样办理"


class Refused(Conflict):
    """A rule of law stands against the action; `type` is the rule's own."""

    title = "依法不能这样办理"

    def __init__(self, type: str, detail: str, *, basis: str) -> None:
        super().__init__(detail, basis=basis)
        self.type = type


class AgreementChanged(Conflict):
    """What was to be signed is no longer what was read."""

    type, title = "agreement-changed", "协议内容已改动"


class OtherAccount(Conflict):
    type, title = "other-account", "这条记录是另一个账号填写的"


class Waiting(AppError):
    """What it builds on did not go through yet."""

    status, type, title = 503, "waiting", "等待前一条记录"


class AlreadyReplaced(Conflict):
    type, title = "already-replaced", "这条记录已被更正过"


class CasesInHand(Conflict):
    """An account is not shut while cases would be left with nobody in charge."""

    type, title = "cases-in-hand", "还有未结案件没有移交"


class NoFreeBed(Conflict):
    type, title = "no-free-bed", "床位已被占用"


class RoomTaken(Conflict):
    type, title = "room-taken", "调解室该时段已有安排"


class MediatorTaken(Conflict):
    type, title = "mediator-taken", "调解员该时段已有安排"


class CaseTaken(Conflict):
    type, title = "case-taken", "案件该时段已有安排"


class Shredded(AppError):
    """The key was destroyed because the law asks for it: what it sealed cannot be read again."""

    status, type, title = 410, "shredded", "已依法删除"


class Expired(AppError):
    """What was kept for a short time, or for one look, is gone."""

    status, type, title = 410, "expired", "已过期"


class DocumentNumberTaken(Conflict):
    type, title = "document-number-taken", "文书编号已登记"


class Invalid(AppError):
    status, type, title = 422, "invalid", "填写内容有误"

    def __init__(self, detail: str, problems: Sequence[Mapping[str, object]] = ()) -> None:
        super().__init__(detail)
        self.problems = list(problems)


class FileRefused(Invalid):
    """A file that is not taken; `type` says why."""

    type, title = "file-refused", "不能接收这个文件"

    def __init__(self, type: str, detail: str) -> None:
        super().__init__(detail)
        self.type = type


class AlreadyWithdrawn(Conflict):
    type, title = "already-withdrawn", "已经撤回"


class UnreadableLetter(Invalid):
    type, title = "unreadable-letter", "无法打开"


class PreconditionNeeded(AppError):
    status, type, title = 428, "precondition-needed", "缺少版本号"


class Stale(AppError):
    status, type, title = 412, "stale", "内容已被他人修改"


class TooLarge(AppError):
    status, type, title = 413, "too-large", "提交的内容太大"


class HeadersTooLarge(AppError):
    status, type, title = 431, "headers-too-large", "请求头太大"


class AddressTooLong(AppError):
    status, type, title = 414, "address-too-long", "网址太长"


class TooDeep(AppError):
    status, type, title = 422, "too-deep", "提交的内容层次或项目太多"


class TooSlow(AppError):
    status, type, title = 408, "too-slow", "提交的内容没有在限定时间内传完"


class Busy(AppError):
    """The database is away or overloaded, or we are. What was sent may be sent again as it is."""

    status, type, title = 503, "busy", "系统繁忙"
    retry_after = 2


class Degraded(Busy):
    """The app lives, but cannot work."""

    type, title = "degraded", "系统暂时不能工作"


class TooManyAttempts(AppError):
    """Slow down; `retry_after` is in seconds."""

    status, type, title = 429, "too-many-attempts", "尝试过于频繁"
    retry_after: int

    def __init__(self, detail: str, *, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class QuotaUsedUp(TooManyAttempts):
    type, title = "quota-used-up", "调用次数超出限额"


class AddressNotAllowed(AppError):
    status, type, title = 403, "address-not-allowed", "来源地址未登记"


class OperatorNeeded(AppError):
    """A partner's system asks on behalf of a person, and has to say of whom."""

    status, type, title = 422, "operator-needed", "缺少经办人"


class PurposeNeeded(AppError):
    status, type, title = 422, "purpose-needed", "缺少办理目的"


class PurposeNotAllowed(AppError):
    status, type, title = 403, "purpose-not-allowed", "不在许可的目的之内"


class TokenRefused(AppError):
    """No token for a partner's system: `error` is a code of RFC 6749 section 5.2, `description`
    its English, for developers."""

    type, title = "token-refused", "不能发给访问令牌"

    def __init__(self, detail: str, *, error: str, description: str) -> None:
        super().__init__(detail)
        self.error = error
        self.description = description
        self.status = 401 if error == "invalid_client" else 400


class TooManyReveals(Kept, TooManyAttempts):
    """More secrets asked for within an hour than anybody's work needs; a supervisor is told."""

    type, title = "too-many-reveals", "查阅保密信息过于频繁"


def _titles(of: type[AppError]) -> Iterator[tuple[str, str]]:
    yield of.type, of.title
    for more in of.__subclasses__():
        yield from _titles(more)


_TITLES = dict(_titles(AppError)) | {Conflict.type: Conflict.title}


def title_of(type: str) -> str:
    """The title of a refusal of that stable type; a type that is of no class is a rule of law's."""
    return _TITLES.get(type, Refused.title)
