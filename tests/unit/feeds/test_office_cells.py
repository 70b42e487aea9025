"""Times and places as offices write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from haidang.base.problems import Problem
from haidang.feeds.model import cells
from haidang.feeds.model.cells import Refused
from haidang.feeds.model.mapping import Mapper
from tests.unit.feeds.declarations import declared

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 3, 16, 2, 30, tzinfo=UTC)


@pytest.mark.parametrize("written", ["01/04/2025 07:30", "2025-04-01T07:30", 45748.3125, "45748.3125"])
def test_one_column_with_several_forms(written: object) -> None:
    forms = ("%d/%m/%Y %H:%M", "iso", "excel")
    assert cells.instant(written, forms, HANOI) == datetime(2025, 4, 1, 0, 30, tzinfo=UTC)


def test_a_refused_time_shows_an_example() -> None:
    with pytest.raises(Refused, match="31/07/2025") as refused:
        cells.instant("2025-04-01", "%d/%m/%Y", HANOI)
    assert "31/07/2025" in refused.value.vi
    with pytest.raises(Refused):
        cells.instant(60, "excel", HANOI)  # 29 February 1900, which never was


HOURS = [
    ("13:30", 13.5),
    ("13:30:00", 13.5),
    ("13h30", 13.5),
    ("13 giờ 30 phút", 13.5),
    ("13 Giờ", 13),
    ("7h", 7),
    ("24:00", 24),
    (0.5625, 13.5),
    (0, 0),
    (time(13, 30), 13.5),
]


@pytest.mark.parametrize(("written", "hours"), HOURS)
def test_times_of_day(written: object, hours: float) -> None:
    assert cells.time_of_day(written) == timedelta(hours=hours)


@pytest.mark.parametrize("written", ["25:00", "13:60", "sáng", "7", 7, -0.1, True, "24:01", None, {}])
def test_what_is_no_time_of_day(written: object) -> None:
    with pytest.raises(Refused):
        cells.time_of_day(written)


def test_date_and_time_in_two_columns() -> None:
    observed = {"from": "ngày", "time": "giờ", "format": ["%d/%m/%Y", "excel"]}
    mapping = {"observed_at": observed, "location": None, "fields": {"name": {"from": "name"}}}
    mapper = Mapper(declared(mapping=mapping))
    row: dict[str, Any] = {"station": "a", "name": "A", "giờ": "7h"}
    wanted = datetime(2025, 4, 1, 0, 0, tzinfo=UTC)
    for day in ("01/04/2025", 45748, date(2025, 4, 1)):
        assert mapper.row(row | {"ngày": day}, NOW).observed_at == wanted
    late = mapper.row(row | {"ngày": "31/03/2025", "giờ": "24:00"}, NOW)
    assert late.observed_at == datetime(2025, 3, 31, 17, 0, tzinfo=UTC)
    for hour in ("", "25:00"):
        (fault,) = mapper.row(row | {"ngày": "01/04/2025", "giờ": hour}, NOW).faults
        assert fault.field == "giờ"
        assert (fault.value or "") == hour
    (fault,) = mapper.row(row | {"ngày": "01/04/2027"}, NOW).faults  # in the future
    assert (fault.field, fault.value) == ("ngày", "01/04/2027 7h")
    with pytest.raises(Problem):
        declared(mapping={"observed_at": {"from": "ngày", "format": 5}})
    with pytest.raises(Problem):
        Mapper(declared(mapping={"observed_at": {"from": "ngày", "format": []}}))


ANGLES = [
    ("21°02'03\"N", "lat", 21 + 2 / 60 + 3 / 3600),
    ("21° 2′ 3″ B", "lat", 21 + 2 / 60 + 3 / 3600),
    ("B 21º02'", "lat", 21 + 2 / 60),
    ("21°57,5' Bắc", "lat", 21 + 57.5 / 60),
    ("107°05'10,5''E", "lon", 107 + 5 / 60 + 10.5 / 3600),
    ("107°3' Đông", "lon", 107.05),
    ("107,05° đ", "lon", 107.05),
    ("16.5 S", "lat", -16.5),
    ("107,05", "lon", 107.05),
    (107.05, "lon", 107.05),
]


@pytest.mark.parametrize(("written", "axis", "degrees"), ANGLES)
def test_degrees(written: object, axis: str, degrees: float) -> None:
    assert cells.angle(written, axis, "1.234,5") == pytest.approx(degrees, abs=1e-9)


@pytest.mark.parametrize(
    "written", ["107°05'E", "21°61'N", "21°02'77\"N", "21°N'", "°", "bắc", "21.05", None]
)
def test_what_is_no_latitude(written: object) -> None:
    with pytest.raises(Refused):
        cells.angle(written, "lat", "1.234,5")


PLACES = [
    ({"latlon": "place"}, {"place": "20.95, 107.05"}, None),
    ({"latlon": "place"}, {"place": "(20.95,107.05)"}, None),
    ({"latlon": "place", "numbers": "1.234,5"}, {"place": "20,95; 107,05"}, None),
    ({"latlon": "place"}, {"place": "20°57'N 107°3'E"}, None),
    ({"latlon": "place"}, {"place": "107.05, 20.95"}, "swapped"),
    ({"latlon": "place"}, {"place": "Bãi Cháy"}, "Not a number"),
    ({"latlon": "place"}, {"place": "gần"}, "told apart"),
    ({"lon": "x", "lat": "y"}, {"x": 428000, "y": 2317000}, "metres"),
    (
        {"vn2000": {"easting": "x", "northing": "y", "meridian": 107.75}},
        {"x": 2317000, "y": 428000},
        "northing",
    ),
]


@pytest.mark.parametrize(("location", "row", "why"), PLACES)
def test_places(location: dict[str, Any], row: dict[str, Any], why: str | None) -> None:
    mapping = {"observed_at": None, "location": location, "fields": {"name": {"from": "name"}}}
    mapped = Mapper(declared(mapping=mapping)).row({"station": "a", "name": "A"} | row, NOW)
    assert mapped.entity is not None
    if why is None:
        assert mapped.entity["location"]["value"]["coordinates"] == pytest.approx([107.05, 20.95])
    else:
        assert "location" not in mapped.entity
        assert why in mapped.faults[0].en
