"""Reading others' CAP: hostile documents are refused before anything of them is used.

The bytes are decoded here, under one of the few encodings that are allowed, and a document type or an entity
declaration is refused by its mere presence; so no entity is ever declared, let alone expanded, nothing is
fetched, and no trick of encodings hides a declaration from us. Size, depth and number of elements are
bounded. What has passed is brought into the form of CAP 1.2 (``older``) and held against our schema.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec
from lxml import etree

from haidang.alerts.cap.model.message import Message
from haidang.alerts.cap.model.words import NAMESPACES
from haidang.alerts.cap.xml import older
from haidang.alerts.cap.xml.facts import message_of
from haidang.alerts.cap.xml.schema import complaints
from haidang.base.problems import Problem, kind

SIZE_MAX = 1 << 20
"""Bytes of a document: 64 kB of text, up to 1 MB with what resources carry within."""
DEPTH_MAX = 24
ELEMENTS_MAX = 20_000
ENCODINGS = {"utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "ascii", "ascii": "ascii", "utf-16": "utf-16",
             "iso-8859-1": "latin-1", "windows-1252": "cp1252"}  # fmt: skip
_DECLARATION = re.compile(r"""\A\s*<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["'][^>]*?\?>""")
_ANY_DECLARATION = re.compile(r"\A\s*<\?xml\s[^>]*\?>")
_FORBIDDEN = re.compile(r"<!(?!--|\[CDATA\[)")

REFUSED = kind("cap-refused", 400, "Không nhận được bản tin CAP này", "This CAP message cannot be taken")


class Read(msgspec.Struct, frozen=True):
    """A message of others, and what was taken of it although the standard forbids it."""

    message: Message
    version: str
    notes: tuple[str, ...]
    text: str


def refused(why: str, vi: str, en: str) -> Problem:
    """Return the refusal of a document; ``why`` is a word for programs."""
    return Problem(REFUSED, vi, en, why=why)


def read(content: bytes) -> Read:
    """Return the message of a document; raise ``Problem`` that says what is wrong with it."""
    root, text = parsed(content)
    name = etree.QName(root)
    version = NAMESPACES.get(name.namespace or "")
    if version is None or name.localname != "alert":
        raise refused(
            "not-cap", "Không phải bản tin CAP 1.0, 1.1 hay 1.2.", "Not a CAP 1.0, 1.1 or 1.2 alert."
        )
    notes = older.modern(root, version)
    wrong = complaints(root)
    if wrong:
        raise refused(
            "structure",
            f"Sai cấu trúc CAP: {'; '.join(wrong)}",
            f"Not the structure of CAP: {'; '.join(wrong)}",
        )
    return Read(message_of(root), version, tuple(notes), text)


def parsed(content: bytes) -> tuple[Any, str]:
    """Return the root of a document that is safe to look at, and its text; also for feeds of others."""
    if len(content) > SIZE_MAX:
        raise refused("size", "Lớn hơn 1 MB.", "Larger than 1 MB.")
    text = _decoded(content)
    if _FORBIDDEN.search(text):
        raise refused(
            "doctype", "Chứa khai báo DTD hoặc thực thể.", "It declares a document type or entities."
        )
    text = _ANY_DECLARATION.sub("", text, count=1)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        recover=False, remove_comments=True, remove_pis=True, encoding="utf-8",
    )  # fmt: skip
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError, UnicodeEncodeError) as cause:
        said = str(cause)[:200]
        raise refused("not-xml", f"Không phải XML: {said}", f"Not XML: {said}") from cause
    _bounded(root)
    return root, text.strip()


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        name = "utf-16"
    else:
        # A declaration is ASCII in every encoding that we take; without one it is UTF-8.
        declared = _DECLARATION.match(content[:200].removeprefix(b"\xef\xbb\xbf").decode("ascii", "replace"))
        name = declared[1].lower() if declared else "utf-8"
    encoding = ENCODINGS.get(name)
    if encoding is None:
        raise refused("encoding", f"Không nhận mã hóa {name}.", f"The encoding {name} is not taken.")
    try:
        text = content.decode(encoding).removeprefix("\ufeff")
    except UnicodeError as cause:
        raise refused("encoding", f"Không đúng mã hóa {name}.", f"It is not {name}.") from cause
    declared = _DECLARATION.match(text[:200])
    if declared and ENCODINGS.get(declared[1].lower()) != encoding:
        raise refused("encoding", "Khai báo mã hóa không khớp.", "It declares another encoding than it has.")
    return text


def _bounded(root: Any) -> None:
    """Refuse what is deeper or larger than any message; the parser itself stops at 256 levels."""
    depth = count = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        count += event == "start"
        if depth > DEPTH_MAX:
            raise refused("depth", f"Sâu hơn {DEPTH_MAX} tầng.", f"Deeper than {DEPTH_MAX} levels.")
        if count > ELEMENTS_MAX:
            raise refused("elements", f"Hơn {ELEMENTS_MAX} phần tử.", f"More than {ELEMENTS_MAX} elements.")
