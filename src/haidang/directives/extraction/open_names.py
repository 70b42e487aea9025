"""Names that only their head is known of: "Trung tâm …", "Công ty …", "Ban Quản lý dự án …"."""

from __future__ import annotations

from haidang.directives.extraction.vocabulary import Found, Vocabulary

OPEN_WORDS_MAX = 18
_ENDS = frozenset({
    "để", "theo", "tại", "trong", "do", "về", "nếu", "khi", "sau", "trước", "từ", "nhằm", "là", "mà",
    "thì", "đến",
    "của", "có", "qua", "cùng", "với", "được", "bị", "căn",
})  # fmt: skip
"""Words that no name holds in lower case."""
_WORKS = (
    ["kế", "hoạch"], ["phương", "án"], ["đề", "án"], ["dự", "thảo"], ["quy", "chế"], ["danh", "mục"],
    ["báo", "cáo"],
    ["thực", "hiện"], ["triển", "khai"], ["rà", "soát"], ["kiểm", "tra"], ["tốt", "các"], ["chặt", "chẽ"],
    ["hồ", "sơ"], ["lộ", "trình"], ["chương", "trình"], ["giải", "pháp"], ["thẩm", "định"], ["lấy", "ý"],
    ["đồng", "bộ"], ["hiệu", "quả"], ["kinh", "phí"], ["nguồn", "lực"], ["dứt", "điểm"], ["triệt", "để"],
    ["hội", "nghị"],
    ["cuộc", "họp"], ["đoàn", "kiểm"], ["thông", "tin"], ["số", "liệu"], ["văn", "bản"], ["nội", "dung"],
)  # fmt: skip
"""What follows a verb when it is the work and not part of a name."""


class OpenNames(Vocabulary):
    """Finds where an open name ends: at a comma, an action, or a word that no name holds."""

    def open_name(self, first: int, at: int, end: int) -> list[Found]:
        """Return a name that only its head is known of: "Trung tâm …", up to an action or a comma."""
        head = self.gazetteer.find(self.gazetteer.open_heads, self.tokens, at, min(end, at + 6))
        if head is None or self.gazetteer.not_heads.at(self.words, at, end):
            return []
        stop = self.open_end(head[0], end)
        if stop == head[0]:
            return []
        numbered = self.words[head[0]].isdigit()
        if not self.tokens.capital(at) and not self.tokens.capital(head[0]) and at == first and not numbered:
            return []
        written = self.tokens.plain(at, head[0])
        whole = written if written.casefold() == head[1].casefold() else head[1]
        stop, acronym = self._acronym(stop, end)
        name = (
            f"{whole} {self.tokens.plain(head[0], stop)}"
            if not acronym
            else (f"{whole} {self.tokens.plain(head[0], stop - 3)} ({acronym})")
        )
        if at > first:
            return [Found(first, stop, self.tokens.plain(first, stop), "collective", "names.open")]
        return [Found(first, stop, name, "org", "names.open")]

    def _acronym(self, at: int, end: int) -> tuple[int, str]:
        """Return the first word after an abbreviation in brackets, and it: "… Sài Gòn (CNS)"."""
        if at + 2 < end and self.words[at] == "(" and self.words[at + 2] == ")":
            inside = self.tokens.plain(at + 1, at + 2)
            if inside.isupper() and len(inside) > 1:
                return at + 3, inside
        return at, ""

    def open_end(self, at: int, end: int) -> int:
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
        if words[at] == "và":
            return self._joins_another(at + 1, end)
        if words[at] in _ENDS or self.modal(at, end) or self.lists.past.at(words, at, end):
            return True
        noun = self.lists.noun_actions.at(words, at, end)
        if noun and noun >= self.acts(at, end) and not strong:
            return self._of_work(at, end) or not self._of_name(at)
        return bool(self.acts(at, end)) and not self.tokens.capital(at)

    def _joins_another(self, at: int, end: int) -> bool:
        """Say whether "và" leads to another unit or to an action, and not on with the name."""
        if self.at(at, end) or self.areas.at(at, end):
            return True
        return bool(self.acts(at, end)) and not self.lists.noun_actions.at(self.words, at, end)

    def _of_name(self, at: int) -> bool:
        """Say whether a noun-like verb goes on with a name: "dự án đầu tư", "Bảo vệ và phát triển"."""
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
