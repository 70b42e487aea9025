"""The numbers of a DOCX's lists, which are not in its text: Word counts them when it shows the page."""

from __future__ import annotations

import re
from typing import Any

import msgspec

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LEVELS = 9
_SIGNS = {"+": "+", "*": "*"}
_PLACE = re.compile(r"%([1-9])")


class Level(msgspec.Struct, frozen=True):
    """How one level of a list counts and what it shows."""

    form: str = "decimal"
    text: str = ""
    start: int = 1
    restart: int | None = None
    """The level (from 1) whose next item makes this one begin again; 0: none; absent: any above."""
    legal: bool = False
    """All numbers are shown as decimals."""


class Lists:
    """Counts the items of a document's lists in their order."""

    def __init__(self, numbering: Any | None) -> None:
        self._levels: dict[str, tuple[str, dict[int, Level]]] = {}
        """Number of a list → its abstract list and its levels."""
        self._restarts: dict[str, dict[int, int]] = {}
        self._counts: dict[str, list[int | None]] = {}
        if numbering is not None:
            self._read(numbering)

    def _read(self, numbering: Any) -> None:
        abstract = {
            each.get(f"{W}abstractNumId"): {
                int(level.get(f"{W}ilvl", "0")): _level(level) for level in each.iterfind(f"{W}lvl")
            }
            for each in numbering.iterfind(f"{W}abstractNum")
        }
        for each in numbering.iterfind(f"{W}num"):
            number = each.get(f"{W}numId", "")
            reference = each.find(f"{W}abstractNumId")
            base = reference.get(f"{W}val", "") if reference is not None else ""
            levels = dict(abstract.get(base, {}))
            for override in each.iterfind(f"{W}lvlOverride"):
                at = int(override.get(f"{W}ilvl", "0"))
                if (own := override.find(f"{W}lvl")) is not None:
                    levels[at] = _level(own)
                if (start := override.find(f"{W}startOverride")) is not None:
                    self._restarts.setdefault(number, {})[at] = _number(start, 1)
            self._levels[number] = (base, levels)

    def label(self, number: str, level: int) -> str:
        """Count an item and return what stands before it: "1.", "a)", "II.", "-"; or nothing."""
        base, levels = self._levels.get(number, ("", {}))
        own = levels.get(level)
        if own is None or not 0 <= level < LEVELS:
            return ""
        counts = self._counts.setdefault(base, [None] * LEVELS)
        restart = self._restarts.get(number, {}).pop(level, None)
        now = counts[level]
        counts[level] = restart if restart is not None else own.start if now is None else now + 1
        for deeper in range(level + 1, LEVELS):
            by = levels[deeper].restart if deeper in levels else None
            if by is None or (by and level < by):
                counts[deeper] = None
        if own.form == "bullet":
            return _SIGNS.get(own.text.strip(), "-")
        if own.form == "none":
            return ""
        return _PLACE.sub(lambda found: self._shown(int(found[1]) - 1, counts, levels, own), own.text).strip()

    def _shown(self, at: int, counts: list[int | None], levels: dict[int, Level], own: Level) -> str:
        level = levels.get(at, Level())
        value = counts[at]
        return written(level.start if value is None else value, "decimal" if own.legal else level.form)


def written(value: int, form: str) -> str:
    """Return a number as a list shows it."""
    if form in {"lowerLetter", "upperLetter"}:
        # After z comes aa, then bb: Word repeats the letter.
        letters = (
            chr(ord("a") + (value - 1) % 26) * ((value - 1) // 26 + 1) if 0 < value <= 260 else str(value)
        )
        return letters.upper() if form == "upperLetter" else letters
    if form in {"lowerRoman", "upperRoman"}:
        roman = _roman(value)
        return roman.lower() if form == "lowerRoman" else roman
    return f"{value:02}" if form == "decimalZero" else str(value)


def _roman(value: int) -> str:
    if not 0 < value < 4_000:
        return str(value)
    found = ""
    for worth, letters in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"),
        strict=True,
    ):
        count, value = divmod(value, worth)
        found += letters * count
    return found


def _level(level: Any) -> Level:
    def said(name: str) -> Any:
        return level.find(f"{W}{name}")

    form, text, start, restart, legal = map(said, ("numFmt", "lvlText", "start", "lvlRestart", "isLgl"))
    return Level(
        form=form.get(f"{W}val", "decimal") if form is not None else "decimal",
        text=text.get(f"{W}val", "") if text is not None else "",
        start=_number(start, 1),
        restart=_number(restart, 0) if restart is not None else None,
        legal=legal is not None and legal.get(f"{W}val", "1") not in {"0", "false", "off"},
    )


def _number(element: Any | None, otherwise: int) -> int:
    try:
        return int(element.get(f"{W}val", "")) if element is not None else otherwise
    except ValueError:
        return otherwise
