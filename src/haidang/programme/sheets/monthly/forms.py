"""Our own monthly forms, pure: what they look like, and what a filled one says when it comes back.

Each row goes out with a hidden key, the version of what it showed (its base), and a seal over these and the
locked cells. A row whose seal does not fit has been moved or overwritten and is refused; an empty cell says
nothing, which is not zero; a row that is missing stays as it was.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

import msgspec

from haidang.documents import sealed
from haidang.documents.cells import Cell
from haidang.documents.numbers import Amiss, number
from haidang.documents.sealed import SealedRow
from haidang.documents.sheet import Column, Form
from haidang.documents.workbook import refused
from haidang.programme.sheets.findings import Finding, at, of_cell
from haidang.programme.sheets.values import money

FormName = Literal["progress", "disbursement", "commitment"]
MILLION = 10**6
ROWS_MAX = 5_000
NOTE_MAX = 2_000

_WHO = (
    Column(name="code", head="Mã dự án", width=16),
    Column(name="name", head="Dự án", width=48),
    Column(name="owner", head="Chủ đầu tư", width=28),
)
_PLAN = Column(name="plan", head="Kế hoạch năm (triệu đồng)", width=18)
_NOTE = Column(name="text", head="Nội dung, khó khăn, đề nghị", width=48, fill=True)


def _money(head: str) -> Column:
    return Column(name="value", head=head, width=18, fill=True, number=(0, 10**9))


FORMS: dict[FormName, Form] = {
    "progress": Form(
        form="programme-progress", version=1, title="Tiến độ tháng", sealed=True,
        hint="Điền cột màu vàng; ô để trống là chưa báo cáo. Không sửa ô khóa.",
        columns=(
            *_WHO, _PLAN, Column(name="before", head="Tiến độ kỳ trước (%)", width=12),
            Column(name="value", head="Khối lượng hoàn thành (%)", width=14, fill=True, number=(0, 100)),
            _NOTE,
        ),
    ),
    "disbursement": Form(
        form="programme-disbursement", version=1, title="Ước giải ngân tháng", sealed=True,
        hint="Điền số ước giải ngân trong tháng, triệu đồng; số Kho bạc xác nhận do cơ quan tài chính nhập.",
        columns=(
            *_WHO, Column(name="source", head="Nguồn vốn", width=24), _PLAN,
            Column(name="before", head="Đã giải ngân (triệu đồng)", width=18),
            _money("Ước trong tháng (triệu đồng)"),
            _NOTE,
        ),
    ),
    "commitment": Form(
        form="programme-commitment", version=1, title="Cam kết giải ngân", sealed=True,
        hint="Điền số cam kết giải ngân trong tháng, triệu đồng.",
        columns=(
            *_WHO, _PLAN,
            _money("Cam kết trong tháng (triệu đồng)"),
        ),
    ),
}  # fmt: skip
NAMES: dict[str, FormName] = {form.form: name for name, form in FORMS.items()}


class Scope(msgspec.Struct, frozen=True):
    """Of which programme, year and month a form is."""

    program: int
    year: int
    period: int
    """1 to 12; 13 is January of the next year."""

    def text(self) -> str:
        """Return it as the form carries it."""
        return f"program:{self.program} year:{self.year} period:{self.period}"


class Back(msgspec.Struct, frozen=True, kw_only=True):
    """A row that came back."""

    row: int
    key: str
    version: int
    value: int | Decimal | None
    """Đồng, or per cent; None: nothing is said."""
    text: str
    cell: str
    faults: tuple[Finding, ...] = ()


class Filled(msgspec.Struct, frozen=True):
    """A form that came back."""

    form: FormName
    scope: Scope
    rows: tuple[Back, ...]
    notes: tuple[Finding, ...]


def millions(dong: int | None) -> str:
    """Return an amount as Vietnamese sheets show it in triệu đồng: ``1.234,567``."""
    if dong is None:
        return ""
    whole, rest = divmod(dong, MILLION)
    tail = f",{rest:06d}".rstrip("0").rstrip(",")
    return f"{whole:,}".replace(",", ".") + tail


def read_back(content: bytes) -> Filled:
    """Return what a filled form says; ``Problem`` (workbook-unreadable) where it is none of ours."""
    returned = sealed.read_back(content, {form.form: form for form in FORMS.values()})
    form, scope = NAMES[returned.form.form], _scope(returned.scope)
    notes: list[Finding] = []
    rows = tuple(_row(row, form, notes) for row in returned.rows)
    return Filled(form, scope, rows, tuple(notes))


def _scope(text: str) -> Scope:
    parts = dict(part.partition(":")[::2] for part in text.split())
    try:
        return Scope(int(parts["program"]), int(parts["year"]), int(parts["period"]))
    except (KeyError, ValueError) as cause:
        raise refused("Tệp mất kỳ báo cáo.", "The workbook has lost its period.") from cause


def _row(row: SealedRow, form: FormName, notes: list[Finding]) -> Back:
    faults: list[Finding] = []
    if not row.intact:
        vi, en = "ô khóa của dòng đã bị sửa hoặc chuyển chỗ", "locked cells of the row were changed or moved"
        faults.append(at(f"A{row.row}", "row-unsealed", vi, en, value=row.text("name"), row=row.row))
    value = _value(row.cells["value"], form, faults, notes)
    note = row.text("text")
    if len(note) > NOTE_MAX:
        vi, en = f"dài quá {NOTE_MAX} ký tự", f"longer than {NOTE_MAX} characters"
        faults.append(at(row.at["text"], "text-long", vi, en, row=row.row))
    if row.twice:
        faults.append(
            at(f"A{row.row}", "row-twice", "dòng này lặp lại", "this row stands twice", value=row.key)
        )
    return Back(
        row=row.row, key=row.key, version=row.version, value=value, text=note, cell=row.at["value"],
        faults=tuple(faults),
    )  # fmt: skip


def _value(
    cell: Cell | None, form: FormName, faults: list[Finding], notes: list[Finding]
) -> int | Decimal | None:
    if cell is None:
        return None
    told: Decimal | Amiss
    if cell.kind == "uncached":
        told = Amiss("formula-uncached", "công thức chưa có giá trị", "a formula without a cached value")
    elif cell.kind == "number":
        told = Decimal(cell.text)
    elif cell.kind == "text":
        told = number(cell.text)
    else:
        told = Amiss("not-a-number", "không phải là số", "is not a number")
    if cell.formula and not isinstance(told, Amiss):
        vi, en = "công thức, dùng giá trị đã tính", "a formula, by its cached value"
        notes.append(at(cell.at, "formula", vi, en, value=cell.text, effect="cell", row=cell.row))
    found: Any = told
    if isinstance(told, Decimal) and form == "progress":
        exact = round(told, 2)
        amiss = Amiss("not-a-percentage", "từ 0 đến 100, hai chữ số lẻ", "0 to 100, two decimals")
        found = exact if abs(exact - told) < Decimal("1e-9") and 0 <= exact <= 100 else amiss
    elif isinstance(told, Decimal):
        amount = money(told, MILLION)
        found = amount
        if not isinstance(amount, Amiss):
            whole = Amiss("remainder", "lẻ hơn một đồng", "has parts of a đồng")
            found = whole if amount.remainder else amount.dong
    if isinstance(found, Amiss):
        faults.append(of_cell(cell, found))
        return None
    return found  # type: ignore[no-any-return]
