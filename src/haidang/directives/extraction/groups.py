"""Groups: "các sở, ban, ngành liên quan", "UBND các quận, huyện có tuyến đường đi qua"."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace

from haidang.directives.extraction.areas import Area
from haidang.directives.extraction.open_names import OpenNames
from haidang.directives.extraction.vocabulary import Found

GROUP_WORDS_MAX = 40
CLAUSE_WORDS_MAX = 12
MEMBERS_MAX = 80
_MEMBERS = (("bao", "gồm", ":"), ("bao", "gồm"), ("gồm", ":"), ("gồm", "có"), ("gồm",), ("như", ":"), (":",))
"""What introduces the members of a group."""


class Groups(OpenNames):
    """Finds groups, their members where they are listed, and what tells them from others."""

    @abstractmethod
    def shared(self, before: Found, at: int, end: int) -> list[Found]:
        """Return the names that share the head of the one before."""

    @abstractmethod
    def branches(self, first: int, at: int, end: int) -> list[Found]:
        """Return "Sở" + branch."""

    @abstractmethod
    def committee(self, first: int, at: int, end: int) -> list[Found]:
        """Return UBND, HĐND, Công an … of an area."""

    @abstractmethod
    def of_area(self, first: int, at: int, head: str, area: Area, *, many: bool = False) -> list[Found]:
        """Return the committee of an area, or those of its members."""

    @abstractmethod
    def joint(self, at: int, end: int) -> int:
        """Step over what joins two names of a list."""

    def group(self, first: int, at: int, end: int) -> list[Found]:
        """Return a group: "các sở, ban, ngành liên quan"; one noun without "các" only if it is used so."""
        groups = self.gazetteer.groups
        area = self.areas.at(first, end)
        if area and area.members:
            return self.of_area(first, first, "UBND", area)
        length = groups.at(self.words, at, end)
        lone = self.gazetteer.lone_groups.at(self.words, at, end)
        if not length or (at == first and not (lone or self._row_of_groups(at + length, end))):
            return []
        stop = at
        while length and stop - first < GROUP_WORDS_MAX:
            stop += length
            if (
                stop < end
                and self.tokens.capital(stop)
                and not self.starts_unit(stop, end)
                and not self._noun(stop, end)
            ):
                stop = self.open_end(stop, end)
            stop = self.qualifiers(stop, end)
            nxt = stop + 1 if stop < end and self.words[stop] in {",", "-", "/", "và", "&", "–"} else stop
            if nxt > stop and self.words[nxt : nxt + 1] == ["và"]:
                nxt += 1
            length = groups.at(self.words, nxt, end) if stop < nxt < end else 0
            if length and (self.branches(nxt, nxt, end) or self.committee(nxt, nxt, end)):
                length = 0
            if length and nxt + length < end and self._proper_unit(nxt, nxt + length, end):
                length = 0
            if length:
                stop = nxt
        colon = next(
            (len(lead) for lead in _MEMBERS if tuple(self.words[stop : stop + len(lead)]) == lead), 0
        )
        if colon:
            listed, _ = self.row_after_colon(stop + colon, end, self.words[at])
            if listed:
                return listed
        name = self.tokens.plain(first, stop)
        if at > first:  # "Các sở" at the start of a sentence is "các sở"
            name = name[0].lower() + name[1:]
        return [Found(first, self.clause(stop, end), name, "collective", "names.group")]

    def _row_of_groups(self, at: int, end: int) -> bool:
        """Say whether a noun of groups goes on as a row: "sở, ban, ngành"."""
        nxt = at + 1 if at < end and self.words[at] in {",", "-", "/"} else at
        return nxt > at and self.gazetteer.groups.at(self.words, nxt, end) > 0

    def _noun(self, at: int, end: int) -> bool:
        return (
            self.gazetteer.groups.at(self.words, at, end) > 0
            or self.gazetteer.qualifiers.at(self.words, at, end) > 0
        )

    def _proper_unit(self, at: int, after: int, end: int) -> bool:
        """Say whether a noun of groups is the head of one unit's name: "Ban Quản lý Khu kinh tế"."""
        return self.tokens.capital(at) and self.tokens.capital(after) and bool(self.open_name(at, at, end))

    def row_after_colon(self, at: int, end: int, noun: str) -> tuple[list[Found], int]:
        """Return the members after "các sở, ngành:", which may leave out the head of the first noun."""
        head = noun if noun in self.gazetteer.branches else None
        seed = Found(at, at, "", "org", "names.shared", head)
        found = (self.shared(seed, at, end) if head else []) or self.at(at, end)
        if not found or (self.acts(at, end) and not self.tokens.capital(at)):
            return [], at
        after = found[-1].end
        if (
            after < end
            and self.words[after][0].isalpha()
            and self.words[after] != "và"
            and not self.works(after, end)
        ):
            return [], at
        cursor = self.joint(found[-1].end, end)
        while cursor > found[-1].end and len(found) < MEMBERS_MAX:
            rest = self.shared(replace(found[-1], head=found[-1].head or head), cursor, end) or self.at(
                cursor, end
            )
            if not rest:
                break
            found = [*found, *rest]
            cursor = self.joint(found[-1].end, end)
        return found, found[-1].end

    def qualifiers(self, at: int, end: int) -> int:
        """Step over what belongs to a group: "có liên quan", "trên địa bàn huyện Bình Sơn"."""
        end = min(end, len(self.words))
        for _ in range(4):
            length = self.gazetteer.qualifiers.at(self.words, at, end)
            if not length:
                length = self._of_place(at, end)
            if not length:
                break
            at += length
            if at < end and self.tokens.capital(at):
                proper = self.areas.proper(at, end)
                joined = "".join(word for word in self.words[at:proper] if word.isalnum())
                if joined in self.gazetteer.provinces:
                    at = proper
        return at

    def _of_place(self, at: int, end: int) -> int:
        """Return the words of "thuộc/của/trên địa bàn/tại" + area or unit, or "có …" up to the action."""
        words = self.words
        for lead in (["trên", "địa", "bàn"], ["thuộc"], ["của"], ["trực", "thuộc"]):
            if words[at : at + len(lead)] == lead:
                area = self.areas.at(at + len(lead), end)
                if area:
                    return area.end - at
                unit = self.at(at + len(lead), end) if lead != ["trên", "địa", "bàn"] else []
                return unit[-1].end - at if unit else 0
        if words[at - 1] in {"viên", "trực"} and (
            unit := self.committee(at, at, end) or self.open_name(at, at, end)
        ):
            return unit[-1].end - at
        return 0

    def clause(self, at: int, end: int) -> int:
        """Return where a clause that tells a group from others ends: "có tuyến đường đi qua", "phụ trách …".

        It stands in the text of the name and not in the name itself.
        """
        words, end = self.words, min(end, len(self.words))
        if at >= end or words[at] not in {"có", "phụ", "đang", "chưa", "nằm", "được"} or self.acts(at, end):
            return at
        if self.lists.duties.at(words, at, end) or words[at : at + 2] in (["có", "thể"], ["có", "văn"]):
            return at
        stop = at + 1
        while stop < end and stop - at < CLAUSE_WORDS_MAX:
            if area := self.areas.at(stop, end):
                stop = area.end
                continue
            if not words[stop][0].isalnum() or self.works(stop, end):
                break
            stop += 1
        return stop if 2 < stop - at < CLAUSE_WORDS_MAX and self._ends_clause(stop, end) else at

    def _ends_clause(self, at: int, end: int) -> bool:
        return at >= end or self.words[at] in {",", ";", ":", "và", "."} or self.works(at, end)
