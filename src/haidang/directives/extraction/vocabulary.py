"""What the words of a text are, asked one by one: an action, a modal, a title, the head of a name."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from haidang.directives.extraction.areas import Areas
from haidang.directives.extraction.gazetteer import Gazetteer, Words
from haidang.directives.extraction.model import NameKind
from haidang.directives.extraction.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Found:
    """A name among the words of a text."""

    first: int
    end: int
    name: str
    kind: NameKind
    rule: str
    head: str | None = None
    """The head that the next of a list may share."""
    exceptions: tuple[str, ...] = ()
    titled: bool = False
    """Named by whoever is at its head ("Giám đốc …")."""


class Vocabulary(ABC):
    """The words of one text, with the gazetteer and the lists that say what they are."""

    def __init__(self, tokens: Tokens, gazetteer: Gazetteer, words: Words) -> None:
        self.tokens = tokens
        self.words = tokens.words
        self.gazetteer = gazetteer
        self.lists = words
        self.areas = Areas(tokens, gazetteer)

    @abstractmethod
    def at(self, first: int, end: int) -> list[Found]:
        """Return the name, or the several of a shared head, that begin at a word."""

    def works(self, at: int, end: int) -> bool:
        return bool(self.acts(at, end) or self.modal(at, end))

    def acts(self, at: int, end: int) -> int:
        """Return how many words the action at a word has; "công trình" holds none."""
        if at >= end or (at > 0 and self.lists.compounds.at(self.words, at - 1, end) > 1):
            return 0
        length = self.lists.actions.at(self.words, at, end)
        return 0 if length and self.lists.compounds.at(self.words, at, end) > length else length

    def modal(self, at: int, end: int) -> int:
        return self.lists.modals.at(self.words, at, end) if at < end else 0

    def title(self, at: int, end: int) -> int:
        """Return how many words the title at a word has."""
        return self.gazetteer.titles.at(self.words, at, end) if at < end else 0

    def starts_unit(self, at: int, end: int) -> bool:
        """Say whether a name begins with a head of its own here."""
        tables = (self.gazetteer.branch_heads, self.gazetteer.area_heads, self.gazetteer.open_heads)
        if any(self.gazetteer.find(table, self.tokens, at, min(end, at + 4)) for table in tables[1:]):
            return True
        head = self.gazetteer.find(tables[0], self.tokens, at, min(end, at + 2))
        if head and self.gazetteer.find(self.gazetteer.branches[head[1]], self.tokens, head[0], end):
            return True
        named = self.gazetteer.find(self.gazetteer.names, self.tokens, at, end)
        return named is not None or self.title(at, end) > 0
