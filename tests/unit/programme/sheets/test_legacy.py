"""Old letters in cells: what they say, and what is left alone."""

from __future__ import annotations

import pytest

from haidang.programme.sheets.legacy import converted
from haidang.programme.sheets.reading import read
from tests.unit.programme.sheets.workbooks import at, plan_sheet, written


@pytest.mark.parametrize(
    ("before", "font", "after"),
    [
        ("Tr­êng §¹i häc CÇn Th¬", "", "Trường Đại học Cần Thơ"),
        ("X©y dùng c¬ së h¹ tÇng – giai ®o¹n 2", "", "Xây dựng cơ sở hạ tầng – giai đoạn 2"),
        ("UBND tØnh", "", "UBND tỉnh"),
        ("Tröôøng Ñaïi hoïc Caàn Thô", "", "Trường Đại học Cần Thơ"),
        ("Ñöôøng Vaên Cöø noái daøi (ñoaïn Myõ Khaùnh)", "", "Đường Văn Cừ nối dài (đoạn Mỹ Khánh)"),
        ("Trường Đại học".encode().decode("latin-1"), "", "Trường Đại học"),
        ("Haø Nam", "VNI-Times", "Hà Nam"),
        ("céng hßa", ".VnTimeH", "CỘNG HÒA"),
    ],
)  # fmt: skip
def test_old_letters_become_unicode(before: str, font: str, after: str) -> None:
    found = converted(before, font)
    assert found is not None
    assert found[0] == after


@pytest.mark.parametrize(
    "text",
    ["Hà Nam", "Trường Đại học", "Café", "QCVN 40:2011 – mẫu “A”", "100 m² – 5°", "Haø Nam", "Road 12"],
)
def test_what_is_unicode_or_can_be_read_in_two_ways_stays(text: str) -> None:
    assert converted(text) is None


def test_a_sheet_in_old_letters_is_read_and_each_conversion_shown() -> None:
    made = plan_sheet(7)
    rows = sorted(made.projects)[:3]
    for row, name in zip(rows, ("Tr­êng TiÓu häc", "Hµ Nam", "CÇu R¹ch Nhum"), strict=True):
        made.grid.cells[row, 2] = name
        made.grid.fonts[row, 2] = ".VnTime"
    found = read(written(made.grid))
    assert found.refused == ()
    names = {each.row: each.name for each in found.projects}
    assert [names[row] for row in rows] == ["Trường Tiểu học", "Hà Nam", "Cầu Rạch Nhum"]
    assert [each[0] for each in found.conversions] == [at((row, 2)) for row in rows]
