"""Reading a text: the one way in. Pure; the same text and date give the same reading."""

from __future__ import annotations

import datetime as dt

import msgspec

from haidang.directives.extraction.facts import facts
from haidang.directives.extraction.gazetteer import Gazetteer, shipped, words
from haidang.directives.extraction.items import Reader
from haidang.directives.extraction.layout import blocks
from haidang.directives.extraction.model import Item, Reading, Reference
from haidang.directives.extraction.names import Names
from haidang.directives.extraction.text import Text
from haidang.directives.extraction.tokens import Tokens
from haidang.directives.extraction.warnings import warning

TEXT_MAX = 4_000_000
"""Characters of a text; no notice of a hundredth of this length has been seen."""

FOLLOWED = frozenset({
    "thông báo", "công văn", "chỉ thị", "quyết định", "nghị quyết", "kế hoạch", "công điện",
    "chương trình", "báo cáo",
})  # fmt: skip
"""Kinds of documents whose carrying out an item may repeat."""


def read(text: str, *, issued_on: dt.date | None = None, gazetteer: Gazetteer | None = None) -> Reading:
    """Return the facts and items of a document's text; ``issued_on`` where the caller knows its date."""
    copy = Text(text[:TEXT_MAX])
    tokens = Tokens(copy)
    names = Names(tokens, gazetteer or shipped(), words())
    paragraphs = blocks(copy)
    document = facts(copy, paragraphs, issued_on)
    items = _following(
        Reader(copy, tokens, names, paragraphs, document.issued_on).items(), document.references
    )
    found = [] if items else [warning("no-items")]
    if document.issued_on is None:
        found.append(warning("no-issue-date"))
    return Reading(document=document, items=tuple(items), warnings=tuple(found))


def _following(items: list[Item], references: tuple[Reference, ...]) -> list[Item]:
    """Return the items with the numbers of the notices and letters that each of them names."""
    return [msgspec.structs.replace(item, follows=_numbers(item, references)) for item in items]


def _numbers(item: Item, references: tuple[Reference, ...]) -> tuple[str, ...]:
    inside = (each for each in references if item.start <= each.start < item.end)
    return tuple(dict.fromkeys(each.number for each in inside if each.kind in FOLLOWED))
