"""The parts of a formula, each with the place where it begins in the text."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

import msgspec

How = Literal["sum", "mean", "min", "max", "first", "last", "count"]
Scope = Literal["period", "year", "area", "units"]
"""period: the finer periods that make this one · year: the periods of the year until this one (lũy kế) ·
area: the areas below · units: the units below."""
Back = Literal["last_year", "previous"]
Simple = Literal["abs", "least", "greatest", "first_known"]


class Number(msgspec.Struct, frozen=True):
    """A number that stands in the text."""

    at: int
    value: Decimal


class Ref(msgspec.Struct, frozen=True):
    """``[CODE]``: another indicator, of the same place and period unless what is around it says otherwise."""

    at: int
    code: str


class Fact(msgspec.Struct, frozen=True):
    """``fact("tasks.overdue", …)``: something that the product counts in itself."""

    at: int
    name: str
    given: tuple[tuple[str, str], ...]


class Days(msgspec.Struct, frozen=True):
    """``days()``: how many days the period has."""

    at: int


class Minus(msgspec.Struct, frozen=True):
    """The opposite."""

    at: int
    of: Node


class Binary(msgspec.Struct, frozen=True):
    """Two parts and a sign between; division is by a number only, see :class:`Ratio`."""

    at: int
    sign: Literal["+", "-", "*", "/"]
    left: Node
    right: Node


class Shift(msgspec.Struct, frozen=True):
    """The same at another time."""

    at: int
    to: Back
    of: Node


class Aggregate(msgspec.Struct, frozen=True):
    """Many values put together."""

    at: int
    how: How
    of: Node
    over: Scope
    needed: Decimal
    """Which share of the parts must be known: 1 all of them, 0 any (skip)."""


class Ratio(msgspec.Struct, frozen=True):
    """A share that names its denominator."""

    at: int
    above: Node
    below: Node
    name: str
    """What it is a share of, in words."""
    times: int
    """1, or 100 for per cent."""


class Call(msgspec.Struct, frozen=True):
    """A function of its parts."""

    at: int
    name: Simple
    parts: tuple[Node, ...]


class Round(msgspec.Struct, frozen=True):
    """Rounded half away from zero."""

    at: int
    of: Node
    decimals: int


class Convert(msgspec.Struct, frozen=True):
    """The same in another unit of its family: ``to("tỷ đồng", [A])``."""

    at: int
    unit: str
    of: Node


Node = Number | Ref | Fact | Days | Minus | Binary | Shift | Aggregate | Ratio | Call | Round | Convert


def below(node: Node) -> tuple[Node, ...]:
    """Return the parts of a node."""
    match node:
        case Binary():
            return (node.left, node.right)
        case Ratio():
            return (node.above, node.below)
        case Call():
            return node.parts
        case Minus() | Shift() | Aggregate() | Round() | Convert():
            return (node.of,)
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all below it."""
    yield node
    for part in below(node):
        yield from walk(part)


def refs(node: Node) -> frozenset[str]:
    """Return the codes of the indicators that a formula names."""
    return frozenset(each.code for each in walk(node) if isinstance(each, Ref))
