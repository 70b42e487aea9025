"""The papers of directives: the same figures make the same paper, sums reconcile, a morning is one page."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from python_calamine import CalamineWorkbook

from haidang.directives.model.counts import Counts, Ratio
from haidang.directives.papers import brief, letter, report, workbook
from haidang.directives.papers.issuing import frozen
from haidang.directives.papers.letter import Letter, Previous
from haidang.directives.papers.model import (
    LISTED_MAX,
    Events,
    Figures,
    Late,
    Reminded,
    Row,
    period,
    shortened,
)
from haidang.directives.papers.words import RESTRICTED, day, decimal, moment, percent
from haidang.documents import pdf, word
from haidang.documents.lint import lint
from haidang.documents.report import Report, Table, prepared
from haidang.organisation.service.letterhead import Letterhead
from tests.unit.documents.pdf_reading import pages

replace = msgspec.structs.replace
NOW = datetime(2026, 3, 20, 10, 5, tzinfo=UTC)
HEAD = Letterhead(name="Văn phòng UBND tỉnh", parent="UBND tỉnh Quảng Ninh", short="VP", place="Quảng Ninh")
SOUTH = Counts(given=5, done_on_time=2, in_time=1, overdue=2, bands={"1-30": 1, ">120": 1}, reported=3)
NORTH = Counts(given=4, done_late=1, due_soon=1, awaiting_verdict=1, no_due=1, reported=2, returned=1)
BOTH = Counts(
    given=9, done_on_time=2, done_late=1, in_time=1, due_soon=1, awaiting_verdict=1, overdue=2, no_due=1,
    bands={"1-30": 1, ">120": 1}, reported=5, returned=1, median_days=12.5,
)  # fmt: skip
COMMITTEE = Letterhead(name="Ủy ban nhân dân tỉnh Quảng Ninh", short="UBND", place="Quảng Ninh")
ROWS = (Row(title="Sở Xây dựng", counts=SOUTH), Row(title="Sở Y tế", counts=NORTH))


def overdue(number: int, days: int, **more: Any) -> Late:
    end = NOW - timedelta(days=days)
    facts: dict[str, Any] = {
        "task": number, "title": f"Rà soát nhiệm vụ số {number}", "unit": "Sở Xây dựng", "end": end,
        "days": days, "leader": "Chủ tịch Nguyễn Văn An", "document": "05/TB-UBND ngày 16/01/2026",
    }  # fmt: skip
    return Late(**(facts | more))


FIGURES = Figures(
    kind="weekly", agency=HEAD, period_from=date(2026, 3, 16), period_to=date(2026, 3, 22), cut_off=NOW,
    original=BOTH, current=replace(BOTH, overdue=1, in_time=2, bands={">120": 1}), new=3,
    year=BOTH, events=Events(reports=4, returns=1, extensions=2, answered=3, answer_days=2.25), units=ROWS,
    fields=ROWS, leaders=ROWS, documents=ROWS, meetings=ROWS, late=(overdue(7, 130), overdue(8, 4, title="")),
    letters=(Reminded(unit="Sở Xây dựng", in_period=1, in_year=3),),
)  # fmt: skip


def said(paper: Report) -> str:
    return msgspec.json.encode(prepared(paper)).decode()


def test_the_report_says_the_figures_and_their_denominators() -> None:
    text = said(report.paper(FIGURES, number="07", symbol="BC-VP"))
    for words in (
        "tuần 12 năm 2026 (từ ngày 16/3/2026 đến ngày 22/3/2026)",
        "số liệu chốt lúc 17 giờ 05 phút ngày 20/3/2026",
        "theo dõi trong kỳ: 9, gồm 6 nhiệm vụ kỳ trước chuyển sang và 3 nhiệm vụ giao mới",
        "quá hạn 2 (đến 30 ngày: 1; trên 120 ngày: 1)", "40% (2/5 nhiệm vụ đã hoàn thành hoặc đã quá hạn)",
        "33,33% (3/9 nhiệm vụ được giao, không kể nhiệm vụ đã hủy)", "20% (1/5 nhiệm vụ đã báo cáo kết quả)",
        "12,5 ngày", "2,25 ngày, tính trên 3 báo cáo", "Sở Xây dựng (2) khẩn trương hoàn thành",
    ):  # fmt: skip
        assert words in text, words
    assert "Số: " not in text and '"number":"07"' in text
    assert RESTRICTED in text, "what is restricted is counted, not told"


def test_every_table_of_counts_ends_in_the_headline() -> None:
    paper = report.paper(FIGURES)
    tables = [
        block for block in paper.blocks if isinstance(block, Table) and block.rows[-1][0] == "Tổng cộng"
    ]
    assert {table.rows[-1][1:] for table in tables[:5]} == {("9", "2", "1", "2", "1", "2", "1", "0", "40%")}
    assert tables[5].rows[-1] == ("Tổng cộng", "1", "3")


@pytest.mark.parametrize(
    "wrong",
    [
        {"new": 10},
        {"original": replace(BOTH, given=10)},
        {"units": ROWS[:1]},
        {"current": replace(BOTH, given=8, no_due=0)},
        {"meetings": (Row(title="x", counts=replace(SOUTH, overdue=1, in_time=2)), ROWS[1])},
    ],
)
def test_figures_that_do_not_add_up_are_found(wrong: dict[str, Any]) -> None:
    assert FIGURES.reconciles()
    assert not replace(FIGURES, **wrong).reconciles()


def test_frozen_figures_come_back_as_they_were_and_make_the_same_bytes() -> None:
    text, sha256 = frozen(FIGURES)
    again = msgspec.json.decode(text, type=Figures)
    assert again == FIGURES and frozen(again) == (text, sha256)
    first, second = (pdf.drawn(report.paper(each, number="07", symbol="BC-VP")) for each in (FIGURES, again))
    assert first == second


def test_a_long_table_keeps_its_total_and_a_long_list_says_what_it_leaves_out() -> None:
    rows = [Row(title=str(number), counts=SOUTH) for number in range(40)]
    short = shortened(rows, 30)
    assert len(short) == 30 and short[-1].rest == 11 and sum(row.counts.given for row in short) == 200
    late = tuple(overdue(number, 3) for number in range(60))
    many = replace(FIGURES, late=late, original=replace(BOTH, overdue=75))
    assert f"nêu {LISTED_MAX} nhiệm vụ quá hạn lâu nhất; còn 35 nhiệm vụ" in said(report.paper(many))


def test_a_period_without_anything_says_so() -> None:
    none = Counts()
    empty = replace(
        FIGURES, original=none, current=none, year=none, new=0, units=(), fields=(), leaders=(),
        documents=(), meetings=(), late=(), letters=(), events=Events(), kind="monthly",
    )  # fmt: skip
    assert empty.reconciles()
    text = said(report.paper(empty))
    for words in (
        "Không có nhiệm vụ quá hạn",
        "chưa tính được",
        "Chưa ban hành công văn",
        "chưa có báo cáo nào",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("kind", "on", "first", "last"),
    [
        ("weekly", date(2026, 3, 20), date(2026, 3, 16), date(2026, 3, 22)),
        ("weekly", date(2026, 1, 1), date(2025, 12, 29), date(2026, 1, 4)),
        ("monthly", date(2026, 2, 28), date(2026, 2, 1), date(2026, 2, 28)),
        ("monthly", date(2026, 12, 31), date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_weeks_begin_on_monday_and_months_on_the_first(kind: Any, on: date, first: date, last: date) -> None:
    assert period(kind, on) == (first, last)


def test_numbers_and_days_are_written_as_offices_write_them() -> None:
    assert [decimal(each) for each in (91.85, 100.0, 1234.5, 0.5, None)] == [
        "91,85",
        "100",
        "1.234,5",
        "0,5",
        "–",
    ]
    assert [day(date(2026, 2, 5)), day(date(2026, 11, 22))] == ["05/02/2026", "22/11/2026"]
    assert moment(NOW) == "17 giờ 05 phút ngày 20/3/2026"
    ratio = Ratio(numerator=2501, denominator=2723, percent=91.85, of_vi="nhiệm vụ đến hạn", of_en="due")
    assert percent(ratio) == "91,85% (2.501/2.723 nhiệm vụ đến hạn)"


LETTER = Letter(
    agency=HEAD, org="Sở Xây dựng", turn=2, year=2026, made_at=NOW, answer_by=date(2026, 3, 27),
    late=(overdue(7, 130), overdue(8, 45)), previous=Previous(number="12/VP", day=date(2026, 1, 9)),
)  # fmt: skip


def test_the_letter_says_what_is_owed_for_the_how_manieth_time_and_until_when() -> None:
    text = said(letter.paper(LETTER, "45/VP"))
    for words in (
        "V/v đôn đốc thực hiện ý kiến chỉ đạo, nhiệm vụ được giao (lần 2 năm 2026)",
        "Sở Xây dựng còn 2 nhiệm vụ quá hạn",
        "lần trước: Công văn số 12/VP ngày 09/01/2026", "trước ngày 27/3/2026", "./.", "Như trên",
        "chịu trách nhiệm trước Chủ tịch Nguyễn Văn An", "05/TB-UBND ngày 16/01/2026",
    ):  # fmt: skip
        assert words in text, words


def board(**more: Any) -> dict[str, Any]:
    """The answer of the board, as long as its names may be."""
    unit = {"id": 1, "name": "Ban Quản lý dự án đầu tư xây dựng công trình dân dụng và công nghiệp " * 2}
    row = {
        "title": "Khẩn trương hoàn thành kết nối, chia sẻ dữ liệu chuyên ngành " * 7, "unit": unit,
        "by_document": "05/TB-UBND", "directive": {"id": 1}, "late": {"days": 1_186, "band": ">120"},
        "due": {"end": NOW}, "reported_at": NOW,
    }  # fmt: skip
    rate = Ratio(
        numerator=122,
        denominator=2590,
        percent=4.71,
        of_vi="nhiệm vụ đã hoàn thành hoặc đã quá hạn",
        of_en="x",
    )
    total = {"given": 4_570, "done": 1_740, "open": 1_940, "overdue": 850, "on_time_rate": rate}
    kinds = ("given", "reported", "accepted", "returned", "extension_granted", "overdue")
    urgent = {
        "title": "Ngập lụt diện rộng tại khu vực trung tâm " * 4,
        "title_vi": "Mực nước vượt báo động III " * 5,
    }
    return {
        "as_of": NOW, "date": date(2026, 3, 20),
        "leader": "Phó Chủ tịch Thường trực UBND tỉnh Nguyễn Thị Minh Khai",
        "simulated": True, "total": total, "late": [row] * 8,
        "this_week": {"count": 200, "more": True, "rows": [row] * 8},
        "waiting": {"verdicts": {"count": 43, "rows": [row] * 8}, "extensions": {"count": 1_205, "rows": []}},
        "changes": {"since": NOW, "until": NOW, "counts": dict.fromkeys(kinds, 1_234), "rows": []},
        "incidents": {"count": 200, "more": True, "rows": [urgent] * 5},
        "alerts": {"count": 200, "more": True, "rows": [urgent] * 5},
    } | more  # fmt: skip


def test_a_morning_is_one_page_however_long_its_names_are() -> None:
    head = replace(HEAD, name="Văn phòng Đoàn đại biểu Quốc hội, Hội đồng nhân dân và Ủy ban nhân dân tỉnh")
    usual = board(leader="")
    usual["changes"]["counts"] = {"given": 12}
    for found, agency in ((board(), head), (usual, HEAD)):
        assert len(pages(pdf.drawn(brief.paper(found, agency)))) == 1


def test_a_morning_shows_as_many_rows_as_fit_of_every_list() -> None:
    short = {"title": "Tham mưu phương án vốn", "unit": {"id": 1, "name": "Sở Tài chính"}}
    rows = [each | short for each in board()["late"]]
    found = board(leader="", late=rows, this_week={"count": 8, "more": False, "rows": rows[:2]})
    found["changes"]["counts"] = {}
    [_, table, *_] = brief.paper(found, HEAD).blocks
    assert isinstance(table, Table)
    heads = [row[0] for at, row in enumerate(table.rows) if at in table.spans]
    assert heads == [
        "Quá hạn: 850 nhiệm vụ, nêu 4", "Đến hạn trong tuần: 8 nhiệm vụ, nêu 2",
        "Chờ công nhận: 43 nhiệm vụ, nêu 4",
    ]  # fmt: skip


def test_the_morning_says_what_is_left_out_and_what_may_not_be_seen() -> None:
    hidden = board()["late"][0] | {"directive": None}
    text = said(brief.paper(board(late=[hidden], incidents=None), HEAD))
    assert f"{RESTRICTED}: 05/TB-UBND" in text and "Quá hạn: 850 nhiệm vụ, nêu 1" in text
    assert "Sự cố đang mở: không thuộc phạm vi được xem." in text and "Cảnh báo mức 1: 200 trở lên" in text
    quiet = board(late=[], total=board()["total"] | {"overdue": 0, "on_time_rate": None})
    quiet["changes"]["counts"] = {}
    text = said(brief.paper(quiet, HEAD))
    assert "Quá hạn: 0 nhiệm vụ" in text and "không có thay đổi" in text and "chưa tính được" in text


def test_the_workbook_has_numbers_that_add_up_and_no_formula() -> None:
    titled = replace(FIGURES, units=(replace(ROWS[0], title="=SUM(A1)"), ROWS[1]))
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook.written(titled)))
    assert book.sheet_names == [
        "Tổng hợp",
        "Đơn vị",
        "Lĩnh vực",
        "Lãnh đạo giao",
        "Văn bản",
        "Cuộc họp",
        "Quá hạn",
    ]
    rows = book.get_sheet_by_name("Đơn vị").to_python()
    assert rows[3][:2] == ["=SUM(A1)", 5.0] and rows[5][:2] == ["Tổng cộng", 9.0]
    late = book.get_sheet_by_name("Quá hạn").to_python()
    assert late[3][5:7] == [date(2025, 11, 10), 130.0] and late[4][1] == RESTRICTED


PAPERS = {
    "report": report.paper(FIGURES, number="07", symbol="BC-VP"),
    "report without a number": report.paper(replace(FIGURES, kind="monthly", simulated=True)),
    "letter": letter.paper(LETTER, "45/VP"),
    "morning": brief.paper(board(), HEAD),
    "report of a committee": report.paper(replace(FIGURES, agency=COMMITTEE), number="08", symbol="BC-UBND"),
    "letter of a committee": letter.paper(replace(LETTER, agency=COMMITTEE), "46/UBND"),
}


@pytest.mark.parametrize("name", PAPERS)
def test_every_paper_is_as_the_decree_asks_in_both_forms(name: str) -> None:
    assert lint(word.drawn(PAPERS[name]), "docx") == ()
    assert lint(pdf.drawn(PAPERS[name]), "pdf") == ()


def test_a_committee_signs_by_its_chairman_on_its_behalf() -> None:
    assert "TM. Ủy ban nhân dân\\nChủ tịch" in said(PAPERS["report of a committee"])
    assert "TM. Ủy ban nhân dân\\nChủ tịch" in said(PAPERS["letter of a committee"])
    assert "Thủ trưởng đơn vị" in said(PAPERS["report"])
