"""Areas in names: "huyện Bình Sơn", "các quận 1, 3 và Bình Thạnh", "các huyện, thị xã, thành phố"."""

from __future__ import annotations

from typing import NamedTuple

from haidang.directives.extraction.gazetteer import Gazetteer
from haidang.directives.extraction.tokens import Tokens

PROPER_WORDS_MAX = 6
MEMBERS_MAX = 60
_NUMBERED = frozenset(
    {"quận", "phường", "xã", "huyện", "đặc khu", "thôn", "khu phố", "tổ dân phố", "thị trấn"}
)
_DETERMINERS = frozenset({"các", "những", "mỗi", "từng", "toàn", "hai", "ba", "bốn", "năm", "sáu", "tất"})


class Area(NamedTuple):
    """An area as the tail of a name."""

    end: int
    """First word after it."""
    text: str
    """As written, "H." and "Q." spelt out."""
    collective: bool
    members: tuple[tuple[int, int, str], ...] = ()
    """Named members of a group: first word, first word after, "quận 3"."""


class Areas:
    """Finds areas among the words of a text."""

    def __init__(self, tokens: Tokens, gazetteer: Gazetteer) -> None:
        self.tokens = tokens
        self.words = tokens.words
        self.gazetteer = gazetteer

    def at(self, first: int, end: int) -> Area | None:
        """Return the area that begins at a word."""
        if first >= end:
            return None
        at = first
        many = False
        if self.words[at] in _DETERMINERS or (self.words[at].isdigit() and at + 1 < end):
            many = True
            at += 2 if self.words[at : at + 2] == ["tất", "cả"] else 1
            if at < end and self.words[at] == "các":
                at += 1
        if self.words[at : at + 1] == ["cấp"]:
            return self._level(first, at, end, many=many)
        kinds = self._kinds(at, end)
        if not kinds:
            stop = self.proper(at, end) if not many else at
            if stop > at and self._province(at, stop):
                return Area(stop, self.tokens.plain(first, stop), collective=False)
            return None
        return self._with_kinds(first, at, kinds, end, many=many)

    def _level(self, first: int, at: int, end: int, *, many: bool) -> Area | None:
        """Return "cấp huyện", "các cấp"."""
        if at + 1 < end and self.words[at + 1] in {"tỉnh", "huyện", "xã", "thành", "quận"}:
            stop = at + (3 if self.words[at + 1] == "thành" else 2)
            return Area(stop, self.tokens.plain(first, stop), collective=True)
        return Area(at + 1, self.tokens.plain(first, at + 1), collective=True) if many else None

    def _with_kinds(
        self, first: int, at: int, kinds: list[tuple[int, int, str]], end: int, *, many: bool
    ) -> Area | None:
        stop, kind = kinds[-1][1], kinds[-1][2]
        named = self.proper(stop, end, numbers=kind in _NUMBERED)
        if many or len(kinds) > 1:
            members = self._members(stop, end, kind) if len(kinds) == 1 or self._colon(stop, end) else ()
            if members:
                return Area(members[-1][1], self.tokens.plain(first, members[-1][1]), True, members)
            if named > stop and self._province(stop, named):
                stop = named
            return Area(stop, self.tokens.plain(first, stop), collective=True)
        if named > stop:
            return Area(named, f"{self._kind(kinds[0])} {self.tokens.plain(stop, named)}", collective=False)
        if self.tokens.words[at] in {"h", "q", "p", "tx", "tt"}:
            return None
        collective = kind in {"địa phương"} or (kind in {"xã", "phường", "quận", "huyện"} and many)
        return Area(stop, self.tokens.plain(first, stop), collective=collective)

    def _kinds(self, at: int, end: int) -> list[tuple[int, int, str]]:
        """Return the row of kinds: "quận, huyện, thị xã" as (first, after, canonical)."""
        found: list[tuple[int, int, str]] = []
        while at < end and len(found) < 8:
            kind = self.gazetteer.find(self.gazetteer.area_kinds, self.tokens, at, min(end, at + 3))
            if kind is None:
                break
            stop = kind[0]
            if stop < end and self.words[stop] == "." and stop + 1 < end and len(self.words[at]) <= 2:
                stop += 1
            elif self.words[at] in {"h", "q", "p", "tt"}:
                break  # a letter alone is no kind without its dot
            found.append((at, stop, kind[1]))
            at = stop
            if at + 1 < end and self.words[at] in {",", "-", "/", "và", "&"}:
                after = self.gazetteer.find(self.gazetteer.area_kinds, self.tokens, at + 1, min(end, at + 4))
                if after is None or (after[0] < end and self._is_name(after[0])):
                    break
                at += 1
        return found

    def _kind(self, kind: tuple[int, int, str]) -> str:
        first, stop, canonical = kind
        written = self.tokens.plain(first, stop)
        return canonical if len(self.words[first]) <= 2 and canonical != "TP" else written.replace(" .", ".")

    def _is_name(self, at: int) -> bool:
        return self.tokens.capital(at) or self.words[at].isdigit()

    def _colon(self, at: int, end: int) -> bool:
        return at < end and self.words[at] == ":"

    def _members(self, at: int, end: int, kind: str) -> tuple[tuple[int, int, str], ...]:
        """Return the named members after "các quận": "1, 3 và Bình Thạnh", each with its kind."""
        if self._colon(at, end):
            at += 1
        found: list[tuple[int, int, str]] = []
        while at < end and len(found) < MEMBERS_MAX:
            own = self._kinds(at, end)
            name_at = own[0][1] if len(own) == 1 else at
            member_kind = own[0][2] if len(own) == 1 else kind
            stop = self.proper(name_at, end, numbers=member_kind in _NUMBERED)
            if stop == name_at:
                break
            found.append((at, stop, f"{member_kind} {self.tokens.plain(name_at, stop)}"))
            at = stop
            if at < end and self.words[at] in {",", "và", "&"}:
                at += 1
                if self.words[at : at + 1] == ["và"]:
                    at += 1
            else:
                break
        return tuple(found)

    def proper(self, first: int, end: int, *, numbers: bool = False) -> int:
        """Return where a proper name ends: capitals in a row ("Bà Rịa - Vũng Tàu", "TP.HCM"), or a number."""
        words, at = self.words, first
        if numbers and at < end and words[at].isdigit() and len(words[at]) <= 2:
            return at + 1
        while at < end and at - first < PROPER_WORDS_MAX and self._part_of_proper(at):
            at += 1
            joined = at + 1 < end and words[at] in {"-", "."} and self.tokens.capital(at + 1)
            if joined and (words[at] == "-" or words[at - 1] in {"tp", "tx", "h", "q"}):
                at += 1
        return at

    def _part_of_proper(self, at: int) -> bool:
        if not self.tokens.capital(at) or not self.words[at][0].isalpha():
            return False
        two = self.words[at : at + 2]
        return not (
            two[0]
            in {
                "ubnd",
                "hđnd",
                "sở",
                "bộ",
                "ban",
                "công",
                "cục",
                "viện",
                "giao",
                "yêu",
                "đề",
                "ủy",
                "các",
                "chủ",
            }
            and (two[0] in {"ubnd", "hđnd", "các", "giao"} or two in _UNIT_STARTS)
        )

    def _province(self, first: int, end: int) -> bool:
        return "".join(word for word in self.words[first:end] if word.isalnum()) in self.gazetteer.provinces


_UNIT_STARTS = (
    ["sở", "xây"], ["sở", "tài"], ["sở", "y"], ["sở", "giao"], ["sở", "nông"], ["sở", "nội"], ["sở", "tư"],
    ["sở", "công"], ["sở", "văn"], ["sở", "khoa"], ["sở", "kế"], ["sở", "thông"], ["sở", "lao"],
    ["sở", "giáo"],
    ["ban", "quản"], ["ban", "chỉ"], ["ban", "dân"], ["ban", "tổ"], ["công", "an"], ["công", "ty"],
    ["cục", "thuế"], ["viện", "kiểm"], ["yêu", "cầu"], ["đề", "nghị"], ["ủy", "ban"], ["chủ", "tịch"],
    ["bộ", "chỉ"], ["chủ", "động"], ["chủ", "trì"],
)  # fmt: skip
"""Capitals that begin a unit or an order and are no part of a place's name."""
