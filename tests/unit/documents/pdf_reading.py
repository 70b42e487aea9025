"""Read what a PDF of ours shows, page by page, from its own character maps: enough for tests, no more."""

from __future__ import annotations

import re
import zlib

_OBJECT = re.compile(rb"^(\d+) 0 obj\n(.*?)\nendobj", re.MULTILINE | re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_SHOWN = re.compile(rb"/(f\d+) [\d.]+ Tf|(\()|(?<=[\[)>\d])<([0-9A-F]+)>|(\bET\b)")
_ASIDE = re.compile(rb"/\w+ ?(?:<[0-9A-F]*>|\((?:[^\\()]|\\.)*\))", re.DOTALL)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def pages(content: bytes) -> list[str]:
    """Return the text of each page, a piece of text a line."""
    objects = {int(found[1]): found[2] for found in _OBJECT.finditer(content)}
    return [_page(objects, each) for each in objects.values() if b"/Type/Page/" in each]


def fonts(content: bytes) -> set[str]:
    """Return the names of all fonts, without the tag of their subset."""
    return {name.decode() for name in re.findall(rb"/BaseFont/[A-Z]{6}\+([^\s/]+)", content)}


def _page(objects: dict[int, bytes], page: bytes) -> str:
    resources = objects[_number(rb"/Resources (\d+)", page)]
    maps = {
        name.decode(): _letters(_unpacked(objects[_number(rb"/ToUnicode (\d+)", objects[int(place)])]))
        for name, place in re.findall(rb"/(f\d+) (\d+) 0 R", resources)
    }
    text: list[str] = []
    now: dict[int, str] = {}
    content = _ASIDE.sub(b"", _unpacked(objects[_number(rb"/Contents (\d+)", page)]))
    at = 0
    while found := _SHOWN.search(content, at):
        at = found.end()
        if found[1]:
            now = maps[found[1].decode()]
        elif found[2]:
            end = _closing(content, at)
            text += _read(now, _bytes(content[at:end]))
            at = end + 1
        elif found[3]:
            text += _read(now, bytes.fromhex(found[3].decode()))
        else:
            text.append("\n")
    return "".join(text)


def _read(letters: dict[int, str], codes: bytes) -> list[str]:
    return [letters[codes[at] << 8 | codes[at + 1]] for at in range(0, len(codes), 2)]


def _closing(content: bytes, at: int) -> int:
    """Return where a literal ends that begins before ``at``: brackets within it may stand in pairs."""
    depth = 1
    while True:
        letter = content[at : at + 1]
        depth += (letter == b"(") - (letter == b")")
        if not depth:
            return at
        at += 2 if letter == b"\\" else 1


def _number(pattern: bytes, text: bytes) -> int:
    found = re.search(pattern, text)
    assert found, pattern
    return int(found[1])


def _unpacked(text: bytes) -> bytes:
    found = _STREAM.search(text)
    assert found
    return zlib.decompress(found[1])


def _letters(table: bytes) -> dict[int, str]:
    return {
        int(code, 16): bytes.fromhex(letters.decode()).decode("utf-16-be")
        for code, letters in re.findall(
            rb"<([0-9A-F]{4})> <([0-9A-F]+)>", table.split(b"endcodespacerange")[1]
        )
    }


def _bytes(literal: bytes) -> bytes:
    def one(found: re.Match[bytes]) -> bytes:
        return bytes([int(found[1], 8)]) if found[1].isdigit() else _ESCAPES.get(found[1], found[1])

    return re.sub(rb"\\(\d{1,3}|.)", one, literal, flags=re.DOTALL)
