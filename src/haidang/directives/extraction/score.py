"""How good a reading is, against items that people have marked.

An item counts as found when a proposed one stands at the same place (they share at least half of the shorter)
and has at least one of its leads. Names are compared by what the gazetteer makes of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import msgspec

from haidang.directives.extraction.gazetteer import name_key, shipped, words
from haidang.directives.extraction.model import Item
from haidang.directives.extraction.names import Names
from haidang.directives.extraction.reading import read
from haidang.directives.extraction.text import Text
from haidang.directives.extraction.tokens import Tokens


class Marked(msgspec.Struct, frozen=True):
    """An item as a person has marked it: a line of ``items.jsonl``."""

    id: str
    doc: str
    sentence: str
    lead: tuple[str, ...]
    coop: tuple[str, ...] = ()
    deadline_text: str | None = None
    deadline: dt.date | None = None


class Sample(msgspec.Struct, frozen=True):
    """A document: a line of ``documents.jsonl``."""

    doc: str
    text: str
    docdate: dt.date | None = None


class Mistake(msgspec.Struct, frozen=True):
    """One thing that is not as marked, for those who mend the rules."""

    doc: str
    kind: str
    marked: str
    found: str


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of "How good", with what they are made of."""

    documents: int
    items: int
    proposed: int
    matched: int
    precision: float
    recall: float
    f1: float
    lead_exact: float
    """Share of matched items whose leads are exactly those marked."""
    cooperating_f1: float
    deadlines: int
    deadlines_missed: int
    deadlines_false: int
    dates: int
    """Deadlines with a date, marked and found."""
    dates_wrong: int
    mistakes: tuple[Mistake, ...] = ()


def score(samples: Iterable[Sample], marked: Iterable[Marked]) -> Score:
    """Return how readings of documents compare with what people have marked in them."""
    by_doc: dict[str, list[Marked]] = {}
    for each in marked:
        by_doc.setdefault(each.doc, []).append(each)
    tally = _Tally()
    count = 0
    for sample in samples:
        count += 1
        tally.document(sample, by_doc.get(sample.doc, []))
    return tally.score(count)


class _Tally:
    def __init__(self) -> None:
        self.items = self.proposed = self.matched = self.exact = 0
        self.coop = [0, 0, 0]
        """Right, proposed, marked."""
        self.due = [0, 0, 0]
        """Marked, missed, false."""
        self.dates = [0, 0]
        """Compared, wrong."""
        self.mistakes: list[Mistake] = []

    def document(self, sample: Sample, marked: list[Marked]) -> None:
        """Count one document."""
        found = list(read(sample.text, issued_on=sample.docdate).items)
        self.items += len(marked)
        self.proposed += len(found)
        spans = [_span(sample.text, each.sentence) for each in marked]
        taken: set[int] = set()
        for each, span in zip(marked, spans, strict=True):
            place = _best(each, span, found, taken)
            if place is None:
                near = next((one for one in found if _shared(span, one) >= 0.5), None)
                self._wrong(each, "missed", each.sentence, f"{[x.name for x in near.lead]}" if near else "")
                if each.deadline_text:
                    self.due[0] += 1
                    self.due[1] += 1
                continue
            taken.add(place)
            self._pair(each, found[place])
        for place, one in enumerate(found):
            if place not in taken:
                self._false(sample.doc, one)

    def _pair(self, each: Marked, one: Item) -> None:
        self.matched += 1
        leads, wanted = {_key(x.name) for x in one.lead}, {_key(name) for name in each.lead}
        if leads == wanted:
            self.exact += 1
        else:
            self._wrong(each, "lead", str(each.lead), str([x.name for x in one.lead]))
        helping, coop = {_key(x.name) for x in one.cooperating}, {_key(name) for name in each.coop}
        self.coop = [
            self.coop[0] + len(helping & coop),
            self.coop[1] + len(helping),
            self.coop[2] + len(coop),
        ]
        if helping != coop:
            self._wrong(each, "cooperating", str(each.coop), str([x.name for x in one.cooperating]))
        self._deadline(each, one)

    def _deadline(self, each: Marked, one: Item) -> None:
        wanted, got = each.deadline_text, one.deadline
        if wanted:
            self.due[0] += 1
        if wanted and not got:
            self.due[1] += 1
            self._wrong(each, "deadline missed", wanted, "")
        elif got and not wanted:
            self.due[2] += 1
            self._wrong(each, "deadline false", "", got.text)
        elif got and each.deadline:
            self.dates[0] += 1
            if got.date != each.deadline:
                self.dates[1] += 1
                self._wrong(each, "date", str(each.deadline), f"{got.text} = {got.date}")

    def _false(self, doc: str, one: Item) -> None:
        self.mistakes.append(
            Mistake(doc, "false", "", f"{[x.name for x in one.lead]} | {one.rules[0]} | {one.sentence}")
        )

    def _wrong(self, each: Marked, kind: str, marked: str, found: str) -> None:
        self.mistakes.append(Mistake(each.id, kind, marked, found))

    def score(self, documents: int) -> Score:
        """Return the figures."""
        precision, recall = _ratio(self.matched, self.proposed), _ratio(self.matched, self.items)
        return Score(
            documents=documents, items=self.items, proposed=self.proposed, matched=self.matched,
            precision=precision, recall=recall, f1=_f1(precision, recall),
            lead_exact=_ratio(self.exact, self.matched),
            cooperating_f1=_f1(_ratio(self.coop[0], self.coop[1]), _ratio(self.coop[0], self.coop[2])),
            deadlines=self.due[0], deadlines_missed=self.due[1], deadlines_false=self.due[2],
            dates=self.dates[0], dates_wrong=self.dates[1], mistakes=tuple(self.mistakes),
        )  # fmt: skip


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _key(name: str) -> str:
    """Return what two ways to write a name have in common."""
    tokens = Tokens(Text(name))
    found, end = Names(tokens, shipped(), words()).row(0, len(tokens))
    canonical = " ".join(each.name for each in found) if found and end == len(tokens) else name
    key = name_key(canonical)
    for determiner in ("các", "những"):
        key = key.removeprefix(determiner)
    return key


def _span(text: str, sentence: str) -> tuple[int, int]:
    """Return where a marked sentence stands in a text; spaces and forms of letters do not count."""
    whole, part = Text(text), Text(sentence)
    tokens, wanted = Tokens(whole), Tokens(part).words
    for at in range(len(tokens) - len(wanted) + 1):
        if tokens.words[at : at + len(wanted)] == wanted:
            return whole.raw_span(tokens.starts[at], tokens.ends[at + len(wanted) - 1])
    return 0, 0


def _shared(span: tuple[int, int], one: Item) -> float:
    """Return how much of the shorter of a span and an item both have."""
    both = min(span[1], one.end) - max(span[0], one.start)
    shorter = min(span[1] - span[0], one.end - one.start)
    return max(0, both) / shorter if shorter > 0 else 0.0


def _best(each: Marked, span: tuple[int, int], found: list[Item], taken: set[int]) -> int | None:
    wanted = {_key(name) for name in each.lead}
    best: tuple[float, int] | None = None
    for place, one in enumerate(found):
        if place in taken or not wanted & {_key(x.name) for x in one.lead}:
            continue
        share = _shared(span, one)
        if share >= 0.5 and (best is None or share > best[0]):
            best = share, place
    return best[1] if best else None
