"""What the instances of one attribute come to over a period (GS CIM 009, tables 4.5.19.1-1 to -3)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import msgspec

METHODS = ("totalCount", "distinctCount", "sum", "avg", "min", "max", "stddev", "sumsq")
_RELATIONSHIPS = frozenset({"R", "LR"})


def came_to(values: Sequence[Any], kind: str) -> dict[str, Any]:
    """Return each method that says something of these values (at least one).

    Numbers are themselves, true is 1 and false 0, an array is its size; of texts, dates and URIs there are a
    first and a last in the order of their characters; relationships and objects are only counted.
    """
    found: dict[str, Any] = {
        "totalCount": len(values),
        "distinctCount": len({msgspec.json.encode(one, order="sorted") for one in values}),
    }
    if kind in _RELATIONSHIPS:
        return found
    numbers = [number for one in values if (number := _number(one)) is not None]
    if numbers:
        total = math.fsum(numbers)
        mean = total / len(numbers)
        found |= {
            "sum": total,
            "avg": mean,
            "min": min(numbers),
            "max": max(numbers),
            "stddev": math.sqrt(math.fsum((one - mean) ** 2 for one in numbers) / len(numbers)),
            "sumsq": math.fsum(one * one for one in numbers),
        }
        return {
            name: value
            for name, value in found.items()
            if not isinstance(value, float) or math.isfinite(value)
        }
    texts = [text for one in values if (text := _text(one)) is not None]
    if texts:
        found |= {"min": min(texts), "max": max(texts)}
    return found


def _number(value: Any) -> float | None:
    if isinstance(value, bool | int | float):
        try:
            return float(value)
        except OverflowError:
            return None
    return float(len(value)) if isinstance(value, list) else None


def _text(value: Any) -> str | None:
    if isinstance(value, dict):
        value = value.get("@value")
    return value if isinstance(value, str) else None
