"""What a DOCX's styles say of a paragraph or a run, as far as its text depends on it."""

from __future__ import annotations

from typing import Any

import msgspec

from haidang.documents.intake.lists import W

_CHAIN_MAX = 20


class ParagraphStyle(msgspec.Struct, frozen=True):
    """The font of a paragraph's letters, and the list that it is in: its number and level."""

    font: str | None = None
    list: tuple[str, int] | None = None


class RunStyle(msgspec.Struct, frozen=True):
    """The font of some letters, whether they are hidden, and whether they are shown as capitals."""

    font: str | None = None
    hidden: bool = False
    capitals: bool = False


class Styles:
    """The styles of a document, each with those that it is based on."""

    def __init__(self, styles: Any | None) -> None:
        self._styles: dict[str, Any] = {}
        self._plain: str | None = None
        """The style of paragraphs that name none."""
        self._font: str | None = None
        if styles is None:
            return
        for style in styles.iterfind(f"{W}style"):
            name = style.get(f"{W}styleId", "")
            self._styles[name] = style
            if style.get(f"{W}type") == "paragraph" and style.get(f"{W}default") in {"1", "true"}:
                self._plain = name
        self._font = _font(styles.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"))

    def of_paragraph(self, paragraph: Any) -> ParagraphStyle:
        """Return what a paragraph and its style say."""
        own = paragraph.find(f"{W}pPr")
        named = own.find(f"{W}pStyle") if own is not None else None
        chain = self._chain(named.get(f"{W}val") if named is not None else self._plain)
        number, level = _list(own)
        for style in chain:
            above, deeper = _list(style.find(f"{W}pPr"))
            number = above if number is None else number
            level = deeper if level is None else level
        font = next(filter(None, (_font(style.find(f"{W}rPr")) for style in chain)), self._font)
        return ParagraphStyle(font, None if number is None else (number, level or 0))

    def of_run(self, run: Any, font: str | None) -> RunStyle:
        """Return what a run and its style say; ``font`` is the paragraph's."""
        own = run.find(f"{W}rPr")
        if own is None:
            return RunStyle(font)
        named = own.find(f"{W}rStyle")
        looks = [own]
        if named is not None:
            looks += [
                look
                for style in self._chain(named.get(f"{W}val"))
                if (look := style.find(f"{W}rPr")) is not None
            ]
        return RunStyle(
            next(filter(None, map(_font, looks)), font),
            _on(looks, "vanish"),
            _on(looks, "caps"),
        )

    def _chain(self, name: str | None) -> list[Any]:
        found: list[Any] = []
        while name in self._styles and len(found) < _CHAIN_MAX:
            style = self._styles[name]
            found.append(style)
            based = style.find(f"{W}basedOn")
            name = based.get(f"{W}val") if based is not None else None
        return found


def _font(looks: Any | None) -> str | None:
    fonts = looks.find(f"{W}rFonts") if looks is not None else None
    if fonts is None:
        return None
    named: str | None = fonts.get(f"{W}ascii") or fonts.get(f"{W}hAnsi")
    return named


def _list(looks: Any | None) -> tuple[str | None, int | None]:
    numbers = looks.find(f"{W}numPr") if looks is not None else None
    if numbers is None:
        return None, None
    number, level = numbers.find(f"{W}numId"), numbers.find(f"{W}ilvl")
    at = level.get(f"{W}val", "") if level is not None else ""
    return (number.get(f"{W}val") if number is not None else None), int(at) if at.isdecimal() else None


def _on(looks: list[Any], name: str) -> bool:
    for look in looks:
        if (found := look.find(f"{W}{name}")) is not None:
            return found.get(f"{W}val", "1") not in {"0", "false", "off", "none"}
    return False
