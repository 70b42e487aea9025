"""PDF: the shipped font and no other, every letter of Vietnamese, marks on every page, no text is markup."""

from __future__ import annotations

import re
import string
import unicodedata
from pathlib import Path

import pytest

from haidang.documents import font, pdf
from haidang.documents.report import Paragraph, Table
from tests.unit.documents.pdf_reading import fonts, pages
from tests.unit.documents.reports import HOSTILE, PANGRAMS, every_block, report


def squeezed(text: str) -> str:
    """Return a text without its spaces and breaks, of which lines have their own."""
    return "".join(text.replace("\u200b", "").split())


def test_the_font_has_every_letter_of_vietnamese() -> None:
    vowels = [base + mark for base in "aăâeêioôơuưy" for mark in ("", *"\u0300\u0301\u0303\u0309\u0323")]
    letters = "".join(unicodedata.normalize("NFC", each) for each in [*vowels, "đ"])
    wanted = letters + letters.upper() + string.printable.strip() + "–—…“”‘’«»•·×²³°±≤≥→←□₫€\xa0\u200b"
    missing = [letter for letter in wanted if ord(letter) not in font.letters()]
    assert missing == ["\u200b"] or not missing


def test_a_letter_that_the_font_lacks_is_shown_as_a_box() -> None:
    assert font.shown("cháy 🚒\n漢") == "cháy □\n□"


def test_a_pdf_shows_the_report_in_the_shipped_font() -> None:
    content = pdf.drawn(report(*every_block(), *(Paragraph(text=text) for text in PANGRAMS)))
    text = squeezed("".join(pages(content)))
    for said in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "TỈNH QUẢNG NINH", "BÁO CÁO",
        "Quảng Ninh, ngày 05 tháng 02 năm 2026", "Số:/BC-TTĐH", "I. THÔNG TIN CHUNG", "Ngày 23/11/2026",
        "Nơi nhận:-UBND tỉnh (để báo cáo);-Lưu: VT.", "KT. GIÁM ĐỐC", "Nguyễn Văn Ước", *PANGRAMS,
    ):  # fmt: skip
        assert squeezed(said) in text, said
    assert fonts(content) <= {"LiberationSerif" + cut for cut in ("", "-Bold", "-Italic", "-BoldItalic")}


def test_pages_are_numbered_from_the_second_on_and_heads_of_tables_stand_again() -> None:
    shown = pages(pdf.drawn(report(*every_block(120))))
    assert len(shown) >= 3
    assert [page.split("\n")[0] for page in shown[1:]] == [
        str(number + 2) for number in range(len(shown) - 1)
    ]
    assert shown[0].startswith("ỦY BAN")
    assert all("Thời gian" in page for page in shown[:3])
    # The day stands with the first of its rows, and again over those of the next page.
    assert all(re.search(r"Ngày 2[23]/11/2026\n\d\d:\d\d:\d\d\n", page) for page in shown[:3])


def test_an_exercise_is_marked_on_every_page() -> None:
    shown = pages(pdf.drawn(report(*every_block(120), marks=("Diễn tập",))))
    # Across the page, in its head and in its foot.
    assert [page.count("DIỄN TẬP") for page in shown] == [3] * len(shown)


def test_no_text_is_read_as_markup() -> None:
    cells = Table(head=(HOSTILE,), rows=((HOSTILE,),), spans=(0,))
    made = report(Paragraph(text=HOSTILE), cells, marks=(HOSTILE,))
    text = squeezed("".join(pages(pdf.drawn(made))))
    assert text.count(squeezed(HOSTILE)) == 3
    assert squeezed(HOSTILE.upper()) in text


def test_the_template_fetches_and_runs_nothing() -> None:
    template = (pdf.TEMPLATE / "report.typ").read_text(encoding="utf-8")
    for word in ("import", "include", "eval(", "read(", "plugin(", "image(", "@preview"):
        assert f"#{word}" not in template and f" {word}" not in template.replace("Nothing is imported", "")
    assert sorted(path.name for path in pdf.TEMPLATE.iterdir()) == ["report.typ"]


def test_a_warning_of_the_typesetter_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    font.letters()
    monkeypatch.setattr(font, "FOLDER", tmp_path)
    with pytest.raises(pdf.WarnedError, match="font"):
        pdf.drawn(report(Paragraph(text="a")))


def test_words_without_end_stay_on_the_page() -> None:
    word = "urn:ngsi-ld:" + "z" * 400
    shown = "".join(pages(pdf.drawn(report(Table(head=("a", "b"), rows=((word, "b"),), widths=(2, 9))))))
    assert shown.count("z") == 400
    assert max(len(line) for line in shown.split("\n") if "zzzz" in line) < 2 * pdf.PIECE


def test_the_same_report_is_the_same_file() -> None:
    assert pdf.drawn(report(*every_block())) == pdf.drawn(report(*every_block()))


def test_very_long_lists_come_without_tags() -> None:
    rows = tuple((str(number), "việc") for number in range(pdf.TAGGED_ROWS_MAX + 1))
    content = pdf.drawn(report(Table(head=("a", "b"), rows=rows), landscape=True))
    assert b"/StructTreeRoot" not in content
    assert b"/StructTreeRoot" in pdf.drawn(report(Table(head=("a", "b"), rows=rows[:5])))


def test_licence_of_the_font_lies_beside_it() -> None:
    assert "SIL OPEN FONT LICENSE Version 1.1" in (font.FOLDER / "OFL.txt").read_text(encoding="utf-8")
    assert sorted(path.suffix for path in font.FOLDER.iterdir()) == [*[".ttf"] * 4, ".txt"]
