"""Who is told to do something in a sentence, in order, and who is to cooperate."""

from __future__ import annotations

from dataclasses import replace

from haidang.directives.extraction.duties import Duties
from haidang.directives.extraction.names import Found
from haidang.directives.extraction.orders import LOOK_BACK
from haidang.directives.extraction.phrasing import Anchor, Situation

__all__ = ["Anchor", "Clauses", "Situation"]

_TAKING_PART = (
    ("với", "sự", "tham", "gia", "của"), ("với", "sự", "phối", "hợp", "của"),
    ("có", "sự", "tham", "gia", "của"), ("sự", "phối", "hợp", "của"),
)  # fmt: skip
_BREAKS = frozenset({",", ";", ":", "-", "–", "+"})


class Clauses(Duties):
    """Reads the sentences of one text."""

    def anchors(self, first: int, end: int, now: Situation) -> list[Anchor]:
        """Return who is told what in a sentence, in order."""
        if self.tells(first, end):
            return []
        found: list[Anchor] = []
        at = first
        opened = now.ordered
        bare = bool(now.context or now.follows) and self._bare(first, end)
        while at < end:
            fresh = not found and not bare
            anchor = self.order(at, first, end, now, fresh=fresh, found=found)
            if anchor is None and self._may_begin(at, first):
                anchor = self.duty(at, first, end, replace(now, ordered=opened), fresh=fresh)
            if anchor is not None:
                if not (anchor.cooperates and not found):
                    found.append(anchor)
                at = max(anchor.body, at + 1)
                continue
            if self.words[at] == ":" and self._has_trigger(first, at):
                opened = True
            named = (
                self.names.row(at, end)
                if self._may_begin(at, first) or self.words[at] in {"các", "lãnh"}
                else ([], at)
            )
            at = max(named[0][-1].end, at + 1) if named[0] else at + 1
        return found

    def _bare(self, first: int, end: int) -> bool:
        """Say whether a sentence begins with its action, so that orders further on are what it is about."""
        at = self.after_connectives(first, end)
        trigger = self.lists.triggers.at(self.words, at, end) if at < end else 0
        if trigger and not self.lists.weak_triggers.at(self.words, at, end):
            return False
        return self.carried(first, end) is not None

    def _may_begin(self, at: int, first: int) -> bool:
        """Say whether a subject may begin at a word: at the start of a clause or after a connective."""
        if at == first or self.words[at - 1] in _BREAKS:
            return True
        if self.words[at - 1] in {"thì", "do", "rằng", "và", "để", '"'} or self.approved(at, first):
            return True
        return self.lists.connectives.before(self.words, at) > 0

    def _has_trigger(self, first: int, at: int) -> bool:
        return any(
            self.lists.introductions.at(self.words, word, at)
            for word in range(max(first, at - LOOK_BACK), at)
        )

    def cooperation(self, first: int, end: int) -> list[Found]:
        """Return who cooperates in a clause: after "phối hợp với", "cùng", "với sự tham gia của"."""
        found: list[Found] = []
        at = first
        while at < end:
            after = self._cooperates(at, first, end)
            if after > at:
                names, stop = self.names.row(after, end)
                found.extend(names)
                at = max(stop, at + 1) if names else at + 1
                continue
            at += 1
        return found

    def _cooperates(self, at: int, first: int, end: int) -> int:
        """Return the first word after words of cooperation, ``at`` where there are none."""
        words = self.words
        if words[at : at + 2] in (["phối", "hợp"], ["phối", "kết"], ["kết", "hợp"]):
            after = at + (3 if words[at + 1] == "kết" else 2)
            while length := self.lists.manners.at(words, after, end):
                after += length
            return after
        if words[at] == "cùng" and at + 1 < end and words[at + 1] not in {"đó", "lúc", "thời", "kỳ", "một"}:
            after = at + 2 if words[at + 1] == "với" else at + 1
            return after if at <= first + 3 or words[at - 1] in {",", "trì"} else at
        for lead in _TAKING_PART:
            if tuple(words[at : at + len(lead)]) == lead:
                return at + len(lead)
        return at
