"""A list goes out and comes back: keys, versions, addresses of faults; nothing else gets in."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given as forall
from hypothesis import strategies as st

from haidang.base.problems import Problem
from haidang.documents.sheet import HEAD_ROW, KEY, META, VERSION, Column, Form, Row, address, read, written

FORM = Form(
    form="thử",
    version=2,
    title="Danh sách",
    hint="Điền cột màu vàng",
    columns=(
        Column(name="title", head="Tên việc"),
        Column(name="percent", head="Tiến độ (%)", fill=True, whole=(0, 100)),
        Column(name="text", head="Nội dung", fill=True),
    ),
)
AT = datetime(2026, 3, 16, tzinfo=UTC)


def made(
    cells: list[list[Any]], *, form: str = "thử", version: int = 2, heads: list[str] | None = None
) -> bytes:
    """Return a workbook as somebody else's programme could save it."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet("A")
    for at, head in enumerate(heads or [KEY, VERSION, "Tên việc", "Tiến độ (%)", "Nội dung"]):
        sheet.write(HEAD_ROW - 1, at, head)
    for line, row in enumerate(cells, start=HEAD_ROW):
        for at, value in enumerate(row):
            sheet.write(line, at, value)
    meta = book.add_worksheet(META)
    for line, fact in enumerate((("form", form), ("version", str(version)))):
        meta.write_row(line, 0, fact)
    book.close()
    return file.getvalue()


CELLS = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\xa0￾￿"), max_size=40)


@forall(
    st.lists(st.tuples(st.integers(1, 10**9), st.integers(1, 10**6), CELLS, st.integers(0, 100)), max_size=20)
)
def test_what_goes_out_comes_back_the_same(rows: list[tuple[int, int, str, int]]) -> None:
    unique = {key: (version, text, percent) for key, version, text, percent in rows}
    out = [
        Row(str(key), version, {"title": "=1+1", "percent": percent, "text": text})
        for key, (version, text, percent) in unique.items()
    ]
    back = read(FORM, written(FORM, out, made_at=AT))
    assert [(row.key, row.version, row.faults) for row in back] == [(row.key, row.version, ()) for row in out]
    for row, sent in zip(back, out, strict=True):
        assert row.cells["percent"] == str(sent.cells["percent"])
        assert row.cells["text"].split() == sent.cells["text"].split()
        assert "title" not in row.cells, "a locked column is never taken"


def test_every_fault_is_named_by_its_cell() -> None:
    back = read(FORM, made([
        ["1", 1, "a", 101, "được"], ["2", "x", "b", "nhiều", ""], ["3", 3, "c", 50, "tốt"],
        ["3", 3, "c", 50, "tốt"],
    ]))  # fmt: skip
    named = {(row.number, fault.cell) for row in back for fault in row.faults}
    assert named == {(4, "D4"), (5, "B5"), (5, "D5"), (7, "A7")}
    assert back[2].faults == ()


def test_columns_may_be_moved_and_rows_left_out() -> None:
    heads = [VERSION, "Nội dung", KEY, "Ghi chú của tôi", "Tiến độ (%)"]
    [row] = read(FORM, made([[7, "xong phần 1", "42", "riêng", 30]], heads=heads))
    assert (row.key, row.version, row.cells) == ("42", 7, {"percent": "30", "text": "xong phần 1"})


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "damaged"),
        (b"PK\x03\x04 nothing", "damaged"),
        (made([], form="khác"), "another form"),
        (made([], version=1), "has changed"),
        (made([], heads=[KEY, VERSION, "Tiến độ (%)"]), "missing"),
        (made([], heads=[KEY, VERSION, "Tiến độ (%)", "Nội dung", "Nội dung"]), "twice"),
    ],
)
def test_what_is_no_sheet_of_ours_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(Problem, match=reason) as refusal:
        read(FORM, content)
    assert refusal.value.kind.code == "workbook-unreadable"


def test_addresses() -> None:
    assert [address(1, at) for at in (0, 25, 26, 701, 702)] == ["A1", "Z1", "AA1", "ZZ1", "AAA1"]
