"""Plain text in whatever coding it comes: UTF-8, UTF-16, or what Vietnamese offices wrote before Unicode."""

from __future__ import annotations

import codecs

from haidang.documents import legacy
from haidang.documents.intake.model import UNREADABLE, Note, TextFile, refused, tidy

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CODING_NAMES = {"tcvn3": "TCVN3 (ABC)", "vni": "VNI Windows", "cp1258": "Windows-1258"}


def read(content: bytes) -> TextFile:
    """Return a text file; refused where no coding gives text."""
    text, notes = decoded(content)
    return TextFile(kind="text", text=tidy(text), warnings=notes)


def decoded(content: bytes, said: str | None = None) -> tuple[str, tuple[Note, ...]]:
    """Return bytes as text and what was converted; ``said`` is the coding that the file names itself."""
    for coding in filter(None, (_marked(content), "utf-8", _wide(content), said)):
        try:
            text = content.decode(coding)
        except (UnicodeDecodeError, LookupError):
            continue
        if "\x00" not in text:
            return _in_unicode(text.removeprefix("\ufeff"))
    if b"\x00" in content:
        raise refused(UNREADABLE, "Tệp không phải là văn bản.", "The file is not text.")
    return _from_bytes(content)


def converted(coding: str) -> Note:
    """Return the note that text was converted from a coding of its own."""
    name = _CODING_NAMES[coding]
    return Note(
        code="converted",
        vi=f"Văn bản dùng bảng mã {name}, đã chuyển sang Unicode; hãy xem lại chữ.",
        en=f"The text was in {name} and has been converted to Unicode: look at the letters.",
    )


def _marked(content: bytes) -> str | None:
    return next((coding for mark, coding in _MARKS if content.startswith(mark)), None)


def _wide(content: bytes) -> str | None:
    """Recognise UTF-16 without its mark by where the zero bytes of spaces and ASCII letters stand."""
    sample = content[:4_000]
    if len(sample) < 4 or len(content) % 2:
        return None
    for zero, coding in ((sample[1::2], "utf-16-le"), (sample[0::2], "utf-16-be")):
        if zero.count(0) * 5 > len(zero) * 2:
            return coding
    return None


def _in_unicode(text: str) -> tuple[str, tuple[Note, ...]]:
    found, coding = legacy.recognised(text)
    return found, (converted(coding),) if coding else ()


def _from_bytes(content: bytes) -> tuple[str, tuple[Note, ...]]:
    """One byte a letter: TCVN3 or VNI by their words, else Windows-1258 if that gives letters."""
    text = content.decode("latin-1")
    found, coding = legacy.recognised(text)
    if coding:
        return found, (converted(coding),)
    try:
        return content.decode("cp1258"), (converted("cp1258"),)
    except UnicodeDecodeError:
        raise refused(
            UNREADABLE,
            "Không nhận ra bảng mã của văn bản; hãy lưu lại ở Unicode (UTF-8).",
            "The coding of the text is not known: save it as Unicode (UTF-8).",
        ) from None
