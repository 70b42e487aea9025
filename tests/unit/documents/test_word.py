"""DOCX by Decree 30/2020: page, font, head, marks; a table's head on every page; no text is markup."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm
from lxml import etree

from haidang.documents import word
from haidang.documents.report import Paragraph, Signatures, Signer, Table
from tests.unit.documents.reports import AT, HOSTILE, PANGRAMS, every_block, report

HALF_MILLIMETRE = Mm(0.5)
TEXTS = (qn("w:t"), qn("w:br"))


def opened(content: bytes) -> Any:
    """Return the document as python-docx reads it, after every part has been parsed strictly."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(archive.read(name), etree.XMLParser(resolve_entities=False))
    return docx.Document(io.BytesIO(content))


def everything(document: Any) -> str:
    """Return all text of the body, a paragraph a line."""
    lines = document.element.body.iter(qn("w:p"))
    return "\n".join(
        "".join(
            "\n" if each.tag == qn("w:br") else each.text or "" for each in line.iter(qn("w:t"), qn("w:br"))
        )
        for line in lines
    )


@pytest.mark.parametrize(("landscape", "size"), [(False, (210, 297)), (True, (297, 210))])
def test_the_page_is_a4_with_the_margins_of_the_decree(landscape: bool, size: tuple[int, int]) -> None:
    section = opened(word.drawn(report(*every_block(), landscape=landscape))).sections[0]
    wanted = {
        "page_width": size[0], "page_height": size[1], "top_margin": 20, "bottom_margin": 20,
        "left_margin": 30, "right_margin": 15,
    }  # fmt: skip
    for name, millimetres in wanted.items():
        assert abs(getattr(section, name) - Mm(millimetres)) < HALF_MILLIMETRE, name


def test_the_head_says_who_and_when() -> None:
    document = opened(word.drawn(report(*every_block())))
    left, right = (cell.text for cell in document.tables[0].rows[0].cells)
    assert left.split("\n")[:2] == ["ỦY BAN NHÂN DÂN", "TỈNH QUẢNG NINH"]
    assert "TRUNG TÂM ĐIỀU\nHÀNH THÔNG MINH" in left
    assert left.endswith("/BC-TTĐH")
    assert right.startswith("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc")
    assert right.endswith("Quảng Ninh, ngày 05 tháng 02 năm 2026")


def test_every_letter_has_the_metrics_of_times_and_sizes_of_the_decree() -> None:
    content = word.drawn(report(*every_block()))
    document = opened(content)
    assert document.styles["Normal"].font.name == "Times New Roman"
    named = {
        value
        for fonts in document.element.body.iter(qn("w:rFonts"))
        for name, value in fonts.attrib.items()
        if not name.endswith("hint")
    }
    assert named <= {"Times New Roman"}
    sizes = {int(size.get(qn("w:val"))) / 2 for size in document.element.body.iter(qn("w:sz"))}
    assert sizes <= {11, 12, 13, 14}
    body = next(line for line in document.paragraphs if line.text.startswith("Mực nước"))
    assert body.paragraph_format.first_line_indent == pytest.approx(Mm(10), abs=HALF_MILLIMETRE)
    assert body.paragraph_format.space_after.pt >= 6
    assert 1 <= body.paragraph_format.line_spacing <= 1.5


def test_pages_are_numbered_from_the_second_on() -> None:
    section = opened(word.drawn(report(*every_block()))).sections[0]
    assert section.different_first_page_header_footer
    assert "PAGE" in section.header._element.xpath("string(.//w:instrText)")
    assert section.first_page_header._element.xpath("count(.//w:instrText)") == 0


def test_an_exercise_is_marked_at_head_and_foot_of_every_page() -> None:
    section = opened(word.drawn(report(*every_block(), marks=("Diễn tập", "Dữ liệu mô phỏng")))).sections[0]
    for part in (section.header, section.first_page_header, section.footer, section.first_page_footer):
        text = "\n".join(line.text for line in part.paragraphs)
        assert "DIỄN TẬP" in text and "DỮ LIỆU MÔ PHỎNG" in text
    plain = opened(word.drawn(report(*every_block()))).sections[0]
    assert plain.first_page_header.paragraphs[0].text == ""


def test_heads_of_tables_stand_on_every_page_and_short_rows_are_not_torn() -> None:
    table = opened(word.drawn(report(*every_block()))).tables[3]
    rows = [row._tr for row in table.rows]
    assert [bool(row.xpath("./w:trPr/w:tblHeader")) for row in rows] == [True] + [False] * (len(rows) - 1)
    assert all(row.xpath("./w:trPr/w:cantSplit") for row in rows)
    assert table.rows[1].cells[0].text == "Ngày 22/11/2026"
    assert rows[1].xpath("string(./w:tc/w:tcPr/w:gridSpan/@w:val)") == "3"
    assert all(row.xpath(".//w:keepNext") for row in rows[:2]), "a day does not stand alone under a page"


def test_a_long_row_may_go_over_pages() -> None:
    table = opened(word.drawn(report(Table(head=("a",), rows=(("dài " * 400,),))))).tables[1]
    assert not table.rows[1]._tr.xpath("./w:trPr/w:cantSplit")


def test_no_text_is_read_as_markup_and_controls_are_taken_out() -> None:
    hostile = HOSTILE + "\x00\x0b\x1f\ufffe"
    made = report(
        Paragraph(text=hostile),
        Table(head=(hostile,), rows=((hostile,),)),
        Signatures(signers=(Signer(title="x", name=hostile),), recipients=(hostile,)),
        marks=(hostile,),
    )
    document = opened(word.drawn(made))
    assert everything(document).count(HOSTILE) == 5
    body = document.element.body
    assert body.xpath("count(.//w:instrText|.//w:fldSimple|.//w:hyperlink|.//w:object|.//w:drawing)") == 0
    parts = document.part.package.iter_parts()
    assert not [rel for part in parts for rel in part.rels.values() if rel.is_external]


def test_all_of_vietnamese_comes_through() -> None:
    document = opened(word.drawn(report(*(Paragraph(text=text) for text in PANGRAMS))))
    assert all(text in everything(document) for text in PANGRAMS)


def test_two_who_sign_stand_side_by_side() -> None:
    signers = (Signer(title="Người giao", signed="Đã ký lúc 06:58"), Signer(title="Người nhận", name="B"))
    table = opened(word.drawn(report(Signatures(signers=signers, recipients=("A", "Lưu: VT"))))).tables[1]
    assert [cell.text.split("\n")[0] for cell in table.rows[0].cells] == ["NGƯỜI GIAO", "NGƯỜI NHẬN"]
    assert "Đã ký lúc 06:58" in table.rows[0].cells[0].text
    assert table.rows[1].cells[0].text == "Nơi nhận:\n- A;\n- Lưu: VT."


def test_the_file_says_what_it_is() -> None:
    about = opened(word.drawn(report())).core_properties
    assert about.title.startswith("Báo cáo: Kết quả xử lý")
    assert about.author == "Trung tâm điều hành thông minh"
    assert about.created == AT
