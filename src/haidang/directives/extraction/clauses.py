"""Who is told to do something in a sentence: orders with an addressee, duties, and subjects carried over."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from haidang.directives.extraction.deadlines import limits
from haidang.directives.extraction.gazetteer import Words
from haidang.directives.extraction.names import Found, Names
from haidang.directives.extraction.tokens import Tokens

UNRESOLVED_WORDS_MAX = 14
LOOK_BACK = 60
_ISSUERS = frozenset({
    "ubnd tỉnh", "ubnd thành phố", "ubnd tp", "chính phủ", "tỉnh ủy", "thành ủy", "ban thường vụ", "thường trực",
    "hđnd tỉnh", "hđnd thành phố", "quốc hội", "lãnh đạo",
})  # fmt: skip
"""Those who give orders in most documents; they are not told what to do in a list of conclusions."""
_PROVINCIAL = re.compile(
    r"UBND (?:tỉnh|(?:TP|thành phố)[ .]*(?:Hà Nội|Hồ Chí Minh|HCM|Đà Nẵng|Hải Phòng|Cần Thơ|Huế))"
)
_MEETINGS = ("cuộc", "hội", "buổi", "phiên", "lễ", "kỳ")
_BREAKS = frozenset({",", ";", ":", "-", "–", "+"})


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


class Clauses:
    """Reads sentences of one text."""

    def __init__(self, tokens: Tokens, names: Names, lists: Words) -> None:
        self.tokens = tokens
        self.words = tokens.words
        self.names = names
        self.lists = lists
        self.issuers: set[str] = set()
        """Who has given orders in this text."""

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
            anchor = self._order(at, first, end, now, fresh=fresh, found=found)
            if anchor is None and self._may_begin(at, first):
                anchor = self._duty(at, first, end, replace(now, ordered=opened), fresh=fresh)
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
        at = self._after_connectives(first, end)
        trigger = self.lists.triggers.at(self.words, at, end) if at < end else 0
        if trigger and not self.lists.weak_triggers.at(self.words, at, end):
            return False
        return self.carried(first, end) is not None

    def tells(self, first: int, end: int) -> bool:
        """Say whether a sentence tells how things stand or what was reported."""
        at = self._after_connectives(first, end)
        joined = " ".join(self.words[first : min(end, first + 80)])
        if _CLOSING.search(joined) or _MET.match(joined):
            return True
        return bool(
            self.lists.narrative.at(self.words, first, end) or self.lists.narrative.at(self.words, at, end)
        )

    def _may_begin(self, at: int, first: int) -> bool:
        """Say whether a subject may begin at a word: at the start of a clause or after a connective."""
        if at == first or self.words[at - 1] in _BREAKS:
            return True
        if self.words[at - 1] in {"thì", "do", "rằng", "và", "để", '"'} or self._approved(at, first):
            return True
        return self.lists.connectives.before(self.words, at) > 0

    def _has_trigger(self, first: int, at: int) -> bool:
        return any(
            self.lists.introductions.at(self.words, word, at)
            for word in range(max(first, at - LOOK_BACK), at)
        )

    def _order(
        self, at: int, first: int, end: int, now: Situation, *, fresh: bool, found: list[Anchor]
    ) -> Anchor | None:
        """Return the order whose trigger stands at a word: "giao Sở Xây dựng …"."""
        length = self.lists.triggers.at(self.words, at, end)
        if not length or not self._is_order(at, length, first, end):
            return None
        weak = self.lists.weak_triggers.at(self.words, at, end) == length
        opens = at == self._after_connectives(first, end)
        if weak and (opens or not fresh or not self._has_subject(first, at)):
            return None
        if not fresh and not self._joined(at, first):
            return None
        if opens and now.context and self.words[at] in {"yêu", "đề"}:
            return None
        body = at + length
        while (
            (body < end and self.words[body] in {"cho", ":"}) or self.words[body : body + 2] == ["đối", "với"]
        ):
            body += 2 if self.words[body] == "đối" else 1
        names, after = self.names.row(body, end)
        if found and len(names) == 1 and names[0].name.casefold() in _ISSUERS:
            return None
        if names and self.words[after : after + 1] == ["tại"] and self.words[at] == "đề":
            return None
        past = self._past_before(at, first)
        if past == "đã" and (found or self._older(first, at)):
            return None
        if not names and not weak:
            return self._without_name(at, body, first, end, now)
        if not names:
            return None
        if weak and not (self._works(after, end) or self.words[after : after + 1] in ([","], [":"])):
            return None
        self._issuer_before(at, first)
        return Anchor(
            at, tuple(names), after, "order.weak" if weak else "order", 0.75 if weak or past else 0.95
        )

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
        pairs = {" ".join(pair) for pair in zip(before, before[1:], strict=False)}
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
        if cut == first or self.words[cut - 1] not in {";", ":", ","} or cut == at:
            return False
        if any(self._acts(word, at) for word in range(cut, at)):
            return False
        names, _ = self.names.row(cut, at)
        return bool(names) or self.words[cut - 1] in {";", ":"}

    def _is_issuer(self, names: list[Found] | tuple[Found, ...]) -> bool:
        if len(names) != 1:
            return False
        name = names[0].name
        return name.casefold() in _ISSUERS or _PROVINCIAL.match(name) is not None

    def _decides(self, names: list[Found], verb: int, end: int) -> bool:
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

    def _past_before(self, at: int, first: int) -> str:
        length = self.lists.past.before(self.words[first:at], at - first, longest=2)
        return self.words[at - 1] if length else ""

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
        if self._works(body, end):
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
            if stop > body and self._works(stop, end) and not self._inside_name(stop, end):
                break
            stop += 1
        acronym = stop - body == 1 and self.tokens.plain(body, stop).isupper() and len(self.words[body]) > 2
        if stop >= end or not self._works(stop, end) or (stop - body < 2 and not acronym):
            return None
        name = Found(body, stop, self.tokens.plain(body, stop), "unresolved", "names.unresolved")
        return Anchor(at, (name,), stop, "order.unresolved", 0.5)

    def _inside_name(self, at: int, end: int) -> bool:
        """Say whether a verb is part of a capital name: "Sáng tạo Cố đô"."""
        if self.tokens.capital(at):
            return True
        after = at + max(1, self._acts(at, end))
        return self.tokens.capital(at - 1) and after < end and self.tokens.capital(after)

    def _recipients(self, first: int, at: int) -> tuple[Found, ...]:
        """Return the units a letter went to: "gửi Sở Xây dựng …, yêu cầu", "đối với Sở …"."""
        for word in range(at - 1, max(first, at - LOOK_BACK) - 1, -1):
            if self.words[word] == "gửi" or self.words[word - 1 : word + 1] == ["đối", "với"]:
                names, after = self.names.row(word + 1, at)
                if names and at - after <= 12:
                    return tuple(names)
        return ()

    def _duty(self, at: int, first: int, end: int, now: Situation, *, fresh: bool) -> Anchor | None:
        """Return the duty whose subject begins at a word: "UBND huyện … phải", "Sở … chủ trì"."""
        names, after = self.names.row(at, end)
        if not names or after >= end:
            return None
        if (
            self._approved(at, first)
            and self.words[after : after + 2] == ["về", "việc"]
            and self._works(after + 2, end)
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
        if verb is None or self._past_between(after, verb):
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
        if self._is_issuer(names) or not now.ordered or self._decides(names, verb, end):
            return None
        if self.words[first : first + 2] == ["tuy", "nhiên"]:
            return None
        if "sẽ" in self.words[after : verb + 1] and not now.labelled:
            return None
        hurries = self._hurries(verb, end) and at == self._after_connectives(first, end)
        near = now.follows or now.near or now.labelled or hurries or not fresh
        return Anchor(at, tuple(names), verb, "duty.listed", 0.6 if unsure else 0.75) if near else None

    def _approved(self, at: int, first: int) -> bool:
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
        return word.isalpha() and not self.tokens.capital(at) and word not in _NO_VERBS

    def _verb(self, after: int, end: int) -> int | None:
        """Return where the verb of a subject stands, past "căn cứ …,", "trong tháng 8" and the like."""
        at = after
        for _ in range(3):
            if at < end and self.words[at] in {",", ":"}:
                at += 1
            if at < end and self._works(at, end):
                return at
            stop = self._aside(at, end)
            if stop == at:
                return None
            at = stop
        return None

    def _aside(self, at: int, end: int) -> int:
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

    def _past_between(self, after: int, verb: int) -> bool:
        return any(self.lists.past.at(self.words, word, verb + 1) for word in range(after, verb + 1))

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
        for at in (verb, verb + self._acts(verb, end)):
            trigger = self.lists.triggers.at(self.words, at, end) if at < end else 0
            if trigger and not self.lists.weak_triggers.at(self.words, at, end):
                return at == verb or bool(self.names.at(at + trigger, end))
        return False

    def _given(self, verb: int, end: int) -> bool:
        """Say whether work was given in the passive: "Sở Y tế được giao kiểm tra", not "được giao làm chủ đầu tư"."""
        if self.words[verb : verb + 2] != ["được", "giao"]:
            return False
        return self._acts(verb + 2, end) > 0 and self.words[verb + 2] != "làm"

    def _hurries(self, verb: int, end: int) -> bool:
        return self.words[verb : min(end, verb + 2)] in (
            ["khẩn", "trương"], ["tập", "trung"], ["tiếp", "tục"], ["tăng", "cường"], ["chủ", "trì"], ["chủ", "động"],
            ["phối", "hợp"], ["đẩy", "nhanh"], ["nghiêm", "túc"],
        )  # fmt: skip

    def carried(self, first: int, end: int) -> int | None:
        """Return where the action of a sentence without a subject begins, or None if it is no order."""
        at = self._after_connectives(first, end)
        trigger = (
            self.lists.triggers.at(self.words, at, end) if at < end and self.words[at] in {"yêu", "đề"} else 0
        )
        if trigger and self._works(at + trigger, end):
            at += trigger
        elif at < end and (stop := self._aside(at, end)) > at:
            at = stop + (stop < end and self.words[stop] == ",")
        if at >= end or not self._works(at, end) or self._past_between(at, at):
            return None
        if self.lists.modals.at(self.words, at, end) and self.words[at] in {"sẽ", "được"}:
            return None
        head = self.words[at : min(end, at + 14)]
        stop = head.index(",") if "," in head else len(head)
        copula = "là" in head[:stop] and head[max(0, head.index("là") - 1)] not in {"nhất", "biệt", "tức"}
        return None if copula else at

    def listed(self, first: int, end: int) -> int | None:
        """Return where the action of a point under a heading of addressees begins, with a verb no list knows."""
        at = self._after_connectives(first, end)
        if at >= end or end - at < 4 or self.words[at] in _NO_VERBS or not self.words[at].isalpha():
            return None
        if self.words[end - 1] == ":" or "là" in self.words[at : at + 12] or self.names.at(at, end):
            return None
        return (
            None
            if any(self.lists.past.at(self.words, word, end) for word in range(at, min(end, at + 10)))
            else at
        )

    def _after_connectives(self, first: int, end: int) -> int:
        at = first
        while at < end:
            length = self.lists.connectives.at(self.words, at, end)
            if not length:
                break
            at += length
            if at < end and self.words[at] in {",", ":"}:
                at += 1
        return at

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
        for lead in (("với", "sự", "tham", "gia", "của"), ("với", "sự", "phối", "hợp", "của"), ("có", "sự", "tham", "gia", "của"), ("sự", "phối", "hợp", "của")):  # fmt: skip
            if tuple(words[at : at + len(lead)]) == lead:
                return at + len(lead)
        return at

    def _works(self, at: int, end: int) -> bool:
        return at < end and bool(self._acts(at, end) or self.lists.modals.at(self.words, at, end))

    def _acts(self, at: int, end: int) -> int:
        return self.names.acts(at, end)


_CLOSING = re.compile(
    r"^(?:thừa lệnh .{0,80})?văn phòng .{0,60}thông báo (?:để|đến|tới|cho) .{0,240}(?:biết|thực hiện)|"
    r"chịu trách nhiệm thi hành (?:quyết định|chỉ thị|nghị quyết) này|căn cứ quyết định (?:này )?thi hành|"
    r"thông báo (?:\S+ ){0,14}(?:biết|được biết)(?: ,)?(?: và)?(?: (?:phối hợp|tổ chức|triển khai|nghiêm túc))?(?: (?:thực hiện|triển khai))"
)
"""How a notice ends: it is made known, nobody is told to do anything."""
_MET = re.compile(
    r"(?:tại|trong|dự|sau) (?:cuộc họp|buổi làm việc|hội nghị|buổi họp|phiên họp|buổi kiểm tra)(?: [^,]{0,60})? , "
    r"(?:các |đại )?(?:đại biểu|đại diện|thành viên|ý kiến|đồng chí)(?! chủ tịch| bí thư| phó)"
)
"""What those who met have said."""
_NO_VERBS = frozenset(
    {
        "là",
        "có",
        "được",
        "bị",
        "vẫn",
        "đã",
        "đang",
        "cho",
        "nhận",
        "tại",
        "của",
        "và",
        "với",
        "về",
        "trong",
        "ở",
        "từ",
        "đến",
        "như",
        "mà",
        "thì",
        "cũng",
        "còn",
        "nên",
        "do",
        "để",
        "khi",
        "nếu",
        "theo",
        "qua",
        "vào",
        "ra",
        "nói",
        "hiện",
        "sẽ",
        "rất",
        "này",
        "đó",
        "gồm",
        "bao",
        "làm",
        "năm",
        "tháng",
        "ngày",
        "trên",
        "trước",
        "sau",
        "bằng",
        "hoặc",
        "hay",
        "luôn",
        "chính",
        "tỉnh",
        "thành",
        "huyện",
        "quận",
        "xã",
        "phường",
        "trung",
        "việt",
        "khu",
        "khác",
        "chưa",
        "vừa",
        "mới",
        "đều",
        "lại",
        "đồng",
        "phát",
        "cơ",
        "thuộc",
        "số",
        "các",
        "những",
    }
)
