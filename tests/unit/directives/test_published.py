"""Published figures as they were printed (governance, section 2.5): what adds up, and what does not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given as forall
from hypothesis import strategies as st

from haidang.directives.model.published import Figures, check, parts_of

PUBLISHED = """
- source: Chính phủ, 26/10/2016
  statements:
  - {says: sum, whole: [giao, 7349], parts: [[đã hoàn thành, 4069], [chưa hoàn thành, 3280]]}
  - {says: sum, whole: [chưa hoàn thành, 3280], parts: [[trong hạn, 3138], [quá hạn, 142]]}
- source: Văn phòng Chính phủ, 31/8/2016
  statements:
  - {says: mean, each: "5,4", total: [nhiệm vụ, 6272], among: [văn bản giao việc, 1154]}
  - {says: sum, whole: [đến hạn, 2723], parts: [[đã hoàn thành, 2501], [quá hạn, 222]]}
  - {says: share, percent: "91,8", of: [đến hạn, 2723], part: [đã hoàn thành, 2501]}
- source: Quảng Nam, 1/1–6/7/2020
  statements:
  - {says: sum, whole: [giao, 833], parts: [[đã hoàn thành, 585], [trong hạn, 67], [quá hạn, 181]]}
- source: TP.HCM 1022, 25/9–25/10/2025
  statements:
  - {says: sum, whole: [tiếp nhận, 14707], parts: [[đã xử lý, 14311], [đang xử lý, 396]]}
- source: Huế
  statements:
  - {says: sum, whole: [cuộc gọi, 37939], parts: [[gọi đến, 31660], [gọi đi, 6279]]}
"""
HAI_PHONG = """
source: Hải Phòng, 10 tháng 2018
statements:
- {says: sum, whole: [giao, 15533], parts: [[đã hoàn thành, 13119], [chưa hoàn thành, 2414]]}
- {says: share, percent: "84,46", of: [giao, 15533], part: [đã hoàn thành, 13119]}
- {says: sum, whole: [chưa hoàn thành, 2414], parts: [[trong hạn, 2065], [quá hạn, 348]]}
"""
THANH_KHE = """
source: Thanh Khê, Đà Nẵng
statements:
- {says: share, percent: "95,22", of: [nhiệm vụ, 199]}
"""


def read(text: str, shape: Any = Figures) -> Any:
    def named(value: object) -> object:
        if isinstance(value, list) and len(value) == 2 and isinstance(value[1], int):
            return {"name": value[0], "number": value[1]}
        if isinstance(value, list):
            return [named(each) for each in value]
        if isinstance(value, dict):
            return {key: named(each) for key, each in value.items()}
        return value

    return msgspec.convert(named(yaml.safe_load(text)), shape)


@pytest.mark.parametrize("figures", read(PUBLISHED, list[Figures]), ids=lambda figures: figures.source)
def test_published_figures_that_add_up_are_left_alone(figures: Figures) -> None:
    assert check(figures) == ()


def test_one_that_is_missing_is_told_and_not_repaired() -> None:
    [finding] = check(read(HAI_PHONG))
    assert (finding.code, finding.statement, finding.difference) == ("missing", 2, 1)
    assert finding.vi == "2414 so với 2065 + 348: thiếu 1"
    assert finding.en.endswith("1 missing")


def test_a_percentage_that_no_whole_number_gives_is_not_reproducible() -> None:
    [finding] = check(read(THANH_KHE))
    assert finding.code == "not-reproducible"
    assert "95,22 %" in finding.vi and "199" in finding.vi


@pytest.mark.parametrize(
    ("statement", "code", "difference"),
    [
        ({"says": "sum", "whole": {"name": "a", "number": 5}, "parts": [{"name": "b", "number": 7}]},
         "excess", 2),
        ({"says": "share", "percent": "91,8", "of": {"name": "a", "number": 2723},
          "part": {"name": "b", "number": 2400}}, "other-figure", 99),
        ({"says": "share", "percent": "nhiều", "of": {"name": "a", "number": 9}}, "unreadable", None),
        ({"says": "share", "percent": "NaN", "of": {"name": "a", "number": 9}}, "unreadable", None),
        ({"says": "mean", "each": "5,5", "total": {"name": "a", "number": 6272},
          "among": {"name": "b", "number": 1154}}, "not-reproducible", None),
        ({"says": "mean", "each": "1", "total": {"name": "a", "number": 1},
          "among": {"name": "b", "number": 0}}, "not-reproducible", None),
    ],
)  # fmt: skip
def test_what_else_does_not_add_up(statement: dict[str, object], code: str, difference: int | None) -> None:
    [finding] = check(msgspec.convert({"source": "x", "statements": [statement]}, Figures))
    assert (finding.code, finding.difference) == (code, difference)


@forall(st.integers(1, 5_000), st.data(), st.integers(0, 3))
def test_a_percentage_printed_of_real_counts_is_always_reproducible(
    whole: int, data: st.DataObject, places: int
) -> None:
    part = data.draw(st.integers(0, whole))
    percent = round(Decimal(part * 100) / whole, places)
    assert part in parts_of(percent, whole)


@forall(st.lists(st.integers(0, 10**6), min_size=1, max_size=9), st.integers(-5, 5))
def test_a_sum_is_found_wrong_by_exactly_what_it_is_wrong_by(parts: list[int], error: int) -> None:
    whole = sum(parts) + error
    if whole < 0:
        return
    figures = msgspec.convert(
        {"source": "x", "statements": [{"says": "sum", "whole": {"name": "w", "number": whole},
         "parts": [{"name": str(n), "number": each} for n, each in enumerate(parts)]}]}, Figures
    )  # fmt: skip
    found = check(figures)
    assert [finding.difference for finding in found] == ([abs(error)] if error else [])
