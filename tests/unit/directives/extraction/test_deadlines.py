"""Deadlines: words, precision and last day, on a table; and the dates that are none."""

from __future__ import annotations

from datetime import date

import pytest

from haidang.directives.extraction import Deadline, read

ISSUED = date(2022, 3, 1)


def due(words: str) -> Deadline | None:
    (item,) = read(f"Giao Sở Xây dựng rà soát, {words}.", issued_on=ISSUED).items
    return item.deadline


@pytest.mark.parametrize(
    ("words", "text", "precision", "day"),
    [
        ("báo cáo trước ngày 15-3-2022", "trước ngày 15-3-2022", "day", date(2022, 3, 15)),
        ("gửi trước ngày 28.7.2022 để tổng hợp", "trước ngày 28.7.2022", "day", date(2022, 7, 28)),
        ("xong trước 30/9", "xong trước 30/9", "day", date(2022, 9, 30)),
        ("báo cáo trước ngày 10/2", "trước ngày 10/2", "day", date(2023, 2, 10)),
        ("chậm nhất là ngày 20 tháng 9 năm 2022",
         "chậm nhất là ngày 20 tháng 9 năm 2022", "day", date(2022, 9, 20)),
        ("trước 17 giờ ngày 05/10", "trước 17 giờ ngày 05/10", "day", date(2022, 10, 5)),
        ("hoàn thành đến hết ngày 15/6/22", "đến hết ngày 15/6/22", "day", date(2022, 6, 15)),
        ("trong thời hạn 10 ngày kể từ ngày ký",
         "trong thời hạn 10 ngày kể từ ngày ký", "day", date(2022, 3, 11)),
        ("báo cáo trong vòng 02 tuần", "trong vòng 02 tuần", "day", date(2022, 3, 15)),
        ("báo cáo trong ngày mai", "trong ngày mai", "day", date(2022, 3, 2)),
        ("hoàn thành trong tháng 8", "trong tháng 8", "month", date(2022, 8, 31)),
        ("hoàn thành trong tháng 1", "trong tháng 1", "month", date(2023, 1, 31)),
        ("hoàn thành vào cuối tháng 6", "vào cuối tháng 6", "month", date(2022, 6, 30)),
        ("hoàn thành trước tháng 9/2022", "trước tháng 9/2022", "month", date(2022, 8, 31)),
        ("trình trong quý III/2022", "trong quý III/2022", "quarter", date(2022, 9, 30)),
        ("trình trong quý 2", "trong quý 2", "quarter", date(2022, 6, 30)),
        ("hoàn thành trong năm 2023", "trong năm 2023", "year", date(2023, 12, 31)),
        ("báo cáo trong 30 ngày làm việc", "trong 30 ngày làm việc", "working_days", None),
        ("định kỳ 6 tháng báo cáo", "định kỳ 6 tháng", "recurring", None),
        ("trước ngày 25 hằng tháng báo cáo", "trước ngày 25 hằng tháng", "recurring", None),
        ("trong 15 ngày kể từ khi nhận được hồ sơ", "trong 15 ngày kể từ khi nhận được hồ sơ", "event", None),
        ("báo cáo trước ngày 31/9/2022", "trước ngày 31/9/2022", "day", None),
    ],
)  # fmt: skip
def test_a_time_limit_is_read(words: str, text: str, precision: str, day: date | None) -> None:
    found = due(words)
    assert found is not None
    assert (found.text, found.precision, found.date) == (text, precision, day)


@pytest.mark.parametrize(
    "words",
    [
        "theo Công văn số 12/UBND ngày 20/11/2021",
        "thực hiện Đề án giai đoạn 2018 - 2025, định hướng đến năm 2030",
        "các nhiệm vụ có thời hạn hoàn thành trong năm 2022",
        "xử lý các công trình phát sinh trước ngày 1/7/2014",
        "khẩn trương báo cáo kết quả",
        "đất do hộ dân sử dụng ổn định từ ngày 15/10/1993",
    ],
)
def test_a_date_of_something_else_is_none(words: str) -> None:
    assert due(words) is None


def test_the_last_of_several_is_taken_with_a_warning() -> None:
    (item,) = read(
        "Giao Sở Xây dựng rà soát xong trước ngày 5/4/2022, báo cáo UBND tỉnh trước ngày 20/4/2022.",
        issued_on=ISSUED,
    ).items
    assert item.deadline is not None
    assert item.deadline.date == date(2022, 4, 20)
    assert "several-deadlines" in {each.code for each in item.warnings}


def test_without_a_document_date_a_missing_year_is_asked_for() -> None:
    reading = read("Giao Sở Xây dựng báo cáo trước ngày 20/4.")
    assert {each.code for each in reading.items[0].warnings} == {"year-unknown"}
    assert {each.code for each in reading.warnings} == {"no-issue-date"}
