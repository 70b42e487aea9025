"""Names of addressees: one unit, several by a shared head ("các sở Xây dựng, Tài chính"), a person."""

from __future__ import annotations

from dataclasses import replace

from haidang.directives.extraction.areas import Area
from haidang.directives.extraction.gazetteer import JOINTS, Gazetteer, Words
from haidang.directives.extraction.groups import Groups
from haidang.directives.extraction.model import NameKind
from haidang.directives.extraction.tokens import Phrases, Tokens
from haidang.directives.extraction.vocabulary import Found

__all__ = ["Found", "Names"]

NOTE_WORDS_MAX = 80
PERSON_WORDS_MAX = 6
LIST_MAX = 80
_MANY = Phrases([
    "các", "những", "mỗi", "từng", "một số", "hai", "ba", "tất cả các", "tất cả những", "toàn bộ các",
    "toàn thể các",
    "toàn thể", "từng các",
])  # fmt: skip
"""What makes many of a noun."""
_PERSONS = (["đồng", "chí"], ["đ", "/", "c"], ["ông"], ["bà"], ["các", "ông"], ["các", "đồng", "chí"])
_TAILLESS = frozenset({"sở", "bộ"})
"""Heads whose canonical name drops the province: "Sở Xây dựng tỉnh" is "Sở Xây dựng"."""


class Names(Groups):
    """Finds names; remembers what it found, since clauses are looked at more than once."""

    def __init__(self, tokens: Tokens, gazetteer: Gazetteer, words: Words) -> None:
        super().__init__(tokens, gazetteer, words)
        self._known: dict[tuple[int, int], list[Found]] = {}

    def row(self, first: int, end: int) -> tuple[list[Found], int]:
        """Return the names of a list that begins at a word, and the first word after the list."""
        found: list[Found] = []
        at = first
        while at < end and len(found) < LIST_MAX:
            more = self.shared(found[-1], at, end) if found else []
            more = more or self.at(at, end)
            if not more:
                break
            found.extend(more)
            stop = found[-1].end
            stop, exceptions = self._note(stop, end)
            if exceptions:
                found[-1] = replace(found[-1], exceptions=exceptions)
            last, at = stop, self.joint(stop, end)
            if at == stop:
                return found, last
            first = last
        return found, (first if found else at)

    def joint(self, at: int, end: int) -> int:
        """Step over what joins two names of a list."""
        start = at
        if at < end and self.words[at] in {",", ";", "&", "+"}:
            at += 1
        if at < end and self.words[at] == "và":
            at += 1
        if self.words[at : at + 2] == ["cũng", "như"]:
            at += 2
        if at == start and at + 1 < end and self.words[at] == "-" and self.tokens.capital(at + 1):
            at += 1
        return at

    def _note(self, at: int, end: int) -> tuple[int, tuple[str, ...]]:
        """Step over a note in brackets or "trừ …"; return the exceptions that it makes."""
        words = self.words
        if at < end and words[at] == "(":
            stop = next((n for n in range(at, min(end, at + NOTE_WORDS_MAX)) if words[n] == ")"), None)
            if stop is None:
                return at, ()
            return stop + 1, self._exceptions(at + 1, stop)
        start = at + 1 if at < end and words[at] == "," else at
        if words[start : start + 1] in (["trừ"], ["ngoại"]) and words[start : start + 2] != ["trừ", "trường"]:
            stop = start
            while stop < end and words[stop] not in {";", ".", ":", ")"}:
                if stop > start + 2 and self.acts(stop, end):
                    break
                stop += 1
            names = self._exceptions(start, stop)
            return (stop, names) if names else (at, ())
        return at, ()

    def _exceptions(self, first: int, end: int) -> tuple[str, ...]:
        words = self.words
        for lead in (["ngoại", "trừ"], ["trừ"], ["không", "bao", "gồm"], ["không", "gồm"]):
            if words[first : first + len(lead)] == lead:
                first += len(lead)
                break
        else:
            return ()
        found: list[str] = []
        start = first
        for at in range(first, end + 1):
            if at == end or words[at] in {",", "và", ";"}:
                if at > start:
                    found.append(self.tokens.plain(start, at))
                start = at + 1
        return tuple(found)

    def shared(self, before: Found, at: int, end: int) -> list[Found]:
        """Return the names that share the head of the one before: ", Tài chính", ", huyện Sơn Tịnh"."""
        head = before.head
        if head is None:
            return []
        if head in self.gazetteer.branches:
            return self._branch_of(head, at, end)
        area = self.areas.at(at, end)
        if area is None or (area.collective and before.kind == "org" and not area.members):
            stop = self.areas.proper(at, end, numbers=True)
            if area is None and stop > at and before.kind == "org" and not self.starts_unit(at, end):
                kind = before.name.split()[1:2]
                if kind and kind[0] in {"quận", "huyện", "xã", "phường"}:
                    name = f"{before.name.split()[0]} {kind[0]} {self.tokens.plain(at, stop)}"
                    return [Found(at, stop, name, "org", "names.shared", head)]
            return []
        return self.of_area(at, at, head, area)

    def _branch_of(self, head: str, at: int, end: int) -> list[Found]:
        """Return a further branch of a head: "các bộ: Công an, Quốc phòng", not "…, Công an tỉnh"."""
        match = self.gazetteer.find(self.gazetteer.branches[head], self.tokens, at, end)
        if match is None or not self.tokens.capital(at):
            return []
        ministry = head == "bộ" and self.areas.at(match[0], end) is None
        if self.starts_unit(at, end) and not ministry:
            return []
        return [Found(at, match[0], match[1], "org", "names.shared", head)]

    def at(self, first: int, end: int) -> list[Found]:
        """Return the name, or the several of a shared head, that begin at a word."""
        known = self._known.get((first, end))
        if known is None:
            known = self._known[first, end] = self._read(first, end)
        return known

    def _read(self, first: int, end: int) -> list[Found]:
        if first >= end or not self._may_start(first):
            return []
        at = first
        for person in _PERSONS:
            if self.words[at : at + len(person)] == person:
                return self._person(first, at + len(person), end)
        titled = self._titles(at, end)
        if titled > at:
            found = self._unit(titled, end) or self._governed(titled, end)
            if found:
                return [
                    replace(each, first=first if not n else each.first, titled=True)
                    for n, each in enumerate(found)
                ]
        return self._unit(at, end)

    def _may_start(self, first: int) -> bool:
        return self.words[first] in self.gazetteer.starters or self.words[first].isdigit()

    def _titles(self, at: int, end: int) -> int:
        """Step over titles: "Giám đốc", "Bí thư, Chủ tịch"; all of them stand for the unit."""
        stop = at
        while length := self.title(stop, end):
            stop += length
            after = stop
            if after < end and self.words[after] in {",", "và", "-"}:
                after += 1
            if after < end and self.words[after] == "các" and self.title(after + 1, end):
                after += 1
            if after == stop or not self.title(after, end):
                break
            stop = after
        return stop

    def _governed(self, at: int, end: int) -> list[Found]:
        """Return the committee of an area whose chairman is named without it: "Chủ tịch các quận"."""
        area = self.areas.at(at, end)
        return self.of_area(at, at, "UBND", area) if area else []

    def _person(self, first: int, at: int, end: int) -> list[Found]:
        """Return the unit of a person named with an office, or the person alone as unresolved."""
        if at < end and self.starts_unit(at, end) and (found := self._unit(at, end)):
            return [replace(each, first=first if not n else each.first) for n, each in enumerate(found)]
        stop = at
        while stop < end and stop - at < PERSON_WORDS_MAX and self.tokens.capital(stop):
            if self.title(stop, end) or not self.words[stop].isalpha():
                break
            stop += 1
        after = stop + 1 if stop < end and self.words[stop] in {",", "-", "("} and stop > at else stop
        found = self._read(after, end) if after < end and after > first and self.title(after, end) else []
        if found:
            last = found[-1].end
            if after > stop and self.words[stop] == "(" and last < end and self.words[last] == ")":
                found = [*found[:-1], replace(found[-1], end=last + 1)]
            return [replace(each, first=first if not n else each.first) for n, each in enumerate(found)]
        if stop - at >= 2:
            return [Found(first, stop, self.tokens.plain(first, stop), "unresolved", "names.person")]
        return []

    def _unit(self, first: int, end: int) -> list[Found]:
        many = first + _MANY.at(self.words, first, end)
        if many >= end:
            return []
        own = self.gazetteer.find(self.gazetteer.own, self.tokens, first, end) if self.gazetteer.own else None
        found = (
            self.branches(first, many, end)
            or self.committee(first, many, end)
            or self._named(first, many, end)
            or self._longer(self.group(first, many, end), self.open_name(first, many, end))
            or self._bare_area(first, end)
        )
        if own and (
            not found or (len(found) == 1 and own[0] >= found[0].end) or self._ran_on(own[0], found, end)
        ):
            return [Found(first, own[0], own[1], "org", "names.site", found[0].head if found else None)]
        return found

    def _ran_on(self, known: int, found: list[Found], end: int) -> bool:
        """Say whether a guess went on past a unit that the site knows, into words that no name has."""
        return (
            len(found) == 1
            and found[0].rule in {"names.group", "names.open"}
            and known < end
            and not self.tokens.capital(known)
        )

    def _longer(self, group: list[Found], unit: list[Found]) -> list[Found]:
        """Return the longer of two readings; a row of members is never cut short."""
        if not unit or not group:
            return unit or group
        longer = unit[-1].end - group[-1].end
        return unit if len(group) == 1 and (longer > 0 or (longer == 0 and unit[0].kind == "org")) else group

    def branches(self, first: int, at: int, end: int) -> list[Found]:
        """Return "Sở" + branch, or several branches after "các sở"."""
        head = self.gazetteer.find(self.gazetteer.branch_heads, self.tokens, at, min(end, at + 2))
        if head is None:
            return []
        stop, name = head
        if self.words[stop : stop + 1] == [":"]:
            stop += 1
        match = self.gazetteer.find(self.gazetteer.branches[name], self.tokens, stop, end)
        if match is None:
            return []
        open_headed = name in {"ban", "phòng", "cục", "chi cục"}
        if open_headed and match[0] < end and self.tokens.capital(match[0]) and self._goes_on(match[0], end):
            return []
        after = self._tail(match[0], end)
        label = (
            match[1]
            if name in _TAILLESS or after == match[0]
            else f"{match[1]} {self._tail_text(match[0], after)}"
        )
        rule = "names.branch" if at == first else "names.shared"
        return [Found(first, after, label, "org", rule, name)]

    def _goes_on(self, at: int, end: int) -> bool:
        """Say whether a name goes on past what the gazetteer knows: "Ban Tổ chức" + "Lễ hội"."""
        return (
            at < end
            and self.words[at][0].isalpha()
            and not self.acts(at, end)
            and not self.modal(at, end)
            and self.words[at] not in {"và", "cùng", "với", "để", "theo", "tại", "trong", "của", "về"}
            and self._tail(at, end) == at
        )

    def committee(self, first: int, at: int, end: int) -> list[Found]:
        """Return UBND, HĐND, Công an … of an area."""
        head = self.gazetteer.find(self.gazetteer.area_heads, self.tokens, at, min(end, at + 6))
        if head is None:
            return []
        stop, name = head
        if self.words[stop : stop + 1] == ["("] and self.words[stop + 2 : stop + 3] == [")"]:
            stop += 3  # "Ủy ban nhân dân (UBND) tỉnh"
        if name in {"Công an", "Thanh tra"} and not self.areas.at(stop, end):
            return []
        area = self.areas.at(stop, end)
        if area is None:
            if stop < end and self.words[stop] in JOINTS:
                other = self.gazetteer.find(
                    self.gazetteer.area_heads, self.tokens, stop + 1, min(end, stop + 7)
                )
                if other and (area := self.areas.at(other[0], end)):
                    return self.of_area(first, at, f"{name}, {other[1]}", area)
            if name == "UBND" and not self._named(first, at, end):
                return [Found(first, stop, "UBND", "org", "names.committee", name)]
            return []
        return self.of_area(first, at, name, area, many=at > first)

    def of_area(self, first: int, at: int, head: str, area: Area, *, many: bool = False) -> list[Found]:
        if area.members:
            return [
                Found(
                    first if not n else member[0],
                    member[1],
                    f"{head} {member[2]}",
                    "org",
                    "names.shared",
                    head,
                )
                for n, member in enumerate(area.members)
            ]
        end = area.end
        kind: NameKind = "collective" if area.collective or many else "org"
        text = area.text
        if kind == "collective" and (more := self.qualifiers(end, len(self.words))) > end:
            text, end = f"{text} {self.tokens.plain(end, more)}", more
        if kind == "collective":
            end = self.clause(end, len(self.words))
        prefix = f"{self.tokens.plain(first, at)} " if many and at > first else ""
        return [Found(first, end, f"{prefix}{head} {text}", kind, "names.committee", head)]

    def _named(self, first: int, at: int, end: int) -> list[Found]:
        """Return a name that stands by itself, with the area after it."""
        match = self.gazetteer.find(self.gazetteer.names, self.tokens, at, end)
        if match is None or len("".join(self.words[at : match[0]])) < 2:
            return []
        if match[1] in self.gazetteer.open_names and self._goes_on(match[0], end):
            return []
        if match[0] - at == 1 and not self.tokens.capital(at):
            return []
        after = self._tail(match[0], end)
        name = match[1] if after == match[0] else f"{match[1]} {self._tail_text(match[0], after)}"
        if at > first:
            return [
                Found(first, after, f"{self.tokens.plain(first, at)} {name}", "collective", "names.listed")
            ]
        return [Found(first, after, name, "org", "names.listed")]

    def _tail(self, at: int, end: int) -> int:
        """Return where the area after a name ends: "tỉnh", "TP Hà Nội", "huyện Bình Sơn", "Quảng Ninh"."""
        start = at
        if self.words[at : at + 2] in (["khu", "vực"], ["chi", "nhánh"], ["việt", "nam"]):
            at += 2
        if at < end and self.words[at] in {"của", "thuộc"}:
            return start
        area = self.areas.at(at, end)
        if area is None:
            return self.areas.proper(at, end, numbers=True) if at > start else at
        if area.members or (area.collective and not area.text.startswith(("các ", "cấp "))):
            return at
        return self.qualifiers(area.end, end) if area.collective else area.end

    def _tail_text(self, first: int, end: int) -> str:
        area = self.areas.at(first, end)
        return area.text if area and area.end == end else self.tokens.plain(first, end)

    def _bare_area(self, first: int, end: int) -> list[Found]:
        """Return the committee of an area that is addressed by its name: "quận 5", "các địa phương"."""
        area = self.areas.at(first, end)
        if area is None or (not area.collective and len(area.text.split()) < 2):
            return []
        if area.collective:
            stop = self.qualifiers(area.end, end)
            if area.members:
                return self.of_area(first, first, "UBND", area)
            name = self.tokens.plain(first, stop)
            return [Found(first, stop, name[0].lower() + name[1:], "collective", "names.group", "UBND")]
        return [Found(first, area.end, f"UBND {area.text}", "org", "names.area", "UBND")]
