"""extraction: proposes the directives of a document, by rules and a gazetteer that a person can read.

Nothing here does I/O beyond its own data files, knows a clock or learns: same text, same reading. The way of
a text:

1. ``text`` makes the working copy (composed letters, one style of tone marks) and leads back to the raw text;
2. ``layout`` finds paragraphs, numbered headings and bullets, and cuts signature and distribution list;
3. ``sentences`` and ``tokens`` cut paragraphs into sentences and words;
4. ``gazetteer`` (``data/gazetteer.yaml``) knows what units are called; ``names`` finds them, with ``areas``,
   ``groups`` and ``open_names`` below it;
5. ``clauses`` finds who is told to do something (``orders``, ``duties``, ``phrasing``; the lists stand in
   ``data/words.yaml``), ``deadlines`` by when;
6. ``items`` joins them, with the subject that a heading or the sentence before gave; ``facts`` reads what the
   document says of itself;
7. ``reading.read`` is the way in; ``score`` compares with what people have marked.

``docs/extraction.md`` lists every rule by its id, with an example.
"""

from haidang.directives.extraction.gazetteer import Gazetteer, shipped
from haidang.directives.extraction.model import (
    Deadline,
    DocumentFacts,
    Item,
    Meeting,
    Name,
    Reading,
    Reference,
    Warning,  # noqa: A004 - the word of the directives, not of Python
)
from haidang.directives.extraction.reading import read

__all__ = [
    "Deadline", "DocumentFacts", "Gazetteer", "Item", "Meeting", "Name", "Reading", "Reference", "Warning",
    "read", "shipped",
]  # fmt: skip
