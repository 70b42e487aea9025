"""How a sentence is put together: connectives, asides, tense, and whether it tells or asks."""

from __future__ import annotations

import re
from dataclasses import dataclass

from haidang.directives.extraction.deadlines import limits
from haidang.directives.extraction.gazetteer import Words
from haidang.directives.extraction.names import Found, Names
from haidang.directives.extraction.tokens import Tokens

_CLOSING = re.compile(
    r"^(?:thừa lệnh .{0,80})?văn phòng .{0,60}thông báo (?:để|đến|tới|cho) .{0,240}(?:biết|thực hiện)|"
    r"chịu trách nhiệm thi hành (?:quyết định|chỉ thị|nghị quyết) này|căn cứ quyết định (?:này )?thi hành|"
    r"thông báo (?:\S+ ){0,14}(?:biết|được biết)(?: ,)?(?: và)?(?: (?:phối hợp|tổ chức|triển khai|"
    r"nghiêm túc))?(?: (?:thực hiện|triển khai))"
)
"""How a notice ends: it is made known, nobody is told to do anything."""
_MET = re.compile(
    r"(?:tại|trong|dự|sau) (?:cuộc họp|buổi làm việc|hội nghị|buổi họp|phiên họp|"
    r"buổi kiểm tra)(?: [^,]{0,60})? , "
    r"(?:các |đại )?(?:đại biểu|đại diện|thành viên|ý kiến|đồng chí)(?! chủ tịch| bí thư| phó)"
)
"""What those who met have said."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where somebody is told to do something."""

    start: int
    """First word of the order or of its subject."""
    names: tuple[Found, ...]
    body: int
    """First word after the names: the action."""
    rule: str
    confidence: float
    cooperates: bool = False
    """"…; Sở B phối hợp": no order of its own."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known when a sentence is read."""

    ordered: bool
    """Conclusions are being listed, or an order came before: duties without a trigger count."""
    follows: bool
    """The sentence right before, in this paragraph, was an order."""
    near: bool
    """The paragraph before held an order."""
    context: tuple[Found, ...]
    """Addressees of the heading above."""
    labelled: bool
    """The sentence opens a numbered or dashed paragraph."""


class Phrasing:
    """The sentences of one text, asked how they are put together."""

    def __init__(self, tokens: Tokens, names: Names, lists: Words) -> None:
        self.tokens = tokens
        self.words = tokens.words
        self.names = names
        self.lists = lists

    def tells(self, first: int, end: int) -> bool:
        """Say whether a sentence tells how things stand or what was reported."""
        at = self.after_connectives(first, end)
        joined = " ".join(self.words[first : min(end, first + 80)])
        if _CLOSING.search(joined) or _MET.match(joined):
            return True
        return bool(
            self.lists.narrative.at(self.words, first, end) or self.lists.narrative.at(self.words, at, end)
        )

    def carried(self, first: int, end: int) -> int | None:
        """Return where the action of a sentence without a subject begins, or None if it is no order."""
        at = self.after_connectives(first, end)
        trigger = (
            self.lists.triggers.at(self.words, at, end) if at < end and self.words[at] in {"yêu", "đề"} else 0
        )
        if trigger and self.works(at + trigger, end):
            at += trigger
        elif at < end and (stop := self.aside(at, end)) > at:
            at = stop + (stop < end and self.words[stop] == ",")
        if at >= end or not self.works(at, end) or self.past_between(at, at):
            return None
        if self.lists.modals.at(self.words, at, end) and self.words[at] in {"sẽ", "được"}:
            return None
        head = self.words[at : min(end, at + 14)]
        stop = head.index(",") if "," in head else len(head)
        copula = "là" in head[:stop] and head[max(0, head.index("là") - 1)] not in {"nhất", "biệt", "tức"}
        return None if copula else at

    def listed(self, first: int, end: int) -> int | None:
        """Return where the action of a point under addressees begins, with a verb that no list knows."""
        at = self.after_connectives(first, end)
        if (
            at >= end
            or end - at < 4
            or self.lists.no_verbs.at(self.words, at, end)
            or not self.words[at].isalpha()
        ):
            return None
        if self.words[end - 1] == ":" or "là" in self.words[at : at + 12] or self.names.at(at, end):
            return None
        return (
            None
            if any(self.lists.past.at(self.words, word, end) for word in range(at, min(end, at + 10)))
            else at
        )

    def after_connectives(self, first: int, end: int) -> int:
        at = first
        while at < end:
            length = self.lists.connectives.at(self.words, at, end)
            if not length:
                break
            at += length
            if at < end and self.words[at] in {",", ":"}:
                at += 1
        return at

    def aside(self, at: int, end: int) -> int:
        """Step over a time or a ground between subject and verb."""
        if at >= end:
            return at
        span = limits(
            self.tokens.text.low, self.tokens.starts[at], self.tokens.ends[min(end, at + 14) - 1], None
        )
        if span and span[0].start == self.tokens.starts[at]:
            while at < end and self.tokens.starts[at] < span[0].end:
                at += 1
            return at
        if self.words[at] == "cũng" or self.words[at : at + 2] == ["đồng", "thời"]:
            return at + (1 if self.words[at] == "cũng" else 2)
        if self.words[at] in {"theo", "căn", "trên", "tùy", "trong", "với"}:
            stop = at + 1
            while stop < min(end, at + 16) and self.words[stop] not in {",", ";", ".", ":"}:
                stop += 1
            return stop if stop < end and self.words[stop] == "," else at
        return at

    def past_between(self, after: int, verb: int) -> bool:
        return any(self.lists.past.at(self.words, word, verb + 1) for word in range(after, verb + 1))

    def past_before(self, at: int, first: int) -> str:
        length = self.lists.past.before(self.words[first:at], at - first, longest=2)
        return self.words[at - 1] if length else ""

    def works(self, at: int, end: int) -> bool:
        return at < end and bool(self.acts(at, end) or self.lists.modals.at(self.words, at, end))

    def acts(self, at: int, end: int) -> int:
        return self.names.acts(at, end)
