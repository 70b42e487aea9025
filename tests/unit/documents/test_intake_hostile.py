"""Files that are damaged, closed or meant to harm: each refused with its code, in both languages, quickly."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib

import pytest

from haidang.base.problems import Problem
from haidang.documents import pdf as press
from haidang.documents import word
from haidang.documents.intake import model, read_file
from haidang.documents.intake.desk import read_apart
from tests.unit.documents.files import (
    OLE,
    RELATIONS,
    TYPES,
    W,
    docx,
    in_object_stream,
    p,
    packed,
    pdf,
    relation,
)
from tests.unit.documents.letters import filled

VBA = "_VBA_PROJECT".encode("utf-16-le")
BOMB = bytes(40 << 20)
ENTITIES = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "ha">'
    + "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 10))
    + "]><a>&l9;</a>"
)


def with_flag(content: bytes) -> bytes:
    """Return an archive whose first entry says that it is under a password."""
    out = bytearray(content)
    out[6] |= 1
    at = out.index(b"PK\x01\x02")
    out[at + 8] |= 1
    return bytes(out)


def lying(content: bytes) -> bytes:
    """Return a DOCX whose directory says that every part is small: what comes out is larger."""
    out = bytearray(content)
    at = -1
    while (at := out.find(b"PK\x01\x02", at + 1)) >= 0:
        struct.pack_into("<I", out, at + 24, 100)
    return bytes(out)


def twice() -> bytes:
    out = io.BytesIO(docx(p("một")))
    with zipfile.ZipFile(out, "a") as package, pytest.warns(UserWarning):
        package.writestr("word/document.xml", f"<w:document {W}><w:body>{p('hai')}</w:body></w:document>")
    return out.getvalue()


def field(instruction: str) -> str:
    return f"<w:p><w:r><w:instrText>{instruction}</w:instrText></w:r></w:p>"


def in_entry(name: str, content: bytes) -> bytes:
    return docx(p("a"), parts={name: content})


SCAN = press.drawn(filled("cong-van"))
HARMFUL: dict[str, tuple[str, str, bytes]] = {
    # --- Macros and what runs
    "docm by name": ("a.docm", "document-macro", docx(p("a"))),
    "vbaProject": ("a.docx", "document-macro", in_entry("word/vbaProject.bin", OLE)),
    "macro type": (
        "a.docx",
        "document-macro",
        docx(p("a"), types=TYPES.replace("main+xml", "macroEnabled.main+xml")),
    ),
    "macro in an embedded workbook": (
        "a.docx",
        "document-macro",
        in_entry("word/embeddings/a.xlsx", packed(**{"xl/vbaProject.bin": b"x"})),
    ),
    "macro in an embedded OLE file": (
        "a.docx",
        "document-macro",
        in_entry("word/embeddings/a.bin", OLE + VBA),
    ),
    "doc with macros": ("a.doc", "document-macro", OLE + VBA),
    "ActiveX": ("a.docx", "document-hostile", in_entry("word/activeX/activeX1.xml", b"<a/>")),
    "packaged program": (
        "a.docx",
        "document-hostile",
        in_entry("word/embeddings/o.bin", OLE + "\x01Ole10Native".encode("utf-16-le")),
    ),
    "program within": ("a.docx", "document-hostile", in_entry("word/media/a.png", b"MZ" + bytes(300))),
    "program": ("a.docx", "document-hostile", b"MZ" + bytes(300)),
    "script": ("a.txt", "document-hostile", b"#!/bin/sh\nrm -rf /\n"),
    "DDE": ("a.docx", "document-hostile", docx(field(" DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "))),
    # --- Fetching from outside
    "template from outside": ("a.docx", "document-hostile", docx(p("a"), parts=relation("attachedTemplate"))),
    "object from outside": (
        "a.docx",
        "document-hostile",
        docx(p("a"), parts=relation("oleObject", "mhtml:http://x!x")),
    ),
    "frame from outside": ("a.docx", "document-hostile", docx(p("a"), parts=relation("frame"))),
    # --- XML
    "external entity": ("a.docx", "document-hostile", docx(p("a"), parts={"word/styles.xml": ENTITIES})),
    "entity in UTF-16": (
        "a.docx",
        "document-hostile",
        docx(p("a"), parts={"word/styles.xml": ENTITIES.encode("utf-16")}),
    ),
    "billion laughs": ("a.docx", "document-hostile", docx(p("a"), parts={"docProps/core.xml": LAUGHS})),
    "entities in HTML": ("a.html", "document-hostile", LAUGHS.replace("<a>", "<html>").encode()),
    "deep tables": (
        "a.docx",
        "document-hostile",
        docx("<w:tbl><w:tr><w:tc>" * 80 + p("a") + "</w:tc></w:tr></w:tbl>" * 80),
    ),
    "deep HTML": ("a.html", "document-hostile", b"<html>" + b"<div>" * 50_000),
    # --- Archives
    "bomb": ("a.docx", "document-hostile", docx(p("a"), parts={"word/media/a.bmp": BOMB})),
    "bomb in what is read": ("a.docx", "document-hostile", docx(p("a"), parts={"word/styles.xml": BOMB})),
    "lying bomb": ("a.docx", "document-unreadable", lying(docx(p("a" * 100_000)))),
    "nested archive": ("a.docx", "document-hostile", in_entry("word/media/a.png", packed(a=b"a"))),
    "nested in an embedded file": (
        "a.docx",
        "document-hostile",
        in_entry("word/embeddings/a.docx", packed(**{"[Content_Types].xml": b"", "b.zip": b"PK"})),
    ),
    "two parts of a name": ("a.docx", "document-hostile", twice()),
    "out of the package": ("a.docx", "document-hostile", in_entry("../../etc/cron.d/a", b"x")),
    # --- PDF
    "script in a PDF": ("a.pdf", "document-hostile", pdf("<</S/JavaScript/JS(app.alert\\(1\\))>>")),
    "escaped script": ("a.pdf", "document-hostile", pdf("<</S/J#61vaScript/J#53(app.alert\\(1\\))>>")),
    "packed script": ("a.pdf", "document-hostile", pdf(in_object_stream(b"<</S/JavaScript/JS(x)>>"))),
    "program started": ("a.pdf", "document-hostile", pdf("<</S/Launch/F(cmd.exe)>>")),
    "file within a PDF": (
        "a.pdf",
        "document-hostile",
        pdf("<</Type/Filespec>>", "<</Type/EmbeddedFile/Length 0>>stream\n\nendstream"),
    ),
    "media in a PDF": ("a.pdf", "document-hostile", pdf("<</Subtype/RichMedia>>")),
    "bomb in a PDF": ("a.pdf", "document-hostile", pdf(in_object_stream(bytes(70 << 20)))),
    # --- Closed
    "DOCX under a password": ("a.docx", "document-encrypted", OLE + "EncryptedPackage".encode("utf-16-le")),
    "archive under a password": ("a.docx", "document-encrypted", with_flag(docx(p("a")))),
    # --- Without text
    "scan": ("a.pdf", "document-scanned", pdf(text="")),
    "picture": ("a.pdf", "document-scanned", b"\x89PNG\r\n\x1a\n" + bytes(50)),
    "photograph": ("a.jpg", "document-scanned", b"\xff\xd8\xff\xe0" + bytes(50)),
    # --- Damaged, or of another kind
    "empty": ("a.docx", "document-unreadable", b""),
    "blank": ("a.txt", "document-unreadable", b" \n\t\n"),
    "DOCX without words": ("a.docx", "document-unreadable", docx(p(""))),
    "broken archive": ("a.docx", "document-unreadable", docx(p("a"))[:-40]),
    "broken XML": ("a.docx", "document-unreadable", docx("<w:p>")),
    "broken PDF": ("a.pdf", "document-unreadable", SCAN[:200] + SCAN[-100:]),
    "nothing of a PDF": ("a.pdf", "document-unreadable", b"%PDF-1.7\n"),
    "archive": ("a.zip", "document-unreadable", packed(a=b"a")),
    "other archive": ("a.rar", "document-unreadable", b"Rar!\x1a\x07"),
    "workbook": (
        "a.docx",
        "document-unreadable",
        packed(**{"xl/workbook.xml": b"", "[Content_Types].xml": b""}),
    ),
    "OpenDocument": (
        "a.odt",
        "document-unreadable",
        packed(mimetype=b"application/vnd.oasis.opendocument.text"),
    ),
    "old Word": ("a.doc", "document-unreadable", OLE),
    "RTF": ("a.rtf", "document-unreadable", b"{\\rtf1 abc}"),
    "bytes": ("a.txt", "document-unreadable", bytes(range(256)) * 4),
}


@pytest.mark.parametrize("name", HARMFUL)
def test_it_is_refused_with_the_reason(name: str) -> None:
    file, code, content = HARMFUL[name]
    with pytest.raises(Problem) as refusal:
        read_file(file, content)
    assert refusal.value.kind.code == code, refusal.value.en
    assert refusal.value.vi and refusal.value.en


@pytest.mark.parametrize("name", ["bomb in a PDF", "billion laughs", "deep HTML", "script in a PDF"])
def test_it_is_refused_in_a_process_of_its_own_too(name: str) -> None:
    file, code, content = HARMFUL[name]
    with pytest.raises(Problem) as refusal:
        read_apart(file, content)
    assert refusal.value.kind.code == code


def bent(content: bytes, chance: random.Random) -> bytes:
    """Return a file with some bytes changed, lost or doubled."""
    found = bytearray(content)
    for _ in range(chance.randrange(1, 9)):
        at, length = chance.randrange(len(found)), chance.randrange(1, 40)
        match chance.randrange(3):
            case 0:
                found[at] = chance.randrange(256)
            case 1:
                del found[at : at + length]
            case _:
                found[at:at] = found[: length * 2]
    return bytes(found)


@pytest.mark.parametrize("name", ["a.docx", "b.docx", "a.pdf", "a.eml", "a.html"])
def test_what_is_damaged_is_read_or_refused_and_nothing_else(name: str) -> None:
    chance = random.Random(7)
    whole = {
        "a.docx": docx(p("Giao việc")),
        "b.docx": word.drawn(filled("cong-van")),
        "a.pdf": SCAN,
        "a.eml": b"From: a@b\nDate: x\nContent-Type: multipart/mixed; boundary=z\n\n--z\n\nabc\n--z--\n",
        "a.html": b"<html><meta charset=utf-8><title>x</title><table><tr><td>a<p>b</table></html>",
    }[name]
    outcomes = set()
    for _ in range(150):
        try:
            read_file(name, bent(whole, chance))
            outcomes.add("read")
        except Problem as refusal:
            outcomes.add(refusal.kind.code)
    assert "read" in outcomes
    assert outcomes <= {
        "read",
        "document-unreadable",
        "document-hostile",
        "document-scanned",
        "document-encrypted",
    }


def test_what_is_too_large_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Problem) as refusal:
        read_file("a.txt", bytes(model.FILE_BYTES_MAX + 1))
    assert refusal.value.kind.code == "document-too-large"
    for name, content in (("a.pdf", pdf(pages=1_001)), ("a.txt", b"a" * 2_000_001)):
        with pytest.raises(Problem) as refusal:
            read_file(name, content)
        assert refusal.value.kind.code == "document-too-large", name


def test_a_workbook_behind_a_chart_and_a_picture_elsewhere_are_no_harm() -> None:
    parts = relation("image") | {
        "word/embeddings/Sheet1.xlsx": packed(**{"[Content_Types].xml": b"", "xl/workbook.xml": b""}),
        "word/media/image1.png": b"\x89PNG\r\n",
        "word/_rels/styles.xml.rels": f'<Relationships xmlns="{RELATIONS}"/>',
    }
    found = read_file("a.docx", docx(p("Giao việc"), parts=parts))
    assert found.text == "Giao việc"
    assert {note.code for note in found.warnings} == {"embedded-left-out", "outside-image"}


def test_a_signed_form_and_a_word_that_sounds_like_a_script_are_no_harm() -> None:
    form = "<</FT/Sig/T(Ky so)/JScore 1/Title(A /JSON file)>>"
    assert read_file("a.pdf", pdf(form)).pages == 1


def test_a_page_without_text_among_others_is_named() -> None:
    whole = pdf(pages=2, text="Van ban " * 20)
    at = whole.index(b"11 0 obj")
    blank = whole[:at] + whole[at:].replace(b"/Contents 4", b"/NoConte 4", 1)
    [note] = read_file("a.pdf", blank).warnings
    assert note.code == "pages-without-text" and note.vi.endswith(": 2.")


def test_streams_that_do_not_unpack_are_left_to_the_reader() -> None:
    broken = b"<</Type/ObjStm/N 1/First 5/Filter/FlateDecode>>stream\nnonsense\nendstream"
    assert read_file("a.pdf", pdf(broken)).pages == 1
    odd = b"<</Type/ObjStm/N 1/First 5/Filter/LZWDecode>>stream\n" + zlib.compress(b"a") + b"\nendstream"
    with pytest.raises(Problem):
        read_file("a.pdf", pdf(odd))
