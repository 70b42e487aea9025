"""Conditions of procedures: the tiny language of alert rules, over facts of an incident."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from haidang.alerts.rules.duration import duration
from haidang.alerts.rules.expression import Expression, ExpressionError, parse

Unreadable = ExpressionError
_MINUTES_MAX = 600_000


@lru_cache(maxsize=2_000)
def _parsed(text: str) -> Expression:
    return parse(text)


def names_of(text: str) -> frozenset[str]:
    """Return the facts that a condition names; ``Unreadable`` with what is wrong in both languages."""
    return _parsed(text).names


def truth(text: str, facts: Mapping[str, Any]) -> bool | None:
    """Say whether a condition holds; None where that hangs on something that is not known."""
    return _parsed(text).holds(facts)


def minutes_of(text: object) -> int | None:
    """Return a duration in whole minutes, None where it is none of at least one."""
    try:
        minutes, rest = divmod(int(duration(text)), 60_000_000)
    except ValueError:
        return None
    return minutes if minutes and not rest and minutes <= _MINUTES_MAX else None
