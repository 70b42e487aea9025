"""The query language ``q`` of NGSI-LD 1.8 (clause 4.9): text in, tree out.

A hand-written recursive descent, because the grammar is small and what it reads comes from strangers:
length, depth and number of terms are bounded before anything grows with them. ``;`` (and) binds closer than
``|`` (or). A value keeps its kind, because a number never equals a text. Whatever is wrong is a ``Problem``
that says where.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import unquote

import msgspec

from haidang.city.query.problems import bad, complex_

LENGTH_MAX = 4_096
DEPTH_MAX = 16
TERMS_MAX = 64
VALUES_MAX = 200
PATH_MAX = 8
LINKS_MAX = 4
"""Relationships that one path follows."""

Operator = Literal["==", "!=", ">", ">=", "<", "<=", "~=", "!~="]
ValueKind = Literal["number", "string", "boolean", "time", "date", "clock", "uri", "term"]


class Value(msgspec.Struct, frozen=True):
    """A comparable value: its kind decides what it can equal. Instants are ISO text in UTC with ``Z``.

    A ``term`` is a bare word that ``expandValues`` lets mean what it means in the asker's context.
    """

    kind: ValueKind
    value: float | int | str | bool


class Range(msgspec.Struct, frozen=True):
    """``low..high``, both ends included."""

    low: Value
    high: Value


class Path(msgspec.Struct, frozen=True):
    """What a term looks at: attribute and sub-attributes by dots, members of its JSON value in brackets."""

    attributes: tuple[str, ...]
    members: tuple[str, ...] = ()
    linked: Linked | None = None
    """Asked of the entities that the attribute, a relationship, leads to."""


class Linked(msgspec.Struct, frozen=True):
    """``{Type:path}`` behind a relationship."""

    path: Path
    types: tuple[str, ...] = ()
    """One of these types; empty: any."""


class Term(msgspec.Struct, frozen=True):
    """One condition; without an operator it asks whether the target exists."""

    path: Path
    operator: Operator | None = None
    operands: tuple[Value | Range, ...] = ()
    pattern: str | None = None


class All(msgspec.Struct, frozen=True):
    """Every part must hold (``;``)."""

    parts: tuple[Node, ...]


class Any(msgspec.Struct, frozen=True):
    """One part must hold (``|``)."""

    parts: tuple[Node, ...]


Node = Term | All | Any

_NAME = re.compile(r"[^\W\d][\w\-:%/#@$]*", re.UNICODE)
_HINT = re.compile(r"([^\W\d][\w\-%/#@$]*(?:,[^\W\d][\w\-%/#@$]*)*):(?!//)", re.UNICODE)
_MEMBER = re.compile(r"[^\[\].;|(){}\"<>=!~,\s]+")
_OPERATOR = re.compile(r"!~=|~=|==|!=|>=|<=|>|<")
_NUMBER = re.compile(r"[+-]?(?:\d{1,300}(?:\.\d{1,300})?|\.\d{1,300})(?:[eE][+-]?\d{1,3})?")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_BARE = re.compile(r"(?:(?!\.\.)[^;|(),\"\s])+")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_CLOCK = re.compile(r"\d\d:\d\d:\d\d(?:[.,]\d{1,6})?Z?")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s\"<>\\^`{}]+")


def parse(text: str, expanding: frozenset[str] = frozenset()) -> Node:
    """Return the tree of a query; raise ``Problem`` (bad-query, query-too-complex) where it is none.

    ``expanding`` are the attributes of ``expandValues``: bare words may stand as their values.
    """
    if len(text) > LENGTH_MAX:
        raise complex_(
            f"Điều kiện q dài quá {LENGTH_MAX} ký tự.",
            f"The q filter has over {LENGTH_MAX} characters.",
        )
    return _Parser(text, expanding).whole()


def parse_path(text: str) -> Path:
    """Return an attribute path that stands alone, as in ``orderBy``; ``Problem`` where it is none."""
    if len(text) > LENGTH_MAX:
        raise complex_("Đường dẫn thuộc tính quá dài.", "An attribute path is too long.")
    return _Parser(text).path()


def terms(node: Node) -> Iterator[Term]:
    """Yield every condition of a tree, left to right."""
    if isinstance(node, Term):
        yield node
    else:
        for part in node.parts:
            yield from terms(part)


def instant(text: str) -> str:
    """Return an ISO 8601 instant as UTC text with ``Z``, no trailing zeros; ``ValueError`` for others."""
    moment = datetime.fromisoformat(text.replace(",", "."))
    if moment.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    utc = moment.astimezone(UTC).replace(tzinfo=None).isoformat()
    return (utc.rstrip("0").rstrip(".") if "." in utc else utc) + "Z"


class _Parser:
    def __init__(self, text: str, expanding: frozenset[str] = frozenset()) -> None:
        self._text = text
        self._expanding = expanding
        self._bare = False
        """Whether a bare word may stand as a value of the term at hand."""
        self._at = 0
        self._terms = 0

    def whole(self) -> Node:
        if not self._text.strip():
            raise bad("Điều kiện q rỗng.", "The q filter is empty.")
        node = self._either(0)
        if self._at < len(self._text):
            raise self._wrong("ký tự thừa", "unexpected text")
        return node

    def _either(self, depth: int) -> Node:
        parts = [self._every(depth)]
        while self._take("|"):
            parts.append(self._every(depth))
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def _every(self, depth: int) -> Node:
        parts = [self._one(depth)]
        while self._take(";"):
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _one(self, depth: int) -> Node:
        if not self._take("("):
            return self._term()
        if depth >= DEPTH_MAX:
            raise complex_(
                f"Điều kiện q lồng quá {DEPTH_MAX} cấp ngoặc.",
                f"The q filter nests more than {DEPTH_MAX} parentheses.",
            )
        node = self._either(depth + 1)
        if not self._take(")"):
            raise self._wrong("thiếu dấu ngoặc đóng", "a closing parenthesis is missing")
        return node

    def _term(self) -> Term:
        self._terms += 1
        if self._terms > TERMS_MAX:
            raise complex_(
                f"Điều kiện q có quá {TERMS_MAX} vế.", f"The q filter has more than {TERMS_MAX} conditions."
            )
        path = self._path(0)
        self._bare = not self._expanding.isdisjoint(path.attributes)
        found = self._match(_OPERATOR)
        if found is None:
            return Term(path)
        operator: Operator = found.group()  # type: ignore[assignment]
        if operator in ("~=", "!~="):
            return Term(path, operator, pattern=self._pattern())
        operands = self._operands()
        if operator not in ("==", "!=") and (len(operands) > 1 or not _ordered(operands[0])):
            raise self._wrong("phép so sánh lớn nhỏ cần một giá trị", "ordering needs one comparable value")
        return Term(path, operator, operands)

    def path(self) -> Path:
        """Read a path and nothing else."""
        found = self._path(0)
        if self._at < len(self._text):
            raise self._wrong("ký tự thừa", "unexpected text")
        return found

    def _path(self, links: int) -> Path:
        attributes = [self._name()]
        while self._take("."):
            attributes.append(self._name())
        members: list[str] = []
        if self._take("["):
            members.append(self._member())
            while self._take("."):
                members.append(self._member())
            if not self._take("]"):
                raise self._wrong("thiếu dấu ]", "a closing bracket is missing")
        linked = None
        if len(attributes) == 1 and not members and self._take("{"):
            linked = self._linked(links + 1)
        if len(attributes) + len(members) > PATH_MAX:
            raise complex_(
                f"Đường dẫn thuộc tính dài quá {PATH_MAX} bậc.",
                f"An attribute path has more than {PATH_MAX} steps.",
            )
        return Path(tuple(attributes), tuple(members), linked)

    def _linked(self, links: int) -> Linked:
        if links > LINKS_MAX:
            raise complex_(
                f"Điều kiện q đi qua quá {LINKS_MAX} quan hệ.",
                f"The q filter follows more than {LINKS_MAX} relationships.",
            )
        hint = self._match(_HINT)
        types = () if hint is None else tuple(unquote(name) for name in hint[1].split(","))
        path = self._path(links)
        if not self._take("}"):
            raise self._wrong("thiếu dấu }", "a closing brace is missing")
        return Linked(path, types)

    def _name(self) -> str:
        found = self._match(_NAME)
        if found is None:
            raise self._wrong("cần tên thuộc tính", "an attribute name is expected")
        return unquote(found.group())

    def _member(self) -> str:
        found = self._match(_QUOTED) or self._match(_MEMBER)
        if found is None:
            raise self._wrong("cần tên thành phần trong [ ]", "a member name is expected in [ ]")
        text = found.group()
        return _unescape(text) if text.startswith('"') else unquote(text)

    def _operands(self) -> tuple[Value | Range, ...]:
        operands = [self._operand()]
        while self._take(","):
            if len(operands) >= VALUES_MAX:
                raise complex_(
                    f"Danh sách giá trị dài quá {VALUES_MAX}.", f"A value list is longer than {VALUES_MAX}."
                )
            operands.append(self._operand())
        if len(operands) > 1 and any(isinstance(one, Range) for one in operands):
            raise self._wrong("không trộn khoảng với danh sách", "a range cannot stand in a list")
        return tuple(operands)

    def _operand(self) -> Value | Range:
        low = self._value()
        if not self._text.startswith("..", self._at):
            return low
        self._at += 2
        high = self._value()
        if low.kind != high.kind or not _ordered(low):
            raise self._wrong("hai đầu khoảng phải cùng kiểu", "both ends of a range must be of one kind")
        return Range(low, high)

    def _value(self) -> Value:
        quoted = self._match(_QUOTED)
        if quoted is not None:
            return Value("string", _unescape(quoted.group()))
        bare = self._match(_BARE)
        if bare is None:
            raise self._wrong("cần một giá trị", "a value is expected")
        value = _bare(bare.group())
        if value is None and self._bare:
            value = Value("term", unquote(bare.group()))
        if value is None:
            self._at = bare.start()
            raise self._wrong(
                'giá trị không đọc được; chuỗi phải ở trong dấu "…"', 'unreadable value; a text stands in "…"'
            )
        return value

    def _pattern(self) -> str:
        quoted = self._match(_QUOTED)
        if quoted is not None:
            pattern = quoted.group()[1:-1].replace('\\"', '"')
        else:
            start = self._at
            self._at = _pattern_end(self._text, start)
            pattern = self._text[start : self._at]
        if not pattern:
            raise self._wrong("cần một biểu thức chính quy", "a pattern is expected")
        return checked_pattern(pattern)

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self._text, self._at)
        if found is not None:
            self._at = found.end()
        return found

    def _take(self, token: str) -> bool:
        if self._text.startswith(token, self._at):
            self._at += len(token)
            return True
        return False

    def _wrong(self, vi: str, en: str) -> Exception:
        near = self._text[self._at : self._at + 20]
        return bad(
            f"Điều kiện q sai ở ký tự {self._at + 1} («{near}»): {vi}.",
            f"The q filter is wrong at character {self._at + 1} (“{near}”): {en}.",
        )


PATTERN_MAX = 256
_REPEAT = re.compile(r"\{\s*\d{1,9}\s*,?\s*\d{0,9}")


def checked_pattern(pattern: str) -> str:
    """Return a regular expression that PostgreSQL may run: short, no back-references, no NUL.

    Its engine is an automaton without back-references, so time grows with the text and not exponentially;
    the statement's own time limit guards what remains.
    """
    if len(pattern) > PATTERN_MAX:
        raise complex_(
            f"Biểu thức chính quy dài quá {PATTERN_MAX} ký tự.",
            f"A pattern is longer than {PATTERN_MAX} characters.",
        )
    if re.search(r"\\[1-9]", pattern) or "\0" in pattern or pattern.startswith("***"):
        raise bad(
            "Biểu thức chính quy không được dùng tham chiếu ngược.", "A pattern may not use back-references."
        )
    repeats = [max(map(int, re.findall(r"\d{1,9}", found))) for found in _REPEAT.findall(pattern)]
    if sum(max(number, 1) for number in repeats) > 100:
        raise complex_(
            "Biểu thức chính quy lặp quá nhiều lần.",
            "A pattern repeats more than 100 times.",
        )
    return pattern


def _ordered(operand: Value | Range) -> bool:
    return isinstance(operand, Value) and operand.kind not in ("boolean", "uri", "term")


def _unescape(quoted: str) -> str:
    return re.sub(r"\\(.)", r"\1", quoted[1:-1], flags=re.DOTALL)


def _bare(text: str) -> Value | None:
    if text in ("true", "false"):
        return Value("boolean", text == "true")
    if _NUMBER.fullmatch(text):
        number = float(text)
        if number in (float("inf"), float("-inf")):
            return None
        whole = re.fullmatch(r"[+-]?\d{1,18}", text)
        return Value("number", int(text) if whole else number)
    for kind, pattern in (("time", _INSTANT), ("date", _DATE), ("clock", _CLOCK)):
        if pattern.fullmatch(text):
            return _dated(kind, text)
    if _URI.fullmatch(text):
        return Value("uri", unquote(text))
    return None


def _dated(kind: str, text: str) -> Value | None:
    try:
        if kind == "time":
            return Value("time", instant(text))
        if kind == "date":
            datetime.fromisoformat(text)
            return Value("date", text)
    except (ValueError, OverflowError):
        return None
    return Value("clock", text)


def _pattern_end(text: str, start: int) -> int:
    """Return where a bare pattern ends: at ``;``, ``|`` or ``)`` outside its own brackets."""
    depth, in_class, at = 0, False, start
    while at < len(text):
        char = text[at]
        if char == "\\":
            at += 2
            continue
        if in_class:
            in_class = char != "]"
        elif char == "[":
            in_class = True
        elif char == "(":
            depth += 1
        elif char == ")" and depth:
            depth -= 1
        elif not depth and char in ";|)":
            return at
        at += 1
    return min(at, len(text))
