"""extraction: proposes the directives of a document, by rules and a gazetteer that a person can read.

Nothing here does I/O beyond its own data files, knows a clock or learns: the same text gives the same reading.
"""

from haidang.directives.extraction.model import (
    Deadline,
    DocumentFacts,
    Item,
    Meeting,
    Name,
    Reading,
    Reference,
    Warning,
)

__all__ = ["Deadline", "DocumentFacts", "Item", "Meeting", "Name", "Reading", "Reference", "Warning"]
