"""What a province was called when, and which units are the same through the years.

An index is of the unit that was measured. Bắc Ninh of 2019 (code 27) and Bắc Ninh of 2026 (code 24, with the
former Bắc Giang) are two units with one name: a table names its year, a name is resolved for that year, and a
unit merged in 2025 has predecessors, whose figures are shown beside its own and never averaged into it.
"""

from __future__ import annotations

import difflib
from datetime import date
from functools import cache
from pathlib import Path

import msgspec
import yaml

from haidang.base.text import fold

FILE = Path(__file__).parent / "places" / "provinces.yaml"
REFORM = date(2025, 7, 1)
"""19/2025/QĐ-TTg: 34 provinces."""


class Unit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A province for as long as it was the same one."""

    code: str
    name: str
    city: bool = False
    also: tuple[str, ...] = ()
    since: date = date(1997, 1, 1)
    until: date | None = None
    """The day from which it is no more."""
    into: str | None = None
    """Code of the unit that it was merged into on that day."""

    @property
    def key(self) -> str:
        """What names the unit for all time: its code, and for one made in 2025 or later the day it began."""
        return self.code if self.since < REFORM else f"{self.code}@{self.since}"

    def stood(self, day: date) -> bool:
        """Say whether it was there on a day."""
        return self.since <= day and (self.until is None or day < self.until)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    units: tuple[Unit, ...]


@cache
def all_units() -> tuple[Unit, ...]:
    """Return every province that there was since 1997."""
    return msgspec.convert(yaml.safe_load(FILE.read_text("utf-8")), _File).units


def plain(text: str) -> str:
    """Return a name as names are compared: folded, without signs and without the word for its kind."""
    words = "".join(char if char.isalnum() else " " for char in fold(text)).split()
    for kind in (["thanh", "pho"], ["tinh"], ["tp"]):
        if words[: len(kind)] == kind and len(words) > len(kind):
            return "".join(words[len(kind) :])
    return "".join(words)


@cache
def _names(day: date) -> dict[str, Unit]:
    return {plain(text): unit for unit in all_units() if unit.stood(day) for text in (unit.name, *unit.also)}


def resolve(text: str, day: date) -> Unit | None:
    """Return the province that a text named on a day."""
    return _names(day).get(plain(text))


def nearest(text: str, day: date) -> str | None:
    """Return the name that a misspelt text is nearest to."""
    found = difflib.get_close_matches(plain(text), list(_names(day)), n=1, cutoff=0.75)
    return _names(day)[found[0]].name if found else None


def by_key(key: str) -> Unit | None:
    """Return a unit by :attr:`Unit.key`."""
    return next((unit for unit in all_units() if unit.key == key), None)


def predecessors(unit: Unit) -> tuple[Unit, ...]:
    """Return the units that were merged into one; none where it goes on as it was.

    Hà Nội took in Hà Tây in 2008 and kept its own series, as its publishers did.
    """
    if unit.since < REFORM:
        return ()
    return tuple(each for each in all_units() if each.into == unit.code and each.until == unit.since)


def successor(unit: Unit) -> Unit | None:
    """Return the unit that one was merged into."""
    return next(
        (each for each in all_units() if each.code == unit.into and unit.until and each.stood(unit.until)),
        None,
    )


def days_of(year: int) -> tuple[date, ...]:
    """Return the days by which the units of a year may be meant: in 2025 there were two sets of them."""
    if year == REFORM.year:
        return (date(year, 6, 30), date(year, 12, 31))
    return (date(year, 6, 30),)
