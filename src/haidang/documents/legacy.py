"""Vietnamese text from before Unicode: TCVN3 (fonts ".Vn…") and VNI (fonts "VNI-…") into letters.

Such text comes as bytes, or as what these bytes look like in Western letters ("Céng hßa x· héi"), because
the codes meant Vietnamese only in their fonts. It is recognised by the words that it gives: no single letter
tells it from French.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

Coding = Literal["tcvn3", "vni"]

_TCVN3 = {
    0xA1: "ĂÂÊÔƠƯĐăâêôơưđ", 0xB5: "àảãáạ", 0xBB: "ằẳẵắ", 0xC6: "ặầẩẫấậè", 0xCE: "ẻẽéẹềểễếệìỉ",
    0xDC: "ĩíịò", 0xE1: "ỏõóọồổỗốộờởỡớợù", 0xF1: "ủũúụừửữứựỳỷỹýỵ",
}  # fmt: skip
"""Runs of codes (TCVN 5712:1993, VN3) and the letters that they stand for."""

_VNI_MARKS = {
    "a": "ùáøàûảõãïạââáấàầåẩãẫäậêăéắèằúẳüẵëặ",
    "e": "ùéøèûẻõẽïẹâêáếàềåểãễäệ",
    "o": "ùóøòûỏõõïọâôáốàồåổãỗäộ",
    "u": "ùúøùûủõũïụ",
    "y": "ùýøỳûỷõỹ",
    "ô": "ùớøờûởõỡïợ",
    "ö": "ùứøừûửõữïự",
}
"""For each letter: its mark and the letter that both give, one after the other."""
_VNI_SINGLE = dict(zip("æóòôöîñ", "ỉĩịơưỵđ", strict=True))

# What Western programmes show for the codes from 0x80 to 0x9F, back to Latin-1.
_CP1252 = {}
for _code in range(0x80, 0xA0):
    try:
        _CP1252[bytes([_code]).decode("cp1252")] = chr(_code)
    except UnicodeDecodeError:
        continue


def _tcvn3_table() -> dict[str, str]:
    return {chr(start + at): letter for start, letters in _TCVN3.items() for at, letter in enumerate(letters)}


def _vni_table() -> dict[str, str]:
    table = dict(_VNI_SINGLE)
    for base, marks in _VNI_MARKS.items():
        table |= {base + marks[at]: marks[at + 1] for at in range(0, len(marks), 2)}
    return (
        table
        | {found.upper(): letter.upper() for found, letter in table.items()}
        | {found[0].upper() + found[1]: letter.upper() for found, letter in table.items() if len(found) == 2}
    )


_TCVN3_LETTERS = _tcvn3_table()
_VNI_LETTERS = _vni_table()
_VNI_PIECES = re.compile("|".join(sorted(map(re.escape, _VNI_LETTERS), key=len, reverse=True)))


def from_tcvn3(text: str, *, capitals: bool = False) -> str:
    """Return what text in a ".Vn" font says; fonts whose name ends in H show capitals."""
    plain = "".join(_TCVN3_LETTERS.get(letter, letter) for letter in _western(text))
    return plain.upper() if capitals else plain


def from_vni(text: str) -> str:
    """Return what text in a "VNI-" font says."""
    return _VNI_PIECES.sub(lambda found: _VNI_LETTERS[found[0]], _western(text))


def of_font(text: str, font: str | None) -> tuple[str, Coding | None]:
    """Return what a text in ``font`` says, and from which coding it was converted."""
    name = (font or "").lower()
    if name.startswith(".vn"):
        said = from_tcvn3(text, capitals=name.endswith("h"))
        return said, "tcvn3" if said != text else None
    if name.startswith(("vni-", "vni ")):
        said = from_vni(text)
        return said, "vni" if said != text else None
    return text, None


def recognised(text: str) -> tuple[str, Coding | None]:
    """Return text in Unicode where it looks like TCVN3 or VNI shown in Western letters; else as it is."""
    sample = text[:20_000]
    as_it_is = _known_words(sample)
    best = max(
        ((_known_words(converted(sample)), coding) for coding, converted in _CODINGS.items()),
        key=lambda one: one[0],
    )
    found, coding = best
    if found < 3 or found < 2 * as_it_is + 1:
        return text, None
    return _CODINGS[coding](text), coding


_CODINGS: dict[Coding, Callable[[str], str]] = {"tcvn3": from_tcvn3, "vni": from_vni}

_WORD = re.compile(r"[^\W\d_]+")
_WORDS = frozenset(
    """
    và của các được ngày tháng năm số thành phố tỉnh về với ủy uỷ nhân dân huyện xã phường sở bộ cộng
    hòa hoà xã hội chủ nghĩa việt độc lập tự hạnh phúc kính gửi căn cứ để thực hiện đồng nghị quyết định
    tổng phòng đơn vị công trình đường dự án vốn kế hoạch đầu tư những không một này đã khi có là người
    nước việc
    """.split()  # noqa: SIM905 - words, not a list
)
"""Words with marks or tones that nearly every Vietnamese page of an office has."""


def _known_words(text: str) -> int:
    return sum(1 for word in _WORD.findall(text) if word.lower() in _WORDS and not word.isascii())


def _western(text: str) -> str:
    return "".join(_CP1252.get(letter, letter) for letter in text)
