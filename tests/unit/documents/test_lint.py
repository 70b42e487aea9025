"""Each rule of the linter finds a paper that breaks it, in both forms, and names the place."""

from __future__ import annotations

import ctypes
import io
import shutil
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pypdfium2
import pytest
from lxml import etree
from pypdfium2 import raw

from haidang.base.problems import Problem
from haidang.documents import pdf, word
from haidang.documents.lint import RULES, lint
from haidang.documents.lint.model import Face, Paper
from haidang.documents.lint.rules import findings
from haidang.documents.report import Paragraph, Report, Signatures, Signer
from tests.unit.documents.letters import filled
from tests.unit.documents.reports import every_block, report

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LETTER, NOTICE, PAPER = filled("cong-van"), filled("thong-bao-ket-luan"), report(*every_block(30))
LONG = report(*(Paragraph(text="Nội dung dài của văn bản " * 30),) * 12, *every_block(2)[-1:])


def rules(content: bytes, kind: Any) -> set[str]:
    found = lint(content, kind)
    assert all(each.place and each.expected and each.found and each.vi and each.en for each in found)
    return {each.rule for each in found}


def signed_by(title: str, name: str = "Nguyễn Văn Ước") -> Report:
    blocks = (
        *LETTER.blocks[:-1],
        Signatures(signers=(Signer(title=title, name=name),), recipients=("Lưu: VT",)),
    )
    return msgspec.structs.replace(LETTER, blocks=blocks)


# --- DOCX -------------------------------------------------------------------------------------------------

Change = Callable[[Any], None]


def changed(content: bytes, part: str, change: Change) -> bytes:
    """Return a DOCX with one of its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            body = old.read(name)
            if name == part:
                root = etree.fromstring(body)
                before = etree.tostring(root)
                change(root)
                assert etree.tostring(root) != before, "the change changes something"
                body = etree.tostring(root)
            new.writestr(name, body)
    return out.getvalue()


def attribute(path: str, name: str, value: str) -> Change:
    def change(root: Any) -> None:
        for element in root.iterfind(path.replace("w:", W)):
            element.set(W + name, value)

    return change


def text(old: str, new: str) -> Change:
    def change(root: Any) -> None:
        for element in root.iter(f"{W}t"):
            element.text = (element.text or "").replace(old, new)

    return change


def look(words: str, tag: str, value: str) -> Change:
    """Change one property of the letters that begin with some words."""

    def change(root: Any) -> None:
        for run in root.iter(f"{W}r"):
            if "".join(run.itertext()).strip().startswith(words):
                looks = run.find(f"{W}rPr")
                found = looks.find(W + tag)
                found = etree.SubElement(looks, W + tag) if found is None else found
                found.set(f"{W}val", value)

    return change


def no_rule(number: int) -> Change:
    """Take out the line under the issuer (0), the motto (1) or what it is about (2)."""

    def change(root: Any) -> None:
        lines = [each.getparent() for each in root.iter(f"{W}pBdr")]
        lines[number].remove(lines[number].find(f"{W}pBdr"))

    return change


def swap_head(root: Any) -> None:
    """Put the title above the head."""
    body = root[0]
    table = body.find(f"{W}tbl")
    body.remove(table)
    body.insert(2, table)


DOCUMENT, STYLES, HEADER = "word/document.xml", "word/styles.xml", "word/header2.xml"
IN_WORD: tuple[tuple[str, Report, str, Change], ...] = (
    ("page-size", PAPER, DOCUMENT, attribute(".//w:pgSz", "w", "12240")),
    ("margin-top", PAPER, DOCUMENT, attribute(".//w:pgMar", "top", "1000")),
    ("margin-bottom", PAPER, DOCUMENT, attribute(".//w:pgMar", "bottom", "1600")),
    ("margin-left", PAPER, DOCUMENT, attribute(".//w:pgMar", "left", "1200")),
    ("margin-right", PAPER, DOCUMENT, attribute(".//w:pgMar", "right", "1300")),
    ("font", PAPER, STYLES, attribute(".//w:rFonts", "ascii", "Arial")),
    ("unicode", PAPER, STYLES, attribute(".//w:rFonts", "ascii", ".VnTime")),
    ("unicode", PAPER, DOCUMENT, text("Mực", unicodedata.normalize("NFD", "Mực"))),
    ("nation", PAPER, DOCUMENT, text("CỘNG HÒA", "Cộng hòa")),
    ("nation", PAPER, DOCUMENT, text("CỘNG HÒA", "CỘNG")),
    ("motto", PAPER, DOCUMENT, text("Tự do", "Tự Do")),
    ("motto", PAPER, DOCUMENT, look("Độc lập", "sz", "22")),
    ("motto-rule", PAPER, DOCUMENT, no_rule(1)),
    ("issuer", PAPER, DOCUMENT, look("TRUNG TÂM", "sz", "28")),
    ("parent", PAPER, DOCUMENT, look("ỦY BAN", "sz", "30")),
    ("issuer-rule", PAPER, DOCUMENT, no_rule(0)),
    ("number", PAPER, DOCUMENT, text("Số:         /", "Số: 5/")),
    ("number", PAPER, DOCUMENT, look("Số:", "sz", "22")),
    ("place-date", PAPER, DOCUMENT, text("ngày 05 tháng 02", "ngày 5 tháng 02")),
    ("place-date", PAPER, DOCUMENT, text("tháng 02", "tháng 2")),
    ("place-date", PAPER, DOCUMENT, text("ngày 05", "ngày 31")),
    ("place-date", PAPER, DOCUMENT, look("Quảng Ninh,", "i", "0")),
    ("title", PAPER, DOCUMENT, text("BÁO CÁO", "BÁO CÁO NHANH")),
    ("subject", NOTICE, DOCUMENT, look("Kết luận", "sz", "32")),
    ("subject-rule", PAPER, DOCUMENT, no_rule(2)),
    ("letter-subject", LETTER, DOCUMENT, text("V/v", "Về chuyện")),
    ("to", LETTER, DOCUMENT, text("Kính gửi", "Gửi")),
    ("body-size", PAPER, DOCUMENT, look("Mực nước", "sz", "22")),
    ("body-align", PAPER, DOCUMENT, attribute(".//w:body/w:p/w:pPr/w:jc", "val", "left")),
    ("first-line", PAPER, DOCUMENT, attribute(".//w:body/w:p/w:pPr/w:ind", "firstLine", "280")),
    ("paragraph-gap", NOTICE, DOCUMENT, attribute(".//w:body/w:p/w:pPr/w:spacing", "after", "40")),
    ("line-spacing", PAPER, DOCUMENT, attribute(".//w:body/w:p/w:pPr/w:spacing", "line", "480")),
    ("page-number", PAPER, HEADER, lambda root: root.remove(root[0])),
    ("page-number", PAPER, HEADER, attribute(".//w:jc", "val", "right")),
    ("signature", PAPER, DOCUMENT, look("KT. GIÁM", "b", "0")),
    ("signature-form", PAPER, DOCUMENT, text("KT. ", "KT ")),
    ("signature-form", PAPER, DOCUMENT, text("PHÓ GIÁM ĐỐC", "GIÁM ĐỐC")),
    ("signer-name", PAPER, DOCUMENT, text("Nguyễn Văn", "ThS. Nguyễn Văn")),
    ("recipients", PAPER, DOCUMENT, text("Nơi nhận:", "Gửi đến:")),
    ("recipients", PAPER, DOCUMENT, text("- Lưu: VT.", "- Lưu: VT")),
    ("recipients", PAPER, DOCUMENT, look("- UBND", "sz", "26")),
    ("order", PAPER, DOCUMENT, swap_head),
)  # fmt: skip


@pytest.mark.parametrize(("rule", "paper", "part", "change"), IN_WORD)
def test_a_broken_docx_is_found(rule: str, paper: Report, part: str, change: Change) -> None:
    whole = word.drawn(paper)
    assert rule not in rules(whole, "docx")
    assert rule in rules(changed(whole, part, change), "docx")


# --- PDF --------------------------------------------------------------------------------------------------

IN_PDF: tuple[tuple[str, Report, str, str], ...] = (
    ("page-size", PAPER, 'paper: "a4"', 'paper: "us-letter"'),
    ("margin-top", PAPER, "top: 20mm", "top: 12mm"),
    ("margin-bottom", LONG, "bottom: 20mm", "bottom: 12mm"),
    ("margin-left", PAPER, "left: 30mm", "left: 22mm"),
    ("margin-right", PAPER, "right: 15mm", "right: 9mm"),
    ("nation", PAPER, 'text(size: 12pt, weight: "bold", report.nation)', "text(size: 15pt, report.nation)"),
    ("motto", PAPER, 'text(size: 13pt, weight: "bold", report.motto)', "text(size: 13pt, report.motto)"),
    ("motto-rule", PAPER, "report.motto), 100%)", "report.motto), 60%)"),
    ("issuer", PAPER, 'ruled(text(size: 12pt, weight', 'ruled(text(size: 15pt, weight'),
    ("parent", PAPER, "text(size: 12pt, said(report.parent))", "text(size: 15pt, said(report.parent))"),
    ("issuer-rule", PAPER, "said(report.agency_name)), 40%)", "said(report.agency_name)), 90%)"),
    ("number", PAPER, "text(size: 13pt, report.number_line)", 'text(size: 13pt, "Số: 5/BC-TTĐH")'),
    ("place-date", PAPER, 'style: "italic", report.place_and_date', "report.place_and_date"),
    ("place-date", PAPER, "report.place_and_date)", 'report.place_and_date.replace("05", "5"))'),
    ("title", PAPER, "par(upper(report.title))", "par(report.title)"),
    ("subject", PAPER, 'set text(size: 14pt, weight: "bold")', 'set text(size: 16pt, weight: "bold")'),
    ("subject-rule", PAPER, "ruled(said(report.about), 40%)", "ruled(said(report.about), 95%)"),
    ("letter-subject", LETTER, "size: 12pt, said(report.about)", "size: 10pt, said(report.about)"),
    ("to", LETTER, "\n#addressees\n", "\n"),
    ("body-size", PAPER, 'size: 13pt, lang: "vi"', 'size: 11pt, lang: "vi"'),
    ("body-align", LONG, "set par(justify: true, first", "set par(justify: false, first"),
    ("first-line", LONG, "first-line-indent: (amount: 10mm", "first-line-indent: (amount: 5mm"),
    ("paragraph-gap", LETTER, "spacing: 0.62em + 6pt)", "spacing: 0.62em)"),
    ("line-spacing", LONG, "leading: 0.62em, spacing", "leading: 1.5em, spacing"),
    ("page-number", LONG, "if number > 1 [#number]", "[#number]"),
    ("page-number", LONG, "if number > 1 [#number]", "[]"),
    ("page-number", LONG, "set align(center)\n    let number", "set align(right)\n    let number"),
    ("signature", PAPER, "said(upper(it.title))", "said(it.title)"),
    ("recipients", PAPER, '"Nơi nhận:"', '"Gửi đến:"'),
    ("recipients", PAPER, 'text(size: 11pt, "- "', 'text(size: 9pt, "- "'),
    ("recipients", PAPER, '{ "." } else { ";" }))\n    }', '{ "" } else { ";" }))\n    }'),
    ("order", LETTER, "#head\n#title\n#addressees\n", "#addressees\n#head\n#title\n"),
)  # fmt: skip


@pytest.mark.parametrize(("rule", "paper", "old", "new"), IN_PDF)
def test_a_broken_pdf_is_found(
    rule: str, paper: Report, old: str, new: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(pdf.TEMPLATE, tmp_path / "template")
    template = tmp_path / "template" / "report.typ"
    whole = template.read_text(encoding="utf-8")
    assert old in whole
    template.write_text(whole.replace(old, new), encoding="utf-8")
    monkeypatch.setattr(pdf, "TEMPLATE", template.parent)
    assert rule in rules(pdf.drawn(paper), "pdf")


@pytest.mark.parametrize(
    ("rule", "paper"),
    [
        ("signature-form", signed_by("KT Giám đốc\nPhó Giám đốc")),
        ("signature-form", signed_by("KT. Giám đốc\nTrưởng phòng")),
        ("signer-name", signed_by("Giám đốc", "TS. Nguyễn Văn Ước")),
        ("signature", signed_by("Giám đốc", "")),
        ("subject", msgspec.structs.replace(PAPER, subtitle="")),
    ],
)  # fmt: skip
def test_a_paper_filled_in_wrongly_is_found_in_both_forms(rule: str, paper: Report) -> None:
    assert rule in rules(word.drawn(paper), "docx")
    assert rule in rules(pdf.drawn(paper), "pdf")


def test_a_font_that_is_another_and_not_within_the_file_is_found() -> None:
    document = pypdfium2.PdfDocument(pdf.drawn(LETTER))
    page = document[0]
    font = raw.FPDFText_LoadStandardFont(document, b"Helvetica")
    words = raw.FPDFPageObj_CreateTextObj(document, font, 13)
    letters = ctypes.create_string_buffer("Them\x00".encode("utf-16-le"))
    raw.FPDFText_SetText(words, ctypes.cast(letters, ctypes.POINTER(ctypes.c_ushort)))
    raw.FPDFPageObj_Transform(words, 1, 0, 0, 1, 120, 300)
    raw.FPDFPage_InsertObject(page, words)
    page.gen_content()
    out = io.BytesIO()
    document.save(out)
    assert {"font", "font-embedded"} <= rules(out.getvalue(), "pdf")


def test_old_codings_and_loose_marks_are_found_in_what_a_pdf_shows() -> None:
    sheet = Paper(kind="pdf", sheets=(), faces=(Face(".VnTimeH"),), odd_letters=("trang 1: a",))
    assert [each.place for each in findings(sheet) if each.rule == "unicode"] == ["", "trang 1: a"]


def test_every_rule_is_broken_somewhere() -> None:
    broken = {each[0] for each in (*IN_WORD, *IN_PDF)} | {"font-embedded"}
    assert broken == set(RULES)


@pytest.mark.parametrize("kind", ["docx", "pdf"])
def test_what_is_no_paper_is_refused(kind: Any) -> None:
    with pytest.raises(Problem) as refusal:
        lint(b"%PDF-1.7 PK nothing", kind)
    assert refusal.value.kind.code == "document-unreadable"
