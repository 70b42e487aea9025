"""HTML as text: what a reader would see, without styles, scripts and what is hidden."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from haidang.documents.intake.model import HOSTILE, Note, TextFile, refused, tidy
from haidang.documents.intake.plain import decoded

_SKIPPED = frozenset(
    """
    script style head noscript template iframe object embed applet svg math select option button textarea
    audio video canvas
    """.split()  # noqa: SIM905 - words, not a list
)
_BLOCKS = frozenset(
    """
    p div br h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table thead tbody tfoot tr blockquote pre section article
    header footer main aside nav address figure figcaption center hr form fieldset
    """.split()  # noqa: SIM905 - words, not a list
)
LAYOUT_ROWS_MAX = LAYOUT_COLUMNS_MAX = 3
"""A table that is no larger and has several paragraphs in a cell lays out a page."""
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0", re.I)
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([A-Za-z0-9_-]{2,30})""", re.I)
_SPACE = re.compile(r"\s+")
_ENTITY = re.compile(rb"<!ENTITY", re.I)


def read(content: bytes) -> TextFile:
    """Return an HTML page as text."""
    said = _CHARSET.search(content[:8_192])
    text, notes = decoded(content, said[1].decode() if said else None)
    title, shown, active = _of(text)
    if active:
        notes = (
            *notes,
            Note(
                code="script-left-out",
                vi="Trang có mã chạy (script); mã không được đọc và không được chạy.",
                en="The page holds scripts, which were neither read nor run.",
            ),
        )
    return TextFile(kind="html", text=tidy(shown), title=title, warnings=notes)


def text_of(text: str) -> str:
    """Return the text that some HTML shows."""
    return _of(text)[1]


def _of(text: str) -> tuple[str | None, str, bool]:
    raw = text.encode("utf-8", "replace")
    if _ENTITY.search(raw):
        raise refused(
            HOSTILE,
            "Trang khai báo thực thể XML, là cách tấn công máy đọc.",
            "The page declares XML entities, a way to attack who reads it.",
        )
    parser = lxml_html.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        root = lxml_html.document_fromstring(raw, parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None, "", False
    if any("depth" in fault.message for fault in parser.error_log):
        raise refused(HOSTILE, "Trang lồng nhau quá sâu.", "The page is nested too deeply.")
    title = root.findtext(".//title")
    active = next(root.iter("script", "iframe", "object", "embed", "applet"), None) is not None
    return tidy(title)[:500] or None if title else None, _shown(root), active


def _shown(root: Any) -> str:
    """Walk the tree without recursion, so that no depth of nesting ends it."""
    walk = _Walk()
    skipping: Any = None
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if skipping is not None:
            if event == "end" and element is skipping:
                skipping = None
                walk.say(element.tail)
            continue
        if event == "start":
            if (
                element.tag in _SKIPPED
                or _HIDDEN.search(element.get("style", ""))
                or "hidden" in element.attrib
            ):
                skipping = element
                continue
            walk.begin(element)
            walk.say(element.text)
        else:
            walk.end(element)
            walk.say(element.tail if element is not root else None)
    return "".join(walk.out)


class _Walk:
    def __init__(self) -> None:
        self.out: list[str] = []
        self._counts: list[int | None] = []
        self._rows: list[bool] = []
        """For each row that is open: whether its cells stand on one line."""
        self._cells = 0

    def say(self, text: str | None) -> None:
        if text:
            self.out.append(_SPACE.sub(" ", text))

    def begin(self, element: Any) -> None:
        tag = element.tag
        if tag in {"td", "th"}:
            on_a_line = bool(self._rows) and self._rows[-1]
            self.out.append("" if not self._cells else " | " if on_a_line else "\n")
            self._cells += 1
        elif tag in _BLOCKS and not self._within_row(tag):
            self.out.append("\n")
        if tag == "tr":
            self._rows.append(_on_a_line(element))
            self._cells = 0
        elif tag in {"ul", "ol"}:
            start = element.get("start", "")
            self._counts.append(
                (int(start) if start.isdecimal() and len(start) < 7 else 1) if tag == "ol" else None
            )
        elif tag == "li":
            self.out.append(self._label())

    def end(self, element: Any) -> None:
        tag = element.tag
        if tag == "tr" and self._rows:
            self._rows.pop()
        elif tag in {"ul", "ol"} and self._counts:
            self._counts.pop()
        if tag in _BLOCKS and tag != "br":
            self.out.append(" " if self._within_row(tag) else "\n")

    def _within_row(self, tag: str) -> bool:
        """Tell whether a block stays on the line of its row."""
        return bool(self._rows) and self._rows[-1] and tag not in {"tr", "table", "li"}

    def _label(self) -> str:
        if not self._counts or (now := self._counts[-1]) is None:
            return "- "
        self._counts[-1] = now + 1
        return f"{now}. "


def _on_a_line(row: Any) -> bool:
    """Tell whether the cells of a row stand on one line: not those of a table that only lays out."""
    cells = [cell for cell in row if cell.tag in {"td", "th"}]
    table = next(row.iterancestors("table"), None)
    rows = (
        1
        if table is None
        else sum(1 for _ in zip(table.iter("tr"), range(LAYOUT_ROWS_MAX + 1), strict=False))
    )
    several = any(sum(1 for part in cell if part.tag in _BLOCKS) > 1 for cell in cells)
    lays_out = several and rows <= LAYOUT_ROWS_MAX and len(cells) <= LAYOUT_COLUMNS_MAX
    return len(cells) > 1 and not lays_out
