"""Reading the samples of a rule: changes as packs write them become changes with times in µs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from haidang.alerts.rules.model import Change, Sample, Usual
from haidang.base.problems import Fault
from haidang.city.times import parse_us, to_us

_KEYS = frozenset({"fires", "times", "cleared", "changes", "clock", "usual", "note"})
_OWN = frozenset({"at", "heard", "id", "type", "area", "deleted"})
CHANGES_MAX = 2_000


class _SampleError(ValueError):
    def __init__(self, field: str, vi: str, en: str) -> None:
        super().__init__(en)
        self.fault = Fault(field, vi, en)


def samples_of(body: Any, type_: str) -> tuple[tuple[Sample, ...], list[Fault]]:
    """Return the sound samples, and the faults of the others."""
    if body is None:
        return (), []
    if not isinstance(body, list):
        return (), [Fault("samples", "phải là danh sách", "must be a list")]
    found: list[Sample] = []
    faults: list[Fault] = []
    for number, one in enumerate(body):
        try:
            found.append(_sample(one, type_))
        except _SampleError as wrong:
            field = f"samples[{number}]{'.' if wrong.fault.field else ''}{wrong.fault.field}"
            faults.append(Fault(field, wrong.fault.vi, wrong.fault.en))
    return tuple(found), faults


def _sample(body: Any, type_: str) -> Sample:
    if not isinstance(body, dict):
        raise _SampleError("", "phải là một đối tượng", "must be an object")
    for key in body:
        if key not in _KEYS:
            raise _SampleError(str(key), "không có khóa này", "there is no such key")
    for key in ("fires", "cleared"):
        if not isinstance(body.get(key, True), bool):
            raise _SampleError(key, "phải là true hoặc false", "must be true or false")
    if "fires" not in body:
        raise _SampleError(
            "fires", "thiếu: phải nói có báo động hay không", "is missing: say whether it fires"
        )
    changes = body.get("changes")
    if not isinstance(changes, list) or len(changes) > CHANGES_MAX:
        raise _SampleError(
            "changes",
            f"phải là danh sách, nhiều nhất {CHANGES_MAX}",
            f"must be a list of at most {CHANGES_MAX}",
        )
    times = body.get("times")
    if times is not None and (type(times) is not int or times < 0):
        raise _SampleError("times", "phải là số nguyên không âm", "must be a whole number, not negative")
    read = []
    heard = 0
    for number, one in enumerate(changes):
        change = _change(one, type_, f"changes[{number}]", heard)
        heard = change.heard
        read.append(change)
    clock = None if body.get("clock") is None else _instant(body["clock"], "clock")
    return Sample(
        fires=body["fires"],
        changes=tuple(read),
        times=times,
        cleared=body.get("cleared"),
        clock=clock,
        usual=_usual(body.get("usual")),
        note=str(body.get("note", "")),
    )


def _usual(body: Any) -> Usual | None:
    if body is None:
        return None
    try:
        return msgspec.convert(body, Usual)
    except msgspec.ValidationError as cause:
        raise _SampleError(
            "usual", "cần mean, deviation, weeks", f"needs mean, deviation, weeks: {cause}"
        ) from cause


def _change(body: Any, type_: str, place: str, heard_before: int) -> Change:
    if not isinstance(body, dict) or not isinstance(body.get("id"), str):
        raise _SampleError(place, "cần `at`, `id` và các thuộc tính", "needs `at`, `id` and attributes")
    at = _instant(body.get("at"), f"{place}.at")
    heard = max(at, heard_before)
    if "heard" in body:
        heard = _instant(body["heard"], f"{place}.heard")
        if heard < heard_before:
            raise _SampleError(
                f"{place}.heard", "phải theo thứ tự đến", "changes stand in the order they come"
            )
    area = body.get("area")
    return Change(
        at=at,
        heard=heard,
        id=body["id"],
        type=str(body.get("type", type_)),
        area=None if area is None else str(area),
        deleted=body.get("deleted") is True,
        values={name: value for name, value in body.items() if name not in _OWN},
    )


def _instant(value: Any, place: str) -> int:
    if isinstance(value, datetime):  # YAML reads unquoted instants itself
        return to_us(value if value.tzinfo else value.replace(tzinfo=UTC))
    try:
        return parse_us(value)
    except ValueError as cause:
        raise _SampleError(
            place, "cần thời điểm dạng 2026-11-22T07:00:00Z", "needs an instant such as 2026-11-22T07:00:00Z"
        ) from cause
