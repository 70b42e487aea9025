"""Reading one file, within this process: what the child does. Rooms call ``reading``."""

from __future__ import annotations

from haidang.base.problems import Problem
from haidang.documents.intake.detect import kind_of
from haidang.documents.intake.model import FILE_BYTES_MAX, UNREADABLE, FileKind, TextFile, refused, too_large


def read_file(name: str, content: bytes) -> TextFile:
    """Return a file as text; ``Problem`` with the reason where it is not read.

    Its name only helps to tell kinds of text from each other. Of files from outside this is called in a
    process of its own (``reading``): a parser that is led astray must not hold the server.
    """
    if len(content) > FILE_BYTES_MAX:
        raise too_large(
            f"Tệp lớn hơn {FILE_BYTES_MAX >> 20} MB.", f"The file is larger than {FILE_BYTES_MAX >> 20} MB."
        )
    try:
        found = _read(kind_of(name, content), content)
    except Problem:
        raise
    except Exception as cause:
        # A parser that falls over a file, in whichever of a dozen ways, has found it damaged.
        raise refused(
            UNREADABLE,
            "Tệp bị hỏng; hãy mở bằng chương trình gốc và lưu lại.",
            "The file is damaged: open it where it was made and save it again.",
        ) from cause
    if not found.text:
        raise refused(UNREADABLE, "Tài liệu không có chữ nào.", "There are no words in the document.")
    return found


def _read(kind: FileKind, content: bytes) -> TextFile:
    # Each kind loads its own library: a process that reads a PDF has no use for the others'.
    if kind == "pdf":
        from haidang.documents.intake import pdf  # noqa: PLC0415

        return pdf.read(content)
    if kind == "docx":
        from haidang.documents.intake import word  # noqa: PLC0415

        return word.read(content)
    if kind == "html":
        from haidang.documents.intake import html  # noqa: PLC0415

        return html.read(content)
    if kind == "mail":
        from haidang.documents.intake import mail  # noqa: PLC0415

        return mail.read(content)
    from haidang.documents.intake import plain  # noqa: PLC0415

    return plain.read(content)
