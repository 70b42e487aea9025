"""What a text says as a number, as Vietnamese sheets write them: exact, and asked where it may be two.

``1.234`` in a cell of text is one thousand two hundred and thirty-four, or one and a bit: whoever reads it
must
say how numbers are written there. No float ever holds what is read.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Literal

import msgspec

Style = Literal["vi", "en"]

_SPACES = re.compile(r"[\s\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff]+")
_PLAIN = re.compile(r"[+-]?\d{1,20}")
_VI = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+(,\d{1,20})?")
_EN = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d{1,20})?")
_SPACED = re.compile(r"[+-]?[1-9]\d{0,2}( \d{3})+([.,]\d{1,20})?")
_DECIMALS = re.compile(r"[+-]?\d{1,20}[.,]\d{1,20}")
_EITHER = re.compile(r"[+-]?[1-9]\d{0,2}([.,])\d{3}")


class Amiss(msgspec.Struct, frozen=True):
    """Why a cell cannot be taken."""

    code: str
    vi: str
    en: str
    question: tuple[str, ...] = ()
    """The readings between which a person must choose."""


def clean(text: str) -> str:
    """Return a text in composed Unicode with single spaces: no line breaks, NBSP or marks of no width."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def number(  # noqa: PLR0911 - one return for each way to write
    text: str, style: Style | None = None
) -> Decimal | Amiss:
    """Return the number that a *text* cell says; a lone ``1.234`` asks unless ``style`` is known."""
    said = clean(text)
    sign = ""
    if said.startswith("(") and said.endswith(")"):
        said, sign = said[1:-1].strip(), "-"
    said = said.replace("−", "-")
    if len(said) > 60:
        return _no_number()
    if _PLAIN.fullmatch(said):
        return Decimal(sign + said)
    if _SPACED.fullmatch(said):
        return Decimal(sign + said.replace(" ", "").replace(",", "."))
    if found := _EITHER.fullmatch(said):
        return _either(sign + said, found[1], style)
    grouped = {"vi": _VI.fullmatch(said) is not None, "en": _EN.fullmatch(said) is not None}
    if grouped["vi"]:
        return Decimal(sign + said.replace(".", "").replace(",", "."))
    if grouped["en"]:
        return Decimal(sign + said.replace(",", ""))
    if _DECIMALS.fullmatch(said):
        return Decimal(sign + said.replace(",", "."))
    return _no_number()


def _either(said: str, separator: str, style: Style | None) -> Decimal | Amiss:
    grouped, decimal = Decimal(said.replace(separator, "")), Decimal(said.replace(",", "."))
    if style is None:
        return Amiss(
            "number-ambiguous",
            f"“{said}” có thể là {grouped} hoặc {str(decimal).replace('.', ',')}: hãy cho biết kiểu viết số",
            f"“{said}” may be {grouped} or {decimal}: say how numbers are written",
            (str(grouped), str(decimal)),
        )
    return grouped if (separator == ".") == (style == "vi") else decimal


def _no_number() -> Amiss:
    return Amiss("not-a-number", "không phải là số", "is not a number")
