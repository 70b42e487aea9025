"""Data models: what fits and what does not, and that JSON Schema says the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haidang.base.problems import Problem
from haidang.city.models.catalogue import humanised, labelled_packs, load_models
from haidang.city.models.model import Attribute, Mode
from haidang.city.models.rules import Rules
from haidang.city.models.schema import json_schema
from haidang.city.models.units import CODES, known_unit
from haidang.city.packs import BUILTIN, SYMBOLS, load_packs

PACKS = load_packs([BUILTIN])
CATALOGUE = load_models([BUILTIN], PACKS)
NOW = "2026-11-22T09:00:00Z"

TABLE = """
TrafficFlowObserved RoadSegment Road RoadAccident TrafficViolation AnprFlowObserved CityWork
RestrictedTrafficArea Vehicle Camera CrowdFlowObserved MediaEvent PublicTransportStop PublicTransportRoute
ArrivalEstimation GtfsStop GtfsRoute OffStreetParking OnStreetParking ParkingSpot Streetlight StreetlightGroup
StreetlightControlCabinet WasteContainer AirQualityObserved NoiseLevelObserved WaterQualityObserved
FloodMonitoring WeatherObserved WeatherForecast WeatherAlert PointOfInterest TouristDestination Event
TourismPresenceObserved Beach Museum AgriParcel AgriFarm AnimalDisease FireForestStatus Building Device
DeviceModel KeyPerformanceIndicator Organization Person PublicService Project Indicator Complaint
IssueReporting QueueMonitor Alert Anomaly NetworkServiceAlert Vulnerability CyberAnalysis Service
School ClassObservation HealthFacility BedOccupancy Directive ComponentProject Contract Disbursement Incident
CameraStream
""".split()  # noqa: SIM905


def prop(value: Any, **more: Any) -> dict[str, Any]:
    return {"type": "Property", "value": value, **more}


RULES = Rules(
    {
        "speed": Attribute(value="number", min=0, max=300, unit="KMH"),
        "count": Attribute(value="integer", min=0, unit="C62"),
        "state": Attribute(value="string", enum=("on", "off")),
        "kind": Attribute(value="string", enum=("car", "bus"), open=True),
        "levels": Attribute(value="array", items="string", enum=("a", "b")),
        "since": Attribute(value="string", format="date-time"),
        "day": Attribute(value="string", format="date"),
        "ok": Attribute(value="boolean"),
        "facts": Attribute(value="object"),
        "place": Attribute(kind="GeoProperty"),
        "road": Attribute(kind="Relationship"),
    },
    required=("speed",),
)


@pytest.mark.parametrize(
    ("attribute", "sent", "reason"),
    [
        ("speed", prop(31.5), None),
        ("speed", prop(31), None),
        ("speed", prop("31.5"), "value"),
        ("speed", prop(True), "value"),
        ("speed", prop(-1), "range"),
        ("speed", prop(301, unitCode="KMH"), "range"),
        ("speed", prop(-1, unitCode="MTS"), None),  # another unit is not compared
        ("speed", prop(5, unitCode="km/h"), "unit"),
        ("speed", prop(5, unitCode=""), "unit"),
        ("speed", {"value": 12}, None),  # concise
        ("speed", {"value": "12"}, "value"),
        ("speed", 12, None),  # simplified
        ("speed", "12", "value"),
        ("speed", [prop(1), prop("x", datasetId="urn:a:b")], "value"),
        ("speed", {"type": "Relationship", "object": "urn:a:b"}, "kind"),
        ("speed", {"observedAt": NOW}, None),  # a fragment without a value
        ("speed", prop("urn:ngsi-ld:null"), None),
        ("count", prop(3), None),
        ("count", prop(3.0), None),
        ("count", prop(3.5), "value"),
        ("state", prop("on"), None),
        ("state", prop(["on"]), None),  # one value and a list of it are the same in JSON-LD
        ("state", prop("broken"), "enum"),
        ("state", prop(["on", "off"]), "value"),
        ("state", {"type": "VocabProperty", "vocab": "on"}, None),
        ("state", {"type": "VocabProperty", "vocab": "dim"}, "enum"),
        ("state", {"type": "LanguageProperty", "languageMap": {"vi": "bật"}}, None),
        ("kind", prop("tuk-tuk"), None),
        ("kind", prop(7), "value"),
        ("levels", prop(["a", "b"]), None),
        ("levels", prop("a"), None),
        ("levels", prop(["a", "c"]), "enum"),
        ("levels", {"type": "ListProperty", "valueList": ["a"]}, None),
        ("since", prop(NOW), None),
        ("since", prop({"@type": "DateTime", "@value": NOW}), None),
        ("since", prop(f"{NOW}/{NOW}"), None),
        ("since", prop("hôm qua"), "format"),
        ("day", prop("2026-11-22"), None),
        ("day", prop("22/11/2026"), "format"),
        ("ok", prop(False), None),
        ("ok", prop(0), "value"),
        ("facts", prop({"a": 1}), None),
        ("facts", prop("a"), "value"),
        ("place", {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [1, 2]}}, None),
        ("place", {"type": "Point", "coordinates": [1, 2]}, None),
        ("place", prop([1, 2]), "kind"),
        ("road", {"type": "Relationship", "object": "urn:a:b"}, None),
        ("road", {"type": "ListRelationship", "objectList": [{"object": "urn:a:b"}]}, None),
        ("road", prop("urn:a:b"), "kind"),
        ("unheard", prop("anything"), None),
        ("unheard", prop(1, unitCode="furlong"), "unit"),
    ],
)  # fmt: skip
def test_what_fits(attribute: str, sent: Any, reason: str | None) -> None:
    found = RULES.check({"id": "urn:a:b", "type": "T", attribute: sent}, whole=False)
    assert [one.reason for one in found] == ([] if reason is None else [reason])
    for _, fault in found:
        assert fault.field == attribute
        assert fault.vi
        assert fault.en


def test_required_is_asked_of_whole_entities_only() -> None:
    assert [one.reason for one in RULES.check({"ok": prop(True)})] == ["required"]
    assert RULES.check({"ok": prop(True)}, whole=False) == []


def test_a_shown_value_is_short() -> None:
    (found,) = RULES.check({"speed": prop("x" * 1_000)})
    assert found.fault.value is not None
    assert len(found.fault.value) < 70


_values = st.one_of(
    st.none().map(lambda _: 5),
    st.integers(-10, 400),
    st.floats(-10, 400, allow_nan=False),
    st.booleans(),
    st.sampled_from(["on", "off", "a", "b", "car", "", "2026-11-22", NOW, f"{NOW}/{NOW}", "urn:a:b", "x y"]),
    st.lists(st.sampled_from(["a", "b", "on", 1, 2.5, True]), max_size=2),
    st.dictionaries(st.sampled_from(["a", "@value"]), st.sampled_from(["on", NOW, 1]), max_size=2),
)
_attribute = st.one_of(
    st.builds(
        lambda value, unit: prop(value, **({"unitCode": unit} if unit else {})),
        _values, st.sampled_from([None, "KMH", "C62", "MTS"]),
    ),
    st.just({"type": "Relationship", "object": "urn:a:b"}),
    st.just({"type": "GeoProperty", "value": {"type": "Point", "coordinates": [1, 2]}}),
    st.builds(lambda value: {"type": "VocabProperty", "vocab": value}, st.sampled_from(["on", "a", ["a"]])),
    st.lists(st.sampled_from(["a", "on", 1])).map(lambda found: {"type": "ListProperty", "valueList": found}),
    st.just({"type": "LanguageProperty", "languageMap": {"vi": "x"}}),
    st.just({"type": "JsonProperty", "json": {"a": 1}}),
)  # fmt: skip
_ATTRIBUTES = {name: rule.attribute for name, rule in RULES._rules.items()}
_ORACLE = jsonschema_rs.validator_for(json_schema("T", _ATTRIBUTES, ("speed",)))


@given(st.dictionaries(st.sampled_from([*_ATTRIBUTES, "unheard"]), _attribute, max_size=4))
@settings(max_examples=600, deadline=None)
def test_json_schema_says_the_same(attributes: dict[str, Any]) -> None:
    body = {"id": "urn:a:b", "type": "T", **attributes}
    assert (RULES.check(body) == []) == _ORACLE.is_valid(body)


@pytest.mark.parametrize("type_name", sorted(CATALOGUE.models))
def test_the_schema_of_every_model_compiles_without_a_network(type_name: str) -> None:
    def refuse(uri: str) -> Any:
        raise AssertionError(f"fetched {uri}")

    model = CATALOGUE.models[type_name]
    schema = json_schema(type_name, CATALOGUE.attributes(type_name), model.required)
    assert jsonschema_rs.validator_for(schema, retriever=refuse).is_valid(
        {"id": "a:b", "type": type_name}
    ) == (not model.required)


def test_every_type_of_the_table_has_a_model() -> None:
    assert set(TABLE) == set(CATALOGUE.models)


@pytest.mark.parametrize("type_name", sorted(CATALOGUE.models))
def test_a_model_is_labelled_small_and_knows_its_sector(type_name: str) -> None:
    model = CATALOGUE.models[type_name]
    assert model.sector in PACKS.sectors
    assert set(model.required) <= set(CATALOGUE.attributes(type_name))
    for name, one in CATALOGUE.attributes(type_name).items():
        assert one.vi, name
        assert one.en, name
        assert one.unit is None or known_unit(one.unit), name
    dashed = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type_name).lower()
    (file,) = BUILTIN.glob(f"{model.sector}/models/{dashed}.*")
    assert file.stat().st_size < 16_000


def test_a_public_model_names_its_source_and_licence() -> None:
    for model in CATALOGUE.models.values():
        if model.source is not None:
            assert model.source.licence.startswith("https://")
            assert model.iri is not None
    own = {name for name, model in CATALOGUE.models.items() if model.source is None}
    assert own == set(TABLE[-10:])


def test_every_displayed_type_of_the_packs_has_a_model_of_its_sector() -> None:
    for name, pack in PACKS.types.items():
        assert CATALOGUE.models[name].sector == pack.sector


def test_units_shown_are_units_known() -> None:
    assert set(SYMBOLS) <= CODES
    assert known_unit("XBX")  # Recommendation 21: a box
    for wrong in ("°C", "ppm", "%", "", "degC", None, 5):
        assert not known_unit(wrong)


def test_a_province_overrides_a_model_and_its_strictness(tmp_path: Path) -> None:
    folder = tmp_path / "health"
    (folder / "models").mkdir(parents=True)
    (folder / "sector.yaml").write_text("name: health\nvi: Y tế\nen: Health\nvalidation: reject\n", "utf-8")
    (folder / "models/bed.yaml").write_text(
        "type: BedOccupancy\nvi: Giường\nen: Beds\nattributes:\n  beds: {value: integer, vi: Giường}\n",
        "utf-8",
    )
    packs = load_packs([BUILTIN, tmp_path])
    own = load_models([BUILTIN, tmp_path], packs)
    assert own.models["BedOccupancy"].vi == "Giường"
    assert "occupiedBedCount" not in own.attributes("BedOccupancy")
    assert own.declared_mode("BedOccupancy") is Mode.REJECT
    assert own.declared_mode("HealthFacility") is Mode.REJECT
    assert own.declared_mode("Camera") is None


@pytest.mark.parametrize(
    "text",
    [
        "type: A\nvi: a\nen: a\nattributes:\n  b: {value: number, min: 2, max: 1}\n",
        "type: A\nvi: a\nen: a\nattributes:\n  b: {value: string, min: 2}\n",
        "type: A\nvi: a\nen: a\nattributes:\n  b: {value: string, open: true}\n",
        "type: A\nvi: a\nen: a\nrequired: [b]\n",
        "type: A\nvi: a\nen: a\nextends: Nothing\n",
        "type: A\nvi: a\nen: a\nvalidation: shout\n",
        "type: A\nvi: a\nen: a\nfields: {}\n",
        "type: [",
    ],
)
def test_a_faulty_model_is_refused_by_the_name_of_its_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "x/models").mkdir(parents=True)
    (tmp_path / "x/models/a.yaml").write_text(text, "utf-8")
    with pytest.raises(Problem) as refused:
        load_models([tmp_path], PACKS)
    assert refused.value.kind.code == "bad-sector-pack"
    assert "x/" in refused.value.vi


def test_names_are_spelled_out() -> None:
    assert humanised("averageVehicleSpeed") == "Average vehicle speed"
    assert humanised("license_plate") == "License plate"
    assert humanised("LAeq") == "LAeq"


def test_screens_name_what_only_a_model_describes(tmp_path: Path) -> None:
    packs = labelled_packs(tmp_path)
    assert packs.type("WasteContainer").vi == "Thùng rác"
    assert packs.attribute("WasteContainer", "fillingLevel").vi == "Mức đầy"
    assert packs.attribute("Camera", "cameraUsage").vi == "Mục đích"
    assert packs.attribute("AirQualityObserved", "nox").vi == "Các nitơ ôxit NOx"
    shown = PACKS.types["AirQualityObserved"]
    both = packs.types["AirQualityObserved"]
    assert list(both.attributes)[: len(shown.attributes)] == list(shown.attributes)  # the pack's order stays
    assert both.attributes["pm25"] == shown.attributes["pm25"]
    assert both.headline == shown.headline
