"""How the parts of a paper are recognised by their words."""

from __future__ import annotations

import re

from haidang.base.text import fold
from haidang.documents.words import MOTTO, NATION

RECIPIENTS = re.compile(r"^\s*nơi nhận", re.IGNORECASE)
TO = re.compile(r"^\s*kính gửi", re.IGNORECASE)
NUMBER = re.compile(r"^\s*số\s*:?", re.IGNORECASE)
DATE = re.compile(r"ngày.{0,12}tháng.{0,12}năm", re.IGNORECASE)
ABOUT = re.compile(r"^\s*v/v|^\s*về việc", re.IGNORECASE)
MARKS = re.compile(r"^(TM|KT|TL|TUQ|Q)\.")
HAND = re.compile(r"^\(.*\)$")
"""A word under an office: "(Ký, ghi rõ họ tên)"."""


def is_nation(text: str) -> bool:
    """Tell whether a line is the nation's name."""
    return fold(NATION) in fold(text)


def is_motto(text: str) -> bool:
    """Tell whether a line is the motto, however its dashes are written."""
    return fold(re.sub(r"\s*[-–—]\s*", " - ", text)).strip() == fold(MOTTO)


def is_capitals(text: str) -> bool:
    """Tell whether all letters of a text are capitals."""
    return any(letter.isalpha() for letter in text) and text == text.upper()
