"""Files as offices and attackers send them, made in code."""

from __future__ import annotations

import io
import zipfile
import zlib

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override '
    'PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def p(text: str, about: str = "", run: str = "") -> str:
    """Return a paragraph."""
    return f"<w:p><w:pPr>{about}</w:pPr><w:r><w:rPr>{run}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


def listed(text: str, number: int = 1, level: int = 0) -> str:
    """Return an item of a list."""
    return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def docx(*body: str, parts: dict[str, bytes | str] | None = None, types: str = TYPES) -> bytes:
    """Return a DOCX with some paragraphs and further parts."""
    out = io.BytesIO()
    document = f'<?xml version="1.0"?><w:document {W}><w:body>{"".join(body)}</w:body></w:document>'
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in (
            {"[Content_Types].xml": types, "word/document.xml": document} | (parts or {})
        ).items():
            package.writestr(name, content)
    return out.getvalue()


def relation(kind: str, target: str = "http://example.com/x") -> dict[str, bytes | str]:
    """Return the part that points outside of a DOCX."""
    form = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    about = f'Id="r1" TargetMode="External" Type="{form}/{kind}" Target="{target}"'
    body = f'<Relationships xmlns="{RELATIONS}"><Relationship {about}/></Relationships>'
    return {"word/_rels/document.xml.rels": body}


def packed(**files: bytes) -> bytes:
    """Return an archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def pdf(*objects: str | bytes, pages: int = 1, text: str = "Van ban mot hai ba bon nam sau bay tam") -> bytes:
    """Return a PDF of a font that every reader has, with further objects."""
    words = f"BT /F1 13 Tf 90 700 Td ({text}) Tj ET" if text else ""
    kids = " ".join(f"{10 + at} 0 R" for at in range(pages))
    bodies: dict[int, str | bytes] = {
        1: "<</Type/Catalog/Pages 2 0 R/OpenAction 20 0 R>>" if objects else "<</Type/Catalog/Pages 2 0 R>>",
        2: f"<</Type/Pages/Count {pages}/Kids[{kids}]>>",
        3: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        4: f"<</Length {len(words)}>>stream\n{words}\nendstream",
    }
    page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 3 0 R>>>>>>"
    bodies |= {10 + at: page for at in range(pages)}
    bodies |= {20 + at: each for at, each in enumerate(objects)} if pages < 10 else {}
    out, places = b"%PDF-1.7\n", {}
    for number, body in bodies.items():
        places[number] = len(out)
        content = body if isinstance(body, bytes) else body.encode("latin-1")
        out += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    start = len(out)
    for number, place in sorted(places.items()):
        out += (b"xref\n" if number == 1 else b"") + b"%d 1\n%010d 00000 n \n" % (number, place)
    return out + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (max(places) + 1, start)


def in_object_stream(body: bytes) -> bytes:
    """Return an object packed into an object stream, as files that hide something have it."""
    content = zlib.compress(b"99 0 " + body)
    about = b"<</Type/ObjStm/N 1/First 5/Filter/FlateDecode/Length %d>>" % len(content)
    return about + b"stream\n" + content + b"\nendstream"
