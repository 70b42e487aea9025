"""Which unit codes there are: UN/CEFACT Recommendation 20, and 21 by its shape."""

from __future__ import annotations

import re
from pathlib import Path

CODES = frozenset(Path(__file__).with_name("unit-codes.txt").read_text("ascii").split())
"""The 1,808 codes of Recommendation 20 that are not deleted (written by ``scripts/models.py``)."""
_PACKAGE = re.compile(r"X[A-Z0-9]{2}")
"""Codes of packages (Recommendation 21) bear an X in front; their list is not carried."""


def known_unit(code: object) -> bool:
    """Say whether a ``unitCode`` is a common code."""
    return type(code) is str and (code in CODES or _PACKAGE.fullmatch(code) is not None)
