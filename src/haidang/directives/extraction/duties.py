"""Duties: a unit, then what it must do ("UBND huyện … phải", "Sở … chủ trì")."""

from __future__ import annotations

import re

from haidang.directives.extraction.orders import Orders
from haidang.directives.extraction.phrasing import NO_VERBS, Anchor, Situation

_MEETINGS = ("cuộc", "hội", "buổi", "phiên", "lễ", "kỳ")


class Duties(Orders):
    """Finds duties, where a sentence does not only tell."""

    def duty(self, at: int, first: int, end: int, now: Situation, *, fresh: bool) -> Anchor | None:
        """Return the duty whose subject begins at a word: "UBND huyện … phải", "Sở … chủ trì"."""
        names, after = self.names.row(at, end)
        if not names or after >= end:
            return None
        if (
            self.approved(at, first)
            and self.words[after : after + 2] == ["về", "việc"]
            and self.works(after + 2, end)
        ):
            return Anchor(at, tuple(names), after + 2, "order.approval", 0.6) if fresh else None
        verb = self._verb(after, end)
        unsure = verb is None
        if (
            verb is None
            and now.ordered
            and (at == first or self.words[at - 1] == ";")
            and self._like_verb(after)
        ):
            verb = after
        if verb is None or self.past_between(after, verb):
            return None
        duty = self.lists.duties.at(self.words, verb, end) > 0 or self._given(verb, end)
        semicolon = at == first or self.words[at - 1] in {";", ":"} or self.words[at - 1] == "do"
        if self._meets(verb, end) or self._tells_others(verb, end):
            return None
        if self.words[verb : verb + 2] == ["phối", "hợp"] and not fresh and self.words[at - 1] in {",", ";"}:
            return Anchor(at, tuple(names), verb, "cooperate.subject", 0.8, cooperates=True)
        if not fresh and not (semicolon or duty):
            return None
        if self.words[at - 1 : at] == ["do"] and not (
            at > first and self.words[verb : verb + 2] == ["chủ", "trì"]
        ):
            return None
        if duty:
            return Anchor(at, tuple(names), verb, "duty", 0.85 if now.ordered else 0.7)
        if self.is_issuer(names) or not now.ordered or self.decides(names, verb, end):
            return None
        if self.words[first : first + 2] == ["tuy", "nhiên"]:
            return None
        if "sẽ" in self.words[after : verb + 1] and not now.labelled:
            return None
        hurries = self._hurries(verb, end) and at == self.after_connectives(first, end)
        near = now.follows or now.near or now.labelled or hurries or not fresh
        return Anchor(at, tuple(names), verb, "duty.listed", 0.6 if unsure else 0.75) if near else None

    def approved(self, at: int, first: int) -> bool:
        """Say whether the issuer agrees to what a unit has proposed to do: "đồng ý với đề xuất của Sở …"."""
        if self.words[at - 1] != "của":
            return False
        before = " ".join(self.words[max(first, at - 7) : at])
        return (
            re.search(
                r"(?:đồng ý|thống nhất|chấp thuận|nhất trí)(?: với| theo)? (?:đề xuất|đề nghị|kiến nghị) của$",
                before,
            )
            is not None
        )

    def _like_verb(self, at: int) -> bool:
        """Say whether a word that no list knows may be the verb of a listed duty: "Sở Tài chính họp bàn"."""
        word = self.words[at]
        return word.isalpha() and not self.tokens.capital(at) and word not in NO_VERBS

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
        """Say whether work was given in the passive: "Sở Y tế được giao kiểm tra", not "được giao làm chủ đầu tư"."""
        if self.words[verb : verb + 2] != ["được", "giao"]:
            return False
        return self.acts(verb + 2, end) > 0 and self.words[verb + 2] != "làm"

    def _hurries(self, verb: int, end: int) -> bool:
        return self.words[verb : min(end, verb + 2)] in (
            ["khẩn", "trương"], ["tập", "trung"], ["tiếp", "tục"], ["tăng", "cường"], ["chủ", "trì"], ["chủ", "động"],
            ["phối", "hợp"], ["đẩy", "nhanh"], ["nghiêm", "túc"],
        )  # fmt: skip
