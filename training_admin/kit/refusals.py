"""Refusals: what the service will not do, each with a stable code and a Chinese sentence that says how to mend it."""

from collections.abc import Mapping
from typing import Any, ClassVar


class Refusal(Exception):
    """Base of every refusal; `sentence` is shown to the user, `extra` holds machine-readable details without personal data."""

    status: ClassVar[int] = 409
    code: ClassVar[str] = "refused"
    title: ClassVar[str] = "无法办理"

    def __init__(self, sentence: str, **extra: Any) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.extra = extra

    def problem(self) -> Mapping[str, Any]:
        """The refusal as an RFC 9457 problem document."""
        return {
            "type": f"urn:training-admin:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "detail": self.sentence,
            **self.extra,
        }


class NotFound(Refusal):
    """The named thing does not exist, or not for this actor: the two are never told apart."""

    status = 404
    code = "not-found"
    title = "未找到"


class Unavailable(Refusal):
    """The service cannot answer now; the same request may be repeated."""

    status = 503
    code = "database-busy"
    title = "系统繁忙"


class OutcomeUnknown(Refusal):
    """The connection was lost while an act was being recorded: it may or may not have happened."""

    status = 503
    code = "outcome-unknown"
    title = "办理结果待确认"


class Unreadable(Refusal):
    """What was sent cannot be read: file, sheet, field or value."""

    status = 422
    code = "unreadable"
    title = "内容无法识别"
