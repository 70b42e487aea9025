"""A text as a row of words and signs, and sets of phrases to be found in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from haidang.directives.extraction.text import Text

_TOKEN = re.compile(r"[^\W_]+|[^\w\s]|_")


class Tokens:
    """The words of a text, in lower case, with where each stands in its working copy."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.words: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        for found in _TOKEN.finditer(text.low):
            self.words.append(found[0])
            self.starts.append(found.start())
            self.ends.append(found.end())

    def __len__(self) -> int:
        return len(self.words)

    def capital(self, at: int) -> bool:
        """Say whether a word begins with a capital letter."""
        return self.text.plain[self.starts[at]].isupper()

    def plain(self, first: int, end: int) -> str:
        """Return the words from ``first`` up to ``end`` as written, with single spaces."""
        if first >= end:
            return ""
        return " ".join(self.text.plain[self.starts[first] : self.ends[end - 1]].split())


class Phrases:
    """A set of phrases; finds the longest that begins at a word."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._by_first: dict[str, list[tuple[str, ...]]] = {}
        for phrase in phrases:
            words = tuple(_TOKEN.findall(Text(phrase).low))
            self._by_first.setdefault(words[0], []).append(words)
        for found in self._by_first.values():
            found.sort(key=len, reverse=True)
        self._lasts = {phrase[-1] for found in self._by_first.values() for phrase in found}

    def at(self, words: Sequence[str], first: int, end: int) -> int:
        """Return how many words the longest phrase at ``first`` has, 0 where there is none."""
        for phrase in self._by_first.get(words[first], ()) if first < end else ():
            stop = first + len(phrase)
            if stop <= end and tuple(words[first:stop]) == phrase:
                return len(phrase)
        return 0

    def before(self, words: Sequence[str], end: int, *, longest: int = 4) -> int:
        """Return how many words the longest phrase has that ends just before ``end``."""
        if end < 1 or words[end - 1] not in self._lasts:
            return 0
        for length in range(min(longest, end), 0, -1):
            if self.at(words, end - length, end) == length:
                return length
        return 0
