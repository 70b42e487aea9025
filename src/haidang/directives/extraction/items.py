"""The items of a text: sentence by sentence, with what headings and sentences before them have said."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left
from dataclasses import dataclass, field

import msgspec

from haidang.directives.extraction.clauses import Anchor, Clauses, Situation
from haidang.directives.extraction.deadlines import Limit, events, limits, urgency
from haidang.directives.extraction.layout import BODY, Block
from haidang.directives.extraction.model import Deadline, Item, Name, Warning  # noqa: A004
from haidang.directives.extraction.names import Found, Names
from haidang.directives.extraction.products import product
from haidang.directives.extraction.sentences import sentences
from haidang.directives.extraction.text import Text
from haidang.directives.extraction.tokens import Tokens
from haidang.directives.extraction.warnings import warning

_LEAD_IN = (
    ["đối", "với"], ["về", "phía"], ["giao"], ["yêu", "cầu"], ["đề", "nghị"], ["riêng"],
    ["trách", "nhiệm", "của"],
    ["nhiệm", "vụ", "của"], ["phân", "công"], ["trách", "nhiệm"], ["nhiệm", "vụ"],
)  # fmt: skip
_SENT = re.compile(r"(?:gửi|nộp|báo cáo|chuyển|đăng ký)\s+(?:kết quả\s+)?(?:về|cho|tới|đến)\s+")
_SPEAKS = re.compile(
    r"phát biểu (?:chỉ đạo|kết luận|kết thúc|tại|bế mạc)|kết luận (?:cuộc họp|hội nghị|buổi)|nêu rõ|"
    r"nhấn mạnh|chỉ rõ|có ý kiến|ý kiến chỉ đạo"
    r"|(?:ubnd|chủ tịch|bí thư|lãnh đạo|đồng chí|ông|bà)[^.;:]{0,80}(?:yêu cầu|đề nghị|chỉ đạo)"
)
_TIME_ONLY = re.compile(
    r"(?:thời gian|thời hạn|hạn|tiến độ)?\s*(?:thực hiện|hoàn thành|xong|báo cáo|"
    r"gửi báo cáo)?(?:\s+(?:việc|xong|hoàn thành|thực hiện))*\s*:?\s*$"
)


@dataclass(slots=True)
class State:
    """What carries from one sentence to the next."""

    ordered: bool = False
    follows: bool = False
    leads: tuple[Found, ...] = ()
    block: int = -1
    last_item: int = -9
    """Paragraph of the last item."""
    groups: tuple[Found, ...] = ()
    """The last group that was named, for sentences without any subject."""
    intro: tuple[Found, ...] = ()
    """Addressees of "… yêu cầu các sở, ngành:", until another heading."""
    intro_block: int = -1
    contexts: dict[int, tuple[Found, ...]] = field(default_factory=dict)
    """By block: whom its heading addresses."""


class Reader:
    """Reads the items of one text."""

    def __init__(
        self, text: Text, tokens: Tokens, names: Names, blocks: list[Block], issued_on: dt.date | None
    ) -> None:
        self.text = text
        self.tokens = tokens
        self.names = names
        self.clauses = Clauses(tokens, names, names.lists)
        self.blocks = blocks
        self.issued_on = issued_on
        self.state = State()
        self.found: list[Item] = []

    def items(self) -> list[Item]:
        """Return the items in the order of the text."""
        found = self.found
        for number, block in enumerate(self.blocks):
            if block.framed or self._recipients(block, number):
                continue
            spans = sentences(self.text, block.start, block.end)
            for place, (start, end) in enumerate(spans):
                words = self._words(start, end)
                if words[0] < words[1]:
                    last = place == len(spans) - 1
                    found.extend(self._sentence(number, *words, opens=place == 0, last=last))
        return found

    def _words(self, start: int, end: int) -> tuple[int, int]:
        return bisect_left(self.tokens.starts, start), bisect_left(self.tokens.starts, end)

    def _recipients(self, block: Block, number: int) -> bool:
        """Remember whom a letter goes to ("Kính gửi:"); its "yêu cầu các cơ quan trên" means them."""
        low = self.text.low[block.start : block.end]
        if low.startswith("kính gửi"):
            first, end = self._words(block.start, block.end)
            at = next((n for n in range(first, end) if self.tokens.words[n] == ":"), first + 1) + 1
            names, _ = self.names.row(at, end) if at < end else ([], at)
            self.state.intro, self.state.intro_block = tuple(names), number
            return True
        if self.state.intro_block == number - 1 and block.label and number > 0:
            above = self.blocks[number - 1]
            if self.text.low.startswith("kính gửi", above.start) or self.state.contexts.get(-1):
                first, end = self._words(block.start, block.end)
                names, after = self.names.row(first, end)
                if names and end - after <= 1:
                    self.state.intro += tuple(names)
                    self.state.intro_block = number
                    self.state.contexts[-1] = self.state.intro
                    return True
        self.state.contexts.pop(-1, None)
        return False

    def _sentence(self, number: int, first: int, end: int, *, opens: bool, last: bool) -> list[Item]:
        state = self.state
        block = self.blocks[number]
        if number != state.block:
            state.follows = state.follows and block.level == BODY and self._goes_on(first, end)
            state.block = number
        context = self._context(number)
        if opens and self._heading(number, first, end, last=last):
            return []
        near = 0 <= number - state.last_item <= 1
        now = Situation(state.ordered, state.follows, near, context, bool(block.label) and opens)
        anchors = self.clauses.anchors(first, end, now)
        if last and self.tokens.words[end - 1] == ":":
            return self._introduces(number, anchors, first, end)
        if not anchors:
            state.ordered = state.ordered or self._speaks(first, end)
            return self._carried(number, first, end, context, opens=opens)
        return self._items(number, anchors, first, end)

    def _speaks(self, first: int, end: int) -> bool:
        """Say whether a sentence tells that somebody concludes or directs."""
        return _SPEAKS.search(self.text.low, self.tokens.starts[first], self.tokens.ends[end - 1]) is not None

    def _goes_on(self, first: int, end: int) -> bool:
        """Say whether a paragraph goes on with the one before it: "Đồng thời, …"."""
        return self.names.lists.connectives.at(self.tokens.words, first, end) > 0

    def _context(self, number: int) -> tuple[Found, ...]:
        """Return whom the headings above a block address."""
        at: int | None = self.blocks[number].parent
        while at is not None:
            if at in self.state.contexts:
                return self.state.contexts[at]
            at = self.blocks[at].parent
        block = self.blocks[number]
        opener = self.state.intro_block
        if (
            opener >= 0
            and self.state.intro
            and (block.level < BODY or number == opener + 1 or self.blocks[opener].level == BODY)
        ):
            return self.state.intro
        return ()

    def _heading(self, number: int, first: int, end: int, *, last: bool) -> bool:
        """Take a heading that only names addressees: "1. Thủ trưởng các Sở:"."""
        at = first
        words = self.tokens.words
        for lead in _LEAD_IN:
            if words[at : at + len(lead)] == lead:
                at += len(lead)
                break
        names, after = self.names.row(at, end)
        if not names or not last:
            return False
        rest = words[after:end]
        if rest not in ([], [":"], ["."], [";"]) or (not rest and self.blocks[number].level == BODY):
            return False
        if rest == [] and not self._has_children(number):
            return False
        if rest in (["."], [";"]):
            return False
        self.state.contexts[number] = tuple(names)
        if self.blocks[number].level == BODY:
            self.state.intro, self.state.intro_block = tuple(names), number
        self.state.leads, self.state.follows = tuple(names), False
        self.state.ordered = True
        return True

    def _has_children(self, number: int) -> bool:
        return number + 1 < len(self.blocks) and self.blocks[number + 1].parent == number

    def _introduces(self, number: int, anchors: list[Anchor], first: int, end: int) -> list[Item]:
        """Take a sentence that ends in ":": what follows it is addressed to whom it names."""
        lists = self.names.lists
        state = self.state
        if any(
            lists.introductions.at(self.tokens.words, word, end) for word in range(max(first, end - 40), end)
        ):
            state.ordered = True
        if anchors:
            names = tuple(name for anchor in anchors for name in anchor.names)
            state.contexts[number] = names
            if self.blocks[number].level == BODY:
                state.intro, state.intro_block = names, number
            state.leads = names
            if not self._has_children(number) and self.blocks[number].level < BODY:
                return self._items(number, anchors, first, end)
        elif self.blocks[number].level == BODY:
            state.intro, state.intro_block = (), number
        state.follows = False
        return []

    def _carried(
        self, number: int, first: int, end: int, context: tuple[Found, ...], *, opens: bool
    ) -> list[Item]:
        """Read a sentence without an addressee of its own."""
        state = self.state
        if state.follows and self._time_only(first, end):
            return []
        leads = context or (state.leads if state.follows else ())
        tells = self.clauses.tells(first, end)
        sent = None if tells else self._sent(first, end, leads)
        if sent is not None:
            return self._items(number, [sent], first, end)
        body = None if tells or not leads else self.clauses.carried(first, end)
        if body is None and context and not tells and self.blocks[number].level < BODY and opens:
            body = self.clauses.listed(first, end)
        if body is None:
            self._note_groups(first, end)
            state.follows = state.follows and not tells and self._goes_on(first, end)
            return []
        rule = "carry.heading" if context else "carry.sentence"
        return self._items(number, [Anchor(first, leads, body, rule, 0.85 if context else 0.75)], first, end)

    def _time_only(self, first: int, end: int) -> bool:
        """Give "Hoàn thành trước ngày 20/11." to the item before it, if that has no time of its own."""
        start, stop = self.tokens.starts[first], self.tokens.ends[end - 1]
        found = limits(self.text.low, start, stop, self.issued_on)
        if not found or not self.found or end - first > 20 or self.found[-1].deadline:
            return False
        if not _TIME_ONLY.fullmatch(self.text.low, start, found[0].start):
            return False
        due, _, warnings = self._deadline(start, stop)
        _, finish = self.text.raw_span(start, stop)
        last = self.found[-1]
        self.found[-1] = msgspec.structs.replace(
            last, sentence=self.text.raw[last.start : finish], end=finish, deadline=due,
            warnings=(*last.warnings, *warnings),
            rules=(*last.rules, "due.next", *((due.rule,) if due else ())),
        )  # fmt: skip
        return True

    def _note_groups(self, first: int, end: int) -> None:
        for at in range(first, end):
            if self.tokens.words[at] in {"các", "lãnh"}:
                names, _ = self.names.row(at, end)
                groups = tuple(name for name in names if name.kind == "collective")
                if groups:
                    self.state.groups = groups[:1]
                    return

    def _sent(self, first: int, end: int, leads: tuple[Found, ...]) -> Anchor | None:
        """Read "Danh sách gửi về Sở Xây dựng trước ngày …": the recipient is not who does it."""
        low = self.text.low
        start, stop = self.tokens.starts[first], self.tokens.ends[end - 1]
        match = _SENT.search(low, start, stop)
        if match is None or match.start() - start > 80 or not limits(low, start, stop, self.issued_on):
            return None
        at = self._words(match.end(), match.end())[0]
        recipients, _ = self.names.row(at, end)
        names = {name.name for name in recipients}
        doers = (
            tuple(name for name in leads or self.state.leads if name.name not in names) or self.state.groups
        )
        if not doers or not recipients:
            return None
        return Anchor(first, doers, first, "carry.sent", 0.6)

    def _items(self, number: int, anchors: list[Anchor], first: int, end: int) -> list[Item]:
        found = []
        orders = [anchor for anchor in anchors if not anchor.cooperates]
        for place, anchor in enumerate(orders):
            start = first if place == 0 else self._clause_start(anchor.start, first)
            stop = self._clause_start(orders[place + 1].start, first) if place + 1 < len(orders) else end
            helpers = [each for each in anchors if each.cooperates and start <= each.start < stop]
            found.append(self._item(number, anchor, start, stop, helpers))
        state = self.state
        state.ordered = state.follows = True
        state.leads = orders[-1].names
        state.last_item = number
        return found

    def _clause_start(self, at: int, first: int) -> int:
        """Return where the clause of an order begins: after the last ";", or at the order itself."""
        for word in range(at - 1, max(first, at - 14) - 1, -1):
            if self.tokens.words[word] in {";", ":"}:
                return word + 1
        return at

    def _item(self, number: int, anchor: Anchor, first: int, end: int, helpers: list[Anchor]) -> Item:
        stop = end
        while stop > first + 1 and self.tokens.words[stop - 1] in {";", ",", "và", "/"}:
            stop -= 1
        start_at, end_at = self.tokens.starts[first], self.tokens.ends[stop - 1]
        start, finish = self.text.raw_span(start_at, end_at)
        leads = anchor.names
        helping = [
            *self.clauses.cooperation(anchor.body, stop),
            *(name for each in helpers for name in each.names),
        ]
        own = {name.name for name in leads}
        helping = [
            name
            for n, name in enumerate(helping)
            if name.name not in own and name.name not in {x.name for x in helping[:n]}
        ]
        rules = [anchor.rule, *(name.rule for name in (*leads, *helping)), *(each.rule for each in helpers)]
        due, urgent, more = self._deadline(start_at, end_at)
        warnings = [
            *more,
            *(warning("unresolved", name.name) for name in (*leads, *helping) if name.kind == "unresolved"),
        ]
        if due:
            rules.append(due.rule)
        if urgent:
            rules.append(urgent.rule)
        if helping:
            rules.append("cooperate")
        if any(name.titled for name in (*leads, *helping)):
            rules.append("names.title")
        return Item(
            sentence=self.text.raw[start:finish], start=start, end=finish,
            lead=tuple(self._name(name) for name in leads),
            cooperating=tuple(self._name(name) for name in helping),
            action=self._action(anchor.body, stop), product=product(self.text, start_at, end_at),
            deadline=due, urgency=urgent, warnings=tuple(warnings), rules=tuple(dict.fromkeys(rules)),
            confidence=anchor.confidence, heading=self._heading_text(number),
        )  # fmt: skip

    def _name(self, found: Found) -> Name:
        start, end = self.text.raw_span(self.tokens.starts[found.first], self.tokens.ends[found.end - 1])
        return Name(
            text=self.text.raw[start:end], name=found.name, kind=found.kind, exceptions=found.exceptions,
            start=start, end=end, rules=(found.rule, *(("names.title",) if found.titled else ())),
        )  # fmt: skip

    def _action(self, first: int, end: int) -> str:
        while first < end and self.tokens.words[first] in {",", ":", "-", ";", "và"}:
            first += 1
        while end > first and self.tokens.words[end - 1] in {".", "/", ";", ",", ":"}:
            end -= 1
        if first >= end:
            return ""
        return " ".join(self.text.plain[self.tokens.starts[first] : self.tokens.ends[end - 1]].split())

    def _deadline(self, start: int, end: int) -> tuple[Deadline | None, Deadline | None, list[Warning]]:
        found = limits(self.text.low, start, end, self.issued_on)
        chosen = self._chosen(found)
        warnings: list[Warning] = []
        if chosen is None:
            waits = events(self.text.low, start, end)
            haste = urgency(self.text.low, start, end)
            soft = haste or (waits[0] if waits else None)
            return None, self._due(soft) if soft else None, warnings
        warnings.extend(warning(code, self.text.plain[chosen.start : chosen.end]) for code in chosen.faults)
        if len({each.date for each in found if each.date}) > 1:
            warnings.append(
                warning("several-deadlines", "; ".join(self.text.plain[x.start : x.end] for x in found))
            )
        if chosen.date and self.issued_on and chosen.date < self.issued_on:
            warnings.append(
                warning("deadline-before-document", f"{chosen.date:%d/%m/%Y} < {self.issued_on:%d/%m/%Y}")
            )
        if chosen.inferred and chosen.date:
            warnings.append(warning("year-inferred", f"{chosen.date:%d/%m/%Y}"))
        haste = urgency(self.text.low, start, end)
        return self._due(chosen), self._due(haste) if haste else None, warnings

    def _chosen(self, found: list[Limit]) -> Limit | None:
        """Return the limit of the whole item: a day before a longer period, the last of several days."""
        dated = [each for each in found if each.date]
        if dated:
            return max(dated, key=lambda each: (each.date or dt.date.min, -each.start))
        return found[0] if found else None

    def _due(self, limit: Limit) -> Deadline:
        start, end = self.text.raw_span(limit.start, limit.end)
        return Deadline(
            text=self.text.raw[start:end], start=start, end=end, date=limit.date, precision=limit.precision,
            count=limit.count, every=limit.every, event=limit.event, inferred=limit.inferred, rule=limit.rule,
        )  # fmt: skip

    def _heading_text(self, number: int) -> str | None:
        at: int | None = number
        while at is not None:
            block = self.blocks[at]
            if block.level < 5 and (
                at != number or not self.text.plain[block.start : block.end].endswith((".", ";"))
            ):
                text = " ".join(self.text.plain[block.line_start : block.end].split())
                return text if len(text) <= 200 else text[:199] + "…"
            at = block.parent
        return None
