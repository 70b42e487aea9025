"""Reading one cell: numbers, instants, truth values and shapes, as people and machines write them."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from shapely import from_wkt, is_empty, to_geojson
from shapely.errors import ShapelyError
from shapely.geometry import shape as from_geojson

from haidang.base.problems import Fault
from haidang.base.text import fold
from haidang.feeds.model import units

TEXT_MAX = 10_000
_MINUS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " "})
_POINT = re.compile(
    r"([+-]?(?:[0-9]{1,3}(?:[, ][0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|[+-]?\.[0-9]+)([eE][+-]?[0-9]{1,3})?"
)
_COMMA = re.compile(
    r"([+-]?(?:[0-9]{1,3}(?:[. ][0-9]{3})+|[0-9]+)(?:,[0-9]+)?|[+-]?,[0-9]+)([eE][+-]?[0-9]{1,3})?"
)
_EXCEL_MARCH_1900 = 61
_TIME_OF_DAY = re.compile(r"([0-9]{1,2}) ?(?:h|g|gio|:)(?: ?([0-9]{1,2}))?(?: ?(?:p|phut|:) ?([0-9]{1,2})?)?")
_ANGLE = re.compile(
    r"(?P<first>bắc|nam|đông|tây|[nsewbđt])?\s*(?P<deg>[0-9]{1,3}(?:[.,][0-9]+)?)\s*(?P<sign>[°º˚])?\s*"
    r"(?:(?P<min>[0-9]{1,2}(?:[.,][0-9]+)?)\s*['′’‘]\s*(?:(?P<sec>[0-9]{1,2}(?:[.,][0-9]+)?)\s*(?:[\"″”“]|['′’‘]{2})?)?)?"
    r"\s*(?P<last>bắc|nam|đông|tây|[nsewbđt])?"
)
_BETWEEN = tuple(map(re.compile, (r"\s*;\s*", r"\s*,\s+", r"\s*,(?=[0-9]+\.)", r"\s+")))
_TRUE = {"true", "1", "yes", "y", "co", "dung", "x", "on", "bat"}
_FALSE = {"false", "0", "no", "n", "khong", "sai", "off", "tat"}
_SHAPES = {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"}


class Refused(Exception):  # noqa: N818 - a refusal, carried to the field that names it
    """A cell that cannot be what it is declared to be, with the reason in both languages."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(en)
        self.vi = vi
        self.en = en


def shown(value: Any) -> str:
    """Return a cell as it is shown beside a fault, cut to a readable length."""
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 200 else text[:199] + "…"


def fault(field: str, why: Refused, value: Any) -> Fault:
    """Return the fault of a field whose cell was refused."""
    return Fault(field, why.vi, why.en, shown(value))


def text(value: Any) -> str:
    """Return a cell as text, in composed form and without spaces around; refuse shapes and control signs."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)  # a spreadsheet keeps 5 as 5.0
    if isinstance(value, datetime | date | time):
        value = value.isoformat()
    if not isinstance(value, str | int | float):
        raise Refused("Cần một chuỗi, gặp một cấu trúc.", "A text is wanted, a structure was found.")
    result = unicodedata.normalize("NFC", str(value)).strip()
    if "\x00" in result or any(0xD800 <= ord(char) <= 0xDFFF for char in result):
        raise Refused("Chuỗi có ký tự không lưu được.", "The text has a character that cannot be stored.")
    if len(result) > TEXT_MAX:
        raise Refused(f"Chuỗi dài hơn {TEXT_MAX} ký tự.", f"The text is over {TEXT_MAX} characters.")
    return result


def number(value: Any, style: str, unit: units.Unit | None = None) -> float | int:
    """Return a cell as a number in its declared unit.

    ``style`` is ``1,234.5`` or ``1.234,5``: the way in which the source writes numbers, never guessed. A unit
    glued to the number (``12 km/h``) must be the declared one.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Refused("Không phải là số.", "Not a number.")
    if isinstance(value, str):
        return _finite(_written_number(value, style, unit))
    return _finite(value)


def instant(value: Any, form: str | tuple[str, ...], zone: ZoneInfo) -> datetime:
    """Return a cell as an instant in UTC; a time without offset is taken to be in ``zone``.

    Of several forms the first that fits counts. A date that a spreadsheet keeps as a date needs none.
    """
    forms = (form,) if isinstance(form, str) else form
    for each in forms:
        try:
            found = _instant(value, each)
            return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
        except (ValueError, OverflowError, Refused):
            continue
    shown_forms = " / ".join(f"“{each}”" for each in forms)
    examples = " / ".join(_example(each) for each in forms)
    raise Refused(
        f"Không đọc được thời điểm theo dạng {shown_forms}, ví dụ {examples}.",
        f"Not an instant of the form {shown_forms}, for example {examples}.",
    )


def _instant(value: Any, form: str) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    if form in {"epoch_s", "epoch_ms"}:
        seconds = number(value, "1,234.5") / (1000 if form == "epoch_ms" else 1)
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    if form == "excel":
        days = number(value, "1,234.5")
        if days < _EXCEL_MARCH_1900:  # before that its calendar has a day that never was
            raise ValueError
        return datetime(1899, 12, 30) + timedelta(seconds=round(days * 86400))  # noqa: DTZ001
    if not isinstance(value, str):
        raise ValueError  # noqa: TRY004 - one refusal for all that is no instant
    written = value.strip()
    return datetime.fromisoformat(written) if form == "iso" else datetime.strptime(written, form)  # noqa: DTZ007


def _example(form: str) -> str:
    at = datetime(2025, 7, 31, 13, 30, tzinfo=UTC)
    known = {
        "iso": "2025-07-31T13:30",
        "excel": "45869.5625",
        "epoch_s": "1753968600",
        "epoch_ms": "1753968600000",
    }
    return known.get(form) or at.strftime(form)


def time_of_day(value: Any) -> timedelta:
    """Return a cell as the time since midnight: a spreadsheet's time, ``13:30``, ``13h30``, ``24:00``."""
    refusal = Refused("Không phải là giờ trong ngày, ví dụ 13:30.", "Not a time of day, for example 13:30.")
    if isinstance(value, datetime):
        value = value.time()
    if isinstance(value, time):
        return timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
    if isinstance(value, int | float) and not isinstance(value, bool):
        if 0 <= value <= 1:
            return timedelta(seconds=round(value * 86400))
        raise refusal
    found = _TIME_OF_DAY.fullmatch(fold(text(value)))
    if found is None:
        raise refusal
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    result = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if minutes > 59 or seconds > 59 or result > timedelta(days=1):
        raise refusal
    return result


def angle(value: Any, axis: str, style: str) -> float:
    """Return a cell as degrees: decimal, or degrees, minutes and seconds with a letter of either language.

    ``axis`` is ``lat`` or ``lon``; the letter of the other one is refused. *N* is north, for no place in
    Vietnam is south of the equator; *B*, *Nam*, *Đ*, *T* are the Vietnamese letters.
    """
    found = _ANGLE.fullmatch(value.strip().casefold()) if isinstance(value, str) else None
    if found is None or not (found["first"] or found["last"] or found["sign"]):
        return float(number(value, style))
    minutes, seconds = (float((found[part] or "0").replace(",", ".")) for part in ("min", "sec"))
    whole = float(found["deg"].replace(",", "."))
    letters = fold((found["first"] or "") + (found["last"] or ""))
    if len(letters) > 4 or (letters and (letters[0] in "nsb") != (axis == "lat")):
        raise Refused(
            "Chữ chỉ hướng không khớp: vĩ độ là B/N, kinh độ là Đ/E.",
            "The letter of direction does not fit: latitude has N, longitude E.",
        )
    if minutes >= 60 or seconds >= 60:
        raise Refused("Phút và giây phải nhỏ hơn 60.", "Minutes and seconds must be below 60.")
    south_or_west = letters in {"nam", "s", "w", "t", "tay"}
    return (-1 if south_or_west else 1) * (whole + minutes / 60 + seconds / 3600)


def pair(value: Any) -> tuple[str, str]:
    """Return the two parts of a cell that holds both coordinates, as maps write them: ``21.03, 105.85``."""
    written = text(value).strip("()[] ")
    for sign in _BETWEEN:
        parts = sign.split(written)
        if len(parts) == 2 and all(parts):
            return parts[0], parts[1]
    raise Refused(
        "Không tách được vĩ độ và kinh độ, ví dụ 21.0312, 105.8507.",
        "Latitude and longitude cannot be told apart, for example 21.0312, 105.8507.",
    )


def boolean(value: Any) -> bool:
    """Return a cell as a truth value; the words of both languages are known."""
    if isinstance(value, bool):
        return value
    word = fold(text(value))
    if word in _TRUE | _FALSE:
        return word in _TRUE
    raise Refused("Không phải là giá trị đúng/sai.", "Not a truth value.")


def shape(value: Any) -> dict[str, Any]:
    """Return a cell as a GeoJSON geometry: from GeoJSON itself or from well-known text."""
    refusal = Refused("Không phải là hình GeoJSON hoặc WKT hợp lệ.", "Not a valid GeoJSON or WKT shape.")
    if not isinstance(value, str | dict):
        raise refusal
    try:
        if isinstance(value, str) and value.lstrip().startswith("{"):
            value = orjson.loads(value)
        geometry = from_geojson(value) if isinstance(value, dict) else from_wkt(value, on_invalid="raise")
    except (
        ShapelyError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        IndexError,
        RecursionError,
    ) as cause:
        raise refusal from cause
    if (
        is_empty(geometry)
        or geometry.geom_type not in _SHAPES
        or not all(map(math.isfinite, geometry.bounds))
    ):
        raise refusal
    result: dict[str, Any] = orjson.loads(to_geojson(geometry))
    return result


def written(at: datetime) -> str:
    """Return an instant as NGSI-LD writes it: UTC with ``Z``, zero fractions left out."""
    plain = at.astimezone(UTC).replace(tzinfo=None).isoformat()
    return (plain.rstrip("0") if "." in plain else plain) + "Z"


def _written_number(value: str, style: str, unit: units.Unit | None) -> float | int:
    written_form = value.translate(_MINUS).strip()
    pattern, group, point = (_POINT, ",", ".") if style == "1,234.5" else (_COMMA, ".", ",")
    found = pattern.match(written_form)
    rest = written_form[found.end() :].strip() if found else ""
    if found is None or rest[:1].isdigit() or rest[:1] in {group, point}:
        raise Refused(f"Không phải là số viết theo kiểu {style}.", f"Not a number written as {style}.")
    if rest:
        _check_unit(rest, unit)
    plain = found[1].replace(group, "").replace(" ", "").replace(point, ".") + (found[2] or "")
    return (
        float(plain) if "." in plain or "e" in plain.lower() else int(plain[:400])
    )  # longer is refused anyway


def _check_unit(rest: str, declared: units.Unit | None) -> None:
    other = units.find(rest)
    if declared is None:
        raise Refused(
            f"Ô có đơn vị “{shown(rest)}” nhưng khai báo không có đơn vị.",
            f"The cell carries the unit “{shown(rest)}”, the declaration names none.",
        )
    if other is None:
        raise Refused(
            f"Không biết đơn vị “{shown(rest)}”; khai báo là {declared.spellings[0]}.",
            f"The unit “{shown(rest)}” is not known; {declared.spellings[0]} is declared.",
        )
    if other.code != declared.code:
        raise Refused(
            f"Đơn vị là “{shown(rest)}”, khai báo là {declared.spellings[0]}.",
            f"The unit is “{shown(rest)}”, {declared.spellings[0]} is declared.",
        )


def _finite(value: float | int) -> float | int:
    # Beyond float's range no consumer could hold it; not-a-number is no measurement.
    try:
        if math.isfinite(float(value)):
            return value
    except OverflowError:
        pass
    raise Refused("Số nằm ngoài phạm vi biểu diễn.", "The number is beyond what can be represented.")
