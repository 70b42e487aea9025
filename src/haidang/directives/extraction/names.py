"""Names of addressees: one unit, several by a shared head ("các sở Xây dựng, Tài chính"), a group, a person."""

from __future__ import annotations

from dataclasses import dataclass, replace

from haidang.directives.extraction.areas import Area, Areas
from haidang.directives.extraction.gazetteer import JOINTS, Gazetteer, Words
from haidang.directives.extraction.model import NameKind
from haidang.directives.extraction.tokens import Phrases, Tokens

OPEN_WORDS_MAX = 18
GROUP_WORDS_MAX = 40
NOTE_WORDS_MAX = 80
CLAUSE_WORDS_MAX = 12
PERSON_WORDS_MAX = 6
LIST_MAX = 80
_MANY = Phrases(
    ["các", "những", "mỗi", "từng", "một số", "hai", "ba", "tất cả các", "tất cả những", "toàn bộ các", "toàn thể các", "toàn thể", "từng các"]
)
"""What makes many of a noun."""
_PERSONS = (["đồng", "chí"], ["đ", "/", "c"], ["ông"], ["bà"], ["các", "ông"], ["các", "đồng", "chí"])
_TAILLESS = frozenset({"sở", "bộ"})
"""Heads whose canonical name drops the province: "Sở Xây dựng tỉnh" is "Sở Xây dựng"."""


@dataclass(frozen=True, slots=True)
class Found:
    """A name among the words of a text."""

    first: int
    end: int
    name: str
    kind: NameKind
    rule: str
    head: str | None = None
    """The head that the next of a list may share."""
    exceptions: tuple[str, ...] = ()
    titled: bool = False
    """Named by whoever is at its head ("Giám đốc …")."""


class Names:
    """Finds names; remembers what it found, since clauses are looked at more than once."""

    def __init__(self, tokens: Tokens, gazetteer: Gazetteer, words: Words) -> None:
        self.tokens = tokens
        self.words = tokens.words
        self.gazetteer = gazetteer
        self.lists = words
        self.areas = Areas(tokens, gazetteer)
        self._known: dict[tuple[int, int], list[Found]] = {}

    def row(self, first: int, end: int) -> tuple[list[Found], int]:
        """Return the names of a list that begins at a word, and the first word after the list."""
        found: list[Found] = []
        at = first
        while at < end and len(found) < LIST_MAX:
            more = self._shared(found[-1], at, end) if found else []
            more = more or self.at(at, end)
            if not more:
                break
            found.extend(more)
            stop = found[-1].end
            stop, exceptions = self._note(stop, end)
            if exceptions:
                found[-1] = replace(found[-1], exceptions=exceptions)
            last, at = stop, self._joint(stop, end)
            if at == stop:
                return found, last
            first = last
        return found, (first if found else at)

    def _joint(self, at: int, end: int) -> int:
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

    def _shared(self, before: Found, at: int, end: int) -> list[Found]:
        """Return the names that share the head of the one before: ", Tài chính", ", huyện Sơn Tịnh"."""
        head = before.head
        if head is None:
            return []
        if head in self.gazetteer.branches:
            match = self.gazetteer.find(self.gazetteer.branches[head], self.tokens, at, end)
            if match and self.tokens.capital(at) and not self._starts_unit(at, end):
                return [Found(at, match[0], match[1], "org", "names.shared", head)]
            return []
        area = self.areas.at(at, end)
        if area is None or (area.collective and before.kind == "org" and not area.members):
            stop = self.areas.proper(at, end, numbers=True)
            if area is None and stop > at and before.kind == "org" and not self._starts_unit(at, end):
                kind = before.name.split()[1:2]
                if kind and kind[0] in {"quận", "huyện", "xã", "phường"}:
                    name = f"{before.name.split()[0]} {kind[0]} {self.tokens.plain(at, stop)}"
                    return [Found(at, stop, name, "org", "names.shared", head)]
            return []
        return self._of_area(at, at, head, area)

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
        while length := self.lists_titles(stop, end):
            stop += length
            after = stop
            if after < end and self.words[after] in {",", "và", "-"}:
                after += 1
            if after < end and self.words[after] == "các" and self.lists_titles(after + 1, end):
                after += 1
            if after == stop or not self.lists_titles(after, end):
                break
            stop = after
        return stop

    def lists_titles(self, at: int, end: int) -> int:
        """Return how many words the title at a word has."""
        return self.gazetteer.titles.at(self.words, at, end) if at < end else 0

    def _governed(self, at: int, end: int) -> list[Found]:
        """Return the committee of an area whose chairman is named without it: "Chủ tịch các quận"."""
        area = self.areas.at(at, end)
        return self._of_area(at, at, "UBND", area) if area else []

    def _person(self, first: int, at: int, end: int) -> list[Found]:
        """Return the unit of a person named with an office, or the person alone as unresolved."""
        stop = at
        while stop < end and stop - at < PERSON_WORDS_MAX and self.tokens.capital(stop):
            if self.lists_titles(stop, end) or not self.words[stop].isalpha():
                break
            stop += 1
        after = stop + 1 if stop < end and self.words[stop] in {",", "-", "("} and stop > at else stop
        found = (
            self._read(after, end) if after < end and after > first and self.lists_titles(after, end) else []
        )
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
            self._branches(first, many, end)
            or self._committee(first, many, end)
            or self._named(first, many, end)
            or self._longer(self._group(first, many, end), self._open(first, many, end))
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
        return unit if unit and (not group or (len(group) == 1 and unit[-1].end > group[-1].end)) else group

    def _branches(self, first: int, at: int, end: int) -> list[Found]:
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
            and not self._modal(at, end)
            and self.words[at] not in {"và", "cùng", "với", "để", "theo", "tại", "trong", "của", "về"}
            and self._tail(at, end) == at
        )

    def _committee(self, first: int, at: int, end: int) -> list[Found]:
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
            if name != "Cấp ủy, chính quyền" and stop < end and self.words[stop] in JOINTS:
                other = self.gazetteer.find(
                    self.gazetteer.area_heads, self.tokens, stop + 1, min(end, stop + 7)
                )
                if other and (area := self.areas.at(other[0], end)):
                    return self._of_area(first, at, f"{name}, {other[1]}", area)
            if name == "UBND" and not self._named(first, at, end):
                return [Found(first, stop, "UBND", "org", "names.committee", name)]
            return []
        return self._of_area(first, at, name, area, many=at > first)

    def _of_area(self, first: int, at: int, head: str, area: Area, *, many: bool = False) -> list[Found]:
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
        if kind == "collective" and (more := self._qualifiers(end, len(self.words))) > end:
            text, end = f"{text} {self.tokens.plain(end, more)}", more
        if kind == "collective":
            end = self._clause(end, len(self.words))
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
            stop = self.areas.proper(at, end, numbers=True) if at > start else at
            return stop
        if area.members or (area.collective and not area.text.startswith(("các ", "cấp "))):
            return at
        return area.end

    def _tail_text(self, first: int, end: int) -> str:
        area = self.areas.at(first, end)
        return area.text if area and area.end == end else self.tokens.plain(first, end)

    def _bare_area(self, first: int, end: int) -> list[Found]:
        """Return the committee of an area that is addressed by its name: "quận 5", "các địa phương"."""
        area = self.areas.at(first, end)
        if area is None or (not area.collective and len(area.text.split()) < 2):
            return []
        if area.collective:
            stop = self._qualifiers(area.end, end)
            if area.members:
                return self._of_area(first, first, "UBND", area)
            return [Found(first, stop, self.tokens.plain(first, stop), "collective", "names.group", "UBND")]
        return [Found(first, area.end, f"UBND {area.text}", "org", "names.area", "UBND")]

    def _group(self, first: int, at: int, end: int) -> list[Found]:
        """Return a group: "các sở, ban, ngành liên quan"; one noun without "các" only if it is used so."""
        groups = self.gazetteer.groups
        area = self.areas.at(first, end)
        if area and area.members:
            return self._of_area(first, first, "UBND", area)
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
                and not self._starts_unit(stop, end)
                and not self._noun(stop, end)
            ):
                stop = self._open_end(stop, end)
            stop = self._qualifiers(stop, end)
            nxt = stop + 1 if stop < end and self.words[stop] in {",", "-", "/", "và", "&", "–"} else stop
            if nxt > stop and self.words[nxt : nxt + 1] == ["và"]:
                nxt += 1
            length = groups.at(self.words, nxt, end) if stop < nxt < end else 0
            if length and (self._branches(nxt, nxt, end) or self._committee(nxt, nxt, end)):
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
        return [Found(first, self._clause(stop, end), name, "collective", "names.group")]

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
        return self.tokens.capital(at) and self.tokens.capital(after) and bool(self._open(at, at, end))

    def row_after_colon(self, at: int, end: int, noun: str) -> tuple[list[Found], int]:
        """Return the members after "các sở, ngành:", which may leave out the head of the first noun."""
        head = noun if noun in self.gazetteer.branches else None
        seed = Found(at, at, "", "org", "names.shared", head)
        found = (self._shared(seed, at, end) if head else []) or self.at(at, end)
        if not found or (self.acts(at, end) and not self.tokens.capital(at)):
            return [], at
        after = found[-1].end
        if (
            after < end
            and self.words[after][0].isalpha()
            and self.words[after] != "và"
            and not self._works(after, end)
        ):
            return [], at
        cursor = self._joint(found[-1].end, end)
        while cursor > found[-1].end and len(found) < LIST_MAX:
            rest = self._shared(replace(found[-1], head=found[-1].head or head), cursor, end) or self.at(
                cursor, end
            )
            if not rest:
                break
            found = [*found, *rest]
            cursor = self._joint(found[-1].end, end)
        return found, found[-1].end

    def _qualifiers(self, at: int, end: int) -> int:
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
            unit := self._committee(at, at, end) or self._open(at, at, end)
        ):
            return unit[-1].end - at
        return 0

    def _clause(self, at: int, end: int) -> int:
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
            if not words[stop][0].isalnum() or self._works(stop, end):
                break
            stop += 1
        return stop if 2 < stop - at < CLAUSE_WORDS_MAX and self._ends_clause(stop, end) else at

    def _ends_clause(self, at: int, end: int) -> bool:
        return at >= end or self.words[at] in {",", ";", ":", "và", "."} or self._works(at, end)

    def _open(self, first: int, at: int, end: int) -> list[Found]:
        """Return a name that only its head is known of: "Trung tâm …", up to an action or a comma."""
        head = self.gazetteer.find(self.gazetteer.open_heads, self.tokens, at, min(end, at + 6))
        if head is None or self.gazetteer.not_heads.at(self.words, at, end):
            return []
        stop = self._open_end(head[0], end)
        if stop == head[0]:
            return []
        numbered = self.words[head[0]].isdigit()
        if not self.tokens.capital(at) and not self.tokens.capital(head[0]) and at == first and not numbered:
            return []
        name = f"{head[1]} {self.tokens.plain(head[0], stop)}"
        name = name.replace(" ,", ",").replace("( ", "(")
        if at > first:
            return [Found(first, stop, self.tokens.plain(first, stop), "collective", "names.open")]
        return [Found(first, stop, name, "org", "names.open")]

    def _open_end(self, at: int, end: int) -> int:
        """Return where an open name ends."""
        start = at
        while length := self.gazetteer.legal_forms.at(self.words, at, end):
            at += length
        if at < end and self.words[at][0].isalnum() and not self._stops(at, end, strong=False):
            at += 1
            if not self._complete(start, at):
                at += self._noun_action(at - 1, end)
        while at < end and at - start < OPEN_WORDS_MAX:
            word = self.words[at]
            if word == "-" and at + 1 < end and self.tokens.capital(at + 1):
                at += 2
                continue
            if not (word[0].isalnum() or (word == "&" and at + 1 < end)):
                break
            if self._stops(at, end, strong=self._complete(start, at)):
                break
            at += 1
        return at

    def _noun_action(self, at: int, end: int) -> int:
        length = self.lists.noun_actions.at(self.words, at, end)
        return max(0, length - 1)

    def _complete(self, start: int, at: int) -> bool:
        """Say whether a name can end here: with its area ("… tỉnh") or with capitals."""
        if at <= start:
            return False
        return self.words[at - 1] in {"tỉnh", "phố", "tp", "huyện", "quận"} or (
            at - start >= 2 and self.tokens.capital(at - 1) and self.words[at - 1].isalpha()
        )

    def _stops(self, at: int, end: int, *, strong: bool) -> bool:
        """Say whether an open name ends before a word; ``strong`` also by actions that may be nouns."""
        words = self.words
        if at > 0 and self.lists.compounds.at(words, at - 1, end) > 1:
            return False
        if words[at] in {"và", "cùng", "với"}:
            if words[at] != "và" or self.at(at + 1, end) or self.areas.at(at + 1, end):
                return True
            return bool(self.acts(at + 1, end)) and not self.lists.noun_actions.at(words, at + 1, end)
        if words[at] in {
            "để",
            "theo",
            "tại",
            "trong",
            "do",
            "về",
            "nếu",
            "khi",
            "sau",
            "trước",
            "từ",
            "nhằm",
            "là",
            "mà",
            "thì",
            "đến",
            "của",
            "có",
            "qua",
            "được",
            "bị",
            "căn",
        }:
            return True
        if self._modal(at, end) or self.lists.past.at(words, at, end):
            return True
        noun = self.lists.noun_actions.at(words, at, end)
        if noun and noun >= self.acts(at, end) and not strong:
            return self._of_work(at, end) or not self._of_name(at)
        return bool(self.acts(at, end)) and not self.tokens.capital(at)

    def _of_name(self, at: int) -> bool:
        """Say whether a noun-like verb goes on with a name: "dự án đầu tư xây dựng", "Bảo vệ và phát triển"."""
        if (
            self.tokens.capital(at)
            or self.words[at - 1] == "và"
            or self.lists.noun_actions.before(self.words, at)
        ):
            return True
        if ["dự", "án"] in [self.words[word : word + 2] for word in range(max(0, at - 6), at - 1)]:
            return True  # what a project is about is told with verbs
        return self.lists.name_bridges.before(self.words, at) > 0

    def _of_work(self, at: int, end: int) -> bool:
        """Say whether a noun-like verb has work for its object: "xây dựng kế hoạch", "tổ chức thực hiện"."""
        after = at + self.lists.noun_actions.at(self.words, at, end)
        two = self.words[after : after + 2]
        return two in _WORKS or self.words[after : after + 1] in (
            ["việc"],
            ["ngay"],
            ["nghiêm"],
            [","],
        )

    def _works(self, at: int, end: int) -> bool:
        return bool(self.acts(at, end) or self._modal(at, end))

    def acts(self, at: int, end: int) -> int:
        """Return how many words the action at a word has; "công trình" holds none."""
        if at >= end or (at > 0 and self.lists.compounds.at(self.words, at - 1, end) > 1):
            return 0
        length = self.lists.actions.at(self.words, at, end)
        return 0 if length and self.lists.compounds.at(self.words, at, end) > length else length

    def _modal(self, at: int, end: int) -> int:
        return self.lists.modals.at(self.words, at, end) if at < end else 0

    def _starts_unit(self, at: int, end: int) -> bool:
        """Say whether a name begins with a head of its own here."""
        tables = (self.gazetteer.branch_heads, self.gazetteer.area_heads, self.gazetteer.open_heads)
        if any(self.gazetteer.find(table, self.tokens, at, min(end, at + 4)) for table in tables[1:]):
            return True
        head = self.gazetteer.find(tables[0], self.tokens, at, min(end, at + 2))
        if head and self.gazetteer.find(self.gazetteer.branches[head[1]], self.tokens, head[0], end):
            return True
        named = self.gazetteer.find(self.gazetteer.names, self.tokens, at, end)
        return named is not None or self.lists_titles(at, end) > 0


_MEMBERS = (("bao", "gồm", ":"), ("bao", "gồm"), ("gồm", ":"), ("gồm", "có"), ("gồm",), ("như", ":"), (":",))
"""What introduces the members of a group."""
_WORKS = (
    ["kế", "hoạch"], ["phương", "án"], ["đề", "án"], ["dự", "thảo"], ["quy", "chế"], ["danh", "mục"], ["báo", "cáo"],
    ["thực", "hiện"], ["triển", "khai"], ["rà", "soát"], ["kiểm", "tra"], ["tốt", "các"], ["chặt", "chẽ"],
    ["hồ", "sơ"], ["lộ", "trình"], ["chương", "trình"], ["giải", "pháp"], ["thẩm", "định"], ["lấy", "ý"],
    ["đồng", "bộ"], ["hiệu", "quả"], ["kinh", "phí"], ["nguồn", "lực"], ["dứt", "điểm"], ["triệt", "để"], ["hội", "nghị"],
    ["cuộc", "họp"], ["đoàn", "kiểm"], ["thông", "tin"], ["số", "liệu"], ["văn", "bản"], ["nội", "dung"],
)  # fmt: skip
"""What follows a verb when it is the work and not part of a name."""
