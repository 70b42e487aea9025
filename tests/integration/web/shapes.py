"""The interface's own types, read from its sources, and whether an answer of the server is of such a type.

Only the part of TypeScript that describes data is read: interfaces and type aliases of members, unions,
arrays, tuples, literals and records. What is not understood fails the test that asked for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SOURCES = Path(__file__).resolve().parents[3] / "ui" / "src"
_TOKEN = re.compile(
    r"""\s*(?:(?P<word>[A-Za-z_$][\w$]*)|(?P<text>'[^']*')|(?P<number>\d+)|(?P<sign>[{}\[\]()<>|&;,:?=]))"""
)
_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_DECLARED = re.compile(
    r"^(?:export )?(?:interface (\w+)(?: extends (\w+))? (?=\{)|type (\w+) = )", re.MULTILINE
)

Type = tuple[Any, ...]
"""``("object", {name: (optional, type)})``, ``("array", type)``, ``("union", types)``, ``("name", word)``…"""


class Shapes:
    """Every data type that a source file declares, by name; later files do not override earlier ones."""

    def __init__(self, *files: str) -> None:
        self._types: dict[str, Type] = {}
        for file in files:
            text = _COMMENT.sub("", (SOURCES / file).read_text(encoding="utf-8"))
            for found in _DECLARED.finditer(text):
                name = found[1] or found[3]
                shape = _Reader(text[found.end() :]).union()
                if found[2]:
                    shape = ("all", [("name", found[2]), shape])
                self._types.setdefault(name, shape)

    def faults(self, name: str, value: Any) -> list[str]:
        """Return where an answer is not of the named type; empty where it is."""
        return list(self._faults(self._types[name], value, name))

    def _faults(self, shape: Type, value: Any, at: str) -> Iterator[str]:
        kind, *rest = shape
        if kind == "name":
            yield from self._named(rest[0], value, at)
        elif kind == "all":
            for part in rest[0]:
                yield from self._faults(part, value, at)
        elif kind == "union":
            tried = [list(self._faults(choice, value, at)) for choice in rest[0]]
            if all(tried):
                yield min(tried, key=len)[0] if len(tried) == 1 else f"{at}: {value!r} is none of the choices"
        elif kind == "object":
            yield from self._members(rest[0], value, at)
        elif kind == "array":
            if not isinstance(value, list):
                yield f"{at}: {value!r} is no list"
            else:
                for place, one in enumerate(value):
                    yield from self._faults(rest[0], one, f"{at}[{place}]")
        elif kind == "tuple":
            if not isinstance(value, list) or len(value) != len(rest[0]):
                yield f"{at}: {value!r} is no list of {len(rest[0])}"
            else:
                for place, (part, one) in enumerate(zip(rest[0], value, strict=True)):
                    yield from self._faults(part, one, f"{at}[{place}]")
        elif kind == "record":
            if not isinstance(value, dict):
                yield f"{at}: {value!r} is no object"
            else:
                for name, one in value.items():
                    yield from self._faults(rest[0], one, f"{at}.{name}")
        elif kind == "literal" and value != rest[0]:
            yield f"{at}: {value!r} is not {rest[0]!r}"

    def _members(self, members: dict[str, tuple[bool, Type]], value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{at}: {value!r} is no object"
            return
        for name, (optional, part) in members.items():
            if name in value:
                yield from self._faults(part, value[name], f"{at}.{name}")
            elif not optional:
                yield f"{at}.{name} is missing"

    def _named(self, word: str, value: Any, at: str) -> Iterator[str]:
        simple = {
            "string": isinstance(value, str),
            "number": isinstance(value, int | float) and not isinstance(value, bool),
            "boolean": isinstance(value, bool),
            "null": value is None,
            "unknown": True,
        }
        if word in simple:
            if not simple[word]:
                yield f"{at}: {value!r} is no {word}"
        else:
            yield from self._faults(self._types[word], value, at)


class _Reader:
    """Reads one type from the beginning of a text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def _peek(self) -> str:
        found = _TOKEN.match(self._text, self._at)
        return found[0].strip() if found else ""

    def _take(self, wanted: str | None = None) -> str:
        found = _TOKEN.match(self._text, self._at)
        if not found or (wanted is not None and found[0].strip() != wanted):
            near = self._text[self._at : self._at + 60]
            raise ValueError(f"{wanted or 'a type'} is wanted at {near!r}")
        self._at = found.end()
        return found[0].strip()

    def union(self) -> Type:
        if self._peek() == "|":
            self._take()
        choices = [self._all()]
        while self._peek() == "|":
            self._take()
            choices.append(self._all())
        return choices[0] if len(choices) == 1 else ("union", choices)

    def _all(self) -> Type:
        parts = [self._one()]
        while self._peek() == "&":
            self._take()
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else ("all", parts)

    def _one(self) -> Type:
        token = self._take()
        if token == "{":
            found: Type = ("object", self._members())
        elif token == "[":
            parts = []
            while self._peek() != "]":
                if self._text[self._at :].lstrip().split(":")[0].isidentifier():
                    self._take()  # the name of a tuple's place
                    self._take(":")
                parts.append(self.union())
                if self._peek() == ",":
                    self._take()
            self._take("]")
            found = ("tuple", parts)
        elif token == "(":
            found = self.union()
            self._take(")")
        elif token.startswith("'"):
            found = ("literal", token[1:-1])
        elif token.isdigit():
            found = ("literal", int(token))
        elif token == "Record":
            self._take("<")
            self.union()
            self._take(",")
            found = ("record", self.union())
            self._take(">")
        elif token == "readonly":
            return self._one()
        else:
            found = ("name", token)
        while self._peek() == "[" and self._text[self._at :].lstrip().startswith("[]"):
            self._take("[")
            self._take("]")
            found = ("array", found)
        return found

    def _members(self) -> dict[str, tuple[bool, Type]]:
        found: dict[str, tuple[bool, Type]] = {}
        while self._peek() != "}":
            if self._peek() in ";,":
                self._take()
                continue
            name = self._take()
            if name == "[":  # an index: any further member of one type says nothing about what must be there
                self._take()
                self._take(":")
                self.union()
                self._take("]")
                self._take(":")
                self.union()
                continue
            optional = self._peek() == "?"
            if optional:
                self._take()
            self._take(":")
            found[name.strip("'")] = (optional, self.union())
        self._take("}")
        return found
