"""Duties: a unit, then what it must do ("UBND huyện … phải", "Sở … chủ trì")."""

from __future__ import annotations

import re
from dataclasses import dataclass

from haidang.directives.extraction.names import Found
from haidang.directives.extraction.orders import Orders
from haidang.directives.extraction.phrasing import Anchor, Situation

_MEETINGS = ("cuộc", "hội", "buổi", "phiên", "lễ", "kỳ")


@dataclass(frozen=True, slots=True)
class _Subject:
    """A subject with its verb, by the numbers of words."""

    at: int
    first: int
    """Of the sentence."""
    after: int
    """Behind the names."""
    verb: int
    end: int
    names: tuple[Found, ...]


class Duties(Orders):
    """Finds duties, where a sentence does not only tell."""

    def duty(self, at: int, first: int, end: int, now: Situation, *, fresh: bool) -> Anchor | None:
        """Return the duty whose subject begins at a word: "UBND huyện … phải", "Sở … chủ trì"."""
        names, after = self.names.row(at, end)
        if not names or after >= end:
            return None
        if self._consented(at, first, after, end):
            return Anchor(at, tuple(names), after + 2, "order.approval", 0.6) if fresh else None
        verb = self._verb(after, end)
        known = verb is not None
        if verb is None and now.ordered and self._opens(at, first) and self._like_verb(after):
            verb = after
        if verb is None or self._only_tells(after, verb, end):
            return None
        return self._judged(
            _Subject(at, first, after, verb, end, tuple(names)), now, fresh=fresh, known=known
        )

    def _judged(self, who: _Subject, now: Situation, *, fresh: bool, known: bool) -> Anchor | None:
        """Return what a subject and its verb come to."""
        verb, at = who.verb, who.at
        if self.words[verb : verb + 2] == ["phối", "hợp"] and not fresh and self.words[at - 1] in {",", ";"}:
            return Anchor(at, who.names, verb, "cooperate.subject", 0.8, cooperates=True)
        if not self._stands(at, who.first, verb, who.end, fresh=fresh):
            return None
        if self._obliges(verb, who.end):
            return Anchor(at, who.names, verb, "duty", 0.85 if now.ordered else 0.7)
        if not self._listed(who, now, fresh=fresh):
            return None
        return Anchor(at, who.names, verb, "duty.listed", 0.75 if known else 0.6)

    def _only_tells(self, after: int, verb: int, end: int) -> bool:
        """Say whether a verb is of the past, of a meeting, or the issuer's own."""
        return self.past_between(after, verb) or self._meets(verb, end) or self._tells_others(verb, end)

    def _opens(self, at: int, first: int) -> bool:
        return at == first or self.words[at - 1] == ";"

    def _obliges(self, verb: int, end: int) -> bool:
        """Say whether a verb makes a duty wherever it stands: "phải", "chịu trách nhiệm", "được giao"."""
        return self.lists.duties.at(self.words, verb, end) > 0 or self._given(verb, end)

    def _consented(self, at: int, first: int, after: int, end: int) -> bool:
        about = self.words[after : after + 2] == ["về", "việc"]
        return about and self.approved(at, first) and self.works(after + 2, end)

    def _stands(self, at: int, first: int, verb: int, end: int, *, fresh: bool) -> bool:
        """Say whether a subject may begin a duty where it stands."""
        if at > first and self.words[at - 1] == "do":
            return self.words[verb : verb + 2] == ["chủ", "trì"]
        opens = at == first or self.words[at - 1] in {";", ":"}
        return fresh or opens or self._obliges(verb, end)

    def _listed(self, who: _Subject, now: Situation, *, fresh: bool) -> bool:
        """Say whether a unit with a plain verb is a point of a list of conclusions."""
        if not now.ordered or self.is_issuer(who.names) or self.decides(who.names, who.verb, who.end):
            return False
        if self.words[who.first : who.first + 2] == ["tuy", "nhiên"]:
            return False
        if "sẽ" in self.words[who.after : who.verb + 1] and not now.labelled:
            return False
        hurries = self._hurries(who.verb, who.end) and who.at == self.after_connectives(who.first, who.end)
        return now.follows or now.near or now.labelled or hurries or not fresh

    def approved(self, at: int, first: int) -> bool:
        """Say whether the issuer agrees to what a unit has proposed to do: "đồng ý với đề xuất của Sở …"."""
        if self.words[at - 1] != "của":
            return False
        before = " ".join(self.words[max(first, at - 7) : at])
        return (
            re.search(
                r"(?:đồng ý|thống nhất|chấp thuận|nhất trí)(?: với| theo)? (?:đề xuất|đề nghị|"
                r"kiến nghị) của$",
                before,
            )
            is not None
        )

    def _like_verb(self, at: int) -> bool:
        """Say whether a word that no list knows may be the verb of a listed duty: "Sở Tài chính họp bàn"."""
        word = self.words[at]
        return (
            word.isalpha()
            and not self.tokens.capital(at)
            and not self.lists.no_verbs.at(self.words, at, at + 1)
        )

    def _verb(self, after: int, end: int) -> int | None:
        """Return where the verb of a subject stands, past "căn cứ …,", "trong tháng 8" and the like."""
        at = after
        for _ in range(3):
            if at < end and self.words[at] in {",", ":"}:
                at += 1
            if at < end and self.works(at, end):
                return at
            stop = self.aside(at, end)
            if stop == at:
                return None
            at = stop
        return None

    def _meets(self, verb: int, end: int) -> bool:
        """Say whether somebody only chairs or attends a meeting."""
        if self.words[verb : verb + 2] not in (
            ["chủ", "trì"],
            ["tham", "dự"],
            ["tổ", "chức"],
            ["tham", "gia"],
        ):
            return False
        return any(word in _MEETINGS for word in self.words[verb + 2 : min(end, verb + 4)])

    def _tells_others(self, verb: int, end: int) -> bool:
        """Say whether a verb is the issuer's own trigger: "UBND tỉnh yêu cầu"."""
        for at in (verb, verb + self.acts(verb, end)):
            trigger = self.lists.triggers.at(self.words, at, end) if at < end else 0
            if trigger and not self.lists.weak_triggers.at(self.words, at, end):
                return at == verb or bool(self.names.at(at + trigger, end))
        return False

    def _given(self, verb: int, end: int) -> bool:
        """Say whether work was given in the passive: "được giao kiểm tra", not "được giao làm chủ đầu tư"."""
        if self.words[verb : verb + 2] != ["được", "giao"]:
            return False
        return self.acts(verb + 2, end) > 0 and self.words[verb + 2] != "làm"

    def _hurries(self, verb: int, end: int) -> bool:
        return self.words[verb : min(end, verb + 2)] in (
            ["khẩn", "trương"], ["tập", "trung"], ["tiếp", "tục"], ["tăng", "cường"], ["chủ", "trì"],
            ["chủ", "động"],
            ["phối", "hợp"], ["đẩy", "nhanh"], ["nghiêm", "túc"],
        )  # fmt: skip
