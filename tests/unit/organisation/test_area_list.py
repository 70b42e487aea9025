"""The list of areas as it is made from the package and our overlay."""

from __future__ import annotations

import itertools
import time
from datetime import date

import pytest
from tests.shared_data import shared

from haidang.organisation import area_source
from haidang.organisation.area_check import Listed, compare, read_csv
from haidang.organisation.area_source import (
    REFORM,
    AreaList,
    Change,
    Overlay,
    OverlayError,
    apply_overlay,
    kind_of,
    short_name,
)
from haidang.organisation.model import Area


@pytest.fixture(scope="module")
def listed() -> AreaList:
    return area_source.read_list()


def on(listed: AreaList, code: str, day: date) -> Area | None:
    return next((area for area in listed.areas if area.code == code and area.holds_on(day)), None)


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("15", "Yên Bái", "Lào Cai"),
        ("24", "Bắc Giang", "Bắc Ninh"),
        ("44", "Quảng Bình", "Quảng Trị"),
        ("52", "Bình Định", "Gia Lai"),
        ("80", "Long An", "Tây Ninh"),
        ("82", "Tiền Giang", "Đồng Tháp"),
        ("91", "Kiên Giang", "An Giang"),
    ],
)
def test_seven_provinces_codes_mean_another_province_since_july_2025(
    listed: AreaList, code: str, before: str, after: str
) -> None:
    old, new = on(listed, code, date(2025, 6, 30)), on(listed, code, date(2025, 7, 1))
    assert old and old.name == before
    assert new and new.name == after


def test_exactly_those_seven_codes_changed_their_meaning(listed: AreaList) -> None:
    changed = {
        area.code
        for area in listed.areas
        if len(area.code) == 2
        and area.valid_to == REFORM
        and (new := on(listed, area.code, REFORM))
        and new.name != area.name
    }
    assert changed == {"15", "24", "44", "52", "80", "82", "91"}


def test_counts_before_and_since(listed: AreaList) -> None:
    def count(day: date, *kinds: str) -> int:
        return sum(area.kind in kinds for area in listed.areas if area.holds_on(day))

    last, first, today = date(2025, 6, 30), date(2025, 7, 1), date(2026, 4, 30)
    assert count(last, "province", "city") == 63
    assert count(last, "district") == 696
    assert count(first, "province", "city") == count(today, "province", "city") == 34
    assert count(first, "city") == 6
    assert count(today, "city") == 7  # Đồng Nai
    assert count(first, "district") == 0
    assert count(today, "commune", "ward", "special_zone") == 3321
    assert (count(today, "commune"), count(today, "ward"), count(today, "special_zone")) == (2611, 697, 13)


def test_dong_nai_is_a_city_since_30_april_2026(listed: AreaList) -> None:
    before, since = on(listed, "75", date(2026, 4, 29)), on(listed, "75", date(2026, 4, 30))
    assert before and (before.full_name, before.kind) == ("Tỉnh Đồng Nai", "province")
    assert since and (since.full_name, since.kind) == ("Thành phố Đồng Nai", "city")
    assert "30/2026/QH16" in since.source


def test_every_code_means_one_unit_on_a_day(listed: AreaList) -> None:
    by_code: dict[str, list[Area]] = {}
    for area in listed.areas:
        by_code.setdefault(area.code, []).append(area)
    for rows in by_code.values():
        rows.sort(key=lambda area: area.valid_from)
        for earlier, later in itertools.pairwise(rows):
            assert earlier.valid_to is not None
            assert earlier.valid_to <= later.valid_from


def test_every_unit_of_the_old_list_went_somewhere_but_districts_did_not(listed: AreaList) -> None:
    gone = {(each.old_code, each.old_valid_from) for each in listed.successions}
    ends = {(each.new_code, each.new_valid_from) for each in listed.successions}
    rows = {(area.code, area.valid_from): area for area in listed.areas}
    assert gone <= set(rows)
    assert ends <= set(rows)
    stuck = [area for key, area in rows.items() if area.valid_to and key not in gone]
    assert {area.kind for area in stuck} == {"district"}
    assert len(stuck) == 691  # all but the five island districts without communes
    divided = {each.old_code for each in listed.successions if each.share_kind == "part"}
    assert len(divided) == 471


def test_the_archipelagos_are_where_they_are(listed: AreaList) -> None:
    for area in listed.areas:
        if area.name == "Hoàng Sa":
            assert (area.lon, area.lat) == (112.135, 16.568)
        if area.name == "Trường Sa":
            assert (area.lon, area.lat) == (114.45, 9.71)


def test_reading_the_list_is_fast_enough_for_a_first_start() -> None:
    start = time.process_time()
    area_source.read_list()
    assert time.process_time() - start < 3


def test_an_overlay_that_fits_no_row_is_refused(listed: AreaList) -> None:
    wrong = Change("24", date(2026, 1, 1), "Tỉnh Bắc Giang", "Thành phố Bắc Giang", "x")
    with pytest.raises(OverlayError, match="24"):
        apply_overlay(listed, Overlay((wrong,)))


@pytest.mark.parametrize(
    ("full_name", "code", "name", "kind"),
    [
        ("Thành phố Huế", "46", "Huế", "city"),
        ("Thành phố Huế", "474", "Huế", "district"),
        ("Quận 1", "760", "Quận 1", "district"),
        ("Phường 12", "26740", "Phường 12", "ward"),
        ("Đặc khu Hoàng Sa", "20333", "Hoàng Sa", "special_zone"),
        ("Thị trấn Ba Chẽ", "06970", "Ba Chẽ", "township"),
    ],
)
def test_names_and_kinds(full_name: str, code: str, name: str, kind: str) -> None:
    assert short_name(full_name) == name
    assert kind_of(full_name, code) == kind


def test_our_provinces_agree_with_the_newer_list(listed: AreaList) -> None:
    theirs = read_csv(shared("areas/vn_provinces_34.csv").read_bytes())
    ours = [area for area in listed.areas if len(area.code) == 2 and area.holds_on(date(2026, 11, 1))]
    assert compare(ours, theirs) == []


def test_our_communes_differ_from_the_newer_list_only_in_the_code_of_ba_che(listed: AreaList) -> None:
    theirs = read_csv(shared("areas/vn_communes_3321.csv").read_bytes())
    ours = [area for area in listed.areas if len(area.code) == 5 and area.holds_on(date(2026, 11, 1))]
    assert [(each.code, each.what) for each in compare(ours, theirs)] == [
        ("06978", "missing-here"),
        ("06970", "missing-there"),
    ]


def test_the_check_names_kind_name_and_parent(listed: AreaList) -> None:
    ours = [area for area in listed.areas if area.code in ("24", "07210") and area.holds_on(REFORM)]
    theirs = [Listed("24", "Tỉnh Bắc Giang", None), Listed("07210", "Xã Bắc Giang", "22")]
    assert {(each.code, each.what) for each in compare(ours, theirs)} == {
        ("24", "name"),
        ("07210", "kind"),
        ("07210", "parent"),
    }


def test_the_63_provinces_went_where_the_merge_table_says(listed: AreaList) -> None:
    table = shared("areas/province_merge_63_to_34.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    told = {tuple(line.split(",")[::2]) for line in table if line}
    rows = [each for each in listed.successions if len(each.old_code) == 2 and each.new_valid_from == REFORM]
    lasting = {
        (area.code, area.code) for area in listed.areas if len(area.code) == 2 and area.valid_from < REFORM
        and area.valid_to is None
    }  # fmt: skip
    assert {(each.old_code, each.new_code) for each in rows} | lasting == told
