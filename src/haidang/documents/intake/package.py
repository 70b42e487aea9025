"""A DOCX as a package of parts, opened so that none of it can do harm.

Nothing is unpacked to disk, each part is read up to a bound that counts what comes out and not what the
archive says, XML with a DTD is refused before it is parsed, and whatever runs or fetches when the file is
opened in Word refuses the whole file: others will open it here.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from typing import Any

from lxml import etree

from haidang.documents.intake.detect import encrypted, macro
from haidang.documents.intake.model import HOSTILE, UNPACKED_BYTES_MAX, UNREADABLE, Note, refused

PARTS_MAX = 4_000
RATIO_MAX = 250
"""How many times larger a part over a megabyte may be than its packed form."""
DECLARED_BYTES_MAX = 512 << 20
NESTED_BYTES_MAX = 16 << 20
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_HARMFUL_TARGETS = ("attachedtemplate", "oleobject", "frame", "subdocument", "afchunk", "control", "package")
_ARCHIVES = (b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"MZ")


class Package:
    """The parts of a DOCX; what is wrong with it is refused when it is opened."""

    def __init__(self, content: bytes) -> None:
        self.notes: list[Note] = []
        self._left = UNPACKED_BYTES_MAX
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeDecodeError) as cause:
            raise broken() from cause
        self._check_entries()
        self._check_kind()
        self._check_relations()
        self._check_embedded()

    def names(self) -> list[str]:
        """Return the names of all parts."""
        return self._zip.namelist()

    def bytes_of(self, name: str) -> bytes:
        """Return the bytes of a part; refused where more comes out than may."""
        try:
            with self._zip.open(name) as part:
                content = part.read(self._left + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            NotImplementedError,
            RuntimeError,
        ) as cause:
            raise broken() from cause
        if len(content) > self._left:
            raise _bomb()
        self._left -= len(content)
        return content

    def xml(self, name: str) -> Any | None:
        """Return the root of a part, or None where the package has no such part."""
        if name not in self._zip.NameToInfo:
            return None
        return parsed(self.bytes_of(name))

    # --- What refuses -------------------------------------------------------------------------------------

    def _check_entries(self) -> None:
        entries = self._zip.infolist()
        if len(entries) > PARTS_MAX or sum(entry.file_size for entry in entries) > DECLARED_BYTES_MAX:
            raise _bomb()
        if len({entry.filename for entry in entries}) != len(entries):
            raise refused(HOSTILE, "Tệp có hai phần cùng tên.", "Two parts of the file have the same name.")
        for entry in entries:
            if entry.flag_bits & 0x1:
                raise encrypted()
            if entry.file_size > 1 << 20 and entry.file_size > RATIO_MAX * max(entry.compress_size, 1):
                raise _bomb()
            if entry.filename.startswith(("/", "\\")) or ".." in entry.filename.replace("\\", "/").split("/"):
                raise refused(
                    HOSTILE,
                    "Tệp có phần chỉ ra ngoài gói.",
                    "A part of the file points outside of its package.",
                )

    def _check_kind(self) -> None:
        names = set(self.names())
        types = self.bytes_of("[Content_Types].xml") if "[Content_Types].xml" in names else b""
        if any("vbaproject" in name.lower() for name in names) or b"macroenabled" in types.lower():
            raise macro()
        if "word/document.xml" in names and types:
            return
        if "xl/workbook.xml" in names or "ppt/presentation.xml" in names:
            raise refused(
                UNREADABLE,
                "Tệp là bảng tính hoặc trình chiếu, không phải văn bản Word.",
                "The file is a workbook or slides, not a Word document.",
            )
        if "mimetype" in names:
            raise refused(
                UNREADABLE,
                "Tệp OpenDocument không được nhận; hãy lưu thành DOCX.",
                "OpenDocument is not read: save it as DOCX.",
            )
        raise refused(
            UNREADABLE,
            "Tệp nén không phải là văn bản Word; hãy giải nén và nộp từng tài liệu.",
            "The archive is not a Word document: unpack it and send each document.",
        )

    def _check_relations(self) -> None:
        for name in self.names():
            if not name.endswith(".rels"):
                continue
            for relation in parsed(self.bytes_of(name)).iter(_RELATION):
                kind = posixpath.basename(relation.get("Type", "")).lower()
                if relation.get("TargetMode") != "External":
                    continue
                if kind in _HARMFUL_TARGETS:
                    raise refused(
                        HOSTILE,
                        f"Tài liệu gọi nội dung từ bên ngoài khi mở ({kind}).",
                        f"The document fetches something from outside when it is opened ({kind}).",
                    )
                if kind == "image":
                    self.notes.append(
                        Note(
                            code="outside-image",
                            vi="Tài liệu dẫn đến ảnh bên ngoài; ảnh không được tải.",
                            en="The document points to a picture outside; it was not fetched.",
                        )
                    )

    def _check_embedded(self) -> None:
        embedded = 0
        for name in self.names():
            low = name.lower()
            if low.startswith("word/activex/"):
                raise refused(
                    HOSTILE,
                    "Tài liệu có điều khiển ActiveX.",
                    "The document holds ActiveX controls.",
                )
            if low.endswith((".xml", ".rels")) or name.endswith("/"):
                continue
            is_embedded = low.startswith("word/embeddings/")
            embedded += is_embedded
            self._check_foreign(name, embedded=is_embedded)
        if embedded:
            self.notes.append(
                Note(
                    code="embedded-left-out",
                    vi=f"Có {embedded} đối tượng nhúng không được đọc.",
                    en=f"{embedded} embedded objects were not read.",
                )
            )

    def _check_foreign(self, name: str, *, embedded: bool) -> None:
        """Refuse an archive or a program within the file; a workbook behind a chart may be there."""
        with self._zip.open(name) as part:
            head = part.read(8)
        if not embedded and not head.startswith(_ARCHIVES):
            return
        if not embedded or head.startswith(_ARCHIVES[1:]):
            raise _nested()
        with self._zip.open(name) as part:
            content = part.read(NESTED_BYTES_MAX + 1)
        if len(content) > NESTED_BYTES_MAX:
            raise _bomb()
        if head.startswith(b"PK"):
            self._check_nested(content)
        elif "\x01Ole10Native".encode("utf-16-le") in content:
            raise _nested()
        elif "_VBA_PROJECT".encode("utf-16-le") in content:
            raise macro()

    def _check_nested(self, content: bytes) -> None:
        try:
            names = [name.lower() for name in zipfile.ZipFile(io.BytesIO(content)).namelist()]
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as cause:
            raise _nested() from cause
        if any("vbaproject" in name for name in names):
            raise macro()
        if "[content_types].xml" not in names or any(
            name.endswith((".zip", ".7z", ".rar")) for name in names
        ):
            raise _nested()


_DOCTYPE = re.compile(
    b"|".join(
        re.escape(word.encode(coding))
        for word in ("<!DOCTYPE", "<!ENTITY")
        for coding in ("ascii", "utf-16-le", "utf-16-be")
    )
)


def parsed(content: bytes) -> Any:
    """Return the root of an XML part; a DTD, with which entities come, refuses it."""
    if _DOCTYPE.search(content):
        raise refused(
            HOSTILE,
            "Tài liệu khai báo DTD hoặc thực thể XML, là cách tấn công máy đọc.",
            "The document declares a DTD or XML entities, a way to attack who reads it.",
        )
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True,
        remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as cause:
        raise broken() from cause
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        raise broken()
    return root


def broken() -> Exception:
    """Return the refusal of a file that is damaged."""
    return refused(
        UNREADABLE,
        "Tệp bị hỏng; hãy mở bằng Word và lưu lại.",
        "The file is damaged: open it in Word and save it again.",
    )


def _bomb() -> Exception:
    return refused(
        HOSTILE,
        "Tệp nén bung ra quá lớn (bom nén).",
        "What the file unpacks to is far too large (a zip bomb).",
    )


def _nested() -> Exception:
    return refused(
        HOSTILE,
        "Trong tài liệu có tệp nén hoặc chương trình.",
        "There is an archive or a program within the document.",
    )
