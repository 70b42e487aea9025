"""What the number of a row may be: a letter, a Roman number, stars, 1, 1.2, a)."""

from __future__ import annotations

import re

from haidang.programme.sheets.description import Numbering

_ROMAN = re.compile(r"(?=[IVXLC])(C{0,3})(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})")
_ROMAN_VALUE = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def numbering(text: str) -> tuple[tuple[Numbering, int], ...]:
    """Return what a row's number may be, with its value in that order; empty where it is none."""
    said = text.strip(" .)(:/")
    if said.endswith(".0") and said[:-2].isdecimal():
        said = said[:-2]
    if said and len(said) <= 6 and set(said) == {"*"}:
        return (("stars", len(said)),)
    if re.fullmatch(r"0*[1-9][0-9]{0,3}", said):
        return (("arabic", int(said)),)
    if re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3}){1,4}", said):
        return (("dotted", int(said.rpartition(".")[2])),)
    found: list[tuple[Numbering, int]] = []
    if (roman := _roman(said)) is not None:
        found.append(("roman", roman))
    if len(said) == 1 and said in _ALPHABET:
        found.append(("letter", _ALPHABET.index(said) + 1))
    if len(said) == 1 and said.upper() in _ALPHABET and said.islower():
        found.append(("small", _ALPHABET.index(said.upper()) + 1))
    return tuple(found)


def _roman(text: str) -> int | None:
    if not text or _ROMAN.fullmatch(text) is None:
        return None
    total = 0
    values = [_ROMAN_VALUE[letter] for letter in text]
    for value, following in zip(values, [*values[1:], 0], strict=True):
        total += -value if value < following else value
    return total
