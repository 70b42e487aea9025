"""Rows in, entities or reasons out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.base.problems import Problem
from haidang.feeds.model.mapping import Mapper
from haidang.feeds.model.rows import pick, slug
from tests.unit.feeds.declarations import declared

NOW = datetime(2026, 3, 16, 2, 30, tzinfo=UTC)
MAPPER = Mapper(declared())
GOOD: dict[str, Any] = {
    "station": "Trạm Bãi Cháy",
    "time": "2026-03-16T09:00:00+07:00",
    "lon": "107.05",
    "lat": "20.95",
    "temp": "21.5°C",
    "wind": "36 km/h",
    "status": "Tốt",
    "name": "Bãi Cháy",
}


def test_a_good_row() -> None:
    mapped = MAPPER.row(GOOD, NOW)
    stamp = "2026-03-16T02:00:00Z"
    assert mapped.faults == ()
    assert mapped.warnings == ()
    assert mapped.entity == {
        "id": "urn:ngsi-ld:WeatherObserved:tram-bai-chay",
        "type": "WeatherObserved",
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [107.05, 20.95]}},
        "temperature": {"type": "Property", "value": 21.5, "unitCode": "CEL", "observedAt": stamp},
        "windSpeed": {"type": "Property", "value": 10.0, "unitCode": "MTS", "observedAt": stamp},
        "status": {"type": "Property", "value": "ok", "observedAt": stamp},
        "name": {"type": "Property", "value": "Bãi Cháy"},
    }


@pytest.mark.parametrize("word", ["", "  ", "N/A", "n/a", "-", "null", None])
def test_missing_is_absent_never_zero(word: str | None) -> None:
    mapped = MAPPER.row(GOOD | {"temp": word}, NOW)
    assert mapped.entity is not None
    assert "temperature" not in mapped.entity
    assert mapped.faults == ()


PARTLY = [
    ({"temp": "21.5 km/h"}, "temperature", "km/h"),
    ({"temp": "70"}, "temperature", "outside"),
    ({"temp": "nóng"}, "temperature", "Not a number"),
    ({"status": "hỏng"}, "status", "table"),
    ({"lon": "20.95", "lat": "107.05"}, "location", "swapped"),
    ({"lon": "", "lat": "20.95"}, "location", "missing"),
    ({"lon": "500", "lat": "20"}, "location", "earth"),
]


@pytest.mark.parametrize(("change", "field", "reason"), PARTLY)
def test_a_bad_cell_costs_only_its_attribute(change: dict[str, Any], field: str, reason: str) -> None:
    mapped = MAPPER.row(GOOD | change, NOW)
    assert mapped.entity is not None
    assert field not in mapped.entity
    assert set(mapped.entity) | {field} == set(MAPPER.row(GOOD, NOW).entity or {})
    assert [(fault.field, reason in fault.en) for fault in mapped.faults] == [(field, True)]


REFUSED = [
    ({"station": "N/A"}, "station"),
    ({"station": "!!!"}, "station"),
    ({"time": "hôm qua"}, "time"),
    ({"time": None}, "time"),
    ({"time": "2026-03-17T09:00:00+07:00"}, "time"),
    ({"time": "1970-01-01T00:00:00Z"}, "time"),
    ({"name": "-"}, "name"),
]


@pytest.mark.parametrize(("change", "field"), REFUSED)
def test_a_row_without_identity_time_or_a_required_value_is_refused(
    change: dict[str, Any], field: str
) -> None:
    mapped = MAPPER.row(GOOD | change, NOW)
    assert mapped.entity is None
    assert field in {fault.field for fault in mapped.faults}


def test_a_place_outside_vietnam_is_taken_with_a_warning() -> None:
    mapped = MAPPER.row(GOOD | {"lon": "2.35", "lat": "48.85"}, NOW)
    assert mapped.entity is not None
    assert mapped.entity["location"]["value"]["coordinates"] == [2.35, 48.85]
    assert [warning.field for warning in mapped.warnings] == ["location"]


def test_beyond_may_only_warn() -> None:
    fields = {"level": {"from": "level", "type": "number", "unit": "m", "range": [0, 5], "beyond": "warn"}}
    mapper = Mapper(declared(mapping={"fields": fields}))
    mapped = mapper.row(GOOD | {"level": "7"}, NOW)
    assert mapped.entity is not None
    assert mapped.entity["level"]["value"] == 7
    assert [warning.field for warning in mapped.warnings] == ["level"]


PLACES = [
    ({"wkt": "place"}, {"place": "POINT (107.05 20.95)"}, "Point"),
    ({"wkt": "place"}, {"place": "POLYGON ((107 20, 107.1 20, 107.1 20.1, 107 20))"}, "Polygon"),
    (
        {"geojson": "place"},
        {"place": {"type": "LineString", "coordinates": [[107, 20], [107.1, 20]]}},
        "LineString",
    ),
    (
        {"vn2000": {"easting": "x", "northing": "y", "meridian": 107.75}},
        {"x": "426000", "y": "2317000"},
        "Point",
    ),
    (
        {"lookup": {"from": "city", "table": {"Hạ Long": {"lon": 107.05, "lat": 20.95}}}},
        {"city": "hạ  LONG"},
        "Point",
    ),
]


@pytest.mark.parametrize(("location", "row", "shape"), PLACES)
def test_the_ways_to_a_place(location: dict[str, Any], row: dict[str, Any], shape: str) -> None:
    mapped = Mapper(declared(mapping={"location": location})).row(GOOD | row, NOW)
    assert mapped.entity is not None
    assert mapped.faults == mapped.warnings == ()
    assert mapped.entity["location"]["value"]["type"] == shape


def test_other_types_of_values() -> None:
    fields = {
        "on": {"from": "on", "type": "boolean"},
        "since": {"from": "since", "type": "datetime", "format": "%d/%m/%Y"},
        "reach": {"from": "reach", "type": "geo"},
        "note": {"const": "approximate"},
        "kind": {"from": "kind", "values": {"a": 1}, "others": "missing"},
        "depth": {"from": "depth", "type": "number", "numbers": "1.234,5", "missing": ["999"]},
    }
    row = {"on": "có", "since": "01/07/2025", "reach": "POINT (107 20)", "kind": "b", "depth": "999"}
    mapped = Mapper(declared(mapping={"fields": fields})).row(GOOD | row, NOW)
    assert mapped.entity is not None
    assert mapped.entity["on"]["value"] is True
    assert mapped.entity["since"]["value"] == {"@type": "DateTime", "@value": "2025-06-30T17:00:00Z"}
    assert mapped.entity["reach"]["type"] == "GeoProperty"
    assert mapped.entity["note"] == {"type": "Property", "value": "approximate"}
    assert "kind" not in mapped.entity
    assert "depth" not in mapped.entity


IMPOSSIBLE = [
    ({"fields": {"a": {"from": "a", "type": "number", "unit": "furlong"}}}, "mapping.fields.a"),
    ({"fields": {"a": {"from": "a", "type": "number", "unit": "m", "to": "s"}}}, "mapping.fields.a"),
    ({"fields": {"a": {"from": "a", "unit": "m"}}}, "mapping.fields.a"),
    ({"fields": {"a": {"from": "a", "const": 1}}}, "mapping.fields.a"),
    ({"fields": {"a": {}}}, "mapping.fields.a"),
    ({"fields": {"a": {"from": "a", "type": "datetime", "format": "ngày"}}}, "mapping.fields.a"),
    ({"fields": {"observedAt": {"from": "a"}}}, "mapping.fields.observedAt"),
    ({"fields": {"tên": {"from": "a"}}}, "mapping.fields.tên"),
    ({"timezone": "Asia/Ha_Noi"}, "mapping.timezone"),
    ({"type": "9lives"}, "mapping.type"),
    ({"id": "{a"}, "mapping.id"),
    ({"id": "Có Dấu"}, "mapping.id"),
    ({"location": {"lon": "x"}}, "mapping.location"),
    ({"location": {"lon": "x", "lat": "y", "wkt": "z"}}, "mapping.location"),
    ({"location": {"vn2000": {"easting": "x", "northing": "y", "meridian": 99}}}, "mapping.location"),
    ({"observed_at": {"from": "t", "not_before": "xưa"}}, "mapping.observed_at"),
]


@pytest.mark.parametrize(("mapping", "place"), IMPOSSIBLE)
def test_a_mapping_that_cannot_work_is_refused_before_any_row(mapping: dict[str, Any], place: str) -> None:
    with pytest.raises(Problem) as refused:
        Mapper(declared(mapping=mapping))
    assert place in {fault.field for fault in refused.value.faults}


def test_paths_reach_into_json() -> None:
    row = {"a": {"b": [{"c": 7}]}, "x.y": 1}
    assert pick(row, "a.b.0.c") == 7
    assert pick(row, "x.y") == 1
    assert pick(row, "a.b.9.c") is None
    assert pick(row, "a.b.²") is None


def test_slugs() -> None:
    assert slug("Đường Võ Văn Kiệt (Q.5)") == "duong-vo-van-kiet-q.5"
    assert slug("583f969161cfea0012cf68f7") == "583f969161cfea0012cf68f7"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(sorted(GOOD)), json_values))
def test_no_row_breaks_the_mapping_and_none_vanishes(row: dict[str, Any]) -> None:
    mapped = MAPPER.row(row, NOW)
    assert mapped.entity is not None or mapped.faults
    for fault in (*mapped.faults, *mapped.warnings):
        assert fault.vi
        assert fault.en


@given(st.lists(st.dictionaries(st.sampled_from(sorted(GOOD)), json_values), max_size=4))
def test_a_bad_row_never_hides_a_good_one(bad: list[dict[str, Any]]) -> None:
    for row in bad:
        MAPPER.row(row, NOW)
    assert MAPPER.row(GOOD, NOW).entity is not None
