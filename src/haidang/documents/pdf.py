"""A report as PDF, typeset by typst with the shipped font and nothing else.

The template is ours and fixed; the report enters as data, so no text of anybody is read as markup. The root
of what the template may read is its own folder; packages lie nowhere. A warning is an error: a font that
were missing would otherwise be replaced in silence. The file is PDF/A-2a: tagged, fonts inside;
very long lists are PDF/A-2u, without tags.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import typst

from haidang.documents import font
from haidang.documents.report import Report, Table, number_line, place_and_date, prepared
from haidang.documents.words import AGENCY_LINE, MOTTO, NATION, SUBTITLE_LINE, in_lines

TEMPLATE = Path(__file__).with_name("template")
NOWHERE = Path("/nonexistent")
TAGGED_ROWS_MAX = 1_000
"""Rows up to which the PDF carries tags for screen readers (PDF/A-2a); they weigh 2 kB a row."""
LONG_WORD = 24
"""Letters from which a word without a space may be broken."""
PIECE = 8
"""Letters after which it may, where it has no punctuation."""


class WarnedError(RuntimeError):
    """The typesetter warned of something; nobody would see it on the page."""


def drawn(report: Report) -> bytes:
    """Return the PDF of a report; ``WarnedError`` where the typesetter is not content."""
    report = prepared(report)
    plain: dict[str, Any] = msgspec.to_builtins(report) | {
        "number_line": number_line(report).replace("  ", "\xa0\xa0"),
        "place_and_date": place_and_date(report),
        "parent": in_lines(report.parent.upper(), AGENCY_LINE),
        "agency_name": in_lines(report.agency.upper(), AGENCY_LINE),
        "about": in_lines(report.subtitle, SUBTITLE_LINE if report.title else AGENCY_LINE),
        "name": report.name,
        "nation": NATION,
        "motto": MOTTO,
    }
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[font.FOLDER])
    tagged = sum(len(block.rows) for block in report.blocks if isinstance(block, Table)) <= TAGGED_ROWS_MAX
    content, warnings = typst.compile_with_warnings(
        TEMPLATE / "report.typ",
        root=TEMPLATE,
        font_paths=fonts,
        sys_inputs={"report": msgspec.json.encode(_shown(plain)).decode()},
        pdf_standards=["a-2a" if tagged else "a-2u"],
        pdf_tags=tagged,
        timestamp=int(report.made_at.timestamp()),
        package_path=NOWHERE,
        package_cache_path=NOWHERE,
    )
    if warnings:
        raise WarnedError("; ".join(warning.message for warning in warnings))
    return content


_LONG = re.compile(rf"\S{{{LONG_WORD},}}")


def _shown(value: Any) -> Any:
    if isinstance(value, str):
        return _LONG.sub(_broken, font.shown(value))
    if isinstance(value, dict):
        return {name: _shown(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(each) for each in value]
    return value


def _broken(found: re.Match[str]) -> str:
    """Let a long word break behind its punctuation or after many letters: narrow cells would not hold it."""
    word = found[0]
    parts: list[str] = []
    since = 0
    for at, letter in enumerate(word):
        seam = at and word[at - 1] in ":/_.,;-" and letter.isalnum() and at - since > 3
        if seam or at - since >= PIECE:
            parts.append(word[since:at])
            since = at
    return "\u200b".join([*parts, word[since:]])
