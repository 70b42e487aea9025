"""Documents and meetings as their rows have them, and what is told of their kind, number and secrecy."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any, Literal, get_args

import msgspec

from haidang.base.text import fold
from haidang.directives.extraction.model import DocumentKind

Secrecy = Literal["normal", "restricted", "secret"]
"""normal · restricted: only the office and the units that are named · secret: a reference, never a text."""
DocumentState = Literal["read", "confirming", "issued", "withdrawn"]
"""Đã đọc · Đang xác nhận · Đã ban hành nhiệm vụ · Đã thu hồi."""
KINDS: tuple[str, ...] = get_args(DocumentKind)
KINDS_EN: dict[str, str] = {
    "thông báo": "notice", "công văn": "official letter", "chỉ thị": "directive of a head",
    "quyết định": "decision", "nghị quyết": "resolution", "kế hoạch": "plan", "báo cáo": "report",
    "công điện": "urgent telegram", "tờ trình": "submission", "chương trình": "programme",
    "giấy mời": "invitation", "biên bản": "minutes", "đề án": "scheme", "tin": "news item", "khác": "other",
}  # fmt: skip
TEXT_MAX = 600_000
"""Code points of a document: some 300 pages."""
CANDIDATES_MAX = 1_000
"""Proposals of a document; a text with more is no notice and is to be taken apart."""
READERS_MAX = 200
_SIGNS = re.compile(r"[^0-9a-z]+")


class Meeting(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``meeting``."""

    id: int
    version: int
    owner_org: int
    title: str
    chair: str = ""
    held_on: date | None = None
    place: str = ""
    invitation_no: str = ""
    participants: tuple[str, ...] = ()
    secrecy: Literal["normal", "restricted"] = "normal"
    readers: tuple[int, ...] = ()
    simulated: bool = False
    created_by: str
    created_at: datetime
    changed_at: datetime


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``directive_document`` without its text, which is asked for by itself."""

    id: int
    version: int
    owner_org: int
    kind: str
    number: str = ""
    issued_on: date | None = None
    issued_on_certain: bool = False
    issuer: str = ""
    place: str = ""
    signatory: str = ""
    signatory_title: str = ""
    subject: str = ""
    meeting_id: int | None = None
    secrecy: Secrecy = "normal"
    readers: tuple[int, ...] = ()
    state: DocumentState
    text_sha256: str | None = None
    file_name: str | None = None
    file_size: int | None = None
    file_sha256: str | None = None
    file_type: str | None = None
    file_kind: str | None = None
    mail: dict[str, Any] | None = None
    warnings: tuple[dict[str, Any], ...] = ()
    note: str = ""
    simulated: bool = False
    created_by: str
    created_at: datetime
    changed_at: datetime

    @property
    def called(self) -> str:
        """How tasks name it: "Thông báo 1412-TB/TU"; its kind and day where it has no number."""
        word = self.kind.capitalize() if self.kind not in {"khác", "tin"} else "Văn bản"
        day = f" ngày {self.issued_on:%d/%m/%Y}" if self.issued_on else ""
        return f"{word} {self.number}" if self.number else f"{word}{day}"


def number_key(number: str) -> str:
    """Return a document's number as it is compared: ``1412-TB/TU``, ``1412 - TB / TU`` are ``1412-tb-tu``."""
    return _SIGNS.sub("-", fold(number)).strip("-")


def document_acts(document: Document, *, registrar: bool, issuer: bool) -> list[str]:
    """Return what is open to the asker now; the services ask the same."""
    found = []
    if registrar and document.state != "withdrawn":
        found.append("change")
        if document.text_sha256 is not None:
            found += ["read", "add"]
        if document.state != "issued":
            found.append("withdraw")
            found += ["make_secret"] if document.secrecy != "secret" else []
    if issuer and document.state != "withdrawn" and document.text_sha256 is not None:
        found.append("issue")
    return found
