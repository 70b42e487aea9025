"""From the conditions of ``q`` to SQL over ``entity e JOIN entity_static s``.

Nothing of the asker's text becomes SQL: names become interned numbers (written as integers), values and
patterns travel as parameters, and a comparison is a jsonpath parameter whose members are quoted as JSON and
whose operands are variables. An attribute that nobody ever stored makes its condition false.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec

from haidang.city.query import grammar
from haidang.city.query.grammar import Linked, Node, Path, Range, Term, Value
from haidang.city.query.problems import bad
from haidang.city.query.selection import AnyType, TypeNode, selects
from haidang.city.terms import Context, Terms
from haidang.city.times import parse_us
from haidang.organisation.permissions import Principal, scope_sql

_SYSTEM_TIMES = {"createdAt": "e.created", "modifiedAt": "e.mod"}
_SIDE = {
    # Member of an attribute, and how its stored form keeps it: (short form, long form).
    "unitCode": ("{0}->>1", "coalesce({0}->>'u', {0}->'m'->0->>'u')"),
    "datasetId": ("NULL", "coalesce({0}->>'d', {0}->'m'->0->>'d')"),
}


class Builder:
    """Collects the parameters of one statement."""

    def __init__(
        self,
        terms: Terms,
        context: Context,
        tenant: str,
        principal: Principal | None,
        *,
        expanding: frozenset[str] = frozenset(),
        prefix: str = "p",
    ) -> None:
        self.terms = terms
        self.context = context
        self.tenant = tenant
        self.principal = principal
        """Whoever asks: linked entities count only where he may see them."""
        self.expanding = expanding
        self._prefix = prefix
        self.values: dict[str, Any] = {}

    def value(self, value: Any) -> str:
        """Return the placeholder of a value."""
        name = f"{self._prefix}{len(self.values)}"
        self.values[name] = value
        return f"%({name})s"


def type_numbers(node: TypeNode, terms: Terms, context: Context) -> list[int]:
    """Return the numbers of all types and combinations of types that a selection means."""
    return [
        number
        for number in terms.type_iris
        if selects(node, terms.members(number), terms.type_iris, context.expand)
    ]


def stored(number: int) -> str:
    """Return the SQL of an attribute's stored form, whichever of the two documents has it."""
    return f"coalesce(e.doc->'{int(number)}', s.doc->'{int(number)}')"


def condition(node: Node, build: Builder) -> str:
    """Return the condition of a tree."""
    if isinstance(node, Term):
        return _term(node, build)
    word = " AND " if isinstance(node, grammar.All) else " OR "
    return "(" + word.join(condition(part, build) for part in node.parts) + ")"


class _Target(msgspec.Struct):
    """What a path leads to: a stored attribute, or (``kind`` set) a plain expression."""

    sql: str
    kind: str = ""
    """"time", "us" or "text" of a plain expression."""


def _target(path: Path, build: Builder) -> _Target | None:
    """Return what a path leads to, None where nobody ever stored it."""
    first, *rest = path.attributes
    if first in _SYSTEM_TIMES and not rest and not path.members:
        return _Target(_SYSTEM_TIMES[first], "time")
    number = build.terms.attr_id(first, build.context)
    if number is None:
        return None
    target = stored(number)
    at = f"(CASE WHEN e.doc ? '{number}' THEN (e.doc->>'@')::bigint END)"
    for place, name in enumerate(rest):
        last = place == len(rest) - 1 and not path.members
        if last and name == "observedAt":
            return _Target(_observed(target, at), "us")
        if last and name in _SIDE:
            short, long = (form.format(target) for form in _SIDE[name])
            return _Target(
                f"(CASE jsonb_typeof({target}) WHEN 'array' THEN {short} WHEN 'object' THEN {long} END)",
                "text",
            )
        inner = build.terms.attr_id(name, build.context)
        if inner is None:
            return None
        target = f"coalesce({target}->'s'->'{inner}', {target}->'m'->0->'s'->'{inner}')"
        at = "NULL::bigint"
    return _Target(target)


def _term(term: Term, build: Builder) -> str:
    target = _target(term.path, build)
    if target is None:
        return "FALSE"
    if term.path.linked is not None:
        return _linked(term, term.path.linked, target.sql, build)
    if target.kind:
        return _scalar(term, target.sql, build, target.kind)
    return _valued(term, target.sql, build)


def _linked(term: Term, linked: Linked, target: str, build: Builder) -> str:
    """Return the condition on entities that a relationship leads to, as far as the asker may see them."""
    assert build.principal is not None  # noqa: S101 - only an order is built without an asker
    path, types = linked.path, linked.types
    if not types and len(path.attributes) > 1 and _is_hint(path.attributes[0], build):
        types, path = path.attributes[:1], msgspec.structs.replace(path, attributes=path.attributes[1:])
    visible, scopes = scope_sql(build.principal, "entity.read")
    build.values |= scopes
    tenant = build.terms.tenants.get(build.tenant)
    parts = ["FALSE" if tenant is None else f"e.tenant_id = {int(tenant)}", visible]
    if types:
        numbers = type_numbers(AnyType(types), build.terms, build.context)
        parts.append(f"e.type_id = ANY({build.value(numbers)}::int[])")
    parts.append(_term(msgspec.structs.replace(term, path=path), build))
    values = values_of(target)
    return f"""EXISTS (
        SELECT FROM (
            SELECT x #>> '{{}}' AS id FROM jsonb_path_query({values}, '$[*][*]') x
            WHERE jsonb_typeof(x) = 'string'
            UNION SELECT x #>> '{{}}' FROM jsonb_path_query({values}, '$[*][*].object[*]') x
        ) link CROSS JOIN LATERAL (
            SELECT FROM entity e JOIN entity_static s USING (eid)
            WHERE e.id = link.id AND {" AND ".join(parts)}
        ) there)"""


def _is_hint(name: str, build: Builder) -> bool:
    """Say whether ``a{Type.attr}`` begins with a type: nobody stored an attribute of that name."""
    known = build.terms.attr_id(name, build.context)
    return known is None and build.terms.type_id(name, build.context) is not None


def value_of(path: Path, build: Builder) -> str:
    """Return the SQL (jsonb) of what a path leads to in an entity, to sort by it."""
    if path.linked is not None:
        raise bad("Không sắp xếp qua thực thể liên kết.", "Entities are not sorted by linked ones.")
    own = {
        "id": "to_jsonb(e.id)",
        "type": "(SELECT to_jsonb(t.name) FROM type t WHERE t.id = e.type_id)",
        "scope": "s.doc->'scope'",
    }
    if len(path.attributes) == 1 and not path.members and path.attributes[0] in own:
        return own[path.attributes[0]]
    target = _target(path, build)
    if target is None:
        return "NULL::jsonb"
    if target.kind:
        return (
            f"to_jsonb(extract(epoch FROM {target.sql}))"
            if target.kind == "time"
            else f"to_jsonb({target.sql})"
        )
    value = f"attr_value({target.sql})"
    if path.members:
        return f"jsonb_path_query_first({value}, {build.value('$' + _steps(path))}::jsonpath)"
    # A text in several languages is sorted by the one that people here read.
    texts = (
        f"coalesce({value}->'vi', {value}->'@none', {value}->'en', jsonb_path_query_first({value}, '$.*'))"
    )
    return f"(CASE {_kind(target.sql)} WHEN 'L' THEN {texts} ELSE {value} END)"


def _observed(target: str, at: str) -> str:
    long = f"coalesce(({target}->>'o')::bigint, ({target}->'m'->0->>'o')::bigint)"
    return f"(CASE WHEN jsonb_typeof({target}) = 'object' THEN {long} ELSE {at} END)"


def _scalar(term: Term, expression: str, build: Builder, kind: str) -> str:
    """Return a condition on a plain column-like expression: an instant, µs, or a text."""
    if term.operator is None:
        return f"{expression} IS NOT NULL"
    if term.pattern is not None:
        word = "~" if term.operator == "~=" else "!~"
        return f"{expression}::text {word} {build.value(term.pattern)}"

    def one(operand: Value | Range, operator: str) -> str:
        if isinstance(operand, Range):
            low, high = _plain(operand.low, kind), _plain(operand.high, kind)
            return f"{expression} BETWEEN {_cast(build, low, kind)} AND {_cast(build, high, kind)}"
        return f"{expression} {operator} {_cast(build, _plain(operand, kind), kind)}"

    if term.operator in ("==", "!="):
        any_of = " OR ".join(one(operand, "=") for operand in term.operands)
        return f"({any_of})" if term.operator == "==" else f"NOT ({any_of})"
    return one(term.operands[0], term.operator)


def _cast(build: Builder, value: Any, kind: str) -> str:
    return build.value(value) + {"time": "::timestamptz", "us": "::bigint", "text": "::text"}[kind]


def _plain(value: Value, kind: str) -> Any:
    if kind == "text":
        return str(value.value)
    text = f"{value.value}T00:00:00Z" if value.kind == "date" else str(value.value)
    try:
        moment = parse_us(text)
    except ValueError as cause:
        raise bad(
            f"Cần một thời điểm để so sánh, không phải “{value.value}”.",
            f"An instant is needed to compare with, not “{value.value}”.",
        ) from cause
    return moment if kind == "us" else text


_TEXTS = frozenset({"string", "uri", "term", "date", "clock", "time"})


def _kind(target: str) -> str:
    return f"coalesce({target}->>'k', {target}->'m'->0->>'k', 'P')"


def values_of(target: str) -> str:
    """Return the SQL of the value, or of the array of the values of several instances."""
    return (
        f"(CASE WHEN jsonb_typeof({target}) = 'object' AND {target} ? 'm' "
        f"THEN jsonb_path_query_array({target}, '$.m[*].v') ELSE attr_value({target}) END)"
    )


def _steps(path: Path) -> str:
    steps = "".join(".*" if step == "*" else "." + json.dumps(step) for step in path.members)
    if "\\u0000" in steps:
        raise bad("Tên thành phần chứa ký tự NUL.", "A member name contains a NUL character.")
    return steps


def _valued(term: Term, target: str, build: Builder) -> str:
    """Return a condition on an attribute's value (any of its instances, any element of an array)."""
    steps, values = _steps(term.path), values_of(target)
    exists = f"jsonb_path_exists({values}, {build.value('$' + steps)}::jsonpath)" if steps else None
    there = exists or f"{target} IS NOT NULL"
    if term.operator is None:
        return there
    if term.pattern is not None:
        return _matched(term, target, steps, build)
    expanding = not build.expanding.isdisjoint(term.path.attributes)

    def one(operand: Value | Range, operator: str) -> str:
        return _compared_by_kind(operand, operator, target, steps, build, expanding=expanding)

    if term.operator in ("==", "!="):
        found = " OR ".join(one(operand, "==") for operand in term.operands)
        return f"({found})" if term.operator == "==" else f"({there} AND NOT coalesce({found}, false))"
    return one(term.operands[0], term.operator)


def _matched(term: Term, target: str, steps: str, build: Builder) -> str:
    """Return a condition with a pattern; what is no text matches neither it nor its opposite."""

    def texts(path: str, rest: str) -> str:
        placeholder = build.value(f"${path}[*]")
        return (
            f"EXISTS (SELECT FROM jsonb_path_query({values_of(target)}, {placeholder}::jsonpath) AS m(x) "
            f"WHERE jsonb_typeof(m.x) = 'string'{rest})"
        )

    def either(path: str) -> str:
        found = texts(path, f" AND m.x #>> '{{}}' ~ {build.value(term.pattern)}")
        return found if term.operator == "~=" else f"({texts(path, '')} AND NOT {found})"

    if steps:
        return either(steps)
    return (
        f"(CASE {_kind(target)} WHEN 'L' THEN {either('.*')} WHEN 'LR' THEN {either('.object')} "
        f"ELSE {either('')} END)"
    )


def _compared_by_kind(
    operand: Value | Range, operator: str, target: str, steps: str, build: Builder, *, expanding: bool
) -> str:
    """Return a comparison that looks where each kind of attribute has its texts."""
    values = values_of(target)
    low = operand.low if isinstance(operand, Range) else operand
    if expanding and isinstance(operand, Value) and operand.kind in ("string", "term"):
        operand = Value("uri", build.context.expand(str(operand.value)))
    if steps or low.kind not in _TEXTS:
        return _compared(operand, operator, values, steps, build)
    plain = _compared(operand, operator, values, "", build)
    vocab = plain
    if isinstance(operand, Value) and operand.kind in ("string", "uri"):
        meant = Value("uri", build.context.expand(str(operand.value)))
        if meant.value != operand.value:
            vocab = f"({plain} OR {_compared(meant, operator, values, '', build)})"
    # An order among links means nothing (4.9).
    links = ("FALSE", "FALSE")
    if operator == "==":
        links = (plain, _compared(operand, operator, values, ".object", build))
    return (
        f"(CASE {_kind(target)} WHEN 'L' THEN {_compared(operand, operator, values, '.*', build)} "
        f"WHEN 'V' THEN {vocab} WHEN 'R' THEN {links[0]} "
        f"WHEN 'LR' THEN {links[0]} OR {links[1]} ELSE {plain} END)"
    )


def _compared(operand: Value | Range, operator: str, values: str, steps: str, build: Builder) -> str:
    low, high = (operand.low, operand.high) if isinstance(operand, Range) else (operand, None)
    variables: dict[str, Any] = {"a": low.value}
    if high is not None:
        variables["b"] = high.value
    comparisons = [(operator if high is None else ">=", "$a")] + ([("<=", "$b")] if high is not None else [])
    sides = ["@", '@."@value"'] if low.kind in ("time", "date", "clock") else ["@"]
    # A DateTime compares as an instant, whatever zone it was written in; everything else as it stands.
    method = ".datetime()" if low.kind == "time" else ""
    filters = [" && ".join(f"{side}{method} {op} {var}{method}" for op, var in comparisons) for side in sides]
    path = "$" + steps + " ? (" + " || ".join(f"({one})" for one in filters) + ")"
    function = "jsonb_path_exists_tz" if method else "jsonb_path_exists"
    return f"{function}({values}, {build.value(path)}::jsonpath, {build.value(json.dumps(variables))}::jsonb)"
