"""What in a PDF runs, opens or carries something else: looked for before and after PDFium opens it.

PDFium never runs any of it, but people will open the file that we keep. Names are looked for in the
dictionaries of all objects, also those packed into object streams and those written with #xx to hide.
"""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING

from haidang.documents.intake.detect import encrypted
from haidang.documents.intake.model import HOSTILE, UNREADABLE, refused

if TYPE_CHECKING:
    import pypdfium2

PACKED_BYTES_MAX = 64 << 20
"""What all object streams of a file may unpack to."""
_STREAM = re.compile(rb"stream\r?\n")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_NAMES = {
    b"JavaScript": ("mã JavaScript", "JavaScript"),
    b"JS": ("mã JavaScript", "JavaScript"),
    b"Launch": ("lệnh mở chương trình", "a command that starts a program"),
    b"EmbeddedFile": ("tệp nhúng", "an embedded file"),
    b"EmbeddedFiles": ("tệp nhúng", "an embedded file"),
    b"RichMedia": ("nội dung đa phương tiện chạy được", "rich media that runs"),
    b"XFA": ("biểu mẫu XFA", "an XFA form"),
    b"GoToE": ("liên kết đến tệp nhúng", "a link into an embedded file"),
}
_HARMFUL = re.compile(rb"/(" + b"|".join(_NAMES) + rb")(?=[\s/<>\[\]()]|$)")
_DICTIONARY = 4_096
"""Bytes before a stream in which its dictionary is looked for."""


def check(content: bytes) -> None:
    """Refuse a PDF whose objects hold code, commands or files."""
    outside, streams = _parts(content)
    for part in (outside, *streams):
        found = _HARMFUL.search(_plain(part))
        if found:
            vi, en = _NAMES[found[1]]
            raise refused(HOSTILE, f"PDF chứa {vi}.", f"The PDF holds {en}.")


def check_opened(document: pypdfium2.PdfDocument) -> None:
    """Refuse what PDFium itself finds in an opened file: encryption, attachments, scripts."""
    from pypdfium2 import raw  # noqa: PLC0415 - PDFium is loaded only where a PDF is read

    if raw.FPDF_GetSecurityHandlerRevision(document) >= 0:
        raise encrypted()
    if raw.FPDFDoc_GetAttachmentCount(document) > 0 or raw.FPDFDoc_GetJavaScriptActionCount(document) > 0:
        raise refused(HOSTILE, "PDF chứa tệp nhúng hoặc mã chạy.", "The PDF holds embedded files or code.")


def _plain(part: bytes) -> bytes:
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), part) if b"#" in part else part


def _parts(content: bytes) -> tuple[bytes, list[bytes]]:
    """Return what stands outside of streams, and what object streams hold."""
    outside: list[bytes] = []
    packed: list[bytes] = []
    at, left = 0, PACKED_BYTES_MAX
    while found := _STREAM.search(content, at):
        outside.append(content[at : found.start()])
        end = content.find(b"endstream", found.end())
        end = len(content) if end < 0 else end
        about = _plain(outside[-1][-_DICTIONARY:])
        if b"/ObjStm" in about[about.rfind(b"obj") :]:
            packed.append(_unpacked(content[found.end() : end], about, left))
            left -= len(packed[-1])
        at = end + len(b"endstream")
    outside.append(content[at:])
    return b"\n".join(outside), packed


def _unpacked(stream: bytes, about: bytes, left: int) -> bytes:
    if b"/FlateDecode" not in about and b"/Fl " not in about:
        if b"/Filter" not in about:
            return stream
        raise refused(
            UNREADABLE,
            "PDF nén theo cách không thông dụng; hãy xuất lại từ tài liệu gốc.",
            "The PDF is packed in an unusual way: export it again from the original.",
        )
    unpacker = zlib.decompressobj()
    try:
        found = unpacker.decompress(stream, left + 1)
    except zlib.error:
        return b""  # damaged, or predicted: PDFium says what becomes of it
    if len(found) > left:
        raise refused(HOSTILE, "PDF bung ra quá lớn (bom nén).", "The PDF unpacks to far too much (a bomb).")
    return found
