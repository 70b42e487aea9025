"""Write the data models of the sector packs from the catalogue of Smart Data Models, and the unit codes.

A tool for us, not a part of the product. In an environment of its own::

    python -m venv VENV && VENV/bin/pip install --no-deps pysmartdatamodels==0.8.2.0 filip==0.8.1
    VENV/bin/python scripts/models.py

It reads the files inside the two packages and imports neither, for both reach for the network when used.
pysmartdatamodels (MIT) carries every attribute of every model as a row; **it has no JSON schemas**, so ranges
are read from the descriptions and members of objects are left out. filip (BSD) carries the code list of
UN/CEFACT Recommendation 20 (public domain, PDDL). Labels in Vietnamese come from ``model-words.tsv`` beside
this file. What it writes is committed; run it again only to take a newer catalogue.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent / "src/haidang"
TEXT_MAX = 200
ENUM_MAX = 60

# sector, subject of the catalogue, type, Vietnamese, English
CHOSEN = """
transport Transportation TrafficFlowObserved|Lưu lượng giao thông|Traffic flow
transport Transportation RoadSegment|Đoạn đường|Road segment
transport Transportation Road|Tuyến đường|Road
transport Transportation RoadAccident|Tai nạn giao thông|Road accident
transport Transportation TrafficViolation|Vi phạm giao thông|Traffic violation
transport Transportation AnprFlowObserved|Nhận dạng biển số|Number plates observed
transport Transportation CityWork|Công trình trên đường|Works in the street
transport Transportation RestrictedTrafficArea|Khu vực hạn chế giao thông|Restricted traffic area
transport Transportation Vehicle|Phương tiện|Vehicle
transport Device Camera|Camera|Camera
transport Parking OffStreetParking|Bãi đỗ xe|Car park
transport Parking OnStreetParking|Chỗ đỗ xe ven đường|Parking at the kerb
transport Parking ParkingSpot|Ô đỗ xe|Parking space
public-transport UrbanMobility PublicTransportStop|Điểm dừng xe công cộng|Public transport stop
public-transport UrbanMobility PublicTransportRoute|Tuyến xe công cộng|Public transport route
public-transport UrbanMobility ArrivalEstimation|Dự báo giờ đến|Estimated arrival
public-transport UrbanMobility GtfsStop|Điểm dừng (GTFS)|Stop (GTFS)
public-transport UrbanMobility GtfsRoute|Tuyến (GTFS)|Route (GTFS)
security Transportation CrowdFlowObserved|Mật độ đám đông|Crowd flow
security Multimedia MediaEvent|Sự kiện hình ảnh|Media event
security Alert Alert|Cảnh báo|Alert
security Alert Anomaly|Bất thường|Anomaly
lighting Streetlighting Streetlight|Đèn đường|Streetlight
lighting Streetlighting StreetlightGroup|Nhóm đèn đường|Group of streetlights
lighting Streetlighting StreetlightControlCabinet|Tủ điều khiển chiếu sáng|Streetlight control cabinet
environment WasteManagement WasteContainer|Thùng rác|Waste container
environment Environment AirQualityObserved|Chất lượng không khí|Air quality
environment Environment NoiseLevelObserved|Mức ồn|Noise level
environment WaterQuality WaterQualityObserved|Chất lượng nước|Water quality
environment Environment FloodMonitoring|Mực nước|Water level
environment Weather WeatherObserved|Thời tiết|Weather
environment Weather WeatherForecast|Dự báo thời tiết|Weather forecast
environment Weather WeatherAlert|Cảnh báo thời tiết|Weather alert
tourism PointOfInterest PointOfInterest|Điểm đáng chú ý|Point of interest
tourism TourismDestinations TouristDestination|Điểm đến du lịch|Tourist destination
tourism TourismDestinations Event|Sự kiện|Event
tourism TourismDestinations TourismPresenceObserved|Lượng khách du lịch|Presence of tourists
tourism PointOfInterest Beach|Bãi biển|Beach
tourism PointOfInterest Museum|Bảo tàng|Museum
agriculture Agrifood AgriParcel|Thửa đất nông nghiệp|Agricultural parcel
agriculture Agrifood AgriFarm|Trang trại|Farm
agriculture Agrifood AnimalDisease|Dịch bệnh động vật|Animal disease
agriculture Forestry FireForestStatus|Nguy cơ cháy rừng|Forest fire status
buildings Building Building|Tòa nhà|Building
buildings Device Device|Thiết bị|Device
buildings Device DeviceModel|Mẫu thiết bị|Model of device
governance KeyPerformanceIndicator KeyPerformanceIndicator|Chỉ số hiệu quả (KPI)|Key performance indicator
governance Organization Organization|Tổ chức|Organisation
governance Organization Person|Cá nhân|Person
governance CPSV-AP PublicService|Dịch vụ công|Public service
governance SDG Project|Dự án|Project
governance SDG Indicator|Chỉ tiêu|Indicator
governance CallComplaints Complaint|Phản ánh, kiến nghị|Complaint
governance IssueTracking IssueReporting|Báo cáo sự việc|Issue report
governance QueueManagement QueueMonitor|Hàng chờ bộ phận một cửa|Queue at a counter
cybersecurity RiskManagement NetworkServiceAlert|Cảnh báo dịch vụ mạng|Network service alert
cybersecurity RiskManagement Vulnerability|Lỗ hổng bảo mật|Vulnerability
cybersecurity RiskManagement CyberAnalysis|Phân tích an toàn thông tin|Cyber analysis
cybersecurity IT Service|Dịch vụ công nghệ thông tin|IT service
"""

# What every type may have stands once, in haidang.city.models.model.COMMON.
COMMON = {
    "id", "type", "name", "alternateName", "description", "address", "areaServed", "location", "dataProvider",
    "source", "owner", "seeAlso", "dateCreated", "dateModified", "bbox", "coordinates",
}  # fmt: skip
# NGSI-LD says when something was observed with observedAt on the attribute.
SAID_BY_NGSI_LD = {"dateObserved", "dateObservedFrom", "dateObservedTo", "observationDateTime", "timestamp"}

# Where the public model is narrower than what it describes: a camera's number bears letters.
WIDER = {"Camera.cameraNum": {"value": "any"}}

# How the catalogue writes units, to UN/CEFACT codes. A litre on a square metre is a millimetre of rain.
UNITS = {
    "mg/l": "M1", "meter": "MTR", "meters": "MTR", "meter (m)": "MTR", "kilowatts (kw)": "KWT",
    "kilovolts-ampere-reactive (kvarh)": "KVR", "kilovolts-ampere-reactive per hour (kvarh)": "K3",
    "kilometer per hour (km/h)": "KMH", "km/h": "KMH", "ampers (a)": "AMP", "volts (v)": "VLT",
    "liters per square meter": "MMT", "w/m2": "D54", "second (s)": "SEC", "kilometer (km)": "KMT",
    "kilowatts per hour (kwh)": "KWH", "hecto pascals": "A97", "lux": "LUX", "centimeters": "CMT",
    "kilogram (kg)": "KGM", "kilograms": "KGM", "degree": "DD", "hertz (hz)": "HTZ",
    "cubic meters/hour": "MQH", "celsius degrees": "CEL", "persons": "IE", "m2": "MTK",
}  # fmt: skip
WITHOUT_CODE = {"total number of bacteria/100ml"}
FORMATS = {"date-time": "date-time", "date": "date", "time": "time", "uri": "uri", "idn-email": "email"}
_BETWEEN = re.compile(r"[Aa] number between (-?\d+(?:\.\d+)?) and (\d+(?:\.\d+)?)|values: (\d+) - (\d+)\b")
_COUNT = re.compile(r"[Pp]ositive integer number")
_OPEN = re.compile(r"(?i)any other|other value|application-specific|other application")


def main() -> None:
    """Write all models and the list of codes; stop on anything that is not understood."""
    assets = {path.name: path for path in _files("pysmartdatamodels", "model-assets/")}
    with gzip.open(assets["smartdatamodels.json.gz"]) as file:
        rows: list[dict[str, Any]] = json.load(file)
    facts = {
        (one["subject"], one["dataModel"]): one
        for one in json.loads(assets["datamodels_metadata.json"].read_text())
    }
    words = _words()
    unlabelled: set[str] = set()
    for line in CHOSEN.strip().splitlines():
        head, vi, en = line.split("|")
        sector, subject, kind = head.split()
        subject = f"dataModel.{subject}"
        mine = [one for one in rows if one["dataModel"] == kind and one["repoName"] == subject]
        model = _model(kind, mine, facts[subject, kind], words)
        unlabelled |= {name for name, one in model["attributes"].items() if "vi" not in one}
        place = ROOT / "sectors" / sector / "models"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{_dashed(kind)}.json").write_text(
            _text({"type": kind, "vi": vi, "en": en} | model), "utf-8"
        )
    print(f"without a Vietnamese label: {len(unlabelled)}: {' '.join(sorted(unlabelled))}")
    _write_codes()


def _model(
    kind: str, rows: list[dict[str, Any]], fact: dict[str, Any], words: dict[str, str]
) -> dict[str, Any]:
    by_name: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if "parentId" not in row and row["property"] not in COMMON:
            by_name.setdefault(row["property"], []).append(row)
    attributes = {}
    for name, found in sorted(by_name.items()):
        attributes[name] = _attribute(found) | WIDER.get(f"{kind}.{name}", {})
        vi = words.get(f"{kind}.{name}") or words.get(name)
        if vi:
            attributes[name]["vi"] = vi
    required = [
        name
        for name in fact.get("required") or ()
        if (name in attributes or name in COMMON - {"id", "type"}) and name not in SAID_BY_NGSI_LD
    ]
    return {
        "text": _sentence(fact["description"]),
        "iri": f"https://smartdatamodels.org/{fact['subject']}/{kind}",
        "source": {
            "name": "Smart Data Models",
            "subject": fact["subject"],
            "version": fact["version"],
            "licence": rows[0]["license"],
        },
        "required": required,
        "attributes": attributes,
    }


def _attribute(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Sum up the rows of one attribute (several where the schema says one of several forms)."""
    text = next((row["description"] for row in rows if row.get("description")), "")
    kinds = [row["typeNGSI"] for row in rows if row.get("typeNGSI")]
    kind = kinds[0] if kinds and kinds[0] in ("Relationship", "GeoProperty") else "Property"
    found: dict[str, Any] = {} if kind == "Property" else {"kind": kind}
    types = {row.get("type", "any") for row in rows if isinstance(row.get("type", "any"), str)}
    value = types.pop() if len(types) == 1 else "any"
    if kind == "Property" and value != "any":
        found["value"] = value
    if kind == "Property":
        found |= _limits(rows, text, value)
    if text:
        found["text"] = _sentence(text)
    return found


def _limits(rows: list[dict[str, Any]], text: str, value: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    form = rows[0].get("format")
    if form in FORMATS and value == "string":
        found["format"] = FORMATS[form]
    enum = [word for row in rows for word in row.get("enum", ())]
    if enum and len(rows) == 1:
        if value == "array":
            found["items"] = "string" if all(isinstance(one, str) for one in enum) else "any"
        found["enum"] = enum[:ENUM_MAX]
        if _OPEN.search(text) or len(enum) > ENUM_MAX:
            found["open"] = True
    unit = str(rows[0].get("units", "")).strip().rstrip(".").lower()
    if unit and unit not in WITHOUT_CODE:
        found["unit"] = UNITS[unit]
    if value in ("number", "integer"):
        between = _BETWEEN.search(text)
        if between:
            low, high = [float(one) for one in between.groups() if one is not None]
            found |= {"min": _short(low), "max": _short(high), "unit": found.get("unit", "C62")}
        elif _COUNT.search(text):
            found |= {"min": 0, "unit": found.get("unit", "C62")}
    return found


def _short(number: float) -> float | int:
    return int(number) if number.is_integer() else number


def _sentence(text: str) -> str:
    """Return a description in one line, without its list of words (that is ``enum``) and not too long."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    plain = re.sub(r"\s*Enum:\s*'[^']*'\.?", "", plain)
    plain = re.sub(r"<[^>]*>|[`_*](?=\w)|(?<=\w)[`*]", "", plain)
    plain = " ".join(plain.split()).strip(" .")
    if len(plain) <= TEXT_MAX:
        return plain
    end = plain.rfind(". ", 0, TEXT_MAX)
    return plain[:end] if end > TEXT_MAX // 3 else plain[: plain.rfind(" ", 0, TEXT_MAX)] + "…"


def _text(model: dict[str, Any]) -> str:
    """Return JSON with one attribute a line, so that a newer catalogue shows as a readable difference."""
    attributes = ",\n".join(f"    {_json(name)}: {_json(one)}" for name, one in model["attributes"].items())
    rest = ",\n".join(
        f"  {_json(key)}: {_json(value)}" for key, value in model.items() if key != "attributes"
    )
    return f'{{\n{rest},\n  "attributes": {{\n{attributes}\n  }}\n}}\n'


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _dashed(kind: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", kind).lower()


def _words() -> dict[str, str]:
    lines = Path(__file__).with_name("model-words.tsv").read_text("utf-8").splitlines()
    return {name: vi for name, _, vi in (line.partition("\t") for line in lines if line and line[0] != "#")}


def _write_codes() -> None:
    """Write the valid codes of Recommendation 20, those marked as deleted (X) left out."""
    (path,) = (one for one in _files("filip", "unece-units/") if one.name == "units_of_measure.csv")
    rows = csv.DictReader(io.StringIO(path.read_text("utf-8")))
    codes = sorted(row["CommonCode"] for row in rows if row["Status"] != "X")
    lines = [" ".join(codes[start : start + 24]) for start in range(0, len(codes), 24)]
    (ROOT / "city/models/unit-codes.txt").write_text("\n".join(lines) + "\n", "ascii")
    print(f"unit codes: {len(codes)}")


def _files(package: str, part: str) -> Iterable[Path]:
    files = distribution(package).files or ()
    return [Path(str(one.locate())) for one in files if part in str(one)]


if __name__ == "__main__":
    main()
