"""Orders: a verb that gives work ("giao", "yêu cầu"), then who it is given to."""

from __future__ import annotations

import re
from itertools import pairwise

from haidang.directives.extraction.gazetteer import Words
from haidang.directives.extraction.names import Found, Names
from haidang.directives.extraction.phrasing import Anchor, Phrasing, Situation
from haidang.directives.extraction.tokens import Tokens

UNRESOLVED_WORDS_MAX = 14
LOOK_BACK = 60
_ISSUERS = frozenset({
    "ubnd tỉnh", "ubnd thành phố", "ubnd tp", "chính phủ", "tỉnh ủy", "thành ủy", "ban thường vụ",
    "thường trực",
    "hđnd tỉnh", "hđnd thành phố", "quốc hội", "lãnh đạo",
})  # fmt: skip
"""Those who give orders in most documents; they are not told what to do in a list of conclusions."""
_PROVINCIAL = re.compile(
    r"UBND (?:tỉnh|(?:TP|thành phố)[ .]*(?:Hà Nội|Hồ Chí Minh|HCM|Đà Nẵng|Hải Phòng|Cần Thơ|Huế))"
)


class Orders(Phrasing):
    """Finds orders, and remembers who gives them."""

    def __init__(self, tokens: Tokens, names: Names, lists: Words) -> None:
        super().__init__(tokens, names, lists)
        self.issuers: set[str] = set()
        """Who has given orders in this text."""

    def order(
        self, at: int, first: int, end: int, now: Situation, *, fresh: bool, found: list[Anchor]
    ) -> Anchor | None:
        """Return the order whose trigger stands at a word: "giao Sở Xây dựng …"."""
        length = self.lists.triggers.at(self.words, at, end)
        if not length or not self._may_order(at, length, first, end, now, fresh=fresh):
            return None
        weak = self.lists.weak_triggers.at(self.words, at, end) == length
        body = self._addressee(at + length, end)
        names, after = self.names.row(body, end)
        past = self.past_before(at, first)
        if past == "đã" and (found or self._older(first, at)):
            return None
        if not names:
            return None if weak else self._without_name(at, body, first, end, now)
        if not self._fits(at, names, after, end, weak=weak, found=found):
            return None
        self._issuer_before(at, first)
        rule = "order.weak" if weak else "order"
        return Anchor(at, tuple(names), after, rule, 0.75 if weak or past else 0.95)

    def _may_order(self, at: int, length: int, first: int, end: int, now: Situation, *, fresh: bool) -> bool:
        """Say whether a trigger gives an order of this sentence, and not of somebody who is told of in it."""
        if not self._is_order(at, length, first, end):
            return False
        weak = self.lists.weak_triggers.at(self.words, at, end) == length
        opens = at == self.after_connectives(first, end)
        if weak and (opens or not fresh or not self._has_subject(first, at)):
            return False
        if not fresh and not self._joined(at, first):
            return False
        return not (opens and now.context and self.words[at] in {"yêu", "đề"})

    def _addressee(self, at: int, end: int) -> int:
        """Step over "cho", "đối với" and ":" between a trigger and a name."""
        while at < end:
            if self.words[at] in {"cho", ":"}:
                at += 1
            elif self.words[at : at + 2] == ["đối", "với"]:
                at += 2
            elif self.words[at] == "," and self.names.at(at + 1, end):
                at += 1  # "yêu cầu, chủ tịch UBND các quận"
            else:
                break
        return at

    def _fits(
        self, at: int, names: list[Found], after: int, end: int, *, weak: bool, found: list[Anchor]
    ) -> bool:
        """Say whether names behind a trigger are addressees: not the issuer, not "đề nghị … tại Tờ trình"."""
        if found and len(names) == 1 and names[0].name.casefold() in _ISSUERS:
            return False
        next_word = self.words[after] if after < end else ""
        if next_word == "tại" and self.words[at] == "đề":
            return False
        return not weak or self.works(after, end) or next_word in {",", ":"}

    def _is_order(self, at: int, length: int, first: int, end: int) -> bool:
        """Say whether a trigger is a verb of the issuer here, not a noun, a passive or part of a word."""
        if at > first and self.lists.not_before_trigger.before(self.words[first:at], at - first):
            return False
        if at + length < end and self.tokens.capital(at + length):
            return True
        if self.lists.compounds.at(self.words, at, end) > 1 or (
            at > first and self.lists.compounds.at(self.words, at - 1, end) > 1
        ):
            return False
        return not self.lists.not_after_trigger.at(self.words, at + length, end)

    def _has_subject(self, first: int, at: int) -> bool:
        """Say whether a chairman or a committee stands before a weak trigger."""
        before = self.words[max(first, at - 14) : at]
        pairs = {" ".join(pair) for pair in pairwise(before)}
        titled = {
            "chủ tịch",
            "bí thư",
            "lãnh đạo",
            "đồng chí",
            "thủ tướng",
            "bộ trưởng",
            "giám đốc",
            "trưởng ban",
        }
        return bool(pairs & titled or {"ubnd", "ông", "bà", "tỉnh", "ủy"} & set(before))

    def _joined(self, at: int, first: int) -> bool:
        """Say whether a second order begins here: after ";", after ", giao", after "đồng thời"."""
        before = self.words[at - 1]
        if before in {";", ":"} or self.words[max(first, at - 2) : at] in (["đồng", "thời"], [";", "và"]):
            return True
        if self.words[max(first, at - 3) : at] == ["đồng", "thời", ","]:
            return True
        if self._subject_break(at, first):
            return True
        return before in {",", "và"} and self.words[at] == "giao"

    def _subject_break(self, at: int, first: int) -> bool:
        """Say whether the issuer stands between the last break and a trigger: ", UBND tỉnh cũng giao"."""
        cut = at
        while cut > first and self.words[cut - 1] not in {";", ":", ","} and at - cut < 16:
            cut -= 1
        if cut in {first, at} or self.words[cut - 1] not in {";", ":", ","}:
            return False
        if any(self.acts(word, at) for word in range(cut, at)):
            return False
        names, _ = self.names.row(cut, at)
        return bool(names) or self.words[cut - 1] in {";", ":"}

    def is_issuer(self, names: tuple[Found, ...]) -> bool:
        if len(names) != 1:
            return False
        name = names[0].name
        return name.casefold() in _ISSUERS or _PROVINCIAL.match(name) is not None

    def decides(self, names: tuple[Found, ...], verb: int, end: int) -> bool:
        """Say whether a subject is the one who gives orders here, or does what only such a one does."""
        if self.lists.decisions.at(self.words, verb, end):
            return True
        return len(names) == 1 and names[0].name in self.issuers

    def _issuer_before(self, at: int, first: int) -> None:
        """Remember who gives the order whose trigger stands at a word."""
        cut = at
        while cut > first and self.words[cut - 1] not in {";", ":", ","} and at - cut < 16:
            cut -= 1
        names, _ = self.names.row(cut, at)
        self.issuers.update(each.name for each in names if each.kind == "org")

    def _older(self, first: int, at: int) -> bool:
        """Say whether an order in the past tense is told of: "nhiệm vụ UBND tỉnh đã giao", "Trước đó …"."""
        joined = " ".join(self.words[first:at])
        if any(sign in joined for sign in ("trước đó", "trước đây", "mà ", "năm trước", "nhiều lần")):
            return True
        start = at
        for word in range(at - 1, max(first, at - 16) - 1, -1):
            names, after = self.names.row(word, at)
            if names and after >= at - 6:
                start = word
        return (
            start > first
            and self.words[start - 1].isalpha()
            and not self.lists.connectives.before(self.words, start)
        )

    def _without_name(self, at: int, body: int, first: int, end: int, now: Situation) -> Anchor | None:
        """Return an order without a known addressee: of whoever the letter went to, or of an unknown unit."""
        if self.works(body, end):
            sent = self._recipients(first, at) if self.words[at] != "giao" else ()
            return Anchor(at, sent, body, "order.recipient", 0.8) if sent else None
        if self.words[at] not in {"giao", "yêu", "phân", "đề"} or body >= end:
            return None
        return self._unknown(at, body, end)

    def _unknown(self, at: int, body: int, end: int) -> Anchor | None:
        """Return an order to somebody whom the gazetteer does not know, up to the action."""
        if not self.tokens.capital(body):
            return None
        stop = body
        while (
            stop < end
            and stop - body < UNRESOLVED_WORDS_MAX
            and (self.words[stop][0].isalnum() or self.words[stop] in "-&/")
        ):
            if stop > body and self.works(stop, end) and not self._inside_name(stop, end):
                break
            stop += 1
        acronym = stop - body == 1 and self.tokens.plain(body, stop).isupper() and len(self.words[body]) > 2
        if stop >= end or not self.works(stop, end) or (stop - body < 2 and not acronym):
            return None
        name = Found(body, stop, self.tokens.plain(body, stop), "unresolved", "names.unresolved")
        return Anchor(at, (name,), stop, "order.unresolved", 0.5)

    def _inside_name(self, at: int, end: int) -> bool:
        """Say whether a verb is part of a capital name: "Sáng tạo Cố đô"."""
        if self.tokens.capital(at):
            return True
        after = at + max(1, self.acts(at, end))
        return self.tokens.capital(at - 1) and after < end and self.tokens.capital(after)

    def _recipients(self, first: int, at: int) -> tuple[Found, ...]:
        """Return the units a letter went to: "gửi Sở Xây dựng …, yêu cầu", "đối với Sở …"."""
        for word in range(at - 1, max(first, at - LOOK_BACK) - 1, -1):
            if self.words[word] == "gửi" or self.words[word - 1 : word + 1] == ["đối", "với"]:
                names, after = self.names.row(word + 1, at)
                if names and at - after <= 12:
                    return tuple(names)
        return ()
