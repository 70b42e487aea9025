"""The city and the rules of ``haidang bench alerts``: 20 types of 1,000 entities, 100 rules for each."""

from __future__ import annotations

import random
from typing import Any

import yaml

TYPES = 20
ENTITIES = 1_000
"""Of each type."""
ATTRS = tuple(f"value{number:02d}" for number in range(12))
SENT = 4
"""Attributes that one change carries."""
AREAS = 10
ORDINARY = (20.0, 80.0)
"""Values of an ordinary day; fixed limits lie at 95 and above, 5 and below."""
ALERTING = 99.5
"""A value above the fixed limit of one rule of its attribute."""


def type_name(number: int) -> str:
    """Return the name of a type."""
    return f"BenchStation{number:02d}"


def entity_id(number: int) -> str:
    """Return the id of an entity; its type goes by its number."""
    return f"urn:ngsi-ld:{type_name(number % TYPES)}:{number:05d}"


def area(number: int) -> str:
    """Return the code of the area of an entity."""
    return f"B{number // TYPES % AREAS:02d}"


def conditions(dice: random.Random) -> list[tuple[dict[str, Any], bool]]:
    """Return the 100 conditions of a type, each with whether it is only for one area."""
    found: list[tuple[dict[str, Any], bool]] = []
    for number in range(70):
        attr = ATTRS[number % len(ATTRS)]
        # One limit of each attribute is reached by ALERTING, the others only in a catastrophe.
        limit = 95.0 if number < len(ATTRS) else 100.0 + number
        above = {"attr": attr, "above": limit, "clears_below": limit - 2}
        below = {"attr": attr, "below": 5.0 - number / 100, "for": "2 minutes"}
        found.append(({"threshold": above if number % 2 == 0 or number < len(ATTRS) else below}, False))
    for number in range(30):
        a, b = dice.sample(ATTRS, 2)
        found.append((_other(number % 10, a, b), number >= 12))
    return found


def _other(kind: int, a: str, b: str) -> dict[str, Any]:
    lost: dict[str, Any] = {"threshold": {"attr": a, "below": 1}}
    return (
        {"expression": f"{a} > 90 and {b} < 10"},
        {"rate": {"attr": a, "rises": 500, "within": "10 minutes"}},
        {"stuck": {"attr": a, "for": "2 hours"}},
        {"baseline": {"attr": a, "deviates": 9, "min_weeks": 3}},
        {"count": {"of": lost, "at_least": 5, "within": "10 minutes", "in": "area"}},
        {"together": {"all": [lost, {"threshold": {"attr": b, "above": 99}}], "within": "10 minutes"}},
        {"missing": {"for": "1 hour"}},
        {"expression": {"that": f"{a} - {b} > 95", "for": "1 minute"}},
        {"rate": {"attr": a, "falls": 500, "within": "5 minutes"}},
        {"threshold": {"attr": a, "above": b, "margin": 200, "for": "1 day"}},
    )[kind]


def pack() -> str:
    """Return the file of a pack with the rules."""
    return yaml.safe_dump(rules(), allow_unicode=True, sort_keys=False)


def rules() -> dict[str, Any]:
    """Return the 2,000 rules as a pack writes them."""
    dice = random.Random(7)
    words = {"vi": "Đo tốc độ", "en": "Benchmark"}
    found: list[dict[str, Any]] = []
    for type_ in range(TYPES):
        for number, (when, only) in enumerate(conditions(dice)):
            rule: dict[str, Any] = {
                "rule": f"bench-{type_:02d}-{number:03d}",
                "version": 1,
                "type": type_name(type_),
                "when": when,
                "consequence_class": "moderate",
                "respond_within": "1 hour",
                "cause": words,
                "consequence": words,
                "action": words,
            }
            if only:
                rule["only"] = {"areas": [f"B{number % AREAS:02d}"]}
            found.append(rule | words)
    return {"rules": found}


def sent(entity: int) -> tuple[str, ...]:
    """Return the attributes that a device sends: one of four kinds of device, each sends always the same."""
    first = entity // TYPES % 4
    return tuple(ATTRS[(first * 3 + place) % len(ATTRS)] for place in range(SENT))


def values(dice: random.Random, entity: int) -> dict[str, float]:
    """Return what one change carries on an ordinary day."""
    return {attr: round(dice.uniform(*ORDINARY), 2) for attr in sent(entity)}
