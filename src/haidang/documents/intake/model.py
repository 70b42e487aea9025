"""What reading a file gives, how large a file may be, and the ways in which one is refused."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import Literal

import msgspec

from haidang.base.problems import Kind, Problem, kind
from haidang.documents.report import TOO_LARGE

FILE_BYTES_MAX = 32 << 20
UNPACKED_BYTES_MAX = 64 << 20
"""What the parts of a Word file that are read may hold together."""
PAGES_MAX = 1_000
LETTERS_MAX = 2_000_000
"""Characters of text; some 800 pages."""

UNREADABLE = kind("document-unreadable", 422, "Không đọc được tài liệu", "The document cannot be read")
HOSTILE = kind(
    "document-hostile", 422, "Tài liệu có nội dung nguy hiểm", "The document holds something dangerous"
)
SCANNED = kind(
    "document-scanned", 422, "Tài liệu chỉ có ảnh, không có chữ", "The document is a picture without text"
)
ENCRYPTED = kind(
    "document-encrypted", 422, "Tài liệu được đặt mật khẩu", "The document is protected by a password"
)
MACRO = kind("document-macro", 422, "Tài liệu có macro", "The document holds macros")

FileKind = Literal["docx", "pdf", "html", "text", "mail"]


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a reader of the text should know: what was left out, what was converted."""

    code: str
    vi: str
    en: str


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """The head of an e-mail."""

    sender: str = msgspec.field(name="from", default="")
    date: datetime | None = None
    subject: str = ""
    attachments: tuple[str, ...] = ()
    """Names of the attached files, in their order; they are not read with the mail."""


class TextFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file as text: a paragraph a line, with the numbers and dashes of lists, and " | " between cells."""

    kind: FileKind
    text: str
    title: str | None = None
    """The title in the file's properties; often left over from another document."""
    mail: Mail | None = None
    pages: int | None = None
    """Pages of a PDF; other kinds have none until they are printed."""
    warnings: tuple[Note, ...] = ()


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a process that reads says: the text, or the code and the words of a refusal."""

    file: TextFile | None = None
    code: str = ""
    vi: str = ""
    en: str = ""


def refused(why: Kind, vi: str, en: str) -> Problem:
    """Return the refusal of a file, to be raised."""
    return Problem(why, vi, en)


def too_large(vi: str, en: str) -> Problem:
    """Return the refusal of a file that is larger than one may be."""
    return Problem(TOO_LARGE, vi, en)


_BREAKS = re.compile("\r\n?|[\u2028\u2029\x0b\x0c\x85]")
_SPACES = re.compile("[ \t\xa0\u2000-\u200a\u202f\u3000]+")
_NOTHING = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\ufff0-\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_EMPTY = re.compile("\n{3,}")


def tidy(text: str) -> str:
    """Return text as people see it: composed letters, single spaces, no controls, at most one empty line.

    Marks without width and marks that turn the writing direction are taken out: they could show a
    sentence that is not the one that is read.
    """
    plain = _NOTHING.sub("", _BREAKS.sub("\n", text))
    lines = (_SPACES.sub(" ", line).strip() for line in plain.split("\n"))
    found = unicodedata.normalize("NFC", _EMPTY.sub("\n\n", "\n".join(lines)).strip())
    if len(found) > LETTERS_MAX:
        raise too_large(
            f"Tài liệu có hơn {LETTERS_MAX} ký tự.", f"The document has more than {LETTERS_MAX} characters."
        )
    return found
