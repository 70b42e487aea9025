"""Workbooks of the shape of a provincial plan sheet, made for tests: right ones, and ways to break them."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import xlsxwriter

from haidang.documents.sheet import address

TITLE = "DANH MỤC DỰ ÁN ĐƯỢC BỐ TRÍ KẾ HOẠCH VỐN NĂM 2020"
HEADS = (
    "TT", "Danh mục dự án", "Địa điểm xây dựng", "Thời gian khởi công - hoàn thành", "Tổng mức đầu tư",
    "Kế hoạch vốn năm 2020", "Ghi chú",
)  # fmt: skip
FIRST = 8
"""Row of the first line: headings stand in rows 3 to 7, merged."""
PHASES = (
    ("*", "Dự án đã hoàn thành bàn giao đưa vào sử dụng trước ngày 31/12/2019", "completed"),
    ("**", "Dự án chuyển tiếp hoản thành năm 2020", "completing"),
    ("***", "Dự án chuyển tiếp hoàn thành sau  năm 2020", "transitional"),
    ("***", "Dự án khởi công mới ", "new_start"),
)
PLACES = ("Ninh Kiều", "Bình Thủy", "Cái Răng", "Ô Môn", "Ninh Kiều - Bình Thủy", "Cờ Đỏ", "Thới Lai")
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV")
WORKS = ("Trường Tiểu học", "Đường tỉnh", "Kè chống sạt lở", "Trạm y tế", "Cầu Rạch", "Khu tái định cư")
OWNERS = (
    "Ban QLDA Đầu tư xây dựng",
    "Sở Y tế",
    "Sở Giao thông vận tải",
    "Công an thành phố",
    "UBND quận Ô Môn",
)


@dataclass
class Grid:
    """The cells of a sheet by place, and what is special about some."""

    cells: dict[tuple[int, int], Any] = field(default_factory=dict)
    """(row, column), both from 1 → value; a ``Formula`` is written as one."""
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    fonts: dict[tuple[int, int], str] = field(default_factory=dict)
    last: int = 0

    def put(self, row: int, *values: Any) -> None:
        """Set the cells of a row."""
        for column, value in enumerate(values, start=1):
            if value is not None:
                self.cells[row, column] = value
        self.last = max(self.last, row)

    def copy(self) -> Grid:
        """Return a grid of its own."""
        return Grid(dict(self.cells), list(self.merged), dict(self.fonts), self.last)


@dataclass(frozen=True)
class Formula:
    """A formula and the value that was last computed; None: it never was."""

    text: str
    cached: float | None


def written(grid: Grid, *, date_1904: bool = False) -> bytes:
    """Return the workbook of a grid."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "date_1904": date_1904})
    sheet = book.add_worksheet("Sheet1")
    fonts = {name: book.add_format({"font_name": name}) for name in sorted(set(grid.fonts.values()))}
    for (row, column), value in sorted(grid.cells.items()):
        look = fonts.get(grid.fonts.get((row, column), ""))
        at = (row - 1, column - 1)
        if isinstance(value, Formula):
            sheet.write_formula(*at, value.text, look, "" if value.cached is None else value.cached)
        elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            sheet.write_number(*at, float(value), look)
        elif isinstance(value, bool):
            sheet.write_boolean(*at, value, look)
        elif str(value).startswith("#"):
            sheet.write_formula(*at, "=1/0", look, str(value))
        else:
            sheet.write_string(*at, str(value), look)
    for top, left, bottom, right in grid.merged:
        kept = grid.cells.get((top, left), "")
        sheet.merge_range(top - 1, left - 1, bottom - 1, right - 1, kept)
    book.close()
    return file.getvalue()


def headed(unit: str = "ĐVT: Triệu đồng", heads: tuple[str, ...] = HEADS) -> Grid:
    """Return a sheet with its title, unit and headings in merged cells."""
    grid = Grid()
    grid.put(1, TITLE)
    grid.cells[2, 6] = unit
    grid.put(3, *heads)
    grid.merged = [(1, 1, 1, 7), (2, 6, 2, 7)] + [(3, at, 7, at) for at in range(1, len(heads) + 1)]
    grid.last = 7
    return grid


@dataclass
class Made:
    """A right sheet and what it says."""

    grid: Grid
    projects: dict[int, tuple[str, int]]
    """Row → name and plan in đồng."""
    groups: int
    total_dong: int


def plan_sheet(seed: int, *, owners: int = 4, projects: int = 4) -> Made:
    """Return a right sheet: owners, phases, projects, allocations by norm; every group states its sums."""
    rng = random.Random(seed)
    grid = headed()
    row = FIRST
    found: dict[int, tuple[str, int]] = {}
    grid.put(row, None, "TÔNG SỐ")
    total_row = row
    groups, grand = 1, [Decimal(0), Decimal(0)]
    for tier, tier_name, norm in (
        ("A", "Thành phố quản lý", False),
        ("B", "Công trình quận - huyện quản lý", True),
    ):
        row += 1
        tier_row, tier_sum = row, [Decimal(0), Decimal(0)]
        groups += 1
        for number in range(owners):
            row += 1
            owner_row, owner_sum = row, [Decimal(0), Decimal(0)]
            owner = f"{rng.choice(OWNERS)} {'khu vực' if norm else 'số'} {number + 1}"
            groups += 1
            if norm:
                row += 1
                amount = Decimal(rng.randint(1_000, 99_999))
                grid.put(row, "*", "Vốn phân bổ theo tiêu chí định mức", None, None, 0, amount)
                owner_sum[1] += amount
                groups += 1
            for star, phase, _ in PHASES[: rng.randint(1, 3)]:
                row += 1
                phase_row, phase_sum = row, [Decimal(0), Decimal(0)]
                groups += 1
                for item in range(rng.randint(1, projects)):
                    row += 1
                    total = Decimal(rng.randint(50_000, 900_000_000)) / 1000
                    plan = (total * rng.randint(5, 60) / 100).quantize(Decimal("0.001"))
                    name = f"{rng.choice(WORKS)} {rng.choice(PLACES).split(' - ')[0]} {row}"
                    period = f"{rng.randint(2012, 2019)}-{rng.randint(2020, 2024)}"
                    grid.put(row, item + 1, name, rng.choice(PLACES), period, total, plan)
                    found[row] = (name, int(plan * 1_000_000))
                    phase_sum = [phase_sum[0] + total, phase_sum[1] + plan]
                grid.put(phase_row, star, phase, None, None, *phase_sum)
                owner_sum = [owner_sum[0] + phase_sum[0], owner_sum[1] + phase_sum[1]]
            grid.put(owner_row, ROMAN[number], owner, None, None, *owner_sum)
            tier_sum = [tier_sum[0] + owner_sum[0], tier_sum[1] + owner_sum[1]]
        grid.put(tier_row, tier, tier_name, None, None, *tier_sum)
        grand = [grand[0] + tier_sum[0], grand[1] + tier_sum[1]]
    grid.put(total_row, None, "TÔNG SỐ", None, None, *grand)
    grid.last = row
    return Made(grid, found, groups, int(grand[1] * 1_000_000))


def data_cells(grid: Grid) -> list[tuple[int, int]]:
    """Return the places of all cells below the headings."""
    return [place for place in grid.cells if place[0] >= FIRST]


def at(place: tuple[int, int]) -> str:
    """Return the address of a place."""
    return address(place[0], place[1] - 1)
