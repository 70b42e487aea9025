"""The workbook of a form: what it looks like, and what a filled cell says (pure).

Each row goes out with a hidden key, the revision it showed and a seal. An empty cell says nothing; a reason
says
why there is no figure; a number in another unit is refused by name, and a cell that is shown as a percentage
is
taken as what it shows.
"""

from __future__ import annotations

import re
from decimal import Decimal

import msgspec

from haidang.documents.cells import Cell
from haidang.documents.numbers import Amiss, clean, number
from haidang.documents.sealed import Returned, SealedRow, read_back
from haidang.documents.sheet import Column, Form
from haidang.documents.workbook import refused
from haidang.indicators.model.register import Indicator
from haidang.indicators.model.value import BY_PEOPLE, REASON_WORDS, Missing

NAME = "indicator-form"
YES = "x"
_NOISE = Decimal("1e-9")
"""The share of a number that is only how a spreadsheet stores it."""
_WITH_UNIT = re.compile(r"^(?P<number>[-+(−]?[\d.,\s]*\d\)?)\s*(?P<unit>[^\d.,\s)].*)$")
_REASONS: dict[str, Missing] = {REASON_WORDS[each][0]: each for each in BY_PEOPLE}

FORM = Form(
    form=NAME, version=1, title="Biểu số liệu", sealed=True,
    hint="Điền cột màu vàng; không có số thì chọn lý do, đừng ghi 0. Không sửa ô khóa.",
    columns=(
        Column(name="code", head="Mã", width=14),
        Column(name="name", head="Chỉ tiêu", width=52),
        Column(name="place", head="Đơn vị, địa bàn", width=28),
        Column(name="unit", head="Đơn vị tính", width=14),
        Column(name="before", head="Kỳ trước", width=14),
        Column(name="value", head="Số liệu kỳ này", width=16, fill=True),
        Column(name="missing", head="Lý do không có số", width=24, fill=True, choices=tuple(_REASONS)),
        Column(name="estimate", head="Ước (x)", width=9, fill=True, choices=(YES,)),
    ),
)  # fmt: skip


class Filled(msgspec.Struct, frozen=True):
    """A form that came back."""

    submission: int
    rows: tuple[SealedRow, ...]


class Fault(msgspec.Struct, frozen=True):
    """A cell that cannot be taken, by its address."""

    cell: str
    code: str
    vi: str
    en: str
    value: str = ""


class Said(msgspec.Struct, frozen=True):
    """What a row says."""

    value: Decimal | None
    missing: Missing | None
    is_estimate: bool
    faults: tuple[Fault, ...]

    @property
    def nothing(self) -> bool:
        """Whether it says nothing at all."""
        return self.value is None and self.missing is None and not self.faults


def scope_of(submission: int) -> str:
    """Return what a workbook carries about where it belongs."""
    return f"submission:{submission}"


def filled(content: bytes) -> Filled:
    """Return what a filled form says; ``Problem`` (workbook-unreadable) where it is none of ours."""
    found: Returned = read_back(content, {NAME: FORM})
    word, _, told = found.scope.partition(":")
    if word != "submission" or not told.isdecimal() or len(told) > 15:
        raise refused("Tệp mất kỳ báo cáo.", "The workbook has lost its period.")
    return Filled(int(told), found.rows)


def said(row: SealedRow, indicator: Indicator) -> Said:
    """Return what a row says of an indicator, with every cell that cannot be taken."""
    faults: list[Fault] = []
    if not row.intact:
        vi, en = "ô khóa của dòng đã bị sửa hoặc chuyển chỗ", "locked cells of the row were changed or moved"
        faults.append(Fault(f"A{row.row}", "row-unsealed", vi, en, row.text("name")))
    if row.twice:
        faults.append(Fault(f"A{row.row}", "row-twice", "dòng này lặp lại", "this row stands twice", row.key))
    value = _value(row, indicator, faults)
    reason = row.text("missing")
    missing = _REASONS.get(reason)
    if reason and missing is None:
        faults.append(
            Fault(
                row.at["missing"], "reason-unknown", "không có trong danh mục", "is not in the list", reason
            )
        )
    if value is not None and missing is not None:
        vi, en = "có số thì không chọn lý do", "there is a figure, so there is no reason for its lack"
        faults.append(Fault(row.at["missing"], "reason-and-value", vi, en, reason))
    mark = row.text("estimate").lower()
    if mark not in {"", YES}:
        faults.append(Fault(row.at["estimate"], "mark-unknown", "ghi x hoặc để trống", "x or empty", mark))
    return Said(value, missing, mark == YES, tuple(faults))


def _value(row: SealedRow, indicator: Indicator, faults: list[Fault]) -> Decimal | None:
    cell = row.cells["value"]
    if cell is None:
        return None
    found = read(cell, indicator)
    if isinstance(found, Amiss):
        faults.append(Fault(row.at["value"], found.code, found.vi, found.en, cell.text[:80]))
        return None
    return found


def read(cell: Cell, indicator: Indicator) -> Decimal | Amiss:
    """Return the number that a cell says in the indicator's unit, or why it says none."""
    if cell.kind == "uncached":
        return Amiss("formula-uncached", "công thức chưa có giá trị", "a formula without a cached value")
    if cell.kind == "number":
        exact = Decimal(cell.text)
        if cell.percent:
            if indicator.unit != "%":
                return _other_unit(indicator, "%")
            exact *= 100
        return _without_noise(exact, indicator)
    if cell.kind != "text":
        return Amiss("not-a-number", "không phải là số", "is not a number")
    return _text(clean(cell.text), indicator)


def _text(text: str, indicator: Indicator) -> Decimal | Amiss:
    if found := _WITH_UNIT.match(text):
        unit = clean(found["unit"])
        if unit.lower() != indicator.unit.lower():
            return _other_unit(indicator, unit) if len(unit) <= 40 else number(text)
        text = clean(found["number"])
    told = number(text)
    return told if isinstance(told, Amiss) else _without_noise(told, indicator)


def _without_noise(value: Decimal, indicator: Indicator) -> Decimal:
    shown = round(value, indicator.decimals)
    return shown if abs(shown - value) <= max(abs(value), Decimal(1)) * _NOISE else value


def _other_unit(indicator: Indicator, unit: str) -> Amiss:
    return Amiss(
        "unit-mismatch", f"ghi “{unit}”, chỉ tiêu tính bằng “{indicator.unit}”",
        f"is in “{unit}”, the indicator is in “{indicator.unit}”",
    )  # fmt: skip
