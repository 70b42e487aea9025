"""A row as the connectors hand it over, and how a mapping reaches into it."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from haidang.base.text import fold

Values = dict[str, Any]
_ID_SIGNS = re.compile(r"[^a-z0-9._:-]+")


class Row(msgspec.Struct, frozen=True):
    """One record of a source: its number (from 1), its values, and its original wording."""

    no: int
    values: Values
    original: str
    unreadable: tuple[str, str] | None = None
    """Where the record could not even be decoded: why, in Vietnamese and in English."""


def pick(values: Values, path: str) -> Any:
    """Return the value at a column name or a dotted path (``a.b.0.c``); None where there is none.

    A column of exactly this name wins, so a header with a dot in it needs no special sign.
    """
    if path in values:
        return values[path]
    value: Any = values
    for step in path.split("."):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and re.fullmatch(r"[0-9]{1,9}", step) and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def words(missing: tuple[str, ...]) -> frozenset[str]:
    """Return the words that mean "no value", ready for :func:`absent`."""
    return frozenset(word.strip().casefold() for word in missing)


def absent(value: Any, missing: frozenset[str]) -> bool:
    """Say whether a cell means "no value": nothing, spaces, or one of the declared words, in any case."""
    if value is None:
        return True
    return isinstance(value, str) and (not value.strip() or value.strip().casefold() in missing)


def slug(word: str) -> str:
    """Return a word as it stands in an identifier: no accents, no case, other signs as one hyphen."""
    return _ID_SIGNS.sub("-", fold(word)).strip("-")
