"""Which instances of an attribute (``datasetId``) and which language (``lang``) an asker wants to see."""

from __future__ import annotations

from typing import Any

import msgspec

from haidang.city.represent import Stored

DEFAULT = "@none"
"""The default instance, and the text without a language."""


class Choice(msgspec.Struct, frozen=True):
    """What the asker chose; empty means everything."""

    datasets: frozenset[str] = frozenset()
    languages: tuple[str, ...] = ()
    """Language ranges, most wanted first."""


def languages_of(text: str | None) -> tuple[str, ...]:
    """Return the ranges of ``lang`` (as Accept-Language, RFC 9110), best first; raise ``ValueError``."""
    ranked: list[tuple[float, int, str]] = []
    for place, part in enumerate((text or "").split(",")):
        tag, *parameters = (piece.strip() for piece in part.split(";"))
        quality = next((float(piece[2:]) for piece in parameters if piece.startswith("q=")), 1.0)
        if tag and quality > 0:
            ranked.append((-quality, place, tag))
    return tuple(tag for _, _, tag in sorted(ranked))


def chosen(document: dict[str, Any], choice: Choice) -> dict[str, Any]:
    """Return a document (``represent``) with only what is wanted of its attributes."""
    found: dict[str, Any] = {}
    for key, stored in document.items():
        if not key.isdecimal():
            found[key] = stored
            continue
        one = _of_datasets(stored, choice.datasets) if choice.datasets else stored
        if one is not None:
            found[key] = _in_language(one, choice.languages) if choice.languages else one
    return found


def _of_datasets(stored: Stored, wanted: frozenset[str]) -> Stored | None:
    if type(stored) is not dict:
        return stored if DEFAULT in wanted else None
    if "m" not in stored:
        return stored if stored.get("d", DEFAULT) in wanted else None
    kept = [one for one in stored["m"] if one.get("d", DEFAULT) in wanted]
    if len(kept) < 2:
        return kept[0] if kept else None
    return {"m": kept}


def _in_language(stored: Stored, wanted: tuple[str, ...]) -> Stored:
    if type(stored) is not dict:
        return stored
    if "m" in stored:
        return {"m": [_in_language(one, wanted) for one in stored["m"]]}
    if "s" in stored:
        stored = stored | {"s": {key: _in_language(one, wanted) for key, one in stored["s"].items()}}
    if stored.get("k") != "L" or not stored["v"]:
        return stored
    tag = _best(stored["v"], wanted)
    other = {name: value for name, value in stored.items() if name != "k"}
    return other | {"v": stored["v"][tag], "x": stored.get("x", {}) | {"lang": tag}}


def _best(texts: dict[str, Any], wanted: tuple[str, ...]) -> str:
    """Look up the best language (RFC 4647, 3.4): the range itself, then shorter ones, then longer ones."""
    tags = {tag.lower(): tag for tag in texts}
    for range_ in wanted:
        parts = range_.lower().split("-")
        while parts and parts != ["*"]:
            found = tags.get("-".join(parts))
            if found is not None:
                return found
            parts.pop()
        longer = next((tags[tag] for tag in tags if tag.startswith(range_.lower() + "-")), None)
        if longer is not None:
            return longer
        if range_ == "*":
            break
    return DEFAULT if DEFAULT in texts else next(iter(texts))
