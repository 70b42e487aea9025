"""Places written as text ("Phường X - huyện Y", "toàn tỉnh") read as administrative units of a day; pure.

A name alone is no key: 247 names of a kind stand for several units of today. What a text can mean is decided
among the units of the site's province on a day; a unit that follows another after a comma says where that one
lies. What is not plainly one unit is not taken: a person decides.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from haidang.base.text import fold
from haidang.organisation.model import Area

Why = Literal["not-found", "several", "divided", "day-unclear", "dissolved"]
WHYS: dict[Why, tuple[str, str]] = {
    "not-found": ("không có đơn vị này trong tỉnh", "the province has no such unit"),
    "several": ("nhiều đơn vị cùng tên", "several units of this name"),
    "divided": ("đơn vị cũ đã chia vào nhiều đơn vị", "the former unit was divided among several"),
    "day-unclear": ("tên chỉ đơn vị khác nhau trước và sau ngày sắp xếp", "the day decides which unit it is"),
    "dissolved": ("đơn vị cũ không còn đơn vị kế tiếp trong danh mục", "the list has no successor of it"),
}  # fmt: skip
PARTS_MAX = 60
_LEVELS = {
    "tỉnh": ("province", "city"), "thành phố": ("city", "district"), "quận": ("district",),
    "huyện": ("district",), "thị xã": ("district",), "phường": ("ward",), "xã": ("commune",),
    "thị trấn": ("township",), "đặc khu": ("special_zone",),
}  # fmt: skip
_SHORT = {
    "tp": "thành phố", "t.p": "thành phố", "q": "quận", "h": "huyện", "tx": "thị xã", "p": "phường",
    "x": "xã", "tt": "thị trấn", "đk": "đặc khu",
}  # fmt: skip
_ABBREVIATED = re.compile(r"^(tp|t\.p|q|h|tx|p|x|tt|đk)\s*\.\s*", re.IGNORECASE)
_LEADING = re.compile(r"^(trên địa bàn|thuộc|tại|các|và|địa bàn)\s+", re.IGNORECASE)
_LISTS = re.compile(r"\s+[-–—]\s+|[;\n]|\s+và\s+", re.IGNORECASE)
_WHOLE = frozenset({"toan tinh", "tinh", "toan thanh pho", "toan dia ban", "ca tinh", "thanh pho"})


class Part(msgspec.Struct, frozen=True):
    """A place of a text, with the units that are said to lie around it."""

    text: str
    within: tuple[str, ...] = ()


class Units:
    """The units of a province on a day, by their names."""

    def __init__(self, province: str, areas: Iterable[Area]) -> None:
        self.province = province
        self.by_code = {area.code: area for area in areas}
        self._named: dict[str, list[Area]] = defaultdict(list)
        for area in self.by_code.values():
            self._named[fold(area.name)].append(area)

    def called(self, part: Part) -> list[Area]:
        """Return the units that a place may be: of the kind it names, spelt alike, lying where it says."""
        kind, name = _kind_and_name(part.text)
        found = [
            area for area in self._named.get(fold(name), ())
            if kind is None or area.kind in _LEVELS[kind]
        ]  # fmt: skip
        exact = [area for area in found if _plain(area.name) == _plain(name)]
        found = exact or found
        if len(found) > 1 and part.within:
            around = [{unit.code for unit in self.called(Part(each))} for each in part.within]
            inside = [area for area in found if all(self._above(area) & codes for codes in around if codes)]
            found = inside or found
        return found

    def below(self, area: Area) -> list[Area]:
        """Return the units directly below one."""
        return [each for each in self.by_code.values() if each.parent_code == area.code]

    def _above(self, area: Area) -> set[str]:
        codes: set[str] = set()
        parent = area.parent_code
        while parent is not None and parent not in codes:
            codes.add(parent)
            known = self.by_code.get(parent)
            parent = known.parent_code if known else None
        return codes

    def lies_in(self, area: Area, other: str) -> bool:
        """Say whether a unit lies in one of those that a name means."""
        return bool(self._above(area) & {each.code for each in self.called(Part(other))})


def parts_of(text: str, units: Units) -> list[Part]:
    """Return the places of a text; after a comma, a unit around the one before is where that one lies."""
    found: list[Part] = []
    for group in _LISTS.split(text):
        names = [cleaned for piece in group.split(",") if (cleaned := _cleaned(piece))]
        at = 0
        while at < len(names):
            one, within = names[at], []
            while at + 1 < len(names) and any(
                units.lies_in(area, names[at + 1]) for area in units.called(Part(one))
            ):
                within.append(names[at + 1])
                at += 1
            found.append(Part(one, tuple(within)))
            at += 1
    return found[:PARTS_MAX]


def is_whole(text: str, province: str) -> bool:
    """Say whether a place is the whole province: "toàn tỉnh", "tỉnh Bắc Ninh"."""
    said = fold(_cleaned(text))
    return said in _WHOLE or said == fold(province) or said.removeprefix("toan ") == fold(province)


def _cleaned(piece: str) -> str:
    text = " ".join(piece.split()).strip(" .:()")
    while (shorter := _LEADING.sub("", text)) != text:
        text = shorter
    return text


def _kind_and_name(text: str) -> tuple[str | None, str]:
    """Return the kind of unit that a text begins with, spelt out, and the name after it."""
    if found := _ABBREVIATED.match(text):
        return _SHORT[found[1].lower()], text[found.end() :]
    low = text.lower()
    for kind in sorted(_LEVELS, key=len, reverse=True):
        if fold(low).startswith(fold(kind) + " "):
            return kind, " ".join(text.split()[len(kind.split()) :])
    return None, text


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a place."""

    text: str
    code: str | None = None
    """Of today; None where a person must decide."""
    name: str = ""
    was: str = ""
    """What the text called it on its own day, where that is another name."""
    understood_on: str = ""
    """The day whose units the text was read by."""
    why: Why | None = None
    candidates: tuple[tuple[str, str], ...] = ()
    """Codes and names of today among which a person chooses."""


def one_of(candidates: Mapping[str, str], *, text: str, day: str, was: str, why: Why) -> Found:
    """Return the place where one candidate is left, else what a person must decide."""
    names = tuple(sorted(candidates.items(), key=lambda each: each[1]))
    if len(names) == 1:
        return Found(text=text, code=names[0][0], name=names[0][1], was=was, understood_on=day)
    return Found(text=text, was=was, understood_on=day, why=why, candidates=names[:PARTS_MAX])


def whole_codes(found: Sequence[Found]) -> tuple[str, ...] | None:
    """Return the codes of a text all of whose places are plain; None where one is not."""
    codes = [each.code for each in found]
    if not codes or any(code is None for code in codes):
        return None
    return tuple(dict.fromkeys(code for code in codes if code is not None))
