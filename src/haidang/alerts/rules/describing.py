"""What happened, as a signal: value, limit and unit, and a sentence in both languages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from haidang.alerts.model.signal import Signal
from haidang.alerts.rules.course import Happening
from haidang.alerts.rules.duration import Duration
from haidang.alerts.rules.index import Watch
from haidang.city.packs import AttributePack, Packs, symbol
from haidang.city.times import EPOCH


def signal_of(happening: Happening, watch: Watch | None, packs: Packs) -> Signal:
    """Return what is told to the alerts; without a watch the rule is gone, and what stood is over."""
    entity = happening.entity
    text_vi = text_en = parent = None
    if watch is not None and happening.kind == "raise":
        text_vi, text_en = _sentences(happening, watch, packs)
        parent = watch.rule.parent and entity.values.get(watch.rule.parent)
    value = happening.value
    if isinstance(value, bool) or not isinstance(value, int | float | str | None):
        value = str(value)
    return Signal(
        kind=happening.kind,
        rule=happening.rule,
        entity=entity.id,
        entity_type=entity.type,
        entity_name=entity.name or None,
        at=EPOCH + timedelta(microseconds=happening.at),
        owner_org=entity.owner_org,
        area_code=entity.area,
        sector=entity.sector,
        source=entity.source,
        parent=parent if isinstance(parent, str) else None,
        simulated=entity.simulated,
        value=value,
        limit=happening.limit,
        unit=None if watch is None else _unit(watch, packs),
        lon=entity.lon,
        lat=entity.lat,
        text_vi=text_vi,
        text_en=text_en,
    )


def _unit(watch: Watch, packs: Packs) -> str | None:
    kind = watch.rule.when.kind
    if kind not in ("threshold", "rate", "baseline", "stuck") or watch.attr is None:
        return None
    return symbol(packs.attribute(watch.rule.type, watch.attr), None)


def _sentences(happening: Happening, watch: Watch, packs: Packs) -> tuple[str | None, str | None]:
    rule = watch.rule
    say = _SAYING.get(rule.when.kind)
    if say is None:
        return None, None
    label = packs.attribute(rule.type, watch.attr) if watch.attr else AttributePack(rule.vi, rule.en)
    unit = _unit(watch, packs)
    vi, en = say(rule.when.body, happening)
    said = {"value": happening.value, "limit": happening.limit}
    told = {name: _number(value, label, unit) for name, value in said.items()}
    in_vi = {name: text.replace(".", ",") if _is_number(said[name]) else text for name, text in told.items()}
    return vi.format(label=label.vi, **in_vi), en.format(label=label.en, **told)


def _level(body: Any, _: Happening) -> tuple[str, str]:
    if body.above is not None:
        return "{label} {value} trên ngưỡng {limit}", "{label} {value} above the limit {limit}"
    return "{label} {value} dưới ngưỡng {limit}", "{label} {value} below the limit {limit}"


def _slope(body: Any, _: Happening) -> tuple[str, str]:
    vi, en = ("tăng", "rose by") if body.rises is not None else ("giảm", "fell by")
    return (
        f"{{label}} {vi} {{value}} trong {body.within.vi()}",
        f"{{label}} {en} {{value}} within {body.within}",
    )


def _still(body: Any, _: Happening) -> tuple[str, str]:
    return (
        f"{{label}} đứng yên ở {{value}} suốt {body.for_.vi()}",
        f"{{label}} has stood still at {{value}} for {body.for_}",
    )


def _silent(_: Any, happening: Happening) -> tuple[str, str]:
    silence = Duration(round((happening.limit or 0) * 1_000_000))
    return f"Không có số liệu trong {silence.vi()}", f"No data for {silence}"


def _unusual(_: Any, __: Happening) -> tuple[str, str]:
    return "{label} {value}, giờ này thường là {limit}", "{label} {value}, usual at this hour is {limit}"


def _many(body: Any, happening: Happening) -> tuple[str, str]:
    return (
        f"{happening.value} nơi trong {body.within.vi()} (ngưỡng {body.at_least})",
        f"{happening.value} places within {body.within} (limit {body.at_least})",
    )


def _place(body: Any, _: Happening) -> tuple[str, str]:
    if body.inside is not None:
        return "Đi vào vùng đã khoanh", "Went into the area that is watched"
    return "Ra khỏi vùng đã khoanh", "Went out of the area that is watched"


_SAYING: dict[str, Callable[[Any, Happening], tuple[str, str]]] = {
    "threshold": _level,
    "rate": _slope,
    "stuck": _still,
    "missing": _silent,
    "baseline": _unusual,
    "count": _many,
    "geofence": _place,
}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: Any, label: AttributePack, unit: str | None) -> str:
    if _is_number(value):
        digits = 2 if label.decimals is None else label.decimals
        text = f"{value:.{digits}f}"
        return f"{text} {unit}" if unit else text
    return "?" if value is None else str(value)
