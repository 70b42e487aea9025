"""What a schema cannot say: the rules that a message of ours keeps, each with its name.

``docs/cap.md`` lists them with the test of each. Others' messages are held against fewer (``importing``):
whoever is warned does not refuse a warning for its form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

import msgspec
import shapely

from haidang.alerts.cap.model.message import Area, Info, Message, Point, Reference
from haidang.alerts.cap.model.words import (
    AREA_GEOCODE,
    RISK_PARAMETER,
    RISK_SEVERITY,
)
from haidang.base.geometry import in_vietnam, looks_swapped
from haidang.base.problems import Fault

FORBIDDEN_CHARACTERS = frozenset(" ,<&")
LANGUAGE = "vi-VN"
_AREA_CODE = re.compile(r"[A-Z0-9]{2,20}@[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WEB = re.compile(r"https?://[^\s<>\"]+")
NOT_PUBLIC = frozenset({"Exercise", "Test", "Draft"})


class Rule(msgspec.Struct, frozen=True):
    """What a rule asks, as the asker is told."""

    vi: str
    en: str


RULES: dict[str, Rule] = {
    "identifier": Rule("không chứa dấu cách, dấu phẩy, < hoặc &", "has no space, comma, < or &"),
    "sender": Rule("không chứa dấu cách, dấu phẩy, < hoặc &", "has no space, comma, < or &"),
    "references-needed": Rule("cập nhật, hủy phải nêu bản tin trước", "it names what it updates or cancels"),
    "references-none": Rule("bản tin mới không dẫn bản tin trước", "a new alert refers to nothing"),
    "references-known": Rule(
        "bản tin được dẫn phải đã phát, còn hiệu lực, cùng trạng thái và phạm vi",
        "what it refers to was sent, is in force, and has the same status and scope",
    ),
    "references-earlier": Rule("bản tin được dẫn phải phát trước", "what it refers to was sent before it"),
    "error-note": Rule("bản tin lỗi phải có ghi chú", "an error needs a note"),
    "restriction": Rule("phạm vi hạn chế phải ghi rõ hạn chế cho ai", "a restricted scope says to whom"),
    "restriction-only": Rule("chỉ dùng với phạm vi hạn chế", "only where the scope is restricted"),
    "addresses": Rule("phạm vi riêng phải nêu người nhận", "a private scope names its addressees"),
    "exercise-note": Rule("bản tin diễn tập phải có ghi chú", "an exercise needs a note"),
    "exercise-flag": Rule(
        "phải là diễn tập khi và chỉ khi sự cố là diễn tập hoặc mô phỏng",
        "is Exercise exactly where its incident is one, or is simulated",
    ),
    "never-public": Rule(
        "diễn tập, thử kỹ thuật, dự thảo không bao giờ công khai", "exercise, test and draft are never public"
    ),
    "info": Rule("cần ít nhất một nội dung", "at least one text is needed"),
    "language": Rule("nội dung đầu tiên phải là tiếng Việt (vi-VN)", "the first text is Vietnamese (vi-VN)"),
    "language-once": Rule("mỗi ngôn ngữ một nội dung", "one text for each language"),
    "texts": Rule("cần có", "is needed"),
    "category": Rule("cần ít nhất một loại", "at least one category is needed"),
    "expires": Rule("cần có thời điểm hết hiệu lực", "when it ends must be said"),
    "times": Rule(
        "bắt đầu hiệu lực ≤ bắt đầu xảy ra < hết hiệu lực", "effective ≤ onset < expires"
    ),
    "not-past": Rule("phải sau thời điểm phát", "is after it is sent"),
    "area": Rule("cần ít nhất một khu vực", "at least one area is needed"),
    "area-description": Rule("khu vực cần tên hoặc mô tả", "an area needs words"),
    "area-place": Rule(
        "khu vực cần đơn vị hành chính, đa giác hoặc hình tròn", "an area needs a unit, a polygon or a circle"
    ),
    "polygon-closed": Rule("điểm cuối phải trùng điểm đầu", "the last point is the first"),
    "polygon-points": Rule("cần ít nhất 4 điểm", "has at least 4 points"),
    "polygon-shape": Rule("đường biên tự cắt hoặc không có diện tích", "crosses itself, or has no area"),
    "in-vietnam": Rule(
        "nằm ngoài Việt Nam; hãy xác nhận nếu đúng ý", "lies outside Vietnam; confirm it where it is meant"
    ),
    "swapped": Rule(
        "kinh độ, vĩ độ bị đảo (vĩ độ trước)", "latitude and longitude are exchanged (latitude first)"
    ),
    "circle": Rule("bán kính tính bằng km, không âm", "its radius is in km and not negative"),
    "geocode": Rule("mã đơn vị hành chính phải kèm ngày", "a unit's code comes with its day"),
    "risk": Rule("mức độ phải theo cấp độ rủi ro thiên tai", "severity follows the level of disaster risk"),
    "web": Rule("phải là địa chỉ http hoặc https", "is an http or https address"),
    "form": Rule("có ký tự mà XML không chứa được", "holds a character that XML cannot hold"),
    "size": Rule("tối đa 64 kB", "at most 64 kB"),
}  # fmt: skip


class Broken(NamedTuple):
    """A rule that a message does not keep, and where."""

    rule: str
    field: str
    value: str | None = None


class Around(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules ask beyond the message."""

    now: datetime
    is_exercise: bool
    """Of the incident it is of; without one, whether it was begun as an exercise."""
    known: frozenset[Reference] = frozenset()
    """Messages of ours that are in force, of the same status and scope."""
    abroad_confirmed: bool = False


def faults(broken: Iterable[Broken]) -> tuple[Fault, ...]:
    """Return broken rules as people are told of them."""
    return tuple(Fault(each.field, RULES[each.rule].vi, RULES[each.rule].en, each.value) for each in broken)


def check(message: Message, around: Around) -> list[Broken]:
    """Return every rule that a message of ours breaks, in the order of its elements."""
    return [
        *_names(message),
        *_references(message, around),
        *_addressed(message, around),
        *_infos(message, around),
    ]


def _names(message: Message) -> Iterator[Broken]:
    for field in ("identifier", "sender"):
        value = getattr(message, field)
        if not value or FORBIDDEN_CHARACTERS & set(value):
            yield Broken(field, field, value)


def _references(message: Message, around: Around) -> Iterator[Broken]:
    if message.msg_type == "Alert":
        if message.references:
            yield Broken("references-none", "references")
    elif not message.references:
        yield Broken("references-needed", "references")
    for each in message.references:
        if each not in around.known:
            yield Broken("references-known", "references", each.identifier)
        if each.sent >= message.sent:
            yield Broken("references-earlier", "references", each.identifier)
    if message.msg_type == "Error" and not message.note:
        yield Broken("error-note", "note")


def _addressed(message: Message, around: Around) -> Iterator[Broken]:
    if message.scope == "Restricted" and not message.restriction:
        yield Broken("restriction", "restriction")
    if message.scope != "Restricted" and message.restriction:
        yield Broken("restriction-only", "restriction")
    if message.scope == "Private" and not message.addresses:
        yield Broken("addresses", "addresses")
    if message.status == "Exercise" and not message.note:
        yield Broken("exercise-note", "note")
    if (message.status == "Exercise") != around.is_exercise:
        yield Broken("exercise-flag", "status", message.status)
    if message.scope == "Public" and message.status in NOT_PUBLIC:
        yield Broken("never-public", "scope", message.status)


def _infos(message: Message, around: Around) -> Iterator[Broken]:
    if not message.infos:
        if message.msg_type in {"Alert", "Update"}:
            yield Broken("info", "texts")
        return
    languages = [info.language for info in message.infos]
    if languages[0] != LANGUAGE:
        yield Broken("language", "texts.0.language", languages[0])
    for number, info in enumerate(message.infos):
        if info.language in languages[:number]:
            yield Broken("language-once", f"texts.{number}.language", info.language)
        for field in ("event", "headline", "description"):
            if not getattr(info, field):
                yield Broken("texts", f"texts.{number}.{field}")
    # All else is the same in every language.
    yield from _facts(message.infos[0], message, around)


def _facts(info: Info, message: Message, around: Around) -> Iterator[Broken]:
    if not info.categories:
        yield Broken("category", "categories")
    yield from _times(info, around)
    for pair in info.parameters:
        if pair.name == RISK_PARAMETER and RISK_SEVERITY.get(int(pair.value)) != info.severity:
            yield Broken("risk", "severity", info.severity)
    if info.web and not _WEB.fullmatch(info.web):
        yield Broken("web", "web", info.web)
    if not info.areas and message.msg_type != "Cancel":
        yield Broken("area", "areas")
    for number, area in enumerate(info.areas):
        yield from _area(area, f"areas.{number}", around)


def _times(info: Info, around: Around) -> Iterator[Broken]:
    if info.expires is None:
        yield Broken("expires", "expires")
        return
    if info.expires <= around.now:
        yield Broken("not-past", "expires", info.expires.isoformat())
        return
    begins = [at for at in (info.effective, info.onset) if at is not None]
    if begins != sorted(begins) or any(at >= info.expires for at in begins):
        yield Broken("times", "onset" if info.onset else "expires")


def _area(area: Area, field: str, around: Around) -> Iterator[Broken]:
    if not area.description:
        yield Broken("area-description", f"{field}.description")
    if not (area.polygons or area.circles or area.geocodes):
        yield Broken("area-place", field)
    for number, ring in enumerate(area.polygons):
        yield from _ring(ring, f"{field}.polygons.{number}", around)
    for number, circle in enumerate(area.circles):
        if circle.radius_km < 0:
            yield Broken("circle", f"{field}.circles.{number}", str(circle.radius_km))
        yield from _placed((circle.centre,), f"{field}.circles.{number}", around)
    for pair in area.geocodes:
        if pair.name == AREA_GEOCODE and not _AREA_CODE.fullmatch(pair.value):
            yield Broken("geocode", f"{field}.codes", pair.value)


def _ring(ring: tuple[Point, ...], field: str, around: Around) -> Iterator[Broken]:
    if len(ring) < 4:
        yield Broken("polygon-points", field, str(len(ring)))
        return
    if ring[0] != ring[-1]:
        yield Broken("polygon-closed", field)
        return
    shape = shapely.Polygon([(point.lon, point.lat) for point in ring])
    if not shape.is_valid or shape.area == 0:
        yield Broken("polygon-shape", field)
    yield from _placed(ring, field, around)


def _placed(points: Iterable[Point], field: str, around: Around) -> Iterator[Broken]:
    outside = [point for point in points if not in_vietnam(point.lon, point.lat)]
    if not outside or around.abroad_confirmed:
        return
    first = outside[0]
    rule = "swapped" if looks_swapped(first.lon, first.lat) else "in-vietnam"
    yield Broken(rule, field, f"{first.lat:g},{first.lon:g}")
