"""Files as text: what is read of each kind, and what a reader is told of it."""

from __future__ import annotations

import asyncio
import re
import threading
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from haidang.base.problems import Problem
from haidang.base.text import fold
from haidang.documents import intake, legacy, word
from haidang.documents import pdf as press
from haidang.documents.intake import TextFile, desk, read_file, reading
from haidang.documents.report import Paragraph
from tests.unit.documents.files import W, docx, listed, p, pdf
from tests.unit.documents.letters import FILLED, filled
from tests.unit.documents.reports import report

DECREE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
LEVELS = "".join(
    f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
    for at, (form, text) in enumerate((("upperRoman", "%1."), ("decimal", "%2."), ("lowerLetter", "%3)")))
)
NUMBERING = {
    "word/numbering.xml": f'<w:numbering {W}><w:abstractNum w:abstractNumId="0">{LEVELS}</w:abstractNum>'
    f'<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/>'
    '<w:lvlText w:val="\uf0b7"/>'
    '</w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="3"><w:abstractNumId w:val="0"/>'
    '<w:lvlOverride w:ilvl="1"><w:startOverride w:val="7"/></w:lvlOverride></w:num></w:numbering>'
}


def codes(found: TextFile) -> set[str]:
    return {note.code for note in found.warnings}


# --- DOCX -------------------------------------------------------------------------------------------------


def test_lists_show_the_numbers_that_word_shows() -> None:
    found = read_file("a.docx", docx(
        listed("Đánh giá"), listed("Kết quả", level=1), listed("Một", level=2), listed("Hai", level=2),
        listed("Tồn tại", level=1), listed("Ba", level=2), listed("Nhiệm vụ"), listed("Giao Sở Y", level=1),
        listed("Gạch", 2), listed("Từ bảy", 3, 1), p("Thường"), parts=dict(NUMBERING),
    ))  # fmt: skip
    assert found.text.split("\n") == [
        "I. Đánh giá", "1. Kết quả", "a) Một", "b) Hai", "2. Tồn tại", "a) Ba", "II. Nhiệm vụ",
        "1. Giao Sở Y",
        "- Gạch", "7. Từ bảy", "Thường",
    ]  # fmt: skip


def test_rows_stand_on_a_line_and_a_table_that_lays_out_does_not() -> None:
    def table(*rows: tuple[str, ...], about: str = "<w:tblStyle w:val='TableGrid'/>") -> str:
        return (
            f"<w:tbl><w:tblPr>{about}</w:tblPr>"
            + "".join(f"<w:tr>{''.join(f'<w:tc>{c}</w:tc>' for c in row)}</w:tr>" for row in rows)
            + "</w:tbl>"
        )

    merged = "<w:tcPr><w:vMerge/></w:tcPr>" + p("Sở Y tế")
    found = read_file("a.docx", docx(
        table((p("UBND TỈNH") + p("Số: 05/TB"), p(DECREE) + p("Độc lập")), about=""),
        table(
            (p("STT"), p("Nhiệm vụ"), p("Hạn")),
            (p("1"), p("Lập") + p("đề án"), p("30/6")),
            (p("2"), merged, p("1/7")),
        ),
        table(*((p(str(at)), p("b") + p("c")) for at in range(5))),
    ))  # fmt: skip
    lines = found.text.split("\n")
    assert lines[:4] == ["UBND TỈNH", "Số: 05/TB", DECREE, "Độc lập"]
    broken = "<w:p><w:r><w:t>UBND TỈNH</w:t><w:br/><w:t>Số: 05/TB</w:t></w:r></w:p>"
    head = read_file("a.docx", docx(table((broken, p(DECREE)), about="")))
    assert head.text.split("\n") == ["UBND TỈNH", "Số: 05/TB", DECREE], "Shift+Enter ends a line"
    assert lines[4:8] == ["STT | Nhiệm vụ | Hạn", "1 | Lập đề án | 30/6", "2 | | 1/7", "0 | b c"]


def test_what_was_struck_out_or_hidden_is_not_read_and_said_to_be_so() -> None:
    found = read_file("a.docx", docx(
        "<w:p><w:r><w:t>Giao </w:t></w:r><w:del><w:r><w:delText>Sở A</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>Sở B</w:t></w:r></w:ins></w:p>",
        p("Chữ ẩn", run="<w:vanish/>"), p("báo cáo", run="<w:caps/>"),
        p("Công\u200b văn\u202e", ""), "<w:sdt><w:sdtContent>" + p("Trong khung") + "</w:sdtContent></w:sdt>",
        parts={
            "word/footnotes.xml": f"<w:footnotes {W}><w:footnote>{p('Chú')}</w:footnote></w:footnotes>",
            "word/header1.xml": f"<w:hdr {W}>{p(DECREE)}</w:hdr>",
            "docProps/core.xml": '<a xmlns:d="http://purl.org/dc/elements/1.1/"><d:title>Tên</d:title></a>',
        },
    ))  # fmt: skip
    assert found.text.split("\n")[0] == DECREE, "the head stands in the page header of this one"
    assert [line for line in found.text.split("\n")[1:] if line] == [
        "Giao Sở B",
        "BÁO CÁO",
        "Công văn",
        "Trong khung",
    ]
    assert codes(found) == {"tracked-changes", "hidden-text", "footnotes-left-out"}
    assert (found.title, found.kind, found.pages) == ("Tên", "docx", None)


def test_text_in_fonts_from_before_unicode_is_converted() -> None:
    font = '<w:rFonts w:ascii="{}"/>'
    found = read_file("a.docx", docx(
        p("Céng hßa x· héi", run=font.format(".VnTime")), p("Céng hßa", run=font.format(".VnTimeH")),
        p("Coäng hoøa", run=font.format("VNI-Times")), p("Été à Paris", run=font.format("Arial")),
    ))  # fmt: skip
    assert found.text == "Cộng hòa xã hội\nCỘNG HÒA\nCộng hòa\nÉté à Paris"
    assert codes(found) == {"converted"}


@pytest.mark.parametrize("form", FILLED)
def test_papers_of_ours_come_back_alike_from_both_forms(form: str) -> None:
    paper = filled(form)
    said = [block.text for block in paper.blocks if isinstance(block, Paragraph)]
    for found in (read_file("a.docx", word.drawn(paper)), read_file("a.pdf", press.drawn(paper))):
        lines = found.text.split("\n")
        assert [text for text in said if text not in lines] == []
        assert found.warnings == ()


# --- PDF --------------------------------------------------------------------------------------------------


def test_page_numbers_and_running_lines_are_taken_out_and_paragraphs_go_over_pages() -> None:
    said = " ".join(f"giao sở số {number} báo cáo trước ngày {number} tháng 3" for number in range(1, 160))
    found = read_file("a.pdf", press.drawn(report(Paragraph(text="Giao việc: " + said))))
    assert found.pages == 3
    assert "Giao việc: " + said in found.text.split("\n")
    assert "Lập từ nhật ký" not in found.text


# --- Text, HTML, e-mail -----------------------------------------------------------------------------------

SAID = "Ủy ban nhân dân tỉnh giao Sở Xây dựng và các địa phương thực hiện trước ngày 30/6."
TCVN3 = "ñy ban nh©n d©n tØnh giao Së X©y dùng vµ c¸c ®Þa ph­¬ng thùc hiÖn tr­íc ngµy 30/6."
VNI = "UÛy ban nhaân daân tænh giao Sôû Xaây döïng vaø caùc ñòa phöông thöïc hieän tröôùc ngaøy 30/6."


@pytest.mark.parametrize(
    ("content", "converted"),
    [
        (SAID.encode(), False),
        (b"\xef\xbb\xbf" + SAID.encode(), False),
        (SAID.encode("utf-16"), False),
        (SAID.encode("utf-16-le"), False),
        (SAID.encode("utf-16-be"), False),
        (SAID.encode("utf-32"), False),
        (TCVN3.encode("latin-1"), True),
        (TCVN3.encode(), True),
        (VNI.encode("latin-1"), True),
        (VNI.encode(), True),
    ],
)
def test_text_is_read_in_any_coding(content: bytes, converted: bool) -> None:
    found = read_file("a.txt", content)
    assert fold(found.text) == fold(SAID)
    assert ("converted" in codes(found)) is converted


def test_letters_of_french_and_of_unicode_are_left_alone() -> None:
    for text in ("Les élèves à l'été: déjà vu, là où ça va, être ou ne pas être", SAID, "abc"):
        assert legacy.recognised(text) == (text, None)


def test_composed_and_decomposed_letters_become_one() -> None:
    assert read_file("a.txt", "Sơ\u0309 Y tê\u0301".encode()).text == "Sở Y tế"


def test_html_shows_what_a_browser_shows() -> None:
    found = read_file("tb.html", f"""<!DOCTYPE html><html><head><title>Thông báo</title>
        <style>p{{}}</style></head><body>
        <script>alert(1)</script><h1>THÔNG BÁO</h1><p>Giao <b>Sở</b>
        Y tế</p><div style="display:none">ẩn</div><ol start="3"><li>Một</li>
        <li>Hai</li></ol><ul><li>Ba</li></ul>
        <table><tr><td><p>UBND</p><p>Số: 5</p></td><td><p>CỘNG HÒA</p></td></tr>
        </table>
        <table><tr><td>1<td><p>Lập</p><p>đề án</p>{"<tr><td>2<td>b" * 3}</table>
        {"<div>" * 900}sâu{"</div>" * 900}
        </body></html>""".encode())  # fmt: skip
    assert [line for line in found.text.split("\n") if line] == [
        "THÔNG BÁO", "Giao Sở Y tế", "3. Một", "4. Hai", "- Ba", "UBND", "Số: 5", "CỘNG HÒA", "1 | Lập đề án",
        *["2 | b"] * 3, "sâu",
    ]  # fmt: skip
    assert (found.kind, found.title, codes(found)) == ("html", "Thông báo", {"script-left-out"})


def test_mail_has_a_head_a_text_and_the_names_of_what_is_attached() -> None:
    message = EmailMessage()
    message["From"] = "Văn phòng UBND <vp@example.vn>"
    message["Subject"] = "Về việc báo cáo tháng 3"
    message["Date"] = "Mon, 16 Mar 2026 09:30:00 +0700"
    message.set_content("Kính gửi các đơn vị.\nĐề nghị báo cáo.")
    message.add_alternative("<p>Kính gửi</p>", subtype="html")
    message.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="Thông báo 05.pdf")
    message.add_attachment(EmailMessage(), filename=None)
    for name in ("thu.eml", "khong-ten"):
        found = read_file(name, message.as_bytes())
        assert found.kind == "mail" and found.mail is not None
        assert found.text == "Kính gửi các đơn vị.\nĐề nghị báo cáo."
        assert found.mail.subject == "Về việc báo cáo tháng 3"
        assert found.mail.sender == "Văn phòng UBND <vp@example.vn>"
        assert found.mail.date == datetime(2026, 3, 16, 2, 30, tzinfo=UTC)
        assert found.mail.attachments == ("Thông báo 05.pdf", "thu-2.eml")
        assert codes(found) == {"attachments-left-out"}


def test_mail_that_is_html_alone_is_read() -> None:
    message = EmailMessage()
    message["From"], message["Subject"] = "a@b.vn", "x"
    message.set_content("<p>Đề nghị</p><p>báo cáo</p>", subtype="html")
    assert re.sub(r"\n+", "\n", read_file("a.eml", message.as_bytes()).text) == "Đề nghị\nbáo cáo"


# --- In a process of its own ------------------------------------------------------------------------------


async def test_reading_apart_gives_the_same_and_the_same_refusal() -> None:
    content = docx(p("Giao Sở Y tế"))
    assert await reading("a.docx", content) == read_file("a.docx", content)
    with pytest.raises(Problem) as refusal:
        await reading("a.docx", b"PK\x03\x04")
    assert refusal.value.kind.code == "document-unreadable"
    assert "hỏng" in refusal.value.vi and "damaged" in refusal.value.en


def test_reading_that_takes_too_long_or_too_much_is_ended(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(Problem) as refusal:
        desk.read_apart("a.txt", SAID.encode(), seconds=0.001)
    assert refusal.value.kind.code == "document-unreadable"
    (tmp_path / "haidang").mkdir()
    (tmp_path / "haidang" / "__init__.py").write_text("raise MemoryError")
    monkeypatch.setattr(desk, "environment", lambda: {"PYTHONPATH": str(tmp_path)})  # a child that falls over
    with pytest.raises(Problem) as refusal:
        desk.read_apart("a.txt", SAID.encode())
    assert "bộ nhớ" in refusal.value.vi


async def test_more_files_than_may_wait_are_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()

    def slow(name: str, content: bytes) -> TextFile:
        go.wait(30)
        return TextFile(kind="text", text=name)

    monkeypatch.setattr(desk, "read_apart", slow)
    waiting = [asyncio.create_task(reading(str(number), b"a")) for number in range(desk.QUEUE_MAX)]
    await asyncio.sleep(0)  # each has taken its place
    with pytest.raises(Problem) as refusal:
        await intake.reading("a", b"a")
    assert refusal.value.extra["retry_after_s"] > 0
    go.set()
    assert len(await asyncio.gather(*waiting)) == desk.QUEUE_MAX


def test_letters_are_read_by_their_places_not_by_the_order_in_which_they_were_drawn() -> None:
    """As LibreOffice writes a line of two fonts: first the letters of one, then those of the other."""
    words = (
        "Giao S) Tj 50 0 Td (Xay) Tj -10 0 Td (o) Tj 36 0 Td (dung bao cao ket qua cong tac truoc ngay) Tj "
        "ET BT /F1 13 Tf 90 685 Td (05/3/2026 va thong bao ket luan cuoc hop giao ban so 12/TB-) Tj ET "
        "BT /F1 13 Tf 90 670 Td (UBND tinh"
    )
    assert read_file("a.pdf", pdf(text=words)).text == (
        "Giao So Xay dung bao cao ket qua cong tac truoc ngay "
        "05/3/2026 va thong bao ket luan cuoc hop giao ban so 12/TB-UBND tinh"
    )


def test_a_pdf_of_others_is_read() -> None:
    found = read_file("a.pdf", pdf())
    assert (found.text, found.pages) == ("Van ban mot hai ba bon nam sau bay tam", 1)
