"""Reports of programmes: what they say, that they add up, that they are papers of Decree 30/2020."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import msgspec
import pytest
from python_calamine import CalamineWorkbook

from haidang.documents import pdf, word
from haidang.documents.lint import lint
from haidang.documents.report import prepared
from haidang.programme.reports.content import sections, subtitle
from haidang.programme.reports.content.overview import long_running
from haidang.programme.reports.content.parts import by_owner, by_source
from haidang.programme.reports.issuing import frozen
from haidang.programme.reports.model import LISTED_MAX, Figures
from haidang.programme.reports.paper import paper
from haidang.programme.reports.periods import span_of
from haidang.programme.reports.words import rounded
from haidang.programme.reports.workbook import written
from tests.unit.programme.reports.figures import BARE, BILLION, CAMERAS, CENTRE, ONE, OVERVIEW, WHOLE

replace = msgspec.structs.replace
ALL = {"monthly": WHOLE, "overview": OVERVIEW, "supervision": ONE}


def said(found: Figures) -> str:
    return msgspec.json.encode(prepared(paper(found, number="07", symbol="BC-STC"))).decode()


@pytest.mark.parametrize("name", ALL)
def test_a_report_is_a_paper_without_findings_in_both_forms(name: str) -> None:
    drawn = paper(ALL[name], number="07", symbol="BC-STC")
    assert lint(word.drawn(drawn), "docx") == ()
    assert lint(pdf.drawn(drawn), "pdf") == ()


@pytest.mark.parametrize(
    ("token", "first", "last", "words"),
    [
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28), "tháng 02 năm 2026"),
        ("2026-11", date(2026, 11, 1), date(2026, 11, 30), "tháng 11 năm 2026"),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31), "quý IV năm 2026"),
        ("2026-H1", date(2026, 1, 1), date(2026, 6, 30), "06 tháng đầu năm 2026"),
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "năm 2026"),
    ],
)
def test_a_period_has_its_days_and_words(token: str, first: date, last: date, words: str) -> None:
    span = span_of(token)
    assert span is not None
    assert (span.first, span.last, span.words) == (first, last, words)


@pytest.mark.parametrize("token", ["2026-13", "2026-Q5", "2026-H3", "1989", "26-01", "2026-1", ""])
def test_what_is_no_period_is_none(token: str) -> None:
    assert span_of(token) is None


def test_sums_come_to_the_plan_and_a_difference_is_found() -> None:
    assert WHOLE.reconciles() and ONE.reconciles()
    assert not replace(WHOLE, elsewhere=None).reconciles()
    assert not replace(WHOLE, sources=WHOLE.sources[:1]).reconciles()
    total = by_owner(WHOLE).rows[-1]
    assert total[1:5] == (3, 55 * BILLION, 62 * BILLION, 3 * BILLION)
    assert by_source(WHOLE).rows[-1][2] == 62 * BILLION


def test_what_the_register_does_not_hold_is_a_dash_and_asked_of_a_unit() -> None:
    row = next(row for row in by_owner(WHOLE).rows if row[0] == BARE.owner)
    assert row[2:9] == (None,) * 7 and row[9] == 1
    text = said(WHOLE)
    for words in (
        "kế hoạch Thủ tướng giao: chưa có số liệu", "8.654,321987", "(1/3 dự án chưa có chứng từ)",
        '["Tiến độ hiện trường","1","Sở Nông nghiệp"]', "sai số trung bình", "10,4 điểm % kế hoạch",
        '["Sở Nông nghiệp","1","–","–","–","–","–","–","–","1"]', "13,96% kế hoạch sau điều chỉnh",
    ):  # fmt: skip
        assert words in text, words
    unpaid = replace(WHOLE, lines=(BARE,), ratios=(), sources=())
    assert "chưa có số liệu, sổ chưa có chứng từ nào của Kho bạc" in said(unpaid)
    assert "Tỷ lệ giải ngân" not in said(unpaid), "no rate of what nobody told"


def test_columns_are_in_whole_million_and_no_small_sum_becomes_nothing() -> None:
    assert [rounded(each) for each in (248_597_300_848, 500_000, 1_499_999, 0, -3_077_660_809)] == [
        "248.597", "0,5", "1", "0", "-3.078",
    ]  # fmt: skip


def test_the_owner_says_quality_or_the_supervisor_is_asked() -> None:
    text = said(ONE)
    for words in (
        "Công ty Giám sát Bình Minh", "Chất lượng công việc, sản phẩm: chưa có số liệu",
        "Cho phép gia hạn hợp đồng", "Nguồn cung thiết bị", "Nghị định số 29/2021/NĐ-CP",
        "05/01/2025 – 31/12/2026", "12,5% (báo cáo kỳ 2/2026)",
    ):  # fmt: skip
        assert words in text, words


def test_the_overview_says_who_reported_and_what_was_not_inspected() -> None:
    text = said(OVERVIEW)
    for words in (
        "chủ đầu tư trong kỳ: 1/3 dự án", "trên 12 tháng: 1, trong đó sổ chưa ghi nhận cuộc kiểm tra nào: 1",
        "Chưa xác định được thời gian thực hiện: 1 dự án", "Chưa ghi nhóm",
    ):  # fmt: skip
        assert words in text, words
    assert long_running(CENTRE) and not long_running(CAMERAS) and not long_running(BARE)


def test_a_long_list_says_what_it_leaves_out_and_a_sum_stays() -> None:
    many = tuple(replace(CENTRE, id=n, owner=f"Đơn vị {n:03}") for n in range(100))
    text = said(replace(WHOLE, lines=many, milestones=WHOLE.milestones * 60))
    assert f"Còn {60 - LISTED_MAX} dòng khác, xem trang “Mốc tiến độ”" in text
    assert f"Còn {100 + 2 - LISTED_MAX} dòng khác, xem trang “Chủ đầu tư”" in text and "Tổng cộng" in text


@pytest.mark.parametrize("name", ALL)
def test_the_workbook_has_every_grid_in_whole_dong_and_empty_where_missing(name: str) -> None:
    found = ALL[name]
    book = CalamineWorkbook.from_filelike(io.BytesIO(written(found)))
    grids = {grid.name for section in sections(found) for grid in section.grids}
    assert set(book.sheet_names) == grids | {"Tổng hợp", "Dự án"}
    rows: list[list[Any]] = book.get_sheet_by_name("Dự án").to_python()[3:]
    by_name = {row[0]: row for row in rows}
    assert by_name[CENTRE.name][4] == 7_654_321_987
    if name != "supervision":
        assert by_name[BARE.name][2:10] == [""] * 8


def test_frozen_figures_come_back_and_make_the_same_bytes() -> None:
    text, sha256 = frozen(WHOLE)
    again = msgspec.json.decode(text, type=Figures)
    assert again == WHOLE and frozen(again) == (text, sha256)
    first, second = (pdf.drawn(paper(each)) for each in (WHOLE, again))
    assert first == second


def test_a_report_says_what_it_is_about() -> None:
    assert subtitle(ONE) == f"Giám sát, đánh giá đầu tư quý I năm 2026 dự án {CENTRE.name}"
    assert subtitle(WHOLE).startswith("Tình hình thực hiện Đề án") and subtitle(WHOLE).endswith("3 năm 2026")
