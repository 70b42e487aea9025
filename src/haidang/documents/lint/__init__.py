"""lint: papers held against Decree 30/2020/NĐ-CP, Annex I.

``word`` and ``pdf`` read a file into the one picture of a paper that ``model`` describes; ``rules`` says what
the decree asks of it. Each finding names its rule, the place, what was expected and what was found. ``looks``
resolves the styles of a DOCX; ``words`` knows the parts by their words.

``lint`` runs in the caller's process: papers of our own, or a file on an operator's machine. Files of
strangers are read by ``intake``.
"""

from __future__ import annotations

from typing import Literal

from haidang.documents.lint.model import Finding
from haidang.documents.lint.rules import RULES, findings

__all__ = ["RULES", "Finding", "lint"]


def lint(content: bytes, kind: Literal["docx", "pdf"]) -> tuple[Finding, ...]:
    """Return where a paper is not as the decree asks; ``Problem`` where the file cannot be read."""
    if kind == "pdf":
        from haidang.documents.lint.pdf import paper  # noqa: PLC0415 - each form loads its own library

        return tuple(findings(paper(content)))
    from haidang.documents.lint import word  # noqa: PLC0415

    return tuple(findings(word.paper(content)))
