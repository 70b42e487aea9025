"""The type selection language of NGSI-LD (clause 4.17): ``A,B`` or ``A|B`` (either), ``A;B`` (both)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

import msgspec

from haidang.city.query.problems import bad, complex_

LENGTH_MAX = 4_096
DEPTH_MAX = 8
NAMES_MAX = 200

_NAME = re.compile(r"[^,|;()\s]+")


class AllTypes(msgspec.Struct, frozen=True):
    """Every part must hold (``;``)."""

    parts: tuple[TypeNode, ...]


class AnyType(msgspec.Struct, frozen=True):
    """One part must hold (``,`` or ``|``)."""

    parts: tuple[TypeNode, ...]


TypeNode = str | AllTypes | AnyType


def parse_types(text: str) -> TypeNode:
    """Return the tree of a type selection with names as sent; raise ``Problem`` where it is none."""
    if len(text) > LENGTH_MAX:
        raise complex_("Tham số type quá dài.", "The type parameter is too long.")
    tokens = re.findall(r"[,|;()]|[^,|;()\s]+|\s", text)
    if len(tokens) > 2 * NAMES_MAX:
        raise complex_(f"Quá {NAMES_MAX} kiểu.", f"More than {NAMES_MAX} types.")
    node, rest = _either(tokens, 0, 0)
    if rest != len(tokens):
        raise _wrong(text)
    return node


def matches(node: TypeNode, types: frozenset[str]) -> bool:
    """Say whether an entity of these types (same spelling as the tree's names) is selected."""
    if isinstance(node, str):
        return node in types
    if isinstance(node, AllTypes):
        return all(matches(part, types) for part in node.parts)
    return any(matches(part, types) for part in node.parts)


def selects(
    node: TypeNode,
    numbers: Iterable[int],
    iris: Mapping[int, str],
    expand: Callable[[str], str],
) -> bool:
    """Say whether an entity of these types (by number) is selected by names of a context."""
    return matches(_expanded(node, expand), frozenset(iris[number] for number in numbers))


def _expanded(node: TypeNode, expand: Callable[[str], str]) -> TypeNode:
    if isinstance(node, str):
        return expand(node)
    return type(node)(tuple(_expanded(part, expand) for part in node.parts))


def names(node: TypeNode) -> list[str]:
    """Return every type a selection names."""
    if isinstance(node, str):
        return [node]
    return [name for part in node.parts for name in names(part)]


def _either(tokens: list[str], at: int, depth: int) -> tuple[TypeNode, int]:
    node, at = _every(tokens, at, depth)
    parts = [node]
    while at < len(tokens) and tokens[at] in ",|":
        node, at = _every(tokens, at + 1, depth)
        parts.append(node)
    return (parts[0] if len(parts) == 1 else AnyType(tuple(parts))), at


def _every(tokens: list[str], at: int, depth: int) -> tuple[TypeNode, int]:
    node, at = _one(tokens, at, depth)
    parts = [node]
    while at < len(tokens) and tokens[at] == ";":
        node, at = _one(tokens, at + 1, depth)
        parts.append(node)
    return (parts[0] if len(parts) == 1 else AllTypes(tuple(parts))), at


def _one(tokens: list[str], at: int, depth: int) -> tuple[TypeNode, int]:
    if at >= len(tokens):
        raise _wrong("".join(tokens))
    lexeme = tokens[at]
    if lexeme == "(":
        if depth >= DEPTH_MAX:
            raise complex_("Tham số type lồng quá sâu.", "The type parameter nests too deeply.")
        node, at = _either(tokens, at + 1, depth + 1)
        if at >= len(tokens) or tokens[at] != ")":
            raise _wrong("".join(tokens))
        return node, at + 1
    if not _NAME.fullmatch(lexeme):
        raise _wrong("".join(tokens))
    return lexeme, at + 1


def _wrong(text: str) -> Exception:
    return bad(
        f"Tham số type không hợp lệ: “{text[:80]}”.", f"The type parameter is not valid: “{text[:80]}”."
    )
