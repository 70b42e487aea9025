"""Cells as they were met in real sources, good and bad."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.feeds.model import cells, units
from haidang.feeds.model.cells import Refused

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
SPREADSHEET = datetime(2025, 4, 1, 7, 0)  # noqa: DTZ001 - its cells know no zone
BOUNDS = datetime(1970, 1, 1), datetime(2100, 1, 1)  # noqa: DTZ001 - hypothesis wants them so

NUMBERS = [
    # as written, style of the source, declared unit, what it is
    ("38.0", "1,234.5", None, 38.0),
    ("1,234.5", "1,234.5", None, 1234.5),
    ("1.234,5", "1.234,5", None, 1234.5),
    ("1.234", "1.234,5", None, 1234),
    ("27 454 009,418484", "1.234,5", None, 27454009.418484),
    ("1\u00a0234", "1,234.5", None, 1234),
    ("−3.5", "1,234.5", None, -3.5),
    ("–3,5", "1.234,5", None, -3.5),
    ("+7", "1,234.5", None, 7),
    (".5", "1,234.5", None, 0.5),
    ("1e3", "1,234.5", None, 1000.0),
    ("12 km/h", "1,234.5", "km/h", 12),
    ("6.1 km/h", "1,234.5", "km/h", 6.1),
    ("62%", "1,234.5", "%", 62),
    ("17.2°C", "1,234.5", "°C", 17.2),
    ("17,2 ℃", "1.234,5", "°C", 17.2),
    ("35 μg/m3", "1,234.5", "µg/m³", 35),
    ("35 µg/m³", "1,234.5", "GQ", 35),
    (12, "1,234.5", "km/h", 12),
    (12.5, "1.234,5", None, 12.5),
]


@pytest.mark.parametrize(("written", "style", "unit", "value"), NUMBERS)
def test_numbers(written: object, style: str, unit: str | None, value: float) -> None:
    assert cells.number(written, style, units.find(unit) if unit else None) == value


NO_NUMBERS = [
    ("12 mph", "1,234.5", "km/h", "mph"),
    ("12 xyz", "1,234.5", "km/h", "not known"),
    ("12 km/h", "1,234.5", None, "names none"),
    ("12,5", "1,234.5", None, "1,234.5"),
    ("12.5", "1.234,5", None, "1.234,5"),
    ("1,23,456", "1,234.5", None, "1,234.5"),
    ("1.2.3", "1,234.5", None, "1,234.5"),
    ("mười hai", "1,234.5", None, "Not a number"),
    ("NaN", "1,234.5", None, "Not a number"),
    ("1e999", "1,234.5", None, "represented"),
    ("9" * 400, "1,234.5", None, "represented"),
    (float("inf"), "1,234.5", None, "represented"),
    (True, "1,234.5", None, "Not a number"),
    ({"v": 1}, "1,234.5", None, "Not a number"),
]


@pytest.mark.parametrize(("written", "style", "unit", "reason"), NO_NUMBERS)
def test_no_numbers(written: object, style: str, unit: str | None, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        cells.number(written, style, units.find(unit) if unit else None)
    assert reason in refused.value.en
    assert refused.value.vi != refused.value.en


INSTANTS = [
    ("2025-04-01T00:02:10.803808+07:00", "iso", "2025-03-31T17:02:10.803808Z"),
    ("2025-04-01T00:02:10", "iso", "2025-03-31T17:02:10Z"),
    ("2025-04-01T00:02:10Z", "iso", "2025-04-01T00:02:10Z"),
    ("01/04/2025 00:02", "%d/%m/%Y %H:%M", "2025-03-31T17:02:00Z"),
    ("1743440530", "epoch_s", "2025-03-31T17:02:10Z"),
    (1743440530500, "epoch_ms", "2025-03-31T17:02:10.5Z"),
    (SPREADSHEET, "iso", "2025-04-01T00:00:00Z"),
    (date(2025, 4, 1), "iso", "2025-03-31T17:00:00Z"),
]


@pytest.mark.parametrize(("value", "form", "written"), INSTANTS)
def test_instants(value: object, form: str, written: str) -> None:
    assert cells.written(cells.instant(value, form, HANOI)) == written


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("hôm qua", "iso"),
        ("31/02/2025", "%d/%m/%Y"),
        (True, "iso"),
        ("9" * 30, "epoch_s"),
        (None, "iso"),
        ({}, "iso"),
    ],
)
def test_no_instants(value: object, form: str) -> None:
    with pytest.raises(Refused):
        cells.instant(value, form, HANOI)


@pytest.mark.parametrize(
    ("value", "truth"),
    [("Có", True), ("không", False), ("TRUE", True), (False, False), (1, True), ("0", False)],
)
def test_truth(value: object, truth: bool) -> None:
    assert cells.boolean(value) is truth


def test_text_is_composed_and_bounded() -> None:
    assert cells.text("  Ha\u0300 No\u0323\u0302i ") == "Hà Nội"
    assert cells.text(5.0) == "5"
    for bad in ("a\x00b", "x" * 10_001, "\ud800", {"a": 1}, [1]):
        with pytest.raises(Refused):
            cells.text(bad)


def test_shapes() -> None:
    assert cells.shape("POINT (106.7 10.8)") == {"type": "Point", "coordinates": [106.7, 10.8]}
    assert cells.shape('{"type":"Point","coordinates":[106.7,10.8]}')["type"] == "Point"
    for bad in (
        "POINT (",
        "POINT EMPTY",
        {"type": "Point"},
        {"type": "Circle"},
        "{",
        7,
        {"type": "Point", "coordinates": "x"},
    ):
        with pytest.raises(Refused):
            cells.shape(bad)


CONVERSIONS = [
    (36, "km/h", "m/s", 10.0),
    (212, "°F", "°C", 100.0),
    (17.2, "°C", "°C", 17.2),
    (1.5, "m", "cm", 150.0),
    (62, "%", "C62", 0.62),
    (1013, "hPa", "Pa", 101300.0),
    (2, "mg/m³", "µg/m³", 2000.0),
]


@pytest.mark.parametrize(("value", "source", "target", "result"), CONVERSIONS)
def test_conversions(value: float, source: str, target: str, result: float) -> None:
    found = units.find(source), units.find(target)
    assert found[0] is not None
    assert found[1] is not None
    assert units.convert(value, found[0], found[1]) == result


def test_every_unit_has_one_meaning() -> None:
    codes = [unit.code for unit in units.known()]
    assert len(codes) == len(set(codes))
    for unit in units.known():
        for spelling in (unit.code, *unit.spellings):
            assert units.find(spelling) == unit, f"{spelling} stands for two units"
    with pytest.raises(ValueError, match="measures"):
        units.convert(1, units.find("m") or unit, units.find("s") or unit)


@given(
    st.one_of(
        st.text(), st.integers(), st.floats(), st.booleans(), st.none(), st.binary(), st.lists(st.integers())
    )
)
def test_no_cell_breaks_a_reader(value: object) -> None:
    for read in (
        lambda: cells.number(value, "1,234.5"),
        lambda: cells.number(value, "1.234,5", units.find("%")),
        lambda: cells.instant(value, "iso", HANOI),
        lambda: cells.instant(value, "epoch_ms", HANOI),
        lambda: cells.text(value),
        lambda: cells.boolean(value),
        lambda: cells.shape(value),
    ):
        try:
            read()
        except Refused as why:
            assert why.vi
            assert why.en


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_both_styles_read_what_they_write(value: float) -> None:
    english = f"{value:,.6f}"
    vietnamese = english.replace(",", "_").replace(".", ",").replace("_", ".")
    assert cells.number(english, "1,234.5") == cells.number(vietnamese, "1.234,5") == float(f"{value:.6f}")


@given(st.datetimes(*BOUNDS, timezones=st.just(UTC)))
def test_written_instants_come_back(at: datetime) -> None:
    assert cells.instant(cells.written(at), "iso", HANOI) == at
