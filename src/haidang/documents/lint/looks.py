"""The look of a DOCX's paragraphs and letters, with all styles that they inherit from."""

from __future__ import annotations

from typing import Any

import msgspec

from haidang.documents.intake.lists import W
from haidang.documents.lint.model import Align

TWIP = 25.4 / 1440
"""A twentieth of a point in millimetres."""
_ALIGN: dict[str, Align] = {
    "left": "l", "start": "l", "center": "c", "right": "r", "end": "r", "both": "j", "distribute": "j",
}  # fmt: skip
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_CHAIN_MAX = 20


class Letters(msgspec.Struct, frozen=True):
    """The look of some letters."""

    font: str
    size: float
    bold: bool
    italic: bool
    capitals: bool


class Lay(msgspec.Struct, frozen=True):
    """How a paragraph lies: indents in millimetres, gaps in points."""

    align: Align
    first_line: float
    left: float
    right: float
    before: float
    after: float
    spacing: float | None


class Looks:
    """Styles and theme of a document."""

    def __init__(self, styles: Any | None, theme: Any | None) -> None:
        self._styles: dict[str, Any] = {}
        self._plain: str | None = None
        self._run_default: Any = None
        self._paragraph_default: Any = None
        self._theme = {"major": "", "minor": ""}
        if theme is not None:
            for kind in self._theme:
                latin = theme.find(f".//{_A}{kind}Font/{_A}latin")
                self._theme[kind] = latin.get("typeface", "") if latin is not None else ""
        if styles is None:
            return
        for style in styles.iterfind(f"{W}style"):
            self._styles[style.get(f"{W}styleId", "")] = style
            if style.get(f"{W}type") == "paragraph" and style.get(f"{W}default") in {"1", "true"}:
                self._plain = style.get(f"{W}styleId")
        self._run_default = styles.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
        self._paragraph_default = styles.find(f"{W}docDefaults/{W}pPrDefault/{W}pPr")

    def letters(self, run: Any | None, paragraph: Any) -> Letters:
        """Return the look of a run's letters."""
        own = run.find(f"{W}rPr") if run is not None else None
        chain = [own, *self._run_chain(own, paragraph)]
        return Letters(
            font=self._font(chain),
            size=float(_value(chain, "sz") or 20) / 2,
            bold=_on(chain, "b"),
            italic=_on(chain, "i"),
            capitals=_on(chain, "caps"),
        )

    def lay(self, paragraph: Any) -> Lay:
        """Return how a paragraph lies."""
        own = paragraph.find(f"{W}pPr")
        chain = [own, *(style.find(f"{W}pPr") for style in self._style_chain(own)), self._paragraph_default]
        spacing = _attribute(chain, "spacing", "line")
        exact = _attribute(chain, "spacing", "lineRule") in {"exact", "atLeast"}
        hanging = _number(_attribute(chain, "ind", "hanging"))
        return Lay(
            align=_ALIGN.get(_value(chain, "jc") or "left", "l"),
            first_line=(-hanging if hanging else _number(_attribute(chain, "ind", "firstLine"))) * TWIP,
            left=_number(_attribute(chain, "ind", "left") or _attribute(chain, "ind", "start")) * TWIP,
            right=_number(_attribute(chain, "ind", "right") or _attribute(chain, "ind", "end")) * TWIP,
            before=_number(_attribute(chain, "spacing", "before")) / 20,
            after=_number(_attribute(chain, "spacing", "after")) / 20,
            spacing=None if exact else _number(spacing) / 240 if spacing else 1.0,
        )

    def _style_chain(self, about: Any | None) -> list[Any]:
        named = about.find(f"{W}pStyle") if about is not None else None
        return self._based(named.get(f"{W}val") if named is not None else self._plain)

    def _run_chain(self, own: Any | None, paragraph: Any) -> list[Any]:
        named = own.find(f"{W}rStyle") if own is not None else None
        styles = self._based(named.get(f"{W}val")) if named is not None else []
        styles += self._style_chain(paragraph.find(f"{W}pPr"))
        return [*(style.find(f"{W}rPr") for style in styles), self._run_default]

    def _based(self, name: str | None) -> list[Any]:
        found: list[Any] = []
        while name in self._styles and len(found) < _CHAIN_MAX:
            found.append(self._styles[name])
            based = found[-1].find(f"{W}basedOn")
            name = based.get(f"{W}val") if based is not None else None
        return found

    def _font(self, chain: list[Any]) -> str:
        for look in chain:
            fonts = look.find(f"{W}rFonts") if look is not None else None
            if fonts is None:
                continue
            if theme := fonts.get(f"{W}asciiTheme") or fonts.get(f"{W}hAnsiTheme"):
                return self._theme["major" if theme.startswith("major") else "minor"]
            if named := fonts.get(f"{W}ascii") or fonts.get(f"{W}hAnsi"):
                return str(named)
        return "Times New Roman"  # what Word takes where nothing is named


def _value(chain: list[Any], name: str) -> str | None:
    return _attribute(chain, name, "val")


def _attribute(chain: list[Any], name: str, attribute: str) -> str | None:
    for look in chain:
        found = look.find(f"{W}{name}") if look is not None else None
        if found is not None and (value := found.get(f"{W}{attribute}")) is not None:
            return str(value)
    return None


def _on(chain: list[Any], name: str) -> bool:
    for look in chain:
        found = look.find(f"{W}{name}") if look is not None else None
        if found is not None:
            return found.get(f"{W}val", "1") not in {"0", "false", "off", "none"}
    return False


def _number(value: str | None) -> float:
    try:
        return float(value or 0)
    except ValueError:
        return 0.0
