"""What a province was called when; a merged one is another unit."""

from __future__ import annotations

import csv
from datetime import date

import pytest

from haidang.indicators.indices import units
from tests.shared_data import shared

THEN, NOW = date(2019, 6, 30), date(2026, 6, 30)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("BRVT", "Bà Rịa - Vũng Tàu"),
        ("Bà Rịa–Vũng Tàu", "Bà Rịa - Vũng Tàu"),
        ("TT-Hue", "Thừa Thiên Huế"),
        ("Thua Thien-Hue", "Thừa Thiên Huế"),
        ("TP. Hồ Chí Minh", "Hồ Chí Minh"),
        ("Ho Chi Minh City", "Hồ Chí Minh"),
        ("Tỉnh Hoà Bình", "Hòa Bình"),
        ("thành phố Đà Nẵng", "Đà Nẵng"),
        ("Dak Lak", "Đắk Lắk"),
        ("Thanh Hoá", "Thanh Hóa"),
    ],
)
def test_published_names_are_known(text: str, name: str) -> None:
    found = units.resolve(text, THEN)
    assert found is not None
    assert found.name == name


def test_a_name_means_another_unit_after_the_merger() -> None:
    then, now = units.resolve("Bắc Ninh", THEN), units.resolve("Bắc Ninh", NOW)
    assert then is not None and now is not None
    assert (then.key, now.key) == ("27", "24@2025-07-01")
    assert {each.name for each in units.predecessors(now)} == {"Bắc Giang", "Bắc Ninh"}
    assert units.successor(then) == now
    assert units.predecessors(then) == ()


def test_what_is_gone_is_not_found_and_what_lasts_goes_on() -> None:
    assert units.resolve("BRVT", NOW) is None
    assert units.resolve("Hà Tây", date(2007, 6, 30)) is not None
    assert units.resolve("Hà Tây", THEN) is None
    lasting = units.resolve("Quảng Ninh", NOW)
    assert lasting == units.resolve("Quang Ninh", THEN)
    assert lasting is not None
    assert units.predecessors(lasting) == ()


def test_the_list_is_that_of_the_decree() -> None:
    for day, count in ((date(2007, 1, 1), 64), (THEN, 63), (date(2025, 6, 30), 63), (NOW, 34)):
        assert sum(unit.stood(day) for unit in units.all_units()) == count
    with shared("areas/province_merge_63_to_34.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            old = next(
                unit for unit in units.all_units() if unit.code == row["old_code"] and unit.stood(THEN)
            )
            now = units.successor(old) or old
            assert (now.code, now.stood(NOW)) == (row["new_code"], True)
            assert now.name in (row["new_name"], "Thừa Thiên Huế")
