"""Tables as they come: what is wrong is named by row and column, and the good rows stand."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.base.problems import Problem
from haidang.indicators.indices import methods
from haidang.indicators.indices.report import computed, report
from haidang.indicators.indices.tables import Table, read
from tests.unit.indicators.indices.examples import TABLE, field_table, mean

PCI = "entry,land,transparency,time,informal,bias,proactivity,support,labor,legal"


def table(text: str, code: str = "PCI-2013", **asked: object) -> Table:
    return read(text.encode(), methods.named(code), **asked)  # type: ignore[arg-type]


def told(found: Table) -> list[tuple[int, str, str]]:
    return [(each.row, each.column, each.code) for each in found.faults]


SEVENS = ",".join(["7"] * 10)


@pytest.mark.parametrize(
    ("rows", "faults"),
    [
        (f"Hà Nội,{SEVENS}", []),
        (f"Hà Nội,x,{SEVENS[2:]}", [(2, "entry", "no-number")]),
        (f"Hà Nội,7.1.2,{SEVENS[2:]}", [(2, "entry", "no-number")]),
        (f"Hà Nội,1e3,{SEVENS[2:]}", [(2, "entry", "no-number")]),
        (f"Hà Nội,{SEVENS},9", [(2, "", "too-many-cells")]),
        (f"Ha Noy,{SEVENS}", [(2, "", "unit-unknown")]),
        (f",{SEVENS}", [(2, "province", "unit-missing")]),
        (
            f"BRVT,{SEVENS}\nBa Ria-Vung Tau,{SEVENS}",
            [(2, "province", "unit-twice"), (3, "province", "unit-twice")],
        ),
        (f"Hà Nội,{SEVENS[2:]}", []),
    ],
)
def test_a_bad_row_is_named_and_the_good_ones_stand(rows: str, faults: list[tuple[int, str, str]]) -> None:
    found = table(f"province,{PCI}\n{rows}\nHuế,{SEVENS}", year=2019)
    assert told(found) == faults
    assert found.rows[-1].sound
    assert all(not row.sound for row in found.rows if row.row in {fault[0] for fault in faults})


@pytest.mark.parametrize("word", ["", "-", "–", "n/a", "N/A", "không đánh giá", "Not rated", "…"])
def test_the_words_for_nothing_are_missing_and_no_fault(word: str) -> None:
    found = table(f"province,{PCI}\nHà Nội,{word},{SEVENS[2:]}", year=2019)
    assert found.faults == ()
    assert "entry" not in found.rows[0].values


def test_a_zero_is_a_value_and_beyond_the_scale() -> None:
    method = methods.named("PCI-2013")
    answer = report(computed(method, table(f"province,{PCI}\nHà Nội,0,{SEVENS[2:]}", year=2019)))
    assert [(each["row"], each["column"], each["code"]) for each in answer["faults"]] == [
        (2, "entry", "out-of-scale")
    ]
    assert answer["rows"][0]["computed"] is None


def test_a_column_that_lacks_is_named_and_nothing_is_computed() -> None:
    method = methods.named("PCI-2013")
    found = table("province,entry,land\nHà Nội,7,7", year=2019)
    assert ("column-missing" in {each.code for each in found.faults}) and len(found.faults) == 8
    answer = report(computed(method, found))
    assert answer["rows"][0]["computed"] is None
    assert set(answer["rows"][0]["missing"]) == set(PCI.split(",")) - {"entry", "land"}


def test_headings_may_be_vietnamese_and_decimals_commas() -> None:
    text = "Tỉnh/Thành phố;Một;Hai;c. Ba;Điểm TRY;Xếp hạng\nAlpha;8,5;6;4;68,5;1\n"
    found = field_table(text)
    assert found.table.faults == ()
    assert found.rated[0].computed == 68 + found.rated[0].computed % 1  # type: ignore[operator]
    assert (float(found.rated[0].computed or 0), found.rated[0].row.rank) == (68.5, 1)


def test_two_decimal_marks_in_a_file_are_a_question() -> None:
    found = field_table('unit,a,b,c\nAlpha,"8,5",6,4\nBeta,5.5,6,4\n')
    assert (0, "", "two-decimal-marks") in told(found.table)


def test_columns_that_mean_nothing_are_told_and_not_used() -> None:
    found = field_table(TABLE.replace("published", "note"))
    assert "note" in found.table.notes[0][1]


def test_a_column_twice_is_named() -> None:
    assert (1, "One", "column-twice") in told(field_table("unit,a,One,b,c\nAlpha,1,2,3,4\n").table)


def test_a_table_is_of_one_year_and_its_method_too() -> None:
    found = table(f"province,year,{PCI}\nHà Nội,2019,{SEVENS}\nHuế,2020,{SEVENS}\nHà Nam,x,{SEVENS}")
    assert found.year == 2019
    assert told(found) == [(3, "year", "year"), (4, "year", "year")]
    late = table(f"province,{PCI}\nHà Nội,{SEVENS}", year=2024)
    assert told(late) == [(0, "", "method-of-other-years")]


def test_units_are_those_of_the_year() -> None:
    then = table("province,published\nBắc Ninh,70", "PCI-2022", year=2024)
    now = table("province,published\nBắc Ninh,70", "PCI-2025", year=2026)
    assert (then.rows[0].key, now.rows[0].key) == ("27", "24@2025-07-01")
    asked = table("province,published\nBắc Ninh,70", "PCI-2025", year=2025)
    assert told(asked) == [(0, "", "units-of-which-time")]
    said = table("province,published\nBắc Ninh,70", "PCI-2025", year=2025, units_on=date(2025, 12, 31))
    assert (said.rows[0].key, told(said)) == ("24@2025-07-01", [])
    old = table("province,published\nBắc Ninh,70\nBắc Giang,69", "PCI-2025", year=2025)
    assert (old.rows[0].key, told(old)) == ("27", [])


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\n\n", b"a,b\n", b"\xff\xfe\x00x", b"x\x00y", b"only,columns\n1,2\n", b'unit,a\n"open,1\n',
        b"unit" + b",a" * 600 + b"\nAlpha\n", b"unit,a\n" + b"x,1\n" * 5_002, b"u" * (3 << 20),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_with_a_reason(content: bytes) -> None:
    with pytest.raises(Problem) as refusal:
        read(content, mean())
    assert refusal.value.kind.code == "index-table"
    assert refusal.value.vi and refusal.value.en


@given(st.binary(max_size=300))
def test_no_bytes_are_too_much(content: bytes) -> None:
    try:
        found = read(b"unit,a,b,c,published\n" + content, mean())
    except Problem as problem:
        assert problem.kind.code == "index-table"
    else:
        report(computed(mean(), found))


@given(st.lists(st.lists(st.text(max_size=8), min_size=1, max_size=6), max_size=6))
def test_a_row_with_a_fault_is_never_computed(lines: list[list[str]]) -> None:
    body = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines)
    try:
        found = computed(mean(), read(f"unit,a,b,c,published\n{body}\nAlpha,8,6,4,66".encode(), mean()))
    except Problem:
        return
    # A published total beyond its scale spoils the comparison, not what is computed beside it.
    spoilt = {fault.row for fault in found.faults if fault.row > 1 and fault.column != "published"}
    assert all(each.computed is None for each in found.rated if each.row.row in spoilt)
    assert found.rated[-1].row.unit == "Alpha"
