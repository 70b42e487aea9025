"""A tiny language over named values: comparison, and/or/not, in, + - * /, numbers, texts, true and false.

``depth > 0.3 and rain_1h >= 20``, ``status == "offline"`` or ``severity in ["high", "critical"]``. Its own
reader makes functions of it; nothing is ever handed to Python's ``eval``. Logic has three values: what is
not known (a missing value, a text where a number is wanted, a division by zero) makes a comparison unknown,
``unknown and false`` is false, ``unknown or true`` is true, all else stays unknown. Missing is not zero.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

LENGTH_MAX = 1_000
DEPTH_MAX = 20

Values = Mapping[str, Any]
Node = Callable[[Values], Any]
_TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<text>\"[^\"\\]*\"|'[^'\\]*')"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)|(?P<sign><=|>=|==|!=|[<>+\-*/()\[\],]))"
)
_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_SUMS: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
_WORDS = frozenset({"and", "or", "not", "in", "true", "false"})


class Expression(NamedTuple):
    """A read expression."""

    text: str
    names: frozenset[str]
    """The values it looks at."""
    value: Node
    """What it comes to over named values: true, false, a number, a text, or None where that is not known."""

    def holds(self, values: Values) -> bool | None:
        """Say whether it holds; None where that is not known, or it comes to no truth."""
        found = self.value(values)
        return found if isinstance(found, bool) else None


class ExpressionError(ValueError):
    """A text that is no expression; says where, in both languages (``vi``, ``en``)."""

    def __init__(self, at: int, vi: str, en: str) -> None:
        super().__init__(f"character {at + 1}: {en}")
        self.vi = f"ký tự {at + 1}: {vi}"
        self.en = f"character {at + 1}: {en}"


def parse(text: str, known: frozenset[str] | None = None) -> Expression:
    """Read an expression; ``ExpressionError`` where it is none, or names a value that is not ``known``."""
    if len(text) > LENGTH_MAX:
        raise ExpressionError(
            LENGTH_MAX, f"dài quá {LENGTH_MAX} ký tự", f"longer than {LENGTH_MAX} characters"
        )
    reader = _Reader(text, known)
    node = reader.either(0)
    reader.end()
    return Expression(text, frozenset(reader.names), node)


class _Reader:
    """Recursive descent over the text; each method reads one level of precedence."""

    def __init__(self, text: str, known: frozenset[str] | None) -> None:
        self._text = text.rstrip()
        self._known = known
        self._at = 0
        self._plain: dict[int, tuple[Node, Any]] = {}
        """Nodes that are a name or a number, by identity: comparing the two is what most expressions do."""
        self.names: set[str] = set()

    def _peek(self) -> re.Match[str] | None:
        return _TOKEN.match(self._text, self._at) if self._at < len(self._text) else None

    def _take(self, *words: str) -> str | None:
        token = self._peek()
        if token is None or token[0].strip() not in words or token["text"] is not None:
            return None
        self._at = token.end()
        return token[0].strip()

    def end(self) -> None:
        if self._at < len(self._text):
            raise self._wrong("không hiểu từ đây", "cannot be read from here")

    def _wrong(self, vi: str, en: str) -> ExpressionError:
        near = self._text[self._at : self._at + 20].strip()
        return ExpressionError(self._at, f"{vi} («{near}»)", f"{en} (“{near}”)")

    def either(self, depth: int) -> Node:
        if depth > DEPTH_MAX:
            raise self._wrong("lồng quá sâu", "nested too deeply")
        nodes = [self._both(depth)]
        while self._take("or"):
            nodes.append(self._both(depth))
        return nodes[0] if len(nodes) == 1 else _any(nodes)

    def _both(self, depth: int) -> Node:
        nodes = [self._not(depth)]
        while self._take("and"):
            nodes.append(self._not(depth))
        return nodes[0] if len(nodes) == 1 else _all(nodes)

    def _not(self, depth: int) -> Node:
        if self._take("not"):
            return _negated(self._not(depth + 1) if depth < DEPTH_MAX else self.either(depth + 1))
        return self._comparison(depth)

    def _comparison(self, depth: int) -> Node:
        left = self._sum(depth)
        if self._take("in"):
            return _membership(left, self._list(depth))
        sign = self._take("<=", ">=", "==", "!=", "<", ">")
        if sign is None:
            return left
        right = self._sum(depth)
        if sign in ("==", "!="):
            return _equality(left, right, sign == "==")
        name, limit = self._plain.get(id(left)), self._plain.get(id(right))
        if name is not None and limit is not None and isinstance(name[1], str) and _is_number(limit[1]):
            return _level(name[1], limit[1], sign)
        return _order(left, right, sign)

    def _list(self, depth: int) -> list[Node]:
        if not self._take("["):
            raise self._wrong("cần danh sách dạng [a, b]", "a list such as [a, b] is expected")
        nodes = [self._sum(depth)]
        while self._take(","):
            nodes.append(self._sum(depth))
        if not self._take("]"):
            raise self._wrong("thiếu dấu ]", "a ] is missing")
        return nodes

    def _sum(self, depth: int) -> Node:
        node = self._product(depth)
        while sign := self._take("+", "-"):
            node = _arithmetic(node, self._product(depth), sign)
        return node

    def _product(self, depth: int) -> Node:
        node = self._value(depth)
        while sign := self._take("*", "/"):
            node = _arithmetic(node, self._value(depth), sign)
        return node

    def _value(self, depth: int) -> Node:
        if self._take("("):
            node = self.either(depth + 1)
            if not self._take(")"):
                raise self._wrong("thiếu dấu )", "a ) is missing")
            return node
        if self._take("-"):
            inner = self._value(depth + 1) if depth < DEPTH_MAX else self.either(depth + 1)
            return _arithmetic(_constant(0), inner, "-")
        token = self._peek()
        if token is None or token["sign"]:
            raise self._wrong("cần một giá trị", "a value is expected")
        if token["number"]:
            self._at = token.end()
            number = float(token["number"]) if "." in token["number"] else int(token["number"])
            return self._known_as(_constant(number), number)
        if token["text"]:
            self._at = token.end()
            return _constant(token["text"][1:-1])
        return self._named(token)

    def _named(self, token: re.Match[str]) -> Node:
        name = token["name"]
        if name in ("true", "false"):
            self._at = token.end()
            return _constant(name == "true")
        if name in _WORDS:
            raise self._wrong("cần một giá trị", "a value is expected")
        if self._known is not None and name not in self._known:
            raise self._wrong(f"không có giá trị tên {name}", f"there is no value named {name}")
        self._at = token.end()
        self.names.add(name)
        return self._known_as(lambda values: values.get(name), name)

    def _known_as(self, node: Node, what: Any) -> Node:
        self._plain[id(node)] = (node, what)
        return node


def _constant(value: Any) -> Node:
    return lambda _: value


def _any(nodes: list[Node]) -> Node:
    def either(values: Values) -> bool | None:
        unknown = False
        for node in nodes:
            found = node(values)
            if found is True:
                return True
            unknown = unknown or found is not False
        return None if unknown else False

    return either


def _all(nodes: list[Node]) -> Node:
    def both(values: Values) -> bool | None:
        unknown = False
        for node in nodes:
            found = node(values)
            if found is False:
                return False
            unknown = unknown or found is not True
        return None if unknown else True

    return both


def _negated(node: Node) -> Node:
    def negated(values: Values) -> bool | None:
        found = node(values)
        return not found if isinstance(found, bool) else None

    return negated


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _order(left: Node, right: Node, sign: str) -> Node:
    compare = _ORDERS[sign]

    def order(values: Values) -> bool | None:
        a, b = left(values), right(values)
        return compare(a, b) if _is_number(a) and _is_number(b) else None

    return order


def _level(name: str, limit: float, sign: str) -> Node:
    compare = _ORDERS[sign]

    def level(values: Values) -> bool | None:
        value = values.get(name)
        kind = type(value)
        return compare(value, limit) if kind is float or kind is int else None

    return level


def _equality(left: Node, right: Node, equal: bool) -> Node:
    def equality(values: Values) -> bool | None:
        a, b = left(values), right(values)
        if a is None or b is None or (type(a) is not type(b) and not (_is_number(a) and _is_number(b))):
            return None
        return bool(a == b) is equal

    return equality


def _membership(left: Node, nodes: list[Node]) -> Node:
    return _any([_equality(left, node, True) for node in nodes])


def _arithmetic(left: Node, right: Node, sign: str) -> Node:
    compute = _SUMS[sign]

    def arithmetic(values: Values) -> float | None:
        a, b = left(values), right(values)
        if not (_is_number(a) and _is_number(b)) or (sign == "/" and b == 0):
            return None
        try:
            return compute(a, b)
        except OverflowError:
            return None

    return arithmetic
