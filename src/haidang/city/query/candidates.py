"""Which entities can meet ``q``, from the kept values of declared attributes (``city.declared``).

Only a narrowing: whatever is not a plain number or a short text is always a candidate, bounds are taken a
rounding wider, and the condition itself is asked of each. Without a declaration, or of types for which not
all values are kept, there is none.
"""

from __future__ import annotations

from haidang.city.query.conditions import Builder
from haidang.city.query.grammar import All, Node, Range, Term, Value

_NUMBERS = {">": ">=", ">=": ">=", "<": "<=", "<=": "<=", "==": "="}
"""Doubles that stand for two unequal decimals may be equal: no bound is strict."""


def candidates(node: Node, types: frozenset[int], build: Builder) -> list[str]:
    """Return conditions that every entity of these types that meets ``node`` meets, too."""
    if not build.terms.declared or not types:
        return []
    terms = node.parts if isinstance(node, All) else (node,)
    return [found for one in terms if isinstance(one, Term) and (found := _one(one, types, build))]


def _one(term: Term, types: frozenset[int], build: Builder) -> str:
    path = term.path
    if len(path.attributes) != 1 or path.members or path.linked or term.operator not in _NUMBERS:
        return ""
    number = build.terms.attr_id(path.attributes[0], build.context)
    if number is None or not types <= build.terms.declared.get(number, frozenset()):
        return ""
    if not build.expanding.isdisjoint(path.attributes):
        return ""
    found = [_met(operand, _NUMBERS[term.operator], build) for operand in term.operands]
    if not all(found):
        return ""
    return (
        f"e.eid IN (SELECT i.eid FROM entity_value i WHERE i.attr_id = {int(number)} "
        f"AND ({' OR '.join(found)} OR i.odd))"
    )


def _met(operand: Value | Range, operator: str, build: Builder) -> str:
    """Return the condition on a kept value, "" where an index is of no use."""
    if isinstance(operand, Range):
        if operand.low.kind != "number" or operand.high.kind != "number":
            return ""
        low, high = _number(operand.low, build), _number(operand.high, build)
        return f"i.v BETWEEN {low} AND {high}" if low and high else ""
    if operand.kind == "number":
        bound = _number(operand, build)
        return f"i.v {operator} {bound}" if bound else ""
    if operand.kind == "string" and operator == "=" and len(str(operand.value)) <= 200:
        return f"i.t = {build.value(str(operand.value))}::text"
    return ""


def _number(value: Value, build: Builder) -> str:
    try:
        return f"{build.value(float(value.value))}::float8"
    except OverflowError:
        return ""
