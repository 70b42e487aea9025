"""Reading a text: the one way in. Pure; the same text and date give the same reading."""

from __future__ import annotations

import datetime as dt

from haidang.directives.extraction.gazetteer import Gazetteer, shipped, words
from haidang.directives.extraction.items import Reader
from haidang.directives.extraction.layout import blocks
from haidang.directives.extraction.model import DocumentFacts, Reading
from haidang.directives.extraction.names import Names
from haidang.directives.extraction.text import Text
from haidang.directives.extraction.tokens import Tokens

TEXT_MAX = 4_000_000
"""Characters of a text; no notice of a hundredth of this length has been seen."""


def read(text: str, *, issued_on: dt.date | None = None, gazetteer: Gazetteer | None = None) -> Reading:
    """Return the facts and items of a document's text; ``issued_on`` where the caller knows its date."""
    copy = Text(text[:TEXT_MAX])
    tokens = Tokens(copy)
    names = Names(tokens, gazetteer or shipped(), words())
    paragraphs = blocks(copy)
    facts = DocumentFacts(issued_on=issued_on)
    items = Reader(copy, tokens, names, paragraphs, issued_on).items()
    return Reading(document=facts, items=tuple(items))
