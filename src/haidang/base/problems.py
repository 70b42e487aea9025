"""Problem documents (RFC 9457): one error type, stable codes, Vietnamese first and English second.

A room declares each way it can refuse as a :class:`Kind` beside the rule that refuses, and raises
:class:`Problem` with the particulars. ``docs/problems.md`` lists every kind; a test holds the two together.
"""

from __future__ import annotations

from typing import Any

import msgspec

KINDS: dict[str, Kind] = {}


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """One way in which the house refuses: its stable code, HTTP status and title in both languages."""

    code: str
    status: int
    vi: str
    en: str


class Fault(msgspec.Struct, frozen=True, omit_defaults=True):
    """One fault in what was sent: where it is, and why it is refused, in both languages."""

    field: str
    vi: str
    en: str
    value: str | None = None


class Problem(Exception):  # noqa: N818 - the standard's word
    """A refusal that the asker can understand and act upon."""

    def __init__(
        self, kind: Kind, vi: str = "", en: str = "", *, faults: tuple[Fault, ...] = (), **extra: Any
    ) -> None:
        super().__init__(f"{kind.code}: {en or kind.en}")
        self.kind = kind
        self.vi = vi
        self.en = en
        self.faults = faults
        self.extra = extra
        """Further members of the document, e.g. ``retry_after_s`` or the two versions of a conflict."""

    def document(self, instance: str | None = None) -> dict[str, Any]:
        """Return the RFC 9457 members as a JSON-ready mapping."""
        body: dict[str, Any] = {
            "type": f"urn:haidang:problem:{self.kind.code}",
            "code": self.kind.code,
            "status": self.kind.status,
            "title": self.kind.vi,
            "title_en": self.kind.en,
        }
        if self.vi:
            body["detail"] = self.vi
        if self.en:
            body["detail_en"] = self.en
        if self.faults:
            body["faults"] = list(msgspec.to_builtins(self.faults))
        if instance:
            body["instance"] = instance
        return body | self.extra


def kind(code: str, status: int, vi: str, en: str) -> Kind:
    """Declare a kind of problem; a code is declared once in the whole house."""
    if code in KINDS:
        raise ValueError(f"problem code {code!r} is declared twice")
    KINDS[code] = Kind(code=code, status=status, vi=vi, en=en)
    return KINDS[code]


INVALID = kind("invalid-request", 400, "Yêu cầu không hợp lệ", "The request is not valid")
UNAUTHENTICATED = kind("unauthenticated", 401, "Cần đăng nhập", "You need to sign in")
FORBIDDEN = kind("forbidden", 403, "Không có quyền", "You do not have this permission")
NOT_FOUND = kind("not-found", 404, "Không tìm thấy", "Not found")
NOT_ALLOWED = kind(
    "method-not-allowed", 405, "Phương thức không được hỗ trợ", "This method is not supported here"
)
CONFLICT = kind(
    "version-conflict", 409, "Dữ liệu đã được người khác thay đổi", "Somebody else has changed this meanwhile"
)
TOO_LARGE = kind("too-large", 413, "Dữ liệu gửi lên quá lớn", "What was sent is too large")
UNSUPPORTED_MEDIA = kind(
    "unsupported-media-type", 415, "Kiểu dữ liệu không được hỗ trợ", "This media type is not supported"
)
TOO_MANY = kind("too-many-requests", 429, "Quá nhiều yêu cầu", "Too many requests")
INTERNAL = kind("internal-error", 500, "Lỗi hệ thống", "Something went wrong inside")
STORAGE_FULL = kind("storage-full", 507, "Ổ đĩa của máy chủ gần đầy", "The server's disk is nearly full")
UNAVAILABLE = kind("unavailable", 503, "Hệ thống tạm thời chưa sẵn sàng", "Not ready for the moment")
