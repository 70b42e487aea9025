"""What a file is, by what it holds; its name only decides between kinds of text.

Kinds that are not read are named in the refusal, with what to do instead.
"""

from __future__ import annotations

import re
from pathlib import PurePath

from haidang.documents.intake.model import (
    ENCRYPTED,
    HOSTILE,
    MACRO,
    SCANNED,
    UNREADABLE,
    FileKind,
    refused,
)

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM", b"RIFF")
_PACKED = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"MSCF")
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"#!")
_MACRO_NAMES = (".docm", ".dotm", ".xlsm", ".pptm")
_MAIL_HEAD = re.compile(
    rb"\A(?:[A-Za-z][A-Za-z0-9-]{0,60}:[^\n]*\n(?:[ \t][^\n]*\n)*){2,}", re.ASCII
)  # fmt: skip
_MAIL_NAMES = re.compile(rb"(?im)^(from|received|return-path|mime-version|message-id|subject):")
_MARKUP = re.compile(
    rb"\A\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|meta)\b", re.I | re.S
)


def kind_of(name: str, content: bytes) -> FileKind:
    """Return the kind of a file; ``Problem`` with what to do where it is none that is read."""
    suffix = PurePath(name.lower()).suffix
    if suffix in _MACRO_NAMES:
        raise macro()
    if not content.strip(b"\x00 \t\r\n"):
        raise refused(UNREADABLE, "Tệp rỗng.", "The file is empty.")
    if b"%PDF-" in content[:1_024]:
        return "pdf"
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "docx"
    if content.startswith(_OLE):
        raise _old_office(content)
    _refuse_others(content)
    return _text_kind(suffix, content)


def _refuse_others(content: bytes) -> None:
    if content.startswith(_PICTURES) and (
        not content.startswith((b"BM", b"II", b"MM")) or b"\x00" in content[:64]
    ):
        raise refused(
            SCANNED,
            "Tệp là ảnh; hãy nhận dạng chữ (OCR) và lưu thành DOCX hoặc PDF có chữ.",
            "The file is a picture: recognise its text (OCR) and save it as DOCX or as a PDF with text.",
        )
    if content.startswith(_PACKED):
        raise refused(
            UNREADABLE,
            "Tệp nén; hãy giải nén và nộp từng tài liệu.",
            "The file is an archive: unpack it and send each document.",
        )
    if content.startswith(_PROGRAMS) and not content.startswith(b"MZ ") and _is_program(content):
        raise refused(HOSTILE, "Tệp là một chương trình.", "The file is a program.")
    if content.startswith(b"{\\rtf"):
        raise refused(
            UNREADABLE,
            "Tệp RTF không được nhận; hãy mở bằng Word và lưu thành DOCX.",
            "RTF is not read: open it in Word and save it as DOCX.",
        )


def _is_program(content: bytes) -> bool:
    return content.startswith(b"#!") or b"\x00" in content[:256]


def _old_office(content: bytes) -> Exception:
    """Say what an OLE file is: Word's format before 2007, or a DOCX under a password."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        return encrypted()
    if "_VBA_PROJECT".encode("utf-16-le") in content:
        return macro()
    return refused(
        UNREADABLE,
        "Định dạng Office cũ (.doc, .xls, .ppt, .msg) không được nhận; hãy mở tệp và lưu thành DOCX.",
        "Old Office formats (.doc, .xls, .ppt, .msg) are not read: open the file and save it as DOCX.",
    )


def _text_kind(suffix: str, content: bytes) -> FileKind:
    head = content[:65_536].replace(b"\r\n", b"\n")
    if suffix in {".eml", ".mht", ".mhtml"} or (
        (found := _MAIL_HEAD.match(head)) and len(set(map(bytes.lower, _MAIL_NAMES.findall(found[0])))) >= 2
    ):
        return "mail"
    if suffix in {".html", ".htm", ".xhtml"} or _MARKUP.match(head.removeprefix(b"\xef\xbb\xbf")):
        return "html"
    return "text"


def macro() -> Exception:
    """Return the refusal of a file with macros."""
    return refused(
        MACRO,
        "Tài liệu chứa macro (mã chạy được); hãy lưu lại thành DOCX không có macro.",
        "The document holds macros, code that runs: save it as DOCX without macros.",
    )


def encrypted() -> Exception:
    """Return the refusal of a file under a password."""
    return refused(
        ENCRYPTED,
        "Tài liệu được đặt mật khẩu hoặc mã hóa; hãy bỏ mật khẩu rồi nộp lại.",
        "The document is protected by a password: take it off and send it again.",
    )
